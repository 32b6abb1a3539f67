"""What changed is told in the end, and told once, whenever the process is killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from bot.answers import Answer, Tier
from bot.questions import Place, Platform, Posted, Way
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change
from bot.views import now
from tests.entries import claim, recorded, statement
from tests.telling import ENTRIES

KILLS = 14
REPLIES = 12
PLACE = Place(platform=Platform.SLACK, tenant="T1", channel="C1")


async def fill(ledger: Ledger) -> dict[str, str]:
    """Fill a ledger with entries, replies and followers of each; return which reply shows what."""
    shown = {}
    for number in range(ENTRIES):
        made = claim(
            id=f"c-{number}",
            text=f"The mayor said {number}.",
            statements=(statement(id=f"s-{number}", about=None),),
        )
        await ledger.save(made, Change(actor="Tester").now(), vouched=True)
        await ledger.questions().follow(made.id, PLACE, f"U{number}", now())
        answer = Answer(tier=Tier.SAME, ledger_revision=await ledger.revision(), claims=(recorded(made),))
        for copy in range(REPLIES // ENTRIES + 1):
            question = await ledger.questions().ask(PLACE, "U9", Way.MENTION, made.text)
            message = f"{number}.{copy}"
            await ledger.questions().remember(PLACE, question, Posted(message=message, thread="0.1"), answer)
            shown[message] = made.id
    return shown


def run_and_kill(arguments: list[str], seconds: float) -> dict[str, str]:
    """Run the worker, kill it `seconds` after its first change, and return what was acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.telling", *arguments], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        first = worker.stdout.readline()
        time.sleep(seconds)
        worker.kill()
        rest = worker.stdout.read()
    return dict(json.loads(each) for each in (first + rest).splitlines(keepends=True) if each.endswith("\n"))


async def test_all_is_told_once_whenever_the_process_is_killed(tmp_path: Path) -> None:
    """After kills at random moments every reply shows the last text, and no line or message stands twice."""
    path, file = tmp_path / "ledger.db", tmp_path / "site"
    file.touch()
    chance = random.Random(7)
    async with open_ledger(path, writable=True, create=True) as ledger:
        shown = await fill(ledger)
    for kill in range(KILLS):
        run_and_kill([str(path), str(file), str(kill)], chance.uniform(0.0, 1.2))
    done = subprocess.run(
        [sys.executable, "-m", "tests.telling", str(path), str(file), "99", "end"],
        check=True,
        timeout=120,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    async with open_ledger(path) as opened:
        texts = {each.id: each.text for each in await opened.claims()}
    told = [json.loads(each) for each in file.read_text("utf-8").splitlines()]
    last = {message: text for kind, message, text in told if kind == "edit"}
    assert last == {message: texts[entry] for message, entry in shown.items()}
    marks = Counter(mark for kind, _, mark in told if kind != "edit")
    assert marks
    assert set(marks.values()) == {1}
    # Each entry was corrected, so each reply has its line and each follower a message.
    assert {message for kind, message, _ in told if kind == "note"} == set(shown)
    assert {address for kind, address, _ in told if kind == "tell"} == {f"U{n}" for n in range(ENTRIES)}
