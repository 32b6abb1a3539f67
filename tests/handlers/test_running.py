"""`counterclaim run` as an operator meets it: the real process, against the local platforms."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import subprocess
import sys
from collections import deque
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from bot import sample
from bot.questions import Place, Platform, Way
from bot.sections import LimitsSection
from bot.store.ledger import open_ledger
from handlers.limits import Limits
from tests.conftest import CHANGE
from tests.fakes.discord import FakeDiscord
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai.serving import KEY
from tests.fakes.slack import ASKER, GENERAL, FakeSlack, Fault, Kind
from tests.handlers.processes import Running, Setup, counterclaim

CLAIM = "Trump told Putin he would bomb Moscow if Russia invaded Ukraine"
WAIT = 20.0


@pytest.fixture
async def setup(tmp_path: Path) -> Setup:
    """A set-up with the sample ledger and no platform."""
    path = tmp_path / "sample.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.import_lines(sample.lines, CHANGE, vouched=True)
    return Setup(tmp_path, path)


async def answered_on_slack(slack: FakeSlack) -> None:
    """Mention the bot on Slack and see the record in the thread."""
    ts = await slack.mention(GENERAL, ASKER, CLAIM)
    await slack.wait_until(lambda: slack.replies_to(ts), WAIT)
    (reply,) = slack.replies_to(ts)
    assert "On record" in reply.text


async def answered_on_discord(discord: FakeDiscord) -> None:
    """Mention the bot on Discord and see the record as a reply."""
    await discord.wait_until_connected(timeout=WAIT)
    asked = await discord.mention(discord.channel, discord.add_user("ann"), CLAIM)
    reply = await discord.wait_for_reply(asked, WAIT)
    assert "On record" in str(reply.components)


def assert_quiet(running: Running) -> None:
    """See that nothing was left open and nothing unexpected happened."""
    for word in ("Traceback", "Warning", "Exception ignored", '"error"'):
        assert word not in running.err


async def test_both_platforms_in_one_process(setup: Setup) -> None:
    """With tokens for both, one line says what runs, both answer, and SIGTERM ends it with 0."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        setup.use(slack=slack, discord=discord)
        async with counterclaim(setup, "run") as running:
            line = await running.started()
            assert line.startswith("Counterclaim runs. Slack: Test team (bot u0bot) · Discord: counterclaim")
            await answered_on_slack(slack)
            await answered_on_discord(discord)
            assert await running.ended(signal.SIGTERM, within=10) == 0
        assert running.out.splitlines() == [line]
        assert_quiet(running)
        assert not slack.violations
        assert not discord.violations


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_one_platform_alone(setup: Setup, number: signal.Signals) -> None:
    """With one platform's tokens that platform alone runs, until SIGTERM or Ctrl-C."""
    async with FakeDiscord() as discord:
        async with counterclaim(setup.use(discord=discord), "run") as running:
            assert "Slack" not in await running.started()
            await answered_on_discord(discord)
            assert await running.ended(number, within=10) == 0
        assert_quiet(running)


def test_library_of_a_platform_is_loaded_where_it_runs_alone() -> None:
    """What runs the platforms loads neither platform's library by itself."""
    look = (
        "import sys, handlers.running, handlers.terminal.commands; "
        "assert not {'discord', 'slack_sdk', 'slack_bolt', 'openai'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", look], check=True, timeout=60)


@pytest.mark.parametrize("there", [True, False])
async def test_a_model_is_no_condition(setup: Setup, *, there: bool) -> None:
    """With a language model, and with one that is not there, the bot starts, answers and stops in order."""
    with FakeOpenAI() as service:
        address = service.address if there else "http://127.0.0.1:9/v1"
        setup.sections["openai"] = {"model": "fake", "base_url": address}
        setup.secrets["OPENAI_API_KEY"] = KEY
        async with FakeSlack() as slack, counterclaim(setup.use(slack=slack), "run") as running:
            await running.started()
            await answered_on_slack(slack)
            assert await running.ended(signal.SIGTERM, within=10) == 0
            assert_quiet(running)


async def test_what_is_in_hand_is_finished_and_not_done_again(setup: Setup) -> None:
    """A reply that is on its way at SIGTERM is finished, and the next process does not post it again."""
    async with FakeSlack() as slack:
        setup.use(slack=slack)
        async with counterclaim(setup, "run") as running:
            await running.started()
            slack.faults = deque([Fault(kind=Kind.SLOW, seconds=2.0)])
            ts = await slack.mention(GENERAL, ASKER, CLAIM)
            await slack.wait_until(lambda: slack.replies_to(ts), WAIT)
            assert await running.ended(signal.SIGTERM) == 0
        assert_quiet(running)
        async with counterclaim(setup, "run") as running:
            await running.started()
            await answered_on_slack(slack)
            assert await running.ended(signal.SIGTERM) == 0
        assert len(slack.replies_to(ts)) == 1


async def test_second_signal_ends_it_at_once(setup: Setup) -> None:
    """A second SIGTERM ends the process by the signal itself, whatever is in hand."""
    async with FakeSlack() as slack, counterclaim(setup.use(slack=slack), "run") as running:
        await running.started()
        slack.faults = deque([Fault(kind=Kind.SLOW, seconds=60.0)])
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_until(lambda: slack.replies_to(ts), WAIT)
        running.process.send_signal(signal.SIGTERM)
        await running.said("stopping on SIGTERM")
        assert await running.ended(signal.SIGTERM, within=5) == -signal.SIGTERM


@pytest.mark.parametrize(
    ("name", "token", "says"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-unknown", "Slack"),
        ("SLACK_APP_TOKEN", "xapp-unknown", "Slack"),
        ("DISCORD_TOKEN", "unknown", "Discord"),
    ],
)
async def test_bad_token_is_one_sentence(setup: Setup, name: str, token: str, says: str) -> None:
    """A token that the platform refuses ends the start with one sentence and exit code 69."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        setup.use(slack=slack, discord=discord)
        setup.secrets[name] = token
        async with counterclaim(setup, "run") as running:
            assert await running.ended() == 69
    (line,) = running.err.splitlines()
    assert says in line
    assert token not in line
    assert running.out == ""


async def test_all_that_is_wrong_is_told_at_once(setup: Setup) -> None:
    """Where both platforms refuse, each gets its sentence in the same start."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        setup.use(slack=slack, discord=discord)
        setup.secrets |= {"SLACK_BOT_TOKEN": "xoxb-unknown", "DISCORD_TOKEN": "unknown"}
        async with counterclaim(setup, "run") as running:
            assert await running.ended() == 69
    assert len(running.err.splitlines()) == 2


async def test_missing_scope_is_one_sentence(setup: Setup) -> None:
    """A scope that was not granted ends the start with what to click."""
    async with (
        FakeSlack(scopes={"chat:write", "channels:history"}) as slack,
        counterclaim(setup.use(slack=slack), "run") as running,
    ):
        assert await running.ended() == 69
    (line,) = running.err.splitlines()
    assert "app_mentions:read" in line
    assert "Reinstall to Workspace" in line


async def test_token_revoked_meanwhile_ends_it(setup: Setup) -> None:
    """When the app is taken out of the workspace the process says so and ends, Discord's side in order."""
    async with (
        FakeSlack() as slack,
        FakeDiscord() as discord,
        counterclaim(setup.use(slack=slack, discord=discord), "run") as running,
    ):
        await running.started()
        await slack.wait_connected(timeout=WAIT)
        await discord.wait_until_connected(timeout=WAIT)
        await slack.uninstall()
        assert await running.ended() == 69
    assert "Slack" in running.err.splitlines()[-1]
    assert "Traceback" not in running.err


async def test_no_token_is_one_sentence(setup: Setup) -> None:
    """Without any token, and with one of Slack's two alone, there is one sentence and exit code 69."""
    async with counterclaim(setup, "run") as running:
        assert await running.ended() == 69
    (line,) = running.err.splitlines()
    assert "SLACK_BOT_TOKEN" in line
    assert "DISCORD_TOKEN" in line
    setup.secrets["SLACK_APP_TOKEN"] = "xapp-1"  # noqa: S105 - invented
    async with counterclaim(setup, "run") as running:
        assert await running.ended() == 69
    (line,) = running.err.splitlines()
    assert "SLACK_BOT_TOKEN is not set" in line


async def test_platform_that_is_not_there_is_one_sentence(setup: Setup) -> None:
    """Where nothing listens at the platform's address there is one sentence and exit code 69."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}/api/"
        setup.sections |= {"slack": {"api_url": address}, "discord": {"api_url": address}}
        setup.secrets |= {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "DISCORD_TOKEN": "a"}
        async with counterclaim(setup, "run") as running:
            assert await running.ended() == 69
    assert ["Slack" in running.err.splitlines()[0], "Discord" in running.err.splitlines()[1]] == [True, True]
    assert len(running.err.splitlines()) == 2


async def test_ledger_and_calibration_are_needed(setup: Setup) -> None:
    """Without a ledger it ends with exit code 3, with a calibration that cannot be used with 2."""
    setup.secrets["DISCORD_TOKEN"] = "unused"  # noqa: S105 - invented
    there, setup.ledger = setup.ledger, setup.folder / "nowhere.db"
    async with counterclaim(setup, "run") as running:
        assert await running.ended() == 3
    assert len(running.err.splitlines()) == 1
    setup.ledger = there
    setup.sections["matching"] = {"calibration": "nowhere.json"}
    async with counterclaim(setup, "run") as running:
        assert await running.ended() == 2
    assert len(running.err.splitlines()) == 1


async def test_texts_go_when_their_retention_ends(setup: Setup) -> None:
    """A process removes the texts of questions that are older than `retention_days`, and no others."""
    place = Place(platform=Platform.SLACK, tenant="T", channel="C")
    async with open_ledger(setup.ledger, writable=True) as ledger:
        old, new = [await ledger.questions().ask(place, "U", Way.COMMAND, each) for each in ("old", "new")]
    with closing(sqlite3.connect(setup.ledger)) as conn:
        conn.execute("UPDATE question SET asked_at = asked_at - 8 * 86400 WHERE id = ?", (old,))
        conn.commit()
    async with FakeDiscord() as discord:
        setup.sections["privacy"] = {"retention_days": 7}
        async with counterclaim(setup.use(discord=discord), "run") as running:
            await running.started()
            await running.said("what was kept for 7 days is removed")
            assert await running.ended(signal.SIGTERM) == 0
    assert '"questions": 1' in running.err
    async with open_ledger(setup.ledger, writable=True) as ledger:
        assert await ledger.questions().text(old) is None
        assert await ledger.questions().text(new) == "new"


async def test_signal_while_it_starts(setup: Setup) -> None:
    """SIGTERM during the checks at the start ends the process in good order."""
    async with FakeSlack() as slack:
        slack.faults = deque([Fault(kind=Kind.SLOW, method="auth.test", seconds=60.0)])
        async with counterclaim(setup.use(slack=slack), "run") as running:
            async with asyncio.timeout(WAIT):
                while not slack.calls["auth.test"]:
                    await asyncio.sleep(0.05)
            assert await running.ended(signal.SIGTERM, within=10) == 0
        assert running.out == ""
        assert_quiet(running)


def test_limits_of_the_configuration_are_those_of_the_code() -> None:
    """The limits that hold when nothing is configured are the same in both places."""
    assert asdict(LimitsSection()) == asdict(Limits())
