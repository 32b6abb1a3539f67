"""What is kept of whoever asks, removing it on their word, and muting. Deeds for everybody, but for the last.

Whoever calls has made sure that the person may (`bot.moderation.deeds.LEAST`); muting looks the role up again
in the transaction that mutes.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, Protocol

from bot.buttons import Key
from bot.config import Settings
from bot.dates import PartialDate
from bot.keys import ROLE_KEYS
from bot.moderation.deeds import Deed, Do, encoded
from bot.moderation.members import Role, highest
from bot.paragraphs import Paragraph, Shape, paragraph, plain, strong
from bot.questions import Place, Platform
from bot.store.ledger import Ledger
from bot.store.privacy import Stored
from bot.wording import Catalogue, catalogue, date_words
from handlers.moderating.acting import Acting
from handlers.outcomes import Board, Outcome, Said

SURE: Final = "yes"
"""What confirms that everything is to be removed."""
DAY: Final = 86_400.0
MOST_DAYS: Final = 3_650

_NAMED: Final = re.compile(r"\s*(?:<@!?([A-Z0-9]{3,25})(?:\|[^<>]*)?>|([A-Z0-9]{3,25}))(?:\s+(\d{1,4}))?\s*")
"""A mention as a platform writes it, or a bare id; and a number of days."""


class Parts(Protocol):
    """What is needed of the running program."""

    @property
    def ledger(self) -> Ledger:
        """The open ledger."""
        ...

    @property
    def settings(self) -> Settings:
        """The configuration."""
        ...


class Actor(Protocol):
    """Who acts, and where. `groups` are the ids of the groups and roles that the platform says they have."""

    @property
    def place(self) -> Place:
        """Where they act."""
        ...

    @property
    def person(self) -> str:
        """Their id on the platform."""
        ...

    @property
    def groups(self) -> tuple[str, ...]:
        """Ids of groups and roles."""
        ...


async def privacy(services: Parts, actor: Actor) -> Outcome:
    """Return what is kept of the person: counts and days, no text."""
    found = await services.ledger.privacy().stored(_workspace(services, actor), actor.place, actor.person)
    words = catalogue()
    lines = list(_lines(found, words)) or [words.say("privacy.nothing")]
    lines += _staying(services, actor, found, words)
    days = str(services.settings.privacy.retention_days)
    made = [_heading(words.say("privacy.title")), *(paragraph(Shape.ITEM, plain(each)) for each in lines)]
    made += [
        paragraph(Shape.NOTE, plain(words.say("privacy.hashed", days=days))),
        paragraph(Shape.NOTE, plain(words.say("privacy.how"))),
    ]
    return Board(paragraphs=tuple(made))


async def forget(services: Parts, actor: Actor, words: str = "") -> Outcome:
    """Remove what is kept of the person, where `words` are “yes”; else ask whether they are sure.

    `words` is what stands after the command, or the `ref` of the button.
    """
    say = catalogue().say
    if words.strip().casefold() != SURE:
        sure = Key(label=say("privacy.confirm_button"), text=encoded(Do(deed=Deed.FORGET, ref=SURE)))
        made = (
            _heading(say("privacy.confirm_title")),
            paragraph(Shape.TEXT, plain(say("privacy.confirm"))),
            paragraph(Shape.NOTE, plain(say("privacy.confirm_how"))),
        )
        return Board(paragraphs=made, rows=((sure,),))
    found = await services.ledger.privacy().forget(_workspace(services, actor), actor.place, actor.person)
    counts = {"texts": str(found.texts), "follows": str(found.follows), "demands": str(found.demands)}
    stays = _staying(services, actor, found, catalogue())
    if found.proposals:
        stays.append(say("privacy.record_stays"))
    lines = [say("privacy.forgotten", **counts), *(say("privacy.stays", what=each) for each in stays)]
    return Said(text="\n".join(lines))


async def mute(acting: Acting, do: Do, words: str) -> Outcome:
    """Mute the person whom `words` name, for the days that they say; without days until it is ended."""
    say = catalogue().say
    found = _NAMED.fullmatch(do.ref or words)
    days = int(found[3]) if found and found[3] else None
    if found is None or (days or 0) > MOST_DAYS:
        return Said(text=say("mute.how"))
    person = found[1] or found[2]
    platform, muting = Platform(acting.tenant.partition(":")[0]), acting.ledger.muting()
    if days == 0:
        ended = await muting.unmute(platform, person, acting.member)
        return Said(text=say("mute.ended" if ended else "mute.was_not"))
    until = None if days is None else time.time() + days * DAY
    await muting.mute(platform, person, until, acting.member)
    if days is None:
        return Said(text=say("mute.muted_without_end"))
    return Said(text=say("mute.muted_one" if days == 1 else "mute.muted", days=str(days)))


def _lines(found: Stored, words: Catalogue) -> Iterator[str]:
    if found.first_at is not None and found.last_at is not None:
        yield words.say(
            "privacy.questions",
            count=str(found.questions),
            first=_day(found.first_at, words),
            last=_day(found.last_at, words),
            texts=str(found.texts),
        )
    if found.demands:
        yield words.say("privacy.demands", count=str(found.demands), wishes=str(found.wishes))
    for name in ("follows", "reports", "choices", "sheets", "proposals"):
        count: int = getattr(found, name)
        if count:
            yield words.say(f"privacy.{name}", count=str(count))


def _staying(services: Parts, actor: Actor, found: Stored, words: Catalogue) -> list[str]:
    """Return what no word of the person removes: a role, and that they are muted."""
    lines = []
    configured = _configured(services.settings, actor)
    if found.role is not None and found.role != Role.READER:
        lines.append(words.say("privacy.role", role=_role(found.role, words)))
    if configured is not Role.READER:
        lines.append(words.say("privacy.role_configured", role=_role(configured, words)))
    if found.muted_until is not None:
        if math.isinf(found.muted_until):
            lines.append(words.say("privacy.muted_without_end"))
        else:
            lines.append(words.say("privacy.muted", date=_day(found.muted_until, words)))
    return lines


def _configured(settings: Settings, actor: Actor) -> Role:
    section = settings.slack if actor.place.platform is Platform.SLACK else settings.discord
    own = {actor.person, *actor.groups}
    roles = (Role.CONTRIBUTOR, Role.REVIEWER, Role.MODERATOR, Role.ADMIN)
    return highest(
        role for role, key in zip(roles, ROLE_KEYS, strict=True) if own.intersection(getattr(section, key))
    )


def _workspace(services: Parts, actor: Actor) -> str:
    return services.settings.workspace_of(actor.place.platform, actor.place.tenant)


def _role(role: str, words: Catalogue) -> str:
    key = f"role.{role}"
    return words.say(key) if words.knows(key) else str(role)


def _day(moment: float, words: Catalogue) -> str:
    return date_words(words, PartialDate(datetime.fromtimestamp(moment, UTC).date().isoformat()))


def _heading(text: str) -> Paragraph:
    return paragraph(Shape.HEADING, strong(text))
