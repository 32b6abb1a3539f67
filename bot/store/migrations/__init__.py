"""The ledger's schema as a history: a module a step, `mNNN_what_it_brings`, never edited once released."""
