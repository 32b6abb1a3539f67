"""What waits for those who keep the ledger, in the order in which it should be looked at, in pages.

Pure: what waits in, one page of paragraphs and buttons out. The store hands over what a workspace may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol

from bot.buttons import Key, Row
from bot.claims import Claim
from bot.dates import Day
from bot.display import tidy
from bot.moderation.boards import Shown, heading, key, note, turning
from bot.moderation.deeds import Deed
from bot.moderation.proposals import Proposal
from bot.paragraphs import Paragraph, Shape, paragraph, plain, strong
from bot.records import record
from bot.wording import Catalogue, date_words

A_PAGE: Final = 4
"""What waits on one page: a row of buttons each, and one row to turn the page."""


@record
class Waiting:
    """One thing that waits: what it is, its text whole, small print, and what can be done about it.

    `proposal` is the proposal where it is one.
    """

    head: str
    text: str
    notes: tuple[str, ...]
    keys: tuple[Key, ...]
    proposal: Proposal | None = None


class Wanted(Protocol):
    """What nothing on file answers, as the store counts it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str | None: ...  # noqa: D102
    @property
    def people(self) -> int: ...  # noqa: D102


class Problem(Protocol):
    """A problem that a reader reported."""

    @property
    def n(self) -> int: ...  # noqa: D102
    @property
    def claim(self) -> str | None: ...  # noqa: D102
    @property
    def text(self) -> str | None: ...  # noqa: D102


class Dispute(Protocol):
    """An open dispute."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def claim(self) -> str: ...  # noqa: D102
    @property
    def who(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def what(self) -> str: ...  # noqa: D102
    @property
    def due_on(self) -> str | None: ...  # noqa: D102
    @property
    def frozen(self) -> bool: ...  # noqa: D102


def of_dispute(dispute: Dispute, words: Catalogue) -> Waiting:
    """Return a dispute as it waits."""
    say, notes = words.say, []
    if dispute.due_on:
        notes.append(say("queue.due", date=date_words(words, Day(dispute.due_on))))
    if dispute.frozen:
        notes.append(say("queue.frozen"))
    other = "release" if dispute.frozen else "freeze"
    return Waiting(
        head=say("queue.dispute", kind=say(f"dispute_kind.{dispute.kind}"), who=tidy(dispute.who)),
        text=tidy(dispute.what),
        notes=(tidy(dispute.claim), *notes),
        keys=(
            key(Deed.RESOLVE, words, dispute.id),
            key(Deed.DISPUTE, words, f"{dispute.id}/{other}", label=say(f"queue.{other}")),
            key(Deed.WITHDRAW, words, dispute.claim),
        ),
    )


def of_proposal(proposal: Proposal, words: Catalogue) -> Waiting:
    """Return a proposal in review as it waits."""
    kind = "queue.new" if proposal.base == 0 else "queue.change"
    reason = (words.say("terminal.reason", reason=tidy(proposal.reason)),) if proposal.reason else ()
    return Waiting(
        head=words.say(kind, name=tidy(proposal.author_name)),
        text=tidy(proposal.claim.text),
        notes=(tidy(proposal.claim.id), *reason),
        keys=(key(Deed.REVIEW, words, proposal.id),),
        proposal=proposal,
    )


def of_request(claim: Claim, asked: str, due: str, words: Catalogue, *, draft: str | None = None) -> Waiting:
    """Return a request for a response whose day has come, of an entry or of one's own `draft`, by its id."""
    ref = draft or claim.id
    return Waiting(
        head=words.say("queue.request", name=tidy(asked), date=date_words(words, Day(due))),
        text=tidy(claim.text),
        notes=(tidy(claim.id),),
        keys=(key(Deed.OUTCOME, words, ref), key(Deed.NO_RESPONSE, words, ref)),
    )


def of_problem(problem: Problem, words: Catalogue, counts: str = "") -> Waiting:
    """Return a reported problem as it waits; `counts` says what readers said of the entry."""
    number = str(problem.n)
    edit = (key(Deed.EDIT, words, problem.claim),) if problem.claim else ()
    return Waiting(
        head=words.say("queue.problem"),
        text=tidy(problem.text or "") or words.say("queue.no_words"),
        notes=(tidy(problem.claim), counts) if problem.claim else (),
        keys=(key(Deed.SETTLE, words, number), *edit),
    )


def of_wanted(wanted: Wanted, words: Catalogue) -> Waiting:
    """Return what nothing on file answers, with how many people ask it."""
    head = "queue.wanted_one" if wanted.people == 1 else "queue.wanted"
    start = (key(Deed.ADD, words, wanted.id, label=words.say("queue.start")),)
    return Waiting(
        head=words.say(head, count=str(wanted.people)),
        text=tidy(wanted.text or "") or words.say("queue.text_not_kept"),
        notes=(),
        keys=(*(start if wanted.text else ()), key(Deed.DROP, words, wanted.id)),
    )


def of_stale(claim: Claim, words: Catalogue, counts: str = "") -> Waiting:
    """Return an entry whose last review is long ago; `counts` says what readers said of it."""
    return Waiting(
        head=words.say("queue.stale", date=date_words(words, claim.last_reviewed_on)),
        text=tidy(claim.text),
        notes=(tidy(claim.id), counts),
        keys=(key(Deed.KEEP, words, claim.id), key(Deed.EDIT, words, claim.id)),
    )


def due_requests(claims: Iterable[Claim], today: str) -> Iterator[tuple[Claim, str, str]]:
    """Yield the open requests of `claims` whose day has come: claim, whom, by when; the first due first."""
    found = [
        (each.due_on, claim.id, claim, each.asked)
        for claim in claims
        for each in claim.requests
        if each.outcome == "pending" and each.due_on is not None and each.due_on <= today
    ]
    for due, _, claim, asked in sorted(found, key=lambda each: each[:2]):
        yield claim, asked, due


def on_page(listed: Sequence[Waiting], page: int) -> range:
    """Return the places of what stands on page `page` (from 0); beyond the last page, on the last one."""
    page = min(max(page, 0), max(0, (len(listed) - 1) // A_PAGE))
    return range(page * A_PAGE, min((page + 1) * A_PAGE, len(listed)))


def queue_page(waiting: Iterable[Waiting], page: int, words: Catalogue) -> Shown:
    """Return page `page` (from 0) of what waits; beyond the last page, the last one."""
    listed = tuple(waiting)
    places = on_page(listed, page)
    page = places.start // A_PAGE
    count = "queue.title_one" if len(listed) == 1 else "queue.title"
    made: list[Paragraph] = [heading(words.say(count, count=str(len(listed))))]
    rows: list[Row] = []
    for n, each in ((place + 1, listed[place]) for place in places):
        made.append(paragraph(Shape.ITEM, strong(f"{n}. {each.head}")))
        made.append(paragraph(Shape.TEXT, plain(each.text)))
        made += [note(each) for each in each.notes if each]
        # Rows stand below all that waits, so each button says to which it belongs.
        rows.append(tuple(Key(label=f"{n}. {one.label}", text=one.text) for one in each.keys))
    if not listed:
        made = [paragraph(Shape.TEXT, plain(words.say("queue.empty")))]
    rows += turning(Deed.QUEUE, words, "", page=page, count=len(listed), size=A_PAGE)
    return tuple(made), tuple(rows)
