"""Presses decided anew: what was answered to one person is theirs, and buttons look up what was asked."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import Action, Button
from bot.calibration import load
from bot.config import load as load_config
from bot.questions import Incoming, Place, Platform, Posted, Way
from bot.store.ledger import Ledger
from bot.wording import catalogue
from handlers import lookups
from handlers.limits import Limiter, Limits
from handlers.metrics import Metrics
from handlers.outcomes import Answered, Said, Shared
from handlers.presses import Press, pressed
from handlers.services import Services

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
CLAIM = "Trump told Putin he would bomb Moscow if Russia invaded Ukraine"


def services(ledger: Ledger) -> Services:
    """Return the parts that a press needs."""
    return Services(
        settings=load_config(environment={}),
        ledger=ledger,
        calibration=load(),
        limits=Limiter(Limits()),
        metrics=Metrics(),
    )


def share(question: str, person: str) -> Press:
    """Return the press of “Share” on the private answer to `question`."""
    button = Button(action=Action.SHARE, question=question)
    return Press(button=button, place=PLACE, message="m", person=person, private=True)


async def test_private_question_is_shared_by_its_asker_alone(sample_ledger: Ledger) -> None:
    """A forged press cannot publish what another person asked in private; the asker's own can."""
    parts = services(sample_ledger)
    shown = await lookups.check(parts, PLACE, "U1", Way.SHORTCUT, CLAIM)
    assert isinstance(shown, Answered)
    refused = await pressed(parts, share(shown.question, "U9"))
    assert refused == Said(text=catalogue().say("press.not_yours"))
    assert "dismiss" not in refused.text
    assert isinstance(await pressed(parts, share(shown.question, "U1")), Shared)


async def test_what_is_shared_is_what_was_seen(sample_ledger: Ledger) -> None:
    """A link's title that was not looked up adds no claim to what is shared."""
    parts = services(sample_ledger)
    title = "Trump threatened to bomb Beijing if China invaded Taiwan"
    shown = await lookups.check(parts, PLACE, "U1", Way.SHORTCUT, f"{CLAIM} https://x.example/a", (title,))
    assert isinstance(shown, Answered)
    shared = await pressed(parts, share(shown.question, "U1"))
    assert isinstance(shared, Shared)
    assert [each.id for each in shared.answer.claims] == [each.id for each in shown.answer.claims]


async def test_what_is_not_noted_is_not_said_to_be(sample_ledger: Ledger) -> None:
    """A choice about a question that is not on file is answered with that, not with thanks."""
    parts = services(sample_ledger)
    button = Button(action=Action.NOT_MINE, question="of-another-db", claim="trump-moscow-threat")
    said = await pressed(parts, Press(button=button, place=PLACE, message="m", person="U1"))
    assert said == Said(text="What was asked here is no longer kept. Please ask again.")


async def test_a_page_pressed_twice_is_one_share(sample_ledger: Ledger) -> None:
    """Who shares the same page of the same message again shares the same; anything else is another share."""
    parts = services(sample_ledger)
    button = Button(action=Action.SHARE, claim="trump-moscow-threat")
    press = Press(button=button, place=PLACE, message="m", person="U1", private=True)

    async def question(press: Press) -> str:
        shared = await pressed(parts, press)
        assert isinstance(shared, Shared)
        return shared.question

    others = (
        replace(press, message="n"),
        replace(press, person="U2"),
        replace(press, button=replace(button, page=1)),
        replace(press, place=replace(PLACE, channel="C2")),
    )
    made = [await question(each) for each in (press, *others)]
    assert await question(press) == made[0]
    assert len(set(made)) == len(made)
    assert all(len(each) <= 16 and ":" not in each for each in made)
    assert await sample_ledger.questions().is_askers(made[0], Platform.SLACK, "U1")


async def test_question_is_kept_as_it_was_looked_up(sample_ledger: Ledger) -> None:
    """What was fetched after the event came, such as the text reacted to, is what the buttons look up."""
    questions = sample_ledger.questions()
    incoming = Incoming(
        delivery="d", place=PLACE, message="1.0", thread="1.0", person="U1", way=Way.REACTION, text=""
    )
    job = await questions.receive(incoming, "owner")
    assert job is not None
    await questions.finish(job, Posted(message="2.0"), None, CLAIM)
    assert await questions.text(job.question) == CLAIM


async def test_retention_removes_every_text(sample_ledger: Ledger) -> None:
    """When the retention ends, no question, report or waiting message holds what was written."""
    questions = sample_ledger.questions()
    incoming = Incoming(
        delivery="d", place=PLACE, message="1.0", thread=None, person="U1", way=Way.MENTION, text="sentinel"
    )
    job = await questions.receive(incoming, "owner")
    assert job is not None
    await questions.report(job.question, None, Platform.SLACK, "U1", "sentinel \ud800")
    await sample_ledger.privacy().remove_old(before=10**11)
    held = await sample_ledger._reader.read(
        lambda conn: [
            tuple(row)
            for table in ("question", "event", "problem")
            for row in conn.execute(f"SELECT * FROM {table}")
        ]
    )
    assert "sentinel" not in str(held)
    assert await questions.take(Platform.SLACK, "owner", 5) == ()
