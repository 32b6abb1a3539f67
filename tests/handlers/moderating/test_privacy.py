"""Privacy: what is kept is said, and goes on a word of the person, or after its days, from every byte."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import Action, Button
from bot.moderation.deeds import Deed, Do, decoded
from bot.moderation.members import Role
from bot.paragraphs import Paragraph
from bot.questions import Incoming, Place, Platform, Posted, Way
from bot.records import record
from bot.store.feedback import Choice
from bot.store.ledger import Ledger, open_ledger
from bot.views import now
from handlers import lookups
from handlers.moderating import deeds, privacy
from handlers.outcomes import Answered, Board, Outcome, Said
from handlers.presses import Press, pressed, reported
from handlers.services import Services
from tests.handlers.test_presses import services

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
PERSON = "U0SENTINEL"
ASKED = "The harbour at Fen was painted blue by a choir of sentinelled dentists last winter"
REPORT = "There is a sentinelled comma too many."
ANSWERED = "Trump told Putin he would bomb Moscow if Russia invaded Ukraine, said the sentinelled dentist"


@record
class Actor:
    """Who acts in a test."""

    place: Place
    person: str
    name: str = "Ana Ng"
    groups: tuple[str, ...] = ()


ANA = Actor(place=PLACE, person=PERSON)


def words(outcome: Outcome) -> str:
    """Return all that an outcome says."""
    if isinstance(outcome, Said):
        return outcome.text
    assert isinstance(outcome, Board)

    def line(each: Paragraph) -> str:
        return "".join(run[0] for run in each.runs)

    return "\n".join(map(line, outcome.paragraphs))


async def mute(parts: Services, typed: str) -> Outcome:
    """Type the command that mutes, as a moderator."""
    acting = await deeds.acting_as(parts, deeds.Actor(place=PLACE, person="U9", name="Mo"))
    moderator = replace(acting.member, role=Role.MODERATOR, configured=Role.MODERATOR)
    return await privacy.mute(replace(acting, member=moderator), Do(deed=Deed.MUTE), typed)


def press(action: Action, question: str, person: str = PERSON) -> Press:
    """Return the press of a button of the answer to `question`."""
    button = Button(action=action, question=question, claim="trump-moscow-threat")
    return Press(button=button, place=PLACE, message="m", person=person, private=True)


async def leave_traces(parts: Services) -> str:
    """Leave everything that a person can leave, and return the id of a question of theirs."""
    questions = parts.ledger.questions()
    shown = await lookups.check(parts, PLACE, PERSON, Way.COMMAND, ASKED)
    assert isinstance(shown, Answered)
    said = await pressed(parts, press(Action.ASK, shown.question))
    assert isinstance(said, Said)
    await pressed(parts, press(Action.NOT_MINE, shown.question))
    await pressed(parts, press(Action.FOLLOW, shown.question))
    await reported(parts, press(Action.REPORT, shown.question).button, PLACE, PERSON, REPORT)
    await lookups.check(parts, PLACE, PERSON, Way.COMMAND, ANSWERED)
    waiting = Incoming(
        delivery="d", place=PLACE, message="1.0", thread=None, person=PERSON, way=Way.MENTION, text=ASKED
    )
    assert await questions.receive(waiting, "owner") is not None
    return shown.question


def bytes_of(path: Path) -> bytes:
    """Return every byte of the ledger's file and of those beside it."""
    return b"".join(
        each.read_bytes() for each in path.parent.glob(f"{path.name}*") if "-shm" not in each.name
    )


async def one(ledger: Ledger, query: str) -> str:
    """Return the one value that a query finds."""
    return str(await ledger._reader.read(lambda conn: conn.execute(query).fetchone()[0]))


async def test_what_is_kept_is_said_in_counts(sample_ledger: Ledger) -> None:
    """`privacy` counts what is kept and gives days; it repeats no text."""
    parts = services(sample_ledger)
    assert "Nothing is kept about you." in words(await privacy.privacy(parts, ANA))
    await leave_traces(parts)
    said = words(await privacy.privacy(parts, ANA))
    for part in ("Questions you asked: 3", "of 3 the text", "counted: 1; of 1", "Claims you follow: 1"):
        assert part in said
    assert "Problems you reported: 1." in said
    assert "about your claim: 1." in said
    assert "sentinel" not in said.casefold()
    assert "90 days" in said


async def test_nothing_of_a_forgotten_person_is_in_the_file(tmp_path: Path) -> None:
    """After `forget yes` no byte of the ledger's files holds what they wrote, their id, or their hash."""
    from bot import sample  # noqa: PLC0415
    from tests.conftest import CHANGE  # noqa: PLC0415

    path = tmp_path / "ledger.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.import_lines(sample.lines, CHANGE, vouched=True)
        parts = services(ledger)
        await leave_traces(parts)
        who = await ledger._writing().write(
            lambda conn: conn.execute("SELECT person FROM asker").fetchone()[0]
        )
        assert b"sentinelled" in bytes_of(path)
        outcome = await privacy.forget(parts, ANA, "yes")
        assert isinstance(outcome, Said)
        assert "the texts of 3 questions" in outcome.text
        held = bytes_of(path)
        for each in ("sentinelled", PERSON, who, "choir of"):
            assert each.encode() not in held, each
        assert "Nothing is kept about you." in words(await privacy.privacy(parts, ANA))
        assert await ledger.demand().unanswered("", 10) == ()
    assert b"sentinelled" not in bytes_of(path)


async def test_forgetting_is_confirmed_first(sample_ledger: Ledger) -> None:
    """Without the word nothing goes; what is shown has a button that says it."""
    parts = services(sample_ledger)
    question = await leave_traces(parts)
    for said in ("", "no", "yes please"):
        shown = await privacy.forget(parts, ANA, said)
        assert isinstance(shown, Board)
        ((key,),) = shown.rows
        assert decoded(key.text) == Do(deed=Deed.FORGET, ref="yes")
    assert await parts.ledger.questions().text(question) == ASKED


async def test_buttons_of_a_forgotten_person_answer_politely(sample_ledger: Ledger) -> None:
    """What was asked is no longer kept, so the old buttons say so, and those of the record still work."""
    parts = services(sample_ledger)
    question = await leave_traces(parts)
    await privacy.forget(parts, ANA, "yes")
    for action in (Action.ASK, Action.MORE, Action.NONE):
        said = await pressed(parts, press(action, question))
        assert isinstance(said, Said)
        assert said.text == "What was asked here is no longer kept. Please ask again."
    for action in (Action.RECORD, Action.FOLLOW, Action.NOT_MINE, Action.DISMISS):
        await pressed(parts, press(action, question))


async def test_a_reply_under_way_does_not_bring_the_text_back(sample_ledger: Ledger) -> None:
    """A question that is being answered while its asker is forgotten stays without its text."""
    questions = sample_ledger.questions()
    asked = Incoming(
        delivery="d", place=PLACE, message="1.0", thread=None, person=PERSON, way=Way.REACTION, text=""
    )
    job = await questions.receive(asked, "owner")
    assert job is not None
    await sample_ledger.privacy().forget("", PLACE, PERSON)
    await questions.finish(job, Posted(message="2.0"), None, ASKED)
    assert await questions.text(job.question) is None


async def test_another_persons_wording_stands_in(sample_ledger: Ledger) -> None:
    """A demand that others share stays with their number and, where one of them agreed, their wording."""
    parts = services(sample_ledger)
    await leave_traces(parts)
    other = "So the harbour at Fen was painted blue by a choir of dentists last winter?"
    shown = await lookups.check(parts, PLACE, "U2", Way.COMMAND, other)
    assert isinstance(shown, Answered)
    (held,) = await sample_ledger.demand().unanswered("", 10)
    assert (held.text, held.people) == (ASKED, 2)
    await pressed(parts, press(Action.ASK, shown.question, "U2"))
    await privacy.forget(parts, ANA, "yes")
    (held,) = await sample_ledger.demand().unanswered("", 10)
    assert (held.text, held.people) == (other, 2)


async def test_a_role_and_a_mute_stay_and_say_how_they_end(sample_ledger: Ledger) -> None:
    """What is no word of the person's to take away stays, and is said with who can."""
    parts = services(sample_ledger)

    def give(conn: sqlite3.Connection) -> None:
        conn.execute(
            "INSERT INTO member (workspace, member, name, role, given_by, at)"
            " VALUES ('', ?, 'Ana', ?, 'x', 1)",
            (f"slack:T1:{PERSON}", "reviewer"),
        )

    await sample_ledger._writing().write(give)
    await mute(parts, f"<@{PERSON}> 7")
    said = words(await privacy.forget(parts, ANA, "yes"))
    assert "An admin can take it away with /claim roles." in said
    assert "do not count your requests and reports until" in said
    assert await sample_ledger.muting().is_muted("", Platform.SLACK, PERSON)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("<@U0SENTINEL> 7", "Muted for 7 days"),
        ("<@!123456789012345678> 1", "Muted for a day"),
        ("<@U0SENTINEL|ana>", "Muted until you end it"),
        ("U0SENTINEL 0", "This person is not muted."),
        ("", "Say whom"),
        ("Ana", "Say whom"),
        ("<@U0SENTINEL> for ever", "Say whom"),
        ("<@U0SENTINEL> 9999", "Say whom"),
    ],
)
async def test_muting_takes_a_mention_and_days(sample_ledger: Ledger, typed: str, expected: str) -> None:
    """A mention or an id, and days at most; anything else says how it is typed."""
    assert words(await mute(services(sample_ledger), typed)).startswith(expected)


async def test_a_muted_person_is_told_kindly(sample_ledger: Ledger) -> None:
    """Their questions are answered; wishes and reports are turned down in a sentence, until it ends."""
    parts = services(sample_ledger)
    await mute(parts, PERSON)
    shown = await lookups.check(parts, PLACE, PERSON, Way.COMMAND, ASKED)
    assert isinstance(shown, Answered)
    asked = await pressed(parts, press(Action.ASK, shown.question))
    assert "speak to one of them" in words(asked)
    told = await reported(parts, press(Action.REPORT, shown.question).button, PLACE, PERSON, REPORT)
    assert "speak to one of them" in words(told)
    await mute(parts, f"{PERSON} 0")
    assert "moderators see" in words(await pressed(parts, press(Action.ASK, shown.question)))


async def test_following_is_stopped_by_a_word(sample_ledger: Ledger) -> None:
    """“stop” after the id ends it, also twice, and the button never does."""
    parts, key = services(sample_ledger), "trump-moscow-threat"
    for _ in range(2):
        assert "You follow" in words(await lookups.follow(parts, PLACE, PERSON, key))
    assert "no longer" in words(await lookups.follow(parts, PLACE, PERSON, f"{key} stop"))
    assert "do not follow" in words(await lookups.follow(parts, PLACE, PERSON, f"{key} STOP"))


async def test_retention_removes_demands_and_counts(sample_ledger: Ledger) -> None:
    """After its days every text, address and half-filled form is gone; the counts are all that is told."""
    parts = services(sample_ledger)
    await leave_traces(parts)

    def fill_in(conn: sqlite3.Connection) -> None:
        conn.execute(
            "INSERT INTO sheet (id, workspace, member, form, about, typed, at)"
            " VALUES ('s', '', 'm', 'f', '', ?, 1)",
            (ASKED,),
        )

    await sample_ledger._writing().write(fill_in)
    removed = await sample_ledger.privacy().remove_old(time.time() + 1)
    assert (removed.questions, removed.reports, removed.demands, removed.sheets) == (3, 1, 1, 1)
    path = Path(
        await sample_ledger._reader.read(lambda conn: conn.execute("PRAGMA database_list").fetchone()[2])
    )
    assert b"sentinelled" not in bytes_of(path)
    # Whom somebody follows stays until they stop it.
    assert "Claims you follow: 1" in words(await privacy.privacy(parts, ANA))


async def test_entries_count_what_readers_say(sample_ledger: Ledger) -> None:
    """For each entry: how often it was somebody's claim, was not, and none of those shown was."""
    questions = sample_ledger.questions()
    key = "trump-moscow-threat"
    for person, choice in (("U1", Choice.MINE), ("U2", Choice.NOT_MINE), ("U3", Choice.NOT_MINE)):
        question = await questions.ask(PLACE, person, Way.COMMAND, ANSWERED)
        await questions.choose(question, (key,), Platform.SLACK, person, choice)
    (counts,) = await questions.feedback_counts(now())
    assert (counts.claim, counts.mine, counts.not_mine, counts.none) == (key, 1, 2, 0)
