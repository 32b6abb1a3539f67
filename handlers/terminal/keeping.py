"""Commands for those who keep a ledger: init, import, export, verify, backup, demo."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bot.errors import BadInputError, LedgerError
from bot.rules.texts import MAX_LINE, line
from bot.views import now
from handlers.terminal.advancing import advancing
from handlers.terminal.options import Exit, common_options, examples, is_interactive, run, say, settings

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.store.importing import BadLine, Imported

_MOST_LISTED: Final = 20
"""Bad lines that are told of a file of which nothing is imported; --keep-going tells of all."""
DEMO_PASTES: Final = (
    "Trump told Putin he would bomb Moscow if Russia invaded Ukraine",
    "Mayor Pryle has known about the bridge weight limit for years",
    "Will it rain in Lisbon tomorrow afternoon, or should I leave the umbrella at home?",
)
"""One paste for each tier of answer: same claim, close, nothing on file."""


@click.command(epilog=examples("counterclaim init", "counterclaim init --config bot.toml --ledger facts.db"))
@common_options
def init() -> Exit:
    """Write a commented configuration and an empty ledger; what is there already stays as it is."""
    from bot.config import DEFAULT_FILE, example  # noqa: PLC0415
    from bot.sections import LedgerSection  # noqa: PLC0415

    given: dict[str, Path] = click.get_current_context().ensure_object(dict)
    file = given.get("config", Path(DEFAULT_FILE))
    if file.exists():
        given["config"] = file
        run(_create(settings().ledger))
        say(f"{file} is there already; it stays as it is.")
    else:
        # The ledger first: where it cannot be made, no configuration is left behind.
        run(_create(given.get("ledger", file.with_name(LedgerSection().path))))
        _write(file, example(given.get("ledger")))
        say(f"Wrote {file}.")
    say("Next: counterclaim import FILE --vetted-by YOUR-NAME, or see the sample with: counterclaim demo")
    return Exit.ANSWERED


async def _create(path: Path) -> None:
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    was_there = path.exists() and path.stat().st_size > 0
    async with open_ledger(path, writable=True, create=True):
        pass
    say(f"{path} is there already; it stays as it is." if was_there else f"Created the empty ledger {path}.")


def _write(file: Path, text: str) -> None:
    """Write `text` to `file`, whole or not at all; like the ledger it is its owner's alone."""
    part = file.with_name(f"{file.name}.part")
    try:
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except (OSError, ValueError) as error:
        with suppress(OSError, ValueError):
            part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise BadInputError(f"{file} cannot be written: {reason}.") from None


@click.command(
    "import",
    epilog=examples(
        'counterclaim import ledger.jsonl --vetted-by "Ana Reyes"',
        "counterclaim import proposals.jsonl          nothing of it is shown until it is vetted",
        "counterclaim import --keep-going mixed.jsonl imports the good lines, names the bad ones",
    ),
)
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--vetted-by", metavar="NAME", help="Who vouches that what the file calls vetted is vetted.")
@click.option("--reason", metavar="TEXT", help="Why, for the log.  [default: the file's name]")
@click.option("--keep-going", is_flag=True, help="Import the good lines even if others are bad.")
@common_options
def import_(file: Path, vetted_by: str | None, reason: str | None, keep_going: bool) -> Exit:  # noqa: FBT001
    """Read claims from FILE (JSON Lines, `-` for standard input) into the ledger.

    Either all of the file is imported or, where a line is bad, none of it. Without --vetted-by, what the
    file calls vetted is stored as in review, and no reader sees it.
    """
    for option, value in (("--vetted-by", vetted_by), ("--reason", reason)):
        fault = line(MAX_LINE)(value) if value is not None else None
        if fault is not None:
            raise BadInputError(f"{option} {fault[0]}; {fault[1]}.")
    name = file.name.encode(errors="replace").decode()
    return run(_import(settings(), file, vetted_by, reason or f"import of {name}", keep_going=keep_going))


async def _import(
    given: Settings, file: Path, vetted_by: str | None, reason: str, *, keep_going: bool
) -> Exit:
    from bot.store.crew import count_lines  # noqa: PLC0415
    from bot.store.importing import ImportFailedError  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from bot.store.parts import Way  # noqa: PLC0415
    from bot.store.revisions import Change  # noqa: PLC0415

    change = Change(actor=vetted_by or "import", reason=reason).now()
    way = Way(change=change, vouched=vetted_by is not None, keep_going=keep_going)
    if not given.ledger.exists():
        say(f"There was no ledger at {given.ledger}; it is made now.")
    with _readable(file) as lines:
        count = count_lines(lines)
        async with open_ledger(given.ledger, writable=True, create=True) as ledger:
            before = await ledger.revision()
            try:
                with advancing(count) as progress:
                    done = await ledger.imports().file(lines, way, progress)
            except ImportFailedError as error:
                raise BadInputError(
                    f"Nothing was imported: {_bad_lines(len(error.bad))}. "
                    f"Mend the file, or import the rest with --keep-going.\n{_listed(error.bad)}"
                ) from None
            except asyncio.CancelledError:
                if await ledger.revision() != before:
                    say("What was imported so far is on file. The same command goes on from there.")
                raise
    _report(done)
    return Exit.BAD_INPUT if done.bad else Exit.ANSWERED


def _report(done: Imported) -> None:
    for bad in done.bad:
        say(str(bad))
    click.echo(
        f"Imported: {done.created:,} new, {done.amended:,} changed, {done.unchanged:,} as before"
        + (f", {_bad_lines(len(done.bad))} left out." if done.bad else ".")
    )
    if done.hidden:
        click.echo(
            f"{done.hidden:,} of them wait for review, and no reader sees them: "
            "nobody vouched for them (--vetted-by NAME)."
        )


def _listed(bad: Sequence[BadLine]) -> str:
    """Return what is wrong with the first of the lines, and how many more there are."""
    lines = [str(each) for each in bad[:_MOST_LISTED]]
    more = len(bad) - len(lines)
    return "\n".join(lines) + (f"\n… and {_bad_lines(more)} more." if more else "")


def _bad_lines(count: int) -> str:
    return "1 bad line" if count == 1 else f"{count:,} bad lines"


@contextmanager
def _readable(file: Path) -> Iterator[Path]:
    """Give the file that has the lines of `file`, which may be read more than once."""
    try:
        # A pipe can be read once only, whether it has a name or not.
        if str(file) == "-" or (file.exists() and not file.is_file() and not file.is_dir()):
            with tempfile.NamedTemporaryFile(prefix="counterclaim-") as copy:
                with sys.stdin.buffer if str(file) == "-" else file.open("rb") as source:
                    shutil.copyfileobj(source, copy)
                copy.flush()
                yield Path(copy.name)
            return
        with file.open("rb"):
            pass
    except IsADirectoryError:
        raise BadInputError(f"{file} is a folder; name a file of JSON Lines.") from None
    except (OSError, ValueError) as error:
        raise BadInputError(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    yield file


@click.command(epilog=examples("counterclaim export backup.jsonl", "counterclaim export --public | wc -l"))
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--public", is_flag=True, help="Leave out all that a reader may not see.")
@common_options
def export(file: Path | None, public: bool) -> Exit:  # noqa: FBT001
    """Write the ledger to FILE, or to standard output, as JSON Lines that `import` reads.

    All of it, what is withdrawn, embargoed or in review included; --public leaves that out.
    """
    return run(_export(settings(), file, public=public))


async def _export(given: Settings, file: Path | None, *, public: bool) -> Exit:
    from bot.exchange import line_from_claim  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    async with open_ledger(given.ledger) as ledger:
        claims = await ledger.claims(public_on=now() if public else None)
    text = "".join(f"{line_from_claim(claim)}\n" for claim in claims)
    if file is None or str(file) == "-":
        click.echo(text, nl=False)
    else:
        _write(file, text)
        say(f"Wrote {len(claims):,} claims to {file}.")
    return Exit.ANSWERED


@click.command(epilog=examples("counterclaim verify"))
@common_options
def verify() -> Exit:
    """Recompute the chain of the log and check every row against it."""
    return run(_verify(settings()))


async def _verify(given: Settings) -> Exit:
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    async with open_ledger(given.ledger) as ledger:
        revision, broken = await ledger.verify()
    if broken is None:
        click.echo(f"The ledger is whole: {revision:,} revisions, each linked to the one before it.")
        return Exit.ANSWERED
    where = f"Broken at revision {broken.revision:,}" if broken.revision else "Broken"
    raise LedgerError(f"{where}: {broken.fault}. Compare with a backup (counterclaim backup makes them).")


@click.command(epilog=examples("counterclaim backup 2026-11-22.db"))
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def backup(file: Path) -> Exit:
    """Copy the ledger to the new FILE while others go on using it."""
    return run(_backup(settings(), file))


async def _backup(given: Settings, file: Path) -> Exit:
    from bot.store.ledger import open_ledger  # noqa: PLC0415

    async with open_ledger(given.ledger) as ledger:
        await ledger.back_up(file)
    say(f"Wrote {file}. To use it: counterclaim --ledger {file} …")
    return Exit.ANSWERED


@click.command(epilog=examples("counterclaim demo", "counterclaim demo --into sample.db"))
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    help="Leave the sample ledger in this new file, and ask nothing.",
)
@common_options
def demo(into: Path | None) -> Exit:
    """Load the sample ledger, answer three pasted claims, and go on to a prompt on a terminal."""
    given = settings()
    if into is not None:
        if into.exists():
            raise BadInputError(f"{into} is there already; name a new file for the sample ledger.")
        try:
            done = run(_load_sample(into))
        except BaseException:
            # Half a sample would stand in the way of the next try.
            for left in (into, *(into.with_name(f"{into.name}{end}") for end in ("-wal", "-shm"))):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
            raise
        say(f"Wrote the sample ledger, {done.created} claims, to {into}.")
        say(f"Try: counterclaim search moscow --ledger {into}")
        return Exit.ANSWERED
    with tempfile.TemporaryDirectory(prefix="counterclaim-") as folder:
        sample = Path(folder) / "sample.db"
        return run(_demo(replace(given, ledger=sample, calibration=None)))


async def _demo(given: Settings) -> Exit:
    from handlers.terminal.asking import check_once, converse  # noqa: PLC0415

    done = await _load_sample(given.ledger)
    click.echo(f"The sample ledger: {done.created} claims, one true story and several invented ones.")
    for paste in DEMO_PASTES:
        click.echo(f"\n$ counterclaim check “{paste}”\n")
        await check_once(given, paste)
    if is_interactive():
        click.echo("\nNow you.")
        await converse(given)
    return Exit.ANSWERED


async def _load_sample(path: Path) -> Imported:
    from bot.sample import lines  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from bot.store.revisions import Change  # noqa: PLC0415

    change = Change(actor="Counterclaim", reason="the sample ledger").now()
    async with open_ledger(path, writable=True, create=True) as ledger:
        return await ledger.import_lines(lines, change, vouched=True)
