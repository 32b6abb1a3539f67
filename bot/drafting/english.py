"""The words of English that reading an article hangs on, from `english.toml` beside this module."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def words(section: str, key: str) -> frozenset[str]:
    """Return the words of an entry."""
    value = _data()[section][key]
    return frozenset(value.split() if isinstance(value, str) else value)


@cache
def pattern(key: str) -> re.Pattern[str]:
    """Return what finds one of the phrases of an entry."""
    return re.compile("|".join(f"(?:{each})" for each in _data()["phrases"][key]), re.IGNORECASE)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("english.toml").read_text("utf-8"))
