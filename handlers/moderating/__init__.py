"""Deeds on the ledger, from a chat or the terminal: who may, and what is shown. Knows no platform."""
