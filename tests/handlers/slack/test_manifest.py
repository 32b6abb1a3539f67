"""The manifest and the handlers name the same things."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from slack_bolt.async_app import AsyncApp

from bot.moderation.deeds import COMMANDS
from bot.sections import SlackSection
from handlers.slack import commands, deeds, manifest, presses
from handlers.slack.decoding import ASKING
from handlers.slack.interactions import Counter
from handlers.slack.rendering import help_card


@pytest.mark.parametrize("reaction", [False, True])
def test_each_event_of_the_manifest_is_handled(*, reaction: bool) -> None:
    """Slack is asked for the events that are read, and for no other."""
    read = ASKING | {manifest.HOME_OPENED, manifest.UNINSTALLED, manifest.REVOKED}
    asked = set(manifest.events(reaction=reaction))
    assert asked == (read if reaction else read - {manifest.REACTION})


class Registry:
    """What stands in for Bolt's app: it notes under which names handlers are registered."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}

    def __getattr__(self, kind: str) -> Callable[[Any], Callable[[Any], None]]:
        def named(by: Any) -> Callable[[Any], None]:
            # A pattern catches what nobody asked Slack for.
            if not isinstance(by, re.Pattern):
                self.names.setdefault(kind, []).append(by["callback_id"] if isinstance(by, dict) else by)
            return lambda _: None

        return named


def test_what_is_registered_is_in_the_manifest_and_the_other_way_round() -> None:
    """Each command and shortcut that is handled stands in the manifest, and no other."""
    registry, counter = Registry(), cast("Counter", None)
    commands.register(cast("AsyncApp", registry), counter)
    deeds.register(cast("AsyncApp", registry), counter)
    presses.register(cast("AsyncApp", registry), counter)
    features = manifest.manifest()["features"]
    assert registry.names == {
        "command": [each["command"] for each in features["slash_commands"]],
        "shortcut": [each["callback_id"] for each in features["shortcuts"]],
        "view": [manifest.DEED_FORM, manifest.REPORT_FORM],
        "view_closed": [manifest.DEED_FORM],
    }
    assert features["app_home"]["home_tab_enabled"] is True
    assert f"{manifest.COMMAND} check" in help_card()["text"]


@pytest.mark.parametrize("reaction", [False, True])
def test_the_manifest_keeps_slacks_limits(*, reaction: bool) -> None:
    """Names, descriptions and hints are within the lengths that Slack imports."""
    made = manifest.manifest(reaction=reaction)
    shown = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert all(len(each["name"]) <= 24 for each in made["features"]["shortcuts"])
    assert all(len(each["description"]) <= 150 for each in made["features"]["shortcuts"])
    assert all(len(each["usage_hint"]) <= 1000 for each in made["features"]["slash_commands"])
    assert all(len(each["description"]) <= 2000 for each in made["features"]["slash_commands"])
    assert made["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize("reaction", [False, True])
def test_the_link_holds_the_manifest(*, reaction: bool) -> None:
    """The prefilled link carries the same manifest as the printed one."""
    query = parse_qs(urlsplit(manifest.link(reaction=reaction)).query)
    assert json.loads(query["manifest_json"][0]) == json.loads(manifest.text(reaction=reaction))


def test_each_scope_says_why() -> None:
    """Every permission has its reason, and reactions are asked for only where they are used."""
    plain = {each.name for each in manifest.scopes()}
    assert all(each.why for each in manifest.scopes(reaction=True))
    assert {each.name for each in manifest.scopes(reaction=True)} - plain == {"reactions:read"}


def test_user_groups_are_asked_for_only_where_one_has_a_role() -> None:
    """The permission to read user groups is asked for where the configuration names one, and nowhere else."""
    plain = SlackSection(moderators=("U0MODERATOR",), admins=("W0ADMIN",))
    grouped = SlackSection(reviewers=("S0DESK", "U0ASKER"), admins=("S0DESK", "S0CHIEFS"))
    assert manifest.groups(plain) == ()
    assert manifest.groups(grouped) == ("S0DESK", "S0CHIEFS")
    names = [each.name for each in manifest.scopes(grouped=True)]
    assert set(names) - {each.name for each in manifest.scopes()} == {"usergroups:read"}
    assert manifest.manifest(grouped=True)["oauth_config"]["scopes"]["bot"] == names


def test_each_verb_of_the_command_is_in_its_hint() -> None:
    """Whoever types `/claim` sees every verb that is understood."""
    (command,) = manifest.manifest()["features"]["slash_commands"]
    hinted = {each.split()[0] for each in command["usage_hint"].split(" | ")}
    assert hinted == {*deeds.VERBS, *commands.VERBS}
    assert set(deeds.VERBS.values()) == set(COMMANDS)
    assert not deeds.VERBS.keys() & commands.VERBS.keys()
