"""The index of words beside a large ledger: what is found with it is right however far behind it is."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calibration import load
from bot.claims import Claim
from bot.dates import Day
from bot.exchange import line_from_claim
from bot.paste import clean
from bot.statements import State
from bot.store.finding import search_words
from bot.store.indexing import Outcome, catch_up
from bot.store.ledger import open_ledger
from bot.store.marks import folder, sole
from bot.store.migrating import STEPS
from bot.store.postings import is_installed
from bot.store.search import Known, candidates, index, lookup
from bot.store.words import BEHIND, Words
from bot.views import View
from handlers.indexing import indexing as kept_up
from tests.conftest import CHANGE
from tests.entries import claim, statement

pytest.importorskip("tantivy")

TODAY = "2026-11-22"
HOMES = ("", "slack:T1", "slack:T2")
SUBJECTS = ("ferry", "bridge", "lighthouse", "mayor", "harbour", "council", "toll", "bay", "dogs", "school")
Step = tuple[int, str, State, Day | None, str]
VIEWS = [
    View(today=TODAY),
    View(today=TODAY, workspace=HOMES[1]),
    View(today="2027-06-01", workspace=HOMES[2]),
]


def entry(number: int, text: str, **changes: object) -> Claim:
    """Return a vetted claim."""
    made = claim(id=f"c-{number}", text=text, statements=(statement(id=f"s-{number}", about=None),))
    return replace(made, **changes)  # type: ignore[arg-type]


class Bench:
    """A ledger's tables in a file, with claims put in as saving does it, and the index beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.conn = sqlite3.connect(path, isolation_level=None)
        self.conn.row_factory = sqlite3.Row
        for step in STEPS:
            for each in step:
                self.conn.execute(each)
        self.held: dict[str, Claim] = {}
        self.words = Words(path, 1)

    def put(self, made: Claim) -> None:
        """Save one claim, as far as matching is concerned, with a revision of its own."""
        number = self.conn.execute("SELECT coalesce(max(n), 0) + 1 FROM revision").fetchone()[0]
        self.conn.execute("BEGIN")
        self.conn.execute(
            "INSERT INTO claim (id, text, language, aliases, allegation, living_person, concerns, state,"
            " embargo_until, workspace) VALUES (?, ?, 'en', '[]', 0, 0, '[]', ?, ?, ?) ON CONFLICT (id)"
            " DO UPDATE SET text = excluded.text, state = excluded.state,"
            " embargo_until = excluded.embargo_until, workspace = excluded.workspace",
            (made.id, made.text, made.state, made.embargo_until, made.workspace),
        )
        index(self.conn, made)
        self.conn.execute(
            "INSERT INTO revision VALUES (?, '', '', '', NULL, 'claim', ?, ?, NULL, '', '', ?)",
            (number, made.id, made.id, f"{self.path}{number}{made}"),
        )
        self.conn.execute("COMMIT")
        self.held[made.id] = made

    def known(self) -> Known:
        """Return what a look-up begins with that may ask the index."""
        return Known(self.words)

    def found(self, text: str, view: View) -> list[str]:
        """Return the candidates of `text`."""
        found = candidates(self.conn, clean(text), view=view, known=self.known())
        return [each.entry.claim for each in found.entries]

    def shown(self, view: View) -> dict[str, str]:
        """Return the claims that `view` shows, with their texts."""
        return {
            key: each.text
            for key, each in self.held.items()
            if each.state is State.VETTED
            and (each.embargo_until or "") <= view.today
            and each.workspace in {"", view.workspace}
        }


@contextmanager
def bench(path: Path) -> Iterator[Bench]:
    """Give a ledger to be changed and asked."""
    made = Bench(path)
    with closing(made.conn):
        yield made


TEXTS = st.lists(st.sampled_from(SUBJECTS), min_size=3, max_size=8).map(" ".join)
CHANGES = st.tuples(
    st.integers(0, 7),
    TEXTS,
    st.sampled_from([State.VETTED, State.VETTED, State.VETTED, State.DRAFT, State.WITHDRAWN]),
    st.sampled_from([None, None, Day("2026-12-24"), Day("2026-01-01"), Day("9999-12-31")]),
    st.sampled_from(HOMES),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(CHANGES, st.just("index"), st.just("anew")), min_size=1, max_size=20))
def test_what_must_not_show_is_never_a_candidate(steps: list[str | Step]) -> None:
    """With the index in any state of being behind, exactly what may show is found, each by its own words."""
    with TemporaryDirectory() as place, bench(path := Path(place) / "ledger.db") as held:
        for step in steps:
            if isinstance(step, str):
                catch_up(path, large=1, every=3, anew=step == "anew")
            else:
                number, text, state, embargo, home = step
                before = held.held.get(f"c-{number}")
                # Where an entry is kept never changes.
                home = before.workspace if before else home
                made = entry(number, f"{text} w{number}", state=state, embargo_until=embargo, workspace=home)
                held.put(made)
        for view in VIEWS:
            shown = held.shown(view)
            assert set(held.found(" ".join(SUBJECTS), view)) <= shown.keys()
            for key, each in held.held.items():
                assert (key in held.found(each.text, view)) is (key in shown)
                listed = search_words(held.conn, each.text, view=view, limit=5, known=held.known())
                assert set(listed) <= shown.keys()
                assert listed[:1] == ((key,) if key in shown else listed[:1])


def filled(held: Bench, count: int = 40) -> None:
    """Put in `count` claims."""
    for number in range(count):
        held.put(entry(number, f"The {SUBJECTS[number % 10]} of bay w{number} burns at noon"))


async def test_wordings_find_their_claim_first_with_the_index(tmp_path: Path) -> None:
    """In a ledger opened with a low bound the index is asked, and text and aliases lead to their claim."""
    path = tmp_path / "ledger.db"
    made = [
        replace(entry(number, f"The ferry number w{number} sank"), aliases=(f"Ship w{number} went down",))
        for number in range(30)
    ]
    lines = [line_from_claim(each).encode() for each in made]
    async with open_ledger(path, writable=True, create=True, large=10) as ledger:
        await ledger.import_lines(lambda: lines, CHANGE, vouched=True)
        stop = asyncio.Event()
        task = asyncio.create_task(kept_up(stop, path, 10))
        while not folder(path).joinpath("words", "meta.json").exists():
            await asyncio.sleep(0.05)
        await ledger.save(replace(made[3], text="The barge w3 sank twice"), CHANGE, vouched=True)
        for each in (*made[:3], *made[4:]):
            for wording in (each.text, *each.aliases):
                found = await ledger.lookup(clean(wording), view=View(today=TODAY), weights=load(), limit=5)
                assert found.found[0][0].claim == each.id
        # At once, whether or not the index has it by now.
        found = await ledger.lookup(clean("a barge w3 sank"), view=View(today=TODAY), weights=load(), limit=5)
        assert found.found[0][0].claim == "c-3"
        assert [each.id for each in await ledger.search("barge", view=View(today=TODAY), limit=3)] == ["c-3"]
        stop.set()
        await task


@pytest.mark.parametrize("part", ["meta.json", "*.idx", "*.term", "*.fast", "*.store", "*.fieldnorm"])
@pytest.mark.parametrize("damage", ["cut", "flipped", "gone"])
def test_a_damaged_index_is_made_anew(tmp_path: Path, part: str, damage: str) -> None:
    """Whatever happens to a file of the index, the answer is right, and the index is made again."""
    path = tmp_path / "ledger.db"
    with bench(path) as held:
        filled(held)
        catch_up(path, large=1)
        assert held.known().standing(held.conn) is not None
        file = next(folder(path).joinpath("words").glob(part))
        data = bytearray(file.read_bytes())
        data[len(data) // 3] ^= 0xFF
        file.unlink()
        if damage != "gone":
            file.write_bytes(data[: len(data) // 2] if damage == "cut" else data)
        held.words = Words(path, 1)
        assert held.known().standing(held.conn) is None
        assert held.found("the school of bay w39", VIEWS[0])[0] == "c-39"
        assert catch_up(path, large=1).is_anew
        assert held.known().standing(held.conn) is not None
        assert held.found("the school of bay w39", VIEWS[0])[0] == "c-39"


def test_the_index_of_another_ledger_is_not_believed(tmp_path: Path) -> None:
    """After an older copy is restored and goes its own way, the index of what was lost is not asked."""
    path, copy = tmp_path / "ledger.db", tmp_path / "copy.db"
    with bench(path) as held:
        filled(held, 20)
    shutil.copy(path, copy)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        other = Bench.__new__(Bench)
        other.path, other.conn, other.held, other.words = path, conn, {}, Words(path, 1)
        other.put(entry(3, "The lost text w333"))
        catch_up(path, large=1)
        assert other.found("lost text w333", VIEWS[0]) == ["c-3"]
    shutil.copy(copy, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        other.conn, other.words = conn, Words(path, 1)
        assert other.known().standing(conn) is None
        # As many changes as were lost: the numbers alone would look right.
        other.put(entry(4, "The other text w444"))
        assert other.known().standing(conn) is None
        assert other.found("other text w444", VIEWS[0]) == ["c-4"]
        assert other.found("w333", VIEWS[0]) == []
        assert other.found("lighthouse of bay w2", VIEWS[0])[0] == "c-2"
        assert catch_up(path, large=1).is_anew
        assert other.known().standing(conn) is not None
        assert other.found("lighthouse of bay w2", VIEWS[0])[0] == "c-2"


def test_one_process_writes(tmp_path: Path) -> None:
    """While another one writes the index, this one leaves it alone."""
    path = tmp_path / "ledger.db"
    with bench(path) as held:
        filled(held, 5)
        with sole(folder(path) / "words.lock") as alone:
            assert alone
            assert catch_up(path, large=1).outcome is Outcome.BUSY
        assert catch_up(path, large=1).outcome is Outcome.DONE
        assert catch_up(path, large=6).outcome is Outcome.SMALL


def test_work_that_was_stopped_goes_on(tmp_path: Path) -> None:
    """What was taken in before a stop is kept, and the next time the rest is."""
    path = tmp_path / "ledger.db"
    with bench(path) as held:
        filled(held)
        calls = iter([False, False, True])
        first = catch_up(path, large=1, every=5, stopped=lambda: next(calls))
        assert (first.outcome, first.changes) == (Outcome.STOPPED, 15)
        second = catch_up(path, large=1, every=5)
        assert (second.outcome, second.changes, second.is_anew) == (Outcome.DONE, 25, False)


def test_far_behind_the_index_is_not_asked(tmp_path: Path) -> None:
    """Where more has changed than is read for one look-up, FTS5 does it all."""
    path = tmp_path / "ledger.db"
    with bench(path) as held:
        filled(held, 10)
        catch_up(path, large=1)
        held.conn.execute("PRAGMA synchronous = OFF")
        filled(held, BEHIND)
        assert held.known().standing(held.conn) is not None
        assert "c-5" in held.found("bay w5", VIEWS[0])
        filled(held, BEHIND + 1)
        assert held.known().standing(held.conn) is None
        assert "c-5" in held.found("bay w5", VIEWS[0])


def test_without_the_library_there_is_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed nothing is made, and what is there is not asked."""
    path = tmp_path / "ledger.db"
    with bench(path) as held:
        filled(held, 10)
        catch_up(path, large=1)
        monkeypatch.setitem(sys.modules, "tantivy", None)
        is_installed.cache_clear()
        assert catch_up(path, large=1).outcome is Outcome.ABSENT
        assert held.known().standing(held.conn) is None
        assert held.found("bay w5", VIEWS[0])[0] == "c-5"
    is_installed.cache_clear()


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "ab " * 330_000, "\U0001f600é漢字 " * 100_000, "1,2 " * 250_000]
)
def test_a_text_of_a_megabyte_takes_bounded_time(tmp_path: Path, text: str) -> None:
    """A text of 1 MB, on file or asked for, is taken in and looked up within seconds of computing."""
    path = tmp_path / "ledger.db"
    with bench(path) as held:
        filled(held, 5)
        held.put(entry(9, text))
        start = time.process_time()
        assert catch_up(path, large=1).outcome is Outcome.DONE
        held.found(text, VIEWS[0])
        search_words(held.conn, text, view=VIEWS[0], limit=5, known=held.known())
        lookup(held.conn, clean(text), view=VIEWS[0], weights=load(), limit=5, known=held.known())
        assert time.process_time() - start < 30


def test_a_file_in_the_way_is_no_end_of_the_index(tmp_path: Path) -> None:
    """Where a writer that was killed left a file that the next one has to write, the index is made anew."""
    bench = Bench(tmp_path / "ledger.db")
    with closing(bench.conn):
        for number in range(3):
            bench.put(entry(number, f"The {SUBJECTS[number]} of the bay was closed"))
        assert catch_up(bench.path, large=1).outcome is Outcome.DONE
        words = folder(bench.path) / "words"
        segment = next(words.glob("*.store")).stem
        for operation in range(100):
            (words / f"{segment}.{operation}.del").touch()
        bench.put(entry(1, "The lighthouse of the bay was painted"))
        done = catch_up(bench.path, large=1)
        assert (done.outcome, done.is_anew) == (Outcome.DONE, True)
        assert catch_up(bench.path, large=1).changes == 0
