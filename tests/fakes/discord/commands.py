"""The application commands that the bot registered: what Discord accepts, and looking one up by name."""

from __future__ import annotations

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
)
from tests.fakes.discord.people import Json, Snowflakes
from tests.fakes.discord.refusals import Code, Faults, Path, Refused

CHAT, ON_USER, ON_MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
MOST: Final = {CHAT: 100, ON_USER: 15, ON_MESSAGE: 15}
SIZE: Final = 8000
"""Characters of all names, descriptions and values of one command together."""


def _name(value: Any, path: Path, faults: Faults) -> None:
    text(1, 32)(value, path, faults)
    if isinstance(value, str) and (
        value != value.lower() or not all(c.isalnum() or c in "-_'" for c in value)
    ):
        sentence = "Command name is invalid: lower case letters, digits, - and _ only"
        faults.add(path, "APPLICATION_COMMAND_INVALID_NAME", sentence)


def _locales(check: Check) -> Check:
    def every(value: Any, path: Path, faults: Faults) -> None:
        if not isinstance(value, dict):
            faults.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
            return
        for locale, one in value.items():
            check(one, (*path, locale), faults)

    return nullable(every)


def _permissions(value: Any, path: Path, faults: Faults) -> None:
    number(0, 2**54 - 1)(int(value) if isinstance(value, str) and value.isdecimal() else value, path, faults)


_CHOICE: Final = fields(
    {"name": text(1, 100), "value": anything, "name_localizations": anything}, ("name", "value")
)
_NAMED: Final[dict[str, Check]] = {
    "name": _name,
    "name_localizations": _locales(_name),
    "description": text(1, 100),
    "description_localizations": _locales(text(1, 100)),
    "type": number(1, 11),
}


def _option(value: Any, path: Path, faults: Faults) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    known: dict[str, Check] = _NAMED | {"required": flag}
    if kind in (SUBCOMMAND, GROUP):
        known |= {"options": listing(_option, 0, 25)}
    else:
        known |= {
            "choices": listing(_CHOICE, 0, 25),
            "autocomplete": flag,
            "channel_types": listing(number(0, 16), 0, 20),
            "min_value": anything,
            "max_value": anything,
            "min_length": nullable(number(0, 6000)),
            "max_length": nullable(number(1, 6000)),
        }
    before = len(faults.found)
    fields(known, ("name", "description", "type"))(value, path, faults)
    if len(faults.found) > before:
        return
    if value.get("autocomplete") and (value.get("choices") or kind not in (STRING, INTEGER, NUMBER)):
        sentence = "Autocomplete goes with text and numbers without choices."
        faults.add((*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", sentence)
    _options(value.get("options") or [], (*path, "options"), faults, above=kind)


def _options(options: list[Json], path: Path, faults: Faults, *, above: int | None) -> None:
    """Check the options of one level against each other; `above` is the kind of option that holds them."""
    kinds = [option["type"] for option in options]
    nested = {SUBCOMMAND, GROUP} & set(kinds)
    allowed = {None: {SUBCOMMAND, GROUP}, GROUP: {SUBCOMMAND}}.get(above, set())
    if nested - allowed or (nested and set(kinds) - {SUBCOMMAND, GROUP}):
        sentence = "Sub-commands and options do not stand side by side, and nest two deep at most."
        faults.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", sentence)
    if above == GROUP and set(kinds) != {SUBCOMMAND}:
        faults.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds sub-commands.")
    names = [option["name"] for option in options]
    if len(set(names)) < len(names):
        sentence = "Option names must be unique"
        faults.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", sentence)
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        sentence = "Required options must be placed before non-required options"
        faults.add(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", sentence)


_SHARED: Final[dict[str, Check]] = {
    "id": snowflake,
    "type": one_of(CHAT, ON_USER, ON_MESSAGE),
    "name_localizations": _locales(text(1, 32)),
    "description_localizations": _locales(text(1, 100)),
    "default_member_permissions": nullable(_permissions),
    "dm_permission": nullable(flag),
    "nsfw": flag,
    "contexts": nullable(listing(one_of(0, 1, 2), 1, 3, unique=True)),
    "integration_types": nullable(listing(one_of(0, 1), 1, 2, unique=True)),
}
_CHAT: Final = fields(
    _SHARED | {"name": _name, "description": text(1, 100), "options": listing(_option, 0, 25)},
    ("name", "description"),
)
_MENU: Final = fields(
    _SHARED | {"name": text(1, 32), "description": text(0, 0), "options": listing(anything, 0, 0)},
    ("name",),
)


def check_command(value: Any, path: Path, faults: Faults) -> None:
    """Check one command as the bot would register it."""
    chat = not isinstance(value, dict) or value.get("type", CHAT) == CHAT
    before = len(faults.found)
    (_CHAT if chat else _MENU)(value, path, faults)
    if len(faults.found) > before or not chat:
        return
    _options(value.get("options") or [], (*path, "options"), faults, above=None)
    if _size(value) > SIZE:
        sentence = f"The command exceeds {SIZE} characters in total"
        faults.add(path, "APPLICATION_COMMAND_TOO_LARGE", sentence)


def _size(value: Json) -> int:
    total = len(value["name"]) + len(value.get("description") or "")
    for choice in value.get("choices") or ():
        total += len(choice["name"]) + len(str(choice["value"]))
    return total + sum(_size(option) for option in value.get("options") or ())


class Registry:
    """The commands in force: everywhere (scope None) and in single servers (scope: the server's id)."""

    def __init__(self, application: int, ids: Snowflakes) -> None:
        self._application, self._ids = application, ids
        self.scopes: dict[int | None, dict[tuple[int, str], Json]] = {}
        self.writes = 0
        """How often the bot changed its commands; a bot that does so at every start is frowned upon."""

    def listed(self, scope: int | None) -> list[Json]:
        """Return the commands of a scope."""
        return list(self.scopes.get(scope, {}).values())

    def replace(self, bodies: list[Json], scope: int | None) -> list[Json]:
        """Put `bodies`, already checked, in the place of all of the scope; known names keep their ids."""
        old = self.scopes.get(scope, {})
        self.scopes[scope] = {}
        for body in bodies:
            self._store(body, scope, old)
        self.writes += 1
        faults = Faults()
        for kind, most in MOST.items():
            if sum(key[0] == kind for key in self.scopes[scope]) > most:
                faults.add((), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        if len(self.scopes[scope]) < len(bodies):
            faults.add((), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        if faults.found:
            self.scopes[scope] = old
        faults.raise_any()
        return self.listed(scope)

    def add(self, body: Json, scope: int | None) -> Json:
        """Register or overwrite one command."""
        self.writes += 1
        return self._store(body, scope, self.scopes.setdefault(scope, {}))

    def remove(self, number: int, scope: int | None) -> None:
        """Take a command away; Refused where there is none."""
        command = self.by_id(number, scope)
        self.writes += 1
        del self.scopes[scope][command["type"], command["name"]]

    def by_id(self, number: int, scope: int | None) -> Json:
        """Return the command with this id; Refused where there is none."""
        for command in self.listed(scope):
            if command["id"] == str(number):
                return command
        raise Refused(Code.UNKNOWN_COMMAND)

    def _store(self, body: Json, scope: int | None, old: dict[tuple[int, str], Json]) -> Json:
        key = (body.get("type") or CHAT, body["name"])
        number = old[key]["id"] if key in old else str(self._ids())
        stored = {"description": "", "options": [], "nsfw": False, "contexts": None} | body
        stored |= {"type": key[0], "id": number, "application_id": str(self._application)}
        stored |= {"version": str(self._ids()), "default_permission": True}
        bits = body.get("default_member_permissions")
        stored["default_member_permissions"] = None if bits is None else str(bits)
        if scope is not None:
            stored["guild_id"] = str(scope)
        self.scopes.setdefault(scope, {})[key] = stored
        return stored

    def find(self, kind: int, name: str, scope: int | None) -> Json:
        """Return the command that a user finds under this name; LookupError where there is none."""
        for place in dict.fromkeys((scope, None)):
            if (kind, name) in self.scopes.get(place, {}):
                return self.scopes[place][kind, name]
        have = sorted(key[1] for place in self.scopes.values() for key in place)
        raise LookupError(f"No command {name!r} of kind {kind} is registered; there are {have}.")
