"""What the bot asks of Discord, and that it is what the handlers use."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.moderation.deeds import COMMANDS
from handlers.discord import deed_commands, invite
from handlers.discord.commands import GROUP, MENU
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.world import MESSAGE_CONTENT
from tests.handlers.discord.conftest import Running

MOST_IN_GROUP = 25
"""Commands of one group that Discord takes."""


def test_the_link_names_the_application_scopes_and_permissions() -> None:
    """The link carries the application's id, both scopes, and no permission without a reason."""
    link = urlsplit(invite.link("1234"))
    values = parse_qs(link.query)
    assert (link.netloc, link.path) == ("discord.com", "/oauth2/authorize")
    assert values["client_id"] == ["1234"]
    assert values["scope"] == ["bot applications.commands"]
    assert len([name for name, granted in invite.permissions() if granted]) == len(invite.PERMISSIONS)
    assert values["permissions"] == [str(invite.permissions().value)]
    assert not invite.permissions().administrator


@pytest.mark.parametrize("reaction", [True, False])
async def test_the_client_identifies_with_what_is_told(
    server: FakeDiscord, running: Running, *, reaction: bool
) -> None:
    """The intents that are explained are those that the client identifies with."""
    server.world.granted = MESSAGE_CONTENT
    async with running(reaction="🔎" if reaction else None):
        (session,) = await server.wait_until_connected()
    assert session.intents == invite.intents(reaction=reaction).value
    wanted = {name for name, on in invite.intents(reaction=reaction) if on}
    assert wanted == invite.wanted_intents(reaction=reaction).keys()


async def test_what_is_registered_is_what_is_told(server: FakeDiscord, running: Running) -> None:
    """The commands that Discord has are the group and two menus, for servers and direct messages."""
    async with running():
        await server.wait_until_connected()
    found = {each["name"]: each for each in server.world.registry.listed(None)}
    assert found.keys() == {GROUP, MENU, deed_commands.MENU}
    names = [each["name"] for each in found[GROUP]["options"]]
    looked_up = ["check", "show", "search", "history", "follow", "help"]
    assert sorted(names) == sorted([*looked_up, *COMMANDS])
    assert len(names) <= MOST_IN_GROUP
    for each in found.values():
        assert each["contexts"] == [0, 1]
        assert each["integration_types"] == [0]


@given(st.integers(min_value=1, max_value=2**63 - 1))
def test_the_application_is_read_from_the_token(number: int) -> None:
    """A token begins with the id of its application."""
    head = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    assert invite.application_of(f"{head}.abc.def") == str(number)


@given(st.text())
def test_any_other_text_names_no_application(text: str) -> None:
    """A text that is no token names no application, or digits."""
    found = invite.application_of(text)
    assert found is None or found.isdecimal()
