"""Importing: all or nothing, every bad line named, nothing vetted without a name, nothing doubled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sample
from bot.errors import RefusedError
from bot.exchange import claim_from_line, line_from_claim
from bot.statements import State
from bot.store.importing import ImportFailedError
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from tests.conftest import CHANGE
from tests.entries import claim

TODAY = "2026-11-22"


def line(**changes: Any) -> bytes:
    """Return the line of a good claim with some fields changed."""
    return json.dumps(json.loads(line_from_claim(claim())) | changes).encode() + b"\n"


def bare(key: str, **changes: Any) -> bytes:
    """Return the line of a claim without statements."""
    return json.dumps({"id": key, "text": f"The {key} was sold."} | changes).encode()


async def test_export_then_import_gives_the_same_ledger(sample_ledger: Ledger, tmp_path: Path) -> None:
    """The sample ledger, exported and imported into an empty ledger, exports the same again."""
    exported = [line_from_claim(each) for each in await sample_ledger.claims()]
    async with open_ledger(tmp_path / "second.db", writable=True, create=True) as second:
        await second.import_lines(lambda: [each.encode() for each in exported], CHANGE, vouched=True)
        assert [line_from_claim(each) for each in await second.claims()] == exported
        assert await second.claims() == await sample_ledger.claims()


async def test_second_import_changes_nothing(ledger: Ledger) -> None:
    """A file that is imported twice is on file once, vouched for or not."""
    for vouched in (False, True, True, False):
        done = await ledger.import_lines(sample.lines, CHANGE, vouched=vouched)
        revision, broken = await ledger.verify()
        again = await ledger.import_lines(sample.lines, CHANGE, vouched=vouched)
        assert (again.created, again.amended) == (0, 0)
        assert again.unchanged == done.created + done.amended + done.unchanged
        assert await ledger.verify() == (revision, broken)
    assert len(await ledger.claims()) == sum(1 for _ in sample.lines())


async def test_nothing_is_vetted_unless_somebody_vouches(ledger: Ledger) -> None:
    """Without a name, nothing of the sample reaches a reader, and the count of what waits is told."""
    done = await ledger.import_lines(sample.lines, CHANGE, vouched=False)
    assert await ledger.claims(public_on=View(today="2100-01-01")) == ()
    called_vetted = sum(json.loads(each).get("state") == "vetted" for each in sample.lines())
    assert done.hidden == called_vetted > 0
    states = {each.state for each in await ledger.claims()}
    states |= {each.state for held in await ledger.claims() for each in held.statements}
    assert State.VETTED not in states


async def test_one_bad_line_keeps_the_whole_file_out(ledger: Ledger) -> None:
    """Where a line is bad nothing is imported, and every bad line is named with its number and reason."""
    lines = [line(), b"not json\n", bare("good"), line(id="b", colour="red"), b"\xff\xfe\n"]
    with pytest.raises(ImportFailedError) as caught:
        await ledger.import_lines(lambda: lines, CHANGE, vouched=True)
    assert [each.number for each in caught.value.bad] == [2, 4, 5]
    text = str(caught.value)
    assert "line 2: line: not JSON" in text
    assert "line 4: colour: there is no such field (it holds “red”)" in text
    assert "line 5: line: byte 1 is not UTF-8" in text
    assert await ledger.claims() == ()


async def test_keep_going_imports_the_good_lines(ledger: Ledger) -> None:
    """On request the good lines are imported, and the bad ones are still named."""
    lines = [line(), b"[]", bare("good"), b"", b"   \n"]
    done = await ledger.import_lines(lambda: lines, CHANGE, vouched=True, keep_going=True)
    assert (done.created, [each.number for each in done.bad]) == (2, [2])
    assert [each.id for each in await ledger.claims()] == ["bridge", "good"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"state": "veted"}, "state: “veted” is not known here; write one of 'draft'"),
        ({"txet": "x"}, "txet: there is no such field (it holds “x”); did you mean “text”?"),
        ({"text": None}, "text: “null” is of the wrong kind; write a text"),
        ({"allegation": "yes"}, "allegation: “yes” is of the wrong kind; write true or false"),
        ({"last_reviewed_on": "2025-02-30"}, "last_reviewed_on: “2025-02-30” is not in the calendar"),
        ({"statements": {"id": "s"}}, "statements: "),
    ],
)
async def test_bad_field_is_named_with_what_would_be_right(
    ledger: Ledger, changes: dict[str, Any], says: str
) -> None:
    """A bad field is named by its path, with the value and what to write instead."""
    with pytest.raises(ImportFailedError) as caught:
        await ledger.import_lines(lambda: [line(**changes)], CHANGE, vouched=True)
    assert says in str(caught.value)


async def test_denial_without_a_target_and_a_quote_that_is_not_there(ledger: Ledger) -> None:
    """The ledger's own rules hold for an import, each fault with its place in the line."""
    broken = json.loads(line())
    broken["statements"][0] |= {"kind": "denial", "about": None, "text": "I never said a word of it."}
    with pytest.raises(ImportFailedError) as caught:
        await ledger.import_lines(lambda: [json.dumps(broken).encode()], CHANGE, vouched=True)
    fields = {each.field for each in caught.value.bad[0].refusals}
    assert {"statements[0].about", "statements[0].text"} <= fields


async def test_same_id_twice_in_a_file(ledger: Ledger) -> None:
    """Two lines with one id are a fault of the file, not a silent overwriting."""
    with pytest.raises(ImportFailedError, match="line 2: id: “a” stands on line 1 too"):
        await ledger.import_lines(lambda: [bare("a"), bare("a", text="Another.")], CHANGE, vouched=True)


async def test_shared_row_that_differs_between_lines(ledger: Ledger) -> None:
    """Two lines that bring the same speaker with different values are a fault of the file."""
    other = json.loads(line(id="second"))
    other["speakers"][0]["name"] = "Bert Quill"
    other["statements"][0] |= {"id": "s-2", "about": None}
    with pytest.raises(ImportFailedError, match=r"line 2: speakers\[0\]\.id: “quill” differs .* line 1"):
        await ledger.import_lines(lambda: [line(), json.dumps(other).encode()], CHANGE, vouched=True)


async def test_relation_to_a_later_line_is_good(ledger: Ledger) -> None:
    """A claim may be related to one that stands further down in the file."""
    lines = [bare("a", relations=[{"kind": "narrows", "to": "b"}]), bare("b")]
    assert (await ledger.import_lines(lambda: lines, CHANGE, vouched=True)).created == 2


async def test_relation_to_a_bad_line_takes_its_line_along(ledger: Ledger) -> None:
    """With `keep_going`, a line whose relation leads to a line that was left out is left out and named."""
    lines = [
        bare("a", relations=[{"kind": "narrows", "to": "b"}]),
        bare("b", relations=[{"kind": "narrows", "to": "nowhere"}]),
        bare("c"),
    ]
    done = await ledger.import_lines(lambda: lines, CHANGE, vouched=True, keep_going=True)
    assert [each.number for each in done.bad] == [1, 2]
    assert [each.id for each in await ledger.claims()] == ["c"]
    assert (await ledger.verify())[1] is None


async def test_long_chain_of_relations_that_leads_nowhere(ledger: Ledger) -> None:
    """However long the chain, all lines that lead to the missing claim fall out in a second pass."""
    lines = [bare(f"c{n}", relations=[{"kind": "narrows", "to": f"c{n + 1}"}]) for n in range(300)]
    told: list[int] = []
    done = await ledger.import_lines(
        lambda: [*lines, bare("good")], CHANGE, vouched=True, keep_going=True, progress=told.append
    )
    assert (done.created, len(done.bad)) == (1, 300)
    assert len(told) == 2 * 301


async def test_field_that_is_given_twice(ledger: Ledger) -> None:
    """An object that names a field twice is refused: nobody can say which value was meant."""
    with pytest.raises(ImportFailedError, match="“text”: it is given twice"):
        await ledger.import_lines(
            lambda: [b'{"id": "a", "text": "One.", "text": "Two."}'], CHANGE, vouched=True
        )


async def test_progress_counts_lines(ledger: Ledger) -> None:
    """Progress is told line by line."""
    told: list[int] = []
    await ledger.import_lines(lambda: [bare("a"), b"", bare("b")], CHANGE, vouched=True, progress=told.append)
    assert told == [1, 2, 3]


async def test_byte_order_mark_is_no_fault(ledger: Ledger) -> None:
    """A file that an editor began with a byte order mark is read."""
    done = await ledger.import_lines(lambda: [b"\xef\xbb\xbf" + bare("a")], CHANGE, vouched=True)
    assert done.created == 1


@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode(errors="replace")))
)
def test_no_line_escapes_as_another_error(content: bytes) -> None:
    """Whatever bytes a line holds, it is a claim or it is refused with reasons."""
    try:
        claim_from_line(content)
    except RefusedError as error:
        assert error.refusals  # noqa: PT017 - most lines are refused, and a good one is no fault


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [*json.loads(line_from_claim(claim())), "aliases", "relations", "requests", "artifacts", "concerns"]


@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=4))
def test_no_json_escapes_as_another_error(changes: dict[str, Any]) -> None:
    """Whatever JSON stands in a field, the line is a claim or is refused with reasons."""
    try:
        claim_from_line(line(**changes))
    except RefusedError as error:
        assert error.refusals  # noqa: PT017 - the same
