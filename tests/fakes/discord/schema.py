"""The second opinion on a body: Discord's own description of its API, where the checkout has it beside it."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from tests.fakes.discord.refusals import Faults
from tests.fakes.discord.refusals import Path as Place

BESIDE: Final = Path(__file__).parents[4] / "shared" / "data" / "discord-openapi.json"
"""Where the description lies if it lies beside the checkout."""

MESSAGE: Final = "MessageCreateRequest"
MESSAGE_EDIT: Final = "MessageEditRequestPartial"
FOLLOWUP: Final = "IncomingWebhookRequestPartial"
FOLLOWUP_EDIT: Final = "IncomingWebhookUpdateRequestPartial"
COMMAND: Final = "ApplicationCommandUpdateRequest"
CALLBACKS: Final = {
    4: "CreateMessageInteractionCallbackRequest",
    5: "CreateMessageInteractionCallbackRequest",
    6: "UpdateMessageInteractionCallbackRequest",
    7: "UpdateMessageInteractionCallbackRequest",
    8: "ApplicationCommandAutocompleteCallbackRequest",
    9: "ModalInteractionCallbackRequest",
}
"""The name in the description for each type of answer to an interaction."""


class Schema:
    """Validators by the names of Discord's description, each made once."""

    def __init__(self, description: dict[str, Any]) -> None:
        schemas = description["components"]["schemas"]
        # Discord takes ids as numbers too, and discord.py sends them so; the description knows text alone.
        ids = schemas["SnowflakeType"] | {"type": ["string", "integer"]}
        schemas = schemas | {"SnowflakeType": ids}
        self._components = {"schemas": {name: _sorted_out(one, schemas) for name, one in schemas.items()}}
        self._made: dict[str, Draft202012Validator] = {}

    def check(self, name: str, body: Any, faults: Faults, path: Place = ()) -> None:
        """Add to `faults` what the description `name` says is wrong with `body`."""
        if name not in self._made:
            top = {"$ref": f"#/components/schemas/{name}", "components": self._components}
            self._made[name] = Draft202012Validator(top)
        validator = self._made[name]
        if validator.is_valid(body):
            return
        error = best_match(validator.iter_errors(body))
        faults.add((*path, *error.absolute_path), "OPENAPI", error.message[:300])


def _sorted_out(part: Any, schemas: dict[str, Any]) -> Any:
    """Return a part of the description in which a choice by `type` looks at the type first.

    A plain `oneOf` tries every kind of component on every component, down the whole tree: 100 times slower,
    and it says of a fault only that nothing fits.
    """
    if isinstance(part, list):
        return [_sorted_out(one, schemas) for one in part]
    if not isinstance(part, dict):
        return part
    names = [
        str(one.get("$ref", "")).rpartition("/")[2] for one in part.get("oneOf", ()) if isinstance(one, dict)
    ]
    kinds = [schemas.get(name, {}).get("properties", {}).get("type", {}).get("enum") for name in names]
    if not kinds or not all(kinds):
        return {name: _sorted_out(one, schemas) for name, one in part.items()}
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": [kind for each in kinds for kind in each]}},
        "allOf": [
            {"if": {"properties": {"type": {"enum": each}}}, "then": {"$ref": f"#/components/schemas/{name}"}}
            for name, each in zip(names, kinds, strict=True)
        ],
    }


@functools.cache
def schema_at(path: Path) -> Schema | None:
    """Return the description in this file, read once a process, or None where there is no such file."""
    return Schema(json.loads(path.read_text("utf-8"))) if path.is_file() else None
