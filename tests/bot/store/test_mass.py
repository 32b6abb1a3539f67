"""Large files: in parts and by several processes they leave the ledger that saving each claim leaves."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.claims import Claim, Relation, RelationKind
from bot.errors import BadInputError, LedgerError
from bot.exchange import line_from_claim
from bot.rules import refusals
from bot.statements import State
from bot.store.crew import HelperError
from bot.store.importing import Imported, ImportFailedError
from bot.store.ledger import Ledger, open_ledger
from bot.store.mass import Pass, Sizes
from bot.store.parts import Way
from tests.bot.store.test_importing import bare, line
from tests.bot.store.test_round_trip import ledgers
from tests.conftest import CHANGE
from tests.entries import claim, source, speaker, statement
from tests.moderating import rows

SMALL = Sizes(large=1, lines=3, helpers=0)
COMPARED = (
    "claim", "statement", "citation", "relation", "request", "speaker", "source", "artifact", "custody",
    "address", "claim_speaker", "claim_source", "claim_artifact", "revision", "fold", "term", "touched",
)  # fmt: skip


async def imported(
    ledger: Ledger,
    file: Path,
    lines: Sequence[bytes],
    *,
    vouched: bool = True,
    keep_going: bool = False,
    progress: Callable[[Pass, int], None] = lambda *_: None,
    sizes: Sizes = SMALL,
) -> Imported:
    """Import lines as a large file is imported, three at a time."""
    file.write_bytes(b"\n".join(each.strip() for each in lines))
    way = Way(change=CHANGE, vouched=vouched, keep_going=keep_going)
    return await ledger.imports().file(file, way, progress, sizes)


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return what stands in each table of a ledger, with the rows that matching reads."""
    found = {table: sorted(rows(path, f"SELECT * FROM {table}"), key=repr) for table in COMPARED}
    for table in ("wording_fts", "record_fts"):
        found[table] = rows(path, f"SELECT rowid, * FROM {table} ORDER BY rowid")
    return found


def shares(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Return the claims with the speaker and the source of the first one in each, where it has one."""
    if not claims:
        return ()
    one, place = claims[0].speakers[0], claims[0].sources[0]
    return tuple(
        replace(
            each,
            concerns=(one.id,),
            speakers=(one,),
            sources=(place,),
            statements=tuple(
                replace(
                    said, speaker=one.id, citations=tuple(replace(c, source=place.id) for c in said.citations)
                )
                for said in each.statements
            ),
        )
        for each in claims
    )


@settings(max_examples=15)
@given(ledgers(), st.booleans(), st.booleans())
def test_fast_way_writes_what_saving_each_writes(
    drawn: tuple[Claim, ...],
    sharing: bool,  # noqa: FBT001
    vouched: bool,  # noqa: FBT001
) -> None:
    """Whatever the claims, every table has the rows that saving one claim after the other gives it."""
    given_claims = shares(drawn) if sharing else drawn
    assume(not any(map(refusals, given_claims)))

    async def run(folder: Path) -> None:
        way = Way(change=CHANGE, vouched=vouched, keep_going=False)
        async with open_ledger(folder / "one.db", writable=True, create=True) as ledger:
            lines = [line_from_claim(each).encode() for each in given_claims]
            await ledger.import_lines(lambda: lines, CHANGE, vouched=vouched)
        async with open_ledger(folder / "fast.db", writable=True, create=True) as ledger:
            (folder / "file").write_bytes(b"\n".join(lines))
            sizes = Sizes(large=0, lines=100, helpers=0)
            await ledger.imports().file(folder / "file", way, sizes=sizes)
            assert (await ledger.verify())[1] is None
        assert tables(folder / "fast.db") == tables(folder / "one.db")

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


async def test_lines_that_change_what_is_on_file(ledger: Ledger, tmp_path: Path) -> None:
    """New, changed and unchanged claims, a changed speaker among them, stand in one file in any order."""
    await ledger.save(claim(), CHANGE, vouched=True)
    await ledger.save(claim(id="old", statements=(statement(id="s-old", about=None),)), CHANGE, vouched=True)
    named = speaker(name="Ada Quill of Marsh")
    lines = [
        bare("a"),
        line_from_claim(claim(speakers=(named,), text="Another wording.")).encode(),
        line_from_claim(
            claim(id="new", speakers=(named,), statements=(statement(id="s-new", about=None),))
        ).encode(),
        b"",
        bare("b"),
    ]
    done = await imported(ledger, tmp_path / "file", lines)
    assert (done.created, done.amended, done.unchanged) == (3, 1, 0)
    assert {each.speakers for each in await ledger.claims() if each.speakers} == {(named,)}
    again = await imported(ledger, tmp_path / "file", lines)
    assert (again.created, again.amended, again.unchanged) == (0, 0, 4)
    assert (await ledger.verify())[1] is None


async def test_every_bad_line_is_named_and_nothing_written(ledger: Ledger, tmp_path: Path) -> None:
    """Faults of a line by itself, between lines and with the ledger are told as for a small file."""
    await ledger.save(claim(), CHANGE, vouched=True)
    other = json.loads(line(id="second"))
    other["statements"][0] |= {"about": None}
    third = json.loads(line(id="third"))
    third["speakers"][0]["name"] = "Bert Quill"
    third["statements"][0] |= {"id": "s-3", "about": None}
    fourth = json.loads(line(id="fourth", statements=[], speakers=[], sources=[], concerns=[]))
    lines = [
        bare("a"),
        b"not json",
        bare("c", text=""),
        bare("a", text="Another."),
        json.dumps(other).encode(),
        line(),
        json.dumps(third).encode(),
        json.dumps(fourth | {"relations": [{"kind": "narrows", "to": "nowhere"}]}).encode(),
    ]
    before = await ledger.claims()
    with pytest.raises(ImportFailedError) as fast:
        await imported(ledger, tmp_path / "file", lines)
    assert await ledger.claims() == before
    with pytest.raises(ImportFailedError) as slow:
        await ledger.import_lines(lambda: lines, CHANGE, vouched=True)
    assert str(fast.value) == str(slow.value)


async def test_good_lines_are_imported_on_request(ledger: Ledger, tmp_path: Path) -> None:
    """With `keep_going`, lines that lead to a bad line, however far, fall out with it."""
    chain = [bare(f"c{n}", relations=[{"kind": "narrows", "to": f"c{n + 1}"}]) for n in range(20)]
    done = await imported(ledger, tmp_path / "file", [*chain, bare("good"), b"[]"], keep_going=True)
    assert (done.created, len(done.bad)) == (1, 21)
    assert (await ledger.verify())[1] is None


async def test_relations_to_later_parts(ledger: Ledger, tmp_path: Path) -> None:
    """Claims that lead to ones of later parts, and in circles, are all there at the end."""
    lines = [
        bare(f"c{n}", relations=[{"kind": "same_as", "to": f"c{(n * 7 + 3) % 30}"}] if n % 3 else [])
        for n in range(30)
    ]
    done = await imported(ledger, tmp_path / "file", lines)
    assert done.created == 30
    held = {each.id: each.relations for each in await ledger.claims()}
    assert held["c1"] == (Relation(kind=RelationKind.SAME_AS, to="c10"),)
    assert sum(map(len, held.values())) == 20
    assert (await ledger.verify())[1] is None


async def test_nobody_vouches(ledger: Ledger, tmp_path: Path) -> None:
    """Without a name what the file calls vetted is stored as in review, and counted as hidden."""
    for expected in ((1, 0), (0, 1)):
        done = await imported(ledger, tmp_path / "file", [line()], vouched=False)
        assert (done.created, done.unchanged, done.hidden) == (*expected, 1)
    (held,) = await ledger.claims()
    assert (held.state, held.statements[0].state) == (State.IN_REVIEW, State.IN_REVIEW)


async def test_fault_in_a_helper_is_told(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A helper that cannot do its work ends the import with what was wrong, and nothing is written."""
    monkeypatch.setattr("bot.store.crew._BEGIN", "raise SystemExit(3)")
    helped = replace(SMALL, helpers=1)
    with pytest.raises(LedgerError, match="exit code 3"):
        await imported(ledger, tmp_path / "file", [bare("a")], sizes=helped)
    broken = "from bot.store import crew; crew.check = None; import sys; crew.work()"
    monkeypatch.setattr("bot.store.crew._BEGIN", broken)
    with pytest.raises(HelperError, match="NoneType"):
        await imported(ledger, tmp_path / "file", [bare("a")], sizes=helped)
    assert await ledger.claims() == ()


async def test_file_that_changes_meanwhile(ledger: Ledger, tmp_path: Path) -> None:
    """What is written is what was checked: a file that is another one by then is refused."""
    file = tmp_path / "file"

    def progress(_: Pass, number: int) -> None:
        if number == 4:
            file.write_bytes(file.read_bytes().replace(b"sold", b"lost"))

    with pytest.raises(BadInputError, match="was changed while"):
        await imported(ledger, file, [bare(f"c{n}") for n in range(4)], progress=progress)


async def test_others_write_between_the_parts(ledger: Ledger, tmp_path: Path) -> None:
    """A claim that somebody saves while a file is imported is neither doubled nor overwritten unseen."""
    saving: list[asyncio.Task[Any]] = []

    def progress(what: Pass, number: int) -> None:
        if what is Pass.WRITING and number == 3:
            saved = claim(
                id="c7", text="The c7 was sold.", statements=(), speakers=(), sources=(), story=None
            )
            held = replace(saved, state=State.DRAFT, last_reviewed_on=None)
            saving.append(asyncio.ensure_future(ledger.save(held, CHANGE, vouched=True)))

    done = await imported(ledger, tmp_path / "file", [bare(f"c{n}") for n in range(12)], progress=progress)
    await asyncio.gather(*saving)
    assert (done.created, done.unchanged) == (11, 1)
    assert (await ledger.verify())[1] is None


@pytest.mark.parametrize("moment", [0.1, 0.6, 1.2, 1.8, 2.6])
async def test_import_that_is_killed_goes_on(tmp_path: Path, moment: float) -> None:
    """After a kill at any moment the ledger is whole, and the same command brings the rest, nothing twice."""
    file, path = tmp_path / "file.jsonl", tmp_path / "ledger.db"
    entries = [
        claim(
            id=f"c{n}",
            text=f"The mayor of Marsh sold bridge {n}.",
            statements=(statement(id=f"s{n}", about=None),),
            sources=(source(),),
        )
        for n in range(400)
    ]
    file.write_text("\n".join(map(line_from_claim, entries)), "utf-8")
    command = [sys.executable, "-m", "tests.importing", str(path), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moment)
        os.kill(process.pid, signal.SIGKILL)
    async with open_ledger(path) as ledger:
        assert (await ledger.verify())[1] is None
        before = len(await ledger.claims())
    async with open_ledger(path, writable=True) as ledger:
        sizes = Sizes(large=1, lines=50, helpers=2)
        way = Way(change=CHANGE, vouched=True, keep_going=False)
        done = await ledger.imports().file(file, way, sizes=sizes)
        assert (done.created, done.unchanged) == (400 - before, before)
        assert (await ledger.verify())[1] is None
        assert [each.id for each in await ledger.claims()] == [each.id for each in entries]
