"""A language model: whatever its service does, there is one typed reply, in time, and nothing leaks."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.credentials import Secret
from bot.prompting import Outcome, Prompt, prompts
from bot.schemas import value_fault
from bot.sections import OpenAISection
from bot.store.ledger import open_ledger
from handlers.breaker import FAILURES, LONGEST_REST, REST, Breaker
from handlers.budget import Budget
from handlers.chat import Chat
from handlers.completions import completion_in, value_in
from handlers.metrics import Metrics
from tests.fakes.openai import FakeOpenAI, Trouble
from tests.fakes.openai.serving import KEY

PASTED = "Zyxquill told the harbour master"
"""What was pasted, and may stand in no log and no figure."""
SCHEMA = {
    "type": "object",
    "properties": {"kind": {"enum": ["same", "narrower"]}},
    "required": ["kind"],
    "additionalProperties": False,
}
PROMPT = Prompt(
    name="kinds",
    version=1,
    purpose="Test.",
    variables=("paste",),
    instructions="Say which kind it is.",
    material="<paste>\n{{paste}}\n</paste>",
    schema=SCHEMA,
)
EXPECTED = {
    Trouble.HANG: Outcome.TIMED_OUT,
    Trouble.DRIP: Outcome.TIMED_OUT,
    Trouble.HANG_UP: Outcome.UNREACHABLE,
    Trouble.BREAK_OFF: Outcome.SERVER_ERROR,
    Trouble.HUGE: Outcome.SERVER_ERROR,
    Trouble.LIMITED: Outcome.LIMITED,
    Trouble.LIMITED_FOR_LONG: Outcome.LIMITED,
    Trouble.BROKEN: Outcome.SERVER_ERROR,
    Trouble.BROKEN_AT_LENGTH: Outcome.SERVER_ERROR,
    Trouble.UNAUTHORISED: Outcome.REFUSED_KEY,
    Trouble.FORBIDDEN: Outcome.REFUSED_KEY,
    Trouble.REDIRECT: Outcome.BAD_REQUEST,
    Trouble.NO_SUCH_MODEL: Outcome.BAD_REQUEST,
    Trouble.TOO_LONG: Outcome.BAD_REQUEST,
    Trouble.HTML: Outcome.SERVER_ERROR,
    Trouble.NO_OBJECT: Outcome.SERVER_ERROR,
    Trouble.NO_CHOICES: Outcome.SERVER_ERROR,
    Trouble.NO_MESSAGE: Outcome.SERVER_ERROR,
    Trouble.REFUSAL: Outcome.REFUSAL,
    Trouble.FILTERED: Outcome.REFUSAL,
    Trouble.CUT_OFF: Outcome.CUT_OFF,
    Trouble.NULL: Outcome.NOT_JSON,
    Trouble.PROSE: Outcome.NOT_JSON,
    Trouble.TWO_VALUES: Outcome.NOT_JSON,
    Trouble.NOT_FINITE: Outcome.NOT_JSON,
    Trouble.DEEP: Outcome.NOT_JSON,
    Trouble.HALF_A_SIGN: Outcome.NOT_JSON,
    Trouble.LONG_NUMBER: Outcome.NOT_JSON,
    Trouble.WRONG_ENUM: Outcome.WRONG_SHAPE,
    Trouble.MISSING_KEY: Outcome.WRONG_SHAPE,
    Trouble.EXTRA_KEY: Outcome.WRONG_SHAPE,
    Trouble.A_LIST: Outcome.WRONG_SHAPE,
    Trouble.FENCED: Outcome.OK,
    Trouble.THOUGHT: Outcome.OK,
    Trouble.NO_USAGE: Outcome.OK,
    Trouble.ABSURD_USAGE: Outcome.OK,
}
IGNORED = {each for each, outcome in EXPECTED.items() if outcome in {Outcome.NOT_JSON, Outcome.WRONG_SHAPE}}


def chat(fake: FakeOpenAI, key: str | None = KEY, *, metrics: Metrics | None = None, **changes: Any) -> Chat:
    """Return the model behind `fake`, which has half a second."""
    section = OpenAISection(model="fake", base_url=fake.address, timeout_seconds=0.5)
    return Chat(replace(section, **changes), Secret(hidden=key) if key else None, metrics=metrics)


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    """Give the service."""
    with FakeOpenAI() as made:
        yield made


async def test_an_answer_is_checked_and_counted(fake: FakeOpenAI) -> None:
    """What fits the schema comes back with its tokens, and what was sent is what the prompt says."""
    metrics = Metrics()
    asked = chat(fake, metrics=metrics)
    reply = await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)
    await asked.close()
    assert (reply.outcome, reply.value, reply.tokens, reply.model) == (
        Outcome.OK,
        {"kind": "same"},
        100,
        "fake",
    )
    (body,) = fake.chat.asked
    assert body["messages"] == [
        {"role": "system", "content": "Say which kind it is."},
        {"role": "user", "content": f"<paste>\n{PASTED}\n</paste>"},
    ]
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    text = metrics.text().decode()
    assert 'counterclaim_model_answers_total{outcome="ok",prompt="kinds"} 1.0' in text
    assert 'counterclaim_model_tokens_total{prompt="kinds"} 100.0' in text
    assert 'counterclaim_model_seconds_count{prompt="kinds"} 1.0' in text


@pytest.mark.parametrize("trouble", Trouble)
async def test_each_trouble_is_one_outcome(
    fake: FakeOpenAI, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the service does wrong is one typed outcome, in time; no log and no figure tells a text."""
    metrics = Metrics()
    asked = chat(fake, metrics=metrics)
    await asked.ready()
    fake.chat.always = trouble
    with caplog.at_level(logging.DEBUG, "handlers"):
        async with asyncio.timeout(20):
            reply = await asked.ask(PROMPT, {"paste": PASTED}, seconds=2.0)
        await asked.close()
    assert reply.outcome is EXPECTED[trouble]
    assert reply.value == ({"kind": "same"} if reply.outcome is Outcome.OK else None)
    assert len(fake.chat.asked) == (2 if trouble in IGNORED | {Trouble.TOO_LONG} else 1)
    assert reply.tokens < 1_000
    told = caplog.text + metrics.text().decode()
    for secret in (PASTED, "Zyxquill", KEY, "bridge", "context length"):
        assert secret not in told
    assert not fake.chat.refused


@pytest.mark.parametrize("trouble", sorted(IGNORED))
async def test_a_schema_that_is_ignored_is_told_in_words(fake: FakeOpenAI, trouble: Trouble) -> None:
    """A service that ignores the schema is asked once more with the schema in words, and may obey then."""
    asked = chat(fake)
    fake.chat.queue.append(trouble)
    reply = await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)
    await asked.close()
    assert (reply.outcome, reply.value, reply.tokens) == (Outcome.OK, {"kind": "same"}, 200)
    first, second = fake.chat.asked
    assert first["response_format"]["type"] == "json_schema"
    assert second["response_format"] == {"type": "json_object"}
    assert json.dumps(SCHEMA) in second["messages"][0]["content"]
    assert second["messages"][1] == first["messages"][1]
    assert not fake.chat.refused


@pytest.mark.parametrize(
    ("forms", "takes_temperature", "last"),
    [
        ({"json_object"}, True, "json_object"),
        (set(), True, None),
        (set(), False, None),
        ({"json_schema", "json_object"}, False, "json_schema"),
    ],
)
async def test_what_a_service_does_not_take_is_left_out(
    fake: FakeOpenAI, forms: set[str], last: str | None, *, takes_temperature: bool
) -> None:
    """A service that refuses a form of the question is asked in a weaker one, and from then on at once."""
    fake.chat.forms, fake.chat.takes_temperature = forms, takes_temperature
    asked = chat(fake)
    assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.OK
    form = fake.chat.asked[-1].get("response_format") or {}
    assert form.get("type") == last
    assert ("temperature" in fake.chat.asked[-1]) is takes_temperature
    refused = len(fake.chat.refused)
    assert refused
    assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.OK
    assert len(fake.chat.refused) == refused
    await asked.close()


async def test_a_service_with_little_room_is_asked_without_a_limit(fake: FakeOpenAI) -> None:
    """A service that wants room for all that could be answered is not told how much that is, from then on."""
    asked = chat(fake)
    fake.chat.queue.append(Trouble.TOO_LONG)
    for _ in range(2):
        assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.OK
    await asked.close()
    assert ["max_completion_tokens" in each for each in fake.chat.asked] == [True, False, False]
    assert {each["response_format"]["type"] for each in fake.chat.asked} == {"json_schema"}


async def test_a_strict_service_takes_every_prompt(fake: FakeOpenAI) -> None:
    """No file's schema is one that a service which holds a model to it refuses."""
    asked = chat(fake)
    for each in prompts():
        await asked.ask(each, dict.fromkeys(each.variables, "bridge"), seconds=20)
        assert not fake.chat.refused, each.name
    await asked.close()


async def test_nobody_there_is_told_in_words(caplog: pytest.LogCaptureFixture) -> None:
    """A refused connection is an outcome, and the log says in words, once, what it was."""
    with FakeOpenAI() as gone:
        pass
    asked = chat(gone)
    for _ in range(FAILURES):
        assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.UNREACHABLE
    assert (await asked.ask(PROMPT, {"paste": PASTED})).outcome is Outcome.RESTING
    await asked.close()
    (told,) = [each for each in caplog.records if each.name == "handlers.chat"]
    assert told.getMessage() == (
        "the language model failed (it cannot be reached: nothing listens there); "
        "answers do without it meanwhile"
    )


async def test_nothing_of_the_environment_goes_out(fake: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an address nor a key nor a header is taken from the environment."""
    for name in (
        "OPENAI_BASE_URL",
        "OPENAI_API_KEY",
        "OPENAI_ADMIN_KEY",
        "OPENAI_ORG_ID",
        "OPENAI_PROJECT_ID",
    ):
        monkeypatch.setenv(name, "http://127.0.0.1:9/environment")
    monkeypatch.setenv(
        "OPENAI_CUSTOM_HEADERS", "X-Environment: environment\nAuthorization: Bearer environment"
    )
    with FakeOpenAI(key="none") as open_one:
        for service, key in ((fake, KEY), (open_one, None)):
            asked = chat(service, key)
            assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.OK
            await asked.close()
            (headers,) = service.chat.headers
            assert "environment" not in repr(headers)
            assert not [
                each for each in headers if each.casefold() in {"openai-organization", "x-stainless-os"}
            ]


async def test_without_a_model_nothing_is_asked(fake: FakeOpenAI) -> None:
    """Where no model is named the outcome is that it is off."""
    asked = chat(fake, model=None)
    assert (await asked.ask(PROMPT, {"paste": PASTED})).outcome is Outcome.OFF
    await asked.close()
    assert not fake.chat.asked


async def test_a_wrong_variable_does_not_raise(fake: FakeOpenAI) -> None:
    """Even a mistake of ours is an outcome, and nothing is sent."""
    asked = chat(fake)
    assert (await asked.ask(PROMPT, {"pasted": PASTED})).outcome is Outcome.BAD_REQUEST
    await asked.close()
    assert not fake.chat.asked


async def test_the_breaker_rests_probes_and_closes(
    fake: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    """After three failures in a row nothing is asked until a probe succeeds; the log says both, once."""
    asked = chat(fake)
    fake.chat.always = Trouble.BROKEN
    with caplog.at_level(logging.INFO, "handlers"):
        outcomes = [(await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome for _ in range(5)]
        assert outcomes == [Outcome.SERVER_ERROR] * FAILURES + [Outcome.RESTING] * 2
        assert len(fake.chat.asked) == FAILURES
        fake.chat.always, asked._breaker._until = None, 0.0
        assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.OK
    await asked.close()
    told = [each.getMessage() for each in caplog.records if each.name == "handlers.chat"]
    assert [each.partition(" (")[0] for each in told] == [
        "the language model failed",
        "the language model answers again",
    ]


async def test_too_little_time_is_no_fault_of_the_service(fake: FakeOpenAI) -> None:
    """Who has but a moment left and gets no answer in it does not make the service rest for the others."""
    asked = chat(fake)
    fake.chat.always = Trouble.HANG
    for _ in range(FAILURES):
        assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=0.05)).outcome is Outcome.TIMED_OUT
    fake.chat.always = None
    assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.OK
    await asked.close()


async def test_retry_after_is_heeded_at_once(fake: FakeOpenAI) -> None:
    """A service that names a time is not asked before."""
    asked = chat(fake)
    fake.chat.queue.append(Trouble.LIMITED_FOR_LONG)
    assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.LIMITED
    assert (await asked.ask(PROMPT, {"paste": PASTED}, seconds=20)).outcome is Outcome.RESTING
    assert asked._breaker._until is not None
    assert 100 < asked._breaker._until - time.monotonic() <= 120
    await asked.close()


def test_a_rest_doubles_up_to_its_limit() -> None:
    """Each probe that fails makes the rest twice as long, up to ten minutes; one success ends it."""
    breaker, now = Breaker(), 1_000.0
    assert [breaker.failed(now) for _ in range(FAILURES)] == [False, False, True]
    rest = REST
    for _ in range(8):
        assert not breaker.may_ask(now + rest - 1)
        now += rest
        assert breaker.may_ask(now)
        assert not breaker.may_ask(now), "one probe at a time"
        assert not breaker.failed(now)
        rest = min(2 * rest, LONGEST_REST)
    assert rest == LONGEST_REST
    assert breaker.may_ask(now + rest)
    breaker.gave_up()
    assert breaker.may_ask(now + rest)
    assert breaker.succeeded()
    assert breaker.may_ask(now + rest)
    assert not breaker.succeeded()
    assert not breaker.failed(now)


def test_failures_have_to_be_in_a_row() -> None:
    """A success in between begins the count anew; a failure on its way as the rest began changes nothing."""
    breaker = Breaker()
    for _ in range(2 * FAILURES):
        assert not breaker.failed(0.0)
        breaker.succeeded()
    for _ in range(FAILURES):
        breaker.failed(0.0)
    breaker.failed(20.0)
    assert breaker.may_ask(REST)


async def test_no_more_than_so_many_at_a_time(fake: FakeOpenAI) -> None:
    """The service is never asked more at once than is configured, and everybody gets an answer."""
    asked = chat(fake, concurrency=2)
    await asked.ready()
    fake.chat.pause = 0.02
    replies = await asyncio.gather(*(asked.ask(PROMPT, {"paste": str(n)}, seconds=20) for n in range(12)))
    await asked.close()
    assert [each.outcome for each in replies] == [Outcome.OK] * 12
    assert fake.chat.most_at_once == 2


async def test_waiting_for_others_in_vain_is_no_fault_of_the_service(fake: FakeOpenAI) -> None:
    """A question that never got its turn is out of time, and does not bring a rest nearer."""
    asked = chat(fake, concurrency=1)
    await asked.ready()
    fake.chat.queue.append(Trouble.HANG)
    slow = asyncio.create_task(asked.ask(PROMPT, {"paste": "slow"}, seconds=1.5))
    await asyncio.sleep(0.2)
    waiting = await asyncio.gather(*(asked.ask(PROMPT, {"paste": "x"}, seconds=0.2) for _ in range(FAILURES)))
    assert {each.outcome for each in waiting} == {Outcome.TIMED_OUT}
    assert (await slow).outcome is Outcome.TIMED_OUT
    assert len(fake.chat.asked) == 1
    assert (await asked.ask(PROMPT, {"paste": "x"}, seconds=20)).outcome is Outcome.OK
    await asked.close()


async def test_a_question_can_be_cancelled(fake: FakeOpenAI) -> None:
    """Cancelling alone gets through; what was sent is counted, and the next one is answered."""
    asked = chat(fake, concurrency=1)
    await asked.ready()
    fake.chat.queue.append(Trouble.HANG)
    task = asyncio.create_task(asked.ask(PROMPT, {"paste": "x" * 4_000}, seconds=20))
    while not fake.chat.asked:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked._budget._spent >= 1_000
    assert not asked._budget._held
    assert (await asked.ask(PROMPT, {"paste": "x"}, seconds=20)).outcome is Outcome.OK
    await asked.close()


async def test_the_budget_outlives_a_restart(fake: FakeOpenAI, tmp_path: Path) -> None:
    """What was spent today stands in the ledger's file: another process has no more than is left."""
    section = OpenAISection(model="fake", base_url=fake.address, tokens_a_day=250, timeout_seconds=20)
    now = 1_790_000_000.0
    outcomes = []
    for _ in range(2):
        async with open_ledger(tmp_path / "x.db", writable=True, create=True) as ledger:
            asked = Chat(section, Secret(hidden=KEY), book=ledger.spending(), clock=lambda: now)
            outcomes += [(await asked.ask(PROMPT, {"paste": "x"})).outcome for _ in range(2)]
            await asked.close()
    assert outcomes == [Outcome.OK, Outcome.OK, Outcome.OK, Outcome.OVER_BUDGET]
    now += 86_400
    async with open_ledger(tmp_path / "x.db", writable=True) as ledger:
        asked = Chat(section, Secret(hidden=KEY), book=ledger.spending(), clock=lambda: now)
        assert (await asked.ask(PROMPT, {"paste": "x"})).outcome is Outcome.OK
        await asked.close()
        assert await ledger.spending().spent("2026-09-21") == 300
        assert await ledger.spending().spent("2026-09-22") == 100
        assert await ledger.verify() == (0, None)


async def test_two_processes_share_a_budget(tmp_path: Path) -> None:
    """Each learns what the other spent when it writes down its own."""
    async with open_ledger(tmp_path / "x.db", writable=True, create=True) as ledger:
        one, other = (Budget(100, ledger.spending()) for _ in range(2))
        for each in (one, other):
            assert await each.take(10)
            each.spend(10, 60)
            await each.settle()
        assert await one.take(40)
        one.spend(40, 0)
        assert not await other.take(1)


async def test_what_is_set_aside_is_not_given_twice() -> None:
    """Questions on their way count, so that many at once do not overdraw the day."""
    budget = Budget(100, None)
    assert await budget.take(60)
    assert not await budget.take(60)
    budget.spend(60, 10)
    assert await budget.take(60)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda x: (
        st.lists(x)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "message", "content", "usage", "total_tokens", "refusal", "finish_reason"]
            ),
            x,
        )
    ),
)


@given(ANY | st.text().map(lambda x: {"choices": [{"message": {"content": x}}]}))
def test_any_answer_is_a_value_that_fits_or_an_outcome(answer: object) -> None:
    """Whatever JSON comes back, a value is only handed on where it fits the schema."""
    found = completion_in(json.dumps(answer).encode(), SCHEMA)
    if found.outcome is Outcome.OK:
        assert value_fault(found.value, SCHEMA) is None
    else:
        assert found.value is None


@given(st.binary())
def test_any_bytes_are_an_outcome(body: bytes) -> None:
    """What is no answer at all is an outcome."""
    assert completion_in(body, SCHEMA).outcome is not Outcome.OK


@given(ANY, st.sampled_from(["{}", "```json\n{}\n```", "```\n{}\n```", " {}\n", "<think>x</think>{}"]))
def test_json_is_found_in_a_fence(value: object, around: str) -> None:
    """A code fence, white space and a thought in front are not part of the answer."""
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError:
        return
    outcome, found = value_in(around.replace("{}", text), {})
    assert (outcome, found) == (Outcome.OK, value)
