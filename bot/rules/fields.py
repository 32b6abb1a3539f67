"""Which check each text field of an entry has, and the walk over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from bot.claims import Claim, Relation, ResponseRequest
from bot.errors import Refusal
from bot.rules.texts import (
    MAX_CLAIM,
    MAX_LINE,
    MAX_LIST,
    MAX_NOTE,
    MAX_PASSAGE,
    MAX_TITLE,
    Check,
    address,
    day,
    identifier,
    language,
    line,
    partial_date,
    passage,
    sha256,
    wikidata,
    workspace,
)
from bot.sources import Artifact, Custody, Source, Speaker
from bot.statements import Citation, Statement, Target

_LINE: Final = line(MAX_LINE)
_NOTE: Final = line(MAX_NOTE)

# A field that holds the id of something else in the entry is checked by `bot.rules.references`.
CHECKS: Final[Mapping[type, Mapping[str, Check]]] = {
    Claim: {
        "id": identifier,
        "text": line(MAX_CLAIM),
        "language": language,
        "aliases": line(MAX_CLAIM),
        "story": _LINE,
        "response_not_sought": _NOTE,
        "embargo_until": day,
        "last_reviewed_on": day,
        "workspace": workspace,
    },
    Statement: {
        "id": identifier,
        "text": line(MAX_PASSAGE),
        "part": line(MAX_CLAIM),
        "anonymous": _LINE,
        "anonymity_reason": _NOTE,
        "role": _LINE,
        "on_behalf_of": _LINE,
        "language": language,
        "original_text": passage(MAX_PASSAGE),
        "original_language": language,
        "said_on": partial_date,
        "date_note": _NOTE,
        "told_to": _LINE,
        "venue": _LINE,
    },
    Target: {},
    Citation: {"locator": _LINE, "relay": _LINE},
    Source: {
        "id": identifier,
        "publisher": _LINE,
        "title": line(MAX_TITLE),
        "author": _LINE,
        "url": address,
        "archive_url": address,
        "locator": line(MAX_TITLE),
        "published_on": partial_date,
        "retrieved_on": day,
        "excerpt": passage(MAX_PASSAGE),
        "excerpt_sha256": sha256,
        "origin": _LINE,
        "note": _NOTE,
    },
    Speaker: {"id": identifier, "name": _LINE, "aliases": _LINE, "wikidata": wikidata},
    Artifact: {"id": identifier, "name": _LINE, "description": _NOTE},
    Custody: {"by": _LINE, "on": partial_date, "note": _NOTE},
    Relation: {},
    ResponseRequest: {
        "id": identifier,
        "asked": _LINE,
        "how": _LINE,
        "asked_on": day,
        "due_on": day,
        "note": _NOTE,
    },
}


def field_refusals(value: Any, path: str = "") -> Iterator[Refusal]:
    """Yield what is wrong with each field by itself, in the entry `value` and in all that is nested in it.

    `path` leads to `value`; it ends in a dot where it is not empty.
    """
    checks = CHECKS[type(value)]
    for field in fields(value):
        name, content = path + field.name, getattr(value, field.name)
        items = (
            [(f"{name}[{n}]", each) for n, each in enumerate(content)]
            if isinstance(content, tuple)
            else [(name, content)]
        )
        if len(items) > MAX_LIST:
            yield Refusal(field=name, wrong=f"has {len(items)} items", right=f"give at most {MAX_LIST}")
            continue
        for place, item in items:
            if is_dataclass(item):
                yield from field_refusals(item, f"{place}.")
            elif item is not None and field.name in checks and (fault := checks[field.name](item)):
                yield Refusal(field=place, wrong=fault[0], right=fault[1])
