"""What was acknowledged survives a kill at any moment."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.store.ledger import open_ledger

KILLS = 56
SHARES = 4


def run_and_kill(path: Path, seed: int, messages: int, seconds: float) -> list[list[object]]:
    """Run the worker, kill it `seconds` after so many messages, and return all that it said."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crashing", str(path), str(seed)], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        first = "".join(worker.stdout.readline() for _ in range(messages))
        time.sleep(seconds)
        worker.kill()
        rest = worker.stdout.read()
    lines = (first + rest).splitlines(keepends=True)
    # The last line may have been cut by the kill.
    return [json.loads(line) for line in lines if line.endswith("\n")]


@pytest.mark.parametrize("share", range(SHARES))
async def test_acknowledged_changes_survive_sigkill(tmp_path: Path, share: int) -> None:
    """After each of many kills at random moments, all that was acknowledged is there and the log holds."""
    path = tmp_path / "ledger.db"
    chance = random.Random(share)
    settled: dict[str, str] = {}
    acknowledged = 0
    for kill in range(KILLS // SHARES):
        said = run_and_kill(
            path,
            seed=share * 1000 + kill,
            messages=chance.randrange(1, 12),
            seconds=chance.uniform(0.0, 0.05),
        )
        pending: dict[str, str] = {}
        for message in said:
            if message[0] == "try":
                assert isinstance(message[1], dict)
                pending = message[1]
            else:
                settled |= pending
                pending = {}
                acknowledged += 1
        async with open_ledger(path) as ledger:
            revision, broken = await ledger.verify()
            held = {each.id: each for each in await ledger.claims()}
        assert broken is None, f"{broken} at revision {revision}"
        # A change that was cut off is there as a whole or not at all.
        landed = {key for key, text in pending.items() if key in held and held[key].text == text}
        assert landed in (set(), set(pending))
        settled |= {key: pending[key] for key in landed}
        assert {key: claim.text for key, claim in held.items()} == settled
        assert all(claim.statements[0].told_to == claim.text for claim in held.values())
    assert acknowledged > KILLS // SHARES
