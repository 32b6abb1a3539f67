"""Tests of the ledger's invariants."""
