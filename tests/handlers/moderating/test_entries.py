"""Entries from an empty ledger to readers, by forms and buttons alone."""

from __future__ import annotations

from bot import desk
from bot.answers import Tier
from bot.moderation.deeds import Deed, Do
from bot.sections import TwoPerson
from bot.statements import State
from bot.store.ledger import Ledger
from bot.views import now
from handlers.moderating.deeds import begun, done, filled, home, opened
from handlers.outcomes import Asked, Board
from tests.entries import EXCERPT
from tests.handlers.moderating.people import (
    ADM,
    CON,
    ENTRY,
    MOD,
    RAE,
    REV,
    STATEMENT,
    draft,
    fill,
    press,
    presses,
    services,
    text,
    vetted,
)


async def test_from_an_empty_ledger_to_an_answer(ledger: Ledger) -> None:
    """A claim is typed, gets its statement, is reviewed by another person, and is then what readers find."""
    parts = services(ledger)
    asked = await done(parts, CON, Do(deed=Deed.ADD), "the mayor closed the bridge")
    assert isinstance(asked, Asked)
    assert asked.typed["text"] == "the mayor closed the bridge"
    board = await fill(parts, CON, asked, **ENTRY)
    assert "Still missing" in text(board)
    assert Deed.SUBMIT not in {each.deed for each in presses(board)}
    asked = await done(parts, CON, press(board, Deed.STATEMENT))
    board = await fill(parts, CON, asked, **STATEMENT)
    assert "Nothing is missing" in text(board)
    assert "Somebody else reviews it" in text(await done(parts, CON, press(board, Deed.SUBMIT)))
    assert await ledger.claims() == (), "readers' tables hold nothing of a proposal"
    queue = await home(parts, REV)
    card = await done(parts, REV, press(queue, Deed.REVIEW))
    assert "“The old bridge was closed on my order.”" in text(card)
    assert "Approved" in text(await done(parts, REV, press(card, Deed.APPROVE)))
    answer = await desk.check(ledger, ENTRY["text"], calibration=parts.calibration, view=now())
    assert answer.tier is Tier.SAME
    assert not answer.claims[0].vetted_alone


async def test_the_author_cannot_approve_where_two_may_review(ledger: Ledger) -> None:
    """With the two-person rule the author's own approval is refused, whoever they are."""
    parts = services(ledger)
    board = await draft(parts, ADM)
    await done(parts, ADM, press(board, Deed.SUBMIT))
    card = await done(parts, ADM, Do(deed=Deed.REVIEW))
    assert "Somebody else" in text(await done(parts, ADM, press(card, Deed.APPROVE)))
    assert await ledger.claims() == ()


async def test_a_sole_moderator_is_told_once(ledger: Ledger) -> None:
    """Who vets alone is told once that readers see it."""
    parts = services(ledger, two_person=TwoPerson.OFF)
    told = []
    for text_of_claim in (
        "The mayor of Marsh had the old bridge closed.",
        "The ferry at Fen was sold in May.",
    ):
        board = await draft(parts, ADM, text=text_of_claim)
        assert "It waits in the queue" in text(await done(parts, ADM, press(board, Deed.SUBMIT)))
        card = await done(parts, ADM, Do(deed=Deed.REVIEW))
        told.append("vetted by one person" in text(await done(parts, ADM, press(card, Deed.APPROVE))))
    assert told == [True, False]


async def test_what_is_closest_on_file_is_shown_at_the_door(ledger: Ledger) -> None:
    """A draft of a claim that is on file says so, with a button to edit that one instead."""
    parts = services(ledger)
    on_file = await vetted(parts)
    board = await draft(parts)
    assert "Closest on file: this may be the same claim" in text(board)
    assert Do(deed=Deed.EDIT, ref=on_file) in presses(board)


async def test_a_reviewer_sees_the_excerpt_and_what_is_closest_on_file(ledger: Ledger) -> None:
    """The card of a new entry has the passage that vouches for it, and the entry that it may double."""
    parts = services(ledger)
    on_file = await vetted(parts)
    await done(parts, CON, press(await draft(parts), Deed.SUBMIT))
    card = text(await done(parts, REV, Do(deed=Deed.REVIEW)))
    assert f"Excerpt: {EXCERPT}" in card
    assert "Closest on file: this may be the same claim" in card
    assert on_file in card


async def test_a_speaker_who_may_be_on_file_is_suggested(ledger: Ledger) -> None:
    """A name near one on file is offered; taken, the draft names the one on file and the new one is gone."""
    parts = services(ledger)
    await vetted(parts)
    asked = await done(parts, CON, Do(deed=Deed.ADD), "The ferry at Fen was sold in May.")
    board = await fill(parts, CON, asked, **(ENTRY | {"text": "The ferry at Fen was sold in May."}))
    asked = await done(parts, CON, press(board, Deed.STATEMENT))
    board = await fill(parts, CON, asked, **(STATEMENT | {"speaker": "A. Quill"}))
    assert "On file: Ada Quill; use it?" in text(board)
    use = next(each for each in presses(board) if "/@" in each.ref)
    board = await done(parts, CON, use)
    assert "Ada Quill" in text(board)
    assert "A. Quill" not in text(board)
    asked = await done(parts, CON, press(board, Deed.STATEMENT))
    board = await fill(parts, CON, asked, **(STATEMENT | {"speaker": "ADA quill"}))
    assert "is new" not in text(board), "case makes no other person"


async def test_what_was_typed_is_kept(ledger: Ledger) -> None:
    """A form with a fault, or one that was closed, is offered again with what was typed."""
    parts = services(ledger)
    asked = await done(parts, CON, Do(deed=Deed.ADD), "The mayor.")
    again = await fill(parts, CON, asked, embargo_until="soon", story="The bridge")
    assert isinstance(again, Asked)
    assert set(again.faults) == {"embargo_until"}
    assert again.typed["story"] == "The bridge"
    listed = await done(parts, CON, Do(deed=Deed.DRAFTS))
    assert isinstance(listed, Board)
    assert any(key.text == f"cf:{again.sheet}:0" for row in listed.rows for key in row)
    back = await opened(parts, CON, again.sheet, 1)
    assert isinstance(back, Asked)
    assert (back.page, back.typed["story"]) == (1, "The bridge")
    assert "closed" in text(await opened(parts, REV, again.sheet)), "a form is its member's alone"
    await done(parts, CON, press(listed, Deed.DISCARD))
    assert "No drafts" in text(await done(parts, CON, Do(deed=Deed.DRAFTS)))


async def test_a_form_in_pages(ledger: Ledger) -> None:
    """Page by page a form asks for what is still open, tells faults at once, and ends in the same draft."""
    parts = services(ledger)
    asked = await done(parts, CON, Do(deed=Deed.ADD))
    assert isinstance(asked, Asked)
    empty = await filled(parts, CON, asked.sheet, 0, {})
    assert isinstance(empty, Asked)
    assert set(empty.faults) == {"text"}
    second = await filled(parts, CON, asked.sheet, 0, {"text": ENTRY["text"]})
    assert isinstance(second, Asked)
    assert (second.page, second.faults) == (1, {})
    board = await filled(parts, CON, asked.sheet, 1, {"language": "en"})
    assert ENTRY["text"] in text(board)
    asked = await done(parts, CON, press(board, Deed.STATEMENT))
    assert isinstance(asked, Asked)
    page, outcome = 0, await filled(parts, CON, asked.sheet, 0, STATEMENT)
    while isinstance(outcome, Asked):
        assert not outcome.faults
        page += 1
        assert outcome.page == page
        outcome = await filled(parts, CON, asked.sheet, page, STATEMENT)
    assert "Nothing is missing" in text(outcome)
    assert page < 4, "what the first page makes needless is not asked for"


async def test_a_message_is_where_an_entry_begins(ledger: Ledger) -> None:
    """“Add to the ledger” fills the text in, and where it was seen goes into the reason."""
    asked = await begun(services(ledger), CON, "The mayor\nclosed it.", "https://chat.example/p1")
    assert isinstance(asked, Asked)
    assert asked.typed["text"] == "The mayor closed it."
    assert asked.typed["reason"] == "seen at https://chat.example/p1"


async def test_an_edit_goes_through_review_while_readers_see_what_was_vetted(ledger: Ledger) -> None:
    """A changed statement asks the approver for its class, shows before and after, and takes a reason."""
    parts = services(ledger)
    claim = await vetted(parts)
    board = await done(parts, MOD, Do(deed=Deed.EDIT), claim)
    listed = await done(parts, MOD, next(each for each in presses(board) if each.ref.endswith("/0")))
    asked = await done(parts, MOD, press(listed, Deed.STATEMENT))
    board = await fill(parts, MOD, asked, role="mayor of Marsh")
    asked = await done(parts, MOD, press(board, Deed.SUBMIT))
    assert "Handed in" in text(await fill(parts, MOD, asked, reason="the role was missing"))
    (held,) = await ledger.claims()
    assert held.statements[0].role is None
    card = await done(parts, REV, Do(deed=Deed.REVIEW))
    assert "before: (nothing)" in text(card)
    assert "after: mayor of Marsh" in text(card)
    asked = await done(parts, REV, press(card, Deed.APPROVE))
    assert isinstance(asked, Asked)
    await fill(parts, REV, asked, classed="corrected")
    (held,) = await ledger.claims()
    assert held.statements[0].role == "mayor of Marsh"
    assert held.state is State.VETTED


async def test_changes_asked_reach_the_draft(ledger: Ledger) -> None:
    """A proposal that was sent back shows its author who asked for what, and can be handed in again."""
    parts = services(ledger)
    board = await draft(parts)
    submit = press(board, Deed.SUBMIT)
    await done(parts, CON, submit)
    card = await done(parts, REV, Do(deed=Deed.REVIEW))
    asked = await done(parts, REV, press(card, Deed.CHANGES))
    assert isinstance(await fill(parts, REV, asked, reason="  "), Asked), "a reason is required"
    assert "Sent back" in text(await fill(parts, REV, asked, reason="Name her role."))
    board = await done(parts, CON, Do(deed=Deed.DRAFTS, ref=submit.ref))
    assert "asks for changes: Name her role." in text(board)
    await done(parts, CON, submit)
    assert "New entry" in text(await home(parts, REV))


async def test_a_reader_gets_a_sentence_and_nothing_else(ledger: Ledger) -> None:
    """Whoever has no role is told which one it takes and who has it, on the home page too."""
    parts = services(ledger)
    assert "takes the role Contributor" in text(await home(parts, RAE))
    said = text(await done(parts, RAE, Do(deed=Deed.ADD)))
    assert "whoever the configuration names" in said
