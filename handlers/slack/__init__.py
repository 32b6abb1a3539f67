"""Counterclaim on Slack."""
