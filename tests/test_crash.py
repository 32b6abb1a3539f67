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
from tests.moderating import rows

KILLS = 56
SHARES = 4


def run_and_kill(
    path: Path, seed: int, messages: int, seconds: float, *, worker_module: str = "tests.crashing"
) -> list[list[object]]:
    """Run the worker, kill it `seconds` after so many messages, and return all that it said."""
    with subprocess.Popen(
        [sys.executable, "-m", worker_module, str(path), str(seed)], stdout=subprocess.PIPE, text=True
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


HALF_DONE = {
    "an approval without its deed, its vetting, its revision or its author being told": """
        SELECT id FROM proposal WHERE state = 'approved' AND NOT EXISTS (
            SELECT 1 FROM deed JOIN vetting ON vetting.revision BETWEEN deed.first AND deed.last
                JOIN revision ON revision.n BETWEEN deed.first AND deed.last
                JOIN outbox ON outbox.ref = 'author:' || proposal.id
            WHERE deed.proposal = proposal.id AND deed.action = 'approve' AND deed.undone_at IS NULL
                AND revision.entity = 'claim'
                AND json_extract(revision.after, '$.text') = json_extract(proposal.document, '$.text'))""",
    "a deed whose proposal stands elsewhere": """
        SELECT n FROM deed JOIN proposal ON proposal.id = deed.proposal
        WHERE deed.undone_at IS NULL AND (
            (action = 'approve' AND state <> 'approved') OR (action = 'decline' AND state <> 'declined'))""",
    "a change that is nobody's deed": """
        SELECT n FROM revision WHERE reason <> 'undone' AND NOT EXISTS (
            SELECT 1 FROM deed WHERE revision.n BETWEEN deed.first AND deed.last)""",
    "a deed without its changes": """
        SELECT n FROM deed WHERE last > (SELECT coalesce(max(n), 0) FROM revision)""",
    "a deed that is called undone and is not": """
        SELECT n FROM deed WHERE undone_at IS NOT NULL AND first > 0 AND NOT EXISTS (
            SELECT 1 FROM revision WHERE revision.n > deed.last AND revision.claim = deed.claim
                AND revision.reason = 'undone')""",
}


@pytest.mark.parametrize("share", range(SHARES))
async def test_acknowledged_deeds_survive_sigkill(tmp_path: Path, share: int) -> None:
    """After each of many kills each deed of a member is there whole or not at all, and none is lost."""
    path = tmp_path / "ledger.db"
    chance = random.Random(share)
    settled: dict[str, object] = {}
    acknowledged = 0
    for kill in range(KILLS // SHARES):
        said = run_and_kill(
            path,
            seed=share * 1000 + kill,
            messages=chance.randrange(1, 16),
            seconds=chance.uniform(0.0, 0.05),
            worker_module="tests.crashing_deeds",
        )
        pending: dict[str, object] = {}
        for message in said:
            if message[0] == "try":
                assert isinstance(message[1], dict)
                pending = message[1]
            else:
                assert isinstance(message[1], dict)
                settled |= pending | message[1]
                pending = {}
                acknowledged += 1
        async with open_ledger(path) as ledger:
            revision, broken = await ledger.verify()
        assert broken is None, f"{broken} at revision {revision}"
        for fault, query in HALF_DONE.items():
            assert rows(path, query) == [], fault
        held: dict[str, object] = {
            f"claim {key}": [state, text]
            for key, state, text in rows(path, "SELECT id, state, text FROM claim")
        }
        held |= {f"proposal {key}": stage for key, stage in rows(path, "SELECT id, state FROM proposal")}
        known = {key: held.get(key) for key in settled.keys() | pending.keys()}
        assert known in ({**dict.fromkeys(pending), **settled}, settled | pending)
        settled = {key: value for key, value in known.items() if value is not None}
    assert acknowledged > KILLS // SHARES
