"""What an entry needs as a whole: sources that can be found again, the right of reply, a review."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from bot.claims import Claim, Outcome
from bot.dates import date_fault
from bot.errors import Refusal
from bot.rules.texts import shown
from bot.statements import Group, State

_RESPONSES: Final = frozenset({Group.DENIED, Group.OFFICIAL_RESPONSE})


def excerpt_hash(excerpt: str) -> str:
    """Return the SHA-256 of an excerpt in UTF-8, as 64 lower-case hexadecimal digits."""
    # A lone surrogate is refused elsewhere; here it must only not raise.
    return sha256(excerpt.encode("utf-8", "surrogatepass")).hexdigest()


def entry_refusals(claim: Claim) -> Iterator[Refusal]:
    """Yield what is wrong with an entry as a whole."""
    yield from _sources(claim)
    yield from _right_of_reply(claim)
    if claim.state is State.VETTED and claim.last_reviewed_on is None:
        yield Refusal(
            field="last_reviewed_on",
            wrong="is missing though the claim is vetted",
            right="write the day of the review, YYYY-MM-DD",
        )


def _sources(claim: Claim) -> Iterator[Refusal]:
    vetted = [each for each in claim.statements if each.state is State.VETTED]
    cited = {citation.source for each in vetted for citation in each.citations}
    for n, source in enumerate(claim.sources):
        path = f"sources[{n}]"
        if source.id in cited and source.url is None and source.locator is None:
            yield Refusal(
                field=f"{path}.url",
                wrong="and locator are both missing though a vetted statement cites this source",
                right="give its address, or say in locator where a reader finds it",
            )
        if source.id in cited and source.retrieved_on is None:
            yield Refusal(
                field=f"{path}.retrieved_on",
                wrong="is missing though a vetted statement cites this source",
                right="write the day on which it was read, YYYY-MM-DD",
            )
        if source.excerpt is None and source.excerpt_sha256 is not None:
            yield Refusal(
                field=f"{path}.excerpt_sha256",
                wrong="is given without an excerpt",
                right="give the excerpt as well, or leave it out",
            )
        elif source.excerpt is not None and source.excerpt_sha256 not in {None, excerpt_hash(source.excerpt)}:
            yield Refusal(
                field=f"{path}.excerpt_sha256",
                wrong="does not match the excerpt",
                right="leave it out: it is filled in; if the excerpt was changed by mistake, restore it",
            )


def _right_of_reply(claim: Claim) -> Iterator[Refusal]:
    if claim.response_not_sought is not None and claim.requests:
        yield Refusal(
            field="response_not_sought",
            wrong="is given though requests has one",
            right="leave out one of the two",
        )
    for n, request in enumerate(claim.requests):
        dated = request.due_on is not None and not (
            date_fault(request.due_on) or date_fault(request.asked_on)
        )
        if dated and request.due_on is not None and request.due_on < request.asked_on:
            yield Refusal(
                field=f"requests[{n}].due_on",
                wrong=f"{shown(request.due_on)} is before {shown(request.asked_on)}, when we asked",
                right="mend one of the two days",
            )
    if claim.state is not State.VETTED or not (claim.allegation and claim.living_person):
        return
    answered = any(each.group in _RESPONSES and each.state is State.VETTED for each in claim.statements)
    ended = any(each.outcome is not Outcome.PENDING for each in claim.requests)
    if not (answered or ended or claim.response_not_sought is not None):
        yield Refusal(
            field="requests",
            wrong="a vetted allegation about a living person says nothing of the response",
            right="add a vetted denial or official response, a request with its outcome, "
            "or the reason in response_not_sought",
        )
