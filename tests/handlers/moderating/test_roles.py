"""Every deed and every role: who may, what a refusal says, and that it changes nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.moderation.deeds import LEAST, Deed, Do, encoded
from bot.moderation.members import Role
from bot.store.ledger import Ledger
from bot.wording import catalogue
from handlers.moderating.deeds import PAPERS, done, filled
from handlers.outcomes import Asked, Said
from tests.handlers.moderating.people import (
    ADM,
    CON,
    MOD,
    RAE,
    REV,
    actor,
    draft,
    press,
    services,
    text,
    vetted,
)

PEOPLE = dict(zip(Role, (RAE, CON, REV, MOD, ADM), strict=True))


def kept(path: Path) -> list[str]:
    """Return all that is in the ledger's file but the key of the hashes."""
    with closing(sqlite3.connect(path)) as conn:
        return [line for line in conn.iterdump() if "person_key" not in line]


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", Role)
async def test_role_matrix(ledger: Ledger, tmp_path: Path, role: Role, deed: Deed) -> None:
    """Whoever has the role of a deed does it; a refusal names it and who has it, and changes nothing."""
    parts = services(ledger)
    claim = await vetted(parts)
    board = await draft(parts)
    proposal = press(board, Deed.SUBMIT).ref
    await done(parts, CON, press(board, Deed.SUBMIT))
    await done(parts, ADM, Do(deed=Deed.ROLES), "UMO2 moderator Moritz Mo")
    refs = {Deed.APPROVE: proposal, Deed.REVIEW: proposal, Deed.CHANGES: proposal, Deed.DECLINE: proposal}
    do = Do(deed=deed, ref=refs.get(deed, claim))
    before = kept(tmp_path / "ledger.db")
    outcome = await done(parts, PEOPLE[role], do)
    refusal = "This takes the role"
    if role.rank >= LEAST[deed].rank:
        assert not isinstance(outcome, Said) or refusal not in outcome.text
    else:
        said = text(outcome)
        assert f"{refusal} {catalogue().say(f'role.{LEAST[deed]}')}" in said
        assert said.endswith("whoever the configuration names.")
        assert ("Moritz Mo" in said) == (Role.MODERATOR.rank >= LEAST[deed].rank)
        # Of those whom the configuration names, the name of who has reviewed here is known.
        assert (REV.name in said) == (Role.REVIEWER.rank >= LEAST[deed].rank)
        assert kept(tmp_path / "ledger.db") == before


@pytest.mark.parametrize("name", PAPERS)
async def test_a_form_that_was_opened_with_a_role_is_refused_without_it(ledger: Ledger, name: str) -> None:
    """Who loses a role cannot hand in a form that was opened while they had it."""
    parts = services(ledger)
    claim = await vetted(parts)
    await done(parts, ADM, Do(deed=Deed.ROLES), "UNEW admin Newt")
    newt = actor("UNEW")
    member = await parts.ledger.moderation().member("", "slack:T1:UNEW", "Newt", Role.READER)
    sheet = await parts.ledger.moderation().open_sheet(member, name, {"claim": claim, "ref": claim}, {})
    await done(parts, ADM, Do(deed=Deed.ROLES), "UNEW reader Newt")
    log = await ledger.revision()
    if LEAST[PAPERS[name].deed] is not Role.READER:
        assert "This takes the role" in text(await filled(parts, newt, sheet, None, {"reason": "x"}))
    assert await ledger.revision() == log


async def test_a_role_by_command_counts_at_once(ledger: Ledger) -> None:
    """A mention or an id gets a role, the list names it, and it is there for the next deed."""
    parts = services(ledger)
    assert "This takes the role" in text(await done(parts, actor("UNEW"), Do(deed=Deed.QUEUE)))
    said = text(await done(parts, ADM, Do(deed=Deed.ROLES), "<@UNEW|newt> reviewer Newt Nash"))
    assert said == "Newt Nash is Reviewer here from now on."
    assert "Nothing waits" in text(await done(parts, actor("UNEW"), Do(deed=Deed.QUEUE)))
    assert "Newt Nash · Reviewer" in text(await done(parts, ADM, Do(deed=Deed.ROLES))).replace(", ", " · ")
    asked = await done(parts, ADM, Do(deed=Deed.ROLES), "nobody")
    assert isinstance(asked, Asked)


@pytest.mark.parametrize(
    "words", ["", " ", "\0", "\ud800", "a b c d e", "🙂" * 200, "claim\nreason", "../../x", "' OR 1"]
)
async def test_any_words_after_any_command_are_answered(ledger: Ledger, words: str) -> None:
    """Whatever stands after a command or in a forged button gets a sentence, a form or a board."""
    parts = services(ledger)
    for deed in Deed:
        if deed is Deed.FORGET:
            continue
        assert await done(parts, ADM, Do(deed=deed), words) is not None
        ref = words.encode(errors="replace").decode()
        assert await done(parts, ADM, Do(deed=deed, ref=ref, page=7)) is not None
        assert encoded(Do(deed=deed, ref=ref))
