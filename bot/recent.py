"""Answers given a moment ago: a viral claim is asked again and again, and the same rows give the same answer.

What is kept is keyed by the ledger's revision and by what the reader may see, so that no answer outlives a
change, and it goes after a few minutes, since it holds what somebody pasted.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Final

from bot.answers import Answer, ClaimRecord, RelatedClaim, Tier
from bot.claims import Claim
from bot.composition import claim_record
from bot.records import record
from bot.views import View

MOST: Final = 256
"""Answers kept at a time."""

SECONDS: Final = 300.0
"""How long an answer is kept."""

Key = tuple[int, View, str, int]
"""The ledger's revision, who reads, the text, and the identity of the calibration."""


@record
class Found:
    """A claim as readers may see it, with the visible claims that it is related to.

    `vetted_alone`: one person wrote and vetted it.
    """

    claim: Claim
    related: tuple[RelatedClaim, ...]
    vetted_alone: bool = False


class Recent:
    """The answers of the last minutes, the least recently used of which makes room first."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, tuple[float, Answer]] = OrderedDict()
        self._records: dict[int, tuple[Found, ClaimRecord]] = {}

    def record(self, found: Found) -> ClaimRecord:
        """Return the record of a claim, without what a question adds to it.

        The ledger hands over the same `found` while the claim is as it was, so its identity is the key.
        """
        held = self._records.get(id(found))
        if held is not None and held[0] is found:
            return held[1]
        made = claim_record(
            found.claim,
            tier=Tier.SAME,
            probability=None,
            part=None,
            differences=(),
            related=found.related,
            vetted_alone=found.vetted_alone,
        )
        if len(self._records) >= MOST:
            self._records.clear()
        self._records[id(found)] = (found, made)
        return made

    def get(self, key: Key) -> Answer | None:
        """Return the answer under `key`, or None where there is none that is recent."""
        found = self._held.get(key)
        if found is None:
            return None
        if found[0] < time.monotonic() - SECONDS:
            del self._held[key]
            return None
        self._held.move_to_end(key)
        return found[1]

    def forget(self) -> None:
        """Forget the answers, where what they were made with has changed though no claim has."""
        self._held.clear()

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep `answer` under `key`, and drop what is old or too many."""
        now = time.monotonic()
        self._held[key] = (now, answer)
        while len(self._held) > MOST or next(iter(self._held.values()))[0] < now - SECONDS:
            self._held.popitem(last=False)
