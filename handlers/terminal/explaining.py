"""Why claims were found, and which of them look like one: as terminal text.

Pure functions of what they are given, like the other renderings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.answers import Tier
from bot.display import in_quotes, tidy
from bot.reason_words import reason_lines
from bot.wording import DEFAULT_LANGUAGE, Catalogue, catalogue
from handlers.terminal.wrapping import NARROWEST, Row, Tone, printed, unbroken, wrapped

if TYPE_CHECKING:
    from bot.desk import Nearby, Pair


def render_reasons(
    found: Sequence[Nearby], *, width: int, colour: bool = False, language: str = DEFAULT_LANGUAGE
) -> str:
    """Return each of the claims that were `found` with the reason why, in the order given."""
    words, width = catalogue(language), max(width, NARROWEST)

    def rows() -> Iterator[Row]:
        if not found:
            yield from wrapped([(words.say("terminal.no_near"), Tone.PLAIN)], width)
        for place, each in enumerate(found):
            if place:
                yield ()
            is_shown = each.record.tier is not Tier.NONE
            text = (tidy(each.record.text), Tone.STRONG if is_shown else Tone.PLAIN)
            yield from wrapped([text], width)
            below = f"{each.record.id} · {each.record.story}" if each.record.story else each.record.id
            yield from wrapped([(below, Tone.FAINT)], width, indent=2)
            if each.record.part:
                part = words.say("heading.paste", part=in_quotes(each.record.part, words))
                yield from wrapped([(part, Tone.FAINT)], width, indent=2)
            for line in reason_lines(each.why, words):
                yield from wrapped([(line, Tone.PLAIN)], width, indent=2, hanging=2)

    return printed(rows(), colour=colour)


def render_pairs(
    pairs: Sequence[Pair],
    *,
    more: int,
    related: int,
    width: int,
    colour: bool = False,
    language: str = DEFAULT_LANGUAGE,
) -> str:
    """Return the pairs that look like one claim, in the order given, each with what merges the two.

    `more` counts those that are not listed, `related` those left out because they are related on file.
    """
    words, width = catalogue(language), max(width, NARROWEST)
    say = words.say

    def said(text: str, tone: Tone = Tone.FAINT) -> list[Row]:
        return wrapped([(text, tone)], width)

    def rows() -> Iterator[Row]:
        key = "doubles.none" if not pairs else "doubles.one" if len(pairs) == 1 else "doubles.some"
        yield from said(say(key, count=str(len(pairs))), Tone.HEADING if pairs else Tone.PLAIN)
        for each in pairs:
            yield ()
            yield from _pair(each, words, width)
        if more or related:
            yield ()
        if more:
            yield from said(say("doubles.more", count=f"{more:,}"))
        if related:
            yield from said(say("doubles.related", count=f"{related:,}"))

    return printed(rows(), colour=colour)


def _pair(pair: Pair, words: Catalogue, width: int) -> Iterator[Row]:
    say = words.say

    def said(text: str, tone: Tone = Tone.FAINT) -> list[Row]:
        return wrapped([(text, tone)], width, indent=2)

    percent = str(min(99, round(100 * pair.probability)))
    how = say("doubles.exact") if pair.exact else say("doubles.likely", percent=percent)
    yield from wrapped([(how, Tone.STRONG)], width)
    for claim in (pair.older, pair.newer):
        spans = [(tidy(claim.text), Tone.PLAIN), (f" ({claim.id})", Tone.FAINT)]
        yield from wrapped(spans, width, indent=2, hanging=2)
    if not pair.exact:
        if pair.shared:
            yield from said(say("why.common", words=", ".join(pair.shared)))
        if pair.cosine is not None:
            yield from said(say("doubles.meaning", meaning=f"{pair.cosine:.2f}"))
    for each in pair.differences:
        key = "doubles.differs_absent" if each.record is None else "doubles.differs"
        yield from said(say(key, pasted=each.pasted, record=each.record or ""), Tone.CAUTION)
    # A command that is broken over two lines cannot be copied.
    yield unbroken(say("doubles.merge", ending=pair.newer.id, staying=pair.older.id), indent=2)
