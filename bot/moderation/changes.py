"""What a change of the record means to whoever reads it: updated, corrected or withdrawn, and the words.

Pure functions over claims as they are on file. What no reader sees, such as an alias or the day of the
last review, is no change to a reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from bot.answers import ChangeClass, Changed
from bot.claims import Claim
from bot.dates import Day
from bot.display import in_quotes
from bot.statements import State, Statement
from bot.wording import Catalogue, date_words

__all__ = ["ChangeClass", "Changed", "change_of", "digest_words", "gravest", "line_words", "shared_change"]

LONGEST_DIGEST: Final = 1_800
"""Characters of a message to one follower: Discord takes 2,000."""

_ORDER: Final = (ChangeClass.UPDATED, ChangeClass.CORRECTED, ChangeClass.WITHDRAWN)
_ADDED_TO: Final = frozenset({"archive_url", "retrieved_on", "note", "excerpt", "excerpt_sha256", "medium"})
"""Of a source: what does not change what it is."""
_UNSEEN: Final = frozenset({"aliases", "wikidata", "excerpt", "excerpt_sha256", "medium", "description"})
"""Of a shared row: what no reply shows."""


def gravest(classes: Iterable[ChangeClass]) -> ChangeClass:
    """Return the gravest of `classes`; an update where there is none."""
    return max(classes, key=_ORDER.index, default=ChangeClass.UPDATED)


def is_shown(claim: Claim | None, today: str) -> bool:
    """Say whether the readers of the claim's workspace see it on the day `today` (YYYY-MM-DD)."""
    if claim is None or claim.state is not State.VETTED:
        return False
    return claim.embargo_until is None or claim.embargo_until <= today


def change_of(
    before: Claim | None, after: Claim, *, today: str, classed: ChangeClass | None = None
) -> ChangeClass | None:
    """Return what the change from `before` to `after` is to a reader on the day `today`; None: nothing.

    `classed` is the approver's word, which counts between an update and a correction. A claim that was
    merged into another one is an update: what it said goes on there.
    """
    was, is_ = is_shown(before, today), is_shown(after, today)
    if before is None or not was:
        return ChangeClass.UPDATED if is_ else None
    if not is_:
        return ChangeClass.UPDATED if after.merged_into else ChangeClass.WITHDRAWN
    if _seen(before) == _seen(after):
        return None
    found = ChangeClass.CORRECTED if _is_correction(before, after) else ChangeClass.UPDATED
    return classed if classed in {ChangeClass.UPDATED, ChangeClass.CORRECTED} else found


def shared_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> ChangeClass | None:
    """Return what a change of a speaker, source or artifact, given as documents, is to a reader."""
    differ = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - _UNSEEN
    if not differ:
        return None
    return ChangeClass.CORRECTED if _is_altered(before, after, differ) else ChangeClass.UPDATED


def _is_altered(before: Mapping[str, Any], after: Mapping[str, Any], differ: set[str]) -> bool:
    if "custody" in differ:
        old, new = list(before.get("custody") or ()), list(after.get("custody") or ())
        if new[: len(old)] == old:
            differ = differ - {"custody"}
    # What was not on file before is added; what was is altered.
    return any(before.get(key) is not None for key in differ - _ADDED_TO)


def _vetted(claim: Claim) -> tuple[Statement, ...]:
    return tuple(each for each in claim.statements if each.state is State.VETTED)


def _seen(claim: Claim) -> Claim:
    """Return what of a claim a reply can show."""
    statements = _vetted(claim)
    named = {each.speaker for each in statements} | set(claim.concerns)
    cited = {citation.source for each in statements for citation in each.citations}
    cited |= {each.about.id for each in statements if each.about}
    cited |= {step.source for each in claim.artifacts for step in each.custody if step.source}
    return replace(
        claim,
        aliases=(),
        last_reviewed_on=None,
        embargo_until=None,
        workspace="",
        statements=statements,
        speakers=tuple(
            replace(each, aliases=(), wikidata=None)
            for each in claim.speakers
            if each.id in named or any(other.merged_into == each.id for other in claim.speakers)
        ),
        sources=tuple(
            replace(each, excerpt=None, excerpt_sha256=None) for each in claim.sources if each.id in cited
        ),
        artifacts=tuple(replace(each, description=None) for each in claim.artifacts),
    )


def _is_correction(before: Claim, after: Claim) -> bool:
    """Say whether something that stood there reads otherwise now, or no longer stands."""
    if before.text != after.text:
        return True
    kept = {each.id: each for each in _vetted(after)}
    for old in _vetted(before):
        new = kept.get(old.id)
        if new is None or replace(new, citations=()) != replace(old, citations=()):
            return True
        if not set(old.citations) <= set(new.citations):
            return True
    for name in ("speakers", "sources", "artifacts"):
        later = {each.id: asdict(each) for each in getattr(_seen(after), name)}
        for each in getattr(_seen(before), name):
            if each.id in later and shared_change(asdict(each), later[each.id]) is ChangeClass.CORRECTED:
                return True
    return False


def line_words(changed: Changed, words: Catalogue) -> str:
    """Return the one line in the thread of a reply that was corrected or withdrawn."""
    on = date_words(words, changed.on)
    if changed.how is ChangeClass.WITHDRAWN and changed.until is not None:
        return words.say("changed.line_embargoed", date=on, until=date_words(words, changed.until))
    return words.say(f"changed.line_{changed.how}", date=on)


def digest_words(
    shown: Iterable[tuple[ChangeClass, str, str]], withdrawn: int, on: Day, words: Catalogue
) -> str:
    """Return the one message that tells a follower what changed.

    `shown` are the class, the id and the text of each claim that is still on file, `withdrawn` counts the
    others, of which nothing is said. What has no room is counted.
    """
    made = [words.say("changed.digest", date=date_words(words, on))]
    if withdrawn:
        key = "changed.digest_withdrawn" if withdrawn == 1 else "changed.digest_withdrawn_more"
        made.append(words.say(key, count=str(withdrawn)))
    left = 0
    room = LONGEST_DIGEST - sum(map(len, made)) - len(words.say("changed.digest_left", count="99999"))
    for how, key, text in shown:
        line = words.say(f"changed.digest_{how}", claim=in_quotes(text, words), id=key)
        if len(line) > room:
            left += 1
            continue
        room -= len(line) + 1
        made.append(line)
    if left:
        made.append(words.say("changed.digest_left", count=str(left)))
    return "\n".join(made)
