"""What is in memory of the vectors, and in the file beside a large ledger, shows what the ledger does."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calibration import FUSED, load
from bot.claims import Claim
from bot.dates import Day
from bot.embedding import Meaning, local_embedder
from bot.filling import fill
from bot.paste import clean
from bot.statements import State
from bot.store import sketches
from bot.store.ledger import Ledger, open_ledger
from bot.store.nearness import Near, embedded, held
from bot.store.search import index
from bot.store.trials import scratch
from bot.store.vectors import keep, lacking
from bot.store.visibility import VISIBLE
from bot.vectors import Sketches, pack, unpack
from bot.views import View
from tests.bot.store.test_vectors import CHANGE, VIEW, Scattered
from tests.entries import claim

EMBEDDER = Scattered()
MODEL = EMBEDDER.model
LOCAL = local_embedder()
PLAIN = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())
VIEWS = (VIEW, View(today="2026-11-22", workspace="here"), View(today="2027-01-01", workspace="there"))


def _claim(key: int, chance: random.Random) -> Claim:
    return replace(
        PLAIN,
        id=f"c-{key}",
        text=f"The mayor said {chance.randrange(50)}",
        aliases=tuple(f"It was said {chance.randrange(50)}" for _ in range(chance.randrange(3))),
        state=chance.choice([State.VETTED, State.VETTED, State.VETTED, State.WITHDRAWN]),
        embargo_until=chance.choice([None, None, Day("2026-11-22"), Day("2026-12-01")]),
        workspace=chance.choice(["", "", "here", "there"]),
    )


def _put(conn: sqlite3.Connection, each: Claim) -> None:
    """Write what of a claim matching reads, as a change of it would."""
    conn.execute(
        "UPDATE claim SET text = ?, aliases = ?, state = ?, embargo_until = ?, workspace = ? WHERE id = ?",
        (each.text, json.dumps(each.aliases), each.state, each.embargo_until, each.workspace, each.id),
    )
    index(conn, each)


def _fill(conn: sqlite3.Connection) -> None:
    found = lacking(conn, MODEL, 0).wordings
    made = EMBEDDER.embed([each.text for each in found])
    keep(conn, MODEL, [(each, pack(row)) for each, row in zip(found, made, strict=True)])


def _nearest(conn: sqlite3.Connection, text: str, view: View, limit: int) -> list[int]:
    """Return what brute force over the ledger finds."""
    query = (
        "SELECT claim.n, vector.data FROM vector JOIN claim ON claim.n = vector.claim"
        f" WHERE {VISIBLE} AND vector.model = '{MODEL}' ORDER BY vector.n"
    )
    rows = conn.execute(query, view.values()).fetchall()
    cosines = (unpack([row[1] for row in rows]) @ EMBEDDER.embed([text])[0]).round(5) if rows else []
    order = sorted(range(len(rows)), key=lambda place: (-float(cosines[place]), place))
    return list(dict.fromkeys(rows[place][0] for place in order))[:limit]


def agrees(conn: sqlite3.Connection, known: Sketches, texts: Sequence[str]) -> None:
    """Assert that `known` leads to what brute force over the ledger finds, for every view."""
    for view in VIEWS:
        near = Near(MODEL, known, (tuple(texts), EMBEDDER.embed(texts)))
        for text in texts:
            found = near.rows(conn, text, view=view, limit=5)
            assert set(found) <= {
                row[0] for row in conn.execute(f"SELECT n FROM claim WHERE {VISIBLE}", view.values())
            }
            assert list(found) == _nearest(conn, text, view, 5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_memory_shows_what_the_ledger_does(seed: int, size: int) -> None:
    """After whatever changes, what is found is what brute force finds: nothing hidden, all else."""
    chance = random.Random(seed)
    texts = [f"The mayor said {chance.randrange(60)}", "Whatever"]
    with scratch([_claim(key, chance) for key in range(size)]) as conn:
        known: Sketches | None = None
        for _ in range(4):
            if chance.random() < 0.8:
                _fill(conn)
            known = held(conn, MODEL, known, EMBEDDER.dimensions)
            agrees(conn, known, texts)
            assert known.live == conn.execute("SELECT count(*) FROM vector").fetchone()[0]
            for key in chance.sample(range(size), chance.randrange(size + 1)):
                _put(conn, _claim(key, chance))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([None, "old", "cut", "flipped", "head", "model", "ledger"]))
def test_the_file_is_never_believed(
    tmp_path_factory: pytest.TempPathFactory, seed: int, fault: str | None
) -> None:
    """A file that is behind is caught up with; one that is damaged, or another's, is left aside."""
    chance = random.Random(seed)
    ledger = tmp_path_factory.mktemp("beside") / "x.db"
    with scratch([_claim(key, chance) for key in range(30)]) as conn:
        conn.execute("UPDATE claim SET state = 'vetted' WHERE n = 1")
        index(conn, replace(_claim(0, chance), state=State.VETTED, text="The mayor said 1"))
        _fill(conn)
        known = held(conn, MODEL, None, EMBEDDER.dimensions)
        sketches.write(sketches.snapshot(conn, ledger, MODEL, known))
        path = sketches.place(ledger, MODEL)
        data = path.read_bytes()
        model, dimensions = MODEL, EMBEDDER.dimensions
        if fault == "old":
            for key in range(0, 30, 3):
                _put(conn, _claim(key, chance))
            _fill(conn)
        elif fault == "cut":
            path.write_bytes(data[: chance.randrange(len(data))])
        elif fault == "flipped":
            body = data.index(b"\n") + 1
            place = chance.randrange(body, len(data))
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        elif fault == "head":
            path.write_bytes(data.replace(b'"dimensions": 32', b'"dimensions": "a"'))
        elif fault == "model":
            path.replace(sketches.place(ledger, "other"))
            model = "other"
        elif fault == "ledger":
            # As after a restored backup: the numbers are given to other vectors.
            conn.execute("UPDATE vector SET data = ?", (pack(EMBEDDER.embed(["elsewhere"])[0]),))
        found = sketches.restored(conn, ledger, model, dimensions)
        assert (found is not None) == (fault in {None, "old"})
        if found is not None:
            agrees(conn, found, ["The mayor said 1", "Whatever"])


@given(st.integers(0, 2**32), st.integers(1, 700), st.sampled_from([16, 64, 384, 1536]))
@settings(max_examples=25, deadline=None)
def test_the_nearest_are_among_those_read(seed: int, size: int, dimensions: int) -> None:
    """A vector finds itself, however many numbers it has, and no more are read than were asked for."""
    dice = np.random.default_rng(seed)
    rows = dice.normal(size=(size, dimensions)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    made = Sketches(dimensions)
    made.add([(n + 1, n + 1, None, "", pack(row)) for n, row in enumerate(rows)])
    for count in (1, 20):
        found = made.nearest(rows[0], count, VIEW)
        assert 1 in found
        assert len(found) == len(set(found)) == min(count, size)
    assert np.allclose(unpack([pack(rows[0])])[0], rows[0], atol=0.01)


async def test_a_large_ledger_has_a_file_beside_it(tmp_path: Path) -> None:
    """From its size on the file is written, read at the next start, and gone without harm."""
    path = tmp_path / "x.db"
    embedder = Scattered()
    meaning = Meaning(embedder=embedder, weights=load(model=FUSED))
    chance = random.Random(1)
    claims = [
        replace(_claim(key, chance), state=State.VETTED, embargo_until=None, workspace="") for key in range(9)
    ]

    async def found(ledger: Ledger) -> list[str]:
        looked = await ledger.lookup(clean(claims[3].text), view=VIEW, weights=load(), limit=8)
        assert looked.is_whole
        return [hit.claim for hit, _, _ in looked.found]

    async with open_ledger(path, writable=True, create=True, meaning=meaning, large=5) as ledger:
        for each in claims:
            await ledger.save(each, CHANGE, vouched=True)
        await fill(ledger.vectors(), embedder)
        assert await fill(ledger.vectors(), embedder) == 0
        await ledger.keep_up(at_once=True)
        right = await found(ledger)
    file = sketches.place(path, embedder.model)
    assert file.exists()
    assert right
    for _ in range(2):
        async with open_ledger(path, meaning=meaning, large=5) as ledger:
            await ledger.warm_up()
            assert await found(ledger) == right
        file.unlink(missing_ok=True)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=400), st.sampled_from(["", ". ", "\n", " ", "a"]), st.sampled_from([1, 50, 5_000]))
def test_any_text_is_embedded_in_bounded_time(text: str, between: str, times: int) -> None:
    """Whatever the text, up to a megabyte of it, each unit that has a vector has one of length 1."""
    paste = clean((between.join([text] * times))[:1_000_000])
    units, rows = embedded(LOCAL, paste)
    assert set(units) <= set(paste.units)
    assert sum(min(len(each), 600) for each in units[1:]) <= 2_500
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
