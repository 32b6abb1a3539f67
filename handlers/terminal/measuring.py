"""Commands that measure and fit matching: evaluate, calibrate."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.answers import Tier
from bot.errors import BadInputError
from bot.folds import Fold
from handlers.terminal.options import Exit, common_options, examples, run, say, settings

if TYPE_CHECKING:
    from bot.calibration import Calibration
    from bot.config import Settings
    from bot.embedding import Meaning
    from bot.evaluation import Figures, Told
    from bot.refitting import Lesson, Refitted
    from bot.reliability import Bin


vectors_in = click.option(
    "--vectors-in",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep vectors in FOLDER and read them there the next time.",
)


@click.command(
    epilog=examples(
        "counterclaim evaluate labelled/",
        "counterclaim evaluate labelled/ --split dev   reads queries.dev.jsonl and qrels.dev.jsonl",
        "counterclaim evaluate labelled/ --split train --fold fitted --fold held-out   side by side",
    )
)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--split", metavar="NAME", help="Read queries.NAME.jsonl and qrels.NAME.jsonl.")
@click.option("--words", is_flag=True, help="Match by words alone, also where vectors are installed.")
@click.option(
    "--fold",
    "folds",
    type=click.Choice([each.value for each in Fold]),
    multiple=True,
    help="Of a split that was fitted on: the texts that were, or the tenth held out; both where given twice.",
)
@vectors_in
@common_options
def evaluate(
    directory: Path,
    split: str | None,
    words: bool,  # noqa: FBT001
    folds: tuple[str, ...],
    vectors_in: Path | None,
) -> Exit:
    """Measure matching on the labelled pairs in DIR.

    DIR holds claims.jsonl (id, text, optional title), queries.jsonl (id, text) and qrels.jsonl (query,
    claim). Each query is asked once with and once without its claim on file. The ledger in use is not
    touched. Where the extra “vectors” is installed, claims are found by their meaning as well; the vectors of
    14,000 claims take some minutes, and are kept for the next time in the folder that --vectors-in names.
    """
    from bot.calibration import load  # noqa: PLC0415
    from bot.store.trials import measure  # noqa: PLC0415
    from handlers.embedders import meaning  # noqa: PLC0415

    using = settings()
    fused = None if words else meaning(using)
    with progressing() as progress:
        found = measure(
            directory,
            split,
            load(using.calibration),
            folds=[Fold(each) for each in folds] or [Fold.ALL],
            meaning=fused and _kept_in(vectors_in, fused),
            progress=progress,
        )
    click.echo(_table(found))
    if fused and vectors_in:
        click.echo("Vectors on file were read and not made, so the latency is without them.")
    return Exit.ANSWERED


def _table(found: dict[Fold, Figures]) -> str:
    """Return what was measured, a column for each fold, and how far the probabilities can be believed."""
    shown = tuple(found.values())
    rows = (
        ("queries", [f"{each.texts:,}" for each in shown]),
        ("MAP@5", [f"{each.map_at_5:.4f}" for each in shown]),
        ("MRR@5", [f"{each.mrr_at_5:.4f}" for each in shown]),
        ("P@1", [f"{each.p_at_1:.4f}" for each in shown]),
        ("recall@10", [f"{each.recall_at_10:.4f}" for each in shown]),
        ("AUROC of the decision to answer", [f"{each.auroc:.4f}" for each in shown]),
        ("right answers at 10 % false answers", [f"{each.right_at_10:.4f}" for each in shown]),
        ("right answers at 1 % false answers", [f"{each.right_at_1:.4f}" for each in shown]),
        *(
            (f"first hits called “{tier}”, right of them", [_told(each.tiers[tier]) for each in shown])
            for tier in (Tier.SAME, Tier.CLOSE)
        ),
        ("expected calibration error", [f"{each.curve.error:.4f}" for each in shown]),
        ("latency p50", [f"{each.p50_ms:.1f} ms" for each in shown]),
        ("latency p95", [f"{each.p95_ms:.1f} ms" for each in shown]),
    )
    heads: list[tuple[str, list[str]]] = [("", list(found))] if len(found) > 1 else []
    lines = [f"{name:<38}" + "".join(f"{cell:>18}" for cell in cells) for name, cells in (*heads, *rows)]
    lines += [
        "",
        "First hits by how sure, with and without the claim on file: how many, said on average, were right",
        *(f"{name:<12}" + "".join(f"{cell:>26}" for cell in cells) for name, cells in heads),
    ]
    bins = [{each.least: each for each in one.curve.bins} for one in shown]
    for least in sorted(set().union(*bins)):
        most = next(one[least].most for one in bins if least in one)
        cells = (f"{_cell(one.get(least)):>26}" for one in bins)
        lines.append(f"{least:.1f} to {most:.1f}  " + "".join(cells))
    return "\n".join(lines)


def _kept_in(folder: Path | None, fused: Meaning) -> Meaning:
    if folder is None:
        return fused
    from bot.kept import kept  # noqa: PLC0415 - loads numpy

    return replace(fused, embedder=kept(fused.embedder, folder))


def _told(found: Told) -> str:
    return f"{found.right:,} of {found.count:,}" + (
        f", {found.right / found.count:.3f}" if found.count else ""
    )


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
@click.option(
    "--order-by",
    "ordered",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Fit the order of claims on DIR as well, of which some right claims are not labelled.",
)
@click.option("--vectors", is_flag=True, help="Refit the weights of words and vectors together.")
@vectors_in
@common_options
def calibrate(
    *,
    directories: tuple[Path, ...],
    split: str | None,
    from_feedback: bool,
    ordered: tuple[Path, ...],
    vectors: bool,
    vectors_in: Path | None,
) -> Exit:
    """Refit the weights and thresholds of matching on the labelled pairs in each DIR.

    They are written where the configuration points ([matching] calibration), and used from then on. At
    least 100 labelled queries are needed in all. A tenth of them, chosen by their ids, is never fitted on:
    what is printed as “held out” is how the weights do on those.

    With --from-feedback, what readers said of answers refits how sure an answer is, beginning with the
    weights that the program brings or those fitted on each DIR. How sure they were and how often they were
    right, before and after, is printed; what is no better is not written.

    With --vectors the weights are those of words and vectors together ([matching] vectors_calibration);
    readers refit those of words alone.
    """
    from bot.calibration import load  # noqa: PLC0415
    from bot.store.trials import refit  # noqa: PLC0415
    from bot.views import now  # noqa: PLC0415
    from handlers.embedders import embedder as chosen_embedder  # noqa: PLC0415

    if not directories and not from_feedback:
        raise BadInputError("There is nothing to fit on: name a DIR, or say --from-feedback.")
    if ordered and not directories:
        raise BadInputError(
            "How sure to be is fitted on a DIR whose labels are complete: name one beside it."
        )
    if vectors and from_feedback:
        raise BadInputError(
            "Readers refit the weights of words alone: leave out --vectors or --from-feedback."
        )
    using = settings()
    target = using.vectors_calibration if vectors else using.calibration
    key = "vectors_calibration" if vectors else "calibration"
    if target is None:
        raise BadInputError(
            "The configuration does not say where to write the calibration. "
            f'Set it, for example: [matching] {key} = "{key.replace("_", "-")}.json"'
        )
    made = load()
    embedder = chosen_embedder(using) if vectors else None
    if embedder and vectors_in:
        from bot.kept import kept  # noqa: PLC0415 - loads numpy

        embedder = kept(embedder, vectors_in)
    if directories:
        with progressing() as progress:
            made = refit(
                [(each, split) for each in directories],
                order=[(each, split) for each in ordered],
                date=now().today,
                embedder=embedder,
                progress=progress,
            )
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
        click.echo(f"  {name.replace('_', ' '):<30}{value:>10.4g}")


@contextmanager
def progressing() -> Iterator[Callable[[str, int, int], None]]:
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
