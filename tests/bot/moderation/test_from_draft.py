"""A draft as an entry: what can be kept is, nothing is vetted, and what is left out is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims import Claim
from bot.drafting.drafts import Article, Draft, Said, Span
from bot.moderation.from_draft import entry_from, joined, passages, publisher_of
from bot.moderation.missing import drafted, missing
from bot.quotations import occurs
from bot.rules.entries import excerpt_hash
from bot.rules.texts import MAX_PASSAGE
from bot.sources import Speaker, SpeakerKind
from bot.statements import Kind, QuoteMode, State, TargetKind
from tests.bot.rules.builders import ENTRY
from tests.drafting import ARTICLE, ARTICLES, DENIED, DRAFT, DRAFTS, SAID, TEXT


def test_a_draft_becomes_an_entry() -> None:
    """Statements, speakers, artifact and custody are kept, each citing the passage, and all are drafts."""
    entry = entry_from(DRAFT, ARTICLE, (), "a1b2c3")
    claim = entry.claim
    assert drafted(claim) == ()
    assert entry.notes == DRAFT.notes
    assert claim.text == DRAFT.claim
    assert claim.state is State.DRAFT
    assert [each.kind for each in claim.statements] == [each.kind for each in DRAFT.statements]
    assert {each.state for each in claim.statements} == {State.DRAFT}
    assert {each.name for each in claim.speakers} == {"Ana Reyes", "Piet Vos", "the ministry of roads"}
    (source,) = claim.sources
    assert (source.url, source.retrieved_on) == (ARTICLE.url, ARTICLE.retrieved_on)
    assert source.excerpt is not None
    assert source.excerpt_sha256 == excerpt_hash(source.excerpt)
    for each in passages(DRAFT):
        assert each.of(TEXT) in source.excerpt
    assert all(each.citations[0].source == source.id for each in claim.statements)
    assert claim.statements[0].quote_mode is QuoteMode.VERBATIM
    assert claim.statements[1].about is not None
    assert claim.statements[1].about.id == claim.statements[0].id
    (artifact,) = claim.artifacts
    assert claim.statements[2].about is not None
    assert (claim.statements[2].about.kind, claim.statements[2].about.id) == (
        TargetKind.ARTIFACT,
        artifact.id,
    )
    assert artifact.custody[0].source == source.id
    assert missing(claim, "2026-11-23") == ()


def test_a_speaker_on_file_is_taken() -> None:
    """Who is on file under the name, or another name, is the speaker; nobody is made twice."""
    known = (Speaker(id="reyes", name="Ana María Reyes", kind=SpeakerKind.PERSON, aliases=("ana reyes",)),)
    claim = entry_from(DRAFT, ARTICLE, known, "a1b2c3").claim
    assert claim.statements[0].speaker == "reyes"
    assert claim.statements[1].speaker == claim.statements[2].speaker
    assert len({each.id for each in claim.speakers}) == 3


def test_an_addition_stands_beside_what_is_on_file() -> None:
    """Added to a claim on file, its text, its statements and its state stay, and the new ones are drafts."""
    claim = joined(entry_from(DRAFT, ARTICLE, (), "a1b2c3"), ENTRY).claim
    assert (claim.id, claim.text, claim.state) == (ENTRY.id, ENTRY.text, ENTRY.state)
    assert claim.statements[: len(ENTRY.statements)] == ENTRY.statements
    assert [each.state for each in claim.statements[1:]] == [State.DRAFT] * 4
    assert drafted(claim) == ()


def test_what_is_on_file_is_not_added_again() -> None:
    """A statement that the claim has already, in the same words by the same person, is left out and told."""
    first = entry_from(DRAFT, ARTICLE, (), "a1b2c3").claim
    again = joined(entry_from(DRAFT, ARTICLE, (), "d4e5f6"), first)
    assert again.claim.statements == first.statements
    assert sum(each.startswith("On file already") for each in again.notes) == 4


def test_words_that_are_not_there_become_a_paraphrase() -> None:
    """A quotation that its passage does not have is kept as a paraphrase without quotation marks."""
    forged = replace(DENIED, text="We “never” knew", quote_mode=QuoteMode.VERBATIM, answers=None)
    entry = entry_from(replace(DRAFT, statements=(forged,), artifact=None), ARTICLE, (), "a1")
    (statement,) = entry.claim.statements
    assert statement.quote_mode is QuoteMode.PARAPHRASE
    assert not set('“”"') & set(statement.text)
    assert any("paraphrase" in each for each in entry.notes)


def test_long_passages_stand_in_several_excerpts() -> None:
    """What is longer than an excerpt may be stands in several sources of one origin."""
    words = [f"Ana Reyes said in part {n}: “we knew of crack {n}”. " + "and so on " * 60 for n in range(12)]
    text = "\n\n".join(words)
    said, start = [], 0
    for n, each in enumerate(words):
        passage = Span(start=start, end=start + len(each))
        start += len(each) + 2
        said.append(
            Said(
                kind=Kind.ASSERTION,
                text=f"we knew of crack {n}",
                quote_mode=QuoteMode.VERBATIM,
                passage=passage,
                speaker="Ana Reyes",
            )
        )
    draft = Draft(claim="The county knew.", passage=said[0].passage, statements=tuple(said))
    entry = entry_from(draft, replace(ARTICLE, text=text), (), "a1")
    assert drafted(entry.claim) == ()
    assert entry.notes == ()
    assert [each.quote_mode for each in entry.claim.statements] == [QuoteMode.VERBATIM] * 12
    assert len(entry.claim.sources) > 1
    assert len({each.origin for each in entry.claim.sources}) == 1
    assert all(len(each.excerpt or "") <= MAX_PASSAGE for each in entry.claim.sources)


@pytest.mark.parametrize(
    ("article", "publisher"),
    [
        (ARTICLE, "Fen Courier"),
        (replace(ARTICLE, publisher=""), "courier.fen.example.org"),
        (Article(text="x", url="https://www.fen.example.org/a"), "fen.example.org"),
        (Article(text="x"), ""),
        (Article(text="x", url="http://["), ""),
    ],
)
def test_the_publisher_is_named_or_is_the_host(article: Article, publisher: str) -> None:
    """Who published is told by the name, else by the host of the address."""
    assert publisher_of(article) == publisher


@settings(max_examples=300, deadline=None)
@given(DRAFTS, ARTICLES, st.none() | st.just(ENTRY))
def test_any_draft_is_an_entry_that_can_be_kept(draft: Draft, article: Article, onto: Claim | None) -> None:
    """Whatever a draft holds, no rule refuses its entry, and nothing in it says that it is vetted."""
    entry = entry_from(draft, article, (), "a1b2c3")
    assert drafted(entry.claim) == ()
    entry = joined(entry, onto) if onto else entry
    assert drafted(entry.claim) == ()
    held = {each.id for each in onto.statements} if onto else set()
    assert all(each.state is State.DRAFT for each in entry.claim.statements if each.id not in held)
    assert entry.claim.state is (onto.state if onto else State.DRAFT)
    assert all("\n" not in each for each in entry.notes)
    if onto is not None:
        assert entry.claim.statements[: len(onto.statements)] == onto.statements


@settings(max_examples=100, deadline=None)
@given(SAID, ARTICLES)
def test_what_is_kept_as_quoted_stands_in_the_article(said: Said, article: Article) -> None:
    """What an entry keeps as somebody's words stands in the article to the letter."""
    draft = Draft(claim="The county knew.", passage=said.passage, statements=(said,))
    for each in entry_from(draft, article, (), "a1").claim.statements:
        if each.quote_mode is QuoteMode.VERBATIM:
            assert occurs(each.text, article.text)
