"""A service that makes vectors: what it answers is used, and whatever it does wrong words have to do."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calibration import load
from bot.claims import Claim
from bot.credentials import Secret
from bot.embedding import EmbeddingError, Meaning
from bot.filling import fill
from bot.paste import clean
from bot.sections import EmbeddingSection
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from bot.views import View
from handlers.models import FaultError
from handlers.vectors import Service, vectors_in
from tests.entries import claim
from tests.fakes.openai import FakeOpenAI, Fault, vector_of
from tests.fakes.openai.serving import DIMENSIONS, KEY

VIEW = View(today="2026-11-22")
TEXTS = ("The mayor closed the old bridge", "Drinking sea water cures the flu")


def service(fake: FakeOpenAI, key: str | None = KEY, **changes: object) -> Service:
    """Return the client of `fake`, which waits for half a second."""
    section = EmbeddingSection(
        base_url=fake.address, model="fake", dimensions=DIMENSIONS, timeout_seconds=0.5
    )
    return Service(replace(section, **changes), Secret(hidden=key) if key else None)  # type: ignore[arg-type]


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    """Give the service."""
    with FakeOpenAI() as made:
        yield made


def test_vectors_come_in_order_and_of_length_one(fake: FakeOpenAI) -> None:
    """Each text gets its own vector, whatever the order of the answer and the length there."""
    asked = service(fake)
    found = asked.embed([*TEXTS, "third\ud800"])
    wanted = np.array([vector_of(text) for text in (*TEXTS, "third?")])
    assert np.allclose(found, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), atol=1e-6)
    assert asked.embed([]).shape == (0, DIMENSIONS)
    assert asked.model == f"service:fake:{DIMENSIONS}"
    asked.close()
    asked.close()


@pytest.mark.parametrize("fault", Fault)
def test_each_failure_is_one_kind_of_error_within_the_time(
    fake: FakeOpenAI, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the service does wrong ends in the one error, in time, once in the log, and in a rest."""
    asked = service(fake)
    fake.fault = fault
    begun = time.monotonic()
    with caplog.at_level(logging.INFO), pytest.raises(EmbeddingError) as caught:
        asked.embed(TEXTS)
    assert time.monotonic() - begun < 5
    assert caught.value.seconds == (120 if fault is Fault.LIMITED else 30)
    count = len(fake.asked)
    for _ in range(3):
        with caplog.at_level(logging.INFO), pytest.raises(EmbeddingError):
            asked.embed(TEXTS)
    assert len(fake.asked) == count
    told = [each for each in caplog.records if each.name == "handlers.vectors"]
    assert len(told) == 1
    assert KEY not in told[0].getMessage()
    fake.fault, asked._until = None, 0.0
    with caplog.at_level(logging.INFO):
        assert asked.embed(TEXTS).shape == (2, DIMENSIONS)
    assert "answers again" in caplog.text
    asked.close()


def test_nobody_there_is_the_same_error() -> None:
    """A refused connection is no other error than a bad answer."""
    with FakeOpenAI() as gone:
        pass
    asked = service(gone)
    with pytest.raises(EmbeddingError, match="failed: it cannot be reached: nothing listens there[.]$"):
        asked.embed(TEXTS)
    asked.close()


def test_without_a_key_none_is_sent_that_is_somebodys() -> None:
    """A service that needs no key is not told one."""
    with FakeOpenAI(key="none") as open_one:
        asked = service(open_one, key=None)
        assert asked.embed(TEXTS).shape == (2, DIMENSIONS)
        asked.close()


async def test_a_question_is_answered_by_words_while_the_service_fails(
    fake: FakeOpenAI, tmp_path: Path
) -> None:
    """The ledger answers with and without the service; what was found without it is not held to be whole."""
    asked = service(fake)
    meaning = Meaning(embedder=asked, weights=None)
    plain = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())
    claims: list[Claim] = [replace(plain, id=f"c-{n}", text=text) for n, text in enumerate(TEXTS)]
    async with open_ledger(tmp_path / "x.db", writable=True, create=True, meaning=meaning) as ledger:
        for each in claims:
            await ledger.save(each, Change(actor="tester"), vouched=True)
        assert await fill(ledger.vectors(), asked) == 2
        for word, fault in (("old", None), ("older", Fault.BROKEN), ("oldest", Fault.BROKEN)):
            fake.fault = fault
            paste = clean(f"Did the mayor close the {word} bridge?")
            found = await ledger.lookup(paste, view=VIEW, weights=load(), limit=3)
            assert found.found[0][0].claim == "c-0"
            assert found.is_whole is (fault is None)
    asked.close()


async def test_filling_breaks_off_and_goes_on(fake: FakeOpenAI, tmp_path: Path) -> None:
    """While the service fails nothing is written, and when it answers again the rest is made."""
    asked = service(fake)
    plain = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())
    async with open_ledger(tmp_path / "x.db", writable=True, create=True) as ledger:
        await ledger.save(replace(plain, text=TEXTS[0]), Change(actor="tester"), vouched=True)
        fake.fault = Fault.LIMITED
        with pytest.raises(EmbeddingError):
            await fill(ledger.vectors(), asked)
        assert (await ledger.vectors().state(asked.model)).done == 0
        fake.fault, asked._until = None, 0.0
        assert await fill(ledger.vectors(), asked) == 1
        assert (await ledger.vectors().state(asked.model)).done == 1
    asked.close()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["data", "index", "embedding", "x"]), x),
    )
)
def test_any_answer_is_vectors_or_a_fault(answer: object) -> None:
    """Whatever JSON comes back is either so many vectors of finite numbers or a fault."""
    try:
        rows = vectors_in(json.dumps(answer).encode(), 1, 2)
    except FaultError:
        return
    assert len(rows) == 1
    assert len(rows[0]) == 2
    assert np.isfinite(rows).all()


@given(st.binary())
def test_any_bytes_are_a_fault(body: bytes) -> None:
    """What is no JSON is a fault and nothing else."""
    with pytest.raises(FaultError):
        vectors_in(body, 1, 2)
