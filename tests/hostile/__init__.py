"""Texts that are written to make the bot say what is not on file, and what is done with each of them."""
