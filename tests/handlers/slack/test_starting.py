"""What keeps the Slack bot from starting, or from going on: each is one sentence that says what to do."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.credentials import Secret
from bot.store.ledger import Ledger
from handlers.services import StartError
from handlers.slack.bot import SlackBot
from tests.fakes.slack import ALL_SCOPES, ASKER, GENERAL, Delivery, FakeSlack, Fault, Kind
from tests.handlers.slack.conftest import CLAIM, QUICK, Running, services_for, settings_for


def bot_with(
    slack: FakeSlack, ledger: Ledger, folder: Path, *, secrets: dict[str, str] | None = None, **keys: Any
) -> SlackBot:
    """Return a bot; `secrets` replaces tokens, an empty one takes it away."""
    settings = settings_for(slack, folder, **keys)
    held = {**settings.secrets} | {name: Secret(hidden=value) for name, value in (secrets or {}).items()}
    kept = {name: secret for name, secret in held.items() if secret.reveal()}
    return SlackBot(services_for(replace(settings, secrets=kept), ledger), patience=QUICK)


async def test_the_preflight_says_where_the_bot_is(slack: FakeSlack, ledger: Ledger, tmp_path: Path) -> None:
    """A good set-up is one line with the workspace and the bot's name."""
    line = await bot_with(slack, ledger, tmp_path).preflight()
    assert line == "Slack: Test team (bot u0bot)"
    assert slack.calls == {"auth.test": 1, "apps.connections.open": 1}


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is not set"),
        ({"SLACK_BOT_TOKEN": "xapp-1-swapped"}, "SLACK_BOT_TOKEN does not begin with xoxb-"),
        ({"SLACK_APP_TOKEN": "xoxb-swapped"}, "SLACK_APP_TOKEN does not begin with xapp-"),
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, r"refuses SLACK_BOT_TOKEN \(invalid_auth\).*OAuth & Permissions"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, r"refuses SLACK_APP_TOKEN \(invalid_auth\).*connections:write"),
    ],
)
async def test_a_bad_or_missing_token_is_a_sentence(
    slack: FakeSlack, ledger: Ledger, tmp_path: Path, secrets: dict[str, str], expected: str
) -> None:
    """A token that is missing, swapped or wrong is named, with where to get it, and is never shown."""
    with pytest.raises(StartError, match=expected) as caught:
        await bot_with(slack, ledger, tmp_path, secrets=secrets).preflight()
    assert not any(value and value in str(caught.value) for value in secrets.values())


@pytest.mark.parametrize(
    ("missing", "keys", "starts"),
    [
        ({"app_mentions:read", "im:history"}, {}, False),
        ({"chat:write"}, {}, False),
        ({"channels:history", "groups:history"}, {}, True),
        ({"reactions:read"}, {}, True),
        ({"reactions:read"}, {"reaction": "mag"}, False),
        ({"channels:history"}, {"reaction": "mag"}, False),
    ],
)
async def test_a_missing_scope_is_a_sentence(
    slack: FakeSlack, ledger: Ledger, tmp_path: Path, missing: set[str], keys: dict[str, Any], *, starts: bool
) -> None:
    """Each permission that the bot cannot do without is named, with the way to grant it."""
    slack.space.scopes = ALL_SCOPES - missing
    bot = bot_with(slack, ledger, tmp_path, **keys)
    if starts:
        await bot.preflight()
        return
    with pytest.raises(StartError, match="Reinstall to Workspace") as caught:
        await bot.preflight()
    assert all(each in str(caught.value) for each in missing)


async def test_an_app_token_without_its_scope_is_a_sentence(
    slack: FakeSlack, ledger: Ledger, tmp_path: Path
) -> None:
    """An app-level token that may not open a socket is named with the scope that it lacks."""
    slack.site.connect_error = "missing_scope"
    with pytest.raises(StartError, match="connections:write"):
        await bot_with(slack, ledger, tmp_path).preflight()


async def test_a_slack_that_is_not_there_is_a_sentence(
    slack: FakeSlack, ledger: Ledger, tmp_path: Path
) -> None:
    """Where nothing answers at the address, the sentence names the address."""
    bot = bot_with(slack, ledger, tmp_path, api_url="http://127.0.0.1:9/api/")
    with pytest.raises(StartError, match=r"cannot be reached at http://127\.0\.0\.1:9/api/"):
        await bot.preflight()


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_slack_that_asks_to_wait_is_waited_for(
    slack: FakeSlack, ledger: Ledger, tmp_path: Path, method: str
) -> None:
    """Where Slack asks to wait at the start, it is asked again after that, or after a minute at most."""
    slack.faults = deque([Fault(kind=Kind.LIMITED, method=method, retry_after=30)])
    line = await bot_with(slack, ledger, tmp_path).preflight()
    assert line.startswith("Slack: ")
    assert slack.calls[method] == 2


async def test_a_slack_that_keeps_asking_to_wait_is_a_sentence(
    slack: FakeSlack, ledger: Ledger, tmp_path: Path
) -> None:
    """Where waiting does not help, the sentence says that Slack was called too often, and no more."""
    slack.faults = lambda _: Fault(kind=Kind.LIMITED, retry_after=30)
    with pytest.raises(StartError, match="called too often, and asks to wait 30 s") as caught:
        await bot_with(slack, ledger, tmp_path).preflight()
    assert "network" not in str(caught.value)


async def test_a_fault_of_slacks_own_is_a_sentence(slack: FakeSlack, ledger: Ledger, tmp_path: Path) -> None:
    """Where Slack answers with an error, that is what is said, and no network is blamed."""
    slack.faults = lambda _: Fault(kind=Kind.ERROR, status=503)
    with pytest.raises(StartError, match="an error of its own") as caught:
        await bot_with(slack, ledger, tmp_path).preflight()
    assert "network" not in str(caught.value)


async def test_environment_variables_of_the_library_are_not_used(
    slack: FakeSlack, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens and OAuth settings that Slack's library would take from the environment change nothing."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "xoxb-of-somebody-else")
    async with running():
        assert (await slack.command("/claim", "help")).acked
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
    assert slack.refused == []


@pytest.mark.parametrize("how", ["told", "by a post"])
async def test_a_token_that_is_revoked_ends_the_bot(
    slack: FakeSlack, sample_ledger: Ledger, tmp_path: Path, how: str
) -> None:
    """Where the app is uninstalled the bot ends with a sentence, whether Slack tells it or refuses a post."""
    task = asyncio.create_task(bot_with(slack, sample_ledger, tmp_path).run(asyncio.Event()))
    await slack.wait_connected()
    if how == "told":
        await slack.uninstall()
    else:
        slack.site.revoked = True
        await slack.mention(GENERAL, ASKER, CLAIM)
    with pytest.raises(StartError, match="token_revoked"):
        await asyncio.wait_for(task, 10)


async def test_a_slack_that_comes_back_is_found_again(
    slack: FakeSlack, sample_ledger: Ledger, tmp_path: Path
) -> None:
    """An outage of Slack while the bot runs is waited for, and the health figure shows it."""
    bot = bot_with(slack, sample_ledger, tmp_path)
    stop = asyncio.Event()
    task = asyncio.create_task(bot.run(stop))
    await slack.wait_connected()
    slack.site.connect_error = "internal_error"
    slack.drop()
    async with asyncio.timeout(5):
        while bot.connected:
            await asyncio.sleep(0.01)
    slack.site.connect_error = None
    await slack.wait_connected()
    async with asyncio.timeout(5):
        while not bot.connected:
            await asyncio.sleep(0.01)
    stop.set()
    await task
    assert not bot.connected


async def test_stopping_waits_for_no_answer_of_slack(
    slack: FakeSlack, sample_ledger: Ledger, tmp_path: Path
) -> None:
    """A bot that is stopped while Slack does not answer ends at once."""
    slack.faults = lambda _: Fault(kind=Kind.SLOW, seconds=30)
    stop = asyncio.Event()
    task = asyncio.create_task(bot_with(slack, sample_ledger, tmp_path).run(stop))
    async with asyncio.timeout(5):
        while not slack.calls["auth.test"]:
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(task, 5)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "app_mention"},
        {"type": "app_mention", "channel": 7, "ts": [], "user": {}, "text": 1.5},
        {"type": "app_mention", "channel": GENERAL, "ts": "1.2", "user": ASKER, "text": 7},
        {"type": "message", "channel_type": "im", "subtype": ["a"], "text": "secret words"},
        {"type": ["app_mention"]},
        {"type": "app_mention", "channel": GENERAL, "user": ASKER, "text": "secret words"},
    ],
    ids=range(6),
)
async def test_a_malformed_event_is_logged_and_skipped(
    slack: FakeSlack, running: Running, event: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """An event that lacks what it must have is acked, logged under a reference, and ends nothing."""
    async with running():
        with caplog.at_level(logging.DEBUG, logger="handlers"):
            slack.sockets.send(_delivery(slack, event))
            await slack.wait_settled()
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
    assert slack.sockets.given_up == []
    assert "secret words" not in caplog.text
    assert len(slack.messages) == 1


@pytest.mark.parametrize(
    "payload", [[], 7, None, {"event": None}, {"event": {"type": "app_mention"}, "authorizations": 5}, {}]
)
async def test_a_malformed_payload_ends_nothing(slack: FakeSlack, running: Running, payload: Any) -> None:
    """Whatever an envelope holds, the next one is answered."""
    async with running():
        delivery = _delivery(slack, {})
        delivery.payload = payload
        slack.sockets.ack_seconds = 0.1
        slack.sockets.send(delivery)
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()


def _delivery(slack: FakeSlack, event: dict[str, Any]) -> Delivery:
    payload = {"type": "event_callback", "team_id": slack.team, "event_id": "Ev1", "event": event}
    return Delivery(kind="events_api", payload=payload, answerable=False)
