"""Deeds done: every command, button and form of those who keep the ledger comes in here.

Who may is decided first, from the one table (`bot.moderation.deeds.LEAST`), whatever asked for it; then the
deed is done by the module that has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from bot.errors import CounterclaimError, LedgerError
from bot.moderation.deeds import LEAST, Deed, Do
from bot.moderation.forms import Form, Typed, faults, pages
from bot.moderation.policy import configured_role
from bot.moderation.typed import kept
from bot.questions import Place, Platform
from bot.records import record
from bot.store.people import storable
from bot.views import now
from handlers import lookups
from handlers.drafting import Given
from handlers.moderating import (
    articles,
    disputes,
    drafting,
    entries,
    lasting,
    members,
    privacy,
    queueing,
    requests,
    reviewing,
)
from handlers.moderating.acting import Acting, said
from handlers.moderating.papers import Paper
from handlers.outcomes import Asked, Board, Gone, Outcome, Past, Said
from handlers.services import Services

DRAFTING: Final = 120.0
"""Seconds for an article: fetched, read, and looked through; a model has its own beside them."""
FIELDS: Final = 5
"""Fields on one page of a form, where it is shown in pages."""

_Deed: TypeAlias = Callable[[Acting, Do, str], Awaitable[Outcome]]


@record
class Actor:
    """Who acts, and where. `groups` are the ids of the groups and roles that the platform says they have."""

    place: Place
    person: str
    name: str
    groups: tuple[str, ...] = ()


async def acting_as(services: Services, actor: Actor) -> Acting:
    """Return the member that `actor` is at this moment."""
    place, settings = actor.place, services.settings
    section = settings.slack if place.platform is Platform.SLACK else settings.discord
    workspace = settings.workspace_of(place.platform, place.tenant)
    tenant = f"{place.platform}:{place.tenant}"
    member = await services.ledger.moderation().member(
        workspace,
        f"{tenant}:{actor.person}",
        actor.name,
        configured_role(section, actor.person, actor.groups),
    )
    return Acting(
        ledger=services.ledger,
        settings=settings,
        calibration=services.calibration,
        member=member,
        view=now(workspace),
        person=actor.person,
        tenant=tenant,
        fetcher=services.fetcher,
        model=services.model,
    )


async def done(services: Services, actor: Actor, do: Do, words: str = "") -> Outcome:
    """Do what a command (`words` are what stands after its verb) or a button asks for."""
    try:
        acting = await acting_as(services, actor)
        if do.deed in _OF_PEOPLE:
            await acting.authorise(do.deed)
            return await _OF_PEOPLE[do.deed](services, actor, do.ref or storable(words))
        return await carried_out(acting, do, words)
    except LedgerError:
        raise
    except CounterclaimError as error:
        return Said(text=str(error))


async def begun(services: Services, actor: Actor, text: str, link: str = "") -> Outcome:
    """Begin an entry with the text of a message, which stands at the address `link`."""
    return await done(services, actor, Do(deed=Deed.ADD), f"{text}\n{link}".strip())


async def drafts_of(services: Services, actor: Actor, bring: Callable[[], Awaitable[Given]]) -> Outcome:
    """Make drafts from what somebody gave: a text, an address, or a file.

    It takes up to `DRAFTING` seconds, and what a model is given. `bring` gets it once it is known that
    they may.
    """
    try:
        acting = await acting_as(services, actor)
        await acting.authorise(Deed.DRAFT)
        async with asyncio.timeout(DRAFTING + services.settings.openai.draft_seconds):
            return await articles.given(acting, await bring())
    except TimeoutError:
        return said("draft.busy")
    except LedgerError:
        raise
    except CounterclaimError as error:
        return Said(text=str(error))


async def carried_out(acting: Acting, do: Do, words: str = "") -> Outcome:
    """Do it as a member; errors that have a sentence are raised."""
    await acting.authorise(do.deed)
    return await _DEEDS[do.deed](acting, do, storable(words))


async def opened(services: Services, actor: Actor, sheet: str, page: int | None = None) -> Outcome:
    """Open a form that is under way, with what was typed; `page` None: the whole of it."""
    try:
        return await gone_on_with(await acting_as(services, actor), sheet, page)
    except LedgerError:
        raise
    except CounterclaimError as error:
        return Said(text=str(error))


async def gone_on_with(acting: Acting, sheet: str, page: int | None) -> Outcome:
    """Open a form that is under way as a member; errors that have a sentence are raised."""
    held = await acting.moderation.sheet(acting.member, sheet)
    if held is None or held.form not in PAPERS:
        return said("form.gone")
    paper = PAPERS[held.form]
    await acting.authorise(paper.deed)
    form = await _form(acting, paper, held.about, held.typed, page)
    return Asked(form=form, sheet=sheet, page=_within(form, page), typed=held.typed, faults={})


async def filled(services: Services, actor: Actor, sheet: str, page: int | None, typed: Typed) -> Outcome:
    """Take on what was typed into a form, or into its page `page` (from 0); None: the whole form.

    Returns the form with what is wrong in it, its next page, or what came of it.
    """
    try:
        return await handed_in(await acting_as(services, actor), sheet, page, typed)
    except LedgerError:
        raise
    except CounterclaimError as error:
        return Said(text=str(error))


async def handed_in(acting: Acting, sheet: str, page: int | None, typed: Typed) -> Outcome:
    """Take a form on as a member; errors that have a sentence are raised, and what was typed is kept."""
    held = await acting.moderation.sheet(acting.member, sheet)
    if held is None or held.form not in PAPERS:
        return said("form.gone")
    paper = PAPERS[held.form]
    await acting.authorise(paper.deed)
    form = await _form(acting, paper, held.about, held.typed, page)
    at = _within(form, page)
    fields = form.fields if page is None else pages(form, FIELDS)[at]
    now_typed = kept(fields, typed, held.typed)
    await acting.moderation.type_into(acting.member, sheet, now_typed)
    if found := faults(fields, now_typed):
        return Asked(form=form, sheet=sheet, page=at, typed=now_typed, faults=found)
    # What was answered may make other fields needless, or ask for them.
    form = await _form(acting, paper, held.about, now_typed, page)
    if page is not None and at + 1 < len(pages(form, FIELDS)):
        return Asked(form=form, sheet=sheet, page=at + 1, typed=now_typed, faults={})
    asked_for = {each.name: now_typed.get(each.name, "") for each in form.fields}
    came = faults(form.fields, asked_for) or await paper.finish(acting, held.about, asked_for)
    if isinstance(came, dict):
        return Asked(form=form, sheet=sheet, page=_first(form, came), typed=now_typed, faults=came)
    await acting.moderation.close_sheet(acting.member, sheet)
    return came


async def past(services: Services, actor: Actor, key: str) -> Outcome:
    """Return who changed an entry: all of it for whoever reviews, for others what of it they may see."""
    acting = await acting_as(services, actor)
    if acting.member.may(LEAST[Deed.REVIEW]):
        items = await acting.moderation.history(acting.workspace, storable(key.strip()))
        if items:
            return Past(items=items)
    return await lookups.history(services, actor.place, key)


async def home(services: Services, actor: Actor, page: int = 0) -> Board:
    """Return the queue, or, for whoever may not see it, their own drafts or a sentence."""
    acting = await acting_as(services, actor)
    sentence = ""
    for deed in (Deed.QUEUE, Deed.DRAFTS):
        try:
            outcome = await carried_out(acting, Do(deed=deed, page=page))
        except LedgerError:
            raise
        except CounterclaimError as error:
            sentence = str(error)
            continue
        if isinstance(outcome, Board):
            return outcome
    return queueing.sentence_board(sentence)


async def _form(
    acting: Acting, paper: Paper, about: dict[str, object], typed: Typed, page: int | None
) -> Form:
    return await paper.form(acting, about, None if page is None else typed)


def _within(form: Form, page: int | None) -> int:
    return min(max(page or 0, 0), len(pages(form, FIELDS)) - 1)


def _first(form: Form, found: dict[str, str]) -> int:
    """Return the first page on which something is to be mended."""
    made = pages(form, FIELDS)
    return next((n for n, fields in enumerate(made) if any(each.name in found for each in fields)), 0)


async def _privacy(services: Services, actor: Actor, _: str) -> Outcome:
    return await privacy.privacy(services, actor)


async def _dismiss(_: Acting, do: Do, words: str) -> Outcome:
    del do, words
    return Gone()


_OF_PEOPLE: Final[dict[Deed, Callable[[Services, Actor, str], Awaitable[Outcome]]]] = {
    Deed.PRIVACY: _privacy,
    Deed.FORGET: privacy.forget,
}
"""Deeds on what is kept of a person, whom the platform's id names."""
PAPERS: Final[dict[str, Paper]] = {
    **entries.PAPERS,
    **articles.PAPERS,
    **drafting.PAPERS,
    **reviewing.PAPERS,
    **requests.PAPERS,
    **lasting.PAPERS,
    **disputes.PAPERS,
    **members.PAPERS,
}
_DEEDS: Final[dict[Deed, _Deed]] = {
    **entries.DEEDS,
    **articles.DEEDS,
    **drafting.DEEDS,
    **queueing.DEEDS,
    **reviewing.DEEDS,
    **requests.DEEDS,
    **lasting.DEEDS,
    **disputes.DEEDS,
    **members.DEEDS,
    Deed.MUTE: privacy.mute,
    Deed.DISMISS: _dismiss,
}
