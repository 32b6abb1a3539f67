"""Who looks up or presses too much on Discord: told so alone, by a response that Discord takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store.ledger import Ledger
from tests.fakes.discord import FakeDiscord, FakeUser, Kind, Trouble
from tests.handlers.discord.conftest import CLAIM, CLAIM_ID, Running, settled
from tests.handlers.discord.test_presses import press, replied, rows

LOOK_UPS = (
    ("check", {"text": CLAIM}),
    ("show", {"claim": CLAIM_ID}),
    ("search", {"words": "moscow"}),
    ("history", {"claim": CLAIM_ID}),
    ("follow", {"claim": CLAIM_ID}),
)


@pytest.mark.parametrize(("name", "options"), LOOK_UPS)
async def test_every_look_up_counts(
    server: FakeDiscord, asker: FakeUser, running: Running, name: str, options: dict[str, str]
) -> None:
    """Whatever somebody looks up counts; beyond the limit they are told so, alone, each time."""
    async with running(limits={"person": 1}):
        texts = []
        for _ in range(5):
            asked = await server.command(asker, "claim", name, options=options)
            texts.append((await asked.wait_for_response()).text)
            assert asked.ephemeral
        other = await server.command(server.add_user("bob"), "claim", name, options=options)
        assert "please wait" not in (await other.wait_for_response()).text
    assert ["please wait" in each for each in texts] == [False] * 3 + [True] * 2


async def test_the_menu_counts_and_help_does_not(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """“Check this claim” is a look-up; the help card costs nothing and comes in any case."""
    message = await server.say(server.channel, server.owner, CLAIM)
    async with running(limits={"person": 1}):
        texts = []
        for _ in range(4):
            asked = await server.context_menu(asker, "Check this claim", message)
            texts.append((await asked.wait_for_response()).text)
        card = await (await server.command(asker, "claim", "help", options={})).wait_for_response()
    assert ["please wait" in each for each in texts] == [False] * 3 + [True]
    assert "What can be asked" in card.text


async def test_every_press_counts(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """Beyond the limit a press does nothing but say so, alone, whatever the button."""
    async with running(limits={"person": 1}):
        reply = await replied(server, asker)
        for _ in range(3):
            said = await (await press(server, reply, "Follow", asker)).wait_for_response()
            assert "please wait" not in said.text
        for label in ("Follow", "Report a problem", "Dismiss", "Full record"):
            pressed = await press(server, reply, label, asker)
            said = await pressed.wait_for_response()
            assert pressed.ephemeral
            assert "please wait" in said.text
    assert not reply.deleted
    assert reply.edits == []


async def test_a_report_counts(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """A report beyond the limit is not stored, and whoever sent it is told so."""
    async with running(limits={"person": 1}):
        reply = await replied(server, asker)
        opened = await press(server, reply, "Report a problem", asker)
        (_, label) = (await opened.wait_for_modal()).labels
        for _ in range(2):
            await (await press(server, reply, "Follow", asker)).wait_for_response()
        sent = await server.submit(opened, {label: "The date is another."})
        said = await sent.wait_for_response()
    assert sent.ephemeral
    assert "please wait" in said.text
    assert rows(ledger_file, "SELECT * FROM problem") == []


async def test_a_page_stays_where_turning_it_is_too_much(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A page that may not be turned yet stays as it is, and the sentence stands below it."""
    async with running(limits={"person": 1}):
        asked = await server.command(asker, "claim", "show", options={"claim": CLAIM_ID})
        page = await asked.wait_for_response()
        for label in ("Next page", "Previous page"):
            await (await press(server, page, label, asker)).wait_for_response()
        text = page.text
        said = await (await press(server, page, "Next page", asker)).wait_for_response()
    assert page.text == text
    assert said is not page
    assert "please wait" in said.text


async def test_suggestions_do_not_count(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """What is suggested while somebody types takes nothing from their limit."""
    async with running(limits={"person": 1}):
        for _ in range(5):
            assert await server.autocomplete(asker, "claim", "show", option="claim", text="moscow")
        asked = await server.command(asker, "claim", "show", options={"claim": CLAIM_ID})
        assert "Full record" in (await asked.wait_for_response()).text


async def test_a_question_beyond_the_queue_is_refused_when_it_comes(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """As many as may wait are answered, one refusal is told, and the rest is dropped and stays known."""
    troubles = [Trouble(Kind.SLOW_AFTER, seconds=1.0)] * 3
    server.troubles.next(*troubles, method="POST", path="/channels/*/messages")
    async with running(limits={"queue": 3}):
        asked = [await server.mention(server.channel, asker, CLAIM) for _ in range(6)]
        await server.wait_for_reply(asked[3])
        await settled(sample_ledger)
        for each in asked:
            server.deliver_again(each)
        await replied(server, asker)
        await settled(sample_ledger)
    texts = [[reply.text for reply in server.replies(each)] for each in asked]
    assert [len(each) for each in texts] == [1] * 4 + [0] * 2
    assert "Many questions wait" in texts[3][0]
