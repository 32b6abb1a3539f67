"""Which check each text field of an entry has, and the walk over all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

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
    Fault,
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


class _Plan(NamedTuple):
    """What of a class of records is looked at: the values of these fields, and how each is looked at."""

    texts: Callable[[Any], tuple[Any, ...]]
    checks: tuple[Check, ...]
    lists: Callable[[Any], tuple[Any, ...]]
    list_checks: tuple[Check | None, ...]


@cache
def _plan(cls: Any) -> _Plan:
    """Return the plan for a class, made once from its fields and `CHECKS`."""
    hints, checks = get_type_hints(cls), CHECKS[cls]
    lists = [name for name, hint in hints.items() if get_origin(hint) is tuple]
    texts = [name for name in checks if name not in lists]
    # A record in a field of its own is looked at like a list of one; no list is as short as an enum's value.
    alone = [name for name, hint in hints.items() if any(each in CHECKS for each in (hint, *get_args(hint)))]
    texts += [name for name in alone if name not in lists]
    return _Plan(
        texts=values_of(tuple(texts)),
        checks=tuple(checks.get(name, _nested) for name in texts),
        lists=values_of(tuple(lists)),
        list_checks=tuple(checks.get(name) for name in lists),
    )


@cache
def values_of(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads these fields of a record, whatever their number."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda _: ()
    only = attrgetter(names[0])
    return lambda value: (only(value),)


def _nested(value: Any) -> Fault | None:
    sound = _is_shared_sound(value) if isinstance(value, Source | Speaker) else _is_sound(value)
    return None if sound else ("", "")


# Many entries of one file cite the same sources and name the same speakers.
@lru_cache(maxsize=1_024)
def _is_shared_sound(value: Source | Speaker) -> bool:
    return _is_sound(value)


def _is_sound(value: Any) -> bool:
    """Say whether nothing is wrong with any field; what is, is for `field_refusals` to find out."""
    plan = _plan(type(value))  # type: ignore[arg-type]
    for check, text in zip(plan.checks, plan.texts(value), strict=True):
        if text is not None and check(text) is not None:
            return False
    for list_check, items in zip(plan.list_checks, plan.lists(value), strict=True):
        if not items:
            continue
        if len(items) > MAX_LIST:
            return False
        look = list_check or (_nested if is_dataclass(items[0]) else None)
        if look is not None and any(look(each) is not None for each in items):
            return False
    return True


def field_refusals(value: Any, path: str = "") -> Iterator[Refusal]:
    """Yield what is wrong with each field by itself, in the entry `value` and in all that is nested in it.

    `path` leads to `value`; it ends in a dot where it is not empty.
    """
    if not path and _is_sound(value):
        return
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
