"""What a modal or a Home tab may hold, and how a filled-in form is written in a submission."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.views import View

from tests.fakes.slack.blocks import MOST_IN_VIEW, check_blocks
from tests.fakes.slack.shapes import LONGEST_ID, Invalid, Json, boolean, choice, fields, string, text_object

LONGEST_TITLE: Final = 24
LONGEST_METADATA: Final = 3000
LARGEST: Final = 250_000
"""Bytes of a whole view."""
_ONLY_IN_MESSAGES: Final = {"markdown", "table", "context_actions", "carousel"}
_COMMON: Final = ("callback_id", "private_metadata", "external_id")
_OPTIONAL: Final[dict[str, tuple[str, ...]]] = {
    "modal": (*_COMMON, "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"),
    "home": (*_COMMON, "title", "submit", "close"),
}


def check_view(view: Any, *, kinds: tuple[str, ...] = ("modal", "home"), deep: bool = True) -> Json:
    """Return `view` as Slack would accept it; `Invalid` with the first fault otherwise."""
    at = "/view"
    kind = choice(view.get("type") if isinstance(view, dict) else None, f"{at}/type", kinds)
    required = ("type", "title", "blocks") if kind == "modal" else ("type", "blocks")
    fields(view, at, required, _OPTIONAL[kind])
    for key in ("title", "submit", "close"):
        if key in view:
            text_object(view[key], f"{at}/{key}", longest=LONGEST_TITLE, plain=True)
    _scalars(view, at)
    check_blocks(view["blocks"], at=f"{at}/blocks", most=MOST_IN_VIEW, deep=deep)
    for index, block in enumerate(view["blocks"]):
        if block["type"] in _ONLY_IN_MESSAGES:
            raise Invalid(f"unsupported type: {block['type']}", f"{at}/blocks/{index}/type")
    if len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode()) > LARGEST:
        raise Invalid("view_too_large", at)
    if kind == "modal" and "submit" not in view and any(b["type"] == "input" for b in view["blocks"]):
        raise Invalid("missing required field: submit", at)
    if deep:
        try:
            View(**view).to_dict()
        except (SlackObjectFormationError, TypeError) as error:
            raise Invalid(str(error), at) from error
    return dict(view)


def _scalars(view: Json, at: str) -> None:
    for key, longest in (
        ("callback_id", LONGEST_ID),
        ("external_id", LONGEST_ID),
        ("private_metadata", LONGEST_METADATA),
    ):
        if key in view:
            string(view[key], f"{at}/{key}", longest=longest, least=0)
    for key in ("clear_on_close", "notify_on_close", "submit_disabled"):
        if key in view:
            boolean(view[key], f"{at}/{key}")


def filled_in(
    view: Json,
    values: Mapping[str, Any],
    offered: Mapping[str, Mapping[str, Json]] | None = None,
    *,
    whole: bool = True,
) -> Json:
    """Return the `state.values` of a form in which a person entered `values`.

    Args:
        view: the modal.
        values: by `block_id` of an input block (or the `action_id` of its element): a text, the value of
            an option, a list of such values, or None for nothing.
        offered: what menus that ask the app have offered, by `action_id` and the value of the option.
        whole: whether every required field has to be filled in, as it has to be to submit the form.

    Raises:
        ValueError: where Slack's client would not let the person do that: a field that does not exist, a
            required field left empty, a text beyond its limits, an option that is not offered.
    """
    known: set[str] = set()
    state: Json = {}
    for index, block in enumerate(view["blocks"]):
        if block["type"] != "input":
            continue
        element = block["element"]
        block_id, action_id = block.get("block_id", f"b{index}"), element.get("action_id", f"a{index}")
        known |= {block_id, action_id}
        entered = values.get(block_id, values.get(action_id, _MISSING))
        if element["type"] in _EXTERNAL:
            # What such a menu holds was offered by the app, or stood in it from the first.
            known_options = [*(offered or {}).get(action_id, {}).values(), *_at_first(element)]
            element = {**element, "options": known_options}
        state.setdefault(block_id, {})[action_id] = _entered(element, entered, block, whole=whole)
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"the form has no field {', '.join(sorted(unknown))}")
    return state


_MISSING: Final = object()


_EXTERNAL: Final = frozenset({"external_select", "multi_external_select"})


def _at_first(element: Json) -> list[Json]:
    return [*element.get("initial_options", []), *filter(None, [element.get("initial_option")])]


def _entered(element: Json, value: Any, block: Json, *, whole: bool) -> Json:
    name = block.get("block_id", element.get("action_id", "?"))
    state, empty = _STATES.get(element["type"].removeprefix("multi_"), _text)(element, value)
    if whole and empty and not block.get("optional", False):
        raise ValueError(f"the field {name} is required")
    return {"type": element["type"], **state}


def _text(element: Json, value: Any) -> tuple[Json, bool]:
    if value is _MISSING:
        value = element.get("initial_value")
    if not value:
        return {"value": None}, True
    longest, shortest = element.get("max_length", 3000), element.get("min_length", 0)
    if isinstance(value, str) and not shortest <= len(value) <= longest:
        raise ValueError(f"{len(value)} characters where {shortest} to {longest} can be entered")
    return {"value": value}, False


def _options(element: Json) -> dict[str, Json]:
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    return {option["value"]: option for group in groups for option in group["options"]}


def _chosen(element: Json, value: Any) -> Json:
    offered = _options(element)
    if value not in offered:
        raise ValueError(f"the option {value} is not offered")
    return offered[value]


def _one(element: Json, value: Any) -> tuple[Json, bool]:
    if value is _MISSING:
        option = element.get("initial_option")
    else:
        option = None if value is None else _chosen(element, value)
    return {"selected_option": option}, option is None


def _several(element: Json, value: Any) -> tuple[Json, bool]:
    if value is _MISSING:
        options = element.get("initial_options", [])
    else:
        options = [_chosen(element, each) for each in value or ()]
    return {"selected_options": options}, not options


def _static(element: Json, value: Any) -> tuple[Json, bool]:
    return (_several if element["type"].startswith("multi_") else _one)(element, value)


def _picked(element: Json, value: Any) -> tuple[Json, bool]:
    kind = element["type"].removeprefix("multi_")
    word = {
        "users_select": "user",
        "conversations_select": "conversation",
        "channels_select": "channel",
        "datepicker": "date",
        "timepicker": "time",
        "datetimepicker": "date_time",
    }[kind]
    if element["type"].startswith("multi_"):
        word += "s"
    chosen = element.get(f"initial_{word}") if value is _MISSING else value
    return {f"selected_{word}": chosen}, not chosen


_STATES: Final = {
    "static_select": _static,
    "external_select": _static,
    "radio_buttons": _one,
    "checkboxes": _several,
    "users_select": _picked,
    "conversations_select": _picked,
    "channels_select": _picked,
    "datepicker": _picked,
    "timepicker": _picked,
    "datetimepicker": _picked,
}
