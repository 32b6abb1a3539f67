"""Whose words a text may claim to be: every quotation of an entry stands in an excerpt on file."""

from __future__ import annotations

from collections.abc import Iterator

from bot.claims import Claim
from bot.errors import Refusal
from bot.quotations import has_insertion, insertions, is_one_quotation, may_quote, occurs, quoted_spans
from bot.rules.fields import values_of
from bot.rules.texts import MAX_CLAIM, MAX_NOTE, MAX_PASSAGE, shown
from bot.statements import Kind, QuoteMode, State, Statement

_DROP_MARKS = "copy them from the excerpt, or leave out the quotation marks"
_DROP_BRACKETS = "leave out what the source does not print; only “[…]” may stand for what is left out"
_BESIDE = (
    "part",
    "role",
    "on_behalf_of",
    "told_to",
    "venue",
    "date_note",
    "anonymous",
    "anonymity_reason",
)
_AS_PARAPHRASE = "copy the words from the excerpt; otherwise it can only be saved as a paraphrase"


def quote_refusals(claim: Claim) -> Iterator[Refusal]:
    """Yield what is wrong with the quotations of an entry.

    A text or an excerpt beyond its length limit is not looked into: it is refused for that already.
    """
    excerpts = {
        each.id: each.excerpt
        for each in claim.sources
        if each.excerpt is not None and len(each.excerpt) <= MAX_PASSAGE
    }
    for n, statement in enumerate(claim.statements):
        cited = tuple(excerpts[each.source] for each in statement.citations if each.source in excerpts)
        path = f"statements[{n}]"
        yield from _original(path, statement)
        yield from _silence(path, statement)
        if len(statement.text) <= MAX_PASSAGE:
            yield from _MODES[statement.quote_mode](path, statement, cited)
        for name, text in _beside(path, statement):
            yield from _spans(name, text, cited)
    for name, text in _around(claim):
        yield from _spans(name, text, tuple(excerpts.values()))
    if claim.state is State.VETTED and len(claim.text) <= MAX_CLAIM:
        yield from _spans("text", claim.text, tuple(excerpts.values()))


def _spans(path: str, text: str, excerpts: tuple[str, ...]) -> Iterator[Refusal]:
    """Refuse each span between quotation marks that no excerpt has."""
    for span in quoted_spans(text):
        yield from _words(path, span, excerpts, _DROP_MARKS)


def _beside(path: str, statement: Statement) -> Iterator[tuple[str, str]]:
    """Yield the fields that are shown beside the text of a statement."""
    yield from _filled(path, statement, _BESIDE)
    for n, citation in enumerate(statement.citations):
        yield from _filled(f"{path}.citations[{n}]", citation, ("locator", "relay"))


def _around(claim: Claim) -> Iterator[tuple[str, str]]:
    """Yield the fields that are shown of the entry apart from its text and its statements.

    What a source is called, and our note on it, is free: there its own words about itself stand.
    """
    yield from _filled("", claim, ("story", "response_not_sought"))
    for n, speaker in enumerate(claim.speakers):
        yield from _filled(f"speakers[{n}]", speaker, ("name",))
    for n, artifact in enumerate(claim.artifacts):
        yield from _filled(f"artifacts[{n}]", artifact, ("name", "description"))
        for step, custody in enumerate(artifact.custody):
            yield from _filled(f"artifacts[{n}].custody[{step}]", custody, ("by", "note"))
    for n, request in enumerate(claim.requests):
        yield from _filled(f"requests[{n}]", request, ("asked", "how", "note"))


def _filled(path: str, owner: object, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name, text in zip(names, values_of(names)(owner), strict=True):
        if text is not None and len(text) <= MAX_NOTE and may_quote(text):
            yield f"{path}.{name}" if path else name, text


def _words(path: str, words: str, excerpts: tuple[str, ...], right: str) -> Iterator[Refusal]:
    """Refuse `words` where no excerpt has them."""
    if any(occurs(words, each) for each in excerpts):
        return
    bare = words.rstrip().rstrip(".,")
    if any(occurs(bare, each) for each in excerpts):
        # “…,” she said: the comma is the reporter's, and a full stop in its place is ours.
        right = "leave out the mark at the end, which the excerpt does not have there"
    if _inserted(words, excerpts):
        right = _DROP_BRACKETS
    yield Refusal(
        field=path,
        wrong=f"the words “{shown(words)}” are not in the excerpt of a cited source",
        right=right,
    )


def _inserted(words: str, excerpts: tuple[str, ...]) -> tuple[str, ...]:
    """Return what stands in square brackets in `words` and in none of the excerpts."""
    return tuple(
        inserted
        for inserted in insertions(words)
        if not any(has_insertion(inserted, each) for each in excerpts)
    )


def _original(path: str, statement: Statement) -> Iterator[Refusal]:
    """The original wording belongs to a translation, and to nothing else."""
    translated = statement.quote_mode is QuoteMode.TRANSLATION
    for name in ("original_text", "original_language"):
        given = getattr(statement, name) is not None
        if translated and not given:
            yield Refusal(
                field=f"{path}.{name}",
                wrong="is missing though the text is a translation",
                right="give the words as they were said, and their language",
            )
        if given and not translated:
            yield Refusal(
                field=f"{path}.{name}",
                wrong=f"does not belong to quote_mode {statement.quote_mode}",
                right="make it a translation, or leave the field out",
            )
    if translated and statement.original_language == statement.language:
        yield Refusal(
            field=f"{path}.original_language",
            wrong="is the language of the translation",
            right="write the language that the words were said in",
        )


def _silence(path: str, statement: Statement) -> Iterator[Refusal]:
    if statement.kind is Kind.NO_RESPONSE and statement.quote_mode is not QuoteMode.PARAPHRASE:
        yield Refusal(
            field=f"{path}.quote_mode",
            wrong=f"no_response cannot be {statement.quote_mode}: nothing was said",
            right="make it a paraphrase",
        )


def _verbatim(path: str, statement: Statement, excerpts: tuple[str, ...]) -> Iterator[Refusal]:
    yield from _outer_marks(path, statement.text)
    if not excerpts:
        yield _no_excerpt(path)
    else:
        yield from _words(f"{path}.text", statement.text, excerpts, _AS_PARAPHRASE)


def _partial(path: str, statement: Statement, excerpts: tuple[str, ...]) -> Iterator[Refusal]:
    spans = quoted_spans(statement.text)
    if not spans:
        yield Refusal(
            field=f"{path}.text",
            wrong="quotes no words though quote_mode is partial",
            right="put the speaker's words between quotation marks, or save it as a paraphrase",
        )
    elif not excerpts:
        yield _no_excerpt(path)
    else:
        for span in spans:
            yield from _words(f"{path}.text", span, excerpts, _AS_PARAPHRASE)


def _translation(path: str, statement: Statement, excerpts: tuple[str, ...]) -> Iterator[Refusal]:
    yield from _outer_marks(path, statement.text)
    if not excerpts:
        yield _no_excerpt(path)
        return
    original = statement.original_text or ""
    # Either we translated the words that the source has, or the source printed the translation.
    wordings = (original if len(original) <= MAX_PASSAGE else "", statement.text)
    if not any(occurs(wording, each) for wording in wordings for each in excerpts):
        yield Refusal(
            field=f"{path}.original_text",
            wrong="neither the original words nor the translation are in the excerpt of a cited source",
            right=_AS_PARAPHRASE,
        )

    for name, words in (("text", statement.text), ("original_text", wordings[0])):
        for inserted in _inserted(words, excerpts):
            yield Refusal(
                field=f"{path}.{name}",
                wrong=f"“{shown(inserted)}” is not in the excerpt of a cited source",
                right=_DROP_BRACKETS,
            )


def _paraphrase(path: str, statement: Statement, excerpts: tuple[str, ...]) -> Iterator[Refusal]:
    del excerpts  # A paraphrase rests on no wording.
    for span in quoted_spans(statement.text):
        yield Refusal(
            field=f"{path}.text",
            wrong=f"a paraphrase quotes “{shown(span)}”",
            right="leave out the quotation marks, or make quote_mode partial",
        )


def _outer_marks(path: str, text: str) -> Iterator[Refusal]:
    if is_one_quotation(text):
        yield Refusal(
            field=f"{path}.text",
            wrong="stands in quotation marks as a whole",
            right="leave out the outer marks: they are added where it is shown",
        )


def _no_excerpt(path: str) -> Refusal:
    return Refusal(
        field=f"{path}.quote_mode",
        wrong="no cited source has an excerpt to check the words against",
        right="it can only be saved as a paraphrase, or add the excerpt to the source",
    )


_MODES = {
    QuoteMode.VERBATIM: _verbatim,
    QuoteMode.PARTIAL: _partial,
    QuoteMode.TRANSLATION: _translation,
    QuoteMode.PARAPHRASE: _paraphrase,
}
