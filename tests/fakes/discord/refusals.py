"""How Discord says no: status, code and sentence, and for an ill-formed body the faults field by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

Path = tuple[str | int, ...]


class Code(Enum):
    """The refusals of Discord that the fake gives: HTTP status, Discord's code, Discord's sentence."""

    UNAUTHORIZED = (401, 0, "401: Unauthorized")
    NOT_FOUND = (404, 0, "404: Not Found")
    UNKNOWN_APPLICATION = (404, 10002, "Unknown Application")
    UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
    UNKNOWN_GUILD = (404, 10004, "Unknown Guild")
    UNKNOWN_MEMBER = (404, 10007, "Unknown Member")
    UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
    UNKNOWN_USER = (404, 10013, "Unknown User")
    UNKNOWN_EMOJI = (400, 10014, "Unknown Emoji")
    UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
    UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
    UNKNOWN_COMMAND = (404, 10063, "Unknown application command")
    TOO_MANY_OLD_EDITS = (
        429,
        30046,
        "Maximum number of edits to messages older than 1 hour reached. Try again later",
    )
    ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
    MISSING_ACCESS = (403, 50001, "Missing Access")
    NOT_AUTHOR = (403, 50005, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
    CANNOT_MESSAGE_USER = (403, 50007, "Cannot send messages to this user")
    MISSING_PERMISSIONS = (403, 50013, "Missing Permissions")
    INVALID_WEBHOOK_TOKEN = (401, 50027, "Invalid Webhook Token")
    INVALID_FORM = (400, 50035, "Invalid Form Body")
    THREAD_ARCHIVED = (400, 50083, "Thread is archived")
    INVALID_JSON = (400, 50109, "The request body contains invalid JSON.")


ILL_FORMED: Final = frozenset(
    {
        Code.NOT_FOUND,
        Code.EMPTY_MESSAGE,
        Code.INVALID_FORM,
        Code.INVALID_JSON,
    }
)
"""Refusals that a correct client never meets, whatever its users do."""


@dataclass
class Refused(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """The answer to a request is no."""

    code: Code
    errors: dict[str, Any] | None = None
    wait: float | None = None
    """Seconds after which it may be asked again, where that is why."""

    foreseen: bool = False
    """Whether a correct client may meet it, for what others do."""

    def body(self) -> dict[str, Any]:
        """Return the JSON body that Discord answers with."""
        _, number, sentence = self.code.value
        body: dict[str, Any] = {"message": sentence, "code": number}
        if self.wait is not None:
            body |= {"retry_after": self.wait, "global": False}
        return body | {"errors": self.errors} if self.errors else body


@dataclass
class Faults:
    """What is wrong with one body: each fault at its path, and the fields that Discord does not know."""

    found: list[tuple[Path, str, str]] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)

    def add(self, path: Path, code: str, sentence: str) -> None:
        """Note a fault at `path` with Discord's error code and sentence."""
        self.found.append((path, code, sentence))

    def tree(self) -> dict[str, Any]:
        """Return the faults as Discord nests them."""
        top: dict[str, Any] = {}
        for path, code, sentence in self.found:
            place = top
            for part in path:
                place = place.setdefault(str(part), {})
            place.setdefault("_errors", []).append({"code": code, "message": sentence})
        return top

    def raise_any(self) -> None:
        """Raise Refused if anything was found."""
        if self.found:
            raise Refused(Code.INVALID_FORM, self.tree())
