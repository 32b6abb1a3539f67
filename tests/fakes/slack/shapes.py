"""What a JSON value may look like: the checks that blocks, elements and views are made of.

Each check takes the value and the JSON pointer where it stands, and raises `Invalid` with a sentence in
Slack's manner. Nothing here knows a block.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

Json = dict[str, Any]

LONGEST_URL: Final = 3000
LONGEST_ID: Final = 255
_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.\-]*:[^\s]+$", re.IGNORECASE)


class Invalid(ValueError):  # noqa: N818
    """A payload that Slack refuses.

    Args:
        message: what is wrong.
        at: the JSON pointer of the value.
    """

    def __init__(self, message: str, at: str) -> None:
        super().__init__(f"{message} [json-pointer:{at}]")


def fields(value: Any, at: str, required: Collection[str], optional: Collection[str] = ()) -> Json:
    """Return `value` as an object that has every required key and none beside these and the optional."""
    if not isinstance(value, dict):
        raise Invalid("must be an object", at)
    for key in required:
        if key not in value:
            raise Invalid(f"missing required field: {key}", at)
    for key in value:
        if key not in required and key not in optional:
            raise Invalid(f"invalid additional property: {key}", at)
    return value


def items(value: Any, at: str, *, most: int, least: int = 1) -> list[Any]:
    """Return `value` as a list with `least` to `most` items."""
    if not isinstance(value, list):
        raise Invalid("must be an array", at)
    if len(value) < least:
        raise Invalid(f"no fewer than {least} items allowed", at)
    if len(value) > most:
        raise Invalid(f"no more than {most} items allowed", at)
    return value


def string(value: Any, at: str, *, longest: int | None = None, least: int = 1) -> str:
    """Return `value` as a text of `least` to `longest` characters."""
    if not isinstance(value, str):
        raise Invalid("must be a string", at)
    if len(value) < least:
        raise Invalid(f"must be more than {least - 1} characters", at)
    if longest is not None and len(value) > longest:
        raise Invalid(f"must be less than {longest + 1} characters", at)
    return value


def boolean(value: Any, at: str) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool):
        raise Invalid("must be a boolean", at)


def integer(value: Any, at: str, *, least: int, most: int) -> None:
    """Refuse what is no whole number from `least` to `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Invalid(f"must be a whole number from {least} to {most}", at)


def choice(value: Any, at: str, allowed: Collection[str]) -> str:
    """Return `value` as one of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        raise Invalid(f"must be one of: {', '.join(sorted(allowed))}", at)
    return value


def url(value: Any, at: str) -> None:
    """Refuse what is no address with a scheme."""
    if not _SCHEME.match(string(value, at, longest=LONGEST_URL)):
        raise Invalid("must be a valid URL", at)


def text_object(value: Any, at: str, *, longest: int, plain: bool = False) -> None:
    """Refuse what is no text object; with `plain`, what is no `plain_text`."""
    if not isinstance(value, dict):
        raise Invalid("must be an object", at)
    if value.get("type") == "plain_text":
        fields(value, at, ("type", "text"), ("emoji",))
    elif value.get("type") == "mrkdwn" and not plain:
        fields(value, at, ("type", "text"), ("verbatim",))
    else:
        raise Invalid(f"unsupported type: {value.get('type')}", f"{at}/type")
    string(value["text"], f"{at}/text", longest=longest)
    for flag in ("emoji", "verbatim"):
        if flag in value:
            boolean(value[flag], f"{at}/{flag}")
