"""A language model behind the one door: a prompt goes out, and one typed reply comes back, whatever happens.

Knows no prompt by name, and nothing of what an answer is for. It never raises, never takes longer than it is
given, and never writes to the log what was sent or answered.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.config import Settings
from bot.credentials import Secret
from bot.prompting import Outcome, Prompt, Reply, filled
from bot.schemas import schema_fault
from bot.sections import OpenAISection
from handlers.breaker import Breaker
from handlers.budget import Book, Budget
from handlers.completions import Completion, completion_in
from handlers.metrics import Metrics
from handlers.models import Door, FaultError

log = logging.getLogger(__name__)

MOST_BYTES: Final = 4_000_000
"""Bytes of an answer; one of 4,096 tokens has a two-hundredth of them."""
MOST_TOKENS: Final = 4_096
"""Tokens of an answer."""
SIGNS_A_TOKEN: Final = 4
"""Characters of English to a token, where a service does not say how many it took."""
FORMS: Final = ("json_schema", "json_object", "")
"""How a service is held to JSON, the strictest first; the last is by words alone."""
AT_FAULT: Final = frozenset({
    Outcome.UNREACHABLE, Outcome.TIMED_OUT, Outcome.LIMITED, Outcome.SERVER_ERROR, Outcome.REFUSED_KEY,
})  # fmt: skip
"""Outcomes that the next question would have as well: after some in a row the service is left alone."""
IN_WORDS: Final = (
    "\n\nAnswer with one JSON object and with nothing else: no explanation, no code fence. "
    "It has to fit this JSON Schema:\n"
)
REFUSING: Final = frozenset({400, 422})
"""Statuses of a service that may take the same question in another form."""
TOO_LONG: Final = "context[ _](length|size|window)|too long"
OPTIONS: Final[Mapping[str, tuple[int, str]]] = {
    "temperature": (0, "temperature"),
    "max_completion_tokens": (MOST_TOKENS, f"max_(completion_)?tokens|{TOO_LONG}"),
}
"""What is sent beside the question, and by which words a service says that it does not take it.

Some models take no temperature, and some services want room for all tokens that could be answered.
"""


class Chat:
    """A `bot.prompting.Model`. Nothing is connected before the first question; `close` ends it."""

    def __init__(
        self,
        section: OpenAISection,
        key: Secret | None,
        *,
        book: Book | None = None,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._section = section
        self._door = Door(section.base_url, key)
        self._budget = Budget(section.tokens_a_day, book, clock)
        self._metrics = metrics
        self._breaker = Breaker()
        self._room = asyncio.Semaphore(section.concurrency)
        self._form = 0
        """The first of `FORMS` that the service has not refused."""
        self._options = frozenset(OPTIONS)
        """Those of `OPTIONS` that the service has not refused."""
        self._told = False
        self._settling: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self._section.model or ""

    @property
    def address(self) -> str:
        """Where the service is."""
        return self._door.address

    async def ask(
        self, prompt: Prompt, variables: Mapping[str, str], *, seconds: float | None = None
    ) -> Reply:
        """Return what the model answers within `seconds`, checked against the schema. Never raises."""
        begun = time.monotonic()
        asked = _Asked(prompt)
        try:
            asked.material = filled(prompt, variables)
            asked.outcome = await self._guarded(asked, seconds or self._section.timeout_seconds)
        except Exception as error:  # noqa: BLE001 - whoever asks can do without an answer, and not with an error
            log.error("asking the language model failed: %s", type(error).__name__)  # noqa: TRY400 - no words
            asked.outcome = Outcome.BAD_REQUEST
        if self._metrics is not None:
            self._metrics.model_asked(prompt.name, asked.outcome, time.monotonic() - begun, asked.tokens)
        value = asked.value if asked.outcome is Outcome.OK else None
        return Reply(outcome=asked.outcome, value=value, tokens=asked.tokens, model=self.name)

    async def close(self) -> None:
        """Close the connections, and write down what was spent."""
        await self._door.close()
        if self._settling is not None:
            await self._settling
        await self._budget.settle()

    async def ready(self) -> None:
        """Load what the first question would have to wait for."""
        await self._door.ready()
        await asyncio.to_thread(schema_fault, {})

    async def _guarded(self, asked: _Asked, seconds: float) -> Outcome:
        """Return how it ends, with the breaker and the budget told of it."""
        if self._section.model is None:
            return Outcome.OFF
        if self._breaker.is_resting(time.monotonic()):
            return Outcome.RESTING
        least = asked.estimate()
        if not await self._budget.take(least):
            return Outcome.OVER_BUDGET
        let = False
        try:
            async with asyncio.timeout(seconds), self._room:
                let = self._breaker.may_ask(time.monotonic())
                if not let:
                    return Outcome.RESTING
                outcome = await self._answered(asked, seconds)
        except TimeoutError:
            asked.fault = FaultError(f"no answer within {seconds:g} s", Outcome.TIMED_OUT)
            outcome = Outcome.TIMED_OUT
        except BaseException:
            if let:
                self._breaker.gave_up()
            raise
        finally:
            self._budget.spend(least, asked.tokens)
            self._settle()
        # A question that waited for others in vain says nothing of the service.
        if let and outcome is Outcome.TIMED_OUT and seconds < self._section.timeout_seconds / 2:
            # The rest of somebody's time was too short for an answer: no fault of the service either.
            self._breaker.gave_up()
        elif let:
            self._noted(outcome, asked.fault)
        return outcome

    def _settle(self) -> None:
        """Write down what was spent beside the answer, which does not wait for the disk."""
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._budget.settle())

    def _noted(self, outcome: Outcome, fault: FaultError | None) -> None:
        if outcome not in AT_FAULT:
            if self._breaker.succeeded():
                log.info("the language model answers again")
            if outcome is Outcome.BAD_REQUEST and not self._told:
                log.warning("the language model does not take what it is asked (%s)", fault)
            self._told = outcome is Outcome.BAD_REQUEST
            return
        after = fault.seconds if fault is not None else 0.0
        if self._breaker.failed(time.monotonic(), seconds=after):
            log.warning("the language model failed (%s); answers do without it meanwhile", fault or outcome)

    async def _answered(self, asked: _Asked, seconds: float) -> Outcome:
        """Ask; in a weaker form where the service does not take this one, once more where it ignores it."""
        form, options, again = self._form, self._options, False
        while True:
            try:
                found = await self._once(asked, FORMS[form], seconds, options, in_words=again or form > 0)
            except FaultError as fault:
                asked.fault = fault
                if fault.outcome is not Outcome.BAD_REQUEST:
                    return fault.outcome
                refused = {each for each in options if re.search(OPTIONS[each][1], fault.names)}
                if fault.status in REFUSING and refused:
                    options -= refused
                elif form + 1 < len(FORMS) and not _is_hopeless(fault):
                    form += 1
                else:
                    return fault.outcome
                continue
            if found.outcome is Outcome.OK:
                # What the service does not take is not tried again with every question.
                if not again:
                    self._form, self._options = form, options
                asked.value = found.value
                return Outcome.OK
            if again or found.outcome not in {Outcome.NOT_JSON, Outcome.WRONG_SHAPE}:
                return found.outcome
            # Where it was told in words already, another answer than the same one takes some chance.
            options -= {"temperature"} if form else set()
            again, form = True, max(form, 1)

    async def _once(
        self, asked: _Asked, form: str, seconds: float, options: frozenset[str], *, in_words: bool
    ) -> Completion:
        body = asked.body(self.name, form, in_words=in_words)
        body |= {each: OPTIONS[each][0] for each in options}
        sent = sum(len(each["content"]) for each in body["messages"])
        # Until the service says otherwise: of a question that is broken off it has read this much.
        asked.tokens += (guess := sent // SIGNS_A_TOKEN)
        try:
            answer = await self._door.completion(body, seconds=seconds, most=MOST_BYTES)
        except FaultError as fault:
            if fault.outcome is not Outcome.TIMED_OUT:
                asked.tokens -= guess
            raise
        found = completion_in(answer, asked.prompt.schema)
        used = found.tokens
        asked.tokens += len(answer) // SIGNS_A_TOKEN if used is None else used - guess
        return found


def chat(settings: Settings, *, book: Book | None = None, metrics: Metrics | None = None) -> Chat | None:
    """Return the language model that the configuration names; None where it names none."""
    if settings.openai.model is None:
        return None
    return Chat(settings.openai, settings.secrets.get("OPENAI_API_KEY"), book=book, metrics=metrics)


class _Asked:
    """One question on its way, and what came of it so far."""

    def __init__(self, prompt: Prompt) -> None:
        self.prompt = prompt
        self.material = ""
        self.tokens = 0
        self.value: Any = None
        self.fault: FaultError | None = None
        self.outcome = Outcome.OFF

    def estimate(self) -> int:
        """Return the tokens that it takes at least."""
        return (len(self.prompt.instructions) + len(self.material)) // SIGNS_A_TOKEN

    def body(self, model: str, form: str, *, in_words: bool) -> dict[str, Any]:
        """Return what is sent: the instructions as the system's word, the material as the user's."""
        prompt = self.prompt
        schema = json.dumps(prompt.schema, ensure_ascii=False)
        told = prompt.instructions + (IN_WORDS + schema if in_words else "")
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "system", "content": told}, {"role": "user", "content": self.material}],
        }
        if form == "json_schema":
            named = {"name": prompt.name, "strict": True, "schema": prompt.schema}
            body["response_format"] = {"type": form, "json_schema": named}
        elif form:
            body["response_format"] = {"type": form}
        return body


def _is_hopeless(fault: FaultError) -> bool:
    """Say whether no other form of the question would be taken: no such model, or too long."""
    return fault.status not in REFUSING or bool(re.search(TOO_LONG, fault.names))
