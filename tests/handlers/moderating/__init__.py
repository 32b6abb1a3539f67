"""Tests of `handlers.moderating`."""
