"""Measurements that print figures side by side with a baseline; none of them is a test."""
