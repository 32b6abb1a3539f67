"""The commands that explain what was found and list what looks like one claim, as a person meets them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store.doubles import TOGETHER
from bot.store.ledger import open_ledger
from tests.bot.store.test_doubles import ONE, OTHER, entry
from tests.conftest import CHANGE
from tests.handlers.test_commands import run

CLAIMS = 40 * TOGETHER


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A ledger file with two claims that look like one."""
    async with open_ledger(tmp_path / "x.db", writable=True, create=True) as ledger:
        await ledger.save(
            entry("one", ONE, aliases=("Harbour sold behind closed doors",)), CHANGE, vouched=True
        )
        await ledger.save(entry("other", OTHER), CHANGE, vouched=True)
        await ledger.save(entry("third", "Dogs may not board the ferry in May"), CHANGE, vouched=True)
    return tmp_path / "x.db"


def test_pairs_are_listed_with_what_merges_them(path: Path) -> None:
    """Both texts, how probable it is, what they share, and the command that ends the newer one."""
    done = run("duplicates", "--least", "0.3", "--ledger", path)
    assert done.returncode == 0, done.stderr
    assert "1 pair looks like one claim" in done.stdout
    assert "% likely one claim" in done.stdout
    assert "in common: " in done.stdout
    assert "/claim merge other one REASON" in done.stdout
    assert "third" not in done.stdout


def test_no_pair_is_said_in_a_sentence(path: Path) -> None:
    """Nothing found ends with the code of nothing on file; what cannot be meant is refused."""
    done = run("duplicates", "--since", "2027-01-01", "--ledger", path)
    assert (done.returncode, done.stdout) == (1, "No two claims on file look like one.\n")
    assert run("duplicates", "--since", "soon", "--ledger", path).returncode == 2
    assert run("duplicates", "--workspace", "nowhere", "--ledger", path).returncode == 2


async def test_what_was_found_is_printed_when_it_is_broken_off(path: Path) -> None:
    """Ctrl-C ends the work, and what was found so far is listed."""
    async with open_ledger(path, writable=True) as ledger:
        for n in range(CLAIMS):
            text = f"Number {n * 37} has the colour {n * 91} in house {n * 13}"
            await ledger.save(entry(f"c-{n}", text), CHANGE, vouched=True)
    arguments = ["-m", "bot", "duplicates", "--least", "0.3", "--ledger", str(path)]
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    # The first piece of the work is done when it says what it is doing.
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert "claims" in first
    assert "Traceback" not in err
    assert "Stopped; this is what was found so far." in err
    assert process.returncode == 130
    assert "/claim merge other one REASON" in out


def test_a_search_explains_itself(path: Path) -> None:
    """Of each claim: the tier, how sure, the nearest wording, what is shared, how close, what kept it."""
    done = run("search", "--explain", "The harbour of Larkmoor was sold to somebody", "--ledger", path)
    assert done.returncode == 0, done.stderr
    for each in ("% likely the same claim", "nearest: the claim: “", "in common: ", "close by words 0."):
        assert each in done.stdout
    assert "kept from" in done.stdout
    exact = run("search", "--explain", "HARBOUR sold behind closed doors", "--ledger", path).stdout
    assert exact.startswith(ONE.split(" to ")[0])
    assert "same wording as an alias" in exact
    nothing = run("search", "--explain", "zebra crossing", "--ledger", path)
    assert (nothing.returncode, nothing.stdout.count("\n")) == (1, 1)
    assert run("search", "--explain", "!!!", "--ledger", path).returncode == 2
