"""Statements of one's own draft, by form: added, changed, given the speaker who is on file."""

from __future__ import annotations

from dataclasses import replace

from bot.claims import Claim
from bot.errors import BadInputError
from bot.moderation import statement_form
from bot.moderation.boards import statement_list
from bot.moderation.deeds import Deed, Do
from bot.moderation.forms import Form, Typed
from bot.moderation.proposals import Proposal
from bot.moderation.statement_entry import with_statement
from bot.moderation.typed import line, pruned, with_speakers
from bot.rules import completed
from bot.sources import Speaker
from bot.statements import Kind, Statement
from bot.wording import catalogue
from handlers.moderating import entries
from handlers.moderating.acting import Acting, board, ending, today
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Outcome


async def statement(acting: Acting, do: Do, _: str) -> Outcome:
    """Open the form of a statement: `DRAFT` adds one, `DRAFT/N` changes the Nth, `DRAFT/0` lists them.

    `DRAFT/@SPEAKER` takes the speaker on file in place of a new one of the draft.
    """
    ref, _, which = do.ref.partition("/")
    draft = await entries.the_draft(acting, ref)
    if which == "0":
        return board(statement_list(draft, do.page, catalogue()))
    if which.startswith("@"):
        return await _with_speaker(acting, draft, which[1:])
    one = _nth(draft.claim, which)
    about = {"proposal": draft.id, "statement": one.id if one else ""}
    form = statement_form.statement_form(draft.claim, one)
    return await acting.open(form, about, statement_form.typed_from(draft.claim, one, today()))


def _nth(claim: Claim, which: str) -> Statement | None:
    if not which:
        return None
    if which.isascii() and which.isdecimal() and 0 < int(which[:6]) <= len(claim.statements):
        return claim.statements[int(which[:6]) - 1]
    raise BadInputError(catalogue().say("board.no_statement"))


async def _with_speaker(acting: Acting, draft: Proposal, key: str) -> Outcome:
    """Put a speaker on file in the place of the new one who may be the same."""
    alike = await entries.likenesses(acting, draft.claim)
    chosen = next((each for each in alike if each.id == key), None)
    found = await entries.on_file(acting, (chosen.typed,)) if chosen else ()
    speaker = next((each for each in found if each.id == key), None)
    if chosen is None or speaker is None:
        return await entries.shown(acting, draft)
    new = next(each for each in draft.claim.speakers if each.name == chosen.typed)
    claim = _replaced(draft.claim, new.id, speaker)
    return await entries.shown(acting, await acting.moderation.amend(acting.member, draft.id, claim))


def _replaced(claim: Claim, old: str, speaker: Speaker) -> Claim:
    """Return `claim` with `speaker` wherever it names the speaker with the id `old`."""
    statements = tuple(
        replace(each, speaker=speaker.id) if each.speaker == old else each for each in claim.statements
    )
    concerns = tuple(dict.fromkeys(speaker.id if each == old else each for each in claim.concerns))
    claim = replace(claim, statements=statements, concerns=concerns)
    return completed(pruned(with_speakers(claim, [speaker])))


async def _the_statement(acting: Acting, about: About) -> tuple[Proposal, Statement | None]:
    draft = await entries.the_draft(acting, str(about.get("proposal", "")))
    wanted = about.get("statement")
    one = next((each for each in draft.claim.statements if each.id == wanted), None)
    if wanted and one is None:
        raise BadInputError(catalogue().say("board.no_statement"))
    return draft, one


async def _form(acting: Acting, about: About, typed: Typed | None) -> Form:
    draft, one = await _the_statement(acting, about)
    return statement_form.statement_form(draft.claim, one, typed)


async def _finish(acting: Acting, about: About, typed: Typed) -> Came:
    draft, one = await _the_statement(acting, about)
    if typed.get("kind") == Kind.NO_RESPONSE and (one is None or one.kind is not Kind.NO_RESPONSE):
        await acting.authorise(Deed.NO_RESPONSE)
    name = line(typed, "speaker")
    known = await entries.on_file(acting, [name] if name else ())
    claim, faults = with_statement(typed, draft.claim, one, known, ending())
    if faults:
        return faults
    amended = await acting.moderation.amend(acting.member, draft.id, claim)
    key = "board.statement_added" if one is None else "board.statement_changed"
    return await entries.shown(acting, amended, catalogue().say(key))


PAPERS = {statement_form.NAME: Paper(deed=Deed.STATEMENT, form=_form, finish=_finish)}
DEEDS = {Deed.STATEMENT: statement}
