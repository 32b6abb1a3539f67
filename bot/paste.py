"""A pasted text, made ready to be matched: what is said in it, apart from how a platform dressed it.

Pure. Knows the escapes of Slack and Discord and the habits of posts; knows nothing of the ledger. Work
and memory grow with the length of the text and no faster.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from bot.addresses import MAX_LENGTH, canonical_address
from bot.folding import fold_typography
from bot.languages import language
from bot.records import record
from bot.terms import word_count

MAX_CHARACTERS: Final = 20_000
"""Characters of a paste beyond which the caller refuses it."""
MAX_URLS: Final = 20
MAX_UNITS: Final = 12
"""Sentences of one paste that are matched by themselves."""
WHOLE_WORDS: Final = 80
"""Up to so many words the whole paste is matched too, not only its sentences."""
LEAST_WORDS: Final = 4
"""A sentence of fewer words is not matched by itself beside others."""


@record
class Paste:
    """What is matched of a pasted text.

    `text` is the cleaned text. `author` is the name at the end of a copied post: who said it, which
    helps to find the claim and is no part of its wording. `urls` are the addresses in it, canonical, in
    order and without doubles. `units` are the texts that are matched, each by itself; of these `spans` are
    those that somebody picked out (`bot.spans`), and no sentences.
    """

    text: str
    author: str | None
    urls: tuple[str, ...]
    units: tuple[str, ...]
    spans: tuple[str, ...] = ()


# What a platform puts between angle brackets: addresses, mentions, channels, emoji, times, commands.
_BRACKETED: Final = re.compile(r"<([^<>\n]{1,2100})>")
_LINK: Final = re.compile(r"(?:https?://|www\.)[^|\s]+", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[@#!]|a?:\w+:\d+$|t:-?\d+|/\S|mailto:|tel:|id:")
_URL: Final = re.compile(
    r"(?:https?://|(?<![\w@.-])www\.)[^\s<>\"“”]+"
    r"|(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,24}/[^\s<>\"“”]*",
    re.IGNORECASE | re.ASCII,
)
_HANDLE: Final = re.compile(r"\s?\(@\w{1,30}\),?(?P<day>\s[^\W\d_]{3,12}\.? \d{1,2}, \d{4})?")
_DASH: Final = re.compile(r"\s?(?:[—–―]|(?<=\s)--?(?=\s))\s?")
_TWITTER_PICTURE: Final = re.compile(r"pic\.twitter\.com/\w+", re.ASCII)
_SHORTCODE: Final = re.compile(r"(?<!\w):[a-z][a-z0-9_+'-]{1,60}:(?!\w)", re.IGNORECASE)
_PICTURE: Final = re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,2000}\)")
_LEADING_MENTIONS: Final = re.compile(r"^(?:RT\s+)?(?:@\w+[:,]?\s+)+(?=\S)|^RT[:\s]+")
_TAG: Final = re.compile(r"[#@](\w+)")
_CAMEL: Final = re.compile(
    r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][^\W\d_A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|_"
)
_SPACE: Final = re.compile(r"[^\S\n]+")
_WORD: Final = re.compile(r"\w")
_END: Final = re.compile(
    r"[.!?]+[\"')\]]*(?=\s+[\"'(\[]?[^\Wa-z_])|\n+"
    # Chinese and Japanese put no space behind a sentence; Arabic, Hindi and Greek end it otherwise.
    r"|[。｡।]+[\"')\]」』]*|[!?]+[\"')\]」』]*(?=[\u3040-\u30ff\u3400-\u9fff])|[؟۔;\u037e](?=\s+[\u0370-\u03ff\u0600-\u06ff])"
)
_SYMBOLS: Final = {"So", "Sk", "Me"}
_VARIANTS: Final = "\ufe0e\ufe0f"


def paste_fault(text: str) -> str | None:
    """Return the sentence that says why `text` cannot be looked up, or None where it can."""
    if len(text) > MAX_CHARACTERS:
        return (
            f"The text has {len(text):,} characters and at most {MAX_CHARACTERS:,} can be looked up; "
            "paste the claim itself, one or a few sentences."
        )
    if not fold_typography(text):
        return "Nothing was pasted; paste the claim, one or a few sentences."
    paste = clean(text)
    if paste.units or paste.urls:
        return None
    if _BRACKETED.search(text) or _TAG.search(text):
        return "There is only a mention; write or paste the claim after it."
    return "There are no words in it; paste the claim, one or a few sentences."


def clean(text: str) -> Paste:
    """Return what is matched of `text`. Never fails, whatever the text; may find nothing to match."""
    text, found = _without_markup(_without_hidden(text))
    text = _without_hidden(html.unescape(text))
    text, more = _without_urls(text)
    text, author = _without_tails(text)
    lines = (fold_typography(_without_symbols(line)) for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    text = _SHORTCODE.sub(" ", text)
    # A mention that stands alone, or in front, addresses somebody; elsewhere it is part of the sentence.
    text = _LEADING_MENTIONS.sub("", text)
    text = "" if re.fullmatch(r"(?:@\w+\s*)+", text) else _TAG.sub(lambda tag: _split(tag[1]), text)
    text = _SPACE.sub(" ", text).strip()
    if _WORD.search(text) is None:
        text = ""
    return Paste(text=text, author=author, urls=_canonical([*found, *more]), units=units(text))


def units(text: str) -> tuple[str, ...]:
    """Return the texts that are matched one by one: the whole where it is short, and each sentence.

    At most `MAX_UNITS` sentences are taken, the first ones; a sentence of few words stands only where
    there is nothing else.
    """
    parts = sentences(text)
    whole = " ".join(parts)
    if len(parts) < 2:  # noqa: PLR2004 (one sentence is the whole)
        return parts
    long = [each for each in parts if word_count(each) >= LEAST_WORDS][:MAX_UNITS]
    short = word_count(whole) <= WHOLE_WORDS
    return tuple(dict.fromkeys(([whole] if short or not long else []) + long))


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a cleaned `text`, in order; a line break ends one as well."""
    abbreviations = _abbreviations()
    parts, start = [], 0
    for end in _END.finditer(text):
        head = text[start : end.end()].strip()
        last = text[max(start, end.start() - 12) : end.start()].rsplit(None, 1)[-1:]
        word = last[0].lower().lstrip("\"'([") if last else ""
        initial = len(word) == 1 and word.isalpha() and word != "i"
        if end[0].startswith(".") and (word in abbreviations or initial):
            continue
        if _WORD.search(head):
            parts.append(head)
            start = end.end()
    rest = text[start:].strip()
    if _WORD.search(rest):
        parts.append(rest)
    return tuple(parts)


def _without_markup(text: str) -> tuple[str, list[str]]:
    """Undo `<…>` as Slack and Discord write it; return the text and the addresses found."""
    found: list[str] = []

    def plain(match: re.Match[str]) -> str:
        inside, _, label = match[1].partition("|")
        if _LINK.fullmatch(inside):
            found.append(inside)
            return f" {label} " if label and label not in inside else " "
        if inside.startswith("!date^"):
            return f" {label} "
        return " " if _CONTROL.match(inside) else match[0]

    return _BRACKETED.sub(plain, _PICTURE.sub(" ", _TWITTER_PICTURE.sub(" ", text))), found


def _without_urls(text: str) -> tuple[str, list[str]]:
    found: list[str] = []

    def aside(match: re.Match[str]) -> str:
        url = match[0].rstrip(".,;:!?'»”…")
        if url.endswith(")") and "(" not in url:
            url = url.rstrip(")")
        found.append(url)
        return " " + match[0][len(url) :]

    return _URL.sub(aside, text), found


def _canonical(urls: list[str]) -> tuple[str, ...]:
    short = [each for each in dict.fromkeys(urls) if len(each) <= MAX_LENGTH][:MAX_URLS]
    return tuple(dict.fromkeys(key for each in short if (key := canonical_address(each))))


def _without_hidden(text: str) -> str:
    """Leave out what cannot be seen: format and direction characters, lone surrogates, NUL, controls."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return "".join(each for each in text if each in "\n\t" or unicodedata.category(each)[0] != "C")


def _without_symbols(text: str) -> str:
    """Leave out emoji and what belongs to them; a degree sign stays."""
    if text.isascii():
        return text
    return "".join(
        each
        if each in "°´｀" or (unicodedata.category(each) not in _SYMBOLS and each not in _VARIANTS)
        else " "
        for each in text
    )


def _without_tails(text: str) -> tuple[str, str | None]:
    """Cut “— Name (@handle) Date” where a copied post ends; return the text and the names."""
    kept, names, start = [], [], 0
    for handle in _HANDLE.finditer(text):
        if handle["day"] is None and text[handle.end() :].strip():
            continue
        before = max(start, handle.start() - 100)
        dashes = list(_DASH.finditer(text, before, handle.start()))
        if dashes:
            kept.append(text[start : dashes[-1].start()])
            names.append(fold_typography(_without_symbols(text[dashes[-1].end() : handle.start()])))
            start = handle.end()
    kept.append(text[start:])
    return "\n".join(kept), ", ".join(dict.fromkeys(filter(None, names))) or None


def _split(tag: str) -> str:
    """Return the words of a hashtag or a handle: “AustralianFires” is “Australian Fires”."""
    return " " + _CAMEL.sub(" ", tag[:100]) + " "


def _abbreviations() -> frozenset[str]:
    return frozenset(language()["sentences"]["abbreviations"].split())
