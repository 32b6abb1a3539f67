"""Vectors of the wordings of vetted claims, and the order in which what matching reads has changed."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    # One row for each wording of a claim and each model. `wording` is a hash of the text that it was made
    # of, so that it is known when the text has changed. A number is never given twice: what is held in
    # memory under it is what stands here, or nothing.
    """CREATE TABLE vector (
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        claim INTEGER NOT NULL REFERENCES claim (n),
        model TEXT NOT NULL,
        wording BLOB NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (claim, model, wording)
    ) STRICT""",
    "CREATE INDEX vector_by_model ON vector (model, n)",
    # The model of which every wording had its vector: its vectors serve until those of another are whole.
    "CREATE TABLE whole (model TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    # One row for each claim that matching has read at some time, withdrawn ones too, under a number that is
    # given anew, and never twice, with each change. What an index beside the ledger has not taken in
    # is what stands here above the number that it has reached.
    """CREATE TABLE touched (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        claim INTEGER NOT NULL UNIQUE REFERENCES claim (n)
    ) STRICT""",
    # Up to which of these changes every wording has its vector of the model.
    """CREATE TABLE filled (
        model TEXT PRIMARY KEY,
        seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "INSERT INTO touched (claim) SELECT n FROM claim WHERE state = 'vetted' ORDER BY n",
    # The claims of an older ledger, whose record has yet to be read anew: by what artifacts, sources and
    # those concerned are called as well (`bot.store.renewing`). Until then they are found as before.
    """CREATE TABLE outdated (claim INTEGER PRIMARY KEY REFERENCES claim (n)) STRICT""",
    "INSERT INTO outdated (claim) SELECT n FROM claim WHERE state = 'vetted'",
    # No term is empty: under that name stands how many claims are vetted, which every look-up asks.
    "INSERT INTO term SELECT '', count(*) FROM claim WHERE state = 'vetted' HAVING count(*) > 0",
)
"""Run one by one in one transaction, together with the new `user_version`."""
