"""The right of reply: whom we asked is noted in a draft of the entry, and what came of it as a statement."""

from __future__ import annotations

from dataclasses import replace

from bot.claims import Claim, Outcome
from bot.errors import BadInputError
from bot.moderation.deed_forms import ask_form, outcome_form
from bot.moderation.deeds import Deed, Do
from bot.moderation.forms import Form, Typed
from bot.moderation.proposals import Proposal
from bot.moderation.response import with_outcome, with_request
from bot.moderation.typed import speaker_of
from bot.wording import catalogue
from handlers import outcomes
from handlers.moderating import entries
from handlers.moderating.acting import Acting, ending, today
from handlers.moderating.papers import About, Came, Paper


async def ask(acting: Acting, do: Do, words: str) -> outcomes.Outcome:
    """Open the form that notes whom one asked about an entry or a draft."""
    ref = do.ref or words.strip()
    await _claim(acting, ref)
    return await acting.open(ask_form(), {"ref": ref}, {"asked_on": today()})


async def outcome(acting: Acting, do: Do, words: str) -> outcomes.Outcome:
    """Open the form that notes what came of a request."""
    ref = do.ref or words.strip()
    claim = await _claim(acting, ref)
    if not _open(claim):
        raise BadInputError(catalogue().say("board.nobody_asked"))
    typed = {"said_on": today(), "quote_mode": "paraphrase", "official": "yes", "request": _open(claim)[0][0]}
    return await acting.open(outcome_form(_open(claim)), {"ref": ref}, typed)


def _open(claim: Claim) -> tuple[tuple[str, str], ...]:
    return tuple((each.id, each.asked) for each in claim.requests if each.outcome is Outcome.PENDING)


async def _claim(acting: Acting, ref: str) -> Claim:
    """Return the claim of one's own draft, or of one's draft of an entry, or the entry as it stands."""
    draft = await _draft_of(acting, ref)
    return draft.claim if draft else (await entries.held(acting, ref))[1]


async def _draft_of(acting: Acting, ref: str) -> Proposal | None:
    draft = await entries.own_draft(acting, ref)
    if draft is not None:
        return draft
    found = await acting.moderation.held(acting.workspace, ref)
    mine = [each for each in await acting.moderation.drafts(acting.member) if each.claim.id == ref]
    return next((each for each in mine if found is None or each.base >= found[0]), None)


async def _noted(acting: Acting, ref: str, claim: Claim, said: str) -> outcomes.Outcome:
    """Put `claim` in the place of the draft's, or begin one from the entry; an entry's takes a review."""
    draft = await _draft_of(acting, ref)
    if draft is None:
        base, _ = await entries.held(acting, ref)
        draft = await acting.moderation.begin(acting.member, claim, base=base, reason=said)
    else:
        draft = await acting.moderation.amend(acting.member, draft.id, claim)
    return await entries.shown(acting, draft, said)


async def _ask_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return ask_form()


async def _asked(acting: Acting, about: About, typed: Typed) -> Came:
    ref = str(about["ref"])
    claim, faults = with_request(typed, await _claim(acting, ref), ending())
    if faults:
        return faults
    return await _noted(acting, ref, claim, catalogue().say("board.asked"))


async def _outcome_form(acting: Acting, about: About, typed: Typed | None) -> Form:
    del typed
    return outcome_form(_open(await _claim(acting, str(about["ref"]))))


async def _ended(acting: Acting, about: About, typed: Typed) -> Came:
    ref = str(about["ref"])
    if typed.get("outcome") == Outcome.NO_RESPONSE:
        await acting.authorise(Deed.NO_RESPONSE)
    claim = await _claim(acting, ref)
    asked = next((each.asked for each in claim.requests if each.id == typed.get("request")), "")
    known = await entries.on_file(acting, [asked] if asked else ())
    speaker = speaker_of(asked, (*claim.speakers, *known), ending())
    claim, faults = with_outcome(typed, replace(claim), speaker, today(), ending())
    if faults:
        return faults
    return await _noted(acting, ref, claim, catalogue().say("board.ended"))


async def no_response(acting: Acting, do: Do, words: str) -> outcomes.Outcome:
    """Open the form that notes what came of a request, for silence past the deadline."""
    shown = await outcome(acting, do, words)
    if isinstance(shown, outcomes.Asked):
        return replace(shown, typed={**shown.typed, "outcome": str(Outcome.NO_RESPONSE)})
    return shown


PAPERS = {
    "ask": Paper(deed=Deed.ASK, form=_ask_form, finish=_asked),
    "outcome": Paper(deed=Deed.OUTCOME, form=_outcome_form, finish=_ended),
}
DEEDS = {Deed.ASK: ask, Deed.OUTCOME: outcome, Deed.NO_RESPONSE: no_response}
