"""The documented format: the schema, the tables and the examples are those of the code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from bot.claims import Claim, Outcome, Relation, RelationKind, ResponseRequest
from bot.dates import PartialDate
from bot.rules import completed, refusals
from bot.rules.texts import MAX_ID, MAX_LINE, MAX_LIST
from bot.sources import Artifact, ArtifactKind, Custody, CustodyAction, Medium, Source, Speaker, SpeakerKind
from bot.statements import (
    GROUP_OF,
    Appearance,
    Citation,
    Kind,
    QuoteMode,
    State,
    Statement,
    TargetKind,
)

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "ledger-format.md").read_text(encoding="utf-8")
SCHEMA = json.loads((ROOT / "docs" / "entry.schema.json").read_text(encoding="utf-8"))
SAMPLE = (ROOT / "bot" / "sample" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
ADAPTER = TypeAdapter(Claim)


def fenced(language: str) -> Iterator[str]:
    """Yield the code blocks of the document that are marked with `language`."""
    yield from re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def example() -> Claim:
    """Return the entry that the document shows."""
    (block,) = fenced("json")
    return ADAPTER.validate_json(block)


def section(heading: str) -> str:
    """Return the text under a heading, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
    assert found, heading
    return found[1]


def test_the_schema_is_that_of_the_code() -> None:
    """The file is what the records give; to write it anew, dump this with an indent of two, keys sorted."""
    assert ADAPTER.json_schema() == SCHEMA
    text = json.dumps(SCHEMA, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    assert (ROOT / "docs" / "entry.schema.json").read_text(encoding="utf-8") == text


def test_the_schema_is_a_schema() -> None:
    """It is sound by its own standard."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("line", SAMPLE, ids=lambda line: json.loads(line)["id"])
def test_the_sample_is_valid_against_the_schema(line: str) -> None:
    """Every line of the sample, and what is exported of it, is valid."""
    validator = Draft202012Validator(SCHEMA)
    validator.validate(json.loads(line))
    validator.validate(ADAPTER.dump_python(completed(ADAPTER.validate_json(line)), mode="json"))


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"state": "published"},
        {"allegation": "yes"},
        {"text": None},
        {"statements": [{"id": "s"}]},
    ],
)
def test_the_schema_refuses_what_is_not_in_the_format(change: dict[str, Any]) -> None:
    """Unknown fields, values outside a closed set, wrong types and missing fields are invalid."""
    assert not Draft202012Validator(SCHEMA).is_valid(json.loads(SAMPLE[0]) | change)


def test_the_example_is_a_sound_entry() -> None:
    """The example can be copied and imported."""
    assert refusals(example()) == ()
    (block,) = fenced("json")
    Draft202012Validator(SCHEMA).validate(json.loads(block))


def test_the_refusals_shown_are_those_of_the_program() -> None:
    """The refusals printed in the document come from the example with three faults in it."""
    entry = example()
    first, second = entry.statements
    faulty = replace(
        entry,
        statements=(
            replace(first, said_on=PartialDate("2025-02-30"), text="I put nine tonnes in that memo"),
            replace(second, about=None),
        ),
    )
    printed = section("## What a refusal looks like").split("```")[1].strip().splitlines()
    assert sorted(printed) == sorted(str(each) for each in refusals(faulty))


@pytest.mark.parametrize(
    ("heading", "owner"),
    [
        ("### Claim", Claim),
        ("### Statement", Statement),
        ("### Statement", Citation),
        ("### Source", Source),
        ("### Speaker", Speaker),
        ("### Artifact", Artifact),
        ("### Artifact", Custody),
        ("### Relation and request", Relation),
        ("### Relation and request", ResponseRequest),
    ],
)
def test_every_field_is_in_the_document(heading: str, owner: type) -> None:
    """Each field stands under its heading, in bold exactly where it has to be given."""
    text = section(heading)
    for each in fields(owner):
        needed = each.default is MISSING
        assert (f"**`{each.name}`**" if needed else f"`{each.name}`") in text, each.name
        if not needed and not any(
            each.name in {f.name for f in fields(other)} for other in (Claim, Citation)
        ):
            assert f"**`{each.name}`**" not in text, each.name


@pytest.mark.parametrize(
    "closed_set",
    [
        Kind,
        QuoteMode,
        State,
        TargetKind,
        Appearance,
        Medium,
        ArtifactKind,
        CustodyAction,
        SpeakerKind,
        RelationKind,
        Outcome,
    ],
)
def test_every_value_of_a_closed_set_is_in_the_document(closed_set: Any) -> None:
    """What may be written is written there."""
    assert [each.value for each in closed_set if f"`{each.value}`" not in TEXT] == []


def test_the_table_of_kinds_has_every_kind_with_its_group() -> None:
    """A kind is shown with the group that the program puts it in."""
    rows = re.findall(r"^\| `(\w+)` \| ([a-z ]+?) \|", section("## Kinds"), re.MULTILINE)
    assert dict(rows) == {kind.value: group.value.replace("_", " ") for kind, group in GROUP_OF.items()}


def test_the_limits_are_those_of_the_code() -> None:
    """The figures in the document are the constants of the rules."""
    assert f"1 to {MAX_ID} of the letters" in TEXT
    assert f"at most {MAX_LINE} characters where nothing else is said" in TEXT
    assert f"A list has at most {MAX_LIST} items" in TEXT
