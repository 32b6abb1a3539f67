"""`counterclaim draft`: an article at a terminal, as drafts to accept, edit or discard; or printed alone."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.errors import BadInputError
from bot.rules.texts import MAX_LINE, MAX_TITLE, Check, address, line, partial_date
from handlers.terminal.adding import by_option, gone_through, seated, workspace_option
from handlers.terminal.options import Exit, common_options, examples, is_interactive, run, settings

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.drafting.drafts import Article, Draft
    from bot.moderation.boards import Near
    from bot.moderation.from_draft import Entry
    from handlers.drafting import Given
    from handlers.moderating.acting import Acting


@click.command(
    epilog=examples(
        "counterclaim draft article.txt",
        "counterclaim draft https://news.example.org/story",
        "counterclaim draft --json - < article.html",
        'counterclaim draft story.pdf --publisher "Fen Courier" --published-on 2025-07-09',
    )
)
@click.argument("paper", metavar="FILE|URL|-")
@click.option("--title", metavar="TEXT", help="The article's title.")
@click.option("--publisher", metavar="NAME", help="Who published it.")
@click.option("--url", metavar="URL", help="Where it stands; it is not fetched.")
@click.option("--published-on", metavar="DATE", help="When: YYYY, YYYY-MM or YYYY-MM-DD.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and ask for nothing.")
@by_option
@workspace_option
@common_options
def draft(paper: str, as_json: bool, by: str | None, workspace: str | None, **source: str | None) -> Exit:  # noqa: FBT001 - click calls it by name
    """Make draft claims of an article: who is said to have said what, each with its passage.

    FILE is .txt, .html or .pdf; - reads standard input. On a terminal you accept, edit or discard each:
    what you accept becomes a draft of yours. Elsewhere they are printed and nothing is kept. Nothing is
    vetted by this.
    """
    return run(_draft(settings(), paper, source, by, workspace, as_json=as_json))


async def _draft(
    given: Settings,
    paper: str,
    source: dict[str, str | None],
    by: str | None,
    workspace: str | None,
    *,
    as_json: bool,
) -> Exit:
    from handlers.drafting import article_of  # noqa: PLC0415 - the look-up commands load none of this
    from handlers.fetching import Fetcher  # noqa: PLC0415 - the same
    from handlers.moderating import articles  # noqa: PLC0415 - the same

    _check(source)
    article = _with_source(await article_of(_given(paper), Fetcher(given.fetching)), source)
    async with seated(given, by, workspace) as acting:
        found, by_model = await _drafted(given, acting, article)
        made = await articles.entries_from(acting, article, found, by_model=by_model)
        if as_json:
            nears = [await articles.near_entry(acting, each.claim) for each in made]
            drafts = [_as_json(article, *each) for each in zip(found, made, nears, strict=False)]
            told = {"by_model": by_model, "source": _source_json(article), "drafts": drafts}
            click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        elif is_interactive():
            await gone_through(acting, await articles.keep(acting, made))
        else:
            await _printed(acting, made)
    return Exit.ANSWERED if made else Exit.NOTHING_ON_FILE


async def _drafted(given: Settings, acting: Acting, article: Article) -> tuple[tuple[Draft, ...], bool]:
    """Look the article through with the model of the configuration, or without one."""
    from handlers.chat import chat  # noqa: PLC0415
    from handlers.drafting import drafted  # noqa: PLC0415

    model = chat(given, book=acting.ledger.spending())
    try:
        return await drafted(article, model, given.openai.draft_seconds)
    finally:
        if model is not None:
            await model.close()


def _given(paper: str) -> Given:
    """Return what stands in the file, at standard input, or the address itself."""
    from handlers.articles import MOST_BYTES  # noqa: PLC0415
    from handlers.drafting import Given, is_address  # noqa: PLC0415

    if is_address(paper):
        return Given(text=paper)
    if "://" in paper:
        raise BadInputError(f"{paper} is not fetched: write an address that begins with https:// or http://.")
    if paper == "-":
        body = sys.stdin.buffer.read(MOST_BYTES + 1)
        is_page = body[:1000].lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml"))
        return Given(body=body, content_type="text/html" if is_page else "text/plain")
    try:
        with Path(paper).open("rb") as file:
            return Given(body=file.read(MOST_BYTES + 1), name=paper)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no name of a file"
        raise BadInputError(f"{paper} cannot be read: {why}.") from None


def _check(source: dict[str, str | None]) -> None:
    checks: dict[str, Check] = {
        "title": line(MAX_TITLE),
        "publisher": line(MAX_LINE),
        "url": address,
        "published_on": partial_date,
    }
    for name, value in source.items():
        fault = checks[name](value) if value is not None else None
        if fault is not None:
            raise BadInputError(f"--{name.replace('_', '-')} {fault[0]}; {fault[1]}.")


def _with_source(article: Article, source: dict[str, str | None]) -> Article:
    told: dict[str, Any] = {name: value for name, value in source.items() if value is not None}
    return replace(article, **told)


async def _printed(acting: Acting, made: tuple[Entry, ...]) -> None:
    """Print the drafts, each with what is on file near it."""
    from bot.moderation.boards import heading  # noqa: PLC0415
    from bot.moderation.draft_cards import card_paragraphs, near_paragraphs  # noqa: PLC0415
    from bot.wording import catalogue  # noqa: PLC0415
    from handlers.moderating import articles  # noqa: PLC0415
    from handlers.terminal.filling import told  # noqa: PLC0415
    from handlers.terminal.screen import screen  # noqa: PLC0415

    words = catalogue()
    if not made:
        click.echo(words.say("draft.none"))
    for n, each in enumerate(made, start=1):
        near = await articles.near_entry(acting, each.claim)
        head = heading(words.say("draft.heading", n=str(n), count=str(len(made))))
        shown = (head, *card_paragraphs(each, words), *near_paragraphs(near, words))
        click.echo(f"{told(shown, screen()[0])}\n")


def _source_json(article: Article) -> dict[str, Any]:
    return {name: value for name, value in asdict(article).items() if name != "text"}


def _as_json(article: Article, draft: Any, entry: Entry, near: tuple[Near, ...]) -> dict[str, Any]:
    """Return a draft as it was found, its spans with their words, and what is on file near it."""
    made: dict[str, Any] = _with_words(asdict(draft), article.text)
    made["notes"] = list(entry.notes)
    made["matches"] = [
        {"id": each.id, "text": each.text, "tier": each.tier.value, "probability": each.probability}
        for each in near
        if each.waits_by is None
    ]
    return made


def _with_words(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"start", "end"}:
            return {**value, "text": text[value["start"] : value["end"]]}
        return {key: _with_words(each, text) for key, each in value.items()}
    return [_with_words(each, text) for each in value] if isinstance(value, list | tuple) else value
