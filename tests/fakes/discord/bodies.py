"""What Discord accepts as a message, an edit of one, and an answer to an interaction."""

from __future__ import annotations

from typing import Any, Final

from tests.fakes.discord.components import IN_MODAL, LEGACY_TOP, MODAL_TOP, V2_TOP, check_tree, walk
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
from tests.fakes.discord.refusals import Code, Faults, Path, Refused

SUPPRESS_EMBEDS: Final = 1 << 2
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SILENT: Final = 1 << 12
V2: Final = 1 << 15

Json = dict[str, Any]

_EMBED_FIELD: Final = fields(
    {"name": text(1, 256), "value": text(1, 1024), "inline": nullable(flag)}, ("name", "value")
)
_EMBED: Final = fields(
    {
        "type": anything,
        "title": nullable(text(0, 256)),
        "description": nullable(text(0, 4096)),
        "url": nullable(url(2048)),
        "color": nullable(number(0, 0xFFFFFF)),
        "timestamp": anything,
        "footer": anything,
        "author": anything,
        "image": anything,
        "thumbnail": anything,
        "fields": listing(_EMBED_FIELD, 0, 25),
    }
)
_ALLOWED_MENTIONS: Final = fields(
    {
        "parse": listing(one_of("users", "roles", "everyone"), 0, 3, unique=True),
        "users": listing(snowflake, 0, 100, unique=True),
        "roles": listing(snowflake, 0, 100, unique=True),
        "replied_user": flag,
    }
)
_REFERENCE: Final = fields(
    {
        "type": one_of(0, 1),
        "message_id": snowflake,
        "channel_id": snowflake,
        "guild_id": snowflake,
        "fail_if_not_exists": flag,
    },
    ("message_id",),
)


def _nonce(value: Any, path: Path, faults: Faults) -> None:
    text(0, 25)(str(value) if isinstance(value, int) else value, path, faults)


_EDIT: Final[dict[str, Check]] = {
    "content": nullable(text(0, 2000)),
    "embeds": nullable(listing(_EMBED, 0, 10)),
    "allowed_mentions": nullable(_ALLOWED_MENTIONS),
    "components": anything,
    "attachments": nullable(listing(anything, 0, 10)),
    "flags": nullable(number(0, 2**31 - 1)),
    "tts": flag,  # discord.py sends it with edits too
    "poll": anything,
}
_SHARED: Final[dict[str, Check]] = _EDIT
_CREATE: Final[dict[str, Check]] = _SHARED | {
    "nonce": nullable(_nonce),
    "enforce_nonce": nullable(flag),
    "sticker_ids": nullable(listing(snowflake, 0, 3)),
    "message_reference": nullable(_REFERENCE),
}
_LEGACY: Final = ("content", "embeds", "sticker_ids", "poll")


def check_message(body: Any, faults: Faults, *, path: Path = (), known: int, v2: bool, edit: bool) -> bool:
    """Check a message or an edit; return whether it is of the second kind of components.

    `known` are the flags allowed here; `v2` says that the message edited is of that kind already.
    """
    fields(_EDIT if edit else _CREATE)(body, path, faults)
    if not isinstance(body, dict):
        return v2
    flags = body.get("flags") or 0
    if isinstance(flags, int) and flags & ~known:
        faults.add((*path, "flags"), "BASE_TYPE_CHOICES", f"Flags {flags & ~known:#x} cannot be set here.")
    if isinstance(flags, int):
        v2 = v2 or bool(flags & V2)
    if v2:
        for name in _LEGACY:
            if body.get(name):
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                sentence = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                faults.add((*path, name), code, sentence)
    components = body.get("components")
    if components is not None:
        check_tree(components, (*path, "components"), faults, V2_TOP if v2 else LEGACY_TOP)
    _check_embeds(body.get("embeds"), (*path, "embeds"), faults)
    _check_mentions(body.get("allowed_mentions"), (*path, "allowed_mentions"), faults)
    return v2


def _check_embeds(embeds: Any, path: Path, faults: Faults) -> None:
    if not isinstance(embeds, list) or not all(isinstance(embed, dict) for embed in embeds):
        return
    total = 0
    for embed in embeds:
        total += len(str(embed.get("title") or "")) + len(str(embed.get("description") or ""))
        for one in embed.get("fields") or ():
            total += len(str(one.get("name", ""))) + len(str(one.get("value", "")))
    if total > 6000:
        sentence = "Embed size exceeds maximum size of 6000"
        faults.add(path, "MAX_EMBED_SIZE_EXCEEDED", sentence)


def _check_mentions(mentions: Any, path: Path, faults: Faults) -> None:
    if not isinstance(mentions, dict) or not isinstance(mentions.get("parse"), list):
        return
    for name in ("users", "roles"):
        if mentions.get(name) and name in mentions["parse"]:
            code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
            faults.add((*path, "parse"), code, f"parse:{name} and {name}: [ids...] are mutually exclusive.")


def is_empty(body: Json, *, v2: bool) -> bool:
    """Return whether nothing would be shown."""
    if v2:
        return not body.get("components")
    content = body.get("content")
    return not (isinstance(content, str) and content.strip()) and not any(
        body.get(name) for name in ("embeds", "components", "sticker_ids", "poll", "attachments")
    )


def refuse_empty(body: Json, *, v2: bool) -> None:
    """Raise Refused for a message that shows nothing."""
    if is_empty(body, v2=v2):
        raise Refused(Code.EMPTY_MESSAGE)


_MODAL: Final = fields(
    {"custom_id": text(1, 100), "title": text(1, 45), "components": anything},
    ("custom_id", "title", "components"),
)


def check_modal(data: Any, path: Path, faults: Faults) -> None:
    """Check the form that a modal shows: at most five parts, with at least one, each with its own limits."""
    _MODAL(data, path, faults)
    if not isinstance(data, dict) or "components" not in data:
        return
    components = data["components"]
    place = (*path, "components")
    listing(anything, 1, MODAL_TOP)(components, place, faults)
    before = len(faults.found)
    check_tree(components, place, faults, IN_MODAL)
    if len(faults.found) == before:
        if any(value.get("disabled") for value in walk(components)):
            faults.add(place, "COMPONENT_DISABLED_IN_MODAL", "Nothing in a modal may be disabled")
        for row in components:
            if row["type"] == 1 and any(child["type"] != 4 for child in walk(row["components"])):
                faults.add(place, "UNION_TYPE_CHOICES", "A row of a modal holds a text input")


def check_choices(data: Any, path: Path, faults: Faults) -> None:
    """Check the suggestions to a half-typed option: at most 25, names and values of 100 characters."""

    def value(one: Any, place: Path, found: Faults) -> None:
        if isinstance(one, str):
            text(1, 100)(one, place, found)
        elif isinstance(one, bool) or not isinstance(one, int | float):
            found.add(place, "STRING_TYPE_CONVERT", "Could not interpret value as string.")

    choice = fields({"name": text(1, 100), "value": value, "name_localizations": anything}, ("name", "value"))
    fields({"choices": listing(choice, 0, 25)}, ("choices",))(data, path, faults)
