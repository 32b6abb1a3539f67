"""Whatever is typed: no error escapes, no word of an answer is invented, and nothing hidden shows."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import sample
from bot.answer_json import as_json
from bot.calibration import load
from bot.desk import check, matches
from bot.errors import BadInputError
from bot.exchange import claim_from_line
from bot.folding import fold_typography
from bot.paste import clean
from bot.statements import State
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from handlers.terminal.rendering import render, render_matches
from tests.conftest import CHANGE

TODAY = "2026-11-22"
HIDDEN = ("quillbrook", "marrowgate", "thornwhistle", "oldemere", "zephyrholt", "snarrowmere")
"""Words that stand in hidden entries of the sample only."""

CLAIMS = [claim_from_line(line) for line in sample.lines()]
FRAGMENTS = [fragment for claim in CLAIMS for fragment in (claim.text, *claim.aliases)] + [
    statement.text for claim in CLAIMS for statement in claim.statements
]
SYNTAX = ('"', "NEAR(", "*", "AND", "NOT", "bridge", "Moscow", "\u202e", "\x00")
texts = st.one_of(
    st.text(max_size=200),
    st.sampled_from(FRAGMENTS),
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=20)), max_size=4).map(" ".join),
    st.lists(st.sampled_from([*HIDDEN, *SYNTAX])).map(" ".join),
)


def words(value: Any) -> set[str]:
    """Return all words in a value, however nested."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    # Folded, so that a letter counts as the same however the cleaning of a paste left it.
    return set(re.findall(r"\w+", fold_typography(text).casefold()))


def vetted_words() -> set[str]:
    """Return the words of what readers may see: vetted statements of visible claims, and what they cite."""
    found: set[str] = set()
    for claim in CLAIMS:
        if claim.state is not State.VETTED or (claim.embargo_until or "") > TODAY:
            continue
        shown = asdict(claim)
        shown["statements"] = [each for each in shown["statements"] if each["state"] == State.VETTED]
        found |= words(shown)
    return found


CATALOGUE = words(resources.files("bot").joinpath("catalogue/en.toml").read_text("utf-8"))
ALLOWED = vetted_words() | CATALOGUE


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """The sample ledger; one for all examples of a test."""
    async with open_ledger(tmp_path / "sample.db", writable=True, create=True) as opened:
        await opened.import_lines(sample.lines, CHANGE, vouched=True)
        yield opened


async def answered(ledger: Ledger, text: str) -> str:
    """Return the answer to `text` as text and as JSON, or nothing where it cannot be a claim."""
    try:
        answer = await check(ledger, text, calibration=load(), view=View(today=TODAY))
    except BadInputError:
        return ""
    return render(answer) + json.dumps(as_json(answer), ensure_ascii=False)


async def test_no_text_breaks_check_or_search_or_shows_what_is_hidden(ledger: Ledger) -> None:
    """For any text, check and search answer or refuse in a sentence, from vetted rows and nothing else."""
    loop = asyncio.get_running_loop()

    @settings(max_examples=300)
    @given(texts)
    @example("\ud800\udfff lone")
    @example("x" * 19_999)
    def run(text: str) -> None:
        future = asyncio.run_coroutine_threadsafe(ask(text), loop)
        future.result(timeout=60)

    async def ask(text: str) -> None:
        shown = await answered(ledger, text)
        # What the reader typed, cleaned, may be repeated to them; it is not the record.
        invented = words(shown) - ALLOWED - words(clean(text).text) - words(text) - KEYS
        assert not {each for each in invented if not each.isdecimal()}, invented
        found = await matches(ledger, text[:500], view=View(today=TODAY))
        listed = render_matches([(each.id, each.text, each.story) for each in found])
        typed = words(text)
        for word in HIDDEN:
            if word not in typed:
                assert word not in (shown + listed).casefold()
        assert not {each.id for each in found} & HIDDEN_IDS

    await asyncio.to_thread(run)


KEYS = {
    "tier", "ledger_revision", "claims", "id", "text", "probability", "last_reviewed_on", "summary", "group",
    "citations", "groups", "asserted", "denied", "official_response", "authenticity", "provenance", "changed",
    "context", "not_on_file", "differences", "kind", "pasted", "record", "counter_claims", "sources", "n",
    "publisher", "title", "url", "archive_url", "published_on", "statement", "speaker", "role",
    "on_behalf_of", "official", "quote_mode", "said_on", "told_to", "null", "false", "same", "close", "none",
    "number", "name", "date", "negation", "true", "roles", "certainty", "language", "pasted_language",
    "summary_chosen_by_model",
}  # fmt: skip
"""The names in the JSON object of the issue, which are ours and not the record's."""
HIDDEN_IDS = {
    claim.id for claim in CLAIMS if claim.state is not State.VETTED or (claim.embargo_until or "") > TODAY
}


def test_hidden_words_are_hidden_everywhere_in_the_sample() -> None:
    """The words that the leak test looks for stand in no row that a reader may see."""
    assert not vetted_words() & set(HIDDEN)
    assert HIDDEN_IDS
