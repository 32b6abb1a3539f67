"""Drafts of claims from the text of an article: found in it, each with the passage that it rests on."""
