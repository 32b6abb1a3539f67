"""The text of an article out of a file or a page: plain text, HTML or PDF, as drafts are found in it.

The one door to `trafilatura` and `pypdf` (the extra `drafts`). What they say on the way is for nobody: a
paper that cannot be read ends in one sentence.
"""

from __future__ import annotations

import codecs
import io
import logging
import re
import time
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from bot.dates import Day, PartialDate, date_fault
from bot.drafting.drafts import Article
from bot.errors import BadInputError
from bot.rules.texts import MAX_LINE, MAX_TITLE
from bot.wording import catalogue

MOST_CHARACTERS: Final = 200_000
MOST_BYTES: Final = 5_000_000
MOST_PAGES: Final = 200
SECONDS: Final = 20.0
"""For the pages of one PDF."""


class Paper(StrEnum):
    """What sort of file an article comes in."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


_BY_ENDING: Final = {
    ".txt": Paper.TEXT, ".text": Paper.TEXT, ".md": Paper.TEXT,
    ".html": Paper.HTML, ".htm": Paper.HTML, ".xhtml": Paper.HTML,
    ".pdf": Paper.PDF,
}  # fmt: skip
BY_TYPE: Final = {
    "text/plain": Paper.TEXT,
    "text/html": Paper.HTML,
    "application/xhtml+xml": Paper.HTML,
    "application/pdf": Paper.PDF,
}
"""The types of content that are read."""

_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What a page may say of its characters; Python knows more under such names, which are no character sets.
_SETS: Final = re.compile(
    r"ascii|utf-?(8|16|32)(-[lb]e)?|cp(125\d|932|936|949|950|866)|iso8859-\d+|koi8-[rut]|gb(k|2312|18030)"
    r"|big5(hkscs)?|euc_(jp|kr|jis_2004)|shift_jis\w*|mac-roman|tis-620|iso2022_jp"
)
_DECLARED: Final = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE
)
_XML: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_WRAPPED: Final = re.compile(r"(?m)^(.{45,}[^\s.!?:;”\"’)])\n(?=[^\W_]|[“\"‘'(])")
_FEW: Final = 20
"""Letters below which nothing was said."""


def paper_of(name: str, content_type: str = "") -> Paper:
    """Return the sort of file by its `name`, else by its type of content.

    Raises:
        BadInputError: It is none that is read.
    """
    kind = content_type.partition(";")[0].strip().lower()
    found = _BY_ENDING.get(PurePath(name).suffix.lower()) or BY_TYPE.get(kind)
    if found is None:
        raise _refused("kind")
    return found


def article_in(body: bytes, paper: Paper, charset: str | None = None) -> Article:
    """Return the article that `body` holds; its text is clean of characters that no entry may hold.

    `charset` is what was declared of a text or page. What a page tells of its title, publisher and day of
    publication comes with it.

    Raises:
        BadInputError: It is too long, locked, damaged or without a text; or the extra is not installed.
    """
    if len(body) > MOST_BYTES:
        raise _refused("large")
    if body[:1024].lstrip().startswith(b"%PDF-"):
        paper = Paper.PDF
    if paper is Paper.PDF:
        found = _in_pdf(body)
    elif paper is Paper.HTML:
        found = _in_html(_decoded(body, charset or _declared(body)))
    else:
        found = Article(text=_decoded(body, charset))
    text = cleaned(found.text) if paper is Paper.HTML else unwrapped(cleaned(found.text))
    if len(text) > MOST_CHARACTERS:
        raise _refused("long")
    if sum(each.isalnum() for each in text) < _FEW:
        raise _refused("scanned" if paper is Paper.PDF else "empty")
    title, publisher = _one_line(found.title, MAX_TITLE), _one_line(found.publisher, MAX_LINE)
    return replace(found, text=text, title=title, publisher=publisher)


def cleaned(text: str) -> str:
    """Return `text` with line feeds alone between its lines and without characters that no entry may hold.

    Those are controls, marks that turn the direction, what is invisible and breaks words, and halves of
    surrogate pairs.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    kept = "".join(
        " " if each in "\t\f\v" else each for each in lines if each in "\n\t\f\v" or not _is_hidden(each)
    )
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \u00a0]+\n", "\n", kept)).strip()


def unwrapped(text: str) -> str:
    """Return `text` with the lines joined that were broken for their length alone.

    Such a line is long, ends within a sentence, and has another one right below it.
    """
    return _WRAPPED.sub(r"\1 ", text)


def _is_hidden(each: str) -> bool:
    category = unicodedata.category(each)
    # The joiners of Indic and Persian scripts are letters' neighbours and stay.
    return category in {"Cc", "Cs"} or (category == "Cf" and each not in "\u200c\u200d")


def _one_line(text: str, most: int) -> str:
    return " ".join(cleaned(text).split())[:most]


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:4096])
    return found[1].decode("ascii", "replace") if found else None


def _decoded(body: bytes, charset: str | None) -> str:
    """Return the text of `body`: by its mark, by what was declared, as UTF-8, else as Windows-1252."""
    if b"\0" in body[:4096] and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _refused("no_text")
    marked = next((name for mark, name in _MARKS.items() if body.startswith(mark)), None)
    for name in (marked, charset, "utf-8", "cp1252"):
        try:
            known = codecs.lookup(name).name if name else ""
            if known == "utf-8-sig" or _SETS.fullmatch(known):
                return body.decode(known)
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("latin-1")


def _in_html(page: str) -> Article:
    with _quietly():
        try:
            import trafilatura  # noqa: PLC0415 - of the extra, and slow to load
        except ImportError:
            raise _refused("extra") from None
        try:
            found = trafilatura.bare_extraction(
                _XML.sub("", page),
                include_comments=False,
                with_metadata=True,
                date_extraction_params={"original_date": True, "extensive_search": False},
            )
        except Exception:  # noqa: BLE001 - whatever a page made of it, it cannot be read
            raise _refused("broken") from None
        if found is None or isinstance(found, dict) or not found.text:
            # Too short for what tells an article from what stands around it.
            return Article(text=trafilatura.html2txt(page) or "")
    day = found.date if found.date and date_fault(found.date, whole=True) is None else None
    return Article(
        text=found.text,
        title=found.title or "",
        publisher=found.sitename or found.hostname or "",
        published_on=PartialDate(day) if day else None,
    )


def _in_pdf(body: bytes) -> Article:
    with _quietly():
        try:
            from pypdf import PdfReader  # noqa: PLC0415 - of the extra
        except ImportError:
            raise _refused("extra") from None
        try:
            reader = PdfReader(io.BytesIO(body))
            if reader.is_encrypted and not reader.decrypt(""):
                raise _refused("locked")  # noqa: TRY301 - told from damage below
            if len(reader.pages) > MOST_PAGES:
                raise _refused("pages", most=str(MOST_PAGES))  # noqa: TRY301 - the same
            told = reader.metadata
            title = str(told.title or "") if told else ""
            return Article(text=_pages(reader.pages), title=title)
        except BadInputError:
            raise
        except Exception:  # noqa: BLE001 - damaged files raise whatever the damage leads to
            raise _refused("broken") from None


def _pages(pages: object) -> str:
    made: list[str] = []
    length, until = 0, time.monotonic() + SECONDS
    for page in pages:  # type: ignore[attr-defined]
        text = page.extract_text() or ""
        length += len(text)
        if length > MOST_CHARACTERS:
            raise _refused("long")
        if time.monotonic() > until:
            raise _refused("broken")
        made.append(text)
    # A word that was broken at the end of a line is one word.
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", "\n\n".join(made))


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what the libraries warn of and log to themselves."""
    names = ("trafilatura", "htmldate", "justext", "courlan", "pypdf")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def at(article: Article, url: str, day: Day) -> Article:
    """Return an article that was fetched, with its address and the day."""
    return replace(article, url=url, retrieved_on=day)


def _refused(why: str, **values: str) -> BadInputError:
    return BadInputError(catalogue().say(f"paper.{why}", **values))
