"""Keeping the ledger in the chat: who may, what is proposed and reviewed, and what has to be told of it."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    # Whose entry it is; empty for the house's, which every workspace reads. It never changes.
    "ALTER TABLE claim ADD COLUMN workspace TEXT NOT NULL DEFAULT ''",
    # Where a claim went that turned out to be another one's double.
    "ALTER TABLE claim ADD COLUMN merged_into TEXT",
    "CREATE INDEX claim_by_workspace ON claim (workspace, state)",
    # Who has a role by a command; the configuration's have theirs by it. `member` is PLATFORM:TENANT:ID.
    """CREATE TABLE member (
        workspace TEXT NOT NULL,
        member TEXT NOT NULL,
        name TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('reader', 'contributor', 'reviewer', 'moderator', 'admin')),
        given_by TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (workspace, member)
    ) STRICT, WITHOUT ROWID""",
    # A form that somebody is filling in: what was typed so far, so that nothing typed is lost.
    """CREATE TABLE sheet (
        id TEXT PRIMARY KEY,
        workspace TEXT NOT NULL,
        member TEXT NOT NULL,
        form TEXT NOT NULL,
        about TEXT NOT NULL,
        typed TEXT NOT NULL,
        at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sheet_by_member ON sheet (member, at)",
    # A claim as somebody would have it. No reader's query reads this table: what is approved is saved as
    # the claim itself. `base` is the newest revision of the claim when the proposal was begun, 0 for a new
    # claim; `merges` is a claim that ends when this is approved.
    """CREATE TABLE proposal (
        id TEXT PRIMARY KEY,
        workspace TEXT NOT NULL,
        claim TEXT NOT NULL,
        base INTEGER NOT NULL,
        document TEXT NOT NULL,
        merges TEXT,
        author TEXT NOT NULL,
        author_name TEXT NOT NULL,
        state TEXT NOT NULL
            CHECK (state IN ('draft', 'in_review', 'changes_asked', 'approved', 'declined', 'discarded')),
        reason TEXT,
        answer TEXT,
        reviewer TEXT,
        reviewer_name TEXT,
        question TEXT,
        begun_at REAL NOT NULL,
        changed_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX proposal_by_state ON proposal (workspace, state, changed_at)",
    "CREATE INDEX proposal_by_claim ON proposal (claim, state)",
    # One deed of a person on the record, whole: what `undo` takes back. `first` and `last` are revisions.
    """CREATE TABLE deed (
        n INTEGER PRIMARY KEY,
        workspace TEXT NOT NULL,
        member TEXT NOT NULL,
        action TEXT NOT NULL,
        claim TEXT NOT NULL,
        proposal TEXT,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        at REAL NOT NULL,
        undone_at REAL
    ) STRICT""",
    "CREATE INDEX deed_by_member ON deed (workspace, member, n)",
    # Who vetted a claim, revision by revision; `author` is the same person where one vetted alone.
    """CREATE TABLE vetting (
        revision INTEGER PRIMARY KEY,
        claim TEXT NOT NULL,
        author TEXT NOT NULL,
        approver TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX vetting_by_claim ON vetting (claim, revision)",
    # A complaint or legal notice about an entry.
    """CREATE TABLE dispute (
        id TEXT PRIMARY KEY,
        workspace TEXT NOT NULL,
        claim TEXT NOT NULL,
        who TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('complaint', 'legal')),
        what TEXT NOT NULL,
        received_on TEXT NOT NULL,
        due_on TEXT,
        frozen INTEGER NOT NULL CHECK (frozen IN (0, 1)),
        outcome TEXT,
        taken_by TEXT NOT NULL,
        taken_at REAL NOT NULL,
        settled_by TEXT,
        settled_at REAL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX dispute_by_claim ON dispute (claim)",
    # What many people ask and nothing answers. `text` is one wording of those who agreed to its being kept,
    # without addresses and numbers that name a person; `fold` is a keyed hash of a wording.
    """CREATE TABLE unanswered (
        id TEXT PRIMARY KEY,
        workspace TEXT NOT NULL,
        text TEXT,
        state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'dropped')),
        claim TEXT,
        first_at REAL NOT NULL,
        last_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE unanswered_fold (
        workspace TEXT NOT NULL,
        fold TEXT NOT NULL,
        unanswered TEXT NOT NULL REFERENCES unanswered (id),
        PRIMARY KEY (workspace, fold)
    ) STRICT, WITHOUT ROWID""",
    # Who asked. `address` is kept of those who pressed “Ask the moderators”, until they have been told.
    """CREATE TABLE asker (
        unanswered TEXT NOT NULL REFERENCES unanswered (id),
        person TEXT NOT NULL,
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        address TEXT,
        at REAL NOT NULL,
        told_at REAL,
        PRIMARY KEY (unanswered, person)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX asker_by_person ON asker (person, at)",
    """CREATE TABLE muted (
        workspace TEXT NOT NULL,
        person TEXT NOT NULL,
        until REAL,
        by TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (workspace, person)
    ) STRICT, WITHOUT ROWID""",
    "ALTER TABLE problem ADD COLUMN workspace TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE problem ADD COLUMN settled_by TEXT",
    "ALTER TABLE problem ADD COLUMN settled_at REAL",
    # What still has to be told. A row is done when the platform said ok, gone when there is nothing left to
    # edit. `ref` keeps one waiting row for each thing to tell: later changes add to it.
    """CREATE TABLE outbox (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('edit', 'line', 'digest', 'answer', 'author')),
        ref TEXT NOT NULL,
        platform TEXT NOT NULL,
        tenant TEXT NOT NULL,
        channel TEXT NOT NULL,
        message TEXT,
        payload TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'gone', 'dropped')),
        taken_by TEXT,
        leased_until REAL NOT NULL,
        tries INTEGER NOT NULL,
        made_at REAL NOT NULL,
        done_at REAL
    ) STRICT, WITHOUT ROWID""",
    "CREATE UNIQUE INDEX outbox_waiting ON outbox (ref) WHERE state = 'waiting' AND taken_by IS NULL",
    "CREATE INDEX outbox_due ON outbox (platform, leased_until) WHERE state = 'waiting'",
    # What waits for one reply: a line about it is told after its edit, and one edit is under way at a time.
    "CREATE INDEX outbox_by_message ON outbox (platform, tenant, channel, message) WHERE state = 'waiting'",
    # In which order a reply shows its claims. One that is not shown stands for a claim that was merged into
    # it, so that the reply is found when it changes.
    "ALTER TABLE reply_claim ADD COLUMN position INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE reply_claim ADD COLUMN shown INTEGER NOT NULL DEFAULT 1",
)
"""Run one by one in one transaction, together with the new `user_version`."""
