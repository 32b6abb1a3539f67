"""A question: somebody's text, and the place where its answer belongs. The same on every platform."""

from __future__ import annotations

from enum import StrEnum

from bot.records import record


class Platform(StrEnum):
    """Where people ask."""

    SLACK = "slack"
    DISCORD = "discord"


class Way(StrEnum):
    """How a question came."""

    MENTION = "mention"
    DIRECT = "direct"
    REACTION = "reaction"
    SHORTCUT = "shortcut"
    COMMAND = "command"


@record
class Place:
    """Where something stands: the platform, its workspace or server (`tenant`), and the channel.

    A direct message on Discord has no server; its tenant is "".
    """

    platform: Platform
    tenant: str
    channel: str


@record
class Incoming:
    """A message that asks in public and gets exactly one reply.

    `delivery` is the platform's id of this delivery, `message` that of the message that asks: the
    first differs when a message is delivered twice as two events, the second does not. `thread` is
    where the reply goes (Slack: the thread's ts; Discord: None, the reply refers to `message`).
    `person` is the asker's id on the platform, kept only until the reply is posted. `text` is what was
    typed or the text of the message that is asked about; `titles` are those of links that the
    platform unfurled. `unread` says that the message asked about is one whose text the platform withholds.
    """

    delivery: str
    place: Place
    message: str
    thread: str | None
    person: str
    way: Way
    text: str
    titles: tuple[str, ...] = ()
    unread: bool = False


@record
class Job:
    """An incoming message that this process has taken on; `tries` counts how often one did before.

    With a `refusal`, that sentence is all that is answered: somebody asked more than may be asked.
    `revision` is the ledger's at the moment at which the message came.
    """

    incoming: Incoming
    question: str
    tries: int
    received_at: float
    refusal: str | None = None
    revision: int | None = None


@record
class Posted:
    """A reply as the platform holds it: the id of the message, and the thread that it stands in."""

    message: str
    thread: str | None = None
