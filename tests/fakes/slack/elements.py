"""The elements of a block: buttons, menus, inputs, images; what each must hold and where it may stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, Final

from tests.fakes.slack.richtext import check_rich_text
from tests.fakes.slack.shapes import (
    LONGEST_ID,
    LONGEST_URL,
    Invalid,
    Json,
    boolean,
    choice,
    fields,
    integer,
    items,
    string,
    text_object,
    url,
)

_PICKS: Final = {"users": "user", "conversations": "conversation", "channels": "channel"}
_MENU: Final = ("action_id", "placeholder", "confirm", "focus_on_load")
_INPUT: Final = ("action_id", "placeholder", "initial_value", "dispatch_action_config", "focus_on_load")
_OPTIONS: Final = ("options", "option_groups")

_SHAPES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "button": (("text",), ("action_id", "url", "value", "style", "confirm", "accessibility_label")),
    "overflow": (("options",), ("action_id", "confirm")),
    "static_select": ((), (*_MENU, *_OPTIONS, "initial_option")),
    "multi_static_select": ((), (*_MENU, *_OPTIONS, "initial_options", "max_selected_items")),
    "external_select": ((), (*_MENU, "min_query_length", "initial_option")),
    "multi_external_select": ((), (*_MENU, "min_query_length", "initial_options", "max_selected_items")),
    "radio_buttons": (("options",), ("action_id", "initial_option", "confirm", "focus_on_load")),
    "checkboxes": (("options",), ("action_id", "initial_options", "confirm", "focus_on_load")),
    "datepicker": ((), (*_MENU, "initial_date")),
    "timepicker": ((), (*_MENU, "initial_time", "timezone")),
    "datetimepicker": ((), ("action_id", "initial_date_time", "confirm", "focus_on_load")),
    "plain_text_input": ((), (*_INPUT, "multiline", "min_length", "max_length")),
    "email_text_input": ((), _INPUT),
    "url_text_input": ((), _INPUT),
    "number_input": (("is_decimal_allowed",), (*_INPUT, "min_value", "max_value")),
    "rich_text_input": ((), _INPUT),
    "file_input": ((), ("action_id", "filetypes", "max_files")),
    "image": (("alt_text",), ("image_url", "slack_file")),
    "feedback_buttons": (("positive_button", "negative_button"), ("action_id",)),
    "icon_button": (
        ("icon", "text"),
        ("action_id", "value", "confirm", "accessibility_label", "visible_to_user_ids"),
    ),
    **{
        f"{many}{what}_select": (
            (),
            (
                *_MENU,
                *((f"initial_{pick}s", "max_selected_items") if many else (f"initial_{pick}",)),
                *(("default_to_current_conversation", "filter") if pick == "conversation" else ()),
                "response_url_enabled",
            ),
        )
        for what, pick in _PICKS.items()
        for many in ("", "multi_")
    },
}

_SELECTS: Final = {name for name in _SHAPES if name.endswith("_select")}
IN_ACTIONS: Final = frozenset(
    {"button", "overflow", "radio_buttons", "checkboxes", "datepicker", "timepicker", "datetimepicker"}
) | {name for name in _SELECTS if not name.startswith("multi_")}
IN_SECTION: Final = IN_ACTIONS | _SELECTS | {"image"}
IN_INPUT: Final = (
    frozenset(name for name in _SHAPES if name.endswith("_input"))
    | _SELECTS
    | {"radio_buttons", "checkboxes", "datepicker", "timepicker", "datetimepicker"}
)
IN_CONTEXT_ACTIONS: Final = frozenset({"feedback_buttons", "icon_button"})

_FORMATS: Final = {"initial_date": r"\d{4}-\d\d-\d\d", "initial_time": r"\d\d:\d\d"}


def check_element(value: Any, at: str, allowed: Collection[str]) -> Json:
    """Return `value` as an element that may stand in this place; `Invalid` where Slack refuses it."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in allowed:
        raise Invalid(f"unsupported type: {kind}", f"{at}/type")
    required, optional = _SHAPES[kind]
    element = fields(value, at, ("type", *required), optional)
    if "action_id" in element:
        string(element["action_id"], f"{at}/action_id", longest=LONGEST_ID)
    if "placeholder" in element:
        text_object(element["placeholder"], f"{at}/placeholder", longest=150, plain=True)
    if "confirm" in element:
        _confirm(element["confirm"], f"{at}/confirm")
    for key, pattern in _FORMATS.items():
        if key in element and not re.fullmatch(pattern, string(element[key], f"{at}/{key}")):
            raise Invalid("is not of the right form", f"{at}/{key}")
    for key in ("focus_on_load", "multiline", "is_decimal_allowed"):
        if key in element:
            boolean(element[key], f"{at}/{key}")
    detail = _DETAILS.get(kind)
    if detail is not None:
        detail(element, at)
    return element


def _button(element: Json, at: str) -> None:
    text_object(element["text"], f"{at}/text", longest=75, plain=True)
    if "value" in element:
        string(element["value"], f"{at}/value", longest=2000)
    if "url" in element:
        url(element["url"], f"{at}/url")
    if "style" in element:
        choice(element["style"], f"{at}/style", ("primary", "danger"))
    if "accessibility_label" in element:
        string(element["accessibility_label"], f"{at}/accessibility_label", longest=75)


def _image(element: Json, at: str) -> None:
    string(element["alt_text"], f"{at}/alt_text", longest=2000)
    if ("image_url" in element) == ("slack_file" in element):
        raise Invalid("must have either image_url or slack_file", at)
    if "image_url" in element:
        url(element["image_url"], f"{at}/image_url")


def _confirm(value: Any, at: str) -> None:
    confirm = fields(value, at, ("title", "text", "confirm", "deny"), ("style",))
    text_object(confirm["title"], f"{at}/title", longest=100, plain=True)
    text_object(confirm["text"], f"{at}/text", longest=300)
    for key in ("confirm", "deny"):
        text_object(confirm[key], f"{at}/{key}", longest=30, plain=True)


def _menu(element: Json, at: str) -> None:
    if ("options" in element) == ("option_groups" in element):
        raise Invalid("must have either options or option_groups", at)
    offered: list[Json] = []
    if "options" in element:
        offered = _options(element["options"], f"{at}/options", most=100)
    else:
        for index, group in enumerate(items(element["option_groups"], f"{at}/option_groups", most=100)):
            here = f"{at}/option_groups/{index}"
            fields(group, here, ("label", "options"))
            text_object(group["label"], f"{here}/label", longest=75, plain=True)
            offered += _options(group["options"], f"{here}/options", most=100)
    _initial(element, at, offered)


def _external(element: Json, at: str) -> None:
    if "min_query_length" in element:
        integer(element["min_query_length"], f"{at}/min_query_length", least=0, most=100)
    chosen = element.get("initial_options", [])
    if "initial_option" in element:
        chosen = [element["initial_option"]]
    if chosen:
        _options(chosen, f"{at}/initial_option", most=100)


def offers(ack: Json, at: str = "/options") -> list[Json]:
    """Return the options by which the app answers a menu that asks it; `Invalid` where Slack refuses them."""
    fields(ack, "", (), ("options", "option_groups"))
    if ("options" in ack) == ("option_groups" in ack):
        raise Invalid("must have either options or option_groups", at)
    if "options" in ack:
        return _options(ack["options"], at, most=100, least=0)
    groups = items(ack["option_groups"], "/option_groups", most=100, least=0)
    return [option for group in groups for option in _options(group["options"], at, most=100)]


def _overflow(element: Json, at: str) -> None:
    _options(element["options"], f"{at}/options", most=5)


def _boxes(element: Json, at: str) -> None:
    _initial(element, at, _options(element["options"], f"{at}/options", most=10, plain=False))


def _options(value: Any, at: str, *, most: int, plain: bool = True, least: int = 1) -> list[Json]:
    options = items(value, at, most=most, least=least)
    for index, option in enumerate(options):
        here = f"{at}/{index}"
        fields(option, here, ("text", "value"), ("description", "url"))
        text_object(option["text"], f"{here}/text", longest=75, plain=plain)
        string(option["value"], f"{here}/value", longest=150)
        if "description" in option:
            text_object(option["description"], f"{here}/description", longest=75, plain=plain)
        if "url" in option:
            string(option["url"], f"{here}/url", longest=LONGEST_URL)
    return options


def _initial(element: Json, at: str, offered: list[Json]) -> None:
    chosen = element.get(
        "initial_options", [element["initial_option"]] if "initial_option" in element else []
    )
    if "initial_options" in element:
        items(chosen, f"{at}/initial_options", most=100)
    for option in chosen:
        if option not in offered:
            raise Invalid("the option chosen at first must be one of the options", at)


def _plain_input(element: Json, at: str) -> None:
    if "min_length" in element:
        integer(element["min_length"], f"{at}/min_length", least=0, most=3000)
    if "max_length" in element:
        integer(element["max_length"], f"{at}/max_length", least=1, most=3000)
    if "initial_value" in element:
        string(
            element["initial_value"], f"{at}/initial_value", least=0, longest=element.get("max_length", 3000)
        )


def _rich_input(element: Json, at: str) -> None:
    if "initial_value" in element:
        block = fields(element["initial_value"], f"{at}/initial_value", ("type", "elements"), ("block_id",))
        check_rich_text(block["elements"], f"{at}/initial_value/elements")


def _feedback(element: Json, at: str) -> None:
    for key in ("positive_button", "negative_button"):
        button = fields(element[key], f"{at}/{key}", ("text", "value"), ("accessibility_label",))
        text_object(button["text"], f"{at}/{key}/text", longest=75, plain=True)
        string(button["value"], f"{at}/{key}/value", longest=2000)


_DETAILS: Final[dict[str, Callable[[Json, str], None]]] = {
    "button": _button,
    "image": _image,
    "overflow": _overflow,
    "static_select": _menu,
    "multi_static_select": _menu,
    "external_select": _external,
    "multi_external_select": _external,
    "radio_buttons": _boxes,
    "checkboxes": _boxes,
    "plain_text_input": _plain_input,
    "rich_text_input": _rich_input,
    "feedback_buttons": _feedback,
}
