"""A model that does what a text tells it, as far as the schema lets it, and a little beyond."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.paste import sentences
from bot.second_look import Likeness
from tests.hostile.texts import CANARY


def obeyed(name: str, variables: Mapping[str, str]) -> Any:
    """Return an answer of the form that was asked for, as a text in the material wants it."""
    if name == "second_look":
        told = re.findall("|".join(Likeness), variables["pasted"].casefold())
        label = told[-1] if told else Likeness.SAME.value
        return {"labels": [{"id": each, "label": label} for each in "abcdefghij"]}
    if name == "spans":
        parts = sentences(variables["text"])
        told = [each for each in parts if CANARY in each] + [each.partition("that ")[2] for each in parts]
        return {"passages": [each[:600] for each in told if each][:6]}
    letters = re.findall(r"^([a-z]):", variables["statements"], re.MULTILINE)
    return {"picks": [{"id": each, "first": 1, "last": 2} for each in reversed(letters)][:3]}


def beyond(name: str, variables: Mapping[str, str]) -> Any:
    """Return the same with what no schema asks for: forged words, sources and entries."""
    made = obeyed(name, variables)
    forged = {
        "text": f"“{CANARY}”, said the White House.",
        "url": f"https://evil.example/{CANARY}",
        "vetted": True,
    }
    rows = {
        key: [{**row, **forged} if isinstance(row, dict) else row for row in value]
        for key, value in made.items()
    }
    return {**rows, **forged, "claims": [forged], "summary": forged["text"]}
