"""Exactly one reply, whatever happens: the soak of `benchmarks.soak`, shorter."""

from __future__ import annotations

from pathlib import Path

from benchmarks.soak import soak


async def test_every_mention_gets_exactly_one_reply(tmp_path: Path) -> None:
    """Redeliveries, two processes, kills, refused posts and broken sockets leave one reply a mention."""
    figures = await soak(tmp_path, mentions=120, kills=2)
    assert figures.faults() == []
    assert figures.replies == figures.mentions == 120
    # All that could go wrong did.
    assert figures.kills == 2
    assert figures.deliveries >= 2 * figures.mentions
    assert figures.dropped
    assert figures.refused
