"""Who has which role by the configuration, and whether a second person has to approve."""

from __future__ import annotations

import pytest

from bot.moderation.members import Member, Role
from bot.moderation.policy import configured_role, holders, is_two_person
from bot.sections import DiscordSection, SlackSection, TwoPerson

SLACK = SlackSection(contributors=("U1",), reviewers=("S1",), moderators=("U2",), admins=("U3",))


@pytest.mark.parametrize(
    ("person", "groups", "role"),
    [
        ("U9", (), Role.READER),
        ("U1", (), Role.CONTRIBUTOR),
        ("U1", ("S1",), Role.REVIEWER),
        ("U2", ("S1",), Role.MODERATOR),
        ("U3", (), Role.ADMIN),
    ],
)
def test_the_highest_configured_role_counts(person: str, groups: tuple[str, ...], role: Role) -> None:
    """A person has the highest role of their own id and of their groups."""
    assert configured_role(SLACK, person, groups) is role


def test_who_has_a_role_by_the_configuration() -> None:
    """A role is had by those of it and of the higher ones, on every platform."""
    discord = DiscordSection(reviewers=("77",))
    assert holders(Role.REVIEWER, SLACK, discord) == {"S1", "U2", "U3", "77"}
    assert holders(Role.ADMIN, SLACK, discord) == {"U3"}


def row(person: str, role: Role) -> Member:
    """Return somebody with a role by a command."""
    return Member(workspace="", key=f"slack:T1:{person}", name=person, role=role)


@pytest.mark.parametrize(
    ("setting", "configured", "members", "people", "expected"),
    [
        (TwoPerson.ON, (), (), (), True),
        (TwoPerson.OFF, ("U1", "U2"), (), (), False),
        (TwoPerson.AUTO, (), (), (), False),
        (TwoPerson.AUTO, ("U1",), (), (), False),
        (TwoPerson.AUTO, ("U1", "U2"), (), (), True),
        (TwoPerson.AUTO, ("S1",), (), (), True),
        (TwoPerson.AUTO, ("77",), (), (), True),
        (TwoPerson.AUTO, ("77",), (), ("77",), False),
        (TwoPerson.AUTO, ("U1",), (row("U1", Role.ADMIN),), (), False),
        (TwoPerson.AUTO, ("U1",), (row("U2", Role.REVIEWER),), (), True),
        (TwoPerson.AUTO, ("U1",), (row("U2", Role.CONTRIBUTOR),), (), False),
    ],
)
def test_two_people_wherever_two_may_review(
    setting: TwoPerson,
    configured: tuple[str, ...],
    members: tuple[Member, ...],
    people: tuple[str, ...],
    *,
    expected: bool,
) -> None:
    """The rule is on by itself where two people may review; what may be a group counts as two."""
    assert is_two_person(setting, configured, members, people) is expected
