"""The wording catalogue: every word of a reply that is not a row's, one file a language.

It knows phrases and their places, and nothing of the ledger. A value is put into its place as it is and
is never read as a phrase itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from bot.dates import Day, PartialDate, Precision, precision
from bot.records import record

DEFAULT_LANGUAGE: Final = "en"

_FOLDER: Final = Path(__file__).parent / "catalogue"
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")


@record
class Catalogue:
    """The phrases of one language by key (`group.denied`)."""

    language: str
    phrases: Mapping[str, str]

    def say(self, key: str, /, **values: str) -> str:
        """Return the phrase of `key` with `values` in its places.

        Raises `KeyError` where the key or the value of a place is missing: a fault of the program.
        """
        return _PLACE.sub(lambda place: values[place[1]], self.phrases[key])

    def knows(self, key: str) -> bool:
        """Say whether there is a phrase for `key`."""
        return key in self.phrases


@cache
def catalogue(language: str = DEFAULT_LANGUAGE) -> Catalogue:
    """Return the catalogue of `language` (a code such as `en`).

    Raises `LookupError` where there is none.
    """
    path = _FOLDER / f"{language}.toml"
    if not language.isalpha() or not path.is_file():
        raise LookupError(f"there is no wording catalogue for the language “{language}”")
    with path.open("rb") as file:
        return Catalogue(language=language, phrases=dict(_flat("", tomllib.load(file))))


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", str(value)


def date_words(words: Catalogue, value: PartialDate | Day | None) -> str:
    """Return a date in words, as exact as it is: “8 July 2025”, “July 2025”, “2025”, “date not on file”."""
    exact = precision(value)
    if value is None or exact is Precision.UNKNOWN:
        return words.say("date.unknown")
    year, month, day = (*value.split("-"), "01", "01")[:3]
    return words.say(
        f"date.{exact}",
        year=year.lstrip("0") or "0",
        month=words.say(f"month.{month}"),
        day=day.lstrip("0"),
    )


def language_words(words: Catalogue, code: str) -> str:
    """Return the name of the language with `code` (`de`, `de-AT`), else the code."""
    key = f"languages.{code.partition('-')[0].lower()}"
    return words.say(key) if words.knows(key) else code
