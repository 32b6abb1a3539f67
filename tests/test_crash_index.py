"""The index of words survives a kill at any moment, and is never believed for more than it holds."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from bot.exchange import line_from_claim
from bot.paste import clean
from bot.store.indexing import Outcome, catch_up
from bot.store.ledger import open_ledger
from bot.store.search import Known, candidates
from bot.store.words import Words
from bot.views import View
from tests.conftest import CHANGE
from tests.crashing_index import entry
from tests.test_crash import run_and_kill

pytest.importorskip("tantivy")

KILLS = 20
SHARES = 4
CLAIMS = 150
VIEW = View(today="2026-11-22")


def found(path: Path, texts: Iterable[str], *, large: int) -> list[list[str]]:
    """Return the candidates of each of `texts` as a process that has just started finds them."""
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = sqlite3.Row
        known = Known(Words(path, large))
        entries = [candidates(conn, clean(each), view=VIEW, known=known).entries for each in texts]
        return [[each.entry.claim for each in some] for some in entries]


def is_asked(path: Path) -> bool:
    """Say whether the index is one that look-ups ask."""
    with closing(sqlite3.connect(path)) as conn:
        return Known(Words(path, 1)).standing(conn) is not None


@pytest.mark.parametrize("share", range(SHARES))
async def test_the_index_survives_sigkill(tmp_path: Path, share: int) -> None:
    """After each of many kills while the index is written, what is on file is found and nothing that was."""
    path = tmp_path / "ledger.db"
    chance = random.Random(share)
    texts = {f"c-{number}": f"The lighthouse of bay {number}x burns at noon." for number in range(CLAIMS)}
    async with open_ledger(path, writable=True, create=True) as ledger:
        lines = [line_from_claim(entry(key, text)).encode() for key, text in texts.items()]
        await ledger.import_lines(lambda: lines, CHANGE, vouched=True)
    for kill in range(KILLS // SHARES):
        said = run_and_kill(
            path,
            seed=share * 1000 + kill,
            # Up to and with a message that the index is being written.
            messages=7 * chance.randrange(1, 5),
            seconds=chance.uniform(0.0, 0.1),
            worker_module="tests.crashing_index",
        )
        gone = []
        for message in said:
            if message[0] == "try":
                gone.append((str(message[1]), texts[str(message[1])]))
                texts[str(message[1])] = str(message[2])
        # Of the last change it is not known whether it was made; of the others it is.
        async with open_ledger(path) as ledger:
            texts |= {each.id: each.text for each in await ledger.claims()}
        some = dict([*chance.sample(sorted(texts.items()), 20), *((key, texts[key]) for key, _ in gone)])
        for large in (1, 10**9):
            assert [each[0] for each in found(path, some.values(), large=large)] == list(some)
        words = {text.split()[2 if "ferry" in text else 4]: key for key, text in gone if texts[key] != text}
        for key, keys in zip(words.values(), found(path, words, large=1), strict=True):
            assert key not in keys
    assert catch_up(path, large=1).outcome is Outcome.DONE
    assert is_asked(path)
    assert [each[0] for each in found(path, texts.values(), large=1)] == list(texts)
