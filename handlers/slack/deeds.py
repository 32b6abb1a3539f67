"""Keeping the ledger from Slack: `/claim VERB`, “Add to the ledger”, buttons, forms and what they suggest.

What may be done by whom is decided in `handlers.moderating.deeds`, at the moment of doing it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot import desk
from bot.moderation.deeds import COMMANDS, Deed, Do, decoded
from bot.moderation.forms import Suggest
from bot.moderation.members import Member
from bot.questions import Platform
from bot.wording import catalogue
from handlers import lookups
from handlers.drafting import Given
from handlers.moderating import deeds
from handlers.moderating.deeds import Actor
from handlers.outcomes import Asked, Outcome, Said
from handlers.slack import boards, fields, manifest
from handlers.slack.blocks import Block
from handlers.slack.decoding import plain, readable, said
from handlers.slack.files import brought
from handlers.slack.interactions import Counter, guarded
from handlers.slack.refusals import CALL_ERRORS, fault
from handlers.slack.surfaces import Spot, carry, held, outcome_of, show, spot_of, view_of

log = logging.getLogger(__name__)

VERBS: Final[Mapping[str, Deed]] = {each.value: each for each in COMMANDS}
"""What is typed after `/claim`, and the deed that it asks for."""

ACK: Final = 1.5
"""Seconds that a submitted form waits for what comes of it; Slack waits three, the way there included."""

_LISTS: Final = frozenset({Deed.QUEUE, Deed.DRAFTS})
"""What the Home tab shows, page by page."""
_READING: Final = _LISTS | {Deed.REVIEW, Deed.PRIVACY}
"""What changes nothing that the Home tab shows."""

_SUGGESTING: Final = 2.0
"""Seconds that suggestions may take; later ones come too late for Slack."""
_SUGGESTED: Final = 20
_SUGGESTERS: Final = re.compile(rf"{fields.SUGGEST}.*")
_SHEET: Final = re.compile(r"cf:([^:]+):[0-9]{1,4}")


def register(app: AsyncApp, counter: Counter) -> None:
    """Let `app` answer the shortcut and the forms of those who keep the ledger."""

    async def shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        spot = spot_of(counter, body)
        await guarded(counter, spot.caller.whisper, _add(counter, spot, body))

    async def draft(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        spot, message = spot_of(counter, body), body["message"]

        async def bring() -> Given:
            return await _of_message(counter, message)

        await guarded(counter, spot.caller.whisper, _drafted(counter, spot, bring))

    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        with counter.hands.holding():
            await _submitted(counter, ack, body)

    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await guarded(counter, None, _kept(counter, body))

    async def suggest(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack(options=await _suggested(counter, body))

    app.shortcut({"type": "message_action", "callback_id": manifest.ADD_SHORTCUT})(shortcut)
    app.shortcut({"type": "message_action", "callback_id": manifest.DRAFT_SHORTCUT})(draft)
    app.view(manifest.DEED_FORM)(submit)
    app.view_closed(manifest.DEED_FORM)(closed)
    app.options(_SUGGESTERS)(suggest)


async def command(counter: Counter, body: Mapping[str, Any], deed: Deed, words: str) -> None:
    """Do what `/claim DEED words` asks for."""
    if deed is Deed.DRAFT and words.strip():

        async def bring() -> Given:
            return Given(text=plain(words))

        await _drafted(counter, spot_of(counter, body), bring)
        return
    await _carried(counter, spot_of(counter, body), Do(deed=deed), plain(words))


def is_deed(action: str) -> bool:
    """Say whether `action` stands for a button of those who keep the ledger."""
    return decoded(action) is not None or _SHEET.fullmatch(action) is not None


async def press(counter: Counter, body: Mapping[str, Any], action: str) -> None:
    """Do what the button `action` (one of `is_deed`) asks for."""
    spot = spot_of(counter, body)
    do = decoded(action)
    if do is not None:
        if spot.home and do.deed in _LISTS and not do.ref and _refused(counter, spot) is None:
            # The tab itself turns its page; what it shows is decided where it is made.
            await counter.people.actor(spot.caller.place, spot.caller.person, spot.name)
            counter.homes.turned(spot.caller.person, do.page)
            return
        await _carried(counter, spot, do, "")
        return
    named = _SHEET.fullmatch(action)
    if named is not None and not await _is_too_much(counter, spot):
        await carry(counter, spot, _reopened(counter, spot, named[1]))


async def _drafted(counter: Counter, spot: Spot, bring: Callable[[], Awaitable[Given]]) -> None:
    """Make drafts of what is brought: said at once, shown in a message when they are there."""
    if await _is_too_much(counter, spot):
        return
    await spot.caller.show(Said(text=catalogue().say("draft.working")))
    actor = await _actor(counter, spot)
    await spot.caller.show(await deeds.drafts_of(counter.services, actor, bring))
    counter.homes.refresh(spot.caller.person)


async def _of_message(counter: Counter, message: Mapping[str, Any]) -> Given:
    """Return the first file on a message, or its text where there is none."""
    files = message.get("files") or ()
    if files:
        api_url = counter.services.settings.slack.api_url
        return await brought(files[0], str(counter.client.token), api_url)
    return Given(text=readable(said(message, counter.reader.bot_user)))


async def _carried(counter: Counter, spot: Spot, do: Do, words: str) -> None:
    if not await _is_too_much(counter, spot):
        await carry(counter, spot, _done(counter, spot, do, words))
        if do.deed not in _READING:
            counter.homes.refresh(spot.caller.person)


async def _done(counter: Counter, spot: Spot, do: Do, words: str) -> Outcome:
    return await deeds.done(counter.services, await _actor(counter, spot), do, words)


async def _reopened(counter: Counter, spot: Spot, sheet: str) -> Outcome:
    # A modal shows a form whole, whatever page the button names.
    return await deeds.opened(counter.services, await _actor(counter, spot), sheet, None)


async def _filled(counter: Counter, spot: Spot, sheet: str, typed: Mapping[str, str]) -> Outcome:
    return await deeds.filled(counter.services, await _actor(counter, spot), sheet, None, typed)


async def _actor(counter: Counter, spot: Spot) -> Actor:
    return await counter.people.actor(spot.caller.place, spot.caller.person, spot.name)


def _refused(counter: Counter, spot: Spot) -> Said | None:
    return lookups.refused(counter.services, spot.caller.place, spot.caller.person)


async def _is_too_much(counter: Counter, spot: Spot) -> bool:
    """Say whether this person acts too often, and tell them so."""
    refused = _refused(counter, spot)
    if refused is not None:
        await show(counter, spot, refused)
    return refused is not None


async def _add(counter: Counter, spot: Spot, body: Mapping[str, Any]) -> None:
    message = body["message"]
    if await _is_too_much(counter, spot):
        return

    async def added() -> Outcome:
        link = await _permalink(counter, spot.caller.place.channel, str(message["ts"]))
        text = readable(said(message, counter.reader.bot_user))
        return await deeds.begun(counter.services, await _actor(counter, spot), text, link)

    await carry(counter, spot, added())


async def _permalink(counter: Counter, channel: str, ts: str) -> str:
    """Return the address of a message; empty where Slack does not tell it."""
    try:
        found = await counter.client.chat_getPermalink(channel=channel, message_ts=ts)
    except CALL_ERRORS as error:
        log.info("the address of a message is not known: %s", fault(error).kind)
        return ""
    return str(found.get("permalink") or "")


async def _submitted(counter: Counter, ack: AsyncAck, body: Mapping[str, Any]) -> None:
    """Hand a form in, and answer with what is wrong at its fields, or with what came of it."""
    spot, view = spot_of(counter, body), body["view"]
    refused = _refused(counter, spot)
    if refused is not None:
        # Beside the first field, so that what was typed is not lost.
        block = next((each["block_id"] for each in view["blocks"] if each["type"] == "input"), "")
        await ack(response_action="errors", errors={block: refused.text})
        return
    sheet = held(view).get("sheet", "")
    work = _filled(counter, spot, sheet, fields.typed(view, sheet))
    task = asyncio.ensure_future(outcome_of(counter, work))
    await asyncio.wait({task}, timeout=ACK)
    if task.done():
        await ack(**_answer(task.result(), spot, view))
    else:
        await ack(response_action="update", view=boards.loading(metadata=spot.metadata))
        await show(counter, spot, await task)
    counter.homes.refresh(spot.caller.person)


def _answer(outcome: Outcome, spot: Spot, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a submitted form is answered: the faults at its fields, or what takes its place."""
    if isinstance(outcome, Asked) and outcome.faults:
        errors = fields.errors(outcome.faults, outcome)
        if errors.keys() <= {each.get("block_id") for each in view["blocks"]}:
            return {"response_action": "errors", "errors": errors}
    return {"response_action": "update", "view": view_of(outcome, spot)}


async def _kept(counter: Counter, body: Mapping[str, Any]) -> None:
    """Keep what was typed into a form that was closed, as far as Slack sends it."""
    spot, view = spot_of(counter, body), body["view"]
    sheet = held(view).get("sheet", "")
    typed = {name: text for name, text in fields.typed(view, sheet).items() if text}
    if not sheet or not typed:
        return
    tenant, person = spot.caller.place.tenant, spot.caller.person
    member = Member(
        workspace=counter.services.settings.workspace_of(Platform.SLACK, tenant),
        key=f"{Platform.SLACK}:{tenant}:{person}",
        name=spot.name or person,
    )
    await counter.services.ledger.moderation().type_into(member, sheet, typed)


async def _suggested(counter: Counter, body: Mapping[str, Any]) -> list[Block]:
    """Return what a menu offers for what was typed into it so far; that itself where nothing is found."""
    words = str(body.get("value") or "")
    kind = str(body.get("action_id", "")).removeprefix(fields.SUGGEST).partition(":")[0]
    blocks = (body.get("view") or {}).get("blocks") or ()
    optional = any(each.get("block_id") == body.get("block_id") and each.get("optional") for each in blocks)
    try:
        async with asyncio.timeout(_SUGGESTING):
            found = await _found(counter, spot_of(counter, body), kind, words)
    except Exception as error:  # noqa: BLE001 - a field without suggestions can still be filled in
        why, reference = type(error).__name__, secrets.token_hex(4)
        log.warning("nothing could be suggested: %s", why, extra={"ref": reference})
        found = []
    return fields.suggestions(words, found, optional=optional, empty=catalogue().say("slack.nothing"))


async def _found(counter: Counter, spot: Spot, kind: str, words: str) -> list[tuple[str, str]]:
    view = counter.services.view(spot.caller.place)
    if kind == Suggest.SPEAKER:
        speakers = await counter.services.ledger.moderation().speakers(view, words)
        return [(each.name, each.name) for each in speakers[:_SUGGESTED]]
    if kind == Suggest.CLAIM:
        claims = await desk.matches(counter.services.ledger, words, view=view)
        return [(each.id, each.text) for each in claims[:_SUGGESTED]]
    return []
