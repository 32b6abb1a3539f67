"""`/claim` and “Check this claim”: what one person looks up, seen by that person alone."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.questions import Way
from handlers import lookups
from handlers.moderating import deeds as moderating
from handlers.outcomes import Card, Outcome
from handlers.slack import deeds, manifest
from handlers.slack.decoding import plain, said, titles
from handlers.slack.interactions import Caller, Counter, caller, guarded

_ANYTHING: Final = re.compile(r".*")
_FEW: Final = 3
"""Words from which on a text without a known verb is taken for a claim."""

_Lookup = Callable[[Counter, Caller, str], Awaitable[Outcome]]


def register(app: AsyncApp, counter: Counter) -> None:
    """Let `app` answer the command and the shortcut, and whatever else comes under the app's name."""

    async def command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        asker = caller(counter, body["channel_id"], body["user_id"], body.get("response_url"))
        text = str(body.get("text") or "")
        verb, rest = (*text.split(maxsplit=1), "", "")[:2]
        deed = deeds.VERBS.get(verb.casefold())
        if deed is not None:
            await guarded(counter, asker.whisper, deeds.command(counter, body, deed, rest))
        else:
            await guarded(counter, asker.whisper, _command(counter, asker, text))

    async def shortcut(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        message = body["message"]
        asker = caller(
            counter,
            body["channel"]["id"],
            body["user"]["id"],
            body.get("response_url"),
            # Shared, the answer stands below the message that holds the claim.
            thread=str(message.get("thread_ts") or message["ts"]),
            beside=message.get("thread_ts"),
        )
        await guarded(counter, asker.whisper, _check_message(counter, asker, message))

    async def other(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        channel = body.get("channel_id") or (body.get("channel") or {}).get("id")
        person = body.get("user_id") or (body.get("user") or {}).get("id")
        asker = caller(counter, str(channel), str(person), body.get("response_url"))
        await guarded(counter, asker.whisper, asker.show(Card()))

    app.command(manifest.COMMAND)(command)
    app.shortcut({"type": "message_action", "callback_id": manifest.CHECK_SHORTCUT})(shortcut)
    # An older manifest may still name what is not there any more.
    app.command(_ANYTHING)(other)
    app.shortcut(_ANYTHING)(other)


async def _command(counter: Counter, asker: Caller, text: str) -> None:
    verb, *rest = text.split(maxsplit=1)[:2] or [""]
    look_up = VERBS.get(verb.casefold())
    if look_up is None:
        # Whoever pastes a claim without “check” means the same.
        look_up = _check if len(text.split()) >= _FEW else _help
        rest = [text]
    # The help card costs nothing.
    refused = _refused(counter, asker) if look_up is not _help else None
    await asker.show(refused or await look_up(counter, asker, rest[0] if rest else ""))


async def _check_message(counter: Counter, asker: Caller, message: Mapping[str, Any]) -> None:
    text, unfurled = said(message, counter.reader.bot_user), titles(message)
    asked = (asker.place, asker.person, Way.SHORTCUT, text, unfurled)
    await asker.show(_refused(counter, asker) or await lookups.check(counter.services, *asked))


def _refused(counter: Counter, asker: Caller) -> Outcome | None:
    return lookups.refused(counter.services, asker.place, asker.person)


async def _check(counter: Counter, asker: Caller, text: str) -> Outcome:
    return await lookups.check(counter.services, asker.place, asker.person, Way.COMMAND, text)


async def _show(counter: Counter, asker: Caller, key: str) -> Outcome:
    return await lookups.show(counter.services, asker.place, plain(key)) if key else Card()


async def _search(counter: Counter, asker: Caller, words: str) -> Outcome:
    return await lookups.search(counter.services, asker.place, plain(words)) if words else Card()


async def _history(counter: Counter, asker: Caller, key: str) -> Outcome:
    if not key:
        return Card()
    actor = await counter.people.actor(asker.place, asker.person)
    return await moderating.past(counter.services, actor, plain(key))


async def _follow(counter: Counter, asker: Caller, key: str) -> Outcome:
    if not key:
        return Card()
    return await lookups.follow(counter.services, asker.place, asker.person, plain(key))


async def _help(counter: Counter, asker: Caller, _: str) -> Outcome:
    actor = await counter.people.actor(asker.place, asker.person)
    return Card(role=(await moderating.acting_as(counter.services, actor)).member.role)


VERBS: Final[Mapping[str, _Lookup]] = {
    "check": _check,
    "show": _show,
    "search": _search,
    "history": _history,
    "follow": _follow,
    "help": _help,
}
