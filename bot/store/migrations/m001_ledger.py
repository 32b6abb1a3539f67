"""Claims, what was said about them, where it can be read, and the log of every change."""

from __future__ import annotations

from typing import Final

STATEMENTS: Final = (
    """CREATE TABLE claim (
        n INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL,
        language TEXT NOT NULL,
        aliases TEXT NOT NULL,
        story TEXT,
        allegation INTEGER NOT NULL CHECK (allegation IN (0, 1)),
        living_person INTEGER NOT NULL CHECK (living_person IN (0, 1)),
        response_not_sought TEXT,
        concerns TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'vetted', 'superseded', 'withdrawn')),
        embargo_until TEXT,
        last_reviewed_on TEXT
    ) STRICT""",
    # How many claims matching has: counted at every question.
    "CREATE INDEX claim_vetted ON claim (n) WHERE state = 'vetted'",
    """CREATE TABLE speaker (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation', 'office')),
        aliases TEXT NOT NULL,
        wikidata TEXT,
        merged_into TEXT REFERENCES speaker (id) DEFERRABLE INITIALLY DEFERRED
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE source (
        id TEXT PRIMARY KEY,
        publisher TEXT NOT NULL,
        title TEXT NOT NULL,
        author TEXT,
        url TEXT,
        archive_url TEXT,
        locator TEXT,
        published_on TEXT,
        retrieved_on TEXT,
        medium TEXT NOT NULL CHECK (medium IN (
            'web', 'broadcast', 'print', 'book', 'social', 'document', 'audio', 'video')),
        excerpt TEXT,
        excerpt_sha256 TEXT,
        origin TEXT,
        note TEXT
    ) STRICT, WITHOUT ROWID""",
    # A source's addresses in canonical form, so that a pasted link is found however it is written.
    """CREATE TABLE address (
        address TEXT NOT NULL,
        source TEXT NOT NULL REFERENCES source (id),
        PRIMARY KEY (address, source)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE artifact (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('audio', 'video', 'document', 'image')),
        description TEXT
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE custody (
        artifact TEXT NOT NULL REFERENCES artifact (id),
        position INTEGER NOT NULL,
        action TEXT NOT NULL
            CHECK (action IN ('recorded', 'held', 'obtained', 'published', 'authenticated', 'challenged')),
        "by" TEXT NOT NULL,
        "on" TEXT,
        source TEXT REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
        note TEXT,
        PRIMARY KEY (artifact, position)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE statement (
        id TEXT PRIMARY KEY,
        claim TEXT NOT NULL REFERENCES claim (id),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (
            'assertion', 'confirmation', 'denial', 'partial_denial', 'response', 'no_comment', 'declined',
            'no_response', 'authenticity_challenge', 'authenticity_support', 'provenance', 'retraction',
            'correction', 'context')),
        text TEXT NOT NULL,
        quote_mode TEXT NOT NULL CHECK (quote_mode IN ('verbatim', 'partial', 'paraphrase', 'translation')),
        about_kind TEXT CHECK (about_kind IN ('claim', 'statement', 'artifact', 'source')),
        about_id TEXT,
        part TEXT,
        speaker TEXT REFERENCES speaker (id),
        anonymous TEXT,
        anonymity_reason TEXT,
        role TEXT,
        on_behalf_of TEXT,
        official INTEGER NOT NULL CHECK (official IN (0, 1)),
        language TEXT NOT NULL,
        original_text TEXT,
        original_language TEXT,
        said_on TEXT,
        date_note TEXT,
        told_to TEXT,
        venue TEXT,
        superseded_by TEXT REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
        state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'vetted', 'superseded', 'withdrawn')),
        CHECK ((about_kind IS NULL) = (about_id IS NULL)),
        CHECK (speaker IS NULL OR anonymous IS NULL)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX statement_by_claim ON statement (claim, position)",
    """CREATE TABLE citation (
        statement TEXT NOT NULL REFERENCES statement (id),
        position INTEGER NOT NULL,
        source TEXT NOT NULL REFERENCES source (id),
        locator TEXT,
        relay TEXT,
        appearance TEXT NOT NULL CHECK (appearance IN ('first', 'repeat')),
        PRIMARY KEY (statement, position)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX citation_by_source ON citation (source)",
    """CREATE TABLE relation (
        claim TEXT NOT NULL REFERENCES claim (id),
        position INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (
            'same_as', 'counter_claim_of', 'contradicts', 'narrows', 'broadens', 'derived_from',
            'context_of')),
        "to" TEXT NOT NULL REFERENCES claim (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (claim, position)
    ) STRICT, WITHOUT ROWID""",
    'CREATE INDEX relation_by_target ON relation ("to")',
    """CREATE TABLE request (
        claim TEXT NOT NULL REFERENCES claim (id),
        position INTEGER NOT NULL,
        id TEXT NOT NULL,
        asked TEXT NOT NULL,
        how TEXT NOT NULL,
        asked_on TEXT NOT NULL,
        due_on TEXT,
        outcome TEXT NOT NULL
            CHECK (outcome IN ('pending', 'answered', 'no_comment', 'declined', 'no_response')),
        note TEXT,
        PRIMARY KEY (claim, position)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE claim_speaker (
        claim TEXT NOT NULL REFERENCES claim (id),
        id TEXT NOT NULL REFERENCES speaker (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (claim, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE claim_source (
        claim TEXT NOT NULL REFERENCES claim (id),
        id TEXT NOT NULL REFERENCES source (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (claim, id)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE claim_artifact (
        claim TEXT NOT NULL REFERENCES claim (id),
        id TEXT NOT NULL REFERENCES artifact (id) DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (claim, id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX claim_by_speaker ON claim_speaker (id)",
    "CREATE INDEX claim_by_source ON claim_source (id)",
    "CREATE INDEX claim_by_artifact ON claim_artifact (id)",
    # The append-only log. `hash` covers every other column of the row and the hash of the row before it.
    """CREATE TABLE revision (
        n INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        reason TEXT,
        entity TEXT NOT NULL CHECK (entity IN ('claim', 'statement', 'speaker', 'source', 'artifact')),
        id TEXT NOT NULL,
        claim TEXT NOT NULL,
        before TEXT,
        after TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX revision_by_entity ON revision (entity, id, n)",
    "CREATE INDEX revision_by_claim ON revision (claim, n)",
    """CREATE TRIGGER revision_is_never_changed BEFORE UPDATE ON revision
        BEGIN SELECT raise(ABORT, 'the log of revisions is append-only'); END""",
    """CREATE TRIGGER revision_is_never_deleted BEFORE DELETE ON revision
        BEGIN SELECT raise(ABORT, 'the log of revisions is append-only'); END""",
    # What matching reads. Rows stand here for vetted claims only; the query filters once more.
    """CREATE TABLE fold (
        fold TEXT NOT NULL,
        claim INTEGER NOT NULL REFERENCES claim (n),
        PRIMARY KEY (fold, claim)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX fold_by_claim ON fold (claim)",
    # The index holds terms (`bot.terms`: folded, without stop words, stemmed by Porter's algorithm), one
    # wording a line, so that what is compared with a paste is read and not computed again.
    """CREATE VIRTUAL TABLE wording_fts USING fts5 (
        text, aliases, tokenize = 'unicode61 remove_diacritics 0')""",
    # In how many entries a term stands. `fts5vocab` knows it too, and takes forty times as long to tell.
    """CREATE TABLE term (
        term TEXT PRIMARY KEY,
        entries INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # Long text stands apart: bm25 takes the length of all columns of a table, searched or not.
    """CREATE VIRTUAL TABLE record_fts USING fts5 (
        statements, names, tokenize = 'unicode61 remove_diacritics 0')""",
)
"""Run one by one in one transaction, together with the new `user_version`."""
