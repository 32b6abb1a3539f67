"""The pages for a watchdog and for Prometheus, asked over a real socket."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.calibration import load as load_calibration
from bot.config import Settings
from bot.store.ledger import Ledger, open_ledger
from handlers.health import serving
from handlers.limits import Limiter, Limits
from handlers.metrics import Metrics
from handlers.services import Services, StartError


@dataclass
class Platform:
    """A platform whose connection a test switches."""

    name: str
    connected: bool = True


def services_on(ledger: Ledger, path: Path) -> Services:
    """Return services on an open ledger."""
    return Services(
        settings=Settings(file=None, ledger=path, calibration=None, secrets={}),
        ledger=ledger,
        calibration=load_calibration(),
        limits=Limiter(Limits()),
        metrics=Metrics(),
    )


async def got(url: str) -> tuple[int, str, str]:
    """Return status, content type and text of a page."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, response.headers.get("Content-Type", ""), await response.text()


async def test_well_is_200_and_a_lost_platform_is_503(ledger: Ledger, tmp_path: Path) -> None:
    """The page is 200 while every platform is connected, and 503 with its name as soon as one is not."""
    slack, discord = Platform("slack"), Platform("discord")
    async with serving(0, services_on(ledger, tmp_path), (slack, discord)) as address:
        status, _, text = await got(f"{address}/healthz")
        assert status == 200
        assert json.loads(text) == {
            "status": "ok",
            "platforms": {"slack": True, "discord": True},
            "ledger_writable": True,
            "queue_depth": 0,
        }
        discord.connected = False
        status, _, text = await got(f"{address}/healthz")
        assert status == 503
        assert json.loads(text)["platforms"] == {"slack": True, "discord": False}


async def test_ledger_that_takes_no_write_is_503(tmp_path: Path) -> None:
    """A ledger that can be read and not written makes the page 503."""
    path = tmp_path / "x.db"
    async with open_ledger(path, writable=True, create=True):
        pass
    async with (
        open_ledger(path) as ledger,
        serving(0, services_on(ledger, path), (Platform("slack"),)) as address,
    ):
        status, _, text = await got(f"{address}/healthz")
        assert status == 503
        assert json.loads(text)["ledger_writable"] is False


async def test_metrics_are_prometheus_text(ledger: Ledger, tmp_path: Path) -> None:
    """The figures are in Prometheus's format, with each name that the documentation gives."""
    services = services_on(ledger, tmp_path)
    services.metrics.answered("slack", "same")
    with services.metrics.stage("check"):
        pass
    async with serving(0, services, ()) as address:
        status, kind, text = await got(f"{address}/metrics")
    assert status == 200
    assert kind.startswith("text/plain; version=")
    names = {each.name for each in text_string_to_metric_families(text)}
    documented = (Path(__file__).parents[2] / "docs" / "running.md").read_text("utf-8")
    for name in names:
        assert name.removesuffix("_created") in documented
    assert {"counterclaim_questions", "counterclaim_stage_seconds", "counterclaim_queue_depth"} <= names


async def test_nothing_else_is_served_and_nobody_else_is_reached(ledger: Ledger, tmp_path: Path) -> None:
    """Another path is 404, and the port is open on this machine's loopback address alone."""
    async with serving(0, services_on(ledger, tmp_path), ()) as address:
        assert address.startswith("http://127.0.0.1:")
        status, _, _ = await got(f"{address}/")
        assert status == 404


async def test_port_that_is_taken_is_one_sentence(ledger: Ledger, tmp_path: Path) -> None:
    """A port that another program has ends the start with a sentence that names the key to change."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=rf"port {port} .*in use.*\[health\] port"):
            async with serving(port, services_on(ledger, tmp_path), ()):
                pass
