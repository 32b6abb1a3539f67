"""The summary: one sentence each for assertion, denial and official response, put together by templates.

A sentence says what one row says, in the row's words and those of the catalogue. It never weighs one
row against another. Of a statement's text it shows all, or a pointer to it, or the sentences that somebody
chose (`bot.highlights`), with an ellipsis for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bot.answers import Line, Sentence
from bot.dates import precision
from bot.display import capitalised, tidy
from bot.folding import fold
from bot.statements import GROUP_OF, Group, Kind, QuoteMode
from bot.wording import Catalogue

LONGEST_TEXT: Final = 280
"""Characters: a longer text stands only in its line, so that the summary stays on one screen."""

SUMMED_UP: Final = (Group.ASSERTED, Group.DENIED, Group.OFFICIAL_RESPONSE)

# How near to the speaker's own words a text is, nearest first.
_NEARNESS: Final = (QuoteMode.VERBATIM, QuoteMode.PARTIAL, QuoteMode.TRANSLATION, QuoteMode.PARAPHRASE)

_CLOSING: Final = "”’\"'»›)]"
# The last point of “U.S.” or “J.” belongs to the word and stays inside a quotation.
_ABBREVIATION: Final = re.compile(r"(?:^|[\s.(])[^\W\d_]\.$")
_LOOSE: Final = " ,;:"


def summary(groups: Sequence[tuple[Group, Sequence[Line]]], words: Catalogue) -> tuple[Sentence, ...]:
    """Return the sentences of the summary in the order of the groups.

    `groups` are lines in the order of the ledger. Of each group the newest line of the highest
    standing is chosen and the rest counted; a group without a line gets a sentence that says so.
    """
    lines = dict(groups)
    has_official_stance = any(
        each.official for group in (Group.ASSERTED, Group.DENIED) for each in lines.get(group, ())
    )
    made: list[Sentence] = []
    for group in SUMMED_UP:
        if found := lines.get(group):
            made.append(sentence(foremost(found), len(found) - 1, words))
            continue
        # Who denied in office has answered officially: to say “no official response” would be untrue.
        is_further = group is Group.OFFICIAL_RESPONSE and has_official_stance
        text = words.say(f"none.{group}_further" if is_further else f"none.{group}")
        made.append(Sentence(group=group, text=text, citations=(), mark=len(text) - 1))
    return tuple(made)


def foremost(lines: Sequence[Line]) -> Line:
    """Return the newest of `lines` that has the highest standing.

    What was not taken back stands before what was, then official before not, then by nearness to the
    speaker's words, words heard at first hand before relayed ones. An unknown date is the oldest;
    lines that are alike keep their order.
    """
    newest_first = sorted(lines, key=lambda line: line.said_on or "", reverse=True)
    return min(newest_first, key=_standing)


def _standing(line: Line) -> tuple[bool, bool, int, bool]:
    is_relayed_quote = line.quote_mode is QuoteMode.VERBATIM and bool(line.relays)
    return (
        line.since is not None and line.since.kind is Kind.RETRACTION,
        not line.official,
        _NEARNESS.index(line.quote_mode),
        is_relayed_quote,
    )


def sentence(line: Line, others: int, words: Catalogue, cut: str | None = None) -> Sentence:
    """Return the sentence that says what `line` says; `others` counts the lines beside it.

    `cut` is what stands in it of a text that is too long: whole sentences of it, what is left out marked.
    """
    repeats = _repeats(line, words)
    text = line.display if cut is None else cut
    text = text if len(text) <= LONGEST_TEXT and not repeats else ""
    asides = _asides(line)
    counted = _counted(others, words)
    shape, text = _closed(text, is_last=not counted)
    if not text:
        shape = "sentence.bare" if repeats else _shape_without_text(line)
        asides += filter(None, [counted])
    rest = words.say("sentence.others", others=counted) if counted and text else ""
    made = words.say(
        shape,
        who=_who(line, words),
        act=_act(line, words, with_text=bool(text) or repeats),
        asides=words.say("sentence.asides", asides="; ".join(asides)) if asides else "",
        text=text,
        others=rest,
    )
    since = line.since.citations if line.since else ()
    return Sentence(
        group=GROUP_OF[line.kind],
        text=made,
        citations=tuple(dict.fromkeys(line.citations + since)),
        # The sources are the chosen line's, not those of the lines that are only counted.
        mark=len(made.removesuffix(".")) - len(rest),
    )


def _repeats(line: Line, words: Catalogue) -> bool:
    """Say whether the text of `line` is what stands where somebody was asked and no words were given."""
    key = f"outcome_text.{line.kind}"
    if line.quote_mode is not QuoteMode.PARAPHRASE or not words.knows(key):
        return False
    said = tidy(words.say(key, name=line.speaker))
    return fold(line.display) == fold(said)


def _shape_without_text(line: Line) -> str:
    if not line.display:
        return "sentence.bare"
    own_words = line.quote_mode in {QuoteMode.VERBATIM, QuoteMode.TRANSLATION}
    return "sentence.words_in_record" if own_words else "sentence.as_in_record"


def cited(made: Sentence) -> tuple[str, str]:
    """Return the text of a sentence before and after the place where the numbers of its sources stand."""
    return made.text[: made.mark], made.text[made.mark :]


def _who(line: Line, words: Catalogue) -> str:
    # A description, unlike a name, takes a capital at the beginning of a sentence.
    name = capitalised(line.speaker) if line.anonymous else line.speaker
    role = _bare(line.role)
    behalf = _bare(line.on_behalf_of)
    unnamed = words.say("who.unnamed")
    parts = [unnamed] if line.anonymous and not _says(name, unnamed) else []
    parts += [role] if role else []
    named = behalf.casefold().removeprefix(words.say("who.article")) if behalf else ""
    if behalf and not any(_says(each, named) for each in (line.speaker, role or "")):
        parts.append(words.say("who.for", name=behalf))
    return words.say("who.apposition", name=name, parts=", ".join(parts)) if parts else name


def _says(text: str, named: str) -> bool:
    """Say whether `text` (“Kremlin spokesperson”) has the words `named` (“kremlin”), case aside."""
    return re.search(rf"(?<!\w){re.escape(named)}(?!\w)", text.casefold()) is not None


def _act(line: Line, words: Catalogue, *, with_text: bool) -> str:
    told = _bare(line.told_to) or ""
    part = _bare(line.part) or ""
    key = f"act.{line.kind}"
    if line.about:
        own = f"{key}_{line.about.kind}"
        key = own if words.knows(own) else f"{key}_about"
    elif not with_text and words.knows(f"{key}_bare"):
        key = f"{key}_bare"
    elif told and words.knows(f"{key}_told"):
        key = f"{key}_told"
    if part and words.knows(f"{key}_named"):
        key = f"{key}_named"
    return words.say(
        key,
        told=told,
        part=part,
        about=line.about.words if line.about else "",
        to=words.say("told.to", told=told) if told else "",
        by=words.say("told.by", told=told) if told else "",
        when=words.say(f"when.{precision(line.said_on)}", date=line.date) if line.said_on else "",
        as_of=words.say("when.as_of", date=line.date) if line.said_on else "",
    )


def _asides(line: Line) -> list[str]:
    """Return what stands in round brackets: a missing date, a translation, the relay, a later change."""
    relays = [each for each in map(_bare, line.relays) if each]
    asides = [] if line.said_on else [line.date]
    if line.quote_mode is QuoteMode.TRANSLATION and line.display:
        asides.append(line.mode)
    return asides + relays + ([line.since.words] if line.since else [])


def _counted(others: int, words: Catalogue) -> str:
    if others < 1:
        return ""
    return (
        words.say("sentence.one_other")
        if others == 1
        else words.say("sentence.more_others", count=str(others))
    )


def _closed(text: str, *, is_last: bool) -> tuple[str, str]:
    """Return the template for a sentence that ends in `text`, and `text` without its own full stop."""
    core = text.rstrip(_CLOSING)
    closing = text[len(core) :]
    is_quoted = any(mark in closing for mark in _CLOSING[:6])
    if core.endswith(".."):
        core = core.rstrip(".") + "…"
    elif core.endswith(".") and not (is_quoted and _ABBREVIATION.search(core)):
        core = core[:-1]
    elif not closing:
        core = core.rstrip(_LOOSE + "。")
    ends_itself = is_last and not closing and core.endswith(("?", "!", "？", "！", "؟"))
    return ("sentence.text_ended" if ends_itself else "sentence.text"), core + closing


def _bare(value: str | None) -> str | None:
    """Return a value without loose punctuation at its ends, or None where nothing is left."""
    bare = (value or "").strip(_LOOSE)
    return (bare if _ABBREVIATION.search(bare) else bare.rstrip("." + _LOOSE)) or None
