"""What Discord accepts as components of messages and modals: each kind, where it may stand, the totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from tests.fakes.discord.forms import (
    Check,
    anything,
    fields,
    flag,
    listing,
    nullable,
    number,
    one_of,
    snowflake,
    text,
    url,
)
from tests.fakes.discord.refusals import Faults, Path

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS: Final = (3, 5, 6, 7, 8)
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23
LINK, PREMIUM = 5, 6

TOTAL: Final = 40
DISPLAYED: Final = 4000
MODAL_TOP: Final = 5

LEGACY_TOP: Final = (ROW,)
IN_CONTAINER: Final = (ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR)
V2_TOP: Final = (*IN_CONTAINER, CONTAINER)
IN_ROW: Final = (BUTTON, *SELECTS)
IN_LABEL: Final = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
IN_MODAL: Final = (ROW, TEXT_DISPLAY, LABEL)

_EMOJI: Final = fields({"id": nullable(snowflake), "name": text(1, 32), "animated": flag}, ("name",))
_OPTION: Final = fields(
    {
        "label": text(1, 100),
        "value": text(1, 100),
        "description": nullable(text(1, 100)),
        "emoji": nullable(_EMOJI),
        "default": flag,
    },
    ("label", "value"),
)
_CUSTOM: Final = text(1, 100)
_MEDIA: Final = fields({"url": url(2048, attachments=True)}, ("url",))
_BASE: Final[dict[str, Check]] = {"type": anything, "id": number(0, 2**31 - 1)}
_SELECT: Final[dict[str, Check]] = _BASE | {
    "custom_id": _CUSTOM,
    "placeholder": nullable(text(1, 150)),
    "min_values": number(0, 25),
    "max_values": number(1, 25),
    "disabled": flag,
    "required": flag,
}
_PICKED: Final[dict[str, Check]] = _SELECT | {"default_values": listing(anything, 0, 25)}


def _choices(low: int) -> Check:
    known: dict[str, Check] = _BASE | {
        "custom_id": _CUSTOM,
        "options": listing(_OPTION, low, 10),
        "min_values": number(0, 10),
        "max_values": number(1, 10),
        "required": flag,
    }
    return fields(known, ("custom_id", "options"))


def _within(*allowed: int) -> Check:
    return lambda value, path, faults: component(value, path, faults, allowed)


KINDS: Final[Mapping[int, Check]] = {
    ROW: fields(_BASE | {"components": listing(_within(*IN_ROW, TEXT_INPUT), 1, 5)}, ("components",)),
    BUTTON: fields(
        _BASE
        | {
            "style": number(1, 6),
            "label": nullable(text(0, 80)),
            "emoji": nullable(_EMOJI),
            "custom_id": nullable(_CUSTOM),
            "url": nullable(url(512)),
            "sku_id": nullable(snowflake),
            "disabled": flag,
        },
        ("style",),
    ),
    STRING_SELECT: fields(_SELECT | {"options": listing(_OPTION, 1, 25)}, ("custom_id", "options")),
    **{kind: fields(_PICKED, ("custom_id",)) for kind in (5, 6, 7)},
    8: fields(_PICKED | {"channel_types": listing(number(0, 16), 0, 20)}, ("custom_id",)),
    TEXT_INPUT: fields(
        _BASE
        | {
            "custom_id": _CUSTOM,
            "style": one_of(1, 2),
            "label": nullable(text(1, 45)),
            "min_length": nullable(number(0, 4000)),
            "max_length": nullable(number(1, 4000)),
            "required": flag,
            "value": nullable(text(0, 4000)),
            "placeholder": nullable(text(0, 100)),
        },
        ("custom_id", "style"),
    ),
    SECTION: fields(
        _BASE | {"components": listing(_within(TEXT_DISPLAY), 1, 3), "accessory": _within(BUTTON, THUMBNAIL)},
        ("components", "accessory"),
    ),
    TEXT_DISPLAY: fields(_BASE | {"content": text(1, DISPLAYED)}, ("content",)),
    THUMBNAIL: fields(
        _BASE | {"media": _MEDIA, "description": nullable(text(1, 1024)), "spoiler": flag}, ("media",)
    ),
    GALLERY: fields(
        _BASE
        | {
            "items": listing(
                fields(
                    {"media": _MEDIA, "description": nullable(text(1, 1024)), "spoiler": flag}, ("media",)
                ),
                1,
                10,
            )
        },
        ("items",),
    ),
    FILE: fields(_BASE | {"file": _MEDIA, "spoiler": flag}, ("file",)),
    SEPARATOR: fields(_BASE | {"divider": flag, "spacing": one_of(1, 2)}),
    CONTAINER: fields(
        _BASE
        | {
            "components": listing(_within(*IN_CONTAINER), 1, TOTAL),
            "accent_color": nullable(number(0, 0xFFFFFF)),
            "spoiler": flag,
        },
        ("components",),
    ),
    LABEL: fields(
        _BASE
        | {
            "label": text(1, 45),
            "description": nullable(text(1, 100)),
            "component": _within(*IN_LABEL),
        },
        ("label", "component"),
    ),
    FILE_UPLOAD: fields(
        _BASE
        | {"custom_id": _CUSTOM, "min_values": number(0, 10), "max_values": number(1, 10), "required": flag},
        ("custom_id",),
    ),
    RADIO_GROUP: _choices(2),
    CHECKBOX_GROUP: _choices(1),
    CHECKBOX: fields(_BASE | {"custom_id": _CUSTOM, "default": flag}, ("custom_id",)),
}
"""Every kind of component that Discord knows, with the check of its own fields."""


def component(value: Any, path: Path, faults: Faults, allowed: tuple[int, ...]) -> None:
    """Check one component, of one of the `allowed` kinds, and all that is in it."""
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, bool) or kind not in allowed:
        faults.add((*path, "type"), "UNION_TYPE_CHOICES", f"Value of field 'type' must be one of {allowed}.")
        return
    before = len(faults.found)
    KINDS[kind](value, path, faults)
    if len(faults.found) == before:
        _together(kind, value, path, faults)


def _together(kind: int, value: dict[str, Any], path: Path, faults: Faults) -> None:
    """Check what the fields of one component say about each other."""
    if kind == BUTTON:
        _button(value, path, faults)
    elif kind == ROW:
        kinds = [child["type"] for child in value["components"]]
        if len(kinds) > 1 and set(kinds) != {BUTTON}:
            sentence = "A row holds up to five buttons or one single select or text input."
            faults.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", sentence)
        if kinds == [TEXT_INPUT] and not value["components"][0].get("label"):
            faults.add((*path, "components", 0, "label"), "BASE_TYPE_REQUIRED", "This field is required")
    elif kind == TEXT_INPUT:
        _input(value, path, faults)
    elif "options" in value:
        _options(value, path, faults)


def _button(value: dict[str, Any], path: Path, faults: Faults) -> None:
    style = value["style"]
    wanted = {LINK: "url", PREMIUM: "sku_id"}.get(style, "custom_id")
    for name in ("custom_id", "url", "sku_id"):
        if name == wanted and not value.get(name):
            faults.add((*path, name), "BASE_TYPE_REQUIRED", f"A {name} is required for style {style}")
        if name != wanted and value.get(name):
            code = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"
            faults.add((*path, name), code, f"A {name} is not allowed for style {style}")
    if style != PREMIUM and not value.get("label") and not value.get("emoji"):
        faults.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button needs a label or an emoji")


def _input(value: dict[str, Any], path: Path, faults: Faults) -> None:
    low, high = value.get("min_length") or 0, value.get("max_length") or 4000
    if low > high:
        faults.add((*path, "min_length"), "NUMBER_TYPE_MAX", "min_length is more than max_length")
    if len(value.get("value") or "") > high:
        faults.add((*path, "value"), "BASE_TYPE_MAX_LENGTH", f"Must be {high} or fewer in length.")


def _options(value: dict[str, Any], path: Path, faults: Faults) -> None:
    options = value["options"]
    if len({option["value"] for option in options}) < len(options):
        sentence = "The specified option value is already used"
        faults.add((*path, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", sentence)
    low, high = value.get("min_values", 1), value.get("max_values", 1)
    if low > high or high > len(options):
        faults.add(
            (*path, "max_values"), "BASE_TYPE_BAD_LENGTH", "min_values ≤ max_values ≤ options must hold"
        )
    if sum(option.get("default", False) for option in options) > high:
        faults.add((*path, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "Too many defaults")


def walk(components: Any) -> list[dict[str, Any]]:
    """Return every component of a tree, outermost first, in the order in which they are read."""
    found: list[dict[str, Any]] = []
    _collect(components or (), found)
    return found


def _collect(components: Iterable[dict[str, Any]], found: list[dict[str, Any]]) -> None:
    for value in components:
        found.append(value)
        if "components" in value:
            _collect(value["components"], found)
        if value.get("accessory"):
            found.append(value["accessory"])
        if value.get("component"):
            found.append(value["component"])


def displayed(components: Any) -> list[str]:
    """Return the texts of all text displays, in order."""
    return [value["content"] for value in walk(components) if value["type"] == TEXT_DISPLAY]


def check_tree(components: Any, path: Path, faults: Faults, allowed: tuple[int, ...]) -> None:
    """Check all components of a message or modal: at most 40, 4,000 characters, no id twice."""
    high = 5 if allowed == LEGACY_TOP else TOTAL
    before = len(faults.found)
    listing(_within(*allowed), 0, high)(components, path, faults)
    if len(faults.found) > before:
        return
    found = walk(components)
    if allowed != IN_MODAL and any(value["type"] == TEXT_INPUT for value in found):
        faults.add(path, "UNION_TYPE_CHOICES", "A text input stands in modals only")
    if len(found) > TOTAL:
        sentence = f"The total number of components, nested ones included, cannot exceed {TOTAL}"
        faults.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", sentence)
    if sum(map(len, displayed(components))) > DISPLAYED:
        sentence = f"Total number of characters in the displayable text can't exceed {DISPLAYED}"
        faults.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", sentence)
    for name, code in (("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"), ("id", "COMPONENT_ID_DUPLICATED")):
        names = [value[name] for value in found if value.get(name)]
        if len(set(names)) < len(names):
            faults.add(path, code, f"Component {name} cannot be duplicated")


def numbered(components: Any) -> Any:
    """Give every component of a stored tree the number (`id`) that Discord gives where the sender did not."""
    found = walk(components)
    taken = {value["id"] for value in found if value.get("id")}
    if len(taken) == len(found):
        return components
    free = (n for n in range(1, 10_000) if n not in taken)
    for value in found:
        if not value.get("id"):
            value["id"] = next(free)
    return components
