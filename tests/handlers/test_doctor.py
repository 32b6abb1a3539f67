"""`counterclaim doctor` and `manifest`: a line for each part of a set-up, with what to do."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from bot import sample
from bot.config import load
from bot.store.ledger import open_ledger
from bot.store.migrations import m001_ledger
from handlers.checks import Check, Inquiry, Outcome
from handlers.discord import invite
from handlers.doctor import examine, line
from handlers.slack import manifest as slack_manifest
from tests.conftest import CHANGE
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord import library as _library  # noqa: F401 - puts a warning of discord.py aside
from tests.fakes.discord.world import MESSAGE_CONTENT
from tests.fakes.openai import FakeOpenAI, Trouble
from tests.fakes.openai.serving import KEY
from tests.fakes.slack import ALL_SCOPES, FakeSlack, Fault, Kind
from tests.handlers.processes import Setup, counterclaim


@pytest.fixture
async def setup(tmp_path: Path) -> Setup:
    """A set-up with the sample ledger and no platform."""
    path = tmp_path / "sample.db"
    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.import_lines(sample.lines, CHANGE, vouched=True)
    return Setup(tmp_path, path)


async def examined(setup: Setup) -> dict[str, Check]:
    """Return the checks of a set-up by their names."""
    checks = await examine(load(setup.write(), environment=setup.secrets))
    for each in checks:
        assert "\n" not in line(each)
        assert each.fix or each.outcome in {Outcome.OK, Outcome.SKIPPED}
        for secret in setup.secrets.values():
            assert secret not in line(each)
    return {each.name: each for each in checks}


@asynccontextmanager
async def served(handler: Any) -> AsyncIterator[str]:
    """Serve `handler` for every request on loopback and yield the address."""
    runner = web.ServerRunner(web.Server(handler, access_log=None), handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_good_set_up_has_no_fault(setup: Setup) -> None:
    """Where all is right each check is ok, or says that there was nothing to look at."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        checks = await examined(setup.use(slack=slack, discord=discord))
    assert {name: each.outcome for name, each in checks.items()} == {
        "configuration": Outcome.OK,
        "calibration": Outcome.OK,
        "ledger": Outcome.OK,
        "migrations": Outcome.OK,
        "chain": Outcome.OK,
        "vectors": Outcome.OK,
        "free disk": Outcome.OK,
        "clock": Outcome.OK,
        "Slack bot token": Outcome.OK,
        "Slack scopes": Outcome.OK,
        "Slack app token": Outcome.OK,
        "Discord token": Outcome.OK,
        "Discord application": Outcome.OK,
        "Discord intents": Outcome.OK,
        "Discord commands": Outcome.NOTE,
        "model": Outcome.SKIPPED,
    }
    assert "Test team" in checks["Slack bot token"].says
    assert not slack.violations
    assert not discord.violations


async def test_nothing_configured_is_no_fault(setup: Setup) -> None:
    """Without tokens and model their checks are skipped with the reason, and the clock's with its own."""
    checks = await examined(setup)
    for name in ("Slack", "Discord", "model", "clock"):
        assert checks[name].outcome is Outcome.SKIPPED
        assert checks[name].says


async def test_missing_scope_says_reinstall(setup: Setup) -> None:
    """A token with the scopes of a fresh app alone is told apart from a good one, with what to click."""
    async with FakeSlack(scopes={"chat:write", "channels:history"}) as slack:
        checks = await examined(setup.use(slack=slack))
    assert checks["Slack bot token"].outcome is Outcome.OK
    scopes = checks["Slack scopes"]
    assert scopes.outcome is Outcome.FAILED
    assert "app_mentions:read" in scopes.says
    assert "chat:write" not in scopes.says
    assert "Reinstall to Workspace, then copy the new token" in str(scopes.fix)


async def test_scope_that_can_be_spared_is_a_note(setup: Setup) -> None:
    """A scope without which the bot runs is a note, not a failure."""
    spared = {each.name for each in slack_manifest.scopes() if not each.needed}
    assert spared
    async with FakeSlack(scopes=ALL_SCOPES - spared) as slack:
        checks = await examined(setup.use(slack=slack))
    assert checks["Slack scopes"].outcome is Outcome.NOTE
    for name in spared:
        assert name in checks["Slack scopes"].says


async def test_tokens_that_are_refused(setup: Setup) -> None:
    """Each token that its platform refuses is a failure with where to get another."""
    async with FakeSlack() as slack, FakeDiscord() as discord:
        setup.use(slack=slack, discord=discord)
        setup.secrets |= {
            "SLACK_BOT_TOKEN": "xoxb-unknown",
            "SLACK_APP_TOKEN": "xapp-unknown",
            "DISCORD_TOKEN": "unknown",
        }
        checks = await examined(setup)
        for name, where in (
            ("Slack bot token", "OAuth & Permissions"),
            ("Slack app token", "connections:write"),
            ("Discord token", "Reset Token"),
        ):
            assert checks[name].outcome is Outcome.FAILED
            assert where in str(checks[name].fix)
        assert checks["Slack scopes"].outcome is Outcome.SKIPPED
        setup.secrets.pop("SLACK_APP_TOKEN")
        assert (await examined(setup))["Slack app token"].says == "SLACK_APP_TOKEN is not set"


async def test_platform_that_does_not_answer(setup: Setup) -> None:
    """An outage is not blamed on the token."""
    async with FakeSlack() as slack:
        slack.faults = deque([Fault(kind=Kind.ERROR, method="auth.test")])
        checks = await examined(setup.use(slack=slack))
        assert "try again" in str(checks["Slack bot token"].fix)
    checks = await examined(setup)
    assert "network" in str(checks["Slack bot token"].fix)
    assert checks["clock"].outcome is Outcome.SKIPPED


async def test_intent_is_needed_for_the_reaction_alone(setup: Setup) -> None:
    """The privileged intent is asked for where an emoji is configured, and found where it was granted."""
    setup.sections["discord"] = {"reaction": "🔍"}
    async with FakeDiscord() as discord:
        intents = (await examined(setup.use(discord=discord)))["Discord intents"]
        assert intents.outcome is Outcome.FAILED
        assert "Message Content Intent" in intents.says
    async with FakeDiscord(granted_intents=MESSAGE_CONTENT) as discord:
        assert (await examined(setup.use(discord=discord)))["Discord intents"].outcome is Outcome.OK


async def test_commands_are_known_after_a_run(setup: Setup) -> None:
    """After a run the commands are registered; other ones, another hash and none at all are told."""
    async with FakeDiscord() as discord:
        setup.use(discord=discord)
        async with counterclaim(setup, "run") as running:
            await running.started()
            await running.said("commands were registered")
        assert (await examined(setup))["Discord commands"].outcome is Outcome.OK
        with closing(sqlite3.connect(setup.ledger)) as conn:
            conn.execute("UPDATE setting SET value = 'x' WHERE name LIKE 'discord.commands.%'")
            conn.commit()
        assert "another version" in (await examined(setup))["Discord commands"].says
        async with counterclaim(setup, "run") as running:
            await running.started()
            await running.said("commands were registered")
        held = discord.world.registry.scopes[None]
        held[1, "claim"]["description"] = "Somebody else's"
        assert "another version" in (await examined(setup))["Discord commands"].says
        held.clear()
        gone = (await examined(setup))["Discord commands"]
    assert gone.outcome is Outcome.NOTE
    assert gone.says == "Discord has none of them any more"


@pytest.mark.parametrize(
    ("status", "outcome", "says"),
    [
        (200, Outcome.OK, "answers"),
        (401, Outcome.FAILED, "refuses the key"),
        (404, Outcome.FAILED, "status 404"),
        (302, Outcome.FAILED, "status 302"),
    ],
)
async def test_model_is_asked_where_it_is_configured(
    setup: Setup, status: int, outcome: Outcome, says: str
) -> None:
    """The model's service is asked for its models, with the key; a redirect is not followed."""
    asked = []

    async def models(request: web.BaseRequest) -> web.Response:
        asked.append((request.path, request.headers.get("Authorization")))
        return web.json_response({"data": []}, status=status, headers={"Location": "/elsewhere"})

    async with served(models) as address:
        setup.sections["openai"] = {"base_url": f"{address}/v1"}
        setup.secrets["OPENAI_API_KEY"] = "sk-invented"
        model = (await examined(setup))["model"]
    assert asked == [("/v1/models", "Bearer sk-invented")]
    assert model.outcome is outcome
    assert says in model.says


async def test_model_that_is_not_there(setup: Setup) -> None:
    """A model that does not answer is a failure, with the address that was asked."""
    setup.sections["openai"] = {"base_url": "http://127.0.0.1:9/v1"}
    model = (await examined(setup))["model"]
    assert model.outcome is Outcome.FAILED
    assert "127.0.0.1:9" in model.says


@pytest.mark.parametrize("trouble", [None, Trouble.PROSE, Trouble.UNAUTHORISED, Trouble.NO_SUCH_MODEL])
async def test_model_that_is_named_makes_one_round_trip(setup: Setup, trouble: Trouble | None) -> None:
    """Where a model is named it is asked for real, and one line says what came."""
    with FakeOpenAI() as service:
        service.chat.value, service.chat.always = {"word": "bridge"}, trouble
        setup.sections["openai"] = {"base_url": service.address, "model": "fake"}
        setup.secrets["OPENAI_API_KEY"] = KEY
        model = (await examined(setup))["model"]
        assert len(service.chat.asked) == (2 if trouble is Trouble.PROSE else 1)
    assert model.outcome is (Outcome.OK if trouble is None else Outcome.FAILED)
    said = {
        None: "it answers in the form that was asked for, in ",
        Trouble.PROSE: "the model answers in prose, where JSON was asked for",
        Trouble.UNAUTHORISED: "it refuses the key",
        Trouble.NO_SUCH_MODEL: "it does not take the question",
    }
    assert model.says.startswith(f"fake at {service.address}: {said[trouble]}")


async def test_model_that_is_named_and_slow_is_a_note(setup: Setup) -> None:
    """A model that takes longer than people wait for is told of, with what to do."""
    with FakeOpenAI(key="none") as service:
        service.chat.value, service.chat.pause = {"word": "bridge"}, 0.3
        setup.sections["openai"] = {"base_url": service.address, "model": "fake", "timeout_seconds": 0.1}
        model = (await examined(setup))["model"]
    assert model.outcome is Outcome.NOTE
    assert "a question waits 0.1 s for it at most" in model.says


@pytest.mark.parametrize(("date", "says"), [("Mon, 01 Jan 2001 00:00:00 GMT", "ahead"), ("rubbish", None)])
async def test_clock_is_compared_with_the_services(setup: Setup, date: str, says: str | None) -> None:
    """A clock that is far from the services' is a failure; a time that cannot be read is no time."""

    async def late(_: web.BaseRequest) -> web.Response:
        return web.json_response({}, headers={"Date": date})

    async with served(late) as address:
        setup.sections["openai"] = {"base_url": f"{address}/v1"}
        clock = (await examined(setup))["clock"]
    if says is None:
        assert clock.outcome is Outcome.SKIPPED
    else:
        assert clock.outcome is Outcome.FAILED
        assert says in clock.says
        assert "set-ntp" in str(clock.fix)


async def test_answer_without_end_is_given_up() -> None:
    """A service that does not answer in time is told as that."""

    async def never(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(body=b"x", headers={"Content-Length": "2"})

    async with served(never) as address, Inquiry() as inquiry:
        answered = await inquiry.ask("GET", address, None, seconds=0.2)
    assert answered.error is not None


async def test_ledger_of_every_kind(setup: Setup, tmp_path: Path) -> None:
    """No ledger, a file that is none, a broken chain and an older schema each have their line."""
    good, setup.ledger = setup.ledger, tmp_path / "nowhere.db"
    checks = await examined(setup)
    assert checks["ledger"].outcome is Outcome.FAILED
    assert "counterclaim init" in str(checks["ledger"].fix)
    assert checks["chain"].outcome is Outcome.SKIPPED
    assert not setup.ledger.exists()

    setup.ledger.write_bytes(b"no ledger at all" * 100)
    assert (await examined(setup))["ledger"].outcome is Outcome.FAILED

    setup.ledger = tmp_path / "old.db"
    async with open_ledger(setup.ledger, writable=True, create=True, steps=(m001_ledger.STATEMENTS,)):
        pass
    before = setup.ledger.read_bytes()
    checks = await examined(setup)
    assert checks["migrations"].outcome is Outcome.NOTE
    assert checks["chain"].outcome is Outcome.OK
    assert setup.ledger.read_bytes() == before

    with closing(sqlite3.connect(good)) as conn:
        conn.execute("DROP TRIGGER revision_is_never_changed")
        conn.execute("UPDATE revision SET actor = 'Nobody' WHERE n = 5")
        conn.commit()
    setup.ledger = good
    checks = await examined(setup)
    assert checks["chain"].outcome is Outcome.FAILED
    assert "revision 5" in checks["chain"].says
    assert "backup" in str(checks["chain"].fix)


async def test_command_prints_a_line_each_and_tells_by_its_exit_code(setup: Setup) -> None:
    """The exit code is 0 without and 1 with a failure; `--json` prints one object with the same checks."""
    async with FakeSlack() as slack:
        async with counterclaim(setup.use(slack=slack), "doctor") as done:
            assert await done.ended() == 0
        assert done.err == ""
        assert all(each.split()[0] in set(Outcome) for each in done.out.splitlines())
        setup.secrets["SLACK_BOT_TOKEN"] = "xoxb-unknown"  # noqa: S105 - invented
        async with counterclaim(setup, "doctor", "--json") as failed:
            assert await failed.ended() == 1
    told = json.loads(failed.out)
    assert told["ok"] is False
    assert {each["name"]: each["outcome"] for each in told["checks"]}["Slack bot token"] == "failed"
    assert len(told["checks"]) == len(done.out.splitlines())


async def test_bad_configuration_is_a_line_too(setup: Setup) -> None:
    """A configuration with faults is one failed check that names each of them."""
    setup.sections |= {"log": {"level": "loud"}, "health": {"port": 70_000}}
    async with counterclaim(setup, "doctor") as done:
        assert await done.ended() == 1
    (told,) = done.out.splitlines()
    assert told.startswith("failed   configuration: ")
    assert "log.level" in told
    assert "health.port" in told


async def test_manifest_of_slack_is_ready_to_be_pasted(setup: Setup) -> None:
    """What is printed is the manifest as JSON; the link holds the same, and the emoji adds its scope."""
    async with counterclaim(setup, "manifest", "slack") as done:
        assert await done.ended() == 0
    assert json.loads(done.out) == slack_manifest.manifest()
    link = next(each for each in done.err.splitlines() if each.startswith("https://"))
    filled = parse_qs(urlsplit(link).query)["manifest_json"]
    assert json.loads(filled[0]) == slack_manifest.manifest()
    for scope in slack_manifest.scopes():
        assert scope.why in done.err
    assert all(each in done.err for each in slack_manifest.NEXT_STEPS)
    setup.sections["slack"] = {"reaction": "mag"}
    async with counterclaim(setup, "manifest", "slack") as done:
        assert await done.ended() == 0
    assert "reactions:read" in json.loads(done.out)["oauth_config"]["scopes"]["bot"]


async def test_manifest_of_discord_is_the_invitation(setup: Setup) -> None:
    """The invite link names the application, by an option or by the token, and says what it asks for."""
    async with counterclaim(setup, "manifest", "discord") as done:
        assert await done.ended() == 2
    assert "--application" in done.err
    async with counterclaim(setup, "manifest", "discord", "--application", "123") as done:
        assert await done.ended() == 0
    query = parse_qs(urlsplit(done.out.strip()).query)
    assert query["client_id"] == ["123"]
    assert query["scope"] == ["bot applications.commands"]
    assert query["permissions"][0] in done.err
    assert all(each in done.err for each in invite.NEXT_STEPS)
    setup.secrets["DISCORD_TOKEN"] = "NDU2.invented"  # noqa: S105 - invented
    async with counterclaim(setup, "manifest", "discord") as done:
        assert await done.ended() == 0
    assert "client_id=456" in done.out
