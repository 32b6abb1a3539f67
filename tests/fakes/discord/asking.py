"""What people can do, as Discord sends it; what its apps would not let them do is refused with a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.fakes.discord.commands import CHAT, GROUP, ON_MESSAGE, STRING, SUBCOMMAND
from tests.fakes.discord.components import BUTTON, LINK, SELECTS, TEXT_INPUT, walk
from tests.fakes.discord.interactions import FakeModal
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import ADMINISTRATOR, DIRECT, FakeChannel, FakeFile, FakeUser, Json
from tests.fakes.discord.world import World

BOOLEAN, USER, CHANNEL, ATTACHMENT = 5, 6, 7, 11
TYPES: Final[dict[int, type | tuple[type, ...]]] = {
    STRING: str,
    4: int,
    BOOLEAN: bool,
    USER: FakeUser,
    CHANNEL: FakeChannel,
    10: (int, float),
    ATTACHMENT: FakeFile,
}


class CannotError(Exception):
    """A person could not do this in one of Discord's apps."""


def _reachable(command: Json, user: FakeUser, channel: FakeChannel) -> Json:
    """Return the command if `user` finds it in `channel`."""
    contexts = command.get("contexts")
    place = 1 if channel.kind == DIRECT else 0
    if contexts is not None and place not in contexts:
        raise CannotError(f"{command['name']} is not offered here: its contexts are {contexts}.")
    if place == 1 and "guild_id" in command:
        raise CannotError(f"{command['name']} belongs to a server.")
    needed = int(command.get("default_member_permissions") or 0)
    if place == 0 and not user.permissions & ADMINISTRATOR and needed & ~user.permissions:
        raise CannotError(f"{user.name} lacks the permissions for {command['name']}.")
    return command


def command_data(
    world: World,
    channel: FakeChannel,
    user: FakeUser,
    path: Sequence[str],
    options: Mapping[str, Any],
    *,
    focused: str | None = None,
) -> Json:
    """Return the data of a slash command with its groups and options.

    With `focused`, of the moment in which that option is being typed: then required ones may be missing.
    """
    command = _reachable(world.registry.find(CHAT, path[0], channel.guild), user, channel)
    level, chain = command, []
    for name in path[1:]:
        found = [
            one for one in level["options"] if one["name"] == name and one["type"] in (SUBCOMMAND, GROUP)
        ]
        if not found:
            raise CannotError(f"/{' '.join(path)} is not registered.")
        level = found[0]
        chain.append(level)
    declared = {one["name"]: one for one in level.get("options") or ()}
    if any(one["type"] in (SUBCOMMAND, GROUP) for one in declared.values()):
        raise CannotError(f"/{' '.join(path)} needs one of {sorted(declared)}.")
    missing = [name for name, one in declared.items() if one.get("required") and name not in options]
    if missing and focused is None:
        raise CannotError(f"/{' '.join(path)} needs {missing}.")
    resolved: Json = {}
    inner = [_option(declared, name, value, resolved, focused) for name, value in options.items()]
    for one in reversed(chain):
        inner = [{"name": one["name"], "type": one["type"], "options": inner}]
    data: Json = {"id": command["id"], "name": command["name"], "type": CHAT, "options": inner}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data | {"resolved": resolved} if resolved else data


def _option(declared: Json, name: str, value: Any, resolved: Json, focused: str | None) -> Json:
    if name not in declared:
        raise CannotError(f"There is no option {name!r}; there are {sorted(declared)}.")
    option = declared[name]
    given: Json = {"name": name, "type": option["type"]}
    if name == focused:
        if not option.get("autocomplete"):
            raise CannotError(f"{name} has no autocomplete.")
        return given | {"value": value, "focused": True}
    if not isinstance(value, TYPES[option["type"]]) or isinstance(value, bool) != (option["type"] == BOOLEAN):
        raise CannotError(f"{name} takes type {option['type']}, not {value!r}.")
    if isinstance(value, str):
        low, high = option.get("min_length") or 0, option.get("max_length") or 6000
        if not low <= len(value) <= high:
            raise CannotError(f"{name} takes {low} to {high} characters.")
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise CannotError(f"{name} is one of {choices}.")
    if isinstance(value, FakeUser | FakeChannel | FakeFile):
        _resolve(value, resolved)
        return given | {"value": str(value.id)}
    return given | {"value": value}


def _resolve(value: FakeUser | FakeChannel | FakeFile, resolved: Json) -> None:
    """Put what an option names beside the options, as Discord does."""
    key = str(value.id)
    if isinstance(value, FakeUser):
        resolved.setdefault("users", {})[key] = value.payload()
        resolved.setdefault("members", {})[key] = value.member(with_user=False, with_permissions=True)
    elif isinstance(value, FakeChannel):
        resolved.setdefault("channels", {})[key] = value.payload() | {"permissions": "0"}
    else:
        resolved.setdefault("attachments", {})[key] = value.payload()


def menu_data(world: World, user: FakeUser, name: str, message: FakeMessage) -> Json:
    """Return the data of a command picked on a message, which comes with its content."""
    command = _reachable(world.registry.find(ON_MESSAGE, name, message.channel.guild), user, message.channel)
    visible(message, user)
    data: Json = {
        "id": command["id"],
        "name": command["name"],
        "type": ON_MESSAGE,
        "target_id": str(message.id),
        "resolved": {"messages": {str(message.id): world.written_in_full(message)}},
    }
    return data | {"guild_id": command["guild_id"]} if "guild_id" in command else data


def visible(message: FakeMessage, user: FakeUser) -> None:
    """Raise CannotError unless `user` sees the message."""
    if message.deleted:
        raise CannotError("The message was deleted.")
    if message.ephemeral and message.viewer is not user:
        raise CannotError(f"{user.name} does not see this message.")


def press_data(message: FakeMessage, custom_id: str, user: FakeUser, values: Sequence[str] | None) -> Json:
    """Return the data of a press on a button, or of a choice of `values` in a select."""
    visible(message, user)
    for value in walk(message.components):
        if value.get("custom_id") == custom_id:
            break
    else:
        raise CannotError(f"The message has no {custom_id!r}; its buttons are {message.buttons}.")
    if value.get("disabled"):
        raise CannotError(f"{custom_id!r} is disabled.")
    data: Json = {"custom_id": custom_id, "component_type": value["type"], "id": value["id"]}
    if value["type"] == BUTTON:
        if value["style"] == LINK or values is not None:
            raise CannotError("A button takes no values, and a link is not sent to the bot.")
        return data
    picked = list(values or ())
    _picked(value, picked)
    return data | {"values": picked}


def _picked(value: Json, picked: Sequence[str]) -> None:
    low, high = value.get("min_values", 1), value.get("max_values", 1)
    if value["type"] in SELECTS and not low <= len(picked) <= high:
        raise CannotError(f"{value['custom_id']!r} takes {low} to {high} values.")
    offered = [option["value"] for option in value.get("options", ())]
    if "options" in value and not set(picked) <= set(offered):
        raise CannotError(f"{value['custom_id']!r} offers {offered}.")


def modal_data(modal: FakeModal, values: Mapping[str, Any]) -> Json:
    """Return the data of a form filled in with `values`, by custom id or label; else its defaults stand."""
    labels = modal.labels
    given = {labels.get(name, name): value for name, value in values.items()}
    strange = given.keys() - modal.inputs.keys()
    if strange:
        raise CannotError(f"The form has no {sorted(strange)}; it has {sorted(modal.inputs)}.")
    components = [_submitted(value, given) for value in modal.components]
    return {"custom_id": modal.custom_id, "components": components}


def _submitted(value: Json, given: Mapping[str, Any]) -> Json:
    sent: Json = {"type": value["type"], "id": value["id"]}
    if "components" in value:
        return sent | {"components": [_submitted(one, given) for one in value["components"]]}
    if "component" in value:
        return sent | {"component": _submitted(value["component"], given)}
    if "custom_id" not in value:
        return sent
    name = value["custom_id"]
    sent["custom_id"] = name
    if value["type"] == TEXT_INPUT:
        return sent | {"value": _typed(value, given.get(name, value.get("value") or ""))}
    chosen = [one["value"] for one in value.get("options", ()) if one.get("default")]
    if value["type"] in (21, 23):
        default: Any = value.get("default", False) if value["type"] == 23 else next(iter(chosen), None)
        return sent | {"value": given.get(name, default)}
    picked = list(given.get(name, chosen))
    if picked or value.get("required", True):
        _picked(value, picked)
    return sent | {"values": picked}


def _typed(value: Json, text: str) -> str:
    low, high = value.get("min_length") or 0, value.get("max_length") or 4000
    if not text and not value.get("required", True):
        return text
    if not max(low, 1 if value.get("required", True) else 0) <= len(text) <= high:
        raise CannotError(
            f"{value['custom_id']!r} takes {low} to {high} characters, and may not be left empty."
        )
    return text
