"""What must hold of a ledger after every deed, judged from its file past the code that wrote it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bot.sources import Source, Speaker
from bot.store import reading, revisions
from bot.store.ledger import Ledger
from bot.store.revisions import canonical
from bot.store.rows import from_row
from bot.store.writing import claim_document
from bot.views import View, now

KEPT: Final = ("claim", "statement", "speaker", "source", "artifact", "proposal", "deed", "vetting",
               "dispute", "member")  # fmt: skip
"""Tables from which no row is ever deleted."""

_FROZEN: Final = ("text", "aliases", "story", "statements", "allegation", "living_person", "concerns",
                  "requests", "embargo_until", "last_reviewed_on", "merged_into")  # fmt: skip
"""What of a claim no deed changes while a dispute freezes it."""


class Judge:
    """Judges one ledger file step by step: what was added since the last step, and what it touches."""

    def __init__(self, path: Path, two_person: dict[str, bool]) -> None:
        self._conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._conn.row_factory = sqlite3.Row
        self._two_person = two_person
        self._revision, self._hash = 0, revisions.FIRST
        self._counts = dict.fromkeys(KEPT, 0)
        self._vetting = 0
        self._deed = 0
        self._frozen: set[str] = set()

    def close(self) -> None:
        """Let go of the file."""
        self._conn.close()

    async def after_step(self, ledger: Ledger) -> int:
        """Judge what the last step left behind; return how many claims it touched."""
        self._conn.execute("BEGIN")
        try:
            touched = self._log()
            self._nothing_deleted()
            self._nobody_approved_their_own()
            self._nothing_stale_was_approved()
        finally:
            self._conn.execute("COMMIT")
        for key in touched:
            for workspace in self._two_person:
                await self._as_seen(ledger, key, now(workspace))
        return len(touched)

    async def whole(self, ledger: Ledger) -> None:
        """Judge all of the ledger: its log against its rows, and everything that readers see."""
        revision, broken = await ledger.verify()
        assert broken is None, f"{broken} at {revision}"
        for workspace in self._two_person:
            view = now(workspace)
            visible = self._visible_ids(view)
            assert {each.id for each in await ledger.claims(public_on=view)} == visible
            found = await ledger.search("mayor Marsh bridge closed council Quill", view=view, limit=500)
            assert {each.id for each in found} <= visible
            voices = self._voices(visible)
            suggested = await ledger.moderation().speakers(view, "")
            assert {each.id for each in suggested} <= voices

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        return self._conn.execute(query, values).fetchall()

    def _log(self) -> set[str]:
        """Follow the chain of hashes, and hold each row that was changed against the log."""
        added = self._rows("SELECT * FROM revision WHERE n > ? ORDER BY n", self._revision)
        for row in added:
            assert row["n"] == self._revision + 1
            assert row["previous"] == self._hash
            assert row["hash"] == revisions._hash(dict(row))
            self._revision, self._hash = row["n"], row["hash"]
            self._stays_frozen(row)
        latest = {(row["entity"], row["id"]): row["after"] for row in added}
        for (entity, key), logged in latest.items():
            assert canonical(self._document(entity, key)) == logged, f"{entity} {key}"
        self._frozen = {row["claim"] for row in self._rows(_OPEN)}
        return {row["claim"] for row in added}

    def _stays_frozen(self, row: sqlite3.Row) -> None:
        if row["claim"] not in self._frozen or row["entity"] != "claim" or row["id"] != row["claim"]:
            return
        if not self._rows(f"{_OPEN} AND claim = ?", row["claim"]):
            return
        before, after = json.loads(row["before"]), json.loads(row["after"])
        assert all(before.get(name) == after.get(name) for name in _FROZEN), row["id"]
        assert after["state"] in {before["state"], "withdrawn"}

    def _document(self, entity: str, key: str) -> Any:
        if entity == "claim":
            claim = reading.whole_claim(self._conn, key)
            return claim_document(claim) if claim else None
        row = self._rows(f"SELECT * FROM {entity} WHERE id = ?", key)[0]
        if entity == "statement":
            return asdict(reading._statement(self._conn, row))
        if entity == "artifact":
            return asdict(reading.artifact(self._conn, row))
        return asdict(from_row(Speaker, row) if entity == "speaker" else from_row(Source, row))

    def _nothing_deleted(self) -> None:
        for table in KEPT:
            count = self._rows(f"SELECT count(*) FROM {table}")[0][0]
            assert count >= self._counts[table], f"rows of {table} are gone"
            self._counts[table] = count

    def _nobody_approved_their_own(self) -> None:
        """Hold every vetting since against the rule of its workspace, by the keys of the people."""
        for row in self._rows(
            "SELECT vetting.*, claim.workspace FROM vetting JOIN claim ON claim.id = vetting.claim"
            " WHERE revision > ? ORDER BY revision",
            self._vetting,
        ):
            self._vetting = row["revision"]
            is_own = row["author"] == row["approver"] != ""
            assert not (is_own and self._two_person[row["workspace"]]), dict(row)

    def _nothing_stale_was_approved(self) -> None:
        """Hold every approval since against its proposal: the same workspace, nothing in between."""
        for row in self._rows(
            "SELECT deed.*, proposal.workspace AS home, proposal.author, proposal.base, proposal.state"
            " FROM deed JOIN proposal ON proposal.id = deed.proposal"
            " WHERE deed.n > ? AND deed.action = 'approve' ORDER BY deed.n",
            self._deed,
        ):
            self._deed = row["n"]
            assert row["workspace"] == row["home"]
            assert not (self._two_person[row["home"]] and row["member"] == row["author"])
            if row["state"] == "approved" and row["first"]:
                between = "SELECT 1 FROM revision WHERE claim = ? AND n > ? AND n < ?"
                assert not self._rows(between, row["claim"], row["base"], row["first"])

    def _visible_ids(self, view: View) -> set[str]:
        """Return what readers may see, by the rule and not by the store's own condition."""
        return {
            row["id"]
            for row in self._rows("SELECT id, state, embargo_until, workspace FROM claim")
            if row["state"] == "vetted"
            and (row["embargo_until"] or "") <= view.today
            and row["workspace"] in {"", view.workspace}
        }

    def _voices(self, visible: set[str]) -> set[str]:
        said = self._rows("SELECT claim, speaker FROM statement WHERE state = 'vetted'")
        return {row["speaker"] for row in said if row["claim"] in visible}

    async def _as_seen(self, ledger: Ledger, key: str, view: View) -> None:
        """Look an entry up as a reader does, and hold what comes against what may come."""
        found = await ledger.claim(key, view=view)
        history = await ledger.history(key, view=view)
        visible = self._visible_ids(view)
        final, seen = key, {key}
        while row := self._rows(_MERGED, final, view.workspace):
            final = row[0]["merged_into"]
            if final in seen:
                break
            seen.add(final)
        assert (found is not None) == (history is not None) == (final in visible), (key, final, view)
        if found is None:
            return
        claim = found[1].claim
        assert claim.id == final
        assert all(each.state == "vetted" for each in claim.statements)
        assert {each.to for each in claim.relations} <= visible
        assert {each.id for each in found[1].related} <= visible
        named = {each.speaker for each in claim.statements} | {each.merged_into for each in claim.speakers}
        assert {each.id for each in claim.speakers} <= named


_OPEN: Final = "SELECT claim FROM dispute WHERE frozen = 1 AND settled_at IS NULL"
_MERGED: Final = """SELECT merged_into FROM claim WHERE id = ? AND state = 'superseded'
    AND merged_into IS NOT NULL AND workspace IN ('', ?)"""
