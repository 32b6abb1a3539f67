"""A strict Discord on loopback, REST and gateway, for the unmodified discord.py.

It knows Discord's rules and nothing of the bot. `FakeDiscord` is the way in; see its methods.
"""

from tests.fakes.discord.asking import CannotError
from tests.fakes.discord.interactions import FakeInteraction, FakeModal, FakeResponse
from tests.fakes.discord.messages import FakeMessage
from tests.fakes.discord.people import FakeChannel, FakeGuild, FakeRole, FakeUser
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.trouble import Kind, Trouble

__all__ = [
    "CannotError",
    "FakeChannel",
    "FakeDiscord",
    "FakeGuild",
    "FakeInteraction",
    "FakeMessage",
    "FakeModal",
    "FakeResponse",
    "FakeRole",
    "FakeUser",
    "Kind",
    "Trouble",
]
