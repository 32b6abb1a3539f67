"""Questions and what becomes of them: the work list, the replies posted, and what readers say of them."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    # What belongs to this ledger and to no entry: the key of the hashes of people, the last command tree.
    """CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # What was asked. The text goes when its retention ends; `person` is a keyed hash.
    """CREATE TABLE question (
        id TEXT PRIMARY KEY,
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        channel TEXT NOT NULL,
        person TEXT NOT NULL,
        way TEXT NOT NULL,
        text TEXT,
        asked_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX question_by_time ON question (asked_at)",
    # The work list: one row for each message that asked, however often it is delivered.
    """CREATE TABLE event (
        message TEXT PRIMARY KEY,
        question TEXT NOT NULL REFERENCES question (id),
        payload TEXT,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'dropped')),
        taken_by TEXT,
        leased_until REAL NOT NULL,
        tries INTEGER NOT NULL,
        received_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX event_waiting ON event (leased_until) WHERE state = 'waiting'",
    """CREATE TABLE delivered (
        delivery TEXT PRIMARY KEY,
        message TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # Each reply posted, with the claims and the ledger's revision that it showed.
    """CREATE TABLE reply (
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        channel TEXT NOT NULL,
        message TEXT NOT NULL,
        thread TEXT,
        question TEXT NOT NULL REFERENCES question (id),
        tier TEXT NOT NULL CHECK (tier IN ('same', 'close', 'none')),
        revision INTEGER NOT NULL,
        posted_at REAL NOT NULL,
        dismissed_at REAL,
        PRIMARY KEY (platform, tenant, channel, message)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reply_claim (
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        channel TEXT NOT NULL,
        message TEXT NOT NULL,
        claim TEXT NOT NULL REFERENCES claim (id),
        PRIMARY KEY (platform, tenant, channel, message, claim),
        FOREIGN KEY (platform, tenant, channel, message)
            REFERENCES reply (platform, tenant, channel, message)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX reply_by_claim ON reply_claim (claim)",
    # What a reader said of an answer; the last word of a person on a question and claim counts.
    """CREATE TABLE feedback (
        question TEXT NOT NULL REFERENCES question (id),
        claim TEXT NOT NULL,
        person TEXT NOT NULL,
        choice TEXT NOT NULL CHECK (choice IN ('mine', 'not_mine', 'none')),
        at REAL NOT NULL,
        PRIMARY KEY (question, claim, person)
    ) STRICT, WITHOUT ROWID""",
    # Who asked the moderators to answer a question.
    """CREATE TABLE demand (
        question TEXT NOT NULL REFERENCES question (id),
        person TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (question, person)
    ) STRICT, WITHOUT ROWID""",
    # Who wants to be told when a claim's record changes, and where: the one place that keeps an address.
    """CREATE TABLE follow (
        claim TEXT NOT NULL REFERENCES claim (id),
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        address TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (claim, platform, tenant, address)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE problem (
        n INTEGER PRIMARY KEY,
        question TEXT,
        claim TEXT,
        person TEXT NOT NULL,
        text TEXT,
        at REAL NOT NULL
    ) STRICT""",
)
"""Run one by one in one transaction, together with the new `user_version`."""
