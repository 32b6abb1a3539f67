"""The running product: everything opened in order, every platform served, everything closed in reverse.

The place where all is put together. It knows no platform's ways: a platform's bot checks its own set-up
(`preflight`), keeps its own connection, and empties its own hands when it is told to stop.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from typing import Final, Protocol

from bot.calibration import load
from bot.config import Settings
from bot.embedding import Meaning
from bot.prompting import prompts
from bot.questions import Platform
from bot.store.ledger import open_ledger
from handlers.chat import Chat, chat
from handlers.embedders import close, meaning
from handlers.embedding import embedding
from handlers.health import serving
from handlers.indexing import indexing
from handlers.limits import Limiter, Limits
from handlers.metrics import Metrics
from handlers.outbox import Outbox
from handlers.pacing import paused
from handlers.renewing import renewing
from handlers.replies import Teller
from handlers.services import Services, StartError

log = logging.getLogger(__name__)

PREFLIGHT: Final = 30.0
"""Seconds that a platform has to answer the checks of its set-up."""
GRACE: Final = 12.0
"""Seconds from being told to stop to being cut off: a bot's own ten, and two to hang up."""
DAY: Final = 86_400.0
SOON: Final = 600.0
"""Seconds until a removal of texts that failed is tried again."""


class Bot(Protocol):
    """One platform, as it is run here."""

    @property
    def name(self) -> str:
        """The platform's name."""
        ...

    @property
    def connected(self) -> bool:
        """Whether messages of the platform arrive at present."""
        ...

    @property
    def teller(self) -> Teller | None:
        """The way to tell what changed later; None until the bot serves."""
        ...

    async def preflight(self) -> str:
        """Check the set-up and return one line that says where the bot is; raise StartError."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish what is in hand and close."""
        ...


class _OutOfTimeError(Exception):
    """Stopping took longer than it may."""


async def serve(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Run every platform that has its tokens until SIGTERM or SIGINT; a second one ends the process at once.

    `say` gets the one line that tells what runs.

    Raises:
        StartError: No platform can be run as things are set up, or a token was revoked meanwhile.
        LedgerError: The ledger cannot be opened for writing.
        BadInputError: The calibration, or a prompt's file, cannot be used.
    """
    enabled = platforms(settings)
    prompts()
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_signals(stop))
        near = meaning(settings)
        if near is not None:
            stack.callback(close, near.embedder)
        ledger = await stack.enter_async_context(open_ledger(settings.ledger, writable=True, meaning=near))
        metrics = Metrics()
        services = Services(
            settings=settings,
            ledger=ledger,
            calibration=load(settings.calibration),
            limits=Limiter(Limits(**asdict(settings.limits))),
            metrics=metrics,
            model=await _model(chat(settings, book=ledger.spending(), metrics=metrics), stack),
        )
        bots = [_bot(name, services) for name in enabled]
        lines = await _unless(stop, _preflights(bots))
        if lines is None:
            return
        if settings.health.port is not None:
            address = await stack.enter_async_context(serving(settings.health.port, services, bots))
            lines.append(f"health: {address}/healthz")
        # What is in memory now stays to the end: it need not be looked through for garbage again and again.
        gc.collect()
        gc.freeze()
        say(f"Counterclaim runs. {' · '.join(lines)} · ledger: {settings.ledger}")
        await _together(bots, stop, services, near)
    log.info("stopped")


async def _model(made: Chat | None, stack: AsyncExitStack) -> Chat | None:
    """Return the language model, loaded, so that nobody's question waits for that; `stack` closes it."""
    if made is not None:
        stack.push_async_callback(made.close)
        await made.ready()
    return made


def platforms(settings: Settings) -> tuple[str, ...]:
    """Return the platforms that have their tokens: `slack`, `discord`.

    Raises:
        StartError: There are none, or Slack has one of its two tokens alone.
    """
    held = settings.secrets.keys()
    slack = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}
    if held & slack and not held >= slack:
        raise StartError(
            f"Slack needs two tokens, and {min(slack - held)} is not set: "
            "counterclaim doctor says how to get it."
        )
    found = tuple(
        name for name, token in (("slack", "SLACK_BOT_TOKEN"), ("discord", "DISCORD_TOKEN")) if token in held
    )
    if not found:
        raise StartError(
            "There is no token, so there is nothing to run: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or "
            "DISCORD_TOKEN, or both (counterclaim manifest slack, or discord, says how to get them)."
        )
    return found


def _bot(name: str, services: Services) -> Bot:
    """Return a platform's bot; its library is loaded here and not before."""
    if name == "slack":
        from handlers.slack.bot import SlackBot  # noqa: PLC0415 - only where Slack runs

        return SlackBot(services)
    from handlers.discord.bot import DiscordBot  # noqa: PLC0415 - only where Discord runs

    return DiscordBot(services)


async def _preflights(bots: Sequence[Bot]) -> list[str]:
    """Return what each bot says of its set-up; all that is wrong is told at once."""
    found = await asyncio.gather(*(_preflight(each) for each in bots), return_exceptions=True)
    wrong = [each for each in found if isinstance(each, BaseException)]
    sentences = [str(each) for each in wrong if isinstance(each, StartError)]
    for each in wrong:
        if not isinstance(each, StartError):
            raise each
    if sentences:
        raise StartError("\n".join(sentences))
    return [each for each in found if isinstance(each, str)]


async def _preflight(bot: Bot) -> str:
    try:
        async with asyncio.timeout(PREFLIGHT):
            return await bot.preflight()
    except TimeoutError:
        raise StartError(
            f"{bot.name.capitalize()} did not answer within {PREFLIGHT:.0f} s: check this machine's network "
            "and start again."
        ) from None


async def _together(
    bots: Sequence[Bot], stop: asyncio.Event, services: Services, near: Meaning | None
) -> None:
    """Run all bots until `stop`; where one ends, the others are stopped in good order too."""
    failed: list[Exception] = []

    async def kept(bot: Bot) -> None:
        # Caught here, because a task group would cut the other bot off in the middle of a reply.
        try:
            await bot.run(stop)
        except Exception as error:  # noqa: BLE001 - raised below, when the others have ended
            failed.append(error)
        else:
            if not stop.is_set():
                failed.append(RuntimeError(f"{bot.name} ended by itself"))
        finally:
            stop.set()

    async def cut_off() -> None:
        await stop.wait()
        await asyncio.sleep(GRACE)
        raise _OutOfTimeError

    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(kept(each), name=each.name) for each in bots]
            beside = [tasks.create_task(cut_off()), tasks.create_task(_forgetting(stop, services))]
            beside.append(tasks.create_task(renewing(stop, services.ledger)))
            if near is not None:
                beside.append(tasks.create_task(embedding(stop, services.ledger, near.embedder)))
            beside.append(tasks.create_task(indexing(stop, services.settings.ledger)))
            beside += [tasks.create_task(_telling(each, stop, services)) for each in bots]
            await asyncio.wait(running)
            for each in beside:
                each.cancel()
    except* _OutOfTimeError:
        log.warning("what was in hand was cut off after %.0f s; it is still on the work list", GRACE)
    if failed:
        raise failed[0]


async def _telling(bot: Bot, stop: asyncio.Event, services: Services) -> None:
    """Tell on the platform of `bot` what changed; what fails there must not end the answering."""
    outbox = Outbox(services, Platform(bot.name), lambda: bot.teller)
    while not stop.is_set():
        try:
            await outbox.run(stop)
        except Exception:
            log.exception("telling what changed failed")
            await paused(stop, SOON)


async def _forgetting(stop: asyncio.Event, services: Services) -> None:
    """Remove what has been kept for so many days, now and once a day, and say how much that was."""
    privacy, days = services.ledger.privacy(), services.settings.privacy.retention_days
    while not stop.is_set():
        wait = DAY
        try:
            removed = await privacy.remove_old(time.time() - days * DAY)
            log.info("what was kept for %d days is removed", days, extra=asdict(removed))
        except Exception:
            log.exception("what has been kept for long enough could not be removed")
            wait = SOON
        try:
            async with asyncio.timeout(wait):
                await stop.wait()
        except TimeoutError:
            continue


async def _unless(stop: asyncio.Event, work: Coroutine[None, None, list[str]]) -> list[str] | None:
    """Return what `work` returns; None where `stop` was set before it was done."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for each in (working, stopping):
            each.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


@asynccontextmanager
async def _signals(stop: asyncio.Event) -> AsyncIterator[None]:
    """Let the first SIGTERM or SIGINT set `stop`, and the second end the process at once."""
    loop = asyncio.get_running_loop()
    both = (signal.SIGTERM, signal.SIGINT)

    def stopping(number: int) -> None:
        for each in both:
            loop.remove_signal_handler(each)
            # The system's own answer, so that it works while something here is stuck.
            signal.signal(each, signal.SIG_DFL)
        log.info("stopping on %s", signal.Signals(number).name)
        stop.set()

    for each in both:
        loop.add_signal_handler(each, stopping, each)
    try:
        yield
    finally:
        # Until the process has ended a signal ends it.
        for each in both:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)
