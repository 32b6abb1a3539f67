"""Paragraphs: what a chat platform is given to set, as words with a tone and, at times, an address.

They say what a text is (a heading, a quotation) and know no markup, no limit and no ledger.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import quote, urlsplit

from bot.display import tidy
from bot.records import record


class Tone(StrEnum):
    """How a run of words stands out."""

    PLAIN = "plain"
    STRONG = "strong"
    FAINT = "faint"


class Shape(StrEnum):
    """What a paragraph is."""

    TEXT = "text"
    HEADING = "heading"
    QUOTE = "quote"
    """What a statement says, with its sources and its quote mode."""
    ITEM = "item"
    """One of a list."""
    NOTE = "note"
    """Small print: sources, and what the reader may skip."""


Run: TypeAlias = tuple[str, Tone, str | None]
"""Words on one line, their tone, and the address that they lead to, or None."""

SEPARATOR: Final[Run] = (" · ", Tone.PLAIN, None)
"""What stands between two facts; a text that is read aloud has a comma there."""

LONGEST_LINK: Final = 2_500
"""Characters of an address in ASCII: Slack takes 3,000, and longer ones are shown as text."""

# RFC 3986, section 2.2 and 2.3, and the percent sign of what is encoded already.
_IN_ADDRESS: Final = "%:/?#@!$&'()*+,;=~-._"
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f]")


@record
class Paragraph:
    """Runs on one line. No run is empty."""

    shape: Shape
    runs: tuple[Run, ...]


def plain(text: str) -> Run:
    """Return `text`, which is tidy already, as an ordinary run."""
    return (text, Tone.PLAIN, None)


def strong(text: str) -> Run:
    """Return `text`, which is tidy already, as a run that stands out."""
    return (text, Tone.STRONG, None)


def faint(text: str) -> Run:
    """Return `text`, which is tidy already, as a run that stands back."""
    return (text, Tone.FAINT, None)


def paragraph(shape: Shape, *runs: Run) -> Paragraph:
    """Return a paragraph of those `runs` that hold something."""
    return Paragraph(shape=shape, runs=tuple(run for run in runs if run[0]))


def merged(each: Paragraph) -> tuple[Run, ...]:
    """Return the runs of a paragraph with neighbours put together that have one tone and no address."""
    made: list[Run] = []
    held: list[str] = []
    tone = Tone.PLAIN
    for run in each.runs:
        if held and (run[1] is not tone or run[2] is not None):
            made.append(("".join(held), tone, None))
            held = []
        if run[2] is not None:
            made.append(run)
        else:
            tone = run[1]
            held.append(run[0])
    if held:
        made.append(("".join(held), tone, None))
    return tuple(made)


@lru_cache(maxsize=1_024)
def linkable(url: str | None) -> str | None:
    """Return `url` in ASCII as an address that may be linked to, or None where it is none.

    That is `http` or `https` with a host by name or number, without a user name, blanks or brackets in
    it; letters beyond ASCII are percent-encoded (RFC 3987, section 3.1).
    """
    if not url or _BLANK.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
        address = quote(url, safe=_IN_ADDRESS)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or set(parts.netloc) & set("@[]"):
        return None
    return address if len(address) <= LONGEST_LINK else None


def link(label: str, url: str) -> tuple[Run, ...]:
    """Return `label` leading to `url`; where that is no address to link to, the label and it as text."""
    if (address := linkable(url)) is not None:
        return ((label or address, Tone.PLAIN, address),)
    shown = tidy(url)
    return tuple(run for run in (plain(label), plain(f" ({shown})" if label else shown)) if run[0].strip())
