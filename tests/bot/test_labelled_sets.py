"""The labelled sets of the prompts: what is expected can be answered, and stands in the material."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import prompts as held
from bot.drafting.answered import drafts_in
from bot.drafting.checking import checked
from bot.drafting.drafts import Article
from bot.expectations import count, labelled_in, met
from bot.prompting import prompt
from bot.schemas import value_fault
from bot.statements import QuoteMode

SETS = Path(held.__file__).parent / "sets"


@pytest.mark.parametrize("name", ["draft", "second_look", "spans", "summary"])
def test_what_is_expected_can_be_answered(name: str) -> None:
    """Each line has the prompt's variables, and expects what its schema takes and its material holds."""
    asked = prompt(name)
    lines = labelled_in((SETS / f"{name}.jsonl").read_text("utf-8"), asked)
    assert len(lines) >= 5
    for each in lines:
        full = json.loads(json.dumps(each.expect))
        for row in full.get("picks", ()):
            row.setdefault("first", None)
            row.setdefault("last", None)
        for draft in full.get("drafts", ()):
            _complete(draft)
        assert value_fault(full, asked.schema) is None
        assert met(each.expect, full) == count(each.expect) > 0
        assert all(passage in each.variables["text"] for passage in full.get("passages", ()))


def _complete(draft: dict[str, Any]) -> None:
    """Fill in what a line leaves to the model."""
    draft.setdefault("claim", draft["statements"][0]["words"])
    draft.setdefault("artifact", None)
    if draft["artifact"]:
        draft["artifact"].setdefault("name", "recording")
    for said in draft["statements"]:
        said.setdefault("words", said["sentence"])
        for name in ("described", "role", "on_behalf_of", "told_to", "relay", "date", "answers"):
            said.setdefault(name, None)


def test_expected_drafts_stand_in_their_articles() -> None:
    """What is expected of an article is taken without a note, and each quotation of it to the letter."""
    for each in labelled_in((SETS / "draft.jsonl").read_text("utf-8"), prompt("draft")):
        article = Article(text=each.variables["article"])
        full = json.loads(json.dumps(each.expect))
        for draft in full["drafts"]:
            _complete(draft)
        found = checked(article, drafts_in(article, full))
        assert [(one.notes, len(one.statements)) for one in found] == [
            ((), len(draft["statements"])) for draft in full["drafts"]
        ]
        for one, draft in zip(found, full["drafts"], strict=True):
            assert (one.artifact is None) is (draft["artifact"] is None)
            for said, wanted in zip(one.statements, draft["statements"], strict=True):
                assert (said.kind, said.speaker) == (wanted["kind"], wanted["speaker"])
                assert (said.quote_mode is QuoteMode.VERBATIM) is wanted["quoted"]
                assert said.passage.of(article.text) in article.text.splitlines()


def test_expected_drafts_cover_the_kinds_that_differ() -> None:
    """The set has an article without a statement, and each sort of statement that is told apart."""
    lines = labelled_in((SETS / "draft.jsonl").read_text("utf-8"), prompt("draft"))
    drafts = [draft for each in lines for draft in each.expect["drafts"]]
    assert [each for each in lines if each.expect["drafts"] == []]
    assert {said["kind"] for draft in drafts for said in draft["statements"]} >= {
        *("assertion", "denial", "authenticity_challenge", "no_comment", "no_response", "response"),
        "retraction",
    }
