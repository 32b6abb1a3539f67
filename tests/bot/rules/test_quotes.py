"""Invariant 2: whose words a text may claim to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.claims import ResponseRequest
from bot.dates import Day
from bot.sources import Custody, CustodyAction
from bot.statements import (
    Citation,
    Kind,
    QuoteMode,
    State,
)
from tests.bot.rules.builders import (
    ARTIFACT,
    CLAIM,
    ENTRY,
    SOURCE,
    SPEAKER,
    STATEMENT,
    at,
    read,
    said,
    told,
)


def test_a_verbatim_text_is_in_the_excerpt() -> None:
    """Invariant 2: every word of it, or it is only a paraphrase."""
    assert told(said(text="I often saw it.")) == (
        "statements[0].text: the words “I often saw it.” are not in the excerpt of a cited source; "
        "copy the words from the excerpt; otherwise it can only be saved as a paraphrase"
    )
    assert at(said(text="I … saw it.")) == []


def test_words_of_ours_stand_in_no_quotation() -> None:
    """Invariant 2: square brackets smuggle nothing in, in any mode; an ellipsis in them is none."""
    assert told(said(text="I never saw [the memo]")).endswith(
        "leave out what the source does not print; only “[…]” may stand for what is left out"
    )
    assert at(said(text="I [never] saw it.")) == ["statements[0].text"]
    assert at(said(text="I […] saw it.")) == []
    partial = said(text="He “never saw [or sold] it”.", quote_mode=QuoteMode.PARTIAL)
    assert at(partial) == ["statements[0].text"]
    translated: dict[str, Any] = {
        "quote_mode": QuoteMode.TRANSLATION,
        "original_text": "No lo vi.",
        "original_language": "es",
    }
    assert at(said(text="I did not see it [and lied].", **translated)) == ["statements[0].text"]
    assert at(said(text="I did […] not see it.", **translated)) == []
    printed = replace(read(excerpt="“I never saw [the memo],” he said."), statements=(STATEMENT,))
    printed = replace(printed, statements=(replace(STATEMENT, text="I never saw [the memo]"),))
    assert at(printed) == []


BESIDE = ("role", "on_behalf_of", "told_to", "venue", "date_note")


@pytest.mark.parametrize("field", BESIDE)
def test_what_stands_beside_a_statement_quotes_nothing_unread(field: str) -> None:
    """Invariant 2 holds for every field of a statement that is shown, with a cited source's excerpt."""
    assert told(said(**{field: "the “crook” of Larkmoor"})) == (
        f"statements[0].{field}: the words “crook” are not in the excerpt of a cited source; "
        "copy them from the excerpt, or leave out the quotation marks"
    )
    assert at(said(**{field: "of “a page without a number”"})) == []
    other = replace(SOURCE, id="wire", excerpt="He was called “the crook”.")
    assert f"statements[0].{field}" in at(
        replace(said(**{field: "“the crook”"}), sources=(SOURCE, other)),
    )


def test_an_unnamed_speaker_and_a_citation_quote_nothing_unread() -> None:
    """Invariant 2: a description, the reason for it, the way of the words and the place in the source."""
    unnamed = said(speaker=None, anonymous="a “crooked” old clerk", anonymity_reason="feared “the mob”")
    assert at(replace(unnamed, speakers=())) == ["statements[0].anonymous", "statements[0].anonymity_reason"]
    cited = Citation(source="courier", locator="under “Liars”", relay="told “the fools”")
    assert at(said(citations=(cited,))) == [
        "statements[0].citations[0].locator",
        "statements[0].citations[0].relay",
    ]


def test_what_is_shown_of_an_entry_quotes_nothing_unread() -> None:
    """Invariant 2: story, names, custody, requests; a source's own words about itself are free."""
    step = Custody(action=CustodyAction.HELD, by="the “thief”", note="kept “safe”")
    artifact = replace(ARTIFACT, name="“forged” memo", description="called “a fake”", custody=(step,))
    request = ResponseRequest(
        id="r", asked="“the crook”", how="by “hint”", asked_on=Day("2025-03-01"), note="“often”"
    )
    entry = replace(
        ENTRY,
        story="The “guilty” mayor",
        speakers=(replace(SPEAKER, name="Desmond “Crook” Pryle"),),
        artifacts=(artifact,),
        requests=(request,),
    )
    assert sorted(at(entry)) == [
        "artifacts[0].custody[0].by",
        "artifacts[0].custody[0].note",
        "artifacts[0].description",
        "artifacts[0].name",
        "requests[0].asked",
        "requests[0].how",
        "requests[0].note",
        "speakers[0].name",
        "story",
    ]
    assert at(replace(ENTRY, response_not_sought="he is “busy”")) == ["response_not_sought"]
    assert at(replace(ENTRY, story="The “page without a number”")) == []
    assert at(replace(ENTRY, aliases=("Pryle “forged” a memo",))) == []
    assert at(read(publisher="The “Courier”", title="“Forged”", note="See “Memo”", locator="“A” 3")) == []


def test_a_full_stop_that_the_excerpt_lacks_is_pointed_out() -> None:
    """Invariant 2: a comma before “he said” is the likeliest reason, and the refusal says so."""
    entry = replace(read(excerpt="“I never saw it,” he said."), statements=(STATEMENT,))
    assert told(entry).endswith("leave out the mark at the end, which the excerpt does not have there")


@pytest.mark.parametrize("mode", [QuoteMode.VERBATIM, QuoteMode.PARTIAL, QuoteMode.TRANSLATION])
def test_without_an_excerpt_there_is_only_paraphrase(mode: QuoteMode) -> None:
    """Invariant 2: words that cannot be checked are nobody's words, in whatever state."""
    original = (
        {"original_text": "No lo vi.", "original_language": "es"} if mode is QuoteMode.TRANSLATION else {}
    )
    for state in (State.VETTED, State.DRAFT):
        entry = said(quote_mode=mode, text="He said “never” and left.", state=state, **original)
        entry = replace(entry, sources=(replace(SOURCE, excerpt=None),))
        assert told(entry) == (
            "statements[0].quote_mode: no cited source has an excerpt to check the words against; "
            "it can only be saved as a paraphrase, or add the excerpt to the source"
        )


def test_only_excerpts_of_cited_sources_count() -> None:
    """Invariant 2: words that stand in another source of the entry are not cited for this statement."""
    other = replace(SOURCE, id="wire", excerpt="“It rained,” he said.")
    entry = said(
        replace(
            STATEMENT,
            id="s2",
            text="It rained.",
            quote_mode=QuoteMode.PARAPHRASE,
            citations=(Citation(source="wire"),),
        ),
        text="It rained",
    )
    assert at(replace(entry, sources=(SOURCE, other))) == ["statements[0].text"]


def test_every_span_of_a_partial_quotation_is_in_the_excerpt() -> None:
    """Invariant 2: each quoted span by itself, in any order; at least one there is."""
    partial = {"quote_mode": QuoteMode.PARTIAL}
    assert at(said(text="It was “a page without a number” and he “never saw it”.", **partial)) == []
    assert at(said(text="It was “a page” and he ‘often saw it’.", **partial)) == ["statements[0].text"]
    assert told(said(text="He never saw it.", **partial)).startswith("statements[0].text: quotes no words")


def test_a_paraphrase_has_no_quotation_marks() -> None:
    """Invariant 2: not even around one word, and whatever the style of the marks."""
    for text in ("He “never” saw it.", 'He "never saw" it.', "He «never» saw it.", "He ‘never’ saw it."):
        assert at(said(text=text, quote_mode=QuoteMode.PARAPHRASE)) == ["statements[0].text"]
    assert at(said(text="He didn't see the clerks' memo.", quote_mode=QuoteMode.PARAPHRASE)) == []


def test_a_translation_has_its_original() -> None:
    """Invariant 2: the words as they were said; they or their printed translation are on file."""
    translated: dict[str, Any] = {
        "quote_mode": QuoteMode.TRANSLATION,
        "text": "I did not see it.",
        "original_text": "No lo vi.",
        "original_language": "es",
    }
    assert at(said(**translated)) == []
    assert at(said(**translated | {"original_text": None})) == [
        "statements[0].original_text",
        "statements[0].original_text",
    ]
    assert at(said(**translated | {"original_language": None})) == ["statements[0].original_language"]
    assert at(said(**translated | {"original_language": "en"})) == ["statements[0].original_language"]
    assert at(said(**translated | {"original_text": "Sí lo vi."})) == ["statements[0].original_text"]
    assert at(said(**translated | {"text": "I never saw it.", "original_text": "Nunca lo vi."})) == []


def test_an_original_belongs_to_a_translation_only() -> None:
    """Invariant 2: an unchecked wording in another language has no place elsewhere."""
    assert at(said(original_text="No lo vi.", original_language="es")) == [
        "statements[0].original_text",
        "statements[0].original_language",
    ]


def test_the_outer_marks_are_left_out() -> None:
    """A text that is all quotation is kept without marks: they are added where it is shown."""
    assert told(said(text="“I never saw it.”")).startswith("statements[0].text: stands in quotation marks")
    translated = {"original_text": "No lo vi.", "original_language": "es"}
    entry = said(text="“I did not see it.”", quote_mode=QuoteMode.TRANSLATION, **translated)
    assert told(entry).startswith("statements[0].text: stands in quotation marks")


def test_the_part_that_is_denied_and_a_vetted_claim_quote_nothing_unread() -> None:
    """Invariant 2 holds wherever a span stands in quotation marks."""
    partial = said(kind=Kind.PARTIAL_DENIAL, about=CLAIM, part="the words “a page with a number”")
    assert at(partial) == ["statements[0].part"]
    assert at(said(kind=Kind.PARTIAL_DENIAL, about=CLAIM, part="“a page without a number”")) == []
    quoting = replace(ENTRY, text="Pryle called the memo “a forgery”.")
    assert at(quoting) == ["text"]
    assert at(replace(quoting, text="Pryle called the memo “a page without a number”.")) == []
    assert at(replace(quoting, state=State.DRAFT)) == []
