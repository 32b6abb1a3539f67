"""The outbox: what a change puts into it, and how its rows are handed out."""

from __future__ import annotations

import time
from dataclasses import replace

from bot.answers import Answer, ChangeClass, Tier
from bot.claims import Claim, Relation, RelationKind
from bot.questions import Place, Platform, Posted, Way
from bot.statements import State
from bot.store.delivering import EDITS, MESSAGES, Telling
from bot.store.ledger import Ledger
from bot.store.revisions import Change
from bot.views import now as view_now
from tests.entries import claim, recorded, speaker, statement

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
ENTRY = claim()
VIEW = view_now()
OTHER = replace(claim(id="tower", text="The tower leans."), statements=(statement(id="t-1", about=None),))


async def save(ledger: Ledger, entry: Claim, classed: ChangeClass | None = None) -> None:
    """Save an entry as somebody who vouches for it."""
    await ledger.save(entry, Change(actor="Tester", classed=classed).now(), vouched=True)


async def replied(ledger: Ledger, *entries: Claim, message: str = "1.0", revision: int | None = None) -> None:
    """Note a reply that shows the entries, at the newest revision unless another is given."""
    questions = ledger.questions()
    at = await ledger.revision() if revision is None else revision
    question = await questions.ask(PLACE, "U1", Way.MENTION, "What?")
    answer = Answer(tier=Tier.SAME, ledger_revision=at, claims=tuple(map(recorded, entries)))
    await questions.remember(PLACE, question, Posted(message=message, thread="0.5"), answer)


async def taken(ledger: Ledger, *, limit: int = 10) -> tuple[Telling, ...]:
    """Take everything on that is due, edits first."""
    deliveries = ledger.deliveries()
    edits = await deliveries.take(Platform.SLACK, EDITS, "me", limit)
    return edits + await deliveries.take(Platform.SLACK, MESSAGES, "me", limit)


async def test_several_changes_are_one_edit(ledger: Ledger) -> None:
    """While an edit waits, later changes fall into it, and the gravest decides."""
    await save(ledger, ENTRY)
    await replied(ledger, ENTRY)
    await save(ledger, replace(ENTRY, text="It was shut."))
    await save(ledger, replace(ENTRY, text="It was shut.", story="Bridges"), ChangeClass.UPDATED)
    (edit,) = await taken(ledger)
    assert edit.payload["claims"] == {"bridge": "corrected"}
    assert edit.payload["revision"] == await ledger.revision()


async def test_a_line_waits_for_its_edit(ledger: Ledger) -> None:
    """What is said of a reply is said when the reply was edited."""
    await save(ledger, ENTRY)
    await replied(ledger, ENTRY)
    await save(ledger, replace(ENTRY, state=State.WITHDRAWN))
    (edit,) = await taken(ledger)
    assert edit.kind == "edit"
    assert await taken(ledger) == ()
    await ledger.deliveries().finish(edit, "done", revision=await ledger.revision())
    (line,) = await taken(ledger)
    assert line.kind == "line"


async def test_one_edit_of_a_message_at_a_time(ledger: Ledger) -> None:
    """A change that comes while an edit is under way waits for its end, and then takes what is left in."""
    await save(ledger, ENTRY)
    await replied(ledger, ENTRY)
    await save(ledger, replace(ENTRY, story="Bridges"))
    (first,) = await taken(ledger)
    await save(ledger, replace(ENTRY, story="Bridges of Marsh"))
    assert await ledger.deliveries().take(Platform.SLACK, EDITS, "other", 10) == ()
    await ledger.deliveries().release(first, 0.0)
    (again,) = await ledger.deliveries().take(Platform.SLACK, EDITS, "other", 10)
    assert again.payload["revision"] == await ledger.revision()
    assert again.payload["claims"] == {"bridge": "updated"}


async def test_what_was_begun_takes_nothing_in(ledger: Ledger) -> None:
    """A message that may have been told already is not added to: what comes later is a message of its own."""
    await save(ledger, ENTRY)
    await ledger.deliveries().configure(reply_days=90, digest_seconds=0)
    await ledger.questions().follow("bridge", PLACE, "U1", VIEW)
    await save(ledger, replace(ENTRY, story="Bridges"))
    (first,) = await taken(ledger)
    await ledger.deliveries().release(first, 0.0)
    await save(ledger, replace(ENTRY, text="It was shut."))
    digests = await taken(ledger)
    assert len(digests) == 2
    assert {each.id for each in digests} > {first.id}


async def test_followers_are_told_after_a_while(ledger: Ledger) -> None:
    """Changes are gathered before a follower is told, and no address is kept afterwards."""
    await save(ledger, ENTRY)
    await save(ledger, OTHER)
    for each in ("bridge", "tower"):
        await ledger.questions().follow(each, PLACE, "U1", VIEW)
    await ledger.deliveries().configure(reply_days=90, digest_seconds=30)
    await save(ledger, replace(ENTRY, story="Bridges"))
    await save(ledger, replace(OTHER, story="Towers"))
    assert await taken(ledger) == ()
    assert await ledger.deliveries().waiting() == 1


async def test_a_reply_overtaken_by_a_change_is_edited(ledger: Ledger) -> None:
    """A reply that was on its way while the record changed gets its edit when it is noted."""
    await save(ledger, ENTRY)
    before = await ledger.revision()
    await save(ledger, replace(ENTRY, state=State.WITHDRAWN))
    await replied(ledger, ENTRY, revision=before)
    (edit,) = await taken(ledger)
    assert edit.payload["claims"] == {"bridge": "withdrawn"}
    await replied(ledger, ENTRY, message="2.0")
    assert await taken(ledger) == ()


async def test_old_and_dismissed_replies_are_left_alone(ledger: Ledger) -> None:
    """A reply that was taken away, or is older than the policy says, gets no edit."""
    await save(ledger, ENTRY)
    await replied(ledger, ENTRY)
    await ledger.questions().dismiss(PLACE, "1.0")
    await replied(ledger, ENTRY, message="2.0")
    await ledger.deliveries().configure(reply_days=0, digest_seconds=0)
    await save(ledger, replace(ENTRY, story="Bridges"))
    assert await ledger.deliveries().waiting() == 0


async def test_a_shared_row_changes_every_reply_that_shows_it(ledger: Ledger) -> None:
    """A speaker's name that is corrected through one entry is corrected in the replies to another."""
    await save(ledger, ENTRY)
    await save(ledger, OTHER)
    await replied(ledger, OTHER)
    await save(ledger, replace(ENTRY, speakers=(speaker(name="Ada Quell"),)))
    (edit,) = await taken(ledger)
    assert edit.payload["claims"] == {"tower": "corrected"}


async def test_a_related_entry_that_is_withdrawn_leaves_the_reply(ledger: Ledger) -> None:
    """A reply that names a related claim is edited when that one is withdrawn, and no line is posted."""
    await save(ledger, ENTRY)
    related = Relation(kind=RelationKind.CONTRADICTS, to="bridge")
    tower = replace(OTHER, relations=(related,))
    await save(ledger, tower)
    await replied(ledger, ENTRY)
    await save(ledger, replace(tower, state=State.WITHDRAWN))
    (edit,) = await taken(ledger)
    assert edit.payload["claims"] == {"bridge": "updated"}
    assert await ledger.deliveries().waiting() == 1


async def test_a_merged_claim_is_shown_as_the_other(ledger: Ledger) -> None:
    """A reply shows what its claim went into, and is found when that one changes."""
    await save(ledger, ENTRY)
    await save(ledger, OTHER)
    await replied(ledger, ENTRY)
    await ledger.questions().follow("bridge", PLACE, "U1", VIEW)
    await save(ledger, replace(ENTRY, state=State.SUPERSEDED, merged_into="tower"))
    (edit,) = await taken(ledger)
    deliveries = ledger.deliveries()
    standing = await deliveries.standing(edit, view_now())
    assert standing is not None
    assert [(key, found.claim.id) for key, found in standing.found] == [("bridge", "tower")]
    await deliveries.finish(edit, "done", revision=standing.revision)
    await save(ledger, replace(OTHER, story="Towers"))
    (again,) = await taken(ledger)
    assert again.payload["claims"] == {"tower": "updated"}


async def test_done_rows_are_cleared(ledger: Ledger) -> None:
    """What was crossed off is removed in time; what waits is not."""
    await save(ledger, ENTRY)
    await replied(ledger, ENTRY)
    await replied(ledger, ENTRY, message="2.0")
    await save(ledger, replace(ENTRY, story="Bridges"))
    first, _ = await taken(ledger)
    await ledger.deliveries().finish(first, "done")
    assert await ledger.deliveries().clear(time.time() + 1) == 1
    assert await ledger.deliveries().waiting() == 1
