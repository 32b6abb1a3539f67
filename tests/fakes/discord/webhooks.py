"""The routes by which the bot answers an interaction: the callback, then the webhook that opens with it."""

from __future__ import annotations

import copy
from typing import Any, Final

from aiohttp import web

from tests.fakes.discord import schema
from tests.fakes.discord.bodies import (
    EPHEMERAL,
    LOADING,
    SILENT,
    SUPPRESS_EMBEDS,
    V2,
    check_choices,
    check_message,
    check_modal,
    refuse_empty,
)
from tests.fakes.discord.components import numbered
from tests.fakes.discord.forms import anything, fields, number
from tests.fakes.discord.interactions import (
    CHOICES,
    DEFER,
    DEFER_UPDATE,
    MESSAGE,
    MODAL,
    UPDATE,
    FakeInteraction,
    FakeModal,
    FakeResponse,
    takes,
)
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import Json
from tests.fakes.discord.refusals import Code, Faults, Refused
from tests.fakes.discord.rest import Rest, body_of

ANSWER_FLAGS: Final = SUPPRESS_EMBEDS | EPHEMERAL | SILENT | V2
EDIT_FLAGS: Final = SUPPRESS_EMBEDS | V2
_CALLBACK: Final = fields({"type": number(1, 12), "data": anything}, ("type",))


class Webhooks:
    """What the bot may do with the token of an interaction."""

    def __init__(self, rest: Rest) -> None:
        self._world = rest.world
        hook = "/webhooks/{application}/{token}"
        message = hook + "/messages/{message}"
        rest.route("POST", "/interactions/{interaction}/{token}/callback", self._callback, open_to_all=True)
        rest.route("POST", hook, self._follow_up, open_to_all=True)
        rest.route("GET", message, self._get, open_to_all=True)
        rest.route("PATCH", message, self._edit, open_to_all=True)
        rest.route("DELETE", message, self._delete, open_to_all=True)

    async def _callback(self, request: web.Request) -> Json | None:
        world = self._world
        text = request.match_info["interaction"]
        interaction = world.interactions.get(int(text) if text.isdecimal() else 0)
        if interaction is None or interaction.token != request.match_info["token"]:
            raise Refused(Code.UNKNOWN_INTERACTION)
        if interaction.responses:
            raise Refused(Code.ALREADY_ACKNOWLEDGED)
        if interaction.age > world.response_deadline:
            raise Refused(Code.UNKNOWN_INTERACTION)
        body = await body_of(request)
        self._check_callback(interaction, body)
        # Reading the body let others run: of two answers at once only the first counts.
        if interaction.responses:
            raise Refused(Code.ALREADY_ACKNOWLEDGED)
        response = self._respond(interaction, body)
        world.bell.ring(("interaction", interaction.id))
        if request.query.get("with_response") not in ("1", "true"):
            return None
        return self._described(interaction, response)

    def _check_callback(self, interaction: FakeInteraction, body: Any) -> None:
        faults = Faults()
        _CALLBACK(body, (), faults)
        kind = body.get("type") if isinstance(body, dict) else None
        data = (body.get("data") or {}) if isinstance(body, dict) else {}
        v2 = False
        if not faults.found and not takes(interaction, kind):
            faults.add(("type",), "BASE_TYPE_CHOICES", f"Type {kind} does not answer this interaction.")
        elif kind in (MESSAGE, DEFER):
            v2 = check_message(data, faults, path=("data",), known=ANSWER_FLAGS, v2=False, edit=True)
        elif kind == UPDATE and interaction.message is not None:
            old = interaction.message.v2
            v2 = check_message(data, faults, path=("data",), known=EDIT_FLAGS, v2=old, edit=True)
        elif kind == CHOICES:
            check_choices(data, ("data",), faults)
        elif kind == MODAL:
            check_modal(data, ("data",), faults)
        if self._world.schema is not None and kind in schema.CALLBACKS:
            self._world.schema.check(schema.CALLBACKS[kind], body, faults)
        self._world.judge(faults, f"answer to interaction {interaction.id}")
        if kind == MESSAGE:
            refuse_empty(data, v2=v2)

    def _respond(self, interaction: FakeInteraction, body: Json) -> FakeResponse:
        kind, data = body["type"], body.get("data") or {}
        message: FakeMessage | None = None
        if kind in (MESSAGE, DEFER):
            message = self._new(interaction, data if kind == MESSAGE else {"flags": data.get("flags")})
            if kind == DEFER:
                message.flags |= LOADING
            interaction.original = message
            self._world.store(message)
        elif kind in (DEFER_UPDATE, UPDATE):
            message = interaction.original = interaction.message
            if message is not None:
                interaction.edits_before = len(message.edits)
            if kind == UPDATE and message is not None:
                message.change(data)
                self._world.changed(message)
        elif kind == CHOICES:
            interaction.choices = data["choices"]
        else:
            components = numbered(copy.deepcopy(data["components"]))
            interaction.modal = FakeModal(interaction, data["custom_id"], data["title"], components)
        ephemeral = message is not None and message.ephemeral
        response = FakeResponse(kind, body, ephemeral, message)
        interaction.responses.append(response)
        return response

    def _new(self, interaction: FakeInteraction, data: Json) -> FakeMessage:
        viewer = interaction.user if (data.get("flags") or 0) & EPHEMERAL else None
        return self._world.bot_message(interaction.channel, data, interaction=interaction, viewer=viewer)

    def _described(self, interaction: FakeInteraction, response: FakeResponse) -> Json:
        told: Json = {"id": str(interaction.id), "type": interaction.kind}
        resource: Json = {"type": response.kind}
        if response.message is not None:
            told["response_message_id"] = str(response.message.id)
            told["response_message_loading"] = response.message.loading
            told["response_message_ephemeral"] = response.message.ephemeral
            resource["message"] = self._world.written(response.message)
        return {"interaction": told, "resource": resource}

    def _interaction(self, request: web.Request) -> FakeInteraction:
        """Return the interaction whose webhook this is: open from the callback on, for fifteen minutes."""
        found = self._world.by_token.get(request.match_info["token"])
        known = request.match_info["application"] == str(self._world.application)
        if found is None or not known or not found.responses:
            raise Refused(Code.UNKNOWN_WEBHOOK)
        if found.age > self._world.token_lifetime:
            raise Refused(Code.INVALID_WEBHOOK_TOKEN)
        return found

    def _message(self, request: web.Request) -> tuple[FakeInteraction, FakeMessage]:
        interaction = self._interaction(request)
        wanted = request.match_info["message"]
        if wanted == "@original":
            found = interaction.original
        else:
            mine = [one for one in (interaction.original, *interaction.followups) if one is not None]
            found = next((one for one in mine if str(one.id) == wanted), None)
        if found is None or found.deleted:
            raise Refused(Code.UNKNOWN_MESSAGE)
        return interaction, found

    async def _follow_up(self, request: web.Request) -> Json:
        interaction = self._interaction(request)
        body = await body_of(request)
        faults = Faults()
        v2 = check_message(body, faults, known=ANSWER_FLAGS, v2=False, edit=True)
        if self._world.schema is not None:
            self._world.schema.check(schema.FOLLOWUP, body, faults)
        self._world.judge(faults, f"follow-up to interaction {interaction.id}")
        refuse_empty(body, v2=v2)
        original = interaction.original
        if original is not None and original.loading:
            # The first follow-up to a deferred answer is that answer; who sees it was fixed by the deferral.
            self._fill(original, body)
        else:
            original = self._new(interaction, body)
            interaction.followups.append(original)
            self._world.store(original)
        self._world.bell.ring(("interaction", interaction.id))
        return self._world.written(original)

    def _fill(self, message: FakeMessage, body: Json) -> None:
        waiting = message.loading
        message.change(body)
        if waiting:
            # Nobody read what was there before: it is the answer, not an edit of one.
            message.edits.clear()
        self._world.changed(message)

    async def _get(self, request: web.Request) -> Json:
        return self._world.written(self._message(request)[1])

    async def _edit(self, request: web.Request) -> Json:
        interaction, message = self._message(request)
        body = await body_of(request)
        faults = Faults()
        v2 = check_message(body, faults, known=EDIT_FLAGS, v2=message.v2, edit=True)
        if self._world.schema is not None:
            self._world.schema.check(schema.FOLLOWUP_EDIT, body, faults)
        self._world.judge(faults, f"edit of an answer to interaction {interaction.id}")
        kept = {"content": message.content, "embeds": message.embeds, "components": message.components}
        refuse_empty(kept | body, v2=v2)
        self._fill(message, body)
        self._world.bell.ring(("interaction", interaction.id))
        return self._world.written(message)

    async def _delete(self, request: web.Request) -> None:
        interaction, message = self._message(request)
        message.deleted = True
        self._world.changed(message)
        self._world.bell.ring(("interaction", interaction.id))
