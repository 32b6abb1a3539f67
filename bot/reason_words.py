"""Reasons in words: one short line for a card, or line by line for whoever asks to have it explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.display import in_quotes
from bot.matching import FEW_WORDS
from bot.reasons import Kept, Reason
from bot.wording import Catalogue

NAMED: Final = 6
"""Words in common that a card names; the others are counted."""


def short_reason(why: Reason, words: Catalogue) -> str:
    """Return why a claim was found in one line, such as “shares with the claim: harbour, nine days”."""
    parts = [_what(why, words)] if why.nearest is not None or why.source is None else []
    if why.source is not None:
        parts.append(words.say("why.source"))
    if not why.exact:
        parts.append(_likely(why.probability, words))
    return "; ".join(parts)


def reason_lines(why: Reason, words: Catalogue) -> Iterator[str]:
    """Yield why a claim was found and what kept it from being the same claim, one line each."""
    say = words.say
    yield f"{say(f'why.tier_{why.tier}')} · {_likely(why.probability, words)}"
    if why.nearest is not None:
        where = say(f"why_where.{why.nearest.where}")
        key = "why.nearest_id" if why.nearest.id else "why.nearest"
        yield f"{say(key, where=where, id=why.nearest.id)}: {in_quotes(why.nearest.text, words)}"
    if why.exact:
        yield say(f"why.exact_{why.nearest.where}" if why.nearest else "why.exact_text")
    else:
        yield say("why.common", words=", ".join(why.shared)) if why.shared else say("why.common_none")
        close = f"{why.words:.2f}"
        if why.cosine is None:
            yield say("why.close_words", words=close)
        else:
            yield say("why.close_both", words=close, meaning=f"{why.cosine:.2f}")
    if why.source is not None:
        yield say("why.link", id=why.source)
    if why.kept is not None:
        bar = "" if why.bar is None else str(round(100 * why.bar))
        count = str(FEW_WORDS) if why.kept is Kept.FEW_WORDS else ""
        yield say(f"why.kept_{why.kept}", bar=bar, count=count)


def _what(why: Reason, words: Catalogue) -> str:
    if why.nearest is None:
        return words.say("why.meaning" if why.cosine is not None else "why.names")
    if why.exact:
        return words.say(f"why.exact_{why.nearest.where}")
    where = words.say(f"why_where.{why.nearest.where}")
    return words.say("why.shares", where=where, words=_some(why.shared, words))


def _some(shared: Sequence[str], words: Catalogue) -> str:
    named = ", ".join(shared[:NAMED])
    if len(shared) <= NAMED:
        return named
    return words.say("why.more_words", words=named, count=str(len(shared) - NAMED))


def _likely(probability: float, words: Catalogue) -> str:
    percent = round(100 * probability)
    if percent < 1:
        return words.say("why.hardly")
    if percent >= 100:  # noqa: PLR2004 - nothing but a wording on file is certain
        return words.say("why.surely")
    return words.say("why.likely", percent=str(percent))
