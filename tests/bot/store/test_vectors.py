"""Vectors on file: there for what is vetted, gone with its wording, and never a way around what is hidden."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.calibration import FUSED, load
from bot.claims import Claim
from bot.dates import Day
from bot.embedding import Meaning, local_embedder
from bot.filling import fill
from bot.paste import clean
from bot.statements import State
from bot.store.ledger import Ledger, open_ledger
from bot.store.nearness import Near, embedded, held
from bot.store.revisions import Change
from bot.store.search import Hit, Known, index, lookup
from bot.store.trials import Filled, scratch
from bot.store.vectors import be_whole, drop_others, keep, lacking, serving
from bot.vectors import pack
from bot.views import View
from tests.entries import claim

VIEW = View(today="2026-11-22")
CHANGE = Change(actor="tester")
TEXTS = (
    "The mayor closed the old bridge",
    "The harbour was sold to a foreign company",
    "Drinking sea water cures the flu",
    "The election machines in Marsh changed votes",
    "A shark swam along a flooded street",
)


class Scattered:
    """An embedder without meaning: each text gets a direction of its own. It is quick."""

    name: Final = "scattered"
    dimensions: Final = 32

    def __init__(self, model: str = "scattered") -> None:
        self.model = model

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> NDArray[np.float32]:
        """Return one row of length 1 for each of `texts`."""
        del at_leisure
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for place, text in enumerate(texts):
            seed = hashlib.sha256(text.casefold().encode(errors="replace")).digest()
            row = np.random.default_rng(list(seed)).normal(size=self.dimensions)
            rows[place] = row / np.linalg.norm(row)
        return rows


def _claims(*changes: Mapping[str, object]) -> list[Claim]:
    plain = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())
    return [
        replace(plain, id=f"c-{n}", text=text, **(changes[n] if n < len(changes) else {}))  # type: ignore[arg-type]
        for n, text in enumerate(TEXTS)
    ]


def _look(conn: sqlite3.Connection, filled: Filled, text: str, view: View = VIEW) -> tuple[Hit, ...]:
    paste = clean(text)
    return lookup(
        conn,
        paste,
        view=view,
        weights=load(),
        limit=10,
        known=Known(),
        near=filled.near(paste),
        fused=load(model=FUSED),
    )


def _filled(conn: sqlite3.Connection, embedder: Scattered | None = None) -> Filled:
    filled = Filled(embedder or Scattered())
    filled.into(conn, lambda *_: None)
    return filled


def _count(conn: sqlite3.Connection) -> int:
    found: int = conn.execute("SELECT count(*) FROM vector").fetchone()[0]
    return found


def test_own_wording_finds_the_claim_first() -> None:
    """A vetted claim's text and each alias lead to it first, by words and vectors together."""
    claims = _claims({"aliases": ("Old bridge shut by mayor", "Who shut the crossing?")})
    with scratch(claims) as conn:
        filled = _filled(conn)
        assert _count(conn) == len(TEXTS) + 2
        for each in claims:
            for wording in (each.text, *each.aliases):
                first = _look(conn, filled, wording)[0]
                assert (first.claim, first.exact) == (each.id, True)


def test_meaning_finds_what_words_do_not() -> None:
    """A paste without a word in common is led to the claim that means the same."""
    with scratch(_claims()) as conn:
        filled = Filled(local_embedder())
        filled.into(conn, lambda *_: None)
        hits = _look(conn, filled, "Ocean fluids heal influenza patients")
        assert hits[0].claim == "c-2"
        assert hits[0].cosine is not None
        assert hits[0].terms == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["vetted", "draft", "embargo", "other"]), min_size=5, max_size=5), st.text())
def test_what_is_hidden_is_never_found(kinds: list[str], text: str) -> None:
    """Whatever is asked, no claim that the view does not show is among what vectors bring in."""
    hidden: Mapping[str, Mapping[str, object]] = {
        "vetted": {},
        "draft": {"state": State.DRAFT},
        "embargo": {"embargo_until": Day("2026-12-01")},
        "other": {"workspace": "elsewhere"},
    }
    claims = _claims(*(hidden[kind] for kind in kinds))
    shown = {f"c-{n}" for n, kind in enumerate(kinds) if kind == "vetted"}
    with scratch(claims) as conn:
        filled = _filled(conn)
        assert _count(conn) == sum(kind != "draft" for kind in kinds)
        for asked in (*TEXTS, text):
            assert {hit.claim for hit in _look(conn, filled, asked)} <= shown
            paste = clean(asked)
            near = filled.near(paste)
            assert near is not None
            for unit in paste.units:
                rows = near.rows(conn, unit, view=VIEW, limit=1)
                assert {f"c-{row - 1}" for row in rows} <= shown
                # However few are asked for, what is hidden takes nobody's place.
                assert len(rows) == min(1, len(shown))


def test_a_changed_wording_takes_its_vector_along() -> None:
    """A vector goes with its wording, one in memory alone finds nothing, and one of several is not enough."""
    first = replace(_claims()[0], aliases=("Another wording of it",))
    with scratch([first]) as conn:
        filled = _filled(conn)
        changed = replace(first, text="Something else entirely")
        conn.execute("UPDATE claim SET text = ?", (changed.text,))
        index(conn, changed)
        assert _count(conn) == 1
        assert [each.text for each in lacking(conn, "scattered", 0).wordings] == [changed.text]
        near = filled.near(clean(first.text))
        assert near is not None
        assert near.cosines(conn, first.text, [1]) == {}
        index(conn, replace(changed, state=State.WITHDRAWN))
        assert _count(conn) == 0
        assert near.rows(conn, first.text, view=VIEW, limit=5) == ()


def test_a_vector_that_comes_too_late_is_left_out() -> None:
    """What was embedded while its wording changed, or its claim was withdrawn, is not written."""
    with scratch(_claims()) as conn:
        found = lacking(conn, "scattered", 0)
        assert (found.claims, found.is_end, len(found.wordings)) == (len(TEXTS), True, len(TEXTS))
        made = [(each, pack(row)) for each, row in zip(found.wordings, Scattered().embed(TEXTS), strict=True)]
        conn.execute("UPDATE claim SET text = 'New' WHERE n = 1")
        conn.execute("UPDATE claim SET state = 'withdrawn' WHERE n = 2")
        keep(conn, "scattered", made)
        keep(conn, "scattered", made)
        assert [row[0] for row in conn.execute("SELECT claim FROM vector ORDER BY claim")] == [3, 4, 5]


def test_a_claim_without_a_vector_is_found_by_its_words() -> None:
    """Beside claims that have vectors, one that has none yet is judged by words alone."""
    with scratch(_claims()) as conn:
        filled = _filled(conn)
        conn.execute("DELETE FROM vector WHERE claim = 5")
        hits = {hit.claim: hit for hit in _look(conn, filled, "A big shark was in the flooded street there")}
        assert hits["c-4"].cosine is None
        assert hits["c-4"].probability > 0.3


def test_memory_follows_the_file() -> None:
    """New vectors are read without the old ones, and those of changed claims are read again or go."""
    with scratch(_claims()) as conn:
        _filled(conn)
        known = held(conn, "scattered", None, 32)
        assert (known.size, known.live) == (len(TEXTS), len(TEXTS))
        assert held(conn, "scattered", known, 32) is known
        conn.executemany(
            "INSERT INTO vector (claim, model, wording, data) VALUES (1, 'scattered', ?, ?)",
            [(str(n).encode(), pack(Scattered().embed([str(n)])[0])) for n in range(3_000)],
        )
        assert held(conn, "scattered", known, 32).live == len(TEXTS) + 3_000
        index(conn, _claims()[0])
        assert held(conn, "scattered", known, 32).live == len(TEXTS)
        # What is gone takes no room for long.
        assert known.size == len(TEXTS)


async def _saved(ledger: Ledger, *claims: Claim) -> None:
    for each in claims:
        await ledger.save(each, CHANGE, vouched=True)


async def test_filling_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    """Vectors are made once, after a fault the rest of them, and those of another model go at the end."""

    class Failing(Scattered):
        def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> NDArray[np.float32]:
            del at_leisure
            raise OSError(f"the disk, at {len(texts)} texts")

    path = tmp_path / "x.db"
    steps: list[tuple[int, int]] = []
    async with open_ledger(path, writable=True, create=True) as ledger:
        await _saved(ledger, *_claims()[:3])
        assert await fill(ledger.vectors(), Scattered("older")) == 3
        await _saved(ledger, *_claims())
        with pytest.raises(OSError, match="the disk"):
            await fill(ledger.vectors(), Failing())
        assert await fill(ledger.vectors(), Scattered("older")) == 2
        assert await fill(ledger.vectors(), Scattered(), lambda *step: steps.append(step)) == 5
        assert await fill(ledger.vectors(), Scattered()) == 0
    assert steps[-1] == (5, 5)
    conn = sqlite3.connect(path)
    assert conn.execute("SELECT DISTINCT model FROM vector").fetchall() == [("scattered",)]
    conn.close()


async def test_the_ledger_answers_by_both(tmp_path: Path) -> None:
    """Opened with an embedder, the ledger finds by words before there are vectors, and then by both."""
    embedder = local_embedder()
    paste = clean("Ocean fluids heal influenza patients")
    meaning = Meaning(embedder=embedder, weights=load(model=FUSED))
    async with open_ledger(tmp_path / "x.db", writable=True, create=True, meaning=meaning) as ledger:
        await _saved(ledger, *_claims())

        async def found() -> list[str]:
            looked = await ledger.lookup(paste, view=VIEW, weights=load(), limit=8)
            return [hit.claim for hit, _, _ in looked.found]

        assert await found() == []
        await fill(ledger.vectors(), embedder)
        assert await found() == ["c-2"]
        await _saved(ledger, replace(_claims()[2], state=State.WITHDRAWN))
        assert await found() == []


def test_units_are_known_by_their_text() -> None:
    """The vectors of a paste are those of its units, and a text that is none of them has none."""
    paste = clean("The mayor closed the bridge. It was never opened again by anybody.")
    with scratch(_claims()) as conn:
        near = Near("scattered", held(conn, "scattered", None, 32), embedded(Scattered(), paste))
        assert all(near.knows(unit) for unit in paste.units)
        assert not near.knows("another")
        assert near.rows(conn, paste.units[0], view=VIEW, limit=5) == ()


async def test_the_old_vectors_serve_until_the_new_ones_are_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a change of model, look-ups go by the old vectors until the new ones are whole."""
    older, newer = Scattered("older"), Scattered("newer")
    monkeypatch.setattr("bot.store.vectors.FORMER", frozenset({"older"}))
    monkeypatch.setattr("bot.store.vectors.former", lambda _: Meaning(embedder=older, weights=None))
    meaning = Meaning(embedder=newer, weights=None)
    paste = clean("Who closed the bridge?")
    async with open_ledger(tmp_path / "x.db", writable=True, create=True, meaning=meaning) as ledger:
        verbs = ledger.vectors()

        async def look() -> str | None:
            found = await ledger.lookup(paste, view=VIEW, weights=load(), limit=8)
            assert found.is_whole
            used = ledger._memory.meaning
            return used.embedder.model if used else None

        await _saved(ledger, *_claims())
        assert await look() is None
        await fill(verbs, older)
        assert await look() == "older"
        some = await verbs.lacking("newer", 0)
        first = some.wordings[:2]
        packed = [pack(row) for row in newer.embed([each.text for each in first])]
        await verbs.keep("newer", tuple(zip(first, packed, strict=True)))
        assert await look() == "older"
        made = await verbs.state("newer")
        assert (made.claims, made.done, made.others) == (5, 2, ("older",))
        assert await fill(verbs, newer) == 3
        assert await look() == "newer"
        made = await verbs.state("newer")
        assert (made.claims, made.done, made.others) == (5, 5, ())
    conn = sqlite3.connect(tmp_path / "x.db")
    assert conn.execute("SELECT DISTINCT model FROM vector").fetchall() == [("newer",)]
    conn.close()


async def test_a_model_that_was_broken_off_and_dropped_begins_from_nothing(tmp_path: Path) -> None:
    """Half made, then back to the one before: its vectors are gone, and what it had reached is forgotten."""
    async with open_ledger(tmp_path / "x.db", writable=True, create=True) as ledger:
        await _saved(ledger, *_claims())
        vectors = ledger.vectors()
        await fill(vectors, Scattered("older"))
        await vectors.reached("newer", 3)
        assert await fill(vectors, Scattered("older")) == 0
        assert await fill(vectors, Scattered("newer")) == 5


def test_a_half_made_model_never_serves_before_a_whole_one() -> None:
    """Back to the model that is whole: it serves at once, whatever there is of another one."""
    with scratch(_claims()) as conn:
        assert serving(conn, "one", frozenset({"one", "two"})) is None
        _filled(conn, Scattered("one"))
        assert serving(conn, "one", frozenset()) == "one"
        be_whole(conn, "one")
        assert serving(conn, "two", frozenset({"one"})) == "one"
        assert serving(conn, "two", frozenset()) is None
        conn.execute("UPDATE vector SET model = 'two' WHERE n > 3")
        assert serving(conn, "one", frozenset({"two"})) == "one"
        assert serving(conn, "two", frozenset({"one"})) == "one"
        assert serving(conn, "two", frozenset()) == "two"
        while drop_others(conn, "two"):
            pass
        assert conn.execute("SELECT count(*) FROM vector WHERE model <> 'two'").fetchone()[0] == 0
