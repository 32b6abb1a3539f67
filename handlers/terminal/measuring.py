"""Commands that measure and fit matching: evaluate, calibrate."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BadInputError
from handlers.terminal.options import Exit, common_options, examples, run, say, settings

if TYPE_CHECKING:
    from bot.calibration import Calibration
    from bot.config import Settings
    from bot.evaluation import Figures
    from bot.refitting import Bin, Lesson, Refitted


@click.command(
    epilog=examples(
        "counterclaim evaluate labelled/",
        "counterclaim evaluate labelled/ --split dev   reads queries.dev.jsonl and qrels.dev.jsonl",
    )
)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--split", metavar="NAME", help="Read queries.NAME.jsonl and qrels.NAME.jsonl.")
@common_options
def evaluate(directory: Path, split: str | None) -> Exit:
    """Measure matching on the labelled pairs in DIR.

    DIR holds claims.jsonl (id, text, optional title), queries.jsonl (id, text) and qrels.jsonl (query,
    claim). Each query is asked once with and once without its claim on file. The ledger in use is not
    touched.
    """
    from bot.calibration import load  # noqa: PLC0415
    from bot.store.trials import measure  # noqa: PLC0415

    weights = load(settings().calibration)
    with _progress() as progress:
        figures = measure(directory, split, weights, progress=progress)
    click.echo(_table(figures))
    return Exit.ANSWERED


def _table(figures: Figures) -> str:
    rows = (
        ("queries", f"{figures.texts:,}"),
        ("MAP@5", f"{figures.map_at_5:.4f}"),
        ("MRR@5", f"{figures.mrr_at_5:.4f}"),
        ("P@1", f"{figures.p_at_1:.4f}"),
        ("recall@10", f"{figures.recall_at_10:.4f}"),
        ("AUROC of the decision to answer", f"{figures.auroc:.4f}"),
        ("right answers at 10 % false answers", f"{figures.right_at_10:.4f}"),
        ("right answers at 1 % false answers", f"{figures.right_at_1:.4f}"),
        ("latency p50", f"{figures.p50_ms:.1f} ms"),
        ("latency p95", f"{figures.p95_ms:.1f} ms"),
    )
    return "\n".join(f"{name:<37}{value:>10}" for name, value in rows)


@click.command(
    epilog=examples(
        "counterclaim calibrate labelled/ --config counterclaim.toml",
        "counterclaim calibrate first/ second/ --split train",
        "counterclaim calibrate --from-feedback   learns from what readers said of answers",
    )
)
@click.argument("directories", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--split", metavar="NAME", help="Read queries.NAME.jsonl and qrels.NAME.jsonl.")
@click.option(
    "--from-feedback",
    is_flag=True,
    help="Refit on “This is my claim”, “Not my claim” and “None of these” of the ledger's readers.",
)
@common_options
def calibrate(directories: tuple[Path, ...], split: str | None, from_feedback: bool) -> Exit:  # noqa: FBT001
    """Refit the weights and thresholds of matching on the labelled pairs in each DIR.

    They are written where the configuration points ([matching] calibration), and used from then on. At
    least 100 labelled queries are needed in all.

    With --from-feedback, what readers said of answers refits how sure an answer is, beginning with the
    weights that the program brings or those fitted on each DIR. How sure they were and how often they were
    right, before and after, is printed; what is no better is not written.
    """
    from bot.calibration import load  # noqa: PLC0415
    from bot.store.trials import refit  # noqa: PLC0415
    from bot.views import now  # noqa: PLC0415

    if not directories and not from_feedback:
        raise BadInputError("There is nothing to fit on: name a DIR, or say --from-feedback.")
    target = settings().calibration
    if target is None:
        raise BadInputError(
            "The configuration does not say where to write the calibration. "
            'Set it, for example: [matching] calibration = "calibration.json"'
        )
    made = load()
    if directories:
        with _progress() as progress:
            made = refit([(each, split) for each in directories], date=now().today, progress=progress)
    if from_feedback:
        from bot.refitting import refit as taught  # noqa: PLC0415

        refitted = taught(run(_lessons(settings(), made)), made, date=now().today)
        click.echo(_curves(refitted))
        if not refitted.is_better and not directories:
            click.echo("On texts held out it errs no less than before, so nothing was written.")
            return Exit.ANSWERED
        made = refitted.made if refitted.is_better else made
    _write(made, target)
    return Exit.ANSWERED


async def _lessons(using: Settings, weights: Calibration) -> tuple[Lesson, ...]:
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from bot.views import now  # noqa: PLC0415

    async with open_ledger(using.ledger) as ledger:
        return await ledger.lessons(weights, workspace_of=using.workspace_of, today=now().today)


def _curves(refitted: Refitted) -> str:
    """Return both reliability curves side by side."""
    lines = [
        "Of texts held out, by how sure an answer was: pairs, how sure on average, how often right",
        f"{'':<12}{'before':>21}{'after':>24}",
    ]
    before = {each.least: each for each in refitted.before.bins}
    after = {each.least: each for each in refitted.after.bins}
    for least in sorted(before.keys() | after.keys()):
        cells = [_cell(each.get(least)) for each in (before, after)]
        most = (before.get(least) or after[least]).most
        lines.append(f"{least:.1f} to {most:.1f}  {cells[0]}   {cells[1]}")
    brier = (refitted.before.brier, refitted.after.brier)
    lines.append(f"{'Brier score':<12}{brier[0]:>21.4f}{brier[1]:>24.4f}")
    return "\n".join(lines)


def _cell(found: Bin | None) -> str:
    return f"{found.count:>7,}{found.said:>7.2f}{found.was:>7.2f}" if found else f"{'none':>21}"


def _write(made: Calibration, target: Path) -> None:
    from bot.calibration import dump  # noqa: PLC0415

    part = target.with_name(f"{target.name}.part")
    try:
        part.write_text(dump(made), encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise BadInputError(f"{target} cannot be written: {error.strerror or error}.") from None
    click.echo(f"Wrote {target}: same claim from {made.same:.3f}, close from {made.close:.3f}.")
    for name, value in made.figures.items():
        click.echo(f"  {name.replace('_', ' '):<22}{value:>10.4g}")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show how far a long piece of work is: in place on a terminal, a line a step elsewhere."""
    said: set[str] = set()
    in_place = sys.stderr.isatty()

    def progress(what: str, done: int, total: int) -> None:
        if in_place:
            share = f"{done:,} of {total:,}" if total else f"{done:,}"
            click.echo(f"\r\x1b[K{what}: {share}", nl=False, err=True)
        elif what not in said:
            said.add(what)
            say(f"{what} …")

    yield progress
    if in_place:
        click.echo("\r\x1b[K", nl=False, err=True)
