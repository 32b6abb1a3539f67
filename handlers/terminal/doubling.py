"""The command that lists claims on file that look like one: duplicates."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import click

from bot.dates import date_fault
from bot.errors import BadInputError
from bot.views import HOUSE, now
from handlers.terminal.measuring import progressing
from handlers.terminal.options import Exit, common_options, examples, run, say, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.config import Settings
    from bot.desk import Pair
    from bot.store.doubles import Double

LEAST: Final = 0.8
LISTED: Final = 50


@click.command(
    epilog=examples(
        "counterclaim duplicates",
        "counterclaim duplicates --least 0.8 --limit 10",
        "counterclaim duplicates --since 2026-11-01     what was added or changed since that day",
    )
)
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    default=LEAST,
    show_default=True,
    help="How probable it is at the least that the two are one claim, 0 to 1.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000),
    default=LISTED,
    show_default=True,
    help="How many pairs are listed at most.",
)
@click.option("--since", metavar="DATE", help="Look at the claims changed on or after this day (YYYY-MM-DD).")
@click.option("--workspace", metavar="NAME", help="Whose entries.  [default: the house's]")
@common_options
def duplicates(least: float, limit: int, since: str | None, workspace: str | None) -> Exit:
    """List pairs of claims on file that look like one, best first, with what merges them.

    Every claim is looked up by its own text; with vectors on file they count too. Pairs that are related
    on file already are left out. Ctrl-C ends it early and lists what was found so far.
    """
    fault = date_fault(since, whole=True) if since is not None else None
    if fault is not None:
        raise BadInputError(f"--since: {fault}; write it as YYYY-MM-DD, for example 2026-11-22.")
    given = settings()
    if workspace is not None and workspace not in {each.name for each in given.workspace}:
        raise BadInputError(f"--workspace: the configuration has no workspace “{workspace}”.")
    return run(_duplicates(given, least, limit, since, workspace or HOUSE))


async def _duplicates(given: Settings, least: float, limit: int, since: str | None, home: str) -> Exit:
    from bot.calibration import load  # noqa: PLC0415
    from bot.desk import pairs  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.embedders import meaning  # noqa: PLC0415
    from handlers.terminal.explaining import render_pairs  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    weights, view = load(given.calibration), now(home)
    by_meaning = meaning(given)
    found: dict[tuple[str, str], Double] = {}
    async with open_ledger(given.ledger, meaning=by_meaning) as ledger:

        async def looked(progress: Callable[[int, int], None]) -> None:
            after = done = total = 0
            while True:
                some = await ledger.doubles(after, since=since, least=least, view=view, weights=weights)
                total = some.total or total
                for each in some.doubles:
                    known = found.get((each.older, each.newer))
                    # Either claim is asked for by its text; the surer of the two answers counts.
                    if known is None or known.hit.probability < each.hit.probability:
                        found[each.older, each.newer] = each
                after, done = some.last, done + some.claims
                progress(min(done, total), total)
                if some.is_end:
                    return

        is_whole = await _unless_stopped(looked)
        related = sum(each.related for each in found.values())
        listed = sorted(
            (each for each in found.values() if not each.related),
            key=lambda each: (-each.hit.probability, each.older, each.newer),
        )
        shown: tuple[Pair, ...] = await pairs(ledger, listed[:limit], view=view)
    width, colour = screen()
    more = max(0, len(listed) - limit)
    click.echo(
        render_pairs(shown, more=more, related=related, width=width, colour=colour), nl=False, color=colour
    )
    if not is_whole:
        return Exit.INTERRUPTED
    return Exit.ANSWERED if shown else Exit.NOTHING_ON_FILE


async def _unless_stopped(work: Callable[[Callable[[int, int], None]], object]) -> bool:
    """Do `work` and say whether it was done to its end; Ctrl-C ends it early."""
    task = asyncio.current_task()
    with progressing() as progress:
        try:
            await work(lambda done, total: progress("claims", done, total))  # type: ignore[misc]
        except asyncio.CancelledError:
            if task is not None:
                task.uncancel()
            say("Stopped; this is what was found so far.")
            return False
    return True
