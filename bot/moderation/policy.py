"""Who has which role by the configuration, and whether another person than its author vets an entry.

Pure: ids in, a role or a yes or no out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bot.keys import ROLE_KEYS
from bot.moderation.deeds import LEAST, Deed
from bot.moderation.members import Member, Role, highest
from bot.sections import DiscordSection, SlackSection, TwoPerson

_ROLES: Final[Mapping[str, Role]] = dict(
    zip(ROLE_KEYS, (Role.CONTRIBUTOR, Role.REVIEWER, Role.MODERATOR, Role.ADMIN), strict=True)
)
_PAIR: Final = 2


def configured_role(section: SlackSection | DiscordSection, person: str, groups: Iterable[str]) -> Role:
    """Return the highest role that the configuration gives `person`, an id, or one of their `groups`."""
    ids = {person, *groups}
    return highest(role for key, role in _ROLES.items() if ids.intersection(getattr(section, key)))


def holders(least: Role, *sections: SlackSection | DiscordSection) -> frozenset[str]:
    """Return the ids of people and groups that have the role `least` or a higher one by the configuration."""
    keys = [key for key, role in _ROLES.items() if role.rank >= least.rank]
    return frozenset(each for section in sections for key in keys for each in getattr(section, key))


def is_two_person(
    setting: TwoPerson, configured: Collection[str], members: Iterable[Member], people: Collection[str]
) -> bool:
    """Say whether an entry of a workspace has to be vetted by another person than its author.

    `configured` are the ids that may review by the configuration, `members` those with a role by a
    command, and `people` ids that are known to be a person's. An id of which that is not known may be a
    group's, and counts as two.
    """
    if setting is not TwoPerson.AUTO:
        return setting is TwoPerson.ON
    by_row = {each.key.rsplit(":", 1)[-1] for each in members if each.may(LEAST[Deed.APPROVE])}
    named = by_row | {each for each in configured if each in people or _is_user(each)}
    return len(named) + _PAIR * len(set(configured) - named) >= _PAIR


def _is_user(key: str) -> bool:
    """Say whether an id tells by itself that it is a person's: those of Slack do."""
    return key[:1] in {"U", "W"}
