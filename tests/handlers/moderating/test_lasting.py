"""Deeds on what is on the record: withdrawn, undone, put back, merged, related, asked about, disputed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.claims import Outcome
from bot.moderation.deed_forms import MEASURES
from bot.moderation.deeds import Deed, Do
from bot.questions import Way
from bot.sections import TwoPerson
from bot.statements import Kind, State
from bot.store.delivering import MESSAGES
from bot.store.feedback import Choice
from bot.store.ledger import Ledger
from bot.views import now
from handlers.moderating.deeds import done
from handlers.outbox import Outbox
from handlers.outcomes import Asked, Said
from handlers.services import Services
from tests.conftest import CHANGE
from tests.handlers.moderating.people import (
    ADM,
    CON,
    ENTRY,
    MOD,
    PLACE,
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

OTHER = "The ferry at Fen was sold in May."


async def two(parts: Services) -> tuple[str, str]:
    """Bring two entries to readers, and return their ids."""
    first = await vetted(parts)
    board = await draft(parts, text=OTHER)
    await done(parts, CON, press(board, Deed.SUBMIT))
    await done(parts, REV, press(await done(parts, REV, Do(deed=Deed.REVIEW)), Deed.APPROVE))
    return first, next(each.id for each in await parts.ledger.claims() if each.id != first)


async def test_withdrawn_and_taken_back(ledger: Ledger) -> None:
    """An entry is withdrawn with a reason, in words or by form, and undone within ten minutes."""
    parts = services(ledger)
    claim = await vetted(parts)
    asked = await done(parts, MOD, Do(deed=Deed.WITHDRAW), claim)
    assert "Withdrawn" in text(await fill(parts, MOD, asked, reason="the paper took it back"))
    assert await ledger.claim(claim, view=now()) is None
    assert "Taken back" in text(await done(parts, MOD, Do(deed=Deed.UNDO)))
    assert await ledger.claim(claim, view=now()) is not None
    assert "Withdrawn" in text(await done(parts, MOD, Do(deed=Deed.WITHDRAW), f"{claim} a second thought"))
    assert await ledger.claim(claim, view=now()) is None


async def test_revert_and_merge_are_proposals(ledger: Ledger) -> None:
    """What puts an entry back, or ends it in another one, waits for a review; a merged id leads on."""
    parts = services(ledger)
    first, second = await two(parts)
    assert isinstance(await done(parts, MOD, Do(deed=Deed.REVERT), f"{first} x why"), Asked)
    asked = await done(parts, MOD, Do(deed=Deed.MERGE), second)
    wrong = await fill(parts, MOD, asked, into="nowhere", reason="the same")
    assert isinstance(wrong, Asked)
    assert set(wrong.faults) == {"into"}
    assert "Proposed" in text(await fill(parts, MOD, wrong, into=first, reason="the same"))
    card = await done(parts, REV, Do(deed=Deed.REVIEW))
    assert f"Approving ends {second}" in text(card)
    came = await done(parts, REV, press(card, Deed.APPROVE))
    if isinstance(came, Asked):
        came = await fill(parts, REV, came, classed="updated")
    assert "Approved" in text(came)
    found = await ledger.claim(second, view=now())
    assert found is not None
    assert found[1].claim.id == first


async def test_relate_suggests_what_is_near(ledger: Ledger) -> None:
    """The form of a relation takes an entry that is near or one by its id, not both."""
    parts = services(ledger)
    first, second = await two(parts)
    asked = await done(parts, MOD, Do(deed=Deed.RELATE), first)
    wrong = await fill(parts, MOD, asked, relation="context_of", reason="one story")
    assert isinstance(wrong, Asked)
    assert set(wrong.faults) == {"to"}
    came = await fill(parts, MOD, wrong, relation="context_of", to=second, reason="one story")
    assert "Proposed" in text(came)


@pytest.mark.parametrize("outcome", [Outcome.NO_COMMENT, Outcome.NO_RESPONSE])
async def test_right_of_reply(ledger: Ledger, outcome: Outcome) -> None:
    """An allegation about a living person lacks the response until something came of a request."""
    parts = services(ledger)
    board = await draft(parts, MOD, flags="allegation\nliving_person")
    assert "Note whom you asked" in text(board)
    asked = await done(parts, MOD, press(board, Deed.ASK))
    given = {"asked": "Ada Quill", "how": "by e-mail", "due_on": "2026-11-08"}
    wrong = await fill(parts, MOD, asked, **given, asked_on="2026-11-09")
    assert isinstance(wrong, Asked)
    assert set(wrong.faults) == {"due_on"}
    board = await fill(parts, MOD, wrong, asked_on="2026-11-01")
    asked = await done(parts, MOD, press(board, Deed.OUTCOME))
    board = await fill(parts, MOD, asked, outcome=outcome, said_on="2026-11-30")
    assert "Nothing is missing" in text(board)


async def test_a_request_of_a_draft_is_due(ledger: Ledger) -> None:
    """What was asked for a draft is due among its author's drafts and in their queue, not in others'."""
    parts = services(ledger)
    board = await draft(parts, MOD, flags="allegation\nliving_person")
    asked = await done(parts, MOD, press(board, Deed.ASK))
    given = {"asked": "Ada Quill", "how": "by e-mail", "asked_on": "2026-11-01"}
    await fill(parts, MOD, asked, **given, due_on="2026-11-08")
    for deed in (Deed.DRAFTS, Deed.QUEUE):
        shown = await done(parts, MOD, Do(deed=deed))
        assert "Ada Quill was to answer by 8 November 2026" in text(shown)
        asked = await done(parts, MOD, press(shown, Deed.OUTCOME))
        assert isinstance(asked, Asked)
        assert "Nothing waits" in text(await done(parts, ADM, Do(deed=Deed.QUEUE)))
    board = await fill(parts, MOD, asked, outcome=Outcome.NO_COMMENT, said_on="2026-11-08")
    assert "Nothing is missing" in text(board)
    assert "Nothing waits" in text(await done(parts, MOD, Do(deed=Deed.QUEUE)))


async def test_what_was_withdrawn_says_so_to_whoever_brings_it_back(ledger: Ledger) -> None:
    """The draft of a withdrawn entry and its card say that readers see nothing of it, and would again."""
    parts = services(ledger)
    claim = await vetted(parts)
    await done(parts, MOD, Do(deed=Deed.WITHDRAW), f"{claim} the paper took it back")
    board = await done(parts, CON, Do(deed=Deed.EDIT), claim)
    assert "Readers see nothing of it" in text(board)
    asked = await done(parts, CON, press(board, Deed.SUBMIT))
    await fill(parts, CON, asked, reason="the paper printed it again")
    card = await done(parts, REV, Do(deed=Deed.REVIEW))
    for each in (board, card):
        assert "Approving this puts it back on the record" in text(each)
    await done(parts, REV, press(card, Deed.APPROVE))
    assert await ledger.claim(claim, view=now()) is not None


async def test_silence_is_on_a_moderators_word(ledger: Ledger) -> None:
    """A contributor may note any outcome but silence, in either form."""
    parts = services(ledger)
    board = await draft(parts, flags="allegation\nliving_person")
    asked = await done(parts, CON, press(board, Deed.ASK))
    board = await fill(parts, CON, asked, asked="Ada Quill", how="by e-mail", asked_on="2026-11-01")
    asked = await done(parts, CON, press(board, Deed.OUTCOME))
    said = await fill(parts, CON, asked, outcome=Outcome.NO_RESPONSE, said_on="2026-11-30")
    assert "This takes the role Moderator" in text(said)
    asked = await done(parts, CON, press(board, Deed.STATEMENT))
    said = await fill(
        parts,
        CON,
        asked,
        kind=Kind.NO_RESPONSE,
        speaker="Ada Quill",
        quote_mode="paraphrase",
        text="Silence.",
    )
    assert "This takes the role Moderator" in text(said)


@pytest.mark.parametrize("measure", MEASURES)
async def test_disputes(ledger: Ledger, measure: str) -> None:
    """A complaint is noted with what is done at once, waits in the queue, and is closed with its outcome."""
    parts = services(ledger)
    claim = await vetted(parts)
    asked = await done(parts, MOD, Do(deed=Deed.DISPUTE), claim)
    wrong = await fill(parts, MOD, asked, who="Her office", what="It was not her order.", due_on="soon")
    assert isinstance(wrong, Asked)
    assert set(wrong.faults) == {"due_on"}
    said = await fill(
        parts,
        MOD,
        wrong,
        who="Her office",
        what="It was not her order.",
        due_on="2026-12-01",
        measure=measure,
    )
    assert isinstance(said, Said)
    (held,) = await ledger.claims()
    assert (held.state is State.WITHDRAWN) == (measure == "withdraw")
    assert await ledger.moderation().is_frozen(claim) == (measure == "freeze")
    queue = await done(parts, MOD, Do(deed=Deed.QUEUE))
    assert "Her office" in text(queue)
    other = press(queue, Deed.DISPUTE)
    await done(parts, MOD, other)
    assert await ledger.moderation().is_frozen(claim) == (measure != "freeze")
    asked = await done(parts, MOD, press(queue, Deed.RESOLVE))
    assert "Closed" in text(await fill(parts, MOD, asked, outcome_text="She was answered."))
    assert "Nothing waits" in text(await done(parts, MOD, Do(deed=Deed.QUEUE)))


async def test_earlier_disputes_are_listed(ledger: Ledger) -> None:
    """Disputes about the entry are shown with their outcomes before another is noted, to moderators alone."""
    parts = services(ledger)
    claim = await vetted(parts)
    for n in range(6):
        asked = await done(parts, MOD, Do(deed=Deed.DISPUTE, ref=f"{claim}/new"))
        await fill(parts, MOD, asked, who=f"Office {n}", what="It was not her order.")
    (*_, first) = await ledger.moderation().disputes_of("", claim)
    asked = await done(parts, MOD, Do(deed=Deed.RESOLVE, ref=first.id))
    await fill(parts, MOD, asked, outcome_text="She was answered.")
    board = await done(parts, MOD, Do(deed=Deed.DISPUTE), claim)
    assert "A complaint from Office 5" in text(board)
    assert "Open: it is in the queue." in text(board)
    assert "She was answered." not in text(board)
    assert isinstance(await done(parts, MOD, press(board, Deed.DISPUTE)), Asked)
    older = text(await done(parts, MOD, press(board, Deed.DISPUTE, 1)))
    assert "Office 0" in older
    assert "She was answered." in older
    refused = text(await done(parts, REV, Do(deed=Deed.DISPUTE), claim))
    assert "She was answered." not in refused + text(await done(parts, REV, Do(deed=Deed.QUEUE)))


async def test_the_queue_has_pages(ledger: Ledger) -> None:
    """What waits is listed four at a time, each with its buttons by number, and every page is reached."""
    parts = services(ledger)
    for n in range(6):
        board = await draft(
            parts, text=f"Barge number {n} sank off the island of Fen in the year {2000 + n}."
        )
        await done(parts, CON, press(board, Deed.SUBMIT))
    first = await done(parts, ADM, Do(deed=Deed.QUEUE))
    assert "6 things wait" in text(first)
    turn = press(first, Deed.QUEUE)
    assert turn.page == 1
    last = await done(parts, ADM, turn)
    reviews = [each.ref for board in (first, last) for each in presses(board) if each.deed is Deed.REVIEW]
    assert len(set(reviews)) == 6


async def test_reviewers_see_what_readers_said_of_an_entry(ledger: Ledger) -> None:
    """The queue, the card of a change and the board of a draft say what readers said of an entry."""
    parts = services(ledger)
    claim = await vetted(parts)
    questions = ledger.questions()
    question = await questions.ask(PLACE, "URAE", Way.COMMAND, "the bridge")
    await questions.choose(question, (claim,), PLACE.platform, "URAE", Choice.NOT_MINE)
    await questions.report(question, claim, PLACE.platform, "URAE", "The day is wrong.")
    said = "my claim 0, not my claim 1, none of these 0, problems reported 1"
    assert said in text(await done(parts, REV, Do(deed=Deed.QUEUE)))
    board = await done(parts, MOD, Do(deed=Deed.EDIT, ref=claim))
    assert said in text(board)
    asked = await done(parts, MOD, press(board, Deed.SUBMIT))
    await fill(parts, MOD, asked, reason="the day")
    assert said in text(await done(parts, REV, Do(deed=Deed.REVIEW)))


async def test_card_approves_what_it_showed(ledger: Ledger) -> None:
    """A press on a card whose proposal was amended and handed in again since approves nothing."""
    parts = services(ledger)
    board = await draft(parts)
    submit = press(board, Deed.SUBMIT)
    await done(parts, CON, submit)
    card = await done(parts, REV, Do(deed=Deed.REVIEW))
    changed = await done(parts, CON, Do(deed=Deed.EDIT, ref=submit.ref))
    await fill(parts, CON, changed, text="The mayor of Marsh sold the old bridge.")
    await done(parts, CON, submit)
    assert "amended since" in text(await done(parts, REV, press(card, Deed.APPROVE)))
    assert await ledger.claims(public_on=now()) == ()


async def test_those_who_asked_are_told_of_the_entry_as_it_reads_now(ledger: Ledger) -> None:
    """A message that waited says the claim as it was corrected meanwhile, and under the id that it has."""
    parts = services(ledger)
    question = await ledger.questions().ask(PLACE, "URAE", Way.COMMAND, ENTRY["text"])
    await ledger.demand().ask("", PLACE, "URAE", question, parts.calibration)
    claim = await vetted(parts)
    taken = await ledger.deliveries().take(PLACE.platform, MESSAGES, "me", 10)
    (waiting,) = [each for each in taken if each.kind == "answer"]
    (held,) = await ledger.claims()
    corrected = "The mayor of Marsh had the new bridge closed."
    await ledger.save(replace(held, text=corrected), CHANGE, vouched=True)
    said = await Outbox(parts, PLACE.platform, lambda: None)._message(waiting)
    assert said is not None
    assert corrected in said
    assert claim in said


async def test_merging_speakers_follows_the_rule(ledger: Ledger) -> None:
    """Two people merge speakers: one proposes, another sees who becomes whom and approves."""
    parts = services(ledger)
    first = await vetted(parts)
    board = await done(parts, CON, Do(deed=Deed.EDIT, ref=first))
    asked = await done(parts, CON, press(board, Deed.STATEMENT))
    board = await fill(
        parts, CON, asked, **(STATEMENT | {"speaker": "Ada P. Quill", "url": "https://fen.example/2"})
    )
    asked = await done(parts, CON, press(board, Deed.SUBMIT))
    await fill(parts, CON, asked, reason="the Gazette of Monday")
    await done(parts, REV, press(await done(parts, REV, Do(deed=Deed.REVIEW)), Deed.APPROVE))
    held = await parts.ledger.moderation().held("", first)
    assert held is not None
    one, other = sorted(held[1].speakers, key=lambda each: each.name)
    typed = f"speaker {one.id} {other.id} the same person"
    assert "queue" in text(await done(parts, MOD, Do(deed=Deed.MERGE), typed))
    card = await done(parts, REV, Do(deed=Deed.REVIEW))
    assert f"Speaker Ada P. Quill ({one.id}) becomes Ada Quill ({other.id}), in one entry." in text(card)
    assert "Approved" in text(await done(parts, REV, press(card, Deed.APPROVE)))
    alone = services(ledger, two_person=TwoPerson.OFF)
    assert "already" in text(await done(alone, MOD, Do(deed=Deed.MERGE), typed))
