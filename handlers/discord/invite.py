"""What the bot asks of Discord: intents and permissions, each with its reason, and the link that invites it.

The client that connects takes its intents from here, so that what is asked for is what is used.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import discord

SCOPES: Final = {
    "bot": "to be a member of the server",
    "applications.commands": "for /claim, “Check this claim” and “Add to the ledger”",
}

PERMISSIONS: Final = {
    "view_channel": "to be told of the messages that mention it",
    "send_messages": "to reply to them",
    "send_messages_in_threads": "to reply in threads as well",
    "read_message_history": "to reply to a message, and to find those that came while it was away",
}
"""What the bot may do in a server, by discord.py's names, and why it needs that. It asks for nothing else."""

INTENTS: Final = {
    "guilds": "to know its servers, channels and roles",
    "guild_messages": "to be told of the messages that mention it",
    "dm_messages": "to be told of direct messages",
}
"""What Discord tells the bot of, and why. None of these is privileged."""

REACTION_INTENTS: Final = {
    "guild_reactions": "to be told of reactions",
    "message_content": "to read the message that was reacted to; privileged: switch it on in the portal",
}
"""What is needed on top where an emoji asks ([discord] reaction)."""

PORTAL: Final = "https://discord.com/developers/applications"
"""Where applications are set up."""

NEXT_STEPS: Final = (
    f"{PORTAL} → your application → Bot → Reset Token, and copy the token to DISCORD_TOKEN.",
    "counterclaim doctor checks it, and counterclaim run starts the bot.",
)
"""What is to be done once the bot was invited, in this order."""


def intents(*, reaction: bool) -> discord.Intents:
    """Return what to identify with; `reaction` says that an emoji may ask."""
    made = discord.Intents.none()
    for name in wanted_intents(reaction=reaction):
        setattr(made, name, True)
    return made


def wanted_intents(*, reaction: bool) -> Mapping[str, str]:
    """Return each intent with its reason."""
    return INTENTS | REACTION_INTENTS if reaction else INTENTS


def permissions() -> discord.Permissions:
    """Return the permissions as discord.py adds them up."""
    return discord.Permissions(**dict.fromkeys(PERMISSIONS, True))


def link(application: str) -> str:
    """Return the address at which somebody who keeps a server lets the bot in; `application` is its id."""
    values = {"client_id": application, "scope": " ".join(SCOPES), "permissions": permissions().value}
    return f"https://discord.com/oauth2/authorize?{urlencode(values)}"


def application_of(token: str) -> str | None:
    """Return the id of the application that a bot's token belongs to, or None where it has another form.

    The part before the first dot is the id in base64.
    """
    head = token.strip().partition(".")[0]
    try:
        text = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return text if text.isdecimal() else None
