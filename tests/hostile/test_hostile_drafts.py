"""Hostile texts as articles: what becomes of them as drafts."""

from __future__ import annotations

from bot.drafting.drafts import Article, Draft
from bot.drafting.extracting import extracted
from bot.moderation.from_draft import entry_from
from bot.quotations import occurs
from bot.statements import QuoteMode, State
from handlers.articles import cleaned, unwrapped
from tests.hostile.texts import Hostile, hostile_texts

LONG = 500
"""Characters of a text that is an article already."""
FRAME = """{text}

“{text}” said Ann Lee, the spokeswoman of the Fen council, on Monday.

Ben Roe, the mayor, told the Fen Courier that he had read this: {text}
"""
"""A text by itself, between marks, and as what somebody told: so most of them give drafts."""


def test_no_hostile_article_makes_more_than_a_draft() -> None:
    """Whatever an article says, its drafts are drafts: not vetted, with no address or words of their own."""
    made = [(each, draft) for each in hostile_texts() for draft in _drafts(each)]
    failed = [(each.name, fault) for each, (article, draft) in made for fault in _faults(article, draft)]
    print(f"{len(hostile_texts())} hostile articles, {len(made)} drafts, {len(failed)} failures")  # noqa: T201
    assert failed == []
    # The set is worth something only where articles of it give drafts at all.
    assert len({each.name for each, _ in made}) > len(hostile_texts()) / 2


def _drafts(hostile: Hostile) -> list[tuple[Article, Draft]]:
    text = hostile.text if len(hostile.text) > LONG else FRAME.format(text=hostile.text)
    article = Article(text=unwrapped(cleaned(text)), retrieved_on=None)
    return [(article, each) for each in extracted(article)]


def _faults(article: Article, draft: Draft) -> list[str]:
    """Return what an entry made of the draft has that it may not have."""
    claim = entry_from(draft, article, (), "a1b2c3").claim
    found = [] if claim.state is State.DRAFT else ["the claim is no draft"]
    found += ["a statement is no draft" for each in claim.statements if each.state is not State.DRAFT]
    found += ["an address was taken" for each in claim.sources if each.url or each.archive_url]
    found += [
        f"not in the article: {each.text}"
        for each in claim.statements
        if each.quote_mode is QuoteMode.VERBATIM and not occurs(each.text, article.text)
    ]
    return found
