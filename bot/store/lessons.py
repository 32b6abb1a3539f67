"""Lessons: what readers said of answers, as labelled pairs of a text and an entry, ready to be fitted on.

Only texts that are still kept teach, and only entries that are still found for them.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from typing import Final

from bot import grouping
from bot.calibration import Calibration, contexts
from bot.matching import measured
from bot.newton import Row
from bot.paste import clean
from bot.refitting import Lesson
from bot.store.search import Known, candidates
from bot.views import View

_SAID: Final = """
    SELECT question.text, question.platform, question.tenant, feedback.claim, feedback.person, feedback.choice
    FROM feedback JOIN question ON question.id = feedback.question
    WHERE question.text IS NOT NULL AND feedback.person NOT IN (SELECT person FROM muted)
    ORDER BY feedback.at"""


def lessons(
    conn: sqlite3.Connection, weights: Calibration, workspace_of: Callable[[str, str], str], today: str
) -> tuple[Lesson, ...]:
    """Return one lesson for each pair of a wording and an entry that readers were of one mind on, mostly.

    A person has one voice on a pair, their last; where as many say yes as no, there is no lesson. The
    numbers are those by which `weights` judge the pair; `workspace_of` says what its readers saw.
    """
    votes: dict[tuple[str, str, str], dict[str, bool]] = defaultdict(dict)
    texts: dict[tuple[str, str], str] = {}
    for row in conn.execute(_SAID):
        workspace, key = workspace_of(row["platform"], row["tenant"]), grouping.key(row["text"])
        texts.setdefault((workspace, key), row["text"])
        votes[workspace, key, row["claim"]][row["person"]] = row["choice"] == "mine"
    known: dict[str, Known] = defaultdict(Known)
    found = []
    for (workspace, key, claim), voices in votes.items():
        yes = sum(voices.values())
        if 2 * yes == len(voices):
            continue
        view = View(today=today, workspace=workspace)
        row = _features(conn, texts[workspace, key], claim, view, weights, known[workspace])
        if row is not None:
            found.append(Lesson(text=key, row=row, right=2 * yes > len(voices)))
    return tuple(found)


def _features(  # noqa: PLR0917
    conn: sqlite3.Connection, text: str, claim: str, view: View, weights: Calibration, known: Known
) -> Row | None:
    """Return the numbers of `claim` for the part of `text` that it answers best; None where there is none."""
    best: tuple[float, Row] | None = None
    for _, entries in measured(candidates(conn, clean(text), view=view, known=known)):
        scores = [weights.score(each.signals) for each in entries]
        for each, context in zip(entries, contexts(scores), strict=True):
            if each.claim == claim:
                chance = weights.chance(each.signals, context)
                row = (*each.signals, *context)
                best = max(best, (chance, row)) if best else (chance, row)
    return best[1] if best else None
