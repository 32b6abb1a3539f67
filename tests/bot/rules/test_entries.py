"""Invariants 1 and 5, and what else an entry needs as a whole."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from bot.claims import Outcome, ResponseRequest
from bot.dates import Day
from bot.rules import completed
from bot.statements import (
    Kind,
    QuoteMode,
    State,
)
from tests.bot.rules.builders import (
    ARTIFACT,
    CLAIM,
    ENTRY,
    EXCERPT,
    SOURCE,
    SPEAKER,
    STATEMENT,
    at,
    read,
    said,
)


def test_a_vetted_statement_has_a_citation() -> None:
    """Invariant 1: without a source nothing is vetted; a draft may wait for one."""
    uncited = said(citations=(), text="He never saw it.", quote_mode=QuoteMode.PARAPHRASE)
    uncited = replace(uncited, sources=())
    assert at(uncited) == ["statements[0].citations"]
    assert at(replace(uncited, statements=(replace(uncited.statements[0], state=State.DRAFT),))) == []


def test_a_cited_source_can_be_found_again() -> None:
    """Invariant 1: an address, or a locator in its place, and the day on which it was read."""
    assert at(read(url=None)) == ["sources[0].url"]
    assert at(read(url=None, locator="page 3, edition of 12 March 2025")) == []
    assert at(read(retrieved_on=None)) == ["sources[0].retrieved_on"]
    assert (
        at(replace(read(url=None, retrieved_on=None), statements=(replace(STATEMENT, state=State.DRAFT),)))
        == []
    )


def test_an_allegation_about_a_living_person_carries_the_response() -> None:
    """Invariant 5: a response, a request with its outcome, or the reason why none was sought."""
    entry = replace(ENTRY, allegation=True, living_person=True)
    request = ResponseRequest(id="r1", asked="the mayor", how="e-mail", asked_on=Day("2025-03-01"))
    denial = replace(STATEMENT, id="s2", kind=Kind.DENIAL, about=CLAIM)
    answer = replace(STATEMENT, id="s2", kind=Kind.RESPONSE)
    assert at(entry) == ["requests"]
    assert at(replace(entry, requests=(request,))) == ["requests"]
    assert at(replace(entry, requests=(replace(request, outcome=Outcome.NO_RESPONSE),))) == []
    assert at(replace(entry, response_not_sought="the mayor is in hospital")) == []
    for statement in (denial, answer):
        assert at(replace(entry, statements=(STATEMENT, statement))) == []
        hidden = replace(statement, state=State.IN_REVIEW)
        assert at(replace(entry, statements=(STATEMENT, hidden))) == ["requests"]


@pytest.mark.parametrize(
    "changes", [{"allegation": False}, {"living_person": False}, {"state": State.IN_REVIEW}]
)
def test_other_claims_need_no_response(changes: dict[str, Any]) -> None:
    """Invariant 5 is about vetted allegations about living persons."""
    assert at(replace(replace(ENTRY, allegation=True, living_person=True), **changes)) == []


def test_a_request_agrees_with_itself() -> None:
    """“Not sought” and a request exclude each other, and no answer is due before we ask."""
    request = ResponseRequest(id="r1", asked="the mayor", how="e-mail", asked_on=Day("2025-03-03"))
    assert at(replace(ENTRY, requests=(request,), response_not_sought="he is ill")) == ["response_not_sought"]
    assert at(replace(ENTRY, requests=(replace(request, due_on=Day("2025-03-02")),))) == [
        "requests[0].due_on"
    ]


def test_a_vetted_claim_has_a_day_of_review() -> None:
    """A reader sees when somebody last looked."""
    assert at(replace(ENTRY, last_reviewed_on=None)) == ["last_reviewed_on"]
    assert at(replace(ENTRY, last_reviewed_on=None, state=State.IN_REVIEW)) == []


def test_the_hash_is_that_of_the_excerpt() -> None:
    """An excerpt that was changed under its hash is seen; a hash alone is refused."""
    right = sha256(EXCERPT.encode()).hexdigest()
    assert at(read(excerpt_sha256=right)) == []
    assert at(read(excerpt_sha256="0" * 64)) == ["sources[0].excerpt_sha256"]
    assert at(read(excerpt_sha256=right.upper())) == ["sources[0].excerpt_sha256"] * 2
    entry = said(quote_mode=QuoteMode.PARAPHRASE)
    assert at(replace(entry, sources=(replace(SOURCE, excerpt=None, excerpt_sha256=right),))) == [
        "sources[0].excerpt_sha256"
    ]


def test_completed_fills_in_hashes_and_orders_what_has_no_order() -> None:
    """The form that is kept has a hash for each excerpt, and lists in the order of their ids."""
    entry = replace(
        ENTRY,
        speakers=(replace(SPEAKER, id="z"), SPEAKER),
        sources=(replace(SOURCE, id="z", excerpt=None), SOURCE),
        artifacts=(replace(ARTIFACT, id="z"), ARTIFACT),
        statements=(replace(STATEMENT, id="z"), STATEMENT),
    )
    made = completed(entry)
    assert [each.id for each in made.speakers] == ["pryle", "z"]
    assert [each.id for each in made.artifacts] == ["page", "z"]
    assert [each.id for each in made.statements] == ["z", "s1"]
    assert [each.excerpt_sha256 for each in made.sources] == [sha256(EXCERPT.encode()).hexdigest(), None]
    assert completed(made) == made
