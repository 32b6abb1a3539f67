"""Commands for those who ask: check, show, search, history."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

import click

from bot.errors import BadInputError
from bot.views import now
from handlers.terminal.options import (
    Exit,
    common_options,
    examples,
    exit_code,
    is_interactive,
    run,
    say,
    settings,
)
from handlers.terminal.pasting import pasted

if TYPE_CHECKING:
    from bot.answers import Answer
    from bot.calibration import Calibration
    from bot.config import Settings
    from bot.embedding import Meaning
    from bot.store.ledger import Ledger
    from bot.views import View


class Check(Protocol):
    """What answers a pasted text."""

    async def __call__(self, ledger: Ledger, text: str, /, *, calibration: Calibration, view: View) -> Answer:
        """Return the answer."""
        ...


@click.command(
    epilog=examples(
        'counterclaim check "The mayor sold the old bridge"',
        "counterclaim check < article.txt",
        'counterclaim check --json "The mayor sold the old bridge"',
        "counterclaim check                 asks for a claim, and for the next one",
    )
)
@click.argument("text", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@common_options
def check(text: tuple[str, ...], as_json: bool) -> Exit:  # noqa: FBT001 - click calls it by name
    """Look TEXT up in the ledger and print the record of what was said.

    Without TEXT it is read from standard input, or asked for. Exit code 0: answered; 1: nothing on file;
    2: bad input; 3: the ledger cannot be used.
    """
    given = settings()
    if text:
        return run(check_once(given, " ".join(text), as_json=as_json))
    if not is_interactive():
        return run(check_once(given, _standard_input(), as_json=as_json))
    return run(converse(given, as_json=as_json))


def _standard_input() -> str:
    return sys.stdin.buffer.read().decode(errors="replace")


async def check_once(given: Settings, text: str, *, as_json: bool = False) -> Exit:
    """Answer one pasted text."""
    from bot.calibration import load as load_calibration  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    calibration = load_calibration(given.calibration)
    async with open_ledger(given.ledger, meaning=_meaning(given)) as ledger, _looking_over(given) as checked:
        answer = await checked(ledger, text, calibration=calibration, view=now())
    return _print(answer, as_json=as_json)


def _meaning(given: Settings) -> Meaning | None:
    from handlers.embedders import meaning  # noqa: PLC0415

    return meaning(given, once=True)


@asynccontextmanager
async def _looking_over(given: Settings) -> AsyncIterator[Check]:
    """Give what answers a paste: the desk, and where a model is configured, with the model."""
    if given.openai.model is None:
        from bot.desk import check  # noqa: PLC0415

        yield check
        return
    from bot.errors import LedgerError  # noqa: PLC0415
    from bot.remembered import Remembered  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.chat import chat  # noqa: PLC0415
    from handlers.sharpening import Sharpener, answer  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        book = None
        # What it takes counts for the day, unless the ledger can only be read.
        with suppress(LedgerError, BadInputError):
            book = (await stack.enter_async_context(open_ledger(given.ledger, writable=True))).spending()
        model = chat(given, book=book)
        assert model is not None  # noqa: S101 - one is named
        stack.push_async_callback(model.close)
        # What loading it takes is no part of what a question may take.
        await model.ready()
        seconds = given.openai.timeout_seconds
        yield partial(answer, by=Sharpener(model=model, seconds=seconds, remembered=Remembered()))


def _print(answer: Answer, *, as_json: bool) -> Exit:
    if as_json:
        from bot.answer_json import as_json as to_json  # noqa: PLC0415

        click.echo(json.dumps(to_json(answer), ensure_ascii=False, indent=2))
    else:
        _echo_answer(answer)
    return Exit.ANSWERED if answer.claims else Exit.NOTHING_ON_FILE


def _echo_answer(answer: Answer, heading: str | None = None) -> None:
    from handlers.terminal.rendering import render  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    width, colour = screen()
    click.echo(render(answer, width=width, colour=colour, heading=heading), nl=False, color=colour)


async def converse(given: Settings, *, as_json: bool = False) -> Exit:
    """Ask for a claim, answer it, and ask again until an empty line or the end of input."""
    from bot.calibration import load as load_calibration  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    calibration = load_calibration(given.calibration)
    last = Exit.ANSWERED
    async with open_ledger(given.ledger, meaning=_meaning(given)) as ledger, _looking_over(given) as checked:
        while text := pasted("Paste a claim (an empty line ends): "):
            try:
                answer = await checked(ledger, text, calibration=calibration, view=now())
            except BadInputError as error:
                say(str(error))
                last = exit_code(error)
            else:
                last = _print(answer, as_json=as_json)
    return last


@click.command(
    epilog=examples(
        "counterclaim show trump-moscow-threat", "counterclaim show trump-moscow-threat --as-of 2026-01-31"
    )
)
@click.argument("id")
@click.option(
    "--as-of", metavar="DATE", help="Show the record as it stood at the end of this day (YYYY-MM-DD, UTC)."
)
@common_options
def show(id: str, as_of: str | None) -> Exit:  # noqa: A002 - the argument is named for the reader of the help
    """Print the full record of the claim with this ID."""
    return run(_show(settings(), id, as_of))


async def _show(given: Settings, key: str, as_of: str | None) -> Exit:
    from bot.desk import record  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    async with open_ledger(given.ledger) as ledger:
        answer = await record(ledger, key, view=now(), as_of=as_of)
    _echo_answer(answer, "Full record" if as_of is None else f"Full record as of {as_of}")
    return Exit.ANSWERED


@click.command(
    epilog=examples(
        "counterclaim search moscow",
        "counterclaim search old bridge toll",
        'counterclaim search --explain "The mayor sold the old bridge"',
    )
)
@click.argument("words", nargs=-1, required=True)
@click.option("--explain", is_flag=True, help="Say of each claim why it was found, and how sure that is.")
@common_options
def search(words: tuple[str, ...], explain: bool) -> Exit:  # noqa: FBT001 - click calls it by name
    """List the claims that hold these WORDS, best first: at most twenty.

    With --explain the WORDS are matched as a paste is, and each claim comes with the wording that is
    nearest, what both have in common, how close they are, and what kept it from being the same claim.
    """
    given, text = settings(), " ".join(words)
    if not any(map(str.isalnum, text)):
        raise BadInputError(
            "There are no words to search for; type some, such as: counterclaim search moscow"
        )
    return run(_explain(given, text) if explain else _search(given, text))


async def _explain(given: Settings, words: str) -> Exit:
    from bot.calibration import load as load_calibration  # noqa: PLC0415
    from bot.desk import near  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.embedders import meaning  # noqa: PLC0415
    from handlers.terminal.explaining import render_reasons  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    calibration = load_calibration(given.calibration)
    # As a running bot matches, not as one hurried look-up does.
    by_meaning = meaning(given)
    async with open_ledger(given.ledger, meaning=by_meaning) as ledger:
        found = await near(ledger, words, calibration=calibration, view=now(), every=True)
    width, colour = screen()
    click.echo(render_reasons(found, width=width, colour=colour), nl=False, color=colour)
    return Exit.ANSWERED if found else Exit.NOTHING_ON_FILE


async def _search(given: Settings, words: str) -> Exit:
    from bot.desk import matches  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.terminal.rendering import render_matches  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    async with open_ledger(given.ledger) as ledger:
        claims = await matches(ledger, words, view=now())
    width, colour = screen()
    listed = [(claim.id, claim.text, claim.story) for claim in claims]
    click.echo(render_matches(listed, width=width, colour=colour), nl=False, color=colour)
    return Exit.ANSWERED if claims else Exit.NOTHING_ON_FILE


@click.command(epilog=examples("counterclaim history trump-moscow-threat"))
@click.argument("id")
@common_options
def history(id: str) -> Exit:  # noqa: A002 - the argument is named for the reader of the help
    """Print who changed the claim with this ID, when, what and why."""
    return run(_history(settings(), id))


async def _history(given: Settings, key: str) -> Exit:
    from bot.desk import changes  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.terminal.rendering import render_history  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    async with open_ledger(given.ledger) as ledger:
        items = await changes(ledger, key, view=now())
    width, colour = screen()
    click.echo(render_history(items, width=width, colour=colour), nl=False, color=colour)
    return Exit.ANSWERED
