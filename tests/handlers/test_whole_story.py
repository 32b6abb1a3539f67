"""One entry's whole life, kept from inside each platform and read on both, one ledger, real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.actions import Action
from bot.moderation.deeds import Deed, decoded
from bot.moderation.members import Role
from bot.store.ledger import Ledger
from tests.handlers.desks import Desk, desks
from tests.handlers.mending import told
from tests.handlers.serving import settled
from tests.handlers.slack.keeping import BRIDGE, STATEMENT

WORDS = STATEMENT["text"]
MENDED = "The bridge was closed for eight days."


async def reviewed(desk: Desk) -> str:
    """Let the reviewer approve what waits, as a correction where that is asked, and return what is said."""
    queue = await desk.typed(Role.REVIEWER, "queue")
    card = await desk.press(Role.REVIEWER, queue, queue.key(Deed.REVIEW))
    came = await desk.press(Role.REVIEWER, card, card.key(Deed.APPROVE))
    if "Approved" not in came.text:
        came = await desk.fill(Role.REVIEWER, came, {"classed": "corrected"})
    assert "Approved" in came.text
    return came.text


async def added(desk: Desk, text: str = BRIDGE) -> None:
    """Let the contributor type an entry in by form, with one statement, and hand it in."""
    form = await desk.typed(Role.CONTRIBUTOR, "add", text=text)
    draft = await desk.fill(Role.CONTRIBUTOR, form, {"story": "The bridges of Fen"})
    form = await desk.press(Role.CONTRIBUTOR, draft, draft.key(Deed.STATEMENT))
    draft = await desk.fill(Role.CONTRIBUTOR, form, STATEMENT)
    said = await desk.press(Role.CONTRIBUTOR, draft, draft.key(Deed.SUBMIT))
    assert "Handed in" in said.text


async def corrected(desk: Desk, claim: str) -> None:
    """Let the contributor change the words of the statement, and hand that in with a reason."""
    draft = await desk.typed(Role.CONTRIBUTOR, "edit", claim=claim)
    key = next(each for each in draft.keys if (do := decoded(each)) and do.ref.endswith("/0"))
    listed = await desk.press(Role.CONTRIBUTOR, draft, key)
    form = await desk.press(Role.CONTRIBUTOR, listed, listed.key(Deed.STATEMENT))
    draft = await desk.fill(Role.CONTRIBUTOR, form, {"text": MENDED})
    form = await desk.press(Role.CONTRIBUTOR, draft, draft.key(Deed.SUBMIT))
    said = await desk.fill(Role.CONTRIBUTOR, form, {"reason": "The Courier counted again."})
    assert "Somebody else reviews it" in said.text


@pytest.mark.parametrize("at", ["slack", "discord"])
async def test_the_whole_story_of_an_entry(ledger: Ledger, tmp_path: Path, at: str) -> None:
    """Added, reviewed by another, answered, followed, corrected, withdrawn: what was posted stays true."""
    async with desks(ledger, tmp_path) as both:
        desk, everywhere = both[at], both.values()
        for each in everywhere:
            assert "Nothing on file" in (await each.asked(BRIDGE)).text
        await added(desk)
        for each in everywhere:
            assert "Nothing on file" in (await each.asked(BRIDGE)).text, "nobody has vetted it yet"
        await reviewed(desk)
        (entry,) = await ledger.claims()

        replies = [(each, await each.asked(BRIDGE)) for each in everywhere]
        await settled(ledger)
        for each, reply in replies:
            assert "On record" in reply.text
            assert WORDS in reply.text
            assert "one person" not in reply.text
            said = await each.press(Role.READER, reply, reply.action(Action.FOLLOW))
            assert "You follow this claim now" in said.text
        before = {each: each.direct(Role.READER) for each in everywhere}

        await corrected(desk, entry.id)
        await told(ledger)
        for each, reply in replies:
            assert WORDS in each.again(reply).text, "readers go on seeing what was vetted"
            assert each.edits(reply) == 0
        await reviewed(desk)
        await told(ledger)
        for each, reply in replies:
            now = each.again(reply).text
            assert MENDED in now
            assert WORDS not in now
            assert "Corrected on" in now
            assert each.edits(reply) == 1
            (line,) = each.lines(reply)
            assert line.startswith("Corrected on")
            (message,) = each.direct(Role.READER)[len(before[each]) :]
            assert message.count("Corrected: ") == 1

        why = "The source was taken back."
        said = await desk.typed(Role.MODERATOR, "withdraw", claim=entry.id, reason=why)
        assert "Withdrawn" in said.text
        await told(ledger)
        for each, reply in replies:
            left = each.again(reply).text
            for word in (WORDS, MENDED, BRIDGE, "Quill", "Courier", "courier.example", "Fen", why):
                assert word not in left
            assert "was withdrawn on" in left
            _, line = each.lines(reply)
            assert line.startswith("Withdrawn on")
            _, message = each.direct(Role.READER)[len(before[each]) :]
            assert "1 entry that you follow was withdrawn" in message
            assert "Nothing on file" in (await each.asked(BRIDGE)).text
            assert each.pings() == 0
        await asyncio.sleep(1.2)
        assert [len(each.direct(Role.READER)) - len(before[each]) for each in everywhere] == [2, 2]
        assert desk.direct(Role.CONTRIBUTOR), "the author is told what came of it"


@pytest.mark.parametrize("at", ["slack", "discord"])
async def test_the_whole_past_of_an_entry_is_there_for_those_who_keep_it(
    ledger: Ledger, tmp_path: Path, at: str
) -> None:
    """What was corrected, undone and withdrawn stands in the history for a reviewer, for no reader."""
    async with desks(ledger, tmp_path) as both:
        desk = both[at]
        await added(desk)
        await reviewed(desk)
        (entry,) = await ledger.claims()
        await corrected(desk, entry.id)
        await reviewed(desk)
        assert "Taken back" in (await desk.typed(Role.REVIEWER, "undo")).text
        shown = await desk.typed(Role.REVIEWER, "history", claim=entry.id)
        assert "undone" in shown.text
        why = "The source was taken back."
        await desk.typed(Role.MODERATOR, "withdraw", claim=entry.id, reason=why)
        shown = await desk.typed(Role.MODERATOR, "history", claim=entry.id)
        for said in ("The Courier counted again.", "undone", why):
            assert said in shown.text
        for role in (Role.READER, Role.CONTRIBUTOR):
            shown = await desk.typed(role, "history", claim=entry.id)
            assert "There is no claim" in shown.text
