"""Addresses: the same page under every way to write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.addresses import canonical_address


@pytest.mark.parametrize(
    "url",
    [
        "https://gazette.example/pier?b=2&a=1",
        "http://www.gazette.example/pier/?a=1&b=2",
        "HTTPS://Gazette.Example:443/x/../pier?b=2&utm_source=feed&a=1&fbclid=9#comments",
        "gazette.example/pier?a=1&b=2",
        "https://m.gazette.example/pier?gclid=1&a=1&b=2",
    ],
)
def test_one_page_has_one_address(url: str) -> None:
    """Scheme, case, port, order, fragment and tracking make no difference."""
    assert canonical_address(url) == "https://gazette.example/pier?a=1&b=2"


def test_case_of_a_path_is_kept() -> None:
    """A path may mean something else in other letters."""
    assert canonical_address("https://gazette.example/A") != canonical_address("https://gazette.example/a")


@pytest.mark.parametrize(
    "url", ["", "pier", "ftp://a.example/", "javascript:alert(1)", "http://[::1", "a b.example", "x" * 3000]
)
def test_what_is_no_web_address_has_none(url: str) -> None:
    """Other schemes, words and broken addresses give None."""
    assert canonical_address(url) is None


@given(st.text(max_size=100) | st.text(alphabet="htps:/.%[]@?#&=a1-", max_size=60))
def test_any_text_is_taken(text: str) -> None:
    """No text makes it fail, and the form of a form is the form."""
    found = canonical_address(text)
    assert found is None or canonical_address(found) == found
