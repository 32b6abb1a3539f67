"""Drafts from an article, as deeds: kept for whoever gave it, added or discarded; none is vetted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.moderation.deeds import Deed, Do
from bot.moderation.proposals import Stage
from bot.statements import State
from bot.store.ledger import Ledger, open_ledger
from handlers.drafting import Given
from handlers.moderating.deeds import acting_as, done, drafts_of
from handlers.outcomes import Asked, Board, Outcome
from handlers.services import Services
from tests.drafting import TEXT
from tests.handlers.moderating.people import CON, MOD, RAE, fill, press, presses, services, text, vetted
from tests.handlers.sites import Names, answer, fetcher, standing
from tests.handlers.test_articles import PAGE

SOURCE = {"publisher": "Fen Courier", "title": "Bridge closed", "url": "https://courier.fen.example.org/a"}


def verbs(outcome: Outcome) -> list[str]:
    """Return what the buttons of a card do with its draft."""
    return [each.ref.partition("/")[2] for each in presses(outcome) if each.deed is Deed.DRAFT and each.ref]


def to(outcome: Outcome, verb: str) -> Do:
    """Return the button of a card that does `verb` with its draft."""
    return next(each for each in presses(outcome) if each.ref.endswith(f"/{verb}"))


def brings(what: Given) -> Callable[[], Awaitable[Given]]:
    """Return what brings `what`."""

    async def bring() -> Given:
        return what

    return bring


async def begun(parts: Services) -> Outcome:
    """Have drafts made of the article, and return the first card."""
    return await done(parts, CON, Do(deed=Deed.DRAFT), TEXT)


async def test_a_draft_is_accepted(ledger: Ledger) -> None:
    """Accepting asks where the article stands, and begins a draft of one's own; nothing is on file."""
    parts = services(ledger)
    card = await begun(parts)
    assert "Draft 1 of" in text(card)
    assert "In the article: “The county knew of the cracks for two years,”" in text(card)
    assert verbs(card) == ["accept", "edit", "discard"]
    asked = await done(parts, CON, to(card, "accept"))
    assert isinstance(asked, Asked)
    missing = await fill(parts, CON, asked, publisher="Fen Courier", title="Bridge closed")
    assert isinstance(missing, Asked)
    assert set(missing.faults) == {"url"}
    board = await fill(parts, CON, missing, **SOURCE)
    assert "Accepted." in text(board)
    assert "Fen Courier" in text(board)
    assert await parts.ledger.claims() == ()
    (proposal,) = await parts.ledger.moderation().drafts((await acting_as(parts, CON)).member)
    assert proposal.stage is Stage.DRAFT
    assert {each.state for each in proposal.claim.statements} == {State.DRAFT}
    assert {each.url for each in proposal.claim.sources} == {SOURCE["url"]}
    again = await done(parts, CON, to(card, "accept"))
    assert "accepted or discarded before" in text(again)


async def test_a_draft_is_edited(ledger: Ledger) -> None:
    """Accepting with an edit leads on to the form of the claim."""
    parts = services(ledger)
    asked = await done(parts, CON, to(await begun(parts), "edit"))
    form = await fill(parts, CON, asked, **SOURCE)
    assert isinstance(form, Asked)
    assert form.form.name == "entry"
    board = await fill(parts, CON, form, text="The county of Fen knew of cracks.")
    assert isinstance(board, Board)
    assert "The county of Fen knew of cracks." in text(board)


async def test_drafts_are_discarded_one_by_one(ledger: Ledger) -> None:
    """A draft that is discarded makes room for the next; after the last that is said, and none is kept."""
    parts = services(ledger)
    card = await begun(parts)
    for _ in range(20):
        if not isinstance(card, Board):
            break
        card = await done(parts, CON, to(card, "discard"))
    assert text(card) == "Discarded."
    assert "No drafts from an article wait" in text(await done(parts, CON, Do(deed=Deed.DRAFT)))


async def test_drafts_survive_a_restart(ledger: Ledger, tmp_path: Path) -> None:
    """What was not decided on is there after a restart, in the list of drafts as well."""
    card = await begun(services(ledger))
    async with open_ledger(tmp_path / "ledger.db", writable=True) as opened:
        parts = services(opened)
        assert text(await done(parts, CON, Do(deed=Deed.DRAFT))) == text(card)
        listed = await done(parts, CON, Do(deed=Deed.DRAFTS))
        assert "Draft from an article" in text(listed)
        assert text(await done(parts, CON, press(listed, Deed.DRAFT))).startswith("Draft 1 of")


async def test_a_draft_is_added_to_what_is_on_file(ledger: Ledger) -> None:
    """A draft that matches a claim on file is offered as an addition, and is a proposal on that claim."""
    parts = services(ledger)
    claim = await vetted(parts)
    (held,) = await parts.ledger.claims()
    article = f"{held.text}\n\n“{held.text}” said Ana Reyes, the mayor of Marsh. Piet Vos denied it."
    card = await done(parts, CON, Do(deed=Deed.DRAFT), article)
    assert f"@{claim}" in verbs(card)
    asked = await done(parts, CON, to(card, f"@{claim}"))
    board = await fill(parts, CON, asked, **SOURCE)
    assert "Added to a draft of the entry on file." in text(board)
    (proposal,) = await parts.ledger.moderation().drafts((await acting_as(parts, CON)).member)
    assert proposal.claim.id == claim
    assert proposal.base > 0
    assert proposal.claim.statements[: len(held.statements)] == held.statements
    assert len(proposal.claim.statements) > len(held.statements)
    assert await parts.ledger.claims() == (held,)


async def test_an_address_is_fetched(ledger: Ledger) -> None:
    """An address is fetched, where that is turned on, and the source of the draft is what was fetched."""
    async with standing() as site:
        site.pages["/bridge"] = answer(PAGE.encode())
        parts = replace(services(ledger), fetcher=fetcher(site))
        card = await done(parts, CON, Do(deed=Deed.DRAFT), site.url("/bridge"))
        board = await done(parts, CON, to(card, "accept"))
        assert "Fen Courier" in text(board)
        (proposal,) = await parts.ledger.moderation().drafts((await acting_as(parts, CON)).member)
        (source,) = proposal.claim.sources
        assert (source.url, source.title) == (site.url("/bridge"), "The bridge is closed")
        assert source.retrieved_on is not None
        assert source.published_on == "2025-07-08"
        assert source.excerpt_sha256 is not None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("https://news.example.org/story", "not fetched here"),
        ("The bridge is old. It has three arches and a lamp.", "there are no drafts"),
    ],
)
async def test_what_gives_no_drafts_is_told(ledger: Ledger, words: str, says: str) -> None:
    """Nothing to fetch with, or nobody who says anything: one sentence, and nothing is kept."""
    parts = services(ledger)
    assert says in text(await done(parts, CON, Do(deed=Deed.DRAFT), words))
    assert "No drafts" in text(await done(parts, CON, Do(deed=Deed.DRAFT)))


async def test_a_file_is_read(ledger: Ledger) -> None:
    """A file is read by its name; one of another sort is told."""
    parts = services(ledger)
    page = Given(body=PAGE.encode(), name="story.html", content_type="text/html")
    assert "Draft 1 of" in text(await drafts_of(parts, CON, brings(page)))
    other = Given(body=b"PK", name="story.docx")
    assert "Only .txt, .html and .pdf" in text(await drafts_of(parts, CON, brings(other)))


async def test_drafts_are_their_owners_alone(ledger: Ledger) -> None:
    """Somebody else's draft cannot be seen or acted on, and without the role none is made."""
    parts = services(ledger)
    card = await begun(parts)
    for verb in ("accept", "edit", "discard", "@x", ""):
        ref = to(card, "accept").ref.partition("/")[0]
        other = await done(parts, MOD, Do(deed=Deed.DRAFT, ref=f"{ref}/{verb}"))
        assert "accepted or discarded before" in text(other)
    assert "This takes the role" in text(await done(parts, RAE, Do(deed=Deed.DRAFT), TEXT))
    assert "This takes the role" in text(await drafts_of(parts, RAE, brings(Given(text=TEXT))))
    async with standing() as site:
        names = Names({})
        guarded = replace(parts, fetcher=fetcher(site, names))
        assert "This takes the role" in text(await done(guarded, RAE, Do(deed=Deed.DRAFT), site.url("/")))
        assert (site.connections, names.asked) == (0, [])
