"""The elements of a `rich_text` block: which exist, what each must hold, which styles it may carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.fakes.slack.shapes import Invalid, Json, boolean, choice, fields, integer, items, string, url

MOST_PARTS: Final = 10_000
"""No documented limit: only so that a check has an end."""
DEEPEST_INDENT: Final = 8

_STYLES: Final = frozenset({"bold", "italic", "strike", "code", "underline"})
_ENTITY_STYLES: Final = _STYLES | {"highlight", "client_highlight", "unlink"}
_INLINE: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "text": (("type", "text"), ("style",)),
    "link": (("type", "url"), ("text", "unsafe", "style")),
    "emoji": (("type", "name"), ("unicode", "skin_tone", "style")),
    "user": (("type", "user_id"), ("style",)),
    "usergroup": (("type", "usergroup_id"), ("style",)),
    "channel": (("type", "channel_id"), ("style",)),
    "team": (("type", "team_id"), ("style",)),
    "broadcast": (("type", "range"), ("style",)),
    "date": (("type", "timestamp", "format"), ("url", "fallback", "style")),
    "color": (("type", "value"), ("style",)),
}
_ENTITIES: Final = {"user", "usergroup", "channel", "team", "broadcast"}


def check_rich_text(elements: Any, at: str) -> None:
    """Refuse elements of a `rich_text` block that Slack would refuse."""
    for index, element in enumerate(items(elements, at, most=MOST_PARTS)):
        here = f"{at}/{index}"
        kind = element.get("type") if isinstance(element, dict) else None
        check = _SECTIONS.get(kind) if isinstance(kind, str) else None
        if check is None:
            raise Invalid(f"unsupported type: {kind}", here)
        check(element, here)


def _section(element: Json, at: str) -> None:
    fields(element, at, ("type", "elements"))
    _inline(element["elements"], f"{at}/elements")


def _quote(element: Json, at: str) -> None:
    fields(element, at, ("type", "elements"), ("border",))
    _border(element, at)
    _inline(element["elements"], f"{at}/elements")


def _preformatted(element: Json, at: str) -> None:
    fields(element, at, ("type", "elements"), ("border", "language"))
    _border(element, at)
    _inline(element["elements"], f"{at}/elements", only=("text", "link"))


def _list(element: Json, at: str) -> None:
    fields(element, at, ("type", "elements", "style"), ("indent", "offset", "border"))
    choice(element["style"], f"{at}/style", ("bullet", "ordered"))
    if "indent" in element:
        integer(element["indent"], f"{at}/indent", least=0, most=DEEPEST_INDENT)
    if "offset" in element:
        integer(element["offset"], f"{at}/offset", least=0, most=MOST_PARTS)
    _border(element, at)
    for index, each in enumerate(items(element["elements"], f"{at}/elements", most=MOST_PARTS, least=0)):
        here = f"{at}/elements/{index}"
        if not isinstance(each, dict) or each.get("type") != "rich_text_section":
            raise Invalid("a list holds sections only", here)
        _section(each, here)


def _border(element: Json, at: str) -> None:
    if "border" in element:
        integer(element["border"], f"{at}/border", least=0, most=1)


def _inline(elements: Any, at: str, only: tuple[str, ...] = ()) -> None:
    for index, element in enumerate(items(elements, at, most=MOST_PARTS, least=0)):
        here = f"{at}/{index}"
        kind = element.get("type") if isinstance(element, dict) else None
        if not isinstance(kind, str) or kind not in _INLINE or (only and kind not in only):
            raise Invalid(f"unsupported type: {kind}", here)
        required, optional = _INLINE[kind]
        fields(element, here, required, optional)
        for key in required[1:]:
            if key != "timestamp":
                string(element[key], f"{here}/{key}")
        _details(kind, element, here)


def _details(kind: str, element: Json, at: str) -> None:
    """Check what goes beyond “is a text that is not empty”."""
    if "url" in element:
        url(element["url"], f"{at}/url")
    if kind == "link" and "text" in element:
        string(element["text"], f"{at}/text", least=0)
    elif kind == "broadcast":
        choice(element["range"], f"{at}/range", ("here", "channel", "everyone"))
    elif kind == "date":
        integer(element["timestamp"], f"{at}/timestamp", least=0, most=2**40)
    if "style" in element:
        allowed = _ENTITY_STYLES if kind in _ENTITIES else _STYLES
        for name, value in fields(element["style"], f"{at}/style", (), allowed).items():
            boolean(value, f"{at}/style/{name}")


_SECTIONS: Final[dict[str, Callable[[Json, str], None]]] = {
    "rich_text_section": _section,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
    "rich_text_list": _list,
}
