"""People who ask, as keyed hashes: enough to count them, not to name them; and their texts, fit to keep."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from typing import Final

_KEY: Final = "person_key"


def person_hash(conn: sqlite3.Connection, platform: str, person: str) -> str:
    """Return the hash (HMAC-SHA-256, 32 hexadecimal digits) that stands for a person of a platform.

    The key is made once for each ledger, at random; without the ledger the hash says nothing.
    """
    row = conn.execute("SELECT value FROM setting WHERE name = ?", (_KEY,)).fetchone()
    if row is None:
        conn.execute(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (_KEY, secrets.token_hex(32)),
        )
        row = conn.execute("SELECT value FROM setting WHERE name = ?", (_KEY,)).fetchone()
    key = bytes.fromhex(row["value"])
    return hmac.new(key, f"{platform}:{person}".encode(errors="replace"), hashlib.sha256).hexdigest()[:32]


def storable(text: str) -> str:
    """Return `text` without lone surrogates, which SQLite cannot hold."""
    return text.encode(errors="replace").decode()
