"""The sections of the configuration: every key with its default, and the values that each may have.

Knows no file and no environment. What each key does is said in `config.example.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from bot.records import record

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts to which a token may travel without TLS: this machine."""


class Level(StrEnum):
    """From which weight on something is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Format(StrEnum):
    """How the log is written; `auto` is for people on a terminal and JSON elsewhere."""

    AUTO = "auto"
    HUMAN = "human"
    JSON = "json"


class Vectors(StrEnum):
    """Where vectors are used: by what keeps running, everywhere, or nowhere."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Embedding(StrEnum):
    """What makes vectors: a model on this machine, for English or for many languages, or a service."""

    ENGLISH = "english"
    MULTILINGUAL = "multilingual"
    SERVICE = "service"


@record
class LedgerSection:
    """Where the ledger is; a relative path starts at the folder of the configuration file."""

    path: str = "counterclaim.db"


@record
class MatchingSection:
    """How a paste is matched: with which weights, by words and by vectors, where vectors are used, and whose.

    Without weights of its own, by those that the program brings.
    """

    calibration: str | None = None
    vectors: Vectors = Vectors.AUTO
    vectors_calibration: str | None = None
    embedder: Embedding = Embedding.ENGLISH


@record
class EmbeddingSection:
    """A service that makes vectors: its address, its key's file, the model, and what is expected of it.

    `dimensions` is how many numbers a vector has; `shortened` says that the service is to be asked for so
    many. `timeout_seconds` is how long a question may wait for it.
    """

    base_url: str | None = None
    api_key_file: str | None = None
    model: str = "text-embedding-3-small"
    dimensions: int = 1536
    shortened: bool = False
    timeout_seconds: float = 2.0


@record
class SlackSection:
    """Slack: files with its tokens, its address, the emoji that asks, and who has which role here.

    Those who have one are ids of users and of user groups.
    """

    bot_token_file: str | None = None
    app_token_file: str | None = None
    api_url: str = "https://slack.com/api/"
    reaction: str | None = None
    contributors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()


@record
class DiscordSection:
    """Discord: the file with its token, its addresses, the emoji that asks, and who has which role here.

    Those who have one are ids of users and of Discord's roles. Without `gateway_url` Discord's answer
    names the gateway.
    """

    token_file: str | None = None
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str | None = None
    reaction: str | None = None
    contributors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    admins: tuple[str, ...] = ()


@record
class OpenAISection:
    """The language model: its name, its key's file, its address where that is not OpenAI's, and its limits.

    Without a name there is none. `timeout_seconds` is for questions that somebody waits for,
    `draft_seconds` for drafts; `concurrency` is how many it is asked at a time, `tokens_a_day` how much it
    may take in a day of UTC.
    """

    model: str | None = None
    api_key_file: str | None = None
    base_url: str | None = None
    timeout_seconds: float = 4.0
    draft_seconds: float = 60.0
    concurrency: int = 4
    tokens_a_day: int = 200_000


@record
class FetchingSection:
    """Whether pages that a contributor names are fetched, as whom, and from which hosts alone."""

    enabled: bool = False
    user_agent: str = "counterclaim (a record of what was said)"
    hosts: tuple[str, ...] = ()


@record
class LimitsSection:
    """Questions a minute of one person and of one channel, and how many of a channel may wait."""

    person: int = 10
    channel: int = 60
    queue: int = 100


@record
class PrivacySection:
    """How many days the texts of questions are kept."""

    retention_days: int = 90


class TwoPerson(StrEnum):
    """Whether an entry is vetted by another person than its author.

    `auto`: wherever at least two people may review; a group or a role that may counts as two.
    """

    AUTO = "auto"
    ON = "on"
    OFF = "off"


@record
class PolicySection:
    """How entries are vetted, and for how many days a reply is kept true to the record."""

    two_person: TwoPerson = TwoPerson.AUTO
    reply_days: int = 90
    review_days: int = 180


@record
class OutboxSection:
    """How fast changes are told: edits, and as many messages, a minute on each platform.

    `digest_seconds` is how long changes are gathered before a follower is told.
    """

    slack: int = 45
    discord: int = 45
    digest_seconds: int = 60


@record
class WorkspaceSection:
    """A workspace by its name: the Slack teams and Discord servers that keep entries together.

    `of` names each as `slack:TEAM` or `discord:SERVER`, with the platform's id.
    """

    name: str
    of: tuple[str, ...]


@record
class LogSection:
    """From which weight on things are logged, and how."""

    level: Level = Level.INFO
    format: Format = Format.AUTO


@record
class HealthSection:
    """The port, on this machine alone, of `/healthz` and `/metrics`; without it neither is served."""

    port: int | None = None


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
