"""Duplicates at the door: what is on file and what waits, before a draft becomes their double."""

from __future__ import annotations

from bot.moderation.deeds import Deed, Do
from bot.store.ledger import Ledger
from handlers.moderating.deeds import done, home
from tests.handlers.moderating.people import (
    ADM,
    CON,
    ENTRY,
    RAE,
    REV,
    draft,
    press,
    presses,
    services,
    text,
    vetted,
)

LIKE = "The mayor of Marsh had that old bridge closed"
FERRY = "Dogs may not board the ferry at Fen in May."


async def test_the_reason_stands_below_what_is_on_file(ledger: Ledger) -> None:
    """A draft that words a claim on file differently says what they share and how probable it is."""
    parts = services(ledger)
    await vetted(parts)
    board = text(await draft(parts, text=LIKE))
    assert "shares with" in board
    assert "likely the same claim" in board
    assert "word for word the claim" in text(await draft(parts, text=ENTRY["text"]))


async def test_a_proposal_that_waits_is_shown_at_the_door(ledger: Ledger) -> None:
    """What somebody handed in is named to whoever drafts the same; a draft of somebody is not."""
    parts = services(ledger)
    first = await draft(parts, CON)
    assert "Waiting for review" not in text(await draft(parts, REV, text=LIKE))
    await done(parts, CON, press(first, Deed.SUBMIT))
    seen = await draft(parts, REV, text=LIKE)
    assert "Waiting for review, by Ucon" in text(seen)
    assert any(each.deed is Deed.REVIEW for each in presses(seen))
    # Whoever may not review is told, and has no button that would refuse them.
    own = await draft(parts, CON, text=LIKE)
    assert "Waiting for review, by Ucon" in text(own)
    assert not any(each.deed is Deed.REVIEW for each in presses(own))
    assert "Waiting for review" not in text(await draft(parts, REV, text=FERRY))


async def test_whoever_hands_a_double_in_is_told(ledger: Ledger) -> None:
    """The sentence that a draft was handed in names what is like it, on file or waiting."""
    parts = services(ledger)
    first = await draft(parts, CON)
    said = text(await done(parts, CON, press(first, Deed.SUBMIT)))
    assert "look at what is like it" not in said
    said = text(await done(parts, REV, press(await draft(parts, REV, text=LIKE), Deed.SUBMIT)))
    assert "look at what is like it: waits too: " in said


async def test_the_queue_and_the_card_name_the_double_that_waits(ledger: Ledger) -> None:
    """A reviewer sees in the queue and on the card that two proposals are alike, and vets no double."""
    parts = services(ledger)
    await done(parts, CON, press(await draft(parts, CON), Deed.SUBMIT))
    await done(parts, REV, press(await draft(parts, REV, text=LIKE), Deed.SUBMIT))
    await done(parts, CON, press(await draft(parts, CON, text=FERRY), Deed.SUBMIT))
    queue = await home(parts, ADM)
    assert text(queue).count("waits too: ") == 2
    assert "shares with the claim" in text(queue)
    card = await done(parts, ADM, press(queue, Deed.REVIEW))
    assert "Waiting for review, by Urev" in text(card)
    approved = await done(parts, ADM, press(card, Deed.APPROVE))
    assert "Approved" in text(approved)
    queue = await home(parts, ADM)
    assert text(queue).count("closest on file: ") == 1


async def test_a_reader_is_told_nothing_of_what_waits(ledger: Ledger) -> None:
    """Without a role there is no form, and so nothing near it."""
    parts = services(ledger)
    await done(parts, CON, press(await draft(parts, CON), Deed.SUBMIT))
    said = text(await done(parts, RAE, Do(deed=Deed.ADD), LIKE))
    assert "Waiting" not in said
    assert "takes the role" in said
