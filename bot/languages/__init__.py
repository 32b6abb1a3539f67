"""Words that belong to one language, as data: what matching and the comparison of wordings know of it.

Each language is a TOML file beside this module, named by its code. Nothing here knows how the words are
used.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def language(code: str = "en") -> dict[str, Any]:
    """Return the words of the language with the code `code`, as its file has them."""
    return tomllib.loads(resources.files(__name__).joinpath(f"{code}.toml").read_text("utf-8"))


@cache
def phrases(part: str, key: str, code: str = "en") -> re.Pattern[str]:
    """Return what finds the phrases, parted by bars, that stand under `key` in the table `part`."""
    found = (each.strip() for each in language(code)[part][key].replace("\n", "").split("|"))
    return re.compile(r"\b(?:" + "|".join(re.escape(each) for each in found if each) + r")\b", re.IGNORECASE)
