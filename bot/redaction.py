"""Redaction: what a text says about how to reach or identify one person, taken out before it is stored.

E-mail addresses, telephone numbers, mentions of people on a platform, and long ids (cards, accounts,
passports, IBANs, UUIDs, network addresses) become a word in brackets. Dates, years, amounts and ordinary
numbers stay, and so do links and the names of public accounts: a question is often about nothing else.
Pure; the work grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from typing import Final

from bot.numerals import ID, KEPT, PHONE, kept, marked

EMAIL: Final = "[e-mail]"
PERSON: Final = "<@person>"
"""Stands for a mention, in a form that matching takes for one and leaves aside."""

_LEAST_DIGITS: Final = 6
"""Digits in a run of letters and digits that nobody would take for a word."""
_LEAST_GROUPED: Final = 8
"""Digits after two capitals that are an id although no checksum fits."""
_LEAST_PAPER: Final = 5
"""Digits of what is called somebody's account, card or passport."""

_JOINT: Final = "[ \\t\u00a0\u2009\u202f.\\-\u2010\u2011\u2013\u2014/()]"
_MAIL: Final = (
    r"(?:\"[^\"\n]{1,64}\"|(?<![\w.+%-])[\w.+%'-]{1,256})"
    r"(?:[@＠]|\s?[\[({]\s?(?:at|@)\s?[\])}]\s?)"
    r"(?:[\w-]{1,63}(?:[.。]|\s?[\[({]\s?dot\s?[\])}]\s?)){1,126}[\w-]{2,63}"
)
_PHONE_WORD: Final = (
    r"(?:(?<!\w)(?i:tel|telephone|telefon|phone|mobile|mob|cell|fax|whatsapp|handy)\b|[☎📞📱]\ufe0f?"
    r"|(?<!\w)(?i:call|text|ring|reach)\s(?:me|us|him|her|them)\b)"
    r"(?:[\s.:#=-]{1,3}|\b(?i:at|on|no|number|nr|is)\b){0,6}"
)
_PAPER_WORD: Final = (
    r"(?<!\w)(?i:account|acct|passport|iban|card|ssn|social\ssecurity|national\sinsurance|tax|identity|id)\b"
    r"(?:[\s.:#=-]{1,3}|\b(?i:no|number|nr|id|card|is)\b){1,6}"
)

_MIXED: Final = (
    r"[A-Za-z0-9_]{20,400}|[A-Z]{1,3}\d{6,12}|\d{8}[A-Z]|(?=\d*[A-Z])[A-Z0-9]{9,12}"  # keys, papers
)
_FOUND: Final = re.compile(
    "|".join(
        (
            r"(?P<mention><@!?(?:[UW][A-Z0-9]{2,20}|\d{5,25})(?:\|[^<>\n]{0,100})?>)",
            # What a platform writes for an emoji, a time, a channel or a role: ids of no person.
            r"(?P<control><(?:a?:\w{1,40}:\d{1,25}|t:-?\d{1,15}(?::\w)?|@&\d{1,25}|#[^<>\n]{1,125})>)",
            r"(?P<link>(?:https?://|(?<!\w)www\.)[^\s<>|\"“”]+)",
            rf"(?P<mail>{_MAIL})",
            r"(?P<uuid>(?<![\w-])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![\w-]))",
            r"(?P<iban>(?<!\w)[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?(?!\w))",
            rf"(?P<called>{_PHONE_WORD})(?P<number>[+(]{{0,2}}\d(?:{_JOINT}{{0,3}}\d){{6,18}})(?!\w)",
            rf"(?P<named>{_PAPER_WORD})(?P<paper>[A-Z]{{0,3}} ?\d(?:[ -]?\d|[A-Z]){{4,30}})(?!\w)",
            rf"(?P<token>(?<!\w)(?:{_MIXED})(?!\w))",
            rf"(?P<kept>(?<![\w+])(?:{KEPT}))",
            rf"(?P<digits>(?<!\w)[+(]{{0,2}}\d(?:{_JOINT}{{0,3}}\d)*(?!\w))",
        )
    )
)
_IN_LINK: Final = re.compile(
    r"(?P<mail>[\w.+-]{1,256}(?:@|%40)(?:[\w-]{1,63}\.){1,126}\w{2,63})"
    r"|(?P<number>(?:(?<=wa\.me/)|(?<=phone=))(?:\+|%2B)?\d{6,15})",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """Return `text` with what reaches or identifies one person replaced; the same again for its result."""
    if not any(each in "@＠" or each.isdigit() for each in text) and "[at]" not in text.replace(" ", ""):
        return text
    return _FOUND.sub(lambda found: _replaced(found, text), text)


def _replaced(found: re.Match[str], text: str) -> str:  # noqa: PLR0911 - one return a kind
    kind, whole = found.lastgroup, found[0]
    if kind == "mention":
        return PERSON
    if kind == "mail":
        return EMAIL
    if kind == "uuid":
        return ID
    if kind == "link":
        return _IN_LINK.sub(lambda each: EMAIL if each["mail"] else PHONE, whole)
    if kind == "iban":
        return _iban(whole)
    if kind == "number":
        return whole if kept(found["number"]) else f"{found['called']}{PHONE}"
    if kind == "paper":
        few = _digits(found["paper"]) < _LEAST_PAPER or kept(found["paper"].strip())
        return whole if few else f"{found['named']}{ID}"
    if kind == "token":
        return ID if _digits(whole) >= _LEAST_DIGITS and not _is_amount(whole) else whole
    return _number(found, text) if kind == "digits" else whole


def _iban(whole: str) -> str:
    """Return what is left of what looks like an IBAN; what follows one may be words in capitals."""
    for end in range(len(whole), 14, -1):
        head, tail = whole[:end], whole[end:]
        if (not tail or tail[0] == " ") and _is_iban(head):
            return ID + redacted(tail)
    return ID if _digits(whole) >= _LEAST_GROUPED else whole


def _is_iban(text: str) -> bool:
    """Say whether the checksum of ISO 13616 fits."""
    plain = re.sub(r"[ -]", "", text)
    if not 15 <= len(plain) <= 34 or not plain.isascii():  # noqa: PLR2004 - lengths of ISO 13616
        return False
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1


def _is_amount(text: str) -> bool:
    """Say whether a run is a number of millions: “10000000B”."""
    return re.fullmatch(r"[1-9]\d*000[KMB]", text) is not None


def _number(found: re.Match[str], text: str) -> str:
    before, after = text[max(0, found.start() - 4) : found.start()], text[found.end() : found.end() + 16]
    return marked(found[0], before=before, after=after)


def _digits(text: str) -> int:
    return sum(each.isdigit() for each in text)
