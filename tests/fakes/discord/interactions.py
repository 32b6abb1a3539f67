"""One interaction: somebody used a command, pressed a button or sent a form, and what the bot answered."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.discord.components import IN_LABEL, walk
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import DIRECT, FakeChannel, FakeGuild, FakeUser, Json
from tests.fakes.discord.waiting import DEADLINE, Bell

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
CHAT_MESSAGE, MENU_MESSAGE = 20, 23


@dataclass(eq=False)
class FakeModal:
    """A form that the bot showed to whoever used `interaction`."""

    interaction: FakeInteraction
    custom_id: str
    title: str
    components: list[Json]

    @property
    def inputs(self) -> dict[str, Json]:
        """Return the fields to be filled in, by their custom ids."""
        return {value["custom_id"]: value for value in walk(self.components) if value["type"] in IN_LABEL}

    @property
    def labels(self) -> dict[str, str]:
        """Return the custom ids of the fields by what stands over them."""
        found = {value["label"]: value["custom_id"] for value in self.inputs.values() if value.get("label")}
        for value in self.components:
            if "component" in value:
                found[value["label"]] = value["component"]["custom_id"]
        return found


@dataclass(frozen=True, slots=True)
class FakeResponse:
    """The bot's first answer: its type (4 to 9), its body, and the message that it made or changed."""

    kind: int
    body: Json
    ephemeral: bool
    message: FakeMessage | None = None


@dataclass(eq=False)
class FakeInteraction:
    """What a person did, and everything the bot answered to it.

    `kind`: 2 a command, 3 a press, 4 autocomplete, 5 a form. `responses` holds the first answer, at most one;
    `original` is the message that `@original` stands for; `followups` come after it.
    """

    id: int
    token: str
    kind: int
    user: FakeUser
    channel: FakeChannel
    data: Json
    bell: Bell
    message: FakeMessage | None = None
    responses: list[FakeResponse] = field(default_factory=list)
    original: FakeMessage | None = None
    followups: list[FakeMessage] = field(default_factory=list)
    modal: FakeModal | None = None
    choices: list[Json] | None = None
    edits_before: int = 0
    born: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Return the seconds since the person acted."""
        return time.monotonic() - self.born

    def grow_older(self, seconds: float) -> None:
        """Let it be as if `seconds` had gone by, so that no test has to wait fifteen minutes."""
        self.born -= seconds

    @property
    def response(self) -> FakeResponse | None:
        """Return the bot's first answer, if there is one."""
        return self.responses[0] if self.responses else None

    @property
    def ephemeral(self) -> bool:
        """Return whether the bot answered to this person alone."""
        return bool(self.responses) and self.responses[0].ephemeral

    @property
    def message_type(self) -> int:
        """Return the type of the messages that answer a command."""
        return CHAT_MESSAGE if self.data.get("type") == 1 else MENU_MESSAGE

    def metadata(self) -> Json:
        """Return what a message says about the interaction that it answers."""
        data: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": self.user.payload(),
            "authorizing_integration_owners": self._owners(),
        }
        if self.kind == COMPONENT and self.message is not None:
            data["interacted_message_id"] = str(self.message.id)
        if self.kind == SUBMIT:
            data["triggering_interaction_metadata"] = data | {"type": COMMAND}
        return data

    def _owners(self) -> Json:
        return {"0": "0" if self.channel.guild is None else str(self.channel.guild)}

    def payload(self, application: int, guild: FakeGuild, message: Json | None) -> Json:
        """Return INTERACTION_CREATE's data; `message` is the one with the component, already written out."""
        data: Json = {
            "id": str(self.id),
            "application_id": str(application),
            "type": self.kind,
            "data": self.data,
            "channel": self.channel.payload() | {"permissions": str(self.user.permissions)},
            "channel_id": str(self.channel.id),
            "token": self.token,
            "version": 1,
            "app_permissions": str(self.user.permissions),
            "locale": self.user.locale,
            "entitlements": [],
            "authorizing_integration_owners": self._owners(),
            "attachment_size_limit": 10_485_760,
        }
        if message is not None:
            data["message"] = message
        if self.channel.kind == DIRECT:
            return data | {"user": self.user.payload(), "context": 1}
        return data | {
            "guild_id": str(guild.id),
            "guild": guild.partial(),
            "guild_locale": guild.locale,
            "member": self.user.member(with_permissions=True),
            "context": 0,
        }

    def answer(self) -> FakeMessage | None:
        """Return the message that answers, once it says something: not while the bot is still thinking."""
        first = self.response
        if first is None:
            return None
        if first.kind in (CHOICES, MODAL):
            raise AssertionError(
                f"The bot answered with type {first.kind}, which is no message: {first.body}"
            )
        if first.kind == DEFER_UPDATE:
            if self.original is not None and len(self.original.edits) > self.edits_before:
                return self.original
            return self.followups[0] if self.followups else None
        if self.original is not None and not self.original.loading:
            return self.original
        return None

    async def wait_for_response(self, timeout: float = DEADLINE) -> FakeMessage:
        """Return the message that answers; a deferred answer counts when it was filled in."""
        what = f"an answer to interaction {self.id} ({self.data.get('name') or self.data.get('custom_id')})"
        return await self.bell.until(self.answer, what, key=("interaction", self.id), timeout=timeout)

    async def wait_for_first(self, timeout: float = DEADLINE) -> FakeResponse:
        """Return the bot's first answer, of whatever type: also a mere deferral."""
        what = f"any response to interaction {self.id}"
        return await self.bell.until(
            lambda: self.response, what, key=("interaction", self.id), timeout=timeout
        )

    async def wait_for_followup(self, number: int = 1, timeout: float = DEADLINE) -> FakeMessage:
        """Return the `number`th message after the first answer."""

        def look() -> FakeMessage | None:
            return self.followups[number - 1] if len(self.followups) >= number else None

        what = f"follow-up {number} of interaction {self.id}"
        return await self.bell.until(look, what, key=("interaction", self.id), timeout=timeout)

    async def wait_for_modal(self, timeout: float = DEADLINE) -> FakeModal:
        """Return the form that the bot shows."""
        first = await self.wait_for_first(timeout)
        if self.modal is None:
            raise AssertionError(f"The bot answered with type {first.kind}, not with a form: {first.body}")
        return self.modal

    async def wait_for_choices(self, timeout: float = DEADLINE) -> list[Json]:
        """Return the suggestions to a half-typed option, each with `name` and `value`."""
        first = await self.wait_for_first(timeout)
        if self.choices is None:
            raise AssertionError(f"The bot answered with type {first.kind}, not with choices: {first.body}")
        return self.choices


ALLOWED: Final[dict[int, tuple[int, ...]]] = {
    COMMAND: (MESSAGE, DEFER, MODAL),
    COMPONENT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
    SUBMIT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE),
}
"""The types of answer that each kind of interaction takes; updates only where there is a message."""


def takes(interaction: FakeInteraction, kind: Any) -> bool:
    """Return whether this type of answer fits the interaction."""
    if kind in (DEFER_UPDATE, UPDATE) and interaction.message is None:
        return False
    return kind in ALLOWED[interaction.kind]
