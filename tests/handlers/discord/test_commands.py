"""`/claim` and “Check this claim”: what is registered, and what the asker alone is shown."""

from __future__ import annotations

import pytest

from bot.actions import Action, decoded
from bot.questions import Place, Platform
from bot.store.ledger import Ledger
from bot.views import now
from handlers.discord.bot import DiscordBot
from tests.fakes.discord import CannotError, FakeDiscord, FakeUser, Kind, Trouble
from tests.handlers.discord.conftest import (
    CLAIM,
    CLAIM_ID,
    QUICK,
    UNKNOWN,
    Running,
    services_for,
    serving,
    settings_for,
)


async def test_a_look_up_is_seen_by_the_asker_alone(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """`/claim check` is answered with the record and a button to share it, to nobody else."""
    async with running():
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        answer = await asked.wait_for_response()
    assert asked.ephemeral
    assert answer.viewer is asker
    assert answer.text.startswith("**On record")
    assert "Share" in answer.buttons
    assert asked.response is not None
    assert asked.response.kind == 5  # deferred before any work


async def test_a_claim_that_is_not_on_file_is_said_to_the_asker(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """`/claim check` of something unknown says so and offers to ask the moderators."""
    async with running():
        asked = await server.command(asker, "claim", "check", options={"text": UNKNOWN})
        answer = await asked.wait_for_response()
    assert answer.text.startswith("**Nothing on file")
    assert "Ask the moderators" in answer.buttons


async def test_show_gives_the_full_record(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """`/claim show` gives the first page of the full record."""
    async with running():
        asked = await server.command(asker, "claim", "show", options={"claim": CLAIM_ID})
        answer = await asked.wait_for_response()
    assert asked.ephemeral
    assert "Full record" in answer.text


@pytest.mark.parametrize("name", ["show", "history", "follow"])
async def test_an_id_that_is_not_on_file_is_told(
    server: FakeDiscord, asker: FakeUser, running: Running, name: str
) -> None:
    """An id that nothing has is answered with a sentence, without the id doing any harm."""
    async with running():
        asked = await server.command(asker, "claim", name, options={"claim": "no-such @everyone"})
        answer = await asked.wait_for_response()
    assert "There is no claim" in answer.text
    assert answer.pings == frozenset()


async def test_search_lists_claims(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """`/claim search` lists the claims that have the words, with their ids."""
    async with running():
        asked = await server.command(asker, "claim", "search", options={"words": "Tallow Bridge"})
        answer = await asked.wait_for_response()
    assert asked.ephemeral
    assert "larkmoor" in answer.text.replace("\\", "")


async def test_history_tells_who_changed_an_entry(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """`/claim history` tells who changed the entry."""
    async with running():
        asked = await server.command(asker, "claim", "history", options={"claim": CLAIM_ID})
        answer = await asked.wait_for_response()
    assert "Tester" in answer.text


async def test_follow_is_noted_once(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """`/claim follow` stores the asker's id as the address, and says so when it is stored already."""
    async with running():
        said = []
        for _ in range(2):
            asked = await server.command(asker, "claim", "follow", options={"claim": CLAIM_ID})
            said.append((await asked.wait_for_response()).text)
    assert "follow this claim now" in said[0]
    assert "already" in said[1]
    place = Place(platform=Platform.DISCORD, tenant=str(server.guild.id), channel="")
    assert not await sample_ledger.questions().follow(CLAIM_ID, place, str(asker.id), now())


async def test_help_is_a_card(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """`/claim help` says what can be asked."""
    async with running():
        answer = await (await server.command(asker, "claim", "help")).wait_for_response()
    assert "/claim check TEXT" in answer.text


async def test_claims_are_suggested_while_typing(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """The option of a claim suggests claims by their text and stands for their id; at most 25."""
    async with running():
        found = await server.autocomplete(asker, "claim", "show", option="claim", text="Moscow bomb")
        many = await server.autocomplete(
            asker, "claim", "history", option="claim", text="the of a Trump Tallow"
        )
        none = await server.autocomplete(asker, "claim", "follow", option="claim", text="")
    assert CLAIM_ID in [each["value"] for each in found]
    assert all(len(each["name"]) <= 100 for each in found)
    assert 0 < len(many) <= 25
    assert none == []


async def test_the_menu_of_a_message_looks_it_up(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """“Check this claim” reads the message whatever the intents, and answers the asker alone."""
    message = await server.say(server.channel, server.owner, CLAIM)
    async with running():
        asked = await server.context_menu(asker, "Check this claim", message)
        answer = await asked.wait_for_response()
    assert asked.ephemeral
    assert answer.text.startswith("**On record")
    assert "Share" in answer.buttons
    assert server.replies(message) == []


async def test_the_menu_of_a_message_without_text_gives_help(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A message without any text is answered with what can be asked."""
    message = await server.say(server.channel, server.owner, "")
    async with running():
        answer = await (await server.context_menu(asker, "Check this claim", message)).wait_for_response()
    assert "/claim check TEXT" in answer.text


async def test_commands_work_in_direct_messages(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """The commands can be used in a direct message with the bot as well."""
    async with running():
        asked = await server.command(
            asker, "claim", "check", options={"text": CLAIM}, channel=server.world.direct_channel(asker)
        )
        assert (await asked.wait_for_response()).text.startswith("**On record")


async def test_commands_are_registered_only_when_they_changed(
    server: FakeDiscord, asker: FakeUser, sample_ledger: Ledger
) -> None:
    """A second start with the same commands sends Discord nothing; a changed fingerprint sends them again."""
    services = services_for(settings_for(server), sample_ledger)
    for _ in range(2):
        async with serving(DiscordBot(services, patience=QUICK)):
            await server.wait_until_connected()
    assert server.world.registry.writes == 1
    await sample_ledger.questions().set(f"discord.commands.{server.application_id}", "an older one")
    async with serving(DiscordBot(services, patience=QUICK)):
        await server.wait_until_connected()
    assert server.world.registry.writes == 2
    with pytest.raises(CannotError):
        await server.command(asker, "claim", "check", options={})


async def test_commands_that_are_gone_are_registered_again(
    server: FakeDiscord, sample_ledger: Ledger
) -> None:
    """A start looks at what Discord has: commands that were removed or replaced since are sent again."""
    services = services_for(settings_for(server), sample_ledger)
    registry = server.world.registry
    for gone in ("nothing", "all", "the menu"):
        if gone == "all":
            registry.scopes.clear()
        elif gone == "the menu":
            registry.remove(_menu(server), None)
        async with serving(DiscordBot(services, patience=QUICK)):
            await server.wait_until_connected()
        assert {each["name"] for each in registry.listed(None)} == {
            "claim",
            "Check this claim",
            "Add to the ledger",
        }
    assert registry.writes == 4  # three by the bot, one by the removal


def _menu(server: FakeDiscord) -> int:
    listed = server.world.registry.listed(None)
    return next(int(each["id"]) for each in listed if each["name"] == "Check this claim")


async def test_mentions_are_answered_where_commands_cannot_be_registered(
    server: FakeDiscord, asker: FakeUser, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused registration is logged under a reference and keeps nothing else from working."""
    server.troubles.next(Trouble(Kind.BLOCKED), method="PUT", path="*/commands")
    async with running():
        message = await server.mention(server.channel, asker, CLAIM)
        await server.wait_for_reply(message)
    assert [each for each in caplog.records if "commands could not" in each.message and each.__dict__["ref"]]


async def test_an_unforeseen_error_is_told_with_its_reference(
    server: FakeDiscord,
    asker: FakeUser,
    running: Running,
    sample_ledger: Ledger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What nobody foresaw is told to the asker with the reference that the log has."""
    async with running():
        # The ledger is damaged while the bot runs.
        assert sample_ledger._writer
        await sample_ledger._writer.write(lambda conn: conn.execute("DROP TABLE question"))
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        answer = await asked.wait_for_response()
    references = {each.__dict__.get("ref") for each in caplog.records} - {None}
    assert any(str(each) in answer.text for each in references)


async def test_a_button_carries_ids_and_nothing_else(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Every button of an answer can be decoded to an action and ids."""
    async with running():
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM})
        answer = await asked.wait_for_response()
    buttons = [decoded(each) for each in answer.buttons.values()]
    assert None not in buttons
    assert {each.action for each in buttons if each} >= {Action.SHARE, Action.FOLLOW}
