"""The command that makes the index of words of a large ledger: index."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.errors import LedgerError
from handlers.terminal.measuring import progressing
from handlers.terminal.options import Exit, common_options, examples, run, settings

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.indexing import Indexed


@click.command(epilog=examples("counterclaim index", "counterclaim index --anew --ledger counterclaim.db"))
@click.option("--anew", is_flag=True, help="Remove the index that is there and make another one.")
@common_options
def index(anew: bool) -> Exit:  # noqa: FBT001
    """Bring the index of words of a large ledger in line with it.

    A running bot does this by itself. Ctrl-C breaks it off; what is done is kept, and the next time it goes
    on from there. The index stands in NAME.index beside the ledger and can be deleted at any time. It takes
    the extra “large” (pip install "counterclaim[large]"), and only large ledgers need it.
    """
    from bot.store.indexing import Outcome  # noqa: PLC0415
    from bot.store.search import LARGE  # noqa: PLC0415

    ledger = settings().ledger
    run(_migrated(ledger))
    made = _indexed(ledger, anew=anew)
    if made.outcome is Outcome.ABSENT:
        raise LedgerError('The index is not installed. Install it with: pip install "counterclaim[large]"')
    if made.outcome is Outcome.BUSY:
        raise LedgerError("Another process is writing the index; it goes on by itself.")
    if made.outcome is Outcome.SMALL:
        click.echo(f"There are fewer than {LARGE:,} vetted claims, so none is needed.")
    elif made.outcome is Outcome.STOPPED:
        click.echo(f"Stopped; {made.changes:,} changes are kept. Go on with: counterclaim index")
        return Exit.INTERRUPTED
    elif not made.changes:
        click.echo("The index has every change already.")
    else:
        click.echo(f"{'Made anew' if made.is_anew else 'Took in'}: {made.changes:,} changes.")
    return Exit.ANSWERED


async def _migrated(ledger: Path) -> None:
    """Bring an older schema up to date, and refuse what is no ledger."""
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    async with open_ledger(ledger):
        return


def _indexed(ledger: Path, *, anew: bool) -> Indexed:
    from bot.store.indexing import catch_up  # noqa: PLC0415
    from bot.store.postings import UnusableError  # noqa: PLC0415

    with progressing() as progress, _stopping() as stopped:
        try:
            return catch_up(
                ledger,
                anew=anew,
                stopped=stopped.is_set,
                progress=lambda done, total: progress("claims", done, total),
            )
        except UnusableError as error:
            raise LedgerError(f"The index beside {ledger} cannot be written: {error}.") from None


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Let Ctrl-C ask for an end, so that what is done is kept; a second one ends at once."""
    stopped = threading.Event()

    def stop(*_: object) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)
