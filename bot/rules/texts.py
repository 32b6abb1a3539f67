"""What a single field may hold: its length, its characters, its form. It knows no field's neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from bot.dates import date_fault
from bot.folding import fold_typography

MAX_ID: Final = 64
MAX_LINE: Final = 200
"""Names, roles, publishers and other fields that are printed on one line with others, in characters."""
MAX_TITLE: Final = 500
MAX_CLAIM: Final = 500
MAX_NOTE: Final = 1000
MAX_PASSAGE: Final = 4000
"""The text of a statement, and the excerpt of a source: a short passage, not the article."""
MAX_ADDRESS: Final = 2000
MAX_LIST: Final = 500
"""Items in one list of an entry."""

Fault: TypeAlias = tuple[str, str]
"""What is wrong with a field, and what would be right."""
Check: TypeAlias = Callable[[str], Fault | None]

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]*", re.ASCII)
# RFC 5646, section 2.1 (language, script, region, variants), in the case that section 2.1.1 recommends.
_LANGUAGE: Final = re.compile(
    r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*", re.ASCII
)
_WIKIDATA: Final = re.compile(r"Q[1-9][0-9]{0,11}", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
# RFC 3986, section 2: these stand in no address; they are written percent-encoded.
_NOT_IN_ADDRESS: Final = re.compile(r'[\s<>"\\^`{|}]')
# They turn round what follows them, in the reply as well.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Folding leaves these alone, so that a text with one of them is not blank.
_FILLED: Final = re.compile(r"[A-Za-z0-9]", re.ASCII)
_SHOWN: Final = 60
# Languages and days are few: what was found out about one is remembered.
_REMEMBERED: Final = 4_096


def shown(value: str) -> str:
    """Return `value` fit for a message: at most 60 characters, what cannot be printed as an escape."""
    cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in cut)


def workspace(value: str) -> Fault | None:
    """Check the name of a workspace; the house's is empty."""
    return line(MAX_LINE)(value) if value else None


def with_article(noun: str) -> str:
    """Return the English noun with “a” or “an” before it."""
    return f"an {noun}" if noun[:1] in set("aeiou") else f"a {noun}"


def identifier(value: str) -> Fault | None:
    """Check an id."""
    if len(value) <= MAX_ID and _ID.fullmatch(value):
        return None
    return (
        f"“{shown(value)}” is not an id",
        f"write 1 to {MAX_ID} of the letters a to z, digits and . _ : + -, with a letter or digit first",
    )


def line(most: int) -> Check:
    """Return the check of a text of at most `most` characters without a line break."""

    def check(value: str) -> Fault | None:
        # Nothing that can be printed is refused as a character; most texts need no closer look.
        if len(value) <= most and value.isprintable() and _FILLED.search(value):
            return None
        return _text_fault(value, most, breaks=False)

    return check


_ADDRESS_LINE: Final = line(MAX_ADDRESS)


def passage(most: int) -> Check:
    """Return the check of a text of at most `most` characters that may have line breaks."""

    def check(value: str) -> Fault | None:
        if len(value) <= most and value.replace("\n", "").isprintable() and _FILLED.search(value):
            return None
        return _text_fault(value, most, breaks=True)

    return check


def _text_fault(value: str, most: int, *, breaks: bool) -> Fault | None:
    if len(value) > most:
        return f"has {len(value)} characters", f"write at most {most}"
    for each in value:
        if (fault := _character_fault(each, breaks=breaks)) is not None:
            return fault
    if not fold_typography(value):
        return "is blank", "write it, or leave the field out where it may be left out"
    return None


def _character_fault(each: str, *, breaks: bool) -> Fault | None:
    category = unicodedata.category(each)
    named = f"holds the character U+{ord(each):04X}"
    if category == "Cs":
        return f"{named}, half of a surrogate pair", "write the character itself, in UTF-8"
    if each == "\n" or category in {"Zl", "Zp"}:
        return None if breaks else ("holds a line break", "write it on one line")
    if category == "Cc":
        return f"{named}, a control character", "leave it out"
    if each in _TURNING:
        return f"{named}, which turns the direction of the text", "leave it out"
    return None


@lru_cache(_REMEMBERED)
def language(value: str) -> Fault | None:
    """Check a language tag (BCP 47)."""
    if _LANGUAGE.fullmatch(value):
        return None
    return f"“{shown(value)}” is not a language tag", "write one such as en, es, de or pt-BR"


@lru_cache(_REMEMBERED)
def partial_date(value: str) -> Fault | None:
    """Check a date that may be a year, a month or a day."""
    if (fault := date_fault(value)) is None:
        return None
    right = "write YYYY, YYYY-MM or YYYY-MM-DD, as far as it is known, or leave the field out"
    return fault.replace(value, shown(value)), right


@lru_cache(_REMEMBERED)
def day(value: str) -> Fault | None:
    """Check a whole date."""
    if (fault := date_fault(value, whole=True)) is None:
        return None
    return fault.replace(value, shown(value)), "write a day as YYYY-MM-DD, such as 2025-07-08"


def address(value: str) -> Fault | None:
    """Check a web address: `http` or `https`, with a host and without a name to log in with."""
    right = "write the whole address, such as https://news.example/page"
    if (fault := _ADDRESS_LINE(value)) is not None:
        return fault
    if (found := _NOT_IN_ADDRESS.search(value)) is not None:
        return f"holds “{found[0]}”, which no address has", "percent-encode it, such as %20 for a space"
    try:
        parts = urlsplit(value)
        host = (parts.hostname or "").strip(".")
        _ = parts.port
    except ValueError:
        return f"“{shown(value)}” is not an address", right
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return f"“{shown(value)}” is not an http or https address with a host", right
    if "@" in parts.netloc:
        return "has a user name before the host, which can hide where it leads", right
    return None


def wikidata(value: str) -> Fault | None:
    """Check the id of a Wikidata item."""
    if _WIKIDATA.fullmatch(value):
        return None
    return f"“{shown(value)}” is not the id of a Wikidata item", "write Q and its number, such as Q42"


def sha256(value: str) -> Fault | None:
    """Check the form of a SHA-256."""
    if _SHA256.fullmatch(value):
        return None
    return (
        f"“{shown(value)}” is not a SHA-256",
        "write 64 hexadecimal digits, or leave it out: it is filled in",
    )
