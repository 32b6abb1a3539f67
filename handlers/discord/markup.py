"""Paragraphs in Discord's markdown, with all of it taken out of what rows and people wrote.

Discord reads a backslash before any character but letters, digits and blanks as that character. Its
servers, which look for mentions and for links to preview, do not: there the backslash parts the signs
that they look for. Where no backslash can stand (`@everyone`) a zero-width space does.
"""

from __future__ import annotations

import re
from typing import Final

from bot.paragraphs import Paragraph, Run, Shape, Tone, merged

# Markup, and all that begins with an angle bracket.
_SIGN: Final = re.compile(r"[\\*_~|`<\[\]]")
# In what `_SIGN` left: mentions, custom emoji and commands; addresses and emoji by name; invitations,
# which are read without a scheme; and the mentions that have no bracket.
_RARE: Final = re.compile(
    r"(?<=<)[@#:&!/]|:(?=//|[A-Za-z0-9_+~\\-]+:)|(?:(?<=\.gg)|(?<=\.com))/|@(?=everyone|here)", re.IGNORECASE
)
_EVERYBODY: Final = re.compile(r"everyone|here", re.IGNORECASE)
_HINTS: Final = re.compile(r"[@:/<]")
# Heading, quotation, list: only at the beginning of a line.
_START: Final = re.compile(r"^([^\S\n]*)(?:([#>+-])|([0-9]+)([.)]))", re.MULTILINE)
_STARTING: Final = frozenset("#>+-0123456789")
_SHAPES: Final = {Shape.HEADING: "### ", Shape.QUOTE: "> ", Shape.ITEM: "- ", Shape.NOTE: "-# "}
_BRACKETS: Final = frozenset("[]\\")
# Discord reads a link up to its first closing bracket.
_IN_LINK: Final = str.maketrans({"(": "%28", ")": "%29", "*": "%2A", "_": "%5F", "~": "%7E"})


def escaped(text: str) -> str:
    """Return `text` such that Discord shows it as it is: no markup, mention, link, emoji or list.

    It stays so wherever it is put on a line, at its beginning as well.
    """
    made = _SIGN.sub(_signed, text) if _SIGN.search(text) else text
    if _HINTS.search(made):
        made = _RARE.sub(_parted, made)
    if made.lstrip()[:1] in _STARTING or "\n" in made:
        made = _START.sub(_begun, made)
    return made


def _signed(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _parted(found: re.Match[str]) -> str:
    sign, text = found[0], found.string
    parted = f"\\{sign}" if sign != "@" or text[found.start() - 1 : found.start()] == "<" else sign
    return f"{parted}\u200b" if sign == "@" and _EVERYBODY.match(text, found.end()) else parted


def _begun(found: re.Match[str]) -> str:
    blank, sign, number, point = found.groups()
    return f"{blank}\\{sign}" if sign else f"{blank}{number}\\{point}"


def set_out(each: Paragraph) -> str:
    """Return a paragraph as a line of markdown."""
    if each.shape is Shape.HEADING:
        # It stands out already.
        return _SHAPES[each.shape] + "".join(escaped(text) for text, _, _ in merged(each))
    return _SHAPES.get(each.shape, "") + "".join(map(_run, merged(each)))


def length(text: str) -> int:
    """Return the characters of `text` in UTF-16, the longest way to count them."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _run(run: Run) -> str:
    text, tone, url = run
    if url is not None:
        return _link(text, url)
    core = text.strip()
    if tone is not Tone.STRONG or not core:
        return escaped(text)
    # White space beside the asterisks would make them plain asterisks.
    before, _, after = text.partition(core)
    return f"{before}**{escaped(core)}**{after}"


def _link(label: str, url: str) -> str:
    # No backslash counts in the label of a link: a bracket there could end it and begin another one.
    if _BRACKETS.isdisjoint(label):
        return f"[{escaped(label)}](<{url.translate(_IN_LINK)}>)"
    return f"{escaped(label)} [↗](<{url.translate(_IN_LINK)}>)"
