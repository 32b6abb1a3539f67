"""However a process ends that writes the file of sketches, the next one finds what is on file and no more."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from bot.store import sketches
from bot.store.nearness import held
from tests.bot.store.test_sketches import EMBEDDER, MODEL, agrees
from tests.test_crash import run_and_kill

KILLS = 20


def test_the_file_of_sketches_survives_sigkill(tmp_path: Path) -> None:
    """After each of twenty kills what is near is what brute force over the ledger finds."""
    path = tmp_path / "ledger.db"
    chance = random.Random(5)
    used = 0
    for kill in range(KILLS):
        run_and_kill(
            path,
            seed=kill,
            messages=chance.randrange(1, 4),
            seconds=chance.uniform(0.0, 0.1),
            worker_module="tests.crashing_sketches",
        )
        conn = sqlite3.connect(path, isolation_level=None)
        conn.execute("BEGIN")
        found = sketches.restored(conn, path, MODEL, EMBEDDER.dimensions)
        used += found is not None
        known = found or held(conn, MODEL, None, EMBEDDER.dimensions)
        agrees(conn, known, [f"The mayor said {chance.randrange(99)}", "Whatever"])
        conn.close()
    # A whole file is there after most kills: each takes the place of the one before.
    assert used > KILLS // 2
    assert len(list(sketches.place(path, MODEL).parent.iterdir())) <= 1 + 1
