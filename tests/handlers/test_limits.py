"""What one person, one channel and one process may take on, by a clock that the test turns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.questions import Place, Platform
from bot.wording import catalogue
from handlers.limits import MINUTE, PRIVATE, Limiter, Limits

PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")
OTHER = replace(PLACE, channel="C2")


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


def limiter(clock: Clock, *, person: int = 100, channel: int = 100, queue: int = 100) -> Limiter:
    """Return a limiter with these limits."""
    return Limiter(Limits(person=person, channel=channel, queue=queue), clock=clock)


def test_a_person_is_told_once_a_minute(clock: Clock) -> None:
    """Beyond the limit the sentence comes once, then an empty text, and after a minute all begins anew."""
    limits = limiter(clock, person=2)
    assert [limits.asked(PLACE, "U1") for _ in range(4)] == [
        None,
        None,
        catalogue().say("limit.person", count="2"),
        "",
    ]
    clock.now += MINUTE - 0.1
    assert limits.asked(PLACE, "U1") == ""
    clock.now += 0.1
    assert limits.asked(PLACE, "U1") is None


def test_the_window_slides(clock: Clock) -> None:
    """A question counts for a minute from when it was asked, not until the next full minute."""
    limits = limiter(clock, person=2)
    assert limits.asked(PLACE, "U1") is None
    clock.now += 40
    assert limits.asked(PLACE, "U1") is None
    clock.now += 30
    assert limits.asked(PLACE, "U1") is None
    assert limits.asked(PLACE, "U1")


def test_people_and_platforms_are_counted_apart(clock: Clock) -> None:
    """What one person asks, in whatever channel, takes nothing from anybody else or another platform."""
    limits = limiter(clock, person=1)
    assert limits.asked(PLACE, "U1") is None
    assert limits.asked(OTHER, "U1")
    assert limits.asked(PLACE, "U2") is None
    assert limits.asked(replace(PLACE, platform=Platform.DISCORD), "U1") is None


def test_a_channel_has_a_limit_of_its_own(clock: Clock) -> None:
    """Beyond the channel's limit it is told so once, whoever asks; what was refused does not count."""
    limits = limiter(clock, channel=2)
    said = [limits.asked(PLACE, f"U{number}") for number in range(4)]
    assert said == [None, None, catalogue().say("limit.channel", count="2"), ""]
    assert limits.asked(OTHER, "U0") is None


def test_a_full_queue_is_told_once_and_counts_nothing(clock: Clock) -> None:
    """Where as many wait as may, the sentence comes once a minute; afterwards the person may still ask."""
    limits = limiter(clock, person=1, queue=5)
    assert limits.asked(PLACE, "U1", waiting=5) == catalogue().say("limit.queue")
    assert limits.asked(PLACE, "U2", waiting=9) == ""
    assert limits.asked(PLACE, "U1", waiting=4) is None


def test_in_private_it_is_said_each_time(clock: Clock) -> None:
    """Look-ups and presses have a wider window of their own, and whoever does too much is told each time."""
    limits = limiter(clock, person=1)
    assert limits.asked(PLACE, "U1") is None
    assert [limits.acted(PLACE, "U1") for _ in range(PRIVATE)] == [None] * PRIVATE
    said = catalogue().say("limit.private", count=str(PRIVATE))
    assert [limits.acted(OTHER, "U1") for _ in range(2)] == [said, said]
    assert limits.acted(PLACE, "U2") is None
    clock.now += MINUTE
    assert limits.acted(PLACE, "U1") is None


def test_who_is_quiet_is_forgotten(clock: Clock) -> None:
    """A process that runs for long keeps nothing of those who did nothing within the last minute."""
    limits = limiter(clock, person=1)
    for number in range(50):
        limits.asked(PLACE, f"U{number}")
        limits.asked(PLACE, f"U{number}")
        limits.acted(PLACE, f"U{number}")
    clock.now += MINUTE
    limits.acted(PLACE, "U0")
    assert len(limits._counted) == 1
    assert limits._told == {}
