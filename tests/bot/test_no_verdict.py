"""Invariant 6: nowhere can the program express whether a claim is so."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import tomllib
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

import bot

ROOT = Path(bot.__file__).parent

VERDICTS = frozenset(
    re.findall(
        r"\w+",
        """
        true false untrue truth truths truthful falsehood verdict verdicts debunk debunked debunks fake fakes
        hoax hoaxes rating ratings rated lie lies lied liar misleading misinformation disinformation accurate
        inaccurate incorrect bogus pinocchio pinocchios proven disproven refuted credibility trustworthy
        """,
    )
)


def words_of(text: str) -> set[str]:
    """Return the words of a text or a name, `camelCase` and `snake_case` taken apart."""
    return set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower()))


def test_no_enum_and_no_field_can_express_a_verdict() -> None:
    """Invariant 6: no member of a closed set and no field of a record says whether a claim is so."""
    found: set[str] = set()
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name.endswith("__main__"):
            continue
        for item in vars(importlib.import_module(module.name)).values():
            if isinstance(item, type) and issubclass(item, Enum):
                found |= {str(each.value) for each in item} | {each.name for each in item} | {item.__name__}
            elif isinstance(item, type) and is_dataclass(item):
                found |= {each.name for each in fields(item)} | {item.__name__}
    assert {"PARTIAL_DENIAL", "said_on", "Claim"} <= found
    assert {each for each in found if words_of(each) & VERDICTS} == set()


def test_the_schema_cannot_express_a_verdict() -> None:
    """Invariant 6: no table, column or allowed value of the store's schema says whether a claim is so."""
    texts = [
        node.value
        for path in sorted((ROOT / "store" / "migrations").glob("m*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert any("CREATE TABLE claim" in each for each in texts)
    assert {word for each in texts for word in words_of(each) & VERDICTS} == set()


def test_the_wording_cannot_express_a_verdict() -> None:
    """Invariant 6: no sentence that a reply is made of says whether a claim is so."""
    catalogues = sorted((ROOT / "catalogue").glob("*.toml"))
    assert catalogues
    for path in catalogues:
        text = json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
        assert words_of(text) & VERDICTS == set(), path.name
