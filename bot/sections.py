"""The sections of the configuration: every key with its default.

Knows no file and no environment. What each key does is said in `config.example.toml`.
"""

from __future__ import annotations

from enum import StrEnum

from bot.records import record


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
