"""The check of drafts from anywhere against their article."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dates import PartialDate, date_fault
from bot.drafting.checking import checked
from bot.drafting.drafts import Article, Draft, DraftArtifact, Handling, Said, Span
from bot.drafting.saying_dates import said_on
from bot.folding import fold_typography
from bot.quotations import occurs, quoted_spans
from bot.sources import ArtifactKind, CustodyAction
from bot.statements import GROUP_OF, Group, Kind, QuoteMode
from tests.bot.drafting import strategies

ARTICLE = Article(text=strategies.TEXT, published_on=PartialDate("2025-07-10"))
FIRST = Span(start=0, end=strategies.TEXT.index("\n"))


def statement(**values: Any) -> Said:
    """Return a statement that the article bears out, but for `values`."""
    good = Said(
        kind=Kind.ASSERTION,
        text="The bridge will close.",
        quote_mode=QuoteMode.VERBATIM,
        passage=FIRST,
        speaker="Rosa Lindt",
    )
    return replace(good, **values)


def draft(*statements: Said, artifact: DraftArtifact | None = None) -> Draft:
    """Return a draft of these statements."""
    return Draft(claim="The bridge will close.", passage=FIRST, statements=statements, artifact=artifact)


def one(**values: Any) -> tuple[Said, tuple[str, ...]]:
    """Return what the check makes of a statement, and the notes."""
    (found,) = checked(ARTICLE, [draft(statement(**values))])
    return found.statements[0], found.notes


def test_what_the_article_bears_out_stays() -> None:
    """A draft that is right comes back as it is, without a note."""
    right = draft(
        statement(
            role="mayor of Aldermouth", said_on=PartialDate("2025-07-08"), date_basis=place("Tuesday, July 8")
        )
    )
    assert checked(ARTICLE, [right]) == (right,)


def place(words: str) -> Span:
    """Return where `words` stand in the article."""
    start = strategies.TEXT.index(words)
    return Span(start=start, end=start + len(words))


@pytest.mark.parametrize(
    "text",
    [
        "The bridge will open.",
        "The bridge … will close tomorrow.",
        "“The bridge will open.”",
        "on Tuesday",
        "[The bridge] will close.",
    ],
)
def test_a_quotation_that_is_not_there_is_no_quotation(text: str) -> None:
    """Words that are not between marks in the article become a paraphrase in its own words, with a note."""
    found, notes = one(text=text)
    assert found.quote_mode is QuoteMode.PARAPHRASE
    assert found.text in fold_typography(strategies.TEXT).replace('"', "")
    assert not quoted_spans(found.text)
    assert any("paraphrase" in each for each in notes)


def test_a_wording_that_is_not_there_is_replaced() -> None:
    """A paraphrase in words that the article does not have is given in the article's."""
    found, notes = one(text="The mayor is a liar", quote_mode=QuoteMode.PARAPHRASE)
    assert "liar" not in found.text
    assert notes


@pytest.mark.parametrize("field", ["speaker", "described", "role", "on_behalf_of", "told_to", "relay"])
def test_a_name_that_is_not_there_is_dropped(field: str) -> None:
    """A speaker, role, principal, audience or relay that the article does not have is left out and noted."""
    found, notes = one(**{field: "Vlad Nobody"})
    assert getattr(found, field) is None
    assert any("Vlad Nobody" in each for each in notes)


@pytest.mark.parametrize(
    ("on", "words"), [("2025-07-09", "Tuesday, July 8"), ("2025-07-08", "Rosa Lindt"), ("2025", "July 8")]
)
def test_a_date_must_be_what_its_words_say(on: str, words: str) -> None:
    """A date that does not follow from its words is left out and noted."""
    found, notes = one(said_on=PartialDate(on), date_basis=place(words))
    assert found.said_on is None
    assert any(on in each for each in notes)


def test_a_date_without_words_is_dropped() -> None:
    """A date that rests on no words of the article is left out."""
    assert one(said_on=PartialDate("2025-07-08"))[0].said_on is None


@pytest.mark.parametrize("span", [Span(start=-1, end=5), Span(start=5, end=5), Span(start=0, end=9_999)])
def test_a_statement_outside_the_text_is_dropped(span: Span) -> None:
    """A passage that is not in the text takes its statement with it, and the last one the draft."""
    assert checked(ARTICLE, [draft(statement(passage=span))]) == ()
    (found,) = checked(ARTICLE, [draft(statement(passage=span), statement())])
    assert len(found.statements) == 1
    assert found.notes


def test_doubt_needs_an_artifact() -> None:
    """A doubt about a recording is one only where the recording is in the article."""
    doubt = statement(kind=Kind.AUTHENTICITY_CHALLENGE)
    tape = DraftArtifact(
        name="recording of the meeting", kind=ArtifactKind.AUDIO, passage=place("A recording")
    )
    (without,) = checked(ARTICLE, [draft(doubt)])
    (with_,) = checked(ARTICLE, [draft(doubt, artifact=tape)])
    (other,) = checked(ARTICLE, [draft(doubt, artifact=replace(tape, name="secret tape"))])
    assert [each.statements[0].kind for each in (without, with_, other)] == [
        Kind.CONTEXT,
        Kind.AUTHENTICITY_CHALLENGE,
        Kind.CONTEXT,
    ]
    assert with_.statements[0].about_artifact


def test_a_retraction_names_what_it_takes_back() -> None:
    """A retraction of nothing is context; one of a statement of the draft stays, wherever that moved."""
    gone = statement(passage=Span(start=-1, end=0))
    (alone,) = checked(ARTICLE, [draft(statement(kind=Kind.RETRACTION))])
    (moved,) = checked(ARTICLE, [draft(gone, statement(), statement(kind=Kind.RETRACTION, answers=1))])
    (lost,) = checked(ARTICLE, [draft(gone, statement(kind=Kind.RETRACTION, answers=0))])
    assert alone.statements[0].kind is Kind.CONTEXT
    assert (moved.statements[1].kind, moved.statements[1].answers) == (Kind.RETRACTION, 0)
    assert lost.statements[0].kind is Kind.CONTEXT


def test_a_step_of_custody_by_somebody_who_is_not_there_is_dropped() -> None:
    """Who handled an artifact is named in the article, or the step is left out."""
    passage = place("A recording")
    steps = tuple(
        Handling(action=CustodyAction.OBTAINED, by=by, passage=passage) for by in ("Harbour Gazette", "Vlad")
    )
    tape = DraftArtifact(name="recording", kind=ArtifactKind.AUDIO, passage=passage, custody=steps)
    (found,) = checked(ARTICLE, [draft(statement(), artifact=tape)])
    assert found.artifact
    assert found.artifact.custody == steps[:1]


def test_the_wording_of_a_claim_is_the_article_s() -> None:
    """A claim in words that its passage does not have stands as the passage."""
    (found,) = checked(ARTICLE, [replace(draft(statement()), claim="The mayor lies")])
    assert "lies" not in found.claim
    assert found.notes


@settings(deadline=None, max_examples=300)
@given(strategies.articles, st.lists(strategies.drafts, max_size=3))
def test_whatever_comes_in_only_what_the_article_bears_out_goes_out(
    article: Article, drafts: list[Draft]
) -> None:
    """For any drafts of any text the rules hold, and checking once more changes nothing."""
    found = checked(article, drafts)
    for each in found:
        hold(article, each)
    assert checked(article, found) == found


def hold(article: Article, draft: Draft) -> None:
    """Hold a checked draft against the rules."""
    text = article.text
    assert draft.statements
    assert letters(draft.claim) in letters(draft.passage.of(text))
    for n, each in enumerate(draft.statements):
        assert 0 <= each.passage.start < each.passage.end <= len(text)
        passage = each.passage.of(text)
        if each.quote_mode is QuoteMode.VERBATIM:
            assert occurs(each.text, passage)
        elif each.quote_mode is QuoteMode.PARTIAL:
            assert quoted_spans(each.text)
            assert all(occurs(span, passage) for span in quoted_spans(each.text))
        else:
            assert each.quote_mode is QuoteMode.PARAPHRASE
            assert not quoted_spans(each.text)
        if each.quote_mode is not QuoteMode.VERBATIM:
            assert letters(each.text) in letters(passage)
        for name in (each.speaker, each.described, each.role, each.on_behalf_of, each.told_to, each.relay):
            assert name is None or letters(name) in letters(text)
        for span in (each.speaker_at, each.date_basis):
            assert span is None or 0 <= span.start < span.end <= len(text)
        if each.said_on is not None:
            assert each.date_basis
            assert date_fault(each.said_on) is None
            assert said_on(each.date_basis.of(text), article.published_on) == each.said_on
        if GROUP_OF[each.kind] is Group.AUTHENTICITY or each.about_artifact:
            assert draft.artifact
        assert each.kind not in {Kind.RETRACTION, Kind.CORRECTION} or each.answers is not None
        assert each.answers is None or (0 <= each.answers < len(draft.statements) and each.answers != n)
    if draft.artifact:
        assert letters(draft.artifact.name) in letters(text)
        assert all(letters(step.by) in letters(text) for step in draft.artifact.custody)


def letters(value: str) -> str:
    """Return the letters and digits of a text alone, folded."""
    return re.sub(r"[\W_]", "", fold_typography(value).casefold())
