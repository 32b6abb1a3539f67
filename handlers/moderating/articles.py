"""Drafts from an article: kept for whoever gave it until each is accepted, added, edited or discarded.

Accepting begins a proposal of one's own, as a form would. Nothing is vetted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.claims import Claim
from bot.dates import Day, PartialDate
from bot.drafting.drafts import Article, Draft
from bot.exchange import claim_from_line, line_from_claim
from bot.moderation.boards import Near
from bot.moderation.deeds import Deed, Do
from bot.moderation.draft_cards import (
    SHEET,
    SOURCE,
    SOURCE_FIELDS,
    draft_card,
    next_key,
    source_form,
    typed_from,
)
from bot.moderation.forms import Form, Typed
from bot.moderation.from_draft import Entry, entry_from, joined, lacks_source
from bot.moderation.missing import at_fields
from bot.moderation.missing import drafted as refused
from bot.moderation.proposals import Proposal
from bot.moderation.typed import line
from bot.rules import completed
from bot.store.sheets import Sheet
from bot.wording import catalogue
from handlers.drafting import Given, article_of, drafted
from handlers.fetching import Fetcher
from handlers.moderating import entries
from handlers.moderating.acting import Acting, board, ending, said, today
from handlers.moderating.nearness import nearest
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Board, Outcome

MOST = 20
"""Drafts that are kept of one article, the first in the text; somebody may have 50 sheets in all."""


async def draft(acting: Acting, do: Do, words: str) -> Outcome:
    """Make drafts from `words`, a text or an address; without words, show those that wait.

    `SHEET` shows one, `SHEET/accept`, `/edit`, `/discard` and `/@CLAIM` act on it.
    """
    key, _, verb = do.ref.partition("/")
    if key:
        return await _acted(acting, key, verb)
    if words.strip():
        return await given(acting, Given(text=words))
    return await cards(acting, do.page)


async def given(acting: Acting, what: Given) -> Outcome:
    """Make drafts from what was given, keep them, and show the first."""
    await acting.authorise(Deed.DRAFT)
    article = await article_of(what, acting.fetcher or Fetcher(acting.settings.fetching))
    found, by_model = await drafted(article, acting.model, acting.settings.openai.draft_seconds)
    return await keep(acting, await entries_from(acting, article, found, by_model=by_model))


async def entries_from(
    acting: Acting, article: Article, found: Sequence[Draft], *, by_model: bool
) -> tuple[Entry, ...]:
    """Return the drafts found in an article as entries, with the speakers who are on file."""
    made = []
    for each in found[:MOST]:
        names = [one.speaker for one in each.statements if one.speaker]
        known = await entries.on_file(acting, names)
        entry = entry_from(each, article, known, ending(), workspace=acting.workspace)
        made.append(replace(entry, by_model=by_model))
    return tuple(made)


async def keep(acting: Acting, made: Sequence[Entry]) -> Outcome:
    """Keep drafts, the first on top, and show it."""
    if not made:
        return said("draft.none")
    for each in reversed(made):
        about = {
            "claim": line_from_claim(each.claim),
            "notes": list(each.notes),
            "passages": dict(each.passages),
            "bases": dict(each.bases),
            "by_model": each.by_model,
        }
        await acting.moderation.open_sheet(acting.member, SHEET, about, {"text": each.claim.text})
    return await cards(acting, 0)


async def cards(acting: Acting, place: int) -> Outcome:
    """Show the draft at `place` (from 0) of one's own that wait."""
    waiting = await _waiting(acting)
    if not waiting:
        return said("draft.give")
    place = min(place, len(waiting) - 1)
    entry = _entry(waiting[place])
    near = await near_entry(acting, entry.claim)
    return board(draft_card(entry, waiting[place].id, near, place, len(waiting), catalogue()))


async def near_entry(acting: Acting, claim: Claim) -> tuple[Near, ...]:
    """Return what is on file near the claim of a draft."""
    return await nearest(acting, claim.text, claim.id)


async def _waiting(acting: Acting) -> list[Sheet]:
    return [each for each in await acting.moderation.sheets(acting.member) if each.form == SHEET]


def _entry(sheet: Sheet) -> Entry:
    about = sheet.about
    return Entry(
        claim=claim_from_line(str(about["claim"]).encode(), judged=True),
        notes=tuple(about.get("notes", ())),
        passages=about.get("passages", {}),
        bases=about.get("bases", {}),
        by_model=bool(about.get("by_model")),
    )


async def _acted(acting: Acting, key: str, verb: str) -> Outcome:
    waiting = await _waiting(acting)
    place = next((n for n, each in enumerate(waiting) if each.id == key), None)
    if place is None:
        return said("draft.gone")
    if verb == "discard":
        await acting.moderation.close_sheet(acting.member, key)
        return await cards(acting, place) if len(waiting) > 1 else said("board.discarded")
    if verb not in {"accept", "edit"} and not verb.startswith("@"):
        return await cards(acting, place)
    entry = _entry(waiting[place])
    if lacks_source(entry.claim):
        typed = typed_from(entry.claim, Day(today()))
        return await acting.open(source_form(), {"draft": key, "then": verb}, dict(typed))
    return await _accepted(acting, key, entry, verb)


async def _accepted(acting: Acting, key: str, entry: Entry, verb: str) -> Outcome:
    """Begin a proposal with the draft, let go of its sheet, and show the proposal or its form."""
    moderation, say = acting.moderation, catalogue().say
    if verb.startswith("@"):
        proposal, done = await _onto(acting, entry, verb[1:]), say("draft.added")
    else:
        proposal, done = await moderation.begin(acting.member, entry.claim, base=0), say("draft.accepted")
    await moderation.close_sheet(acting.member, key)
    if verb == "edit":
        return await entries.edit(acting, Do(deed=Deed.EDIT, ref=proposal.id), "")
    shown = await entries.shown(acting, proposal, done)
    if isinstance(shown, Board) and await _waiting(acting):
        return replace(shown, rows=(*shown.rows, (next_key(catalogue()),)))
    return shown


async def _onto(acting: Acting, entry: Entry, claim: str) -> Proposal:
    """Put the statements of a draft to one's own draft of an entry, or to a new one of it."""
    base, held = await entries.held(acting, claim)
    for each in await acting.moderation.drafts(acting.member):
        if each.claim.id == held.id and each.base >= base:
            return await acting.moderation.amend(acting.member, each.id, joined(entry, each.claim).claim)
    return await acting.moderation.begin(acting.member, joined(entry, held).claim, base=base)


async def _form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return source_form()


async def _finish(acting: Acting, about: About, typed: Typed) -> Came:
    waiting = {each.id: each for each in await _waiting(acting)}
    sheet = waiting.get(str(about["draft"]))
    if sheet is None:
        return said("draft.gone")
    entry = _entry(sheet)
    if line(typed, "url") is None and line(typed, "locator") is None:
        return {"url": catalogue().say("draft.find")}
    claim = sourced(entry.claim, typed)
    if found := refused(claim):
        places = {f"sources[{n}].{each}": each for n in range(len(claim.sources)) for each in SOURCE_FIELDS}
        return at_fields(found, {"sources": "url", **places, "statements": "published_on"})
    return await _accepted(acting, sheet.id, replace(entry, claim=claim), str(about["then"]))


def sourced(claim: Claim, typed: Typed) -> Claim:
    """Return the claim of a draft with what was typed of the place where its article stands."""
    published, retrieved = line(typed, "published_on"), line(typed, "retrieved_on")
    made = tuple(
        replace(
            each,
            publisher=line(typed, "publisher") or each.publisher,
            title=line(typed, "title") or each.title,
            url=line(typed, "url"),
            locator=line(typed, "locator"),
            published_on=PartialDate(published) if published else None,
            retrieved_on=Day(retrieved) if retrieved else None,
        )
        for each in claim.sources
    )
    return completed(replace(claim, sources=made))


PAPERS = {SOURCE: Paper(deed=Deed.DRAFT, form=_form, finish=_finish)}
DEEDS = {Deed.DRAFT: draft}
