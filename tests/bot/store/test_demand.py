"""Demand: near-duplicates are one group, people count once, texts are kept by consent, each is told once."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import replace
from typing import Any

import pytest

from bot.calibration import load
from bot.claims import Claim
from bot.dates import Day
from bot.errors import NotAllowedError
from bot.moderation.members import Member, Role
from bot.questions import Place, Platform, Way
from bot.store import demand
from bot.store.demand import A_DAY, Noted
from bot.store.ledger import Ledger
from bot.store.writing import save_claim
from bot.views import HOUSE
from tests.conftest import CHANGE
from tests.entries import claim

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
BRIDGE = "The mayor of Marsh ordered the old bridge to be closed during the spring flood"
AGAIN = "Did the mayor of Marsh order that the old bridge be closed during the spring flood?"
PAINTED = "The harbour at Fen was painted blue by a choir of retired dentists last winter"
MODERATOR = Member(workspace=HOUSE, key="slack:T1:U9", name="Ben Ode", role=Role.MODERATOR)


async def noted(ledger: Ledger, person: str, text: str, workspace: str = HOUSE) -> Noted:
    """Count one person's unanswered question."""
    return await ledger.demand().note(workspace, PLACE, person, text, load())


async def asked(ledger: Ledger, person: str, text: str, workspace: str = HOUSE) -> Noted:
    """Let one person ask the moderators for an answer."""
    question = await ledger.questions().ask(PLACE, person, Way.COMMAND, text)
    return await ledger.demand().ask(workspace, PLACE, person, question, load())


async def rows(ledger: Ledger, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    return await ledger._reader.read(lambda conn: [tuple(row) for row in conn.execute(query)])


async def test_paraphrases_are_one_group_and_people_count_once(ledger: Ledger) -> None:
    """What is asked in other words is the same demand, which counts each person once."""
    assert await asked(ledger, "U1", BRIDGE) is Noted.COUNTED
    assert await asked(ledger, "U1", BRIDGE) is Noted.BEFORE
    assert await asked(ledger, "U2", AGAIN) is Noted.COUNTED
    assert await noted(ledger, "U3", f"  “{BRIDGE.upper()}!” ") is Noted.COUNTED
    assert await asked(ledger, "U4", PAINTED) is Noted.COUNTED
    first, second = await ledger.demand().unanswered(HOUSE, 10)
    assert (first.text, first.people) == (BRIDGE, 3)
    assert (second.text, second.people) == (PAINTED, 1)
    assert await ledger.demand().unanswered(HOUSE, 1, page=1) == (second,)
    assert await ledger.demand().wanted(HOUSE, first.id) == first


@pytest.mark.parametrize(
    "other",
    [
        "The mayor of Marsh never ordered the old bridge to be closed during the spring flood",
        "The mayor of Fen had the harbour painted during the spring flood",
    ],
)
async def test_what_differs_in_substance_is_another_group(ledger: Ledger, other: str) -> None:
    """A negation, or another matter in the same words, is a demand of its own."""
    await asked(ledger, "U1", BRIDGE)
    await asked(ledger, "U2", other)
    assert [each.people for each in await ledger.demand().unanswered(HOUSE, 10)] == [1, 1]


async def test_other_numbers_are_another_group(ledger: Ledger) -> None:
    """The same sentence with another figure asks something else."""
    await asked(ledger, "U1", "The council of Marsh spent 40 million on the repair of the old bridge")
    await asked(ledger, "U2", "The council of Marsh spent 75 million on the repair of the old bridge")
    assert len(await ledger.demand().unanswered(HOUSE, 10)) == 2


async def test_a_text_is_kept_by_consent_alone(ledger: Ledger) -> None:
    """Without “Ask the moderators” a demand has a hash and no text; with it, the text without its numbers."""
    text = f"{BRIDGE}, call 0171 2345678"
    await noted(ledger, "U1", text)
    (held,) = await ledger.demand().unanswered(HOUSE, 10)
    assert held.text is None
    assert "bridge" not in str(await rows(ledger, "SELECT * FROM unanswered"))
    assert "U1" not in str(await rows(ledger, "SELECT * FROM asker"))
    await asked(ledger, "U2", text)
    (held,) = await ledger.demand().unanswered(HOUSE, 10)
    assert (held.text, held.people) == (f"{BRIDGE}, call [phone number]", 2)


async def test_workspaces_do_not_share_demands(ledger: Ledger) -> None:
    """What one workspace asks is on no other's queue and in no other's group."""
    await asked(ledger, "U1", BRIDGE, "red")
    await asked(ledger, "U2", BRIDGE, "blue")
    (red,) = await ledger.demand().unanswered("red", 10)
    assert red.people == 1
    assert await ledger.demand().wanted("blue", red.id) is None
    assert not await ledger.demand().drop(red.id, replace(MODERATOR, workspace="blue"))


async def test_a_person_counts_for_so_many_a_day(ledger: Ledger) -> None:
    """Beyond twenty groups a day a person is not counted, and makes no group."""
    for number in range(A_DAY):
        assert await noted(ledger, "U1", f"Claim of the kind {number}") is Noted.COUNTED
    assert await noted(ledger, "U1", BRIDGE) is Noted.FULL
    assert await asked(ledger, "U1", BRIDGE) is Noted.FULL
    assert await asked(ledger, "U1", "Claim of the kind 3") is Noted.COUNTED
    assert len(await ledger.demand().unanswered(HOUSE, 50)) == A_DAY


async def test_a_muted_person_is_not_counted(ledger: Ledger) -> None:
    """Neither wishes nor reports of a muted person are kept, until the mute is over."""
    muting = ledger.muting()
    assert not await muting.is_muted(HOUSE, Platform.SLACK, "U1")
    await muting.mute(Platform.SLACK, "U1", None, MODERATOR)
    assert await asked(ledger, "U1", BRIDGE) is Noted.MUTED
    assert not await ledger.questions().report(None, None, Platform.SLACK, "U1", "It is odd.", HOUSE)
    assert await ledger.demand().unanswered(HOUSE, 10) == ()
    assert await rows(ledger, "SELECT * FROM problem") == []
    await muting.mute(Platform.SLACK, "U1", time.time() - 1, MODERATOR)
    assert await asked(ledger, "U1", BRIDGE) is Noted.COUNTED


async def test_muting_takes_the_role_at_that_moment(ledger: Ledger) -> None:
    """A role that was taken away since the command came mutes and unmutes nobody."""
    admin, at_first = replace(MODERATOR, role=Role.ADMIN), replace(MODERATOR, configured=Role.READER)
    await ledger.moderation().give_role(admin, MODERATOR.key, "Ben Ode", Role.READER)
    for deed in (
        ledger.muting().mute(Platform.SLACK, "U1", None, at_first),
        ledger.muting().unmute(Platform.SLACK, "U1", at_first),
    ):
        with pytest.raises(NotAllowedError, match="moderator"):
            await deed
    assert not await ledger.muting().is_muted(HOUSE, Platform.SLACK, "U1")


async def test_what_is_dropped_stays_off_the_queue(ledger: Ledger) -> None:
    """A demand that a moderator dropped does not come back with the next person, and keeps no address."""
    await asked(ledger, "U1", BRIDGE)
    (held,) = await ledger.demand().unanswered(HOUSE, 10)
    assert await ledger.demand().drop(held.id, MODERATOR)
    assert not await ledger.demand().drop(held.id, MODERATOR)
    await asked(ledger, "U2", BRIDGE)
    assert await ledger.demand().unanswered(HOUSE, 10) == ()
    assert await rows(ledger, "SELECT address FROM asker WHERE address IS NOT NULL") == []


async def told(ledger: Ledger) -> list[tuple[Any, ...]]:
    """Return to whom what is to be told, and from when on."""
    query = "SELECT channel, payload, leased_until FROM outbox WHERE kind = 'answer' ORDER BY channel"
    return await rows(ledger, query)


async def test_those_who_asked_are_told_once(ledger: Ledger) -> None:
    """When the entry begun for a demand is vetted, each one who left an address is told, once."""
    await asked(ledger, "U1", BRIDGE)
    await asked(ledger, "U2", AGAIN)
    await noted(ledger, "U3", BRIDGE)
    (held,) = await ledger.demand().unanswered(HOUSE, 10)

    def approve(conn: sqlite3.Connection) -> tuple[int, int]:
        save_claim(conn, claim(), CHANGE, vouched=True)
        now = time.time()
        return demand.answered(conn, held.id, "bridge", now), demand.answered(conn, held.id, "bridge", now)

    assert await ledger._writing().write(approve) == (2, 0)
    first, second = await told(ledger)
    assert (first[0], second[0]) == ("U1", "U2")
    assert "/claim show bridge" in json.loads(first[1])["text"]
    assert await rows(ledger, "SELECT address FROM asker WHERE address IS NOT NULL") == []
    assert await ledger.demand().unanswered(HOUSE, 10) == ()


async def test_a_claim_vetted_for_another_reason_answers_too(ledger: Ledger) -> None:
    """A newly vetted claim closes the demands that it answers as the same, in its workspace alone."""
    short = "Was the bridge at Marsh shut?"
    await asked(ledger, "U1", AGAIN, "red")
    await asked(ledger, "U2", PAINTED, "red")
    await asked(ledger, "U3", BRIDGE, "blue")
    await asked(ledger, "U4", short, "red")
    entry = claim(text=BRIDGE, workspace="red", aliases=(short,))

    def vet(conn: sqlite3.Connection, each: Claim) -> int:
        save_claim(conn, each, CHANGE, vouched=True)
        return demand.vetted(conn, each, time.time(), load())

    assert await ledger._writing().write(vet, entry) == 2
    assert [each[0] for each in await told(ledger)] == ["U1", "U4"]
    assert [each.text for each in await ledger.demand().unanswered("red", 10)] == [PAINTED]
    assert len(await ledger.demand().unanswered("blue", 10)) == 1


async def test_nobody_is_told_during_an_embargo(ledger: Ledger) -> None:
    """Those who asked are told when the embargo ends, and whoever asks meanwhile then as well."""
    await asked(ledger, "U1", BRIDGE)
    (held,) = await ledger.demand().unanswered(HOUSE, 10)

    def approve(conn: sqlite3.Connection) -> int:
        save_claim(conn, claim(embargo_until=Day("2999-01-01")), CHANGE, vouched=True)
        return demand.answered(conn, held.id, "bridge", time.time())

    assert await ledger._writing().write(approve) == 1
    await asked(ledger, "U2", BRIDGE)
    assert [each[0] for each in await told(ledger)] == ["U1", "U2"]
    assert all(each[2] > time.time() + 10**9 for each in await told(ledger))
    assert await ledger.demand().unanswered(HOUSE, 10) == ()


async def test_a_demand_whose_answer_was_withdrawn_waits_again(ledger: Ledger) -> None:
    """Asked about again after its claim is gone, a demand is back on the queue."""
    await asked(ledger, "U1", BRIDGE)
    (held,) = await ledger.demand().unanswered(HOUSE, 10)
    await ledger._writing().write(demand.answered, held.id, "gone", time.time())
    assert await ledger.demand().unanswered(HOUSE, 10) == ()
    await asked(ledger, "U2", BRIDGE)
    (again,) = await ledger.demand().unanswered(HOUSE, 10)
    assert (again.id, again.people) == (held.id, 2)


async def test_forged_questions_are_answered_politely(ledger: Ledger) -> None:
    """A question that is not on file, or says nothing, is no demand."""
    assert await ledger.demand().ask(HOUSE, PLACE, "U1", "nowhere", load()) is Noted.FORGOTTEN
    assert await noted(ledger, "U1", "🙂") is Noted.FORGOTTEN
