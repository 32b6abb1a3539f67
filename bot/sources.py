"""Where things are read (sources), what they rest on (artifacts) and who speaks (speakers)."""

from __future__ import annotations

from enum import StrEnum

from bot.dates import Day, PartialDate
from bot.records import record


class Medium(StrEnum):
    """What sort of thing a source is."""

    WEB = "web"
    BROADCAST = "broadcast"
    PRINT = "print"
    BOOK = "book"
    SOCIAL = "social"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"


@record
class Source:
    """Where a statement was read.

    A source has an address (`url`) or says in `locator` where else a reader finds it (edition, page,
    shelf mark, time of broadcast). `excerpt` is the short passage that the quotations were checked
    against and `excerpt_sha256` its hash in hexadecimal. Sources with the same `origin` repeat one
    another (five links to one wire story) and count as one.
    """

    id: str
    publisher: str
    title: str
    author: str | None = None
    url: str | None = None
    archive_url: str | None = None
    locator: str | None = None
    published_on: PartialDate | None = None
    retrieved_on: Day | None = None
    medium: Medium = Medium.WEB
    excerpt: str | None = None
    excerpt_sha256: str | None = None
    origin: str | None = None
    note: str | None = None


class ArtifactKind(StrEnum):
    """What sort of thing an artifact is."""

    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    IMAGE = "image"


class CustodyAction(StrEnum):
    """One link in an artifact's chain of custody."""

    RECORDED = "recorded"
    HELD = "held"
    OBTAINED = "obtained"
    PUBLISHED = "published"
    AUTHENTICATED = "authenticated"
    CHALLENGED = "challenged"


@record
class Custody:
    """One step of an artifact's chain of custody: what was done, by whom, when, and by which source."""

    action: CustodyAction
    by: str
    on: PartialDate | None = None
    source: str | None = None
    note: str | None = None


@record
class Artifact:
    """The tape, document, image or video that a claim rests on, with its chain of custody in order.

    `name` reads after an article: “recording of the donor meeting”.
    """

    id: str
    name: str
    kind: ArtifactKind
    description: str | None = None
    custody: tuple[Custody, ...] = ()


class SpeakerKind(StrEnum):
    """What sort of speaker."""

    PERSON = "person"
    ORGANISATION = "organisation"
    OFFICE = "office"


@record
class Speaker:
    """Somebody who can say things. `merged_into` is the id of the speaker that this one turned out to be."""

    id: str
    name: str
    kind: SpeakerKind
    aliases: tuple[str, ...] = ()
    wikidata: str | None = None
    merged_into: str | None = None
