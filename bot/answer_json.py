"""The Answer as one JSON object: what `counterclaim check --json` prints.

It chooses and names fields and adds nothing. The keys are a promise to programs that read them.
"""

from __future__ import annotations

from typing import Final

from bot.answers import Answer, ClaimRecord, Line
from bot.claims import RelationKind

PLACES: Final = 4
"""Decimals of a probability: more would promise an exactness that a fitted figure does not have."""

COUNTER_CLAIMS: Final = frozenset({RelationKind.COUNTER_CLAIM_OF, RelationKind.CONTRADICTS})
"""The relations under which another claim is shown as a counter-claim."""


def as_json(answer: Answer) -> dict[str, object]:
    """Return `answer` as an object of plain values, in a fixed order of keys."""
    return {
        "tier": answer.tier.value,
        "ledger_revision": answer.ledger_revision,
        "claims": [_claim(each) for each in answer.claims],
    }


def _claim(record: ClaimRecord) -> dict[str, object]:
    return {
        "id": record.id,
        "text": record.text,
        "language": record.language,
        "pasted_language": record.pasted_language,
        "probability": None if record.probability is None else round(record.probability, PLACES),
        "last_reviewed_on": record.last_reviewed_on,
        "summary": [
            {"group": each.group.value, "text": each.text, "citations": list(each.citations)}
            for each in record.summary
        ],
        "summary_chosen_by_model": any(each.by_model for each in record.summary),
        "groups": {group.value: [_line(each) for each in lines] for group, lines in record.groups},
        "not_on_file": list(record.not_on_file),
        "differences": [
            {"kind": each.kind.value, "pasted": each.pasted, "record": each.record}
            for each in record.differences
        ],
        "counter_claims": [
            {"id": each.id, "text": each.text} for each in record.related if each.kind in COUNTER_CLAIMS
        ],
        "sources": [
            {
                "n": each.n,
                "publisher": each.publisher,
                "title": each.title,
                "url": each.url,
                "archive_url": each.archive_url,
                "published_on": each.published_on,
            }
            for each in record.sources
        ],
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "statement": line.statement,
        "kind": line.kind.value,
        "speaker": line.speaker,
        "role": line.role,
        "on_behalf_of": line.on_behalf_of,
        "official": line.official,
        "quote_mode": line.quote_mode.value,
        "text": line.text,
        "said_on": line.said_on,
        "told_to": line.told_to,
        "citations": list(line.citations),
    }
