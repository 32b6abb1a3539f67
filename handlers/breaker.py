"""A breaker: a service that fails again and again is left alone for a while, then asked once to see.

Nygard, “Release It!” (2nd ed., 2018), section 5.2. Knows no clock: the time is handed in.
"""

from __future__ import annotations

from typing import Final

FAILURES: Final = 3
"""Failures in a row after which it rests."""
REST: Final = 30.0
"""Seconds of the first rest; each that follows upon a failed probe is twice as long."""
LONGEST_REST: Final = 600.0


class Breaker:
    """Of one service. Times are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._failures = 0
        self._rest = REST
        self._until: float | None = None
        """When the rest ends; None where none was begun since the last success."""
        self._probing = False

    def is_resting(self, now: float) -> bool:
        """Say whether the service is left alone at present, or a probe is on its way."""
        return self._until is not None and (now < self._until or self._probing)

    def may_ask(self, now: float) -> bool:
        """Say whether the service may be asked; where a rest is just over, whoever asks first is the probe.

        Whoever was let through says how it went: `succeeded`, `failed` or `gave_up`.
        """
        if self.is_resting(now):
            return False
        self._probing = self._until is not None
        return True

    def succeeded(self) -> bool:
        """Note that the service answered; return whether it had been resting."""
        was = self._until is not None
        self._failures, self._rest, self._until, self._probing = 0, REST, None, False
        return was

    def failed(self, now: float, *, seconds: float = 0.0) -> bool:
        """Note a failure; return whether a rest begins where there was none.

        A service that asks to be left alone for `seconds` is so at once, whatever came before.
        """
        self._failures += 1
        probed, self._probing = self._probing, False
        if probed:
            self._rest = min(2 * self._rest, LONGEST_REST)
        elif self._until is not None or (self._failures < FAILURES and seconds <= 0):
            # Questions that were on their way when the rest began do not make it longer.
            return False
        first = self._until is None
        self._until = now + min(max(self._rest if self._failures >= FAILURES else 0.0, seconds), LONGEST_REST)
        return first

    def gave_up(self) -> None:
        """Note that whoever asked did not wait for the answer: it says nothing of the service."""
        self._probing = False
