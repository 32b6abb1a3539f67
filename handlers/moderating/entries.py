"""Entries by form: begun, gone on with, handed in for review, given up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.answers import Tier
from bot.buttons import Row
from bot.claims import Claim
from bot.dates import Day
from bot.display import tidy
from bot.errors import BadInputError, NotOnFileError
from bot.folding import fold
from bot.moderation import entry_form
from bot.moderation.boards import (
    Likeness,
    continue_key,
    draft_board,
    heading,
    key,
    nearest_line,
    note,
    paragraphs_of,
    turning,
)
from bot.moderation.deed_forms import reason_form
from bot.moderation.deeds import Deed, Do
from bot.moderation.draft_cards import SHEET
from bot.moderation.forms import Form, Typed
from bot.moderation.missing import missing
from bot.moderation.proposals import OPEN, Proposal
from bot.moderation.queue import due_requests
from bot.moderation.typed import lines, named
from bot.paragraphs import Shape, paragraph, plain
from bot.rules.texts import MAX_CLAIM
from bot.sources import Speaker
from bot.statements import State
from bot.wording import catalogue, date_words
from handlers.moderating.acting import Acting, board, ending, said, today
from handlers.moderating.nearness import nearest
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Board, Outcome, Said

A_PAGE = 4
"""Drafts on one page of the list: a row of buttons each."""


async def add(acting: Acting, do: Do, words: str) -> Outcome:
    """Open the form of a new entry; of `words`, an address on the last line is where it was seen."""
    text, link = words.strip(), ""
    head, _, last = text.rpartition("\n")
    if last.startswith(("https://", "http://")) and " " not in last:
        text, link = head.strip(), last
    typed = entry_form.typed_from(entry_form.blank(acting.workspace))
    typed["text"] = " ".join(text.split())[:MAX_CLAIM]
    if link:
        typed["reason"] = catalogue().say("board.seen_at", link=link)
    about = {"begun": typed["text"], "question": do.ref}
    return await acting.open(entry_form.entry_form(is_new=True), about, typed)


async def edit(acting: Acting, do: Do, words: str) -> Outcome:
    """Open the claim of one's own draft, or begin a proposal from an entry as it stands."""
    ref = do.ref or words.strip()
    draft = await own_draft(acting, ref)
    if draft is not None:
        typed = entry_form.typed_from(draft.claim)
        return await acting.open(entry_form.entry_form(is_new=True), {"proposal": draft.id}, typed)
    base, claim = await held(acting, ref)
    for each in await acting.moderation.drafts(acting.member):
        if each.claim.id == claim.id and each.base >= base:
            return await shown(acting, each)
    begun = await acting.moderation.begin(acting.member, claim, base=base)
    key = "board.begun" if claim.state is State.VETTED else "board.begun_hidden"
    return await shown(acting, begun, catalogue().say(key))


async def held(acting: Acting, ref: str) -> tuple[int, Claim]:
    """Return the newest revision of an entry and the entry; raise `NotOnFileError` where there is none."""
    found = await acting.moderation.held(acting.workspace, ref) if ref else None
    if found is None:
        raise NotOnFileError(catalogue().say("board.no_entry", claim=tidy(ref)[:80]))
    return found


async def own_draft(acting: Acting, ref: str) -> Proposal | None:
    """Return one's own open proposal with the id `ref`, or None."""
    found = await acting.moderation.proposal(acting.workspace, ref) if ref else None
    return found if found is not None and found.author == acting.member.key and found.stage in OPEN else None


async def the_draft(acting: Acting, ref: str) -> Proposal:
    """Return one's own open proposal with the id `ref`; raise `BadInputError` where there is none."""
    draft = await own_draft(acting, ref)
    if draft is None:
        raise BadInputError(catalogue().say("board.no_draft"))
    return draft


async def drafts(acting: Acting, do: Do, words: str) -> Outcome:
    """Show one's drafts and half-filled forms; with the id of one, that draft."""
    ref = do.ref or words.strip()
    if ref:
        return await shown(acting, await the_draft(acting, ref))
    say, words_of = catalogue().say, catalogue()
    made = [heading(say("board.drafts"))]
    rows: list[Row] = []
    own = await acting.moderation.drafts(acting.member)
    sheets = await acting.moderation.sheets(acting.member)
    listed: list[Proposal | tuple[str, str, str]] = [*own]
    listed += [(each.id, each.form, str(each.typed.get("text", ""))) for each in sheets]
    start = do.page * A_PAGE
    for each in listed[start : start + A_PAGE]:
        if isinstance(each, Proposal):
            made += paragraphs_of(each.claim)
            made.append(note(say(f"stage.{each.stage}")))
            label = say("board.continue", what=tidy(each.claim.id))
            row = [key(Deed.DRAFTS, words_of, each.id, label=label)]
            for _, whom, due in due_requests([each.claim], today()):
                date = date_words(words_of, Day(due))
                made.append(note(say("queue.request", name=tidy(whom), date=date)))
                row[1:] = [key(Deed.OUTCOME, words_of, each.id)]
            rows.append(tuple(row))
        else:
            sheet, form, text = each
            title = say(f"form_title.{form}")
            made.append(paragraph(Shape.ITEM, plain(say("board.half_filled", form=title))))
            if tidy(text):
                made.append(note(tidy(text)))
            label = say("board.continue", what=title)
            # A draft from an article is a card, and no form.
            go_on = (
                key(Deed.DRAFT, words_of, sheet, label=label) if form == SHEET else continue_key(sheet, label)
            )
            rows.append((go_on, key(Deed.DISCARD, words_of, sheet)))
    if not listed:
        made.append(note(say("board.no_drafts")))
    rows += turning(Deed.DRAFTS, words_of, "", page=do.page, count=len(listed), size=A_PAGE)
    return Board(paragraphs=tuple(made), rows=tuple(rows))


async def submit(acting: Acting, do: Do, _: str) -> Outcome:
    """Hand a draft in for review; of a change of an entry, the reason is asked for first."""
    draft = await the_draft(acting, do.ref)
    if missing(draft.claim, today()):
        return await shown(acting, draft)
    if draft.base and not draft.reason:
        return await acting.open(reason_form("submit"), {"proposal": draft.id}, {})
    return await handed_in(acting, await acting.moderation.submit(acting.member, draft.id, None))


async def handed_in(acting: Acting, proposal: Proposal) -> Outcome:
    """Return what is said to whoever handed a draft in; of a new entry, with what it may be a double of."""
    done = said("board.submitted" if await acting.two_person() else "board.submitted_alone")
    claim = proposal.claim
    near = () if proposal.base else await nearest(acting, claim.text, claim.id, proposal.id)
    like = [nearest_line(each, catalogue()) for each in near if each.tier is not Tier.NONE][:1]
    return Said(
        text=" ".join((done.text, *(catalogue().say("board.submitted_near", near=each) for each in like)))
    )


async def discard(acting: Acting, do: Do, _: str) -> Outcome:
    """Give up a draft or a half-filled form."""
    if await acting.moderation.sheet(acting.member, do.ref) is not None:
        await acting.moderation.close_sheet(acting.member, do.ref)
    else:
        await acting.moderation.discard(acting.member, (await the_draft(acting, do.ref)).id)
    return said("board.discarded")


async def shown(acting: Acting, draft: Proposal, done: str | None = None) -> Outcome:
    """Return the board of a draft; `done` is what has just been done."""
    found = await acting.moderation.held(acting.workspace, draft.claim.id) if draft.base else None
    near = await nearest(acting, draft.claim.text, draft.claim.id, draft.id)
    alike = await likenesses(acting, draft.claim)
    before = found[1] if found else None
    counts = (await acting.counts()).get(draft.claim.id) if draft.base else None
    return board(draft_board(draft, before, near, alike, today(), catalogue(), done, counts))


async def on_file(acting: Acting, names: Iterable[str]) -> tuple[Speaker, ...]:
    """Return the speakers on file who may be those that were named."""
    found: dict[str, Speaker] = {}
    for name in list(dict.fromkeys(names))[:10]:
        words = fold(name).split()
        asked = [name, *([words[-1]] if len(words) > 1 else [])]
        for each in asked:
            found |= {one.id: one for one in await acting.moderation.speakers(acting.view, each)}
    return tuple(found.values())


async def likenesses(acting: Acting, claim: Claim) -> tuple[Likeness, ...]:
    """Return the new speakers of a draft who may be on file under another name."""
    made = []
    for each in claim.speakers:
        found = await on_file(acting, (each.name,))
        if any(other.id == each.id for other in found) or each.merged_into:
            continue
        others = [other for other in found if not named(other) & named(each)]
        made += [Likeness(typed=each.name, on_file=other.name, id=other.id) for other in others[:1]]
    return tuple(made)


async def _form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return entry_form.entry_form(is_new=True)


async def _finish(acting: Acting, about: About, typed: Typed) -> Came:
    draft = await the_draft(acting, str(about["proposal"])) if about.get("proposal") else None
    before = draft.claim if draft else entry_form.blank(acting.workspace)
    known = await on_file(acting, lines(typed, "concerns"))
    claim, faults = entry_form.claim_from(typed, before, known, ending())
    if faults:
        return faults
    if draft is None:
        reason, question = typed.get("reason", "").strip() or None, about.get("question") or None
        begun = await acting.moderation.begin(acting.member, claim, base=0, reason=reason, question=question)
        return await shown(acting, begun, catalogue().say("board.saved"))
    claim = replace(claim, state=draft.claim.state)
    return await shown(acting, await acting.moderation.amend(acting.member, draft.id, claim))


async def _reason(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return reason_form("submit")


async def _submit(acting: Acting, about: About, typed: Typed) -> Came:
    ref, reason = str(about["proposal"]), typed["reason"].strip()
    return await handed_in(acting, await acting.moderation.submit(acting.member, ref, reason))


PAPERS = {
    entry_form.NAME: Paper(deed=Deed.ADD, form=_form, finish=_finish),
    "submit": Paper(deed=Deed.SUBMIT, form=_reason, finish=_submit),
}
DEEDS = {
    Deed.ADD: add,
    Deed.EDIT: edit,
    Deed.DRAFTS: drafts,
    Deed.SUBMIT: submit,
    Deed.DISCARD: discard,
}
