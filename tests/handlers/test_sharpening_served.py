"""Answers that a model looks over, with a server between that does all that a server may do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers import Answer, Tier
from bot.calibration import load
from bot.config import load as load_config
from bot.credentials import Secret
from bot.remembered import Remembered
from bot.sections import OpenAISection
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from handlers.chat import Chat
from handlers.sharpening import Sharpener, answer
from handlers.terminal.asking import check_once
from tests.bot.test_second_look import anything
from tests.fakes.openai import FakeOpenAI, Trouble
from tests.fakes.openai.serving import KEY
from tests.handlers.serving import CLAIM, fill_sample
from tests.looked_over import faults

VIEW = View(today="2026-11-23")
CALIBRATION = load()
RELATED = {"labels": [{"id": "a", "label": "related"}]}
HARMLESS = {Trouble.FENCED, Trouble.THOUGHT, Trouble.NO_USAGE, Trouble.ABSURD_USAGE}
"""What is no trouble: the answer is there all the same."""
LATE = {Trouble.HANG, Trouble.DRIP}


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    """A service on this machine, which says that the first entry is related."""
    with FakeOpenAI() as opened:
        opened.chat.value = RELATED
        yield opened


@pytest.fixture(scope="module")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample ledger as a file."""
    return fill_sample(tmp_path_factory.mktemp("sample") / "ledger.db")


@asynccontextmanager
async def model(address: str, seconds: float) -> AsyncIterator[Sharpener]:
    """Give what looks answers over with the model at `address`."""
    chat = Chat(OpenAISection(model="fake", base_url=address, timeout_seconds=seconds), Secret(hidden=KEY))
    await chat.ready()
    try:
        yield Sharpener(model=chat, seconds=seconds, remembered=Remembered())
    finally:
        await chat.close()


async def asked(ledger: Ledger, by: Sharpener | None) -> Answer:
    """Return the answer to a claim on file."""
    return await answer(ledger, CLAIM, calibration=CALIBRATION, view=VIEW, by=by)


async def test_an_answer_of_a_service_counts(sample_ledger: Ledger, server: FakeOpenAI) -> None:
    """What a service says of an entry decides on its tier."""
    async with model(server.address, 20.0) as by:
        assert (await asked(sample_ledger, by)).tier is Tier.CLOSE
    assert not server.chat.refused


@pytest.mark.parametrize("trouble", Trouble)
async def test_no_trouble_keeps_an_answer_back(
    sample_ledger: Ledger, server: FakeOpenAI, trouble: Trouble
) -> None:
    """Whatever a service does, there is an answer; where it says nothing that counts, the one without it."""
    plain = await asked(sample_ledger, None)
    server.chat.always = trouble
    async with model(server.address, 0.2 if trouble in LATE else 20.0) as by, asyncio.timeout(30):
        made = await asked(sample_ledger, by)
    assert server.chat.asked
    if trouble in HARMLESS:
        assert made.tier is Tier.CLOSE
    else:
        assert made == plain


async def test_nobody_there(sample_ledger: Ledger) -> None:
    """Where no service is, the answer without it is given."""
    with FakeOpenAI() as gone:
        pass
    async with model(gone.address, 20.0) as by:
        assert await asked(sample_ledger, by) == await asked(sample_ledger, None)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | anything.map(json.dumps) | st.just(RELATED).map(json.dumps))
def test_any_answer_of_a_service(sample_file: Path, server: FakeOpenAI, said: str) -> None:
    """Whatever text a service answers with, the record is that of its rows."""

    async def run() -> Any:
        async with open_ledger(sample_file) as ledger, model(server.address, 20.0) as by:
            made = await asked(ledger, by)
            assert made.claims
            assert await faults(ledger, made, VIEW) == []

    server.chat.queue.clear()
    server.chat.queue.extend([said] * 4)
    asyncio.run(run())


async def test_the_terminal_asks_as_well(
    sample_file: Path, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A check at the terminal is looked over with the model of the configuration."""
    file = tmp_path / "counterclaim.toml"
    (tmp_path / "key").write_text(KEY, "utf-8")
    file.write_text(
        f'[ledger]\npath = {json.dumps(str(sample_file))}\n[openai]\nmodel = "fake"\n'
        f'base_url = "{server.address}"\napi_key_file = "key"\n',
        "utf-8",
    )
    await check_once(load_config(file), CLAIM, as_json=True)
    assert json.loads(capsys.readouterr().out)["tier"] == Tier.CLOSE
    assert server.chat.asked
