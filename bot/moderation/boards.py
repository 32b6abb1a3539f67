"""What those who keep the ledger see of a proposal: the draft with what it lacks, and the card for review.

Pure: values in, paragraphs and buttons out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol, TypeAlias

from bot.answers import Tier
from bot.buttons import Key, Row
from bot.claims import Claim, Outcome
from bot.display import tidy
from bot.moderation.deeds import Deed, Do, encoded
from bot.moderation.diffs import diff, whole
from bot.moderation.missing import missing
from bot.moderation.proposals import Proposal, Stage
from bot.paragraphs import SEPARATOR, Paragraph, Shape, faint, paragraph, plain, strong
from bot.records import record
from bot.statements import State
from bot.wording import Catalogue

Shown: TypeAlias = tuple[tuple[Paragraph, ...], tuple[Row, ...]]
"""The paragraphs of a board and its rows of buttons."""

IN_ROW: Final = 5
LISTED: Final = 15
"""Statements to choose from on one page of a list: three rows of buttons."""


@record
class Near:
    """What is near the claim of a draft; `probability` is 0 to 1, or None by a link alone.

    A claim on file or, where `waits_by` names who proposed it, one that waits for review; then `proposal`
    is its id, for whoever may look at it. `why` says in one line why it was found.
    """

    id: str
    text: str
    tier: Tier
    probability: float | None
    why: str = ""
    proposal: str = ""
    waits_by: str | None = None


@record
class Likeness:
    """A new speaker of a draft and one on file who may be the same: their names, and the id on file."""

    typed: str
    on_file: str
    id: str


class Counts(Protocol):
    """How often readers said of an entry: mine, not mine, none of these; and how often they reported it."""

    @property
    def mine(self) -> int: ...  # noqa: D102
    @property
    def not_mine(self) -> int: ...  # noqa: D102
    @property
    def none(self) -> int: ...  # noqa: D102
    @property
    def reports(self) -> int: ...  # noqa: D102


def counts_words(counts: Counts, words: Catalogue) -> str:
    """Return what readers said of an entry, in numbers."""
    names = ("mine", "not_mine", "none", "reports")
    return words.say("board.counts", **{each: str(getattr(counts, each)) for each in names})


def key(deed: Deed, words: Catalogue, ref: str = "", *, page: int = 0, label: str | None = None) -> Key:
    """Return the button for a deed on `ref`."""
    return Key(
        label=label or words.say(f"deed.{deed.name.lower()}"), text=encoded(Do(deed=deed, ref=ref, page=page))
    )


def continue_key(sheet: str, label: str) -> Key:
    """Return the button that opens a form again, with what was typed into it."""
    return Key(label=label, text=f"cf:{sheet}:0")


def rows(keys: Sequence[Key]) -> tuple[Row, ...]:
    """Return buttons in rows of at most five."""
    return tuple(tuple(keys[start : start + IN_ROW]) for start in range(0, len(keys), IN_ROW))


def note(text: str) -> Paragraph:
    """Return small print."""
    return paragraph(Shape.NOTE, faint(text))


def heading(text: str) -> Paragraph:
    """Return a heading."""
    return paragraph(Shape.HEADING, strong(text))


def draft_board(  # noqa: PLR0917 - what the board is made of, each by itself
    proposal: Proposal,
    before: Claim | None,
    near: Iterable[Near],
    alike: Iterable[Likeness],
    today: str,
    words: Catalogue,
    said: str | None = None,
    counts: str | None = None,
) -> Shown:
    """Return the board of one's own draft; `before` is the claim on file, `said` what has just been done.

    `counts` says what readers said of the entry.
    """
    say, claim, ref = words.say, proposal.claim, proposal.id
    made: list[Paragraph] = [paragraph(Shape.TEXT, plain(said))] if said else []
    made.append(heading(say("board.draft" if before is None else "board.draft_of", claim=tidy(claim.id))))
    made += [note(counts)] if counts else []
    if proposal.answer and proposal.stage is Stage.CHANGES_ASKED:
        who = tidy(proposal.reviewer_name or "")
        made.append(
            paragraph(Shape.TEXT, strong(say("board.asked_for", name=who)), plain(tidy(proposal.answer)))
        )
    made += [*_hidden(before, words), *whole(claim, words)]
    keys: list[Key] = []
    for each in near:
        made += _near(each, words)
        keys += _near_keys(each, words)
    for other in alike:
        names = {"typed": tidy(other.typed), "on_file": tidy(other.on_file)}
        made.append(paragraph(Shape.NOTE, plain(say("board.alike", **names))))
        label = say("board.use", name=tidy(other.on_file))
        keys.append(key(Deed.STATEMENT, words, f"{ref}/@{other.id}", label=label))
    lacking = missing(claim, today)
    if lacking:
        made.append(heading(say("board.missing")))
        made += [paragraph(Shape.ITEM, plain(tidy(each))) for each in lacking]
    else:
        made.append(note(say("board.complete")))
    first = [key(Deed.STATEMENT, words, ref)]
    if claim.statements:
        first.append(key(Deed.STATEMENT, words, f"{ref}/0", label=say("board.edit_statement")))
    first.append(key(Deed.EDIT, words, ref, label=say("board.edit_claim")))
    if not lacking:
        first.append(key(Deed.SUBMIT, words, ref))
    first.append(key(Deed.DISCARD, words, ref))
    second = [key(Deed.ASK, words, ref)] if claim.response_not_sought is None else []
    if any(each.outcome is Outcome.PENDING for each in claim.requests):
        second.append(key(Deed.OUTCOME, words, ref))
    return tuple(made), (*rows(first), *rows([*second, *keys[: IN_ROW * 2]]))


def _near(near: Near, words: Catalogue) -> Iterator[Paragraph]:
    yield paragraph(Shape.NOTE, plain(near_words(near, words)))
    yield paragraph(Shape.NOTE, faint(tidy(near.id)), SEPARATOR, plain(tidy(near.text)))
    if tidy(near.why):
        yield note(tidy(near.why))


def _near_keys(near: Near, words: Catalogue) -> list[Key]:
    if near.waits_by is None:
        return [key(Deed.EDIT, words, near.id, label=words.say("board.edit_that", claim=tidy(near.id)))]
    label = words.say("board.see_that", claim=tidy(near.id))
    return [key(Deed.REVIEW, words, near.proposal, label=label)] if near.proposal else []


def _hidden(before: Claim | None, words: Catalogue) -> Iterator[Paragraph]:
    """Yield that a change brings back what was withdrawn, where it does."""
    if before is not None and before.state is State.WITHDRAWN:
        yield paragraph(Shape.TEXT, strong(words.say("board.hidden")))


def near_words(near: Near, words: Catalogue) -> str:
    """Return how near a claim on file is, or one that waits, with the probability in words."""
    sure = (
        ""
        if near.probability is None
        else words.say("board.sure", percent=str(round(100 * near.probability)))
    )
    if near.waits_by is not None:
        return words.say(f"board.waits_{near.tier}", sure=sure, name=tidy(near.waits_by))
    return words.say(f"board.near_{near.tier}", sure=sure)


def nearest_line(near: Near, words: Catalogue) -> str:
    """Return in one line of a list what is near, and why."""
    key = "queue.near" if near.waits_by is None else "queue.near_waits"
    return words.say(key, claim=tidy(near.id), why=tidy(near.why))


def statement_list(proposal: Proposal, page: int, words: Catalogue) -> Shown:
    """Return the statements of a draft, one of which is to be changed."""
    claim, say = proposal.claim, words.say
    start = page * LISTED
    listed = list(enumerate(claim.statements, start=1))[start : start + LISTED]
    made = [heading(say("board.which_statement"))]
    for n, each in listed:
        kind = say(f"kind.{each.kind}")
        made.append(paragraph(Shape.ITEM, strong(f"{n}. "), plain(kind), SEPARATOR, plain(tidy(each.text))))
    keys = [key(Deed.STATEMENT, words, f"{proposal.id}/{n}", label=str(n)) for n, _ in listed]
    turns = turning(
        Deed.STATEMENT, words, f"{proposal.id}/0", page=page, count=len(claim.statements), size=LISTED
    )
    return tuple(made), (*rows(keys), *turns)


def turning(deed: Deed, words: Catalogue, ref: str, *, page: int, count: int, size: int) -> tuple[Row, ...]:
    """Return the row with the buttons to the pages beside `page`, or nothing."""
    keys = []
    if page > 0:
        keys.append(key(deed, words, ref, page=page - 1, label=words.say("button.previous")))
    if (page + 1) * size < count:
        keys.append(key(deed, words, ref, page=page + 1, label=words.say("button.next")))
    return (tuple(keys),) if keys else ()


def review_board(
    proposal: Proposal,
    before: Claim | None,
    words: Catalogue,
    *,
    near: Iterable[Near] = (),
    ended: Claim | None = None,
    own: bool,
    counts: str | None = None,
    renamed: Mapping[str, int] | None = None,
) -> Shown:
    """Return the card of a proposal in review: what it changes, and what can be done about it.

    `before` is the claim on file, `near` others there, `ended` the one that is merged into it; `own` says
    that it is one's own, `counts` what readers said of the entry, and `renamed` which speakers become
    another one, in how many entries.
    """
    say = words.say
    made = [
        heading(say("board.review_new" if before is None else "board.review", claim=tidy(proposal.claim.id)))
    ]
    made.append(note(say("board.by", name=tidy(proposal.author_name))))
    if proposal.reason:
        made.append(note(say("terminal.reason", reason=tidy(proposal.reason))))
    made += [note(counts)] if counts else []
    if ended is not None:
        made.append(
            paragraph(Shape.TEXT, plain(say("board.merges", claim=tidy(ended.id), text=tidy(ended.text))))
        )
    if before is not None:
        made += [*_hidden(before, words), paragraph(Shape.TEXT, plain(tidy(before.text)))]
    made += diff(before, proposal.claim, words, renamed)
    made += [one for each in near for one in _near(each, words)]
    # Who approves vets what stands on this card, not what its author puts in its place meanwhile.
    keys = [key(Deed.APPROVE, words, f"{proposal.id}/{proposal.mark}")]
    keys += [key(each, words, proposal.id) for each in (Deed.CHANGES, Deed.DECLINE)]
    if own:
        keys.append(key(Deed.DISCARD, words, proposal.id))
    if proposal.stage is not Stage.IN_REVIEW:
        made.append(note(say("board.not_in_review", stage=say(f"stage.{proposal.stage}"))))
        keys = []
    return tuple(made), rows(keys)


def paragraphs_of(claim: Claim) -> Iterator[Paragraph]:
    """Yield the id and the text of a claim."""
    yield paragraph(Shape.ITEM, plain(tidy(claim.text)))
    yield note(tidy(claim.id))
