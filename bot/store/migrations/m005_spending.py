"""How many tokens a language model took, by day, so that a restart does not forget the day's budget."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    # `day` is a date of UTC. No text and no person: a number alone.
    """CREATE TABLE spent (
        day TEXT PRIMARY KEY,
        tokens INTEGER NOT NULL CHECK (tokens >= 0)
    ) STRICT, WITHOUT ROWID""",
)
"""Run one by one in one transaction, together with the new `user_version`."""
