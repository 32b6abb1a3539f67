"""Where somebody acts on Slack, and how what comes of it is shown there.

A modal is opened within three seconds of the act or not at all. What may take longer than `SOON` is
announced by a modal that says so, and is shown in that one when it is there.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from bot.actions import Action, decoded
from bot.buttons import Key
from bot.errors import CounterclaimError
from bot.paragraphs import Shape, paragraph, plain
from bot.records import record
from bot.wording import catalogue
from handlers.outcomes import Asked, Board, Gone, Outcome, Said
from handlers.replies import DEADLINE
from handlers.slack import boards
from handlers.slack.blocks import Block
from handlers.slack.interactions import Caller, Counter, caller, failure, private
from handlers.slack.refusals import CALL_ERRORS, fault

log = logging.getLogger(__name__)

SOON: Final = 1.2
"""Seconds after which somebody who waits is shown a modal that says so; Slack takes none after three."""

IN_VIEWS: Final = frozenset({Action.RECORD, Action.FOLLOW, Action.MINE, Action.NOT_MINE})
"""The buttons of a record that mean something in a modal, where nothing can be shared or taken away."""
_GONE: Final = frozenset({"message_not_found", "channel_not_found"})


@record
class Spot:
    """Where somebody acts: by a command, on a message, in the modal `view`, or on the Home tab (`home`).

    `trigger` lets one modal be opened, within three seconds. `message` is what is acted on, and
    `ephemeral` says that this person alone sees it, so that it may be replaced.
    """

    caller: Caller
    name: str | None
    trigger: str = ""
    view: str | None = None
    home: bool = False
    message: str = ""
    ephemeral: bool = False

    @property
    def metadata(self) -> str:
        """What a modal opened from here carries: the channel, for its buttons have none of their own."""
        return json.dumps({"channel": self.caller.place.channel})


def spot_of(counter: Counter, body: Mapping[str, Any]) -> Spot:
    """Return where the interaction in `body` was."""
    container, view, user = body.get("container") or {}, body.get("view") or {}, body.get("user") or {}
    is_home = view.get("type") == "home"
    channel = container.get("channel_id") or (body.get("channel") or {}).get("id") or body.get("channel_id")
    beside = container.get("thread_ts")
    acting = caller(
        counter,
        str(channel or held(view).get("channel") or ""),
        str(user.get("id") or body.get("user_id")),
        body.get("response_url"),
        thread=beside,
        beside=beside,
    )
    name = user.get("name") or user.get("username") or body.get("user_name")
    return Spot(
        caller=acting,
        name=str(name) if name else None,
        trigger=str(body.get("trigger_id") or ""),
        view=None if is_home or not view else str(view.get("id")),
        home=is_home,
        message=str(container.get("message_ts") or ""),
        ephemeral=bool(container.get("is_ephemeral")),
    )


def held(view: Mapping[str, Any]) -> dict[str, str]:
    """Return what we noted on a view when it was opened; empty where there is nothing of ours."""
    with suppress(ValueError):
        found = json.loads(view.get("private_metadata") or "{}")
        if isinstance(found, dict):
            return {str(key): str(value) for key, value in found.items()}
    return {}


async def outcome_of(counter: Counter, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Do the work and return what came of it, a sentence where it failed."""
    try:
        async with asyncio.timeout(DEADLINE):
            return await work
    except CounterclaimError as error:
        return Said(text=str(error))
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("a deed failed", extra={"ref": reference})
        counter.services.metrics.failed("slack", "interaction")
        return failure(reference)


async def carry(counter: Counter, spot: Spot, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Do the work, show what came of it where it was asked for, and return it."""
    task = asyncio.ensure_future(outcome_of(counter, work))
    try:
        await asyncio.wait({task}, timeout=SOON)
        if not task.done() and spot.view is None and spot.trigger:
            opened = await _opened(counter, spot, boards.loading(metadata=spot.metadata))
            if opened is not None:
                spot = replace(spot, view=opened, home=False)
        outcome = await task
    finally:
        task.cancel()
    await show(counter, spot, outcome)
    return outcome


async def show(counter: Counter, spot: Spot, outcome: Outcome) -> None:
    """Show `outcome` where it was asked for."""
    if isinstance(outcome, Gone):
        if spot.message:
            await take_away(counter, spot.caller, spot.message, private=spot.ephemeral)
    elif spot.view is not None:
        await _updated(counter, spot.view, view_of(outcome, spot))
    elif spot.home or isinstance(outcome, Asked):
        if await _opened(counter, spot, view_of(outcome, spot)) is None and isinstance(outcome, Asked):
            await spot.caller.show(_unopened(outcome))
    else:
        await spot.caller.show(outcome, in_place=spot.ephemeral and isinstance(outcome, Board))


async def take_away(counter: Counter, caller: Caller, message: str, *, private: bool) -> None:
    """Take a reply away; with `private`, one that this person alone sees."""
    if private:
        if caller.whisper is not None:
            await caller.whisper.remove()
        return
    try:
        await counter.client.chat_delete(channel=caller.place.channel, ts=message)
    except CALL_ERRORS as error:
        if fault(error).kind not in _GONE:
            log.warning("a reply could not be taken away: %s", fault(error).kind)
            await caller.show(Said(text=catalogue().say("press.not_posted")))
            return
    await counter.services.ledger.questions().dismiss(caller.place, message)


async def pushed(counter: Counter, spot: Spot, outcome: Outcome) -> None:
    """Show `outcome` above the modal that was acted in, or in it where no more modals fit."""
    view = view_of(outcome, spot, over=True)
    try:
        await counter.client.api_call("views.push", json={"trigger_id": spot.trigger, "view": view})
    except CALL_ERRORS as error:
        log.info("no modal could be put above another: %s", fault(error).kind)
        if spot.view is not None:
            await _updated(counter, spot.view, view)


def view_of(outcome: Outcome, spot: Spot, *, over: bool = False) -> Block:
    """Return the modal that shows `outcome`; `over` notes on it that it stands above another one."""
    if isinstance(outcome, Asked):
        return boards.form(outcome, channel=spot.caller.place.channel)
    channel = spot.caller.place.channel
    metadata = json.dumps({"channel": channel, "over": "1"} if over else {"channel": channel})
    if isinstance(outcome, Board):
        return boards.modal(outcome, metadata=metadata)
    if isinstance(outcome, Said):
        return boards.modal(boards.said(outcome.text), metadata=metadata)
    blocks = [kept for block in private(outcome)["blocks"] if (kept := _in_modal(block)) is not None]
    return {**boards.modal(Board(paragraphs=()), metadata=metadata), "blocks": blocks}


def _in_modal(block: Block) -> Block | None:
    """Return a block of a message without the buttons that mean nothing in a modal."""
    if block["type"] != "actions":
        return block
    buttons = [(each, decoded(each["action_id"])) for each in block["elements"]]
    staying = [each for each, button in buttons if button is not None and button.action in IN_VIEWS]
    return {**block, "elements": staying} if staying else None


def _unopened(asked: Asked) -> Board:
    """Return what is shown where a form could not be opened: the way to it."""
    say = catalogue().say
    return Board(
        paragraphs=(paragraph(Shape.TEXT, plain(say("slack.not_opened"))),),
        rows=((Key(label=say("slack.again"), text=f"cf:{asked.sheet}:{asked.page}"),),),
    )


async def _opened(counter: Counter, spot: Spot, view: Block) -> str | None:
    """Open a modal and return its id; None where Slack does not do it any more."""
    try:
        # Not `views_open`, which goes through every block in search of the library's own classes.
        done = await counter.client.api_call("views.open", json={"trigger_id": spot.trigger, "view": view})
    except CALL_ERRORS as error:
        log.warning("a modal could not be opened: %s", fault(error).kind)
        return None
    return str(done["view"]["id"])


async def _updated(counter: Counter, view_id: str, view: Block) -> None:
    try:
        await counter.client.api_call("views.update", json={"view_id": view_id, "view": view})
    except CALL_ERRORS as error:
        # Most often its person has closed it meanwhile.
        log.info("a modal could not be changed: %s", fault(error).kind)
