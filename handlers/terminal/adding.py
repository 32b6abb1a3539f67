"""Commands for those who keep the ledger at a terminal: add, queue, dispute. The forms are the chat's."""

from __future__ import annotations

import getpass
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.errors import BadInputError, CounterclaimError, LedgerError
from bot.rules.texts import MAX_LINE, line
from bot.views import HOUSE, now
from handlers.terminal.options import Exit, common_options, examples, is_interactive, run, say, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Settings
    from handlers.moderating.acting import Acting
    from handlers.outcomes import Outcome

by_option = click.option("--by", metavar="NAME", help="Who you are, for the history.  [default: your login]")
workspace_option = click.option("--workspace", metavar="NAME", help="Whose entries.  [default: the house's]")


@click.command(
    epilog=examples(
        'counterclaim add "The mayor had the old bridge closed"',
        'counterclaim add --vetted-by "Ana Reyes"      what is submitted is vetted at once',
    )
)
@click.argument("text", nargs=-1)
@click.option("--vetted-by", metavar="NAME", help="Who vouches for the entry: it is vetted when submitted.")
@by_option
@workspace_option
@common_options
def add(text: tuple[str, ...], vetted_by: str | None, by: str | None, workspace: str | None) -> Exit:
    """Add an entry by answering questions: the claim, its statements, where they can be read.

    It ends in review, or with --vetted-by vetted. What you leave half-way stays as a draft: without TEXT
    your drafts are offered, where you have any.
    """
    return run(_add(settings(), " ".join(text), vetted_by, by or vetted_by, workspace))


@click.command(epilog=examples("counterclaim queue", "counterclaim queue --by Ana"))
@by_option
@workspace_option
@common_options
def queue(by: str | None, workspace: str | None) -> Exit:
    """List what waits: disputes, proposals, requests due, reported problems, demand, stale entries.

    On a terminal, choose by number what to do about it.
    """
    return run(_queue(settings(), by, workspace))


@click.command(epilog=examples("counterclaim dispute trump-moscow-threat"))
@click.argument("id")
@by_option
@workspace_option
@common_options
def dispute(id: str, by: str | None, workspace: str | None) -> Exit:  # noqa: A002 - as the help calls it
    """Note a complaint or legal notice about the entry with this ID, and freeze or withdraw it if need be."""
    return run(_dispute(settings(), id, by, workspace))


async def _add(
    given: Settings, text: str, vetted_by: str | None, by: str | None, workspace: str | None
) -> Exit:
    from bot.moderation.deeds import Deed, Do  # noqa: PLC0415 - the look-up commands load none of this
    from handlers.moderating.deeds import carried_out  # noqa: PLC0415

    approver = _named("--vetted-by", vetted_by) if vetted_by is not None else None
    async with seated(given, by, workspace) as acting:
        first = await carried_out(acting, Do(deed=Deed.ADD if text else Deed.DRAFTS), text)
        if not text and not getattr(first, "rows", ()):
            first = await carried_out(acting, Do(deed=Deed.ADD))
        submitted = await gone_through(acting, first)
        if approver is not None and submitted is not None:
            await _vetted(_as(acting, approver), submitted)
    return Exit.ANSWERED


async def _vetted(acting: Acting, proposal: str) -> None:
    from handlers.moderating.reviewing import approved  # noqa: PLC0415

    click.echo((await approved(acting, proposal, None)).text)


async def _queue(given: Settings, by: str | None, workspace: str | None) -> Exit:
    from bot.moderation.deeds import Deed, Do  # noqa: PLC0415
    from handlers.moderating.deeds import carried_out  # noqa: PLC0415

    async with seated(given, by, workspace) as acting:
        outcome = await carried_out(acting, Do(deed=Deed.QUEUE))
        if is_interactive():
            await gone_through(acting, outcome)
        else:
            _show(outcome)
    return Exit.ANSWERED


async def _dispute(given: Settings, claim: str, by: str | None, workspace: str | None) -> Exit:
    from bot.moderation.deeds import Deed, Do  # noqa: PLC0415
    from handlers.moderating.deeds import carried_out  # noqa: PLC0415

    async with seated(given, by, workspace) as acting:
        await gone_through(acting, await carried_out(acting, Do(deed=Deed.DISPUTE), claim))
    return Exit.ANSWERED


async def gone_through(acting: Acting, outcome: Outcome) -> str | None:
    """Ask and show until nothing more is chosen; return the proposal that was handed in, if one was."""
    from bot.moderation.deeds import Deed  # noqa: PLC0415
    from handlers.outcomes import Board  # noqa: PLC0415
    from handlers.terminal.filling import Ended, carried, chosen, pressed  # noqa: PLC0415

    submitted: str | None = None
    while True:
        try:
            outcome = await carried(acting, outcome)
        except Ended:
            say("Stopped. What you typed is kept: counterclaim add, without a text, offers it again.")
            return None
        _show(outcome)
        if not isinstance(outcome, Board):
            return submitted
        text = chosen(outcome)
        if text is None:
            if outcome.rows:
                say("Left as it is.")
            return None
        board = outcome
        try:
            do, outcome = await pressed(acting, text)
        except LedgerError:
            raise
        except CounterclaimError as error:
            say(str(error))
            do, outcome = None, board
        submitted = do.ref if do is not None and do.deed is Deed.SUBMIT else None


def _show(outcome: Outcome) -> None:
    from handlers.outcomes import Board, Said  # noqa: PLC0415
    from handlers.terminal.filling import told  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    if isinstance(outcome, Said):
        click.echo(outcome.text)
    elif isinstance(outcome, Board):
        click.echo(f"\n{told(outcome.paragraphs, screen()[0])}")


@asynccontextmanager
async def seated(given: Settings, name: str | None, workspace: str | None) -> AsyncIterator[Acting]:
    """Open the ledger for the person at the keyboard, who may do everything in it."""
    from bot.calibration import load  # noqa: PLC0415
    from bot.moderation.members import Member, Role  # noqa: PLC0415
    from bot.store.ledger import open_ledger  # noqa: PLC0415
    from handlers.embedders import meaning  # noqa: PLC0415
    from handlers.moderating.acting import Acting  # noqa: PLC0415
    from handlers.terminal.filling import listen  # noqa: PLC0415

    if workspace is not None and workspace not in {each.name for each in given.workspace}:
        raise BadInputError(f"--workspace: the configuration has no workspace “{workspace}”.")
    person, home = _named("--by", name or _login()), workspace or HOUSE
    member = Member(
        workspace=home, key=f"terminal:{person}", name=person, role=Role.ADMIN, configured=Role.ADMIN
    )
    calibration = load(given.calibration)
    near = meaning(given, once=not is_interactive())
    listen()
    async with open_ledger(given.ledger, writable=True, meaning=near) as ledger:
        yield Acting(
            ledger=ledger,
            settings=given,
            calibration=calibration,
            member=member,
            view=now(home),
            person=person,
            tenant="terminal",
        )


def _as(acting: Acting, name: str) -> Acting:
    """Return the same seat with another person on it."""
    return replace(acting, person=name, member=replace(acting.member, key=f"terminal:{name}", name=name))


def _named(option: str, name: str) -> str:
    fault = line(MAX_LINE)(name)
    if fault is not None:
        raise BadInputError(f"{option} {fault[0]}; {fault[1]}.")
    return " ".join(name.split())


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container may have no name for the number that it runs as.
        return "operator"
