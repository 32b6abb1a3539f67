"""Block Kit as Slack checks it: which blocks exist, their limits, and what a whole message may hold.

The limits are those of Slack's reference of the blocks, the same that `slack_sdk.models.blocks` holds; the
limit of the whole is the one that people have measured (`msg_blocks_too_long`, bolt-js issues 2509, 2867).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.fakes.slack.elements import IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION, check_element
from tests.fakes.slack.richtext import check_rich_text
from tests.fakes.slack.shapes import (
    LONGEST_ID,
    Invalid,
    Json,
    boolean,
    choice,
    fields,
    items,
    string,
    text_object,
)

MOST_IN_MESSAGE: Final = 50
MOST_IN_VIEW: Final = 100
LONGEST_MARKDOWN: Final = 12_000
"""Characters of all `markdown` blocks of a message together."""
LONGEST_PAYLOAD: Final = 13_200
"""Characters of all blocks of a message, written as JSON without spaces."""
_PASSIVE: Final = {"rich_text", "table", "markdown", "header", "context", "plain_text", "mrkdwn"}
"""What can hold no button, and is long."""


def check_blocks(blocks: Any, *, at: str = "/blocks", most: int = MOST_IN_MESSAGE, deep: bool = True) -> None:
    """Refuse blocks that Slack refuses.

    Args:
        blocks: the list as it was sent.
        at: the JSON pointer of the list.
        most: how many blocks this surface may hold.
        deep: let `slack_sdk.models` validate each block too, which takes longer.

    Raises:
        Invalid: with the sentence and the place of the first fault.
    """
    for index, block in enumerate(items(blocks, at, most=most)):
        here = f"{at}/{index}"
        _block(block, here)
        if deep:
            _by_the_library(block, here)
    ids = Counter(block["block_id"] for block in _nested(blocks) if "block_id" in block)
    _no_double(ids, "block_id", at)
    _no_double(Counter(element["action_id"] for element in interactive(blocks)), "action_id", at)
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if written > LONGEST_MARKDOWN:
        raise Invalid(f"markdown blocks hold more than {LONGEST_MARKDOWN} characters together", at)
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise Invalid("only one table is allowed", at)


def payload_length(blocks: Any) -> int:
    """Return how many characters the blocks have as JSON."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))


def interactive(value: Any) -> list[Json]:
    """Return every element below `value` that carries an `action_id`, in the order of the page."""
    found: list[Json] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[Json]) -> None:
    if isinstance(value, dict):
        if "action_id" in value:
            found.append(value)
        elif value.get("type") not in _PASSIVE:
            for each in value.values():
                if isinstance(each, dict | list):
                    _collect(each, found)
    elif isinstance(value, list):
        for each in value:
            _collect(each, found)


def _nested(blocks: list[Json]) -> Iterator[Json]:
    for block in blocks:
        yield block
        yield from _nested(block.get("child_blocks", []))


def _no_double(counted: Counter[str], name: str, at: str) -> None:
    for value, times in counted.items():
        if times > 1:
            raise Invalid(f"`{name}` “{value}” already exists", at)


def _by_the_library(block: Json, at: str) -> None:
    try:
        parsed = Block.parse(block)
        if parsed is None:
            raise Invalid("unknown to the library", at)
        parsed.to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        raise Invalid(str(error), at) from error


def _block(block: Any, at: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(kind, str) or kind not in _BLOCKS:
        raise Invalid(f"unsupported type: {kind}", f"{at}/type")
    required, optional, check = _BLOCKS[kind]
    fields(block, at, ("type", *required), ("block_id", *optional))
    if "block_id" in block:
        string(block["block_id"], f"{at}/block_id", longest=LONGEST_ID)
    if check is not None:
        check(block, at)


def _section(block: Json, at: str) -> None:
    if "text" not in block and "fields" not in block:
        raise Invalid("missing required field: text or fields", at)
    if "text" in block:
        text_object(block["text"], f"{at}/text", longest=3000)
    for index, each in enumerate(items(block.get("fields", []), f"{at}/fields", most=10, least=0)):
        text_object(each, f"{at}/fields/{index}", longest=2000)
    if "accessory" in block:
        check_element(block["accessory"], f"{at}/accessory", IN_SECTION)


def _image(block: Json, at: str) -> None:
    check_element(
        {k: v for k, v in block.items() if k not in ("title", "block_id")}, at, frozenset({"image"})
    )
    if "title" in block:
        text_object(block["title"], f"{at}/title", longest=2000, plain=True)


def _actions(block: Json, at: str) -> None:
    for index, each in enumerate(items(block["elements"], f"{at}/elements", most=25)):
        check_element(each, f"{at}/elements/{index}", IN_ACTIONS)


def _context(block: Json, at: str) -> None:
    for index, each in enumerate(items(block["elements"], f"{at}/elements", most=10)):
        here = f"{at}/elements/{index}"
        if isinstance(each, dict) and each.get("type") == "image":
            check_element(each, here, frozenset({"image"}))
        else:
            text_object(each, here, longest=2000)


def _context_actions(block: Json, at: str) -> None:
    for index, each in enumerate(items(block["elements"], f"{at}/elements", most=5)):
        check_element(each, f"{at}/elements/{index}", IN_CONTEXT_ACTIONS)


def _input(block: Json, at: str) -> None:
    text_object(block["label"], f"{at}/label", longest=2000, plain=True)
    check_element(block["element"], f"{at}/element", IN_INPUT)
    if "hint" in block:
        text_object(block["hint"], f"{at}/hint", longest=2000, plain=True)
    for flag in ("optional", "dispatch_action"):
        if flag in block:
            boolean(block[flag], f"{at}/{flag}")


def _header(block: Json, at: str) -> None:
    text_object(block["text"], f"{at}/text", longest=150, plain=True)


def _markdown(block: Json, at: str) -> None:
    string(block["text"], f"{at}/text", longest=LONGEST_MARKDOWN)


def _rich_text(block: Json, at: str) -> None:
    check_rich_text(block["elements"], f"{at}/elements")


def _table(block: Json, at: str) -> None:
    for row, cells in enumerate(items(block["rows"], f"{at}/rows", most=100)):
        for column, cell in enumerate(items(cells, f"{at}/rows/{row}", most=20)):
            here = f"{at}/rows/{row}/{column}"
            kind = cell.get("type") if isinstance(cell, dict) else None
            if kind == "rich_text":
                check_rich_text(fields(cell, here, ("type", "elements"))["elements"], f"{here}/elements")
            elif kind == "raw_text":
                string(fields(cell, here, ("type", "text"))["text"], f"{here}/text")
            else:
                raise Invalid(f"unsupported type: {kind}", f"{here}/type")


def _alert(block: Json, at: str) -> None:
    text_object(block["text"], f"{at}/text", longest=200)
    if "level" in block:
        choice(block["level"], f"{at}/level", ("default", "info", "warning", "error", "success"))


def _container(block: Json, at: str) -> None:
    if "title" not in block and "rich_text_title" not in block:
        raise Invalid("missing required field: title or rich_text_title", at)
    if "title" in block:
        text_object(block["title"], f"{at}/title", longest=150, plain=True)
    if "rich_text_title" in block:
        _block(block["rich_text_title"], f"{at}/rich_text_title")
    if "subtitle" in block:
        text_object(block["subtitle"], f"{at}/subtitle", longest=150)
    for index, each in enumerate(items(block["child_blocks"], f"{at}/child_blocks", most=10)):
        here = f"{at}/child_blocks/{index}"
        if isinstance(each, dict) and each.get("type") == "container":
            raise Invalid("unsupported type: container", f"{here}/type")
        _block(each, here)


def _card(block: Json, at: str) -> None:
    for key, longest in (("title", 150), ("subtitle", 150), ("body", 200)):
        if key in block:
            text_object(block[key], f"{at}/{key}", longest=longest)
    for index, each in enumerate(items(block.get("actions", []), f"{at}/actions", most=25, least=0)):
        check_element(each, f"{at}/actions/{index}", frozenset({"button"}))


def _carousel(block: Json, at: str) -> None:
    for index, each in enumerate(items(block["elements"], f"{at}/elements", most=10)):
        if not isinstance(each, dict) or each.get("type") != "card":
            raise Invalid("a carousel holds cards only", f"{at}/elements/{index}")
        _block(each, f"{at}/elements/{index}")


_Check = Callable[[Json, str], None]
_CONTAINER: Final = (
    "title",
    "rich_text_title",
    "subtitle",
    "width",
    "icon",
    "is_collapsible",
    "default_collapsed",
    "has_header_divider",
)
_BLOCKS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...], _Check | None]]] = {
    "section": ((), ("text", "fields", "accessory", "expand"), _section),
    "divider": ((), (), None),
    "image": (("alt_text",), ("image_url", "slack_file", "title"), _image),
    "actions": (("elements",), (), _actions),
    "context": (("elements",), (), _context),
    "context_actions": (("elements",), (), _context_actions),
    "input": (("label", "element"), ("hint", "optional", "dispatch_action"), _input),
    "header": (("text",), (), _header),
    "markdown": (("text",), (), _markdown),
    "rich_text": (("elements",), (), _rich_text),
    "table": (("rows",), ("column_settings",), _table),
    "alert": (("text",), ("level",), _alert),
    "container": (("child_blocks",), _CONTAINER, _container),
    "card": ((), ("hero_image", "icon", "title", "subtitle", "body", "actions"), _card),
    "carousel": (("elements",), (), _carousel),
}
