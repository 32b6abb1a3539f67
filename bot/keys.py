"""What the value of each key of the configuration may be, beyond its type, and what is said otherwise."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts to which a token may travel without TLS: this machine."""
Fault = tuple[str, str]
"""What is wrong with a value, after the value itself; and what would be right."""


def _address(*schemes: str, strict: bool = True) -> Callable[[Any], Fault | None]:
    """Return the check of an address; `strict` asks for TLS unless the host is this machine."""
    safe, plain = schemes
    example = f"write an address such as {safe}://host/path"

    def check(value: Any) -> Fault | None:
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return "is no address", example
        if not value.isascii() or not value.isprintable() or " " in value:
            return "is no address", example
        if parts.scheme not in schemes or not host:
            return f"is no {safe} address", example
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            return "has more than scheme, host, port and path", example
        if strict and parts.scheme == plain and host not in LOCAL:
            return "would send the token in the clear", f"write {safe}://, or name this machine"
        return None

    return check


def _within(least: int, most: int) -> Callable[[Any], Fault | None]:
    def check(value: Any) -> Fault | None:
        if least <= value <= most:
            return None
        return "is out of range", f"write a whole number from {least:,} to {most:,}"

    return check


def _seconds(value: Any) -> Fault | None:
    # Beyond this people take it for broken; and no whole number is asked for, so that 0.5 is one.
    return None if 0.1 <= value <= 30 else ("is out of range", "write a number from 0.1 to 30")  # noqa: PLR2004


def _minutes(value: Any) -> Fault | None:
    return None if 1 <= value <= 600 else ("is out of range", "write a number from 1 to 600")  # noqa: PLR2004


def _like(pattern: str, wrong: str, right: str) -> Callable[[Any], Fault | None]:
    """Return the check of a text that has to match `pattern` whole."""
    return lambda value: None if re.fullmatch(pattern, value) else (wrong, right)


def _model(example: str) -> Callable[[Any], Fault | None]:
    """Return the check of a model's name."""
    right = f"write it as the service has it, for example {example}"
    return _like(r"[!-~]{1,200}", "is no name of a model", right)


def _each(pattern: str, what: str, noun: str = "id") -> Callable[[Any], Fault | None]:
    """Return the check of a list of ids."""

    def check(value: Any) -> Fault | None:
        # What is no text is told already, as of the wrong kind.
        bad = [each for each in value if isinstance(each, str) and not re.fullmatch(pattern, each)]
        return (f"holds something that is no {noun}", f"write {what}") if bad else None

    return check


def _slack_emoji(value: Any) -> Fault | None:
    if re.fullmatch(r"[\w+'-]{1,100}", value) and value == value.lower():
        return None
    return "is no name of an emoji", "write the name without colons, for example mag"


def _discord_emoji(value: Any) -> Fault | None:
    if re.fullmatch(r"\w{2,32}(:[0-9]{1,20})?", value, re.ASCII):
        return None
    # An emoji is a symbol, or a digit, `#` or `*` with the sign that makes a keycap of it.
    symbol = any(unicodedata.category(each) in {"So", "Sk"} or each == "\u20e3" for each in value)
    if symbol and len(value) <= 16 and not re.search(r"[\s:<>]", value):  # noqa: PLR2004 - a family has 11
        return None
    return "is no emoji", "paste the emoji itself, or write the name of one of the server's without colons"


ROLE_KEYS: Final = ("contributors", "reviewers", "moderators", "admins")
"""The keys under a platform that say who has which role, the least first."""

_SLACK_IDS: Final = "ids of users or user groups, for example U0123ABCD or S0123ABCD"
_DISCORD_IDS: Final = "ids of users or roles: digits in quotation marks"

CHECKS: Final[Mapping[tuple[str, str], Callable[[Any], Fault | None]]] = {
    ("slack", "api_url"): _address("https", "http"),
    ("slack", "reaction"): _slack_emoji,
    **{("slack", each): _each(r"[UWS][A-Z0-9]+", _SLACK_IDS) for each in ROLE_KEYS},
    ("discord", "api_url"): _address("https", "http"),
    ("discord", "gateway_url"): _address("wss", "ws"),
    ("discord", "reaction"): _discord_emoji,
    **{("discord", each): _each(r"[0-9]{1,20}", _DISCORD_IDS) for each in ROLE_KEYS},
    # A model is often served on another machine of the same house, and needs no key there.
    ("openai", "base_url"): _address("https", "http", strict=False),
    ("openai", "model"): _model("gpt-4o-mini"),
    ("openai", "timeout_seconds"): _seconds,
    ("openai", "draft_seconds"): _minutes,
    ("openai", "concurrency"): _within(1, 64),
    ("openai", "tokens_a_day"): _within(1, 1_000_000_000),
    ("embedding", "base_url"): _address("https", "http", strict=False),
    ("embedding", "model"): _model("text-embedding-3-small"),
    ("embedding", "dimensions"): _within(8, 8_192),
    ("embedding", "timeout_seconds"): _seconds,
    ("fetching", "user_agent"): _like(r"[!-~][ -~]{0,198}", "is no name of a program", "write plain letters"),
    ("fetching", "hosts"): _each(
        r"(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+",
        "names of hosts in lower case, for example news.example.org",
    ),
    ("limits", "person"): _within(1, 10_000),
    ("limits", "channel"): _within(1, 100_000),
    ("limits", "queue"): _within(1, 100_000),
    ("privacy", "retention_days"): _within(1, 3_650),
    ("policy", "reply_days"): _within(1, 3_650),
    ("policy", "review_days"): _within(1, 3_650),
    ("outbox", "slack"): _within(1, 100_000),
    ("outbox", "discord"): _within(1, 100_000),
    ("outbox", "digest_seconds"): _within(0, 86_400),
    ("health", "port"): _within(1, 65_535),
}
"""What a value must be beyond its type. The check of a key is called with a value of its type alone."""

KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "dimensions": int,
    "timeout_seconds": (int, float),
    "draft_seconds": (int, float),
    "concurrency": int,
    "tokens_a_day": int,
    **dict.fromkeys(ROLE_KEYS, list),
    "hosts": list,
    "person": int,
    "channel": int,
    "queue": int,
    "retention_days": int,
    "reply_days": int,
    "review_days": int,
    "slack": int,
    "discord": int,
    "digest_seconds": int,
    "port": int,
}
"""The type in which TOML gives a key that has a check; a text where it is not named here."""
