"""Buttons, and the form behind “Report a problem”: Slack's side of what `handlers.presses` decides."""

from __future__ import annotations

import json
import logging
import re
import secrets
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.actions import Action, Button, decoded, encoded
from bot.questions import Platform, Posted
from bot.wording import catalogue
from handlers import lookups, presses
from handlers.outcomes import Form, Gone, Outcome, Recorded, Said, Shared
from handlers.presses import Press
from handlers.replies import PostFailedError
from handlers.slack import deeds, manifest
from handlers.slack.decoding import place
from handlers.slack.fields import option
from handlers.slack.interactions import Caller, Counter, anchor, caller, failure, guarded, public
from handlers.slack.refusals import CALL_ERRORS, DEAD_TOKEN, fault
from handlers.slack.surfaces import IN_VIEWS, carry, held, outcome_of, pushed, spot_of, take_away

log = logging.getLogger(__name__)

FIELD: Final = "problem"
WRONG: Final = "wrong"
LONGEST_REPORT: Final = 3_000
"""Characters of a report: what a field of a form holds at most."""

_ANYTHING: Final = re.compile(r".*")
_DOUBTFUL: Final = "doubtful"
_UNPOSTED: Final = {
    "channel_not_found": "press.not_in_channel",
    "not_in_channel": "press.not_in_channel",
    _DOUBTFUL: "press.doubtful",
}
"""What is said where something was not shared, by the kind of the fault."""
_NOT_DONE: Final = DEAD_TOKEN | {"ratelimited"}
"""Faults by which Slack says that it did nothing."""


def register(app: AsyncApp, counter: Counter) -> None:
    """Let `app` answer every button and the form."""

    async def press(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        container, action = body["container"], body["actions"][0]
        name = str(action.get("action_id", ""))
        if deeds.is_deed(name) or container.get("type") == "view":
            work = deeds.press(counter, body, name) if deeds.is_deed(name) else _press_in_view(counter, body)
            await guarded(counter, spot_of(counter, body).caller.whisper, work)
            return
        beside = container.get("thread_ts")
        presser = caller(
            counter,
            container.get("channel_id") or body["channel"]["id"],
            body["user"]["id"],
            body.get("response_url"),
            thread=anchor(action) or beside,
            beside=beside,
        )
        await guarded(counter, presser.whisper, _press(counter, presser, body))

    async def submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        # Storing takes no longer than acking, and the ack is what the person sees.
        with counter.hands.holding():
            where, person = place(counter.reader.team, ""), body["user"]["id"]
            refused = lookups.refused(counter.services, where, person)
            if refused is not None:
                # Beside the field, so that what was written there is not lost.
                await ack(response_action="errors", errors={FIELD: refused.text})
                return
            await ack(response_action="update", view=_told(await _reported(counter, body)))

    async def other(ack: AsyncAck) -> None:
        await ack()

    app.action(_ANYTHING)(press)
    app.view(manifest.REPORT_FORM)(submit)
    # The form's last page has nothing to submit; an older form may still be open somewhere.
    app.view(_ANYTHING)(other)
    app.view_closed(_ANYTHING)(other)


async def _press(counter: Counter, presser: Caller, body: dict[str, Any]) -> None:
    refused = lookups.refused(counter.services, presser.place, presser.person)
    if refused is not None:
        await presser.show(refused)
        return
    container = body["container"]
    button = decoded(str(body["actions"][0].get("action_id", "")))
    if button is None:
        await presser.show(Said(text=catalogue().say("press.unknown")))
        return
    private = bool(container.get("is_ephemeral"))
    message = str(container["message_ts"])
    pressed = Press(
        button=button,
        place=presser.place,
        message=message,
        person=presser.person,
        moderator=await _moderates(counter, button, presser.person),
        asker=await _is_askers(counter, button, presser.person),
        private=private,
    )
    if button.action is Action.REPORT:
        # Slack takes a form within three seconds of the press, so nothing comes before it.
        outcome: Outcome = Form(button=button)
    else:
        outcome = await presses.pressed(counter.services, pressed)
    match outcome:
        case Form(button=named):
            await _open_form(counter, presser, named, str(body.get("trigger_id", "")))
        case Gone():
            await take_away(counter, presser, message, private=private)
        case Shared():
            await _share(counter, presser, outcome, message=message, private=private)
        case _:
            await presser.show(outcome, in_place=isinstance(outcome, Recorded) and outcome.is_turned)


async def _press_in_view(counter: Counter, body: dict[str, Any]) -> None:
    """Do what a button of a record asks for that stands in a modal or on the Home tab."""
    spot = spot_of(counter, body)
    button = decoded(str(body["actions"][0].get("action_id", "")))

    async def work() -> Outcome:
        if button is None or button.action not in IN_VIEWS:
            return Said(text=catalogue().say("press.unknown"))
        press = Press(
            button=button, place=spot.caller.place, message="", person=spot.caller.person, private=True
        )
        refused = lookups.refused(counter.services, press.place, press.person)
        return refused or await presses.pressed(counter.services, press)

    if spot.view is not None and "over" not in held(body["view"]):
        await pushed(counter, spot, await outcome_of(counter, work()))
    else:
        await carry(counter, spot, work())


async def _moderates(counter: Counter, button: Button, person: str) -> bool:
    """Say whether somebody is a moderator by the configuration; asked for only where it matters."""
    if button.action is not Action.DISMISS:
        return False
    section = counter.services.settings.slack
    named = {*section.moderators, *section.admins}
    return person in named or not named.isdisjoint(await counter.people.groups(person))


async def _is_askers(counter: Counter, button: Button, person: str) -> bool:
    if button.action is not Action.DISMISS or button.question is None:
        return False
    return await counter.services.ledger.questions().is_askers(button.question, Platform.SLACK, person)


async def _share(counter: Counter, presser: Caller, shared: Shared, *, message: str, private: bool) -> None:
    if shared.question in counter.sharing:
        await presser.show(Said(text=catalogue().say("press.sharing")))
        return
    counter.sharing.add(shared.question)
    try:
        posted = await _posted(counter, presser, shared, message)
        questions = counter.services.ledger.questions()
        await questions.remember(presser.place, shared.question, posted, shared.answer)
        said = "press.shared"
    except PostFailedError as error:
        counter.services.metrics.failed(Platform.SLACK, error.kind)
        said = _UNPOSTED.get(
            error.kind, "press.not_posted" if error.wait is not None else "press.may_not_write"
        )
    finally:
        counter.sharing.discard(shared.question)
    # Without its button the answer cannot be shared a second time by mistake.
    done = said == "press.shared"
    await presser.show(Said(text=catalogue().say(said)), in_place=private and done)


async def _posted(counter: Counter, presser: Caller, shared: Shared, message: str) -> Posted:
    """Post what is shared, unless an earlier press did; `message` is the one that was pressed on.

    Raises:
        PostFailedError: It is not seen to stand there. With the kind `_DOUBTFUL` it may stand there.
    """
    channel, thread = presser.place.channel, presser.thread
    # Whatever was shared from a message is younger than it, by Slack's own clock.
    found = await counter.poster.found(channel, thread, shared.question, since=message)
    if found is not None:
        return found
    try:
        return await counter.poster.send(channel, thread, public(shared), shared.question)
    except PostFailedError as error:
        if error.wait is None or error.kind in _NOT_DONE:
            raise
        # Only the ok may be lost: whoever is told that nothing was posted would post it twice.
        failed = error
    try:
        found = await counter.poster.found(channel, thread, shared.question, since=message)
    except PostFailedError:
        raise PostFailedError(_DOUBTFUL, failed.wait) from None
    if found is not None:
        return found
    # That it was not found says something only where the bot may look.
    raise failed if await _may_read(counter, channel) else PostFailedError(_DOUBTFUL, failed.wait)


async def _may_read(counter: Counter, channel: str) -> bool:
    try:
        await counter.client.conversations_history(channel=channel, limit=1)
    except CALL_ERRORS:
        return False
    return True


async def _open_form(counter: Counter, presser: Caller, button: Button, trigger: str) -> None:
    try:
        await counter.client.views_open(trigger_id=trigger, view=_form(button, presser.place.channel))
    except CALL_ERRORS as error:
        log.warning("a form could not be opened: %s", fault(error).kind)
        await presser.show(Said(text=catalogue().say("press.not_posted")))


def _form(button: Button, channel: str) -> dict[str, Any]:
    say = catalogue().say
    options = {each: option(each.value, label) for each, label in presses.wrong_words().items()}
    element = {
        "type": "plain_text_input",
        "action_id": FIELD,
        "multiline": True,
        "max_length": LONGEST_REPORT,
    }
    return {
        "type": "modal",
        "callback_id": manifest.REPORT_FORM,
        "private_metadata": json.dumps({"button": encoded(button), "channel": channel}),
        "title": _plain(say("report.title")),
        "submit": _plain(say("report.send")),
        "close": _plain(say("report.cancel")),
        "blocks": [
            {
                "type": "input",
                "block_id": WRONG,
                "label": _plain(say("report.wrong")),
                "element": {
                    "type": "static_select",
                    "action_id": WRONG,
                    "options": list(options.values()),
                    "initial_option": options[presses.Wrong.RECORD],
                },
            },
            {
                "type": "input",
                "block_id": FIELD,
                "label": _plain(say("report.label")),
                "hint": _plain(say("report.hint")),
                "element": element,
            },
        ],
    }


def _told(text: str) -> dict[str, Any]:
    """Return the last page of the form: one sentence."""
    say = catalogue().say
    return {
        "type": "modal",
        "title": _plain(say("report.title")),
        "close": _plain(say("report.close")),
        "blocks": [{"type": "section", "text": _plain(text)}],
    }


async def _reported(counter: Counter, body: dict[str, Any]) -> str:
    """Store a report and return what to say."""
    try:
        view = body["view"]
        held = json.loads(view["private_metadata"])
        button = decoded(held["button"])
        if button is None:
            return catalogue().say("press.unknown")
        values = view["state"]["values"]
        text = values[FIELD][FIELD]["value"] or ""
        wrong = values.get(WRONG, {}).get(WRONG, {}).get("selected_option") or {}
        where = place(counter.reader.team, held["channel"])
        outcome = await presses.reported(
            counter.services, button, where, body["user"]["id"], text, presses.chosen(wrong.get("value"))
        )
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("a report failed", extra={"ref": reference})
        return failure(reference).text
    return outcome.text if isinstance(outcome, Said) else catalogue().say("report.thanks")


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
