"""Keeping the ledger: who may do what, the forms, what is proposed, reviewed and due. Knows no platform."""
