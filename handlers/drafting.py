"""Drafts from what somebody gives: the article is read or fetched, then looked through.

With a model it is asked first, and its answer is checked against the article; without one, or where it
does not answer as it should, the text alone is looked through.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime

from bot.dates import Day
from bot.drafting.drafts import Article, Draft
from bot.errors import BadInputError
from bot.prompting import Model, Outcome
from bot.records import record
from bot.wording import catalogue
from handlers.articles import BY_TYPE, MOST_CHARACTERS, article_in, cleaned, paper_of, unwrapped
from handlers.fetching import Fetcher

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@record
class Given:
    """What drafts are asked of: a text, an address alone, or the `body` of a file with its name and type."""

    text: str = ""
    body: bytes | None = None
    name: str = ""
    content_type: str = ""


def is_address(text: str) -> bool:
    """Say whether `text` is one address and nothing else."""
    return _ADDRESS.fullmatch(text.strip()) is not None


async def article_of(given: Given, fetcher: Fetcher) -> Article:
    """Return the article that was given.

    Raises:
        BadInputError: It cannot be fetched or read; one sentence says why.
    """
    if given.body is not None:
        paper = paper_of(given.name, given.content_type)
        charset = re.search(r"charset=\"?([\w.:-]+)", given.content_type)
        found = await asyncio.to_thread(article_in, given.body, paper, charset[1] if charset else None)
        return replace(found, retrieved_on=_today())
    if is_address(given.text):
        page = await fetcher.page(given.text.strip())
        found = await asyncio.to_thread(article_in, page.body, BY_TYPE[page.content_type], page.charset)
        return replace(found, url=page.url, retrieved_on=page.retrieved_on)
    text = unwrapped(cleaned(given.text))
    if len(text) > MOST_CHARACTERS:
        raise BadInputError(catalogue().say("paper.long"))
    return Article(text=text, retrieved_on=_today())


def _today() -> Day:
    """Return the day on which a text was brought here, in UTC."""
    return Day(datetime.now(UTC).date().isoformat())


async def drafted(article: Article, model: Model | None, seconds: float) -> tuple[tuple[Draft, ...], bool]:
    """Return the drafts found in `article`, checked, and whether a model picked them.

    It is waited for at most `seconds`; looking through the text comes after that.

    Raises:
        BadInputError: What looks through a text is not installed.
    """
    from bot.drafting.checking import checked  # noqa: PLC0415 - loads the language's data

    if model is not None:
        from bot.drafting.answered import drafts_in  # noqa: PLC0415 - with a model alone
        from bot.prompting import prompt  # noqa: PLC0415 - the same

        reply = await model.ask(prompt("draft"), {"article": article.text}, seconds=seconds)
        if reply.outcome is Outcome.OK:
            found = await asyncio.to_thread(lambda: checked(article, drafts_in(article, reply.value)))
            if found:
                return found, True
    return await asyncio.to_thread(_extracted, article), False


def _extracted(article: Article) -> tuple[Draft, ...]:
    from bot.drafting.checking import checked  # noqa: PLC0415 - loads the language's data

    try:
        from bot.drafting.extracting import extracted  # noqa: PLC0415 - of the extra, and slow to load

        return checked(article, extracted(article))
    except ImportError:
        raise BadInputError(catalogue().say("draft.extra")) from None
