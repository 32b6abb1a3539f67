"""The wording catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot
from bot.answers import Tier
from bot.dates import PartialDate
from bot.sources import ArtifactKind, CustodyAction
from bot.statements import Group, QuoteMode, TargetKind
from bot.wording import catalogue, date_words, language_words

WORDS = catalogue()


@pytest.mark.parametrize("key", sorted(WORDS.phrases))
def test_a_brace_is_part_of_a_place(key: str) -> None:
    """A phrase has no stray brace, and is not empty."""
    phrase = WORDS.phrases[key]
    assert phrase.strip()
    assert not re.search(r"[{}]", re.sub(r"\{[a-z_]+\}", "", phrase))


@pytest.mark.parametrize(
    "key",
    [
        *(f"group.{each}" for each in Group),
        *(f"mode.{each}" for each in QuoteMode),
        *(f"tier.{each}" for each in Tier),
        *(f"custody.{each}" for each in CustodyAction),
        *(f"authenticity.{each}" for each in ArtifactKind),
        *(f"about.{each}" for each in TargetKind if each is not TargetKind.CLAIM),
        *(f"about.{each}_unknown" for each in TargetKind if each is not TargetKind.CLAIM),
        *(f"month.{each:02}" for each in range(1, 13)),
    ],
)
def test_every_member_of_a_closed_set_has_a_phrase(key: str) -> None:
    """Whatever a row can hold has words."""
    assert WORDS.say(key, by="", name="")


def test_every_key_in_the_code_is_in_the_catalogue() -> None:
    """A key that the code names outright is in the catalogue."""
    root = Path(bot.__file__).parent.parent
    files = [*root.glob("bot/*.py"), *root.glob("handlers/**/*.py")]
    named = {key for file in files for key in re.findall(r'say\(\s*"([a-z_.]+)"', file.read_text("utf-8"))}
    assert named
    assert named <= WORDS.phrases.keys()


def test_no_phrase_rules_on_a_claim() -> None:
    """No wording can say that a claim is true or false."""
    ruling = re.compile(
        r"\b(true|false|untrue|lie[sd]?|liar|debunk\w*|fake|fact-check\w*|proven|wrong)\b", re.IGNORECASE
    )
    assert not [key for key, phrase in WORDS.phrases.items() if ruling.search(phrase)]


def test_absence_is_worded_as_on_file() -> None:
    """That nothing is on file is never worded as something that somebody did not do."""
    denied = re.compile(r"has not|have not|did not|never|refus|fail", re.IGNORECASE)
    assert not [key for key, phrase in WORDS.phrases.items() if denied.search(phrase)]
    assert all("on file" in phrase for key, phrase in WORDS.phrases.items() if key.startswith("none."))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-07-08", "8 July 2025"),
        ("2025-07", "July 2025"),
        ("2025", "2025"),
        ("0999-12-31", "31 December 999"),
        (None, "date not on file"),
    ],
)
def test_a_date_in_words_is_as_exact_as_the_row(value: str | None, expected: str) -> None:
    """A date in words claims no more exactness than is on file."""
    assert date_words(WORDS, PartialDate(value) if value else None) == expected


def test_a_value_is_put_in_once() -> None:
    """Braces inside a value stay braces."""
    assert WORDS.say("absent.reply", name="{name} {count}") == "a reply by {name} {count}"


@pytest.mark.parametrize(("code", "name"), [("de", "German"), ("DE-at", "German"), ("tlh", "tlh")])
def test_a_language_without_a_name_keeps_its_code(code: str, name: str) -> None:
    """A language is named in words where the catalogue has its name."""
    assert language_words(WORDS, code) == name


@pytest.mark.parametrize("code", ["xx", "", "../en", "en/../en"])
def test_an_unknown_language_is_an_error(code: str) -> None:
    """A language without a catalogue is refused, and a path is not a language."""
    with pytest.raises(LookupError, match="no wording catalogue"):
        catalogue(code)
