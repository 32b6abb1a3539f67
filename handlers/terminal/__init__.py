"""Counterclaim in the terminal."""
