"""The deadline: how long an answer takes where the model's server is stopped, hangs or is slow.

    python -m benchmarks.deadline [--seconds 1.0] [--questions 30]

Each state of a local server is asked the same questions, in one run beside no model at all; printed are the
median and the 95th percentile in milliseconds, and their ratios to the deadline that is configured and to no
model. “afresh” asks with a new connection and a new breaker for every question, so that the server is waited
for each time; “kept” is one model for all of them, as the bot has it. Where the server fails, each answer has
to be the one without a model. The exit code is 1 where one is not, or where a 95th percentile is more
than a tenth above the deadline.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from bot.answers import Answer
from bot.calibration import load
from bot.credentials import Secret
from bot.records import record
from bot.remembered import Remembered
from bot.sections import OpenAISection
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from handlers.chat import Chat
from handlers.sharpening import Sharpener, answer
from tests.fakes.openai import FakeOpenAI, Trouble
from tests.fakes.openai.serving import KEY
from tests.hostile.trials import filled

ALLOWED: Final = 1.1
"""Times the deadline that the 95th percentile may take."""
VIEW: Final = View(today="2026-11-23")
CALIBRATION: Final = load()
QUESTIONS: Final = (
    "Trump warned Putin that he would bomb Moscow if Russia invaded Ukraine",
    "The Larkmoor council heard about the weight limit of the bridge in some memo long ago",
    "The mayor of Marsh had the old bridge closed",
    (
        "They say that the Brackwater ferry carried more people than its licence allows on 9 August 2025, "
        "and that dogs are banned from it. I have been going there since I was a child, and nobody has told "
        "me anything of the kind. Do you know what the company says, and when the fares are going to double?"
    ),
)
"""Each finds something, so that the model is asked."""


@record
class State:
    """What the server does: trouble, or a pause in parts of the deadline; `is_stopped`: nothing listens."""

    name: str
    trouble: Trouble | None = None
    pause: float = 0.0
    is_stopped: bool = False
    afresh: bool = False
    fails: bool = True


STATES: Final = (
    State(name="answers at once", fails=False),
    State(name="stopped", is_stopped=True),
    State(name="stopped, afresh", is_stopped=True, afresh=True),
    State(name="hangs", trouble=Trouble.HANG),
    State(name="hangs, afresh", trouble=Trouble.HANG, afresh=True),
    State(name="drips, afresh", trouble=Trouble.DRIP, afresh=True),
    State(name="slow by 0.6, afresh", pause=0.6, afresh=True, fails=False),
    State(name="slow by 0.98, afresh", pause=0.98, afresh=True, fails=False),
    State(name="slow by 2, afresh", pause=2.0, afresh=True),
)


def percentile(taken: list[float], share: float) -> float:
    """Return the least time within which this share of the questions was answered."""
    return sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


@asynccontextmanager
async def chat(address: str, seconds: float) -> AsyncIterator[Chat]:
    """Give a model at the address of the server."""
    section = OpenAISection(
        model="fake", base_url=address, timeout_seconds=seconds, tokens_a_day=1_000_000_000
    )
    model = Chat(section, Secret(hidden=KEY))
    await model.ready()
    try:
        yield model
    finally:
        await model.close()


async def asked(ledger: Ledger, text: str, model: Chat | None, seconds: float) -> tuple[float, Answer]:
    """Return the milliseconds that an answer took, and the answer."""
    by = Sharpener(model=model, seconds=seconds, remembered=Remembered()) if model else None
    ledger.recent.forget()
    begun = time.perf_counter()
    made = await answer(ledger, text, calibration=CALIBRATION, view=VIEW, by=by)
    return (time.perf_counter() - begun) * 1000, made


async def measured(
    ledger: Ledger, state: State, count: int, seconds: float, plain: dict[str, Answer]
) -> tuple[list[float], int]:
    """Return the milliseconds of each answer, and how many were not what they have to be."""
    taken, wrong = [], 0
    with FakeOpenAI() as gone:
        pass
    with FakeOpenAI() as server:
        server.chat.value, server.chat.always = {"labels": []}, state.trouble
        server.chat.pause = state.pause * seconds
        address = gone.address if state.is_stopped else server.address
        async with chat(address, seconds) as kept:
            for number in range(count):
                text = QUESTIONS[number % len(QUESTIONS)]
                if state.afresh:
                    async with chat(address, seconds) as model:
                        one, made = await asked(ledger, text, model, seconds)
                else:
                    one, made = await asked(ledger, text, kept, seconds)
                taken.append(one)
                wrong += made != plain[text] if state.fails else not made.claims
    return taken, wrong


async def run(count: int, seconds: float) -> int:
    """Measure every state, print the table, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        await filled(path)
        async with open_ledger(path) as ledger:
            plain = {text: (await asked(ledger, text, None, seconds))[1] for text in QUESTIONS}
            base = [(await asked(ledger, QUESTIONS[n % 4], None, seconds))[0] for n in range(count)]
            print(f"deadline {seconds * 1000:.0f} ms, {count} questions a row, one after the other")
            print(f"{'':26}{'p50 ms':>9}{'p95 ms':>9}{'p95/deadline':>14}{'p95/no model':>14}{'wrong':>7}")
            late = failed = 0
            for state in (None, *STATES):
                taken, wrong = (
                    (base, 0) if state is None else await measured(ledger, state, count, seconds, plain)
                )
                high = percentile(taken, 0.95)
                late += high > ALLOWED * seconds * 1000
                failed += wrong
                print(
                    f"{state.name if state else 'no model':26}{percentile(taken, 0.5):>9.1f}{high:>9.1f}"
                    f"{high / (seconds * 1000):>14.2f}{high / percentile(base, 0.95):>14.1f}{wrong:>7}",
                    flush=True,
                )
    print(f"{late} above the deadline by more than a tenth, {failed} answers wrong")
    return 1 if late or failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=1.0, help="the deadline")
    parser.add_argument("--questions", type=int, default=30, help="questions a state")
    given = parser.parse_args()
    # The server is left in the middle of its answers, and says so.
    logging.disable(logging.CRITICAL)
    sys.exit(asyncio.run(run(given.questions, given.seconds)))
