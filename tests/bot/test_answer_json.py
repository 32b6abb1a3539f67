"""The Answer as one JSON object."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.answer_json import as_json
from bot.answers import Answer, Difference, DifferenceKind, RelatedClaim, Tier
from bot.claims import RelationKind
from bot.composition import answer
from bot.statements import Group
from tests.entries import claim, recorded, statement, whole_claim

LINE = "statement kind speaker role on_behalf_of official quote_mode text said_on told_to citations"
CLAIM = (
    "id text language pasted_language probability last_reviewed_on summary summary_chosen_by_model groups "
    "not_on_file differences counter_claims sources"
)


def keys(value: Any) -> str:
    """Return the keys of an object in order, with a space between."""
    return " ".join(value)


def whole() -> dict[str, Any]:
    """Return an answer with everything in it as an object, by way of its JSON text."""
    related = tuple(RelatedClaim(id=str(kind), text=f"Claim {kind}.", kind=kind) for kind in RelationKind)
    difference = Difference(kind=DifferenceKind.NUMBER, pasted="12", record=None)
    shown = recorded(whole_claim(), related=related, differences=(difference,), probability=0.123456)
    made: dict[str, Any] = json.loads(
        json.dumps(as_json(answer([shown], tier=Tier.SAME, ledger_revision=41)))
    )
    return made


def test_the_keys_are_those_that_were_promised() -> None:
    """Every object has exactly its keys, in a fixed order."""
    made = whole()
    entry = made["claims"][0]
    assert keys(made) == "tier ledger_revision claims"
    assert keys(entry) == CLAIM
    assert keys(entry["groups"]) == " ".join(Group)
    assert {keys(line) for group in entry["groups"].values() for line in group} == {LINE}
    assert {keys(each) for each in entry["summary"]} == {"group text citations"}
    assert {keys(each) for each in entry["differences"]} == {"kind pasted record"}
    assert {keys(each) for each in entry["counter_claims"]} == {"id text"}
    assert {keys(each) for each in entry["sources"]} == {"n publisher title url archive_url published_on"}


def test_values() -> None:
    """Closed sets are their values, and a probability has four decimals."""
    made = whole()
    entry = made["claims"][0]
    assert (made["tier"], made["ledger_revision"]) == ("same", 41)
    assert entry["probability"] == 0.1235
    assert [each["id"] for each in entry["counter_claims"]] == ["counter_claim_of", "contradicts"]
    assert entry["differences"] == [{"kind": "number", "pasted": "12", "record": None}]
    assert entry["groups"]["asserted"][0]["kind"] == "assertion"


def test_nothing_on_file() -> None:
    """An answer without a claim has the same keys."""
    made = as_json(Answer(tier=Tier.NONE, ledger_revision=0, claims=()))
    assert made == {"tier": "none", "ledger_revision": 0, "claims": []}


def test_a_claim_asked_for_by_id_has_no_probability() -> None:
    """No figure is made up where nothing was matched."""
    made: Any = as_json(answer([recorded(claim(), probability=None)], tier=Tier.SAME, ledger_revision=1))
    assert made["claims"][0]["probability"] is None


@given(st.text())
def test_any_text_becomes_json(text: str) -> None:
    """Whatever a row holds, the object can be written as JSON and says the same when read."""
    made = as_json(
        answer([recorded(claim(statements=(statement(text=text),)))], tier=Tier.SAME, ledger_revision=1)
    )
    assert json.loads(json.dumps(made)) == made
