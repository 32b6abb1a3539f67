"""Fields by themselves: ids, characters, lengths, languages, dates, addresses."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from bot.dates import PartialDate
from bot.rules.fields import CHECKS
from bot.rules.texts import MAX_CLAIM, MAX_ID, MAX_LINE, MAX_LIST, MAX_NOTE, MAX_PASSAGE, MAX_TITLE
from bot.sources import Custody, CustodyAction
from bot.statements import (
    QuoteMode,
    Target,
)
from tests.bot.rules.builders import (
    ARTIFACT,
    ENTRY,
    EXCERPT,
    at,
    read,
    said,
    spoken,
    told,
)


@pytest.mark.parametrize("bad", ["", " ", "-x", "a b", "a/b", "é", "a\n", "x" * (MAX_ID + 1), "\ud800"])
def test_an_id_has_few_characters_and_a_limit(bad: str) -> None:
    """Ids are ASCII letters, digits and `._:+-`, begin with a letter or digit, and end."""
    assert "artifacts[0].id" in at(replace(ENTRY, artifacts=(replace(ARTIFACT, id=bad),)))


@pytest.mark.parametrize("good", ["a", "9", "A-b_c.d:e+f", "x" * MAX_ID])
def test_an_id_may_use_all_that_is_allowed(good: str) -> None:
    """What the rule allows is accepted."""
    assert at(replace(ENTRY, artifacts=(replace(ARTIFACT, id=good),))) == []


@pytest.mark.parametrize("blank", ["", " ", "\u200b", "\u00a0\u3000"])
def test_a_text_that_is_set_is_not_blank(blank: str) -> None:
    """Nothing, white space and invisible characters are no text."""
    assert told(said(role=blank)).startswith("statements[0].role: is blank")


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\t", "\r", "\x85", "\ud800", "\u202e", "\u2066"])
def test_characters_that_harm_a_reply_are_refused(bad: str) -> None:
    """NUL, other control characters, lone surrogates and turned directions stand in no field."""
    assert at(said(role=f"mayor{bad}of Larkmoor")) == ["statements[0].role"]
    assert "sources[0].excerpt" in at(read(excerpt=EXCERPT + bad))


def test_a_line_break_stands_in_excerpts_and_original_texts_only() -> None:
    """Every other field is one line."""
    assert at(read(excerpt=EXCERPT + "\nMore.")) == []
    translated = {"quote_mode": QuoteMode.TRANSLATION, "original_language": "es"}
    assert at(said(text="I did not see it.", original_text="No lo\nvi.", **translated)) == []
    assert told(said(role="mayor\nof Larkmoor")).startswith("statements[0].role: holds a line break")
    assert at(replace(ENTRY, text="One.\u2028Two.")) == ["text"]


@pytest.mark.parametrize(
    ("entry", "most", "field"),
    [
        (lambda text: replace(ENTRY, text=text), MAX_CLAIM, "text"),
        (lambda text: replace(ENTRY, aliases=(text,)), MAX_CLAIM, "aliases[0]"),
        (lambda text: said(text=text, quote_mode=QuoteMode.PARAPHRASE), MAX_PASSAGE, "statements[0].text"),
        (lambda text: said(date_note=text), MAX_NOTE, "statements[0].date_note"),
        (lambda text: said(told_to=text), MAX_LINE, "statements[0].told_to"),
        (lambda text: read(title=text), MAX_TITLE, "sources[0].title"),
        (lambda text: spoken(name=text), MAX_LINE, "speakers[0].name"),
    ],
)
def test_every_text_has_a_longest_length(entry: Any, most: int, field: str) -> None:
    """At the limit a text is kept, one character beyond it is refused with both lengths."""
    assert at(entry("x" * most)) == []
    assert told(entry("x" * (most + 1))) == f"{field}: has {most + 1} characters; write at most {most}"


def test_an_excerpt_is_a_short_passage() -> None:
    """An article is not an excerpt."""
    long = EXCERPT + "x" * MAX_PASSAGE
    assert "sources[0].excerpt" in at(read(excerpt=long))


def test_a_list_has_a_longest_length() -> None:
    """One entry cannot be made so large that it stands in the way of others."""
    many = tuple(f"wording {n}" for n in range(MAX_LIST + 1))
    assert told(replace(ENTRY, aliases=many)) == "aliases: has 501 items; give at most 500"


@pytest.mark.parametrize("good", ["en", "es", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "de-1996", "gsw"])
def test_language_tags_are_accepted(good: str) -> None:
    """What looks like BCP 47 in its recommended case is kept."""
    assert at(replace(ENTRY, language=good)) == []


@pytest.mark.parametrize("bad", ["", "english", "EN", "en_GB", "e", "pt-br", "en-", "de DE"])
def test_other_languages_are_refused(bad: str) -> None:
    """A name of a language is not its tag."""
    assert told(replace(ENTRY, language=bad)).endswith("write one such as en, es, de or pt-BR")


def test_a_date_that_is_not_in_the_calendar_is_named_with_its_field() -> None:
    """The refusal says the field, the value and the form that is right."""
    assert told(said(said_on=PartialDate("2025-02-30"))) == (
        "statements[0].said_on: “2025-02-30” is not in the calendar; "
        "write YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known, or leave the field out"
    )


@pytest.mark.parametrize(
    "bad", ["", "2025-7-8", "8 July 2025", "2025-13", "0000", "20250708", "2025-07-08T00"]
)
def test_other_forms_of_a_date_are_refused(bad: str) -> None:
    """A partial date is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, wherever it stands."""
    step = Custody(action=CustodyAction.HELD, by="the bridge office", on=PartialDate(bad))
    assert at(said(said_on=PartialDate(bad))) == ["statements[0].said_on"]
    assert at(read(published_on=PartialDate(bad))) == ["sources[0].published_on"]
    assert at(replace(ENTRY, artifacts=(replace(ARTIFACT, custody=(step,)),))) == [
        "artifacts[0].custody[0].on"
    ]


@pytest.mark.parametrize("field", ["embargo_until", "last_reviewed_on"])
def test_an_embargo_and_a_review_have_a_whole_day(field: str) -> None:
    """A month is too little where something happens on a day."""
    changes: dict[str, Any] = {field: "2026-11"}
    assert told(replace(ENTRY, **changes)) == (
        f"{field}: “2026-11” is not a date in the form asked for; "
        "write a day as YYYY-MM-DD, such as 2025-07-08"
    )


@pytest.mark.parametrize(
    "bad",
    [
        "ftp://courier.larkmoor.example/x",
        "javascript:alert(1)",
        "courier.larkmoor.example/x",
        "https://",
        "https:///memo",
        "https://[::1/memo",
        "https://courier.example:port/",
        "https://cnn.example@courier.example/",
        "https://courier.example/a b",
        "https://courier.example/a|b",
        "https://courier.example/<b>",
        "https://courier.example/\n",
        "",
    ],
)
def test_an_address_is_http_with_a_host_and_nothing_that_misleads(bad: str) -> None:
    """Other schemes, missing hosts, user names and characters that no address has are refused."""
    assert at(read(url=bad)) == ["sources[0].url"]
    assert at(read(archive_url=bad)) == ["sources[0].archive_url"]


def test_a_wikidata_id_has_its_form() -> None:
    """Only the id of an item is kept."""
    assert at(spoken(wikidata="Q42")) == []
    assert at(spoken(wikidata="https://www.wikidata.org/wiki/Q42")) == ["speakers[0].wikidata"]


def test_every_text_field_has_a_check() -> None:
    """A field that is added to a record is not forgotten here."""
    references = {"speaker", "source", "superseded_by", "merged_into", "concerns", "to"}
    for owner, checks in CHECKS.items():
        texts = {each.name for each in fields(owner) if "str" in str(each.type) or "Da" in str(each.type)}
        targets = {"id"} if owner is Target else set()
        assert texts - references - targets == set(checks), owner
