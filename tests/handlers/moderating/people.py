"""People and steps for tests of deeds: a newsroom on Slack whose roles the configuration gives."""

from __future__ import annotations

from dataclasses import replace

from bot.actions import LONGEST
from bot.calibration import load
from bot.config import load as load_config
from bot.moderation.deeds import Deed, Do, decoded
from bot.plain import text_of
from bot.questions import Place, Platform
from bot.sections import PolicySection, SlackSection, TwoPerson
from bot.store.ledger import Ledger
from handlers.limits import Limiter, Limits
from handlers.metrics import Metrics
from handlers.moderating.deeds import Actor, done, filled
from handlers.outcomes import Asked, Board, Outcome, Said
from handlers.services import Services
from tests.entries import EXCERPT

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
ROLES = SlackSection(contributors=("UCON",), reviewers=("UREV",), moderators=("UMOD",), admins=("UADM",))


def services(ledger: Ledger, *, two_person: TwoPerson = TwoPerson.AUTO) -> Services:
    """Return the parts that a deed needs."""
    given = load_config(environment={})
    return Services(
        settings=replace(given, slack=ROLES, policy=PolicySection(two_person=two_person)),
        ledger=ledger,
        calibration=load(),
        limits=Limiter(Limits()),
        metrics=Metrics(),
    )


def actor(person: str) -> Actor:
    """Return somebody on Slack."""
    return Actor(place=PLACE, person=person, name=person.title())


RAE, CON, REV, MOD, ADM = (actor(each) for each in ("URAE", "UCON", "UREV", "UMOD", "UADM"))


def text(outcome: Outcome) -> str:
    """Return what is read of an outcome."""
    if isinstance(outcome, Said):
        return outcome.text
    assert isinstance(outcome, Board), outcome
    return text_of(outcome.paragraphs)


def presses(outcome: Outcome) -> list[Do]:
    """Return what the buttons of a board ask for, each within the limit of a platform's button."""
    assert isinstance(outcome, Board), outcome
    found = []
    for row in outcome.rows:
        assert 0 < len(row) <= 5
        for key in row:
            assert len(key.text) <= LONGEST
            do = decoded(key.text)
            if do is not None:
                found.append(do)
    return found


def press(outcome: Outcome, deed: Deed, n: int = 0) -> Do:
    """Return the button for a deed."""
    return [each for each in presses(outcome) if each.deed is deed][n]


ENTRY = {"text": "The mayor of Marsh had the old bridge closed.", "language": "en"}
STATEMENT = {
    "kind": "assertion",
    "speaker": "Ada Quill",
    "quote_mode": "verbatim",
    "text": "The old bridge was closed on my order.",
    "source": "new",
    "publisher": "Marsh Gazette",
    "title": "Bridge closed, mayor says",
    "url": "https://gazette.example/bridge",
    "excerpt": EXCERPT,
    "retrieved_on": "2026-11-22",
    "about": "claim",
}


async def fill(parts: Services, who: Actor, asked: Outcome, /, **typed: str) -> Outcome:
    """Hand a form in as a whole, with what is typed over what was there."""
    assert isinstance(asked, Asked), asked
    return await filled(parts, who, asked.sheet, None, {**asked.typed, **typed})


async def draft(parts: Services, who: Actor = CON, **changes: str) -> Outcome:
    """Begin an entry and give it its first statement; return the board of the draft."""
    asked = await done(parts, who, Do(deed=Deed.ADD), ENTRY["text"])
    board = await fill(parts, who, asked, **(ENTRY | changes))
    asked = await done(parts, who, press(board, Deed.STATEMENT))
    return await fill(parts, who, asked, **STATEMENT)


async def vetted(parts: Services) -> str:
    """Bring an entry to readers, and return its id."""
    board = await draft(parts)
    await done(parts, CON, press(board, Deed.SUBMIT))
    queue = await done(parts, REV, Do(deed=Deed.QUEUE))
    card = await done(parts, REV, press(queue, Deed.REVIEW))
    await done(parts, REV, press(card, Deed.APPROVE))
    (claim,) = await parts.ledger.claims()
    return claim.id
