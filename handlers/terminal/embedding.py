"""The command that makes the vectors of a ledger: embed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from handlers.terminal.measuring import progressing
from handlers.terminal.options import Exit, common_options, examples, run, settings

if TYPE_CHECKING:
    from bot.config import Settings


@click.command(epilog=examples("counterclaim embed", "counterclaim embed --ledger counterclaim.db"))
@common_options
def embed() -> Exit:
    """Make the vectors by which claims are found by their meaning, as far as they are not there yet.

    A running bot does this by itself. Ctrl-C breaks it off; what is done is kept, and the next time it goes
    on from there. After a change of [matching] embedder the vectors of the old one serve until those of the
    new one are complete, and then go. It takes the extra “vectors” or “multilingual”
    (pip install "counterclaim[vectors]"), or a service.
    """
    made = run(_filled(settings()))
    click.echo("Every wording has its vector already." if not made else f"Made {made:,} vectors.")
    return Exit.ANSWERED


async def _filled(using: Settings) -> int:
    from bot.filling import fill  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.embedders import close, embedder, meaning  # noqa: PLC0415

    made = embedder(using)
    try:
        async with open_ledger(using.ledger, writable=True, meaning=meaning(using)) as ledger:
            with progressing() as progress:
                count = await fill(ledger.vectors(), made, Rate(progress))
            # Beside a large ledger, so that the bot need not read them all at its next start.
            await ledger.keep_up(at_once=True)
            return count
    finally:
        close(made)


class Rate:
    """Says beside the progress how many claims a second are done, counted from where it began."""

    def __init__(self, progress: Callable[[str, int, int], None]) -> None:
        self._progress = progress
        self._begun: tuple[float, int] | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` claims of `total` are looked through."""
        now = time.monotonic()
        if self._begun is None:
            self._begun = (now, done)
        since, first = self._begun
        rate = (done - first) / (now - since) if now > since and done > first else 0
        self._progress(f"claims ({rate:,.0f}/s)" if rate else "claims", done, total)
