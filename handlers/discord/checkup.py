"""What `counterclaim doctor` looks at on Discord: the token, the application, its intents, its commands.

Asks Discord without Discord's library, so that a check is one call and one answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import discord
from discord import app_commands

from bot.config import Settings
from handlers.checks import Answered, Check, Inquiry, Outcome
from handlers.discord import commands, invite

Setting: TypeAlias = Callable[[str], Awaitable[str | None]]
"""Reads a setting of the ledger by its name."""

TOKEN: Final = "Discord token"  # noqa: S105 - a name
APPLICATION: Final = "Discord application"
INTENTS: Final = "Discord intents"
COMMANDS: Final = "Discord commands"

_NEW_TOKEN: Final = f"{invite.PORTAL} → your application → Bot → Reset Token, and copy it to DISCORD_TOKEN"
_ADDRESS: Final = "check this machine's network, and api_url under [discord]"
_UNAUTHORISED: Final = 401

FLAGS: Final = {
    "presences": (1 << 12) | (1 << 13),
    "members": (1 << 14) | (1 << 15),
    "message_content": (1 << 18) | (1 << 19),
}
"""The flags of an application that has a privileged intent, by discord.py's names: in full, or limited.

Source: Discord's documentation, Application Flags.
"""
_LABELS: Final = {
    "presences": "Presence Intent",
    "members": "Server Members Intent",
    "message_content": "Message Content Intent",
}


async def checkup(settings: Settings, inquiry: Inquiry, setting: Setting | None) -> tuple[Check, ...]:
    """Return the checks of Discord; `setting` reads the ledger, where that can be read."""
    token = settings.secrets["DISCORD_TOKEN"].reveal()
    base = settings.discord.api_url.rstrip("/")
    me = await inquiry.ask("GET", f"{base}/users/@me", f"Bot {token}")
    fault = _fault(TOKEN, me)
    if fault is not None:
        says = "not known without a token that Discord accepts"
        return fault, *_skipped(says, APPLICATION, INTENTS, COMMANDS)
    known = Check(name=TOKEN, outcome=Outcome.OK, says=f"works as {me.body.get('username', '?')}")
    application = await inquiry.ask("GET", f"{base}/oauth2/applications/@me", f"Bot {token}")
    fault = _fault(APPLICATION, application)
    if fault is not None:
        return known, fault, *_skipped("the application is not known", INTENTS, COMMANDS)
    return (
        known,
        _application(application),
        _intents(application, reaction=settings.discord.reaction is not None),
        await _commands(settings, application, inquiry, setting),
    )


def _skipped(says: str, *names: str) -> tuple[Check, ...]:
    return tuple(Check(name=each, outcome=Outcome.SKIPPED, says=says) for each in names)


async def _commands(
    settings: Settings, application: Answered, inquiry: Inquiry, setting: Setting | None
) -> Check:
    """Compare the commands that Discord has, and those that were last registered, with this program's."""
    number = str(application.body["id"])
    base, token = settings.discord.api_url.rstrip("/"), settings.secrets["DISCORD_TOKEN"].reveal()
    answered = await inquiry.ask("GET", f"{base}/applications/{number}/commands", f"Bot {token}")
    if answered.listed is None or not number.isdecimal():
        says = f"Discord does not list them ({answered.error or f'status {answered.status}'})"
        return _skipped(says, COMMANDS)[0]
    tree = _tree()
    there = [each for each in answered.listed if isinstance(each, dict)]
    last = await setting(commands.setting_name(int(number))) if setting is not None else None
    if not there:
        says = "not registered yet" if last is None else "Discord has none of them any more"
    elif last in {None, commands.fingerprint(tree)} and commands.are_registered(there, tree):
        return Check(name=COMMANDS, outcome=Outcome.OK, says="those of this program are registered")
    else:
        says = "those of another version are registered"
    fix = "counterclaim run registers them when it starts"
    return Check(name=COMMANDS, outcome=Outcome.NOTE, says=says, fix=fix)


def _tree() -> app_commands.CommandTree[Any]:
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    # Only what they are called and take is looked at; nothing is answered by these.
    nothing: Any = None
    commands.add_commands(tree, commands.Claims(nothing, nothing))
    return tree


def _application(answered: Answered) -> Check:
    address = answered.body.get("interactions_endpoint_url")
    if address:
        return Check(
            name=APPLICATION,
            outcome=Outcome.FAILED,
            says="commands and buttons are sent to an address of its own, so they do not arrive here",
            fix=f"{invite.PORTAL} → your application → General Information → empty Interactions Endpoint URL",
        )
    link = invite.link(str(answered.body.get("id", "")))
    if answered.body.get("approximate_guild_count") == 0:
        return Check(
            name=APPLICATION, outcome=Outcome.NOTE, says="the bot is in no server", fix=f"invite it: {link}"
        )
    return Check(name=APPLICATION, outcome=Outcome.OK, says=f"to invite the bot: {link}")


def _intents(answered: Answered, *, reaction: bool) -> Check:
    flags = answered.body.get("flags")
    held = flags if isinstance(flags, int) else 0
    wanted = [each for each in invite.wanted_intents(reaction=reaction) if each in FLAGS]
    missing = [_LABELS[each] for each in wanted if not held & FLAGS[each]]
    if missing:
        return Check(
            name=INTENTS,
            outcome=Outcome.FAILED,
            says=f"{', '.join(missing)} is off, and [discord] reaction needs it",
            fix=f"{invite.PORTAL} → your application → Bot → Privileged Gateway Intents → switch it on",
        )
    says = f"{len(wanted)} privileged intent is on" if wanted else "no privileged intent is needed"
    return Check(name=INTENTS, outcome=Outcome.OK, says=says)


def _fault(name: str, answered: Answered) -> Check | None:
    if answered.error is not None:
        return Check(name=name, outcome=Outcome.FAILED, says=f"Discord: {answered.error}", fix=_ADDRESS)
    if answered.status == _UNAUTHORISED:
        return Check(name=name, outcome=Outcome.FAILED, says="Discord refuses it", fix=_NEW_TOKEN)
    if answered.status != 200 or "id" not in answered.body:  # noqa: PLR2004 - OK
        fix = "wait a minute and try again; discordstatus.com tells of outages"
        says = f"Discord answers with status {answered.status}"
        return Check(name=name, outcome=Outcome.FAILED, says=says, fix=fix)
    return None
