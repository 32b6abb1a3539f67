"""Tests of drafts from an article."""
