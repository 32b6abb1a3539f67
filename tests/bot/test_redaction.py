"""Redaction: what reaches or identifies a person goes before a text is stored; what counts or dates stays."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.paste import clean
from bot.redaction import redacted

STAYS = (
    "$1,200,000", "2024-11-22", "1.2 million", "22.11.2024", "11/22/2024", "01.02.2024", "01 02 2024",
    "24. 12. 2024", "07.2024 - 08.2025", "1914-1918", "2019 2020 2021 2022", "In 2024 1500 people",
    "by 2023 4500 soldiers", "1000-2000 men", "10 000–20 000", "10 000 – 20 000", "12.50-13.75 EUR",
    "601 234 567", "1.200.000,50", "1 200 000", "+1 200 000 jobs", "5000000000 people", "331002651 people",
    "$1000000000", "3.14159265", "0.12345678", "9:30-17:00", "09.30-17.00", "2024-11-22T09:30:00+02:00",
    "Resolution 2758 (1971)", "MH17", "COVID-19", "ISO 27001", "20241122", "Boeing 737 800", "6-4 7-5 6-3",
    "81,283,501 votes", "12,34,56,789", "<t:1732233600:F>", "<#C0123ABCD|general>", "call 911", "2016/679",
    "https://x.com/a/status/1234567890123456789", "@realDonaldTrump said", "$61.4 billion", "1/2", "24/7",
    "0.5-0.75", "pages 123-1234", "1,000,000.50", "12 May 2024 300 soldiers", "tax 2019 2020",
    "US50 STATES HAVE LAWS", "100 000 - 200 000", "12'500'000", "<:flag:123456789012345678>", "10000000B",
)  # fmt: skip
GOES = {
    "a@b.com": "[e-mail]",
    "mail john.o'neil+x@mail.example.co.uk.": "mail [e-mail].",
    "<mailto:a@b.com|a@b.com>": "<mailto:[e-mail]|[e-mail]>",
    "name [at] host [dot] org": "[e-mail]",
    "https://x.example/?q=a@b.com": "https://x.example/?q=[e-mail]",
    "+49 151 23456789": "[phone number]",
    "+49 151 234 567": "[phone number]",
    "0049 30 1234567": "[phone number]",
    "0171/2345678": "[phone number]",
    "0171\u00a02345678": "[phone number]",
    "(030) 123 45 67": "[phone number]",
    "(0171 2345678)": "([phone number])",
    "01 23 45 67 89": "[phone number]",
    "01.02.03.04.05": "[phone number]",
    "202-555-0123": "[phone number]",
    "+1 (202) 555-2019": "[phone number]",
    "12 34 56 78": "[phone number]",
    "98765 43210": "[phone number]",
    "(11) 91234-5678": "[phone number]",
    "phone: 555-0123": "phone: [phone number]",
    "call me at 5550123": "call me at [phone number]",
    "in 2024 (0171) 2345678 called": "in 2024 [phone number] called",
    "https://wa.me/4915112345678": "https://wa.me/[phone number]",
    "DE89 3704 0044 0532 0130 00 TRUMP": "[id] TRUMP",
    "DE89370400440532013000": "[id]",
    "4111 1111 1111 1111": "[id]",
    "4111111111111111": "[id]",
    "123456789012": "[id]",
    "AB1234567": "[id]",
    "C01X00T478": "[id]",
    "12345678Z": "[id]",
    "passport no. 12345678": "passport no. [id]",
    "550e8400-e29b-41d4-a716-446655440000": "[id]",
    "192.168.10.254": "[id]",
    "<@U0123ABCD> <@!123456789012345678>": "<@person> <@person>",
}


@pytest.mark.parametrize("text", STAYS)
def test_what_counts_or_dates_stays(text: str) -> None:
    """Dates, years, times, amounts, ranges, links, public names and ordinary numbers are kept as they are."""
    assert redacted(text) == text
    assert redacted(f"They said {text}, again.") == f"They said {text}, again."


@pytest.mark.parametrize(("text", "expected"), GOES.items())
def test_what_reaches_or_identifies_goes(text: str, expected: str) -> None:
    """Addresses, telephone numbers, ids and mentions are replaced, and nothing beside them."""
    assert redacted(text) == expected
    assert redacted(f"They said {text} again") == f"They said {expected} again"


def test_a_mention_that_was_replaced_is_left_aside_by_matching() -> None:
    """What stands for a mention adds no word to what is looked up."""
    assert clean(redacted("<@U0123ABCD> the bridge was closed")).text == "the bridge was closed"


@given(st.dates(min_value=date(1500, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_stays(day: date) -> None:
    """A day stays in each of the usual ways of writing it."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y", "%B %d, %Y", "%d %B %Y", "%Y/%m/%d"):
        text = f"It was on {day.strftime(form)} that it happened."
        assert redacted(text) == text


@given(st.integers(0, 10**12), st.sampled_from([",", ".", " ", "'", "\u202f"]))
def test_every_amount_in_thousands_stays(amount: int, mark: str) -> None:
    """An amount stays with any mark between its thousands, and up to eight digits without one."""
    text = f"about {amount:,} of them".replace(",", mark)
    assert redacted(text) == text
    plain = f"about {amount % 10**8} of them, or ${amount}"
    assert redacted(plain) == plain


@given(st.emails(), st.text(alphabet=" abc,.", max_size=20))
@example("0@A.A.A.A.A.A.A.A.A.COM", "")
def test_no_usual_address_is_left(address: str, beside: str) -> None:
    """Of an e-mail address in a sentence its name at its host is not left."""
    local, _, host = address.rpartition("@")
    if all(each.isalnum() or each in "._-" for each in local) and not host.startswith("["):
        assert address not in redacted(f"{beside} {address} {beside}")


@given(
    st.sampled_from(["+49", "+1", "+380", "0", "(0)", "0044"]),
    st.lists(st.integers(11, 9999).map(str), min_size=2, max_size=4).filter(
        lambda groups: 8 <= sum(map(len, groups)) <= 10
    ),
    st.sampled_from([" ", "-", "/", "\u00a0"]),
)
def test_no_number_with_a_prefix_is_left(prefix: str, groups: list[str], joint: str) -> None:
    """A telephone number with its country's or its area's prefix goes, however it is grouped."""
    number = f"{prefix} {joint.join(groups)}"
    assert redacted(f"Ask {number} for it") in {"Ask [phone number] for it", "Ask [id] for it"}


@given(st.text(alphabet=st.sampled_from("0123456789 +-./()@<>|[]:,abAZ_\n\"'U"), max_size=80))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    """Whatever the text, it is redacted without failing, and its result has nothing left to redact."""
    once = redacted(text)
    assert redacted(once) == once


@given(st.text())
def test_a_text_without_digits_and_signs_is_left_alone(text: str) -> None:
    """Where there is neither a digit nor an at sign, nothing changes."""
    if not any(each.isdigit() or each in "@＠[({" for each in text):
        assert redacted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20_000 + "a", "1 " * 10_000 + "a", "a" * 20_000 + "@", "a." * 10_000, "a@" * 10_000,
        "(+" * 10_000, "A1" * 10_000, "call me at " * 1_800, "<@" * 10_000, "DE12 3456 " * 2_000,
        '"' * 20_000, "1.2.3." * 3_300,
    ],
)  # fmt: skip
def test_work_grows_with_the_length(text: str) -> None:
    """No text of the greatest length that is looked up takes long."""
    start = time.perf_counter()
    redacted(text)
    assert time.perf_counter() - start < 1
