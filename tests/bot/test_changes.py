"""What a change of the record is to readers: updated, corrected, withdrawn, or nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.answers import ChangeClass
from bot.claims import Claim
from bot.dates import Day, PartialDate
from bot.moderation.changes import change_of, digest_words, gravest
from bot.statements import Citation, Kind, State
from bot.wording import catalogue
from tests.entries import claim, source, speaker, statement, whole_claim

TODAY = "2026-11-23"
ENTRY = whole_claim()
SECOND = statement(id="s-9", kind=Kind.DENIAL, text="It was open.")


def of_first(**changes: Any) -> Claim:
    """Return the entry with its first statement changed."""
    first, *others = ENTRY.statements
    return replace(ENTRY, statements=(replace(first, **changes), *others))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (ENTRY, None),
        (replace(ENTRY, aliases=("The bridge was shut.",)), None),
        (replace(ENTRY, last_reviewed_on=Day("2026-11-23")), None),
        (replace(ENTRY, statements=(*ENTRY.statements, SECOND)), ChangeClass.UPDATED),
        (replace(ENTRY, statements=(*ENTRY.statements, replace(SECOND, state=State.DRAFT))), None),
        (of_first(citations=(Citation(source="gazette"), Citation(source="film"))), ChangeClass.UPDATED),
        (replace(ENTRY, text="The mayor closed it."), ChangeClass.CORRECTED),
        (of_first(text="It was closed on my order."), ChangeClass.CORRECTED),
        (of_first(kind=Kind.CONFIRMATION), ChangeClass.CORRECTED),
        (of_first(speaker="ross"), ChangeClass.CORRECTED),
        (of_first(said_on=PartialDate("2025-07-07")), ChangeClass.CORRECTED),
        (of_first(citations=(Citation(source="film"),)), ChangeClass.CORRECTED),
        (of_first(state=State.WITHDRAWN), ChangeClass.CORRECTED),
        (
            replace(ENTRY, sources=(source(title="Another title"), *ENTRY.sources[1:])),
            ChangeClass.CORRECTED,
        ),
        (
            replace(ENTRY, speakers=(speaker(aliases=("A. Quill",)), *ENTRY.speakers[1:])),
            None,
        ),
        (
            replace(ENTRY, speakers=(speaker(name="Ada Quell"), *ENTRY.speakers[1:])),
            ChangeClass.CORRECTED,
        ),
        (replace(ENTRY, state=State.WITHDRAWN), ChangeClass.WITHDRAWN),
        (replace(ENTRY, embargo_until=Day("2026-12-24")), ChangeClass.WITHDRAWN),
        (replace(ENTRY, embargo_until=Day(TODAY)), None),
        (replace(ENTRY, state=State.SUPERSEDED, merged_into="other"), ChangeClass.UPDATED),
    ],
)
def test_class_of_a_change(after: Claim, expected: ChangeClass | None) -> None:
    """What was added is an update, what reads otherwise a correction, what readers do not see nothing."""
    assert change_of(ENTRY, after, today=TODAY) is expected


def test_approver_decides_between_update_and_correction() -> None:
    """The approver's word counts for what is still shown, and cannot make a withdrawal less than one."""
    altered = of_first(text="It was closed on my order.")
    assert change_of(ENTRY, altered, today=TODAY, classed=ChangeClass.UPDATED) is ChangeClass.UPDATED
    gone = replace(ENTRY, state=State.WITHDRAWN)
    assert change_of(ENTRY, gone, today=TODAY, classed=ChangeClass.UPDATED) is ChangeClass.WITHDRAWN
    assert change_of(ENTRY, ENTRY, today=TODAY, classed=ChangeClass.CORRECTED) is None


def test_what_was_not_shown_is_new_or_nothing() -> None:
    """An entry that becomes visible is an update; one that nobody saw before or after is nothing."""
    hidden = replace(ENTRY, state=State.IN_REVIEW)
    assert change_of(None, ENTRY, today=TODAY) is ChangeClass.UPDATED
    assert change_of(hidden, ENTRY, today=TODAY) is ChangeClass.UPDATED
    assert change_of(hidden, replace(hidden, text="Another."), today=TODAY) is None
    assert gravest([]) is ChangeClass.UPDATED
    assert gravest([ChangeClass.WITHDRAWN, ChangeClass.CORRECTED]) is ChangeClass.WITHDRAWN


def test_digest_has_room_for_one_message() -> None:
    """A follower of very many claims gets one message that Discord takes, with the rest counted."""
    shown = [(ChangeClass.UPDATED, f"claim-{n}", claim().text * 3) for n in range(100)]
    text = digest_words(shown, 2, Day(TODAY), catalogue())
    assert len(text) <= 2_000
    assert "2 entries that you follow were withdrawn" in text
    listed = text.count("• Updated")
    assert listed
    assert f"{100 - listed} more" in text
