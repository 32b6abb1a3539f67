"""What the app asks of Slack, in one place: the handlers register these names, and the manifest lists them.

Constants and pure functions; imports nothing of Slack's.
"""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from bot.moderation.deeds import COMMANDS
from bot.records import record
from bot.sections import SlackSection

COMMAND: Final = "/claim"
CHECK_SHORTCUT: Final = "check_claim"
ADD_SHORTCUT: Final = "add_entry"
DRAFT_SHORTCUT: Final = "draft_message"
REPORT_FORM: Final = "report_problem"
DEED_FORM: Final = "deed_form"
"""A form of those who keep the ledger."""
DEED_BOARD: Final = "deed_board"
"""A modal that has buttons and nothing to submit."""
HOME: Final = "home"

MENTION: Final = "app_mention"
DIRECT: Final = "message.im"
REACTION: Final = "reaction_added"
HOME_OPENED: Final = "app_home_opened"
UNINSTALLED: Final = "app_uninstalled"
REVOKED: Final = "tokens_revoked"

CONNECT_SCOPE: Final = "connections:write"
"""What the app-level token needs. A manifest cannot make that token; it is the one step by hand."""

NEW_APP: Final = "https://api.slack.com/apps?new_app=1&manifest_json="

_NAME: Final = "Counterclaim"
_TAGLINE: Final = "Shows who said what: asserted, denied, officially answered."
# Slack refuses a long description of fewer than 174 characters.
_DESCRIPTION: Final = (
    "Mention Counterclaim with a claim, or pick “Check this claim” on a message. It replies in the thread "
    "with the record that moderators keep: who asserted the claim, who denied it, what the institutions "
    "concerned answered, each line dated and linked to where it can be read. It never says true or false."
)
_USAGE: Final = "check TEXT | show ID | search WORDS | history ID | follow ID | help | " + " | ".join(
    COMMANDS
)
_COLOUR: Final = "#1f3a5f"

NEXT_STEPS: Final = (
    "OAuth & Permissions → Install (or Reinstall) to Workspace; copy the token xoxb-… to SLACK_BOT_TOKEN.",
    f"Basic Information → App-Level Tokens → Generate, with {CONNECT_SCOPE}; copy it to SLACK_APP_TOKEN.",
    "counterclaim doctor checks both, and counterclaim run starts the bot.",
    f"/invite @{_NAME.lower()} lets it into a channel.",
)
"""What is to be done once the app was made, in this order."""


@record
class Scope:
    """A permission of the bot, and why it is asked for; without one that is not `needed` it still runs."""

    name: str
    why: str
    needed: bool = True


_SCOPES: Final = (
    Scope(name="app_mentions:read", why="to hear a mention in a channel"),
    Scope(name="chat:write", why="to reply, and to take a reply away again"),
    Scope(name="commands", why=f"for {COMMAND} and “Check this claim” on messages"),
    Scope(name="im:history", why="to read what is written to the bot directly"),
    Scope(
        name="channels:history",
        why="to read the message that a mention replies to, and to see whether a reply was posted already",
        needed=False,
    ),
    Scope(
        name="groups:history", why="the same in private channels that the bot was invited to", needed=False
    ),
    Scope(
        name="files:read",
        why="to read the file on a message, where somebody has drafts made from it",
        needed=False,
    ),
    Scope(
        name="im:write",
        why="to see whether somebody was told of a change already, before telling it directly",
        needed=False,
    ),
)
_REACTIONS: Final = Scope(name="reactions:read", why="to hear the reaction that asks for a check")
_GROUPS: Final = Scope(
    name="usergroups:read",
    why="to see who is in a user group that has a role by the configuration",
    needed=False,
)


def groups(section: SlackSection) -> tuple[str, ...]:
    """Return the ids of the user groups that have a role by the configuration."""
    held = (*section.contributors, *section.reviewers, *section.moderators, *section.admins)
    return tuple(dict.fromkeys(each for each in held if each.startswith("S")))


def scopes(*, reaction: bool = False, grouped: bool = False) -> tuple[Scope, ...]:
    """Return the permissions of the bot.

    With `reaction` those that asking by an emoji needs as well, with `grouped` those that roles by user
    group need.
    """
    made: tuple[Scope, ...] = _SCOPES
    if reaction:
        # What was reacted to has to be read: the event names the message and does not hold it.
        made = tuple(
            Scope(name=each.name, why=each.why, needed=each.needed or each.name == "channels:history")
            for each in made
        )
        made = (*made, _REACTIONS)
    return (*made, _GROUPS) if grouped else made


def events(*, reaction: bool = False) -> tuple[str, ...]:
    """Return the events that Slack is to send."""
    asked = (MENTION, DIRECT, HOME_OPENED, UNINSTALLED, REVOKED)
    return (*asked, REACTION) if reaction else asked


def manifest(*, reaction: bool = False, grouped: bool = False) -> dict[str, Any]:
    """Return the app's manifest (docs.slack.dev/reference/app-manifest, major version 2)."""
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _NAME,
            "description": _TAGLINE,
            "long_description": _DESCRIPTION,
            "background_color": _COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": _NAME.lower(), "always_online": True},
            "shortcuts": [
                {
                    "name": "Check this claim",
                    "type": "message",
                    "callback_id": CHECK_SHORTCUT,
                    "description": "Shows you the record of the claim in this message.",
                },
                {
                    "name": "Add to the ledger",
                    "type": "message",
                    "callback_id": ADD_SHORTCUT,
                    "description": "Opens a form for a new entry with the text and the link of this message.",
                },
                {
                    "name": "Draft from this message",
                    "type": "message",
                    "callback_id": DRAFT_SHORTCUT,
                    "description": "Makes drafts of who said what from its text, or from the file on it.",
                },
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Look a claim up; only you see the answer.",
                    "usage_hint": _USAGE,
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {
            "scopes": {"bot": [each.name for each in scopes(reaction=reaction, grouped=grouped)]}
        },
        "settings": {
            "event_subscriptions": {"bot_events": list(events(reaction=reaction))},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }


def text(*, reaction: bool = False, grouped: bool = False) -> str:
    """Return the manifest as JSON, ready to be pasted."""
    return json.dumps(manifest(reaction=reaction, grouped=grouped), ensure_ascii=False, indent=2)


def link(*, reaction: bool = False, grouped: bool = False) -> str:
    """Return the address at which Slack shows a new app with this manifest filled in."""
    made = json.dumps(manifest(reaction=reaction, grouped=grouped), separators=(",", ":"))
    return NEW_APP + quote(made, safe="")
