"""Counterclaim on Discord."""
