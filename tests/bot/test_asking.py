"""Which mentions bring a claim, and which only ask about the message that they reply to."""

from __future__ import annotations

import pytest

from bot.asking import asks_about_another


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "is this true?",
        "Is this TRUE?!",
        "hey, is that true please",
        "true?",
        "Fact check",
        "fact-check this, please.",
        "check this 👆",
        "really??",
        "<@U0OTHER> is this real",
        "Stimmt das?",
        "ist das wahr",
    ],
)
def test_a_question_about_this_is_no_claim(text: str) -> None:
    """What says no more than “is this true”, in whatever spelling, asks about another message."""
    assert asks_about_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "is this true: the bridge was sold",
        "The bridge is real",
        "this bridge was sold?",
        "check the bridge",
        "https://news.example/a",
        "is this true? https://news.example/a",
        "Trump warned Putin",
        "please",
        "is it true that " + "this " * 40,
    ],
)
def test_a_claim_is_a_claim_however_short(text: str) -> None:
    """Whatever names something of its own is looked up, also where it begins with such a question."""
    assert not asks_about_another(text)
