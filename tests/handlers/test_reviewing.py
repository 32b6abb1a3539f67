"""Reviewing from inside each platform: what waits, what reaches the author, what one person vets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import Action
from bot.dates import Day
from bot.moderation.deeds import Deed
from bot.moderation.members import Role
from bot.questions import Platform
from bot.sections import TwoPerson
from bot.store.ledger import Ledger
from tests.handlers.desks import SlackDesk, desks
from tests.handlers.mending import ENTRY, save, told
from tests.handlers.slack.keeping import BRIDGE
from tests.handlers.test_whole_story import added

FERRY = "The ferry at Marsh was sold to a circus in 1999"


@pytest.mark.parametrize("at", ["slack", "discord"])
async def test_a_proposal_that_is_sent_back_reaches_its_author(
    ledger: Ledger, tmp_path: Path, at: str
) -> None:
    """The author is told once who asks for what, finds it on the draft, and hands it in again."""
    async with desks(ledger, tmp_path) as both:
        desk, why = both[at], "Name her role on that day."
        await added(desk)
        card = await desk.typed(Role.REVIEWER, "review")
        form = await desk.press(Role.REVIEWER, card, card.key(Deed.CHANGES))
        assert "Sent back" in (await desk.fill(Role.REVIEWER, form, {"reason": why})).text
        await told(ledger)
        (message,) = desk.direct(Role.CONTRIBUTOR)
        assert why in message
        listed = await desk.typed(Role.CONTRIBUTOR, "drafts")
        draft = await desk.press(Role.CONTRIBUTOR, listed, listed.key(Deed.DRAFTS))
        assert why in draft.text
        said = await desk.press(Role.CONTRIBUTOR, draft, draft.key(Deed.SUBMIT))
        assert "Handed in" in said.text
        card = await desk.typed(Role.REVIEWER, "review")
        card.key(Deed.APPROVE)


@pytest.mark.parametrize("at", ["slack", "discord"])
async def test_what_one_person_vets_says_so(ledger: Ledger, tmp_path: Path, at: str) -> None:
    """Where one person vets, they are told once, and every reader of the entry sees it."""
    async with desks(ledger, tmp_path, two_person=TwoPerson.OFF) as both:
        desk = both[at]
        desk.people = dict.fromkeys(Role, desk.people[Role.ADMIN])
        told_so = []
        for text in (BRIDGE, FERRY):
            await added(desk, text)
            card = await desk.typed(Role.ADMIN, "review")
            said = await desk.press(Role.ADMIN, card, card.key(Deed.APPROVE))
            told_so.append("vetted by one person" in said.text)
            for each in both.values():
                assert "vetted by one person" in (await each.asked(text)).text
        assert told_so == [True, False]


@pytest.mark.parametrize("at", ["slack", "discord"])
async def test_all_that_waits_is_in_the_queue_in_pages(ledger: Ledger, tmp_path: Path, at: str) -> None:
    """Disputes, proposals, problems, what people ask, what is stale: each with what can be done about it."""
    await save(ledger, replace(ENTRY, last_reviewed_on=Day("2020-01-01")))
    async with desks(ledger, tmp_path) as both:
        desk = both[at]
        await added(desk)
        form = await desk.typed(Role.MODERATOR, "dispute", claim=ENTRY.id)
        await desk.fill(Role.MODERATOR, form, {"who": "Her office", "what": "It was not her order."})
        missed = await desk.asked(FERRY)
        await desk.press(Role.READER, missed, missed.action(Action.ASK))
        await ledger.questions().report(None, ENTRY.id, Platform.SLACK, "U0RAE", "The date is wrong.")
        first = await desk.typed(Role.REVIEWER, "queue")
        deeds = (Deed.RESOLVE, Deed.DISPUTE, Deed.REVIEW, Deed.SETTLE, Deed.EDIT, Deed.ADD, Deed.DROP)
        keys = [first.key(each) for each in deeds]
        for said in ("5 things wait", "Her office", BRIDGE, "The date is wrong.", FERRY):
            assert said in first.text
        if isinstance(desk, SlackDesk):
            home = await desk.home(Role.REVIEWER)
            assert set(keys) < set(home.keys)
        form = await desk.press(Role.REVIEWER, first, first.key(Deed.ADD))
        assert FERRY in form.text
        first = await desk.typed(Role.REVIEWER, "queue")
        last = await desk.press(Role.REVIEWER, first, first.key(Deed.QUEUE))
        assert "Review due" in last.text
        kept = await desk.press(Role.REVIEWER, last, last.key(Deed.KEEP, ENTRY.id))
        assert "still stands" in kept.text
