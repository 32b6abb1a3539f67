"""What the fake keeps: messages, answers that one person sees, forms, posts to a response URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tests.fakes.slack.shapes import Json


class Via(StrEnum):
    """The way by which a message came."""

    PERSON = "person"
    WEB_API = "web api"
    ACK = "ack"
    RESPONSE_URL = "response url"


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a channel, as it stands now; `edits` holds what it was before, the oldest first."""

    channel: str
    ts: str
    user: str
    text: str
    via: Via
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    metadata: Json | None = None
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None
    parse: str | None = None
    link_names: bool = False
    reply_broadcast: bool = False
    edits: list[Json] = field(default_factory=list)
    deleted: bool = False
    uneditable: bool = False
    """Whether the team's time for editing a message has run out."""
    reactions: dict[str, set[str]] = field(default_factory=dict)

    def replace(self, *, text: str, blocks: list[Json], attachments: list[Json]) -> None:
        """Edit the message and keep what it was."""
        self.edits.append({"text": self.text, "blocks": self.blocks, "attachments": self.attachments})
        self.text, self.blocks, self.attachments = text, blocks, attachments


@dataclass(slots=True, kw_only=True)
class Ephemeral:
    """A message that one person sees; `edits` holds what it was before, the oldest first."""

    channel: str
    ts: str
    user: str
    text: str
    via: Via
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    edits: list[Json] = field(default_factory=list)
    deleted: bool = False

    def replace(self, *, text: str, blocks: list[Json], attachments: list[Json]) -> None:
        """Replace what the person sees and keep what it was."""
        self.edits.append({"text": self.text, "blocks": self.blocks, "attachments": self.attachments})
        self.text, self.blocks, self.attachments = text, blocks, attachments


@dataclass(slots=True, kw_only=True)
class OpenView:
    """A modal or Home tab: `view` as it stands now, `versions` what it was before."""

    id: str
    hash: str
    user: str
    view: Json
    root: str
    previous: str | None = None
    versions: list[Json] = field(default_factory=list)
    closed: bool = False
    offered: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What its menus offered that ask the app, by `action_id` and the value of the option."""

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.view["type"])

    def replace(self, view: Json, new_hash: str) -> None:
        """Show another content in the same place."""
        self.versions.append(self.view)
        self.view, self.hash = view, new_hash


class Answered(StrEnum):
    """What a post to a response URL did."""

    EPHEMERAL = "ephemeral"
    IN_CHANNEL = "in_channel"
    REPLACED = "replaced"
    DELETED = "deleted"


@dataclass(slots=True, kw_only=True)
class Response:
    """One accepted post to a response URL, and the message that it made or changed."""

    url: str
    body: Json
    kind: Answered
    message: Message | Ephemeral | None


@dataclass(slots=True, kw_only=True)
class ResponseUrl:
    """An address at which the bot may answer an interaction: five times in thirty minutes."""

    id: str
    user: str
    channel: str
    expires: float
    origin: Message | Ephemeral | None
    uses: int = 0
    responses: list[Response] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Channel:
    """A conversation: what kind it is, whether the bot is in it, and every message by its `ts`."""

    id: str
    name: str
    kind: str = "channel"
    """`channel`, `private` or `im`."""
    member: bool = True
    archived: bool = False
    user: str | None = None
    """The other side of a direct message."""
    messages: dict[str, Message] = field(default_factory=dict)
    threads: dict[str, list[Message]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True, kw_only=True)
class Refused:
    """A request that was refused: method, Slack's error, and the detail."""

    method: str
    error: str
    detail: str


class Refusal(Exception):  # noqa: N818
    """A request answered with `ok: false`.

    Args:
        error: Slack's word for it.
        detail: a sentence for whoever reads the test's output.
        fault: whether only a mistake in the program can cause it, so that it counts as a violation.
        more: further keys of the answer.
    """

    def __init__(self, error: str, detail: str = "", *, fault: bool = False, **more: object) -> None:
        super().__init__(f"{error}: {detail}" if detail else error)
        self.error = error
        self.detail = detail
        self.fault = fault
        self.more = more
