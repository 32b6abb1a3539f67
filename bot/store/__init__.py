"""The ledger on SQLite: the only package here that imports `aiosqlite` or `sqlite3`."""
