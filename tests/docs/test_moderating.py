"""`docs/moderating.md` says what the program does: its kinds, its roles, its commands, a first entry."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from bot.answers import Tier
from bot.calibration import load
from bot.claims import Claim
from bot.matching import Hit
from bot.moderation.deeds import COMMANDS, LEAST, Deed
from bot.moderation.members import Role
from bot.paste import clean
from bot.reason_words import short_reason
from bot.reasons import reason
from bot.statements import Kind, QuoteMode
from bot.wording import catalogue

TEXT = (Path(__file__).parents[2] / "docs" / "moderating.md").read_text("utf-8")
SAY = catalogue().say


def table(*heads: str) -> list[list[str]]:
    """Return the rows of the table whose first row begins with `heads`."""
    lines = TEXT.splitlines()
    start = next(n for n, each in enumerate(lines) if each.startswith("| " + " | ".join(heads)))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([each.strip() for each in line.strip("|").split("|")])
    return rows


def test_kinds_are_those_of_the_form() -> None:
    """Each kind stands in the handbook with the rule that the form shows, in its order."""
    found = [(row[0], row[1]) for row in table("kind", "choose it when")]
    assert found == [(SAY(f"kind.{each}"), SAY(f"kind_rule.{each}")) for each in Kind]
    for mode in QuoteMode:
        assert f"**{SAY(f'mode.{mode}')}**" in TEXT


def test_role_matrix_is_the_one_that_is_checked() -> None:
    """The table of deeds and roles is the table by which every deed is allowed or refused."""
    expected = [[each, *("yes" if role.rank >= LEAST[each].rank else "" for role in Role)] for each in Deed]
    assert table("deed", *Role) == expected


def test_commands_exist() -> None:
    """Each `/claim` command of the text is one of the deeds that are typed, or a look-up."""
    typed = set(re.findall(r"/claim ([a-z]+)", TEXT))
    assert typed <= {each.value for each in COMMANDS} | {"history"}
    assert {"add", "queue", "ask", "withdraw", "dispute", "undo"} <= typed


def test_the_reason_reads_as_the_text_says() -> None:
    """The line below what is closest on file is one that the program writes."""
    shown = next(line for line in TEXT.splitlines() if line.startswith("> shares"))
    paste = "The harbour closed for nine days, says the council"
    alias = "Council: harbour shut nine days"
    hit = Hit(claim="c", probability=0.81)
    why = reason(clean(paste), hit, Claim(id="c", text="x", aliases=(alias,)), Tier.CLOSE, bars=load())
    assert shown == f"> {short_reason(why, catalogue())}"


def test_links_lead_somewhere() -> None:
    """Each file that the text links to is there."""
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (Path(__file__).parents[2] / "docs" / link).exists()


def test_the_first_entry_is_made_as_the_text_says(tmp_path: Path) -> None:
    """From an empty folder, the commands and answers of the text make an entry that a reader finds."""
    commands = [line.removeprefix("$ ") for line in TEXT.splitlines() if line.startswith("$ ")]
    assert [shlex.split(each)[1] for each in commands] == ["init", "add", "check"]
    assert run(tmp_path, commands[0]).returncode == 0
    said = converse(tmp_path, commands[1], table("asked", "answer"))
    assert "Approved." in said
    assert "vetted by one person" in said
    found = run(tmp_path, commands[2])
    assert found.returncode == 0, found.stdout
    assert "“The old bridge was closed on my order.”" in found.stdout
    assert run(tmp_path, "counterclaim verify").returncode == 0
    assert "Nothing waits" in run(tmp_path, "counterclaim queue").stdout


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the text in `folder`."""
    line = [sys.executable, "-m", "bot", *shlex.split(command)[1:]]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def converse(folder: Path, command: str, answers: list[list[str]]) -> str:
    """Run a command and answer what it asks: from `answers` in order, else with Enter alone."""
    line = [sys.executable, "-m", "bot", *shlex.split(command)[1:]]
    left, said, since = list(answers), "", ""
    with subprocess.Popen(
        line, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        raw = b""
        while each := process.stdout.read(1):
            raw += each
            if not raw.endswith((b"> ", b": ")) or not is_prompt(raw):
                continue
            said += raw.decode()
            since, raw = raw.decode(), b""
            answer = ""
            if left and asks(since, left[0][0]):
                answer = left.pop(0)[1]
                if "What next?" in since:
                    (answer,) = re.findall(rf"^ +(\d+) {re.escape(answer)}$", since, re.MULTILINE)
            process.stdin.write(f"{answer}\n".encode())
            process.stdin.flush()
    assert not left, f"never asked: {left}\n{said}"
    return said + raw.decode()


def is_prompt(raw: bytes) -> bool:
    """Say whether the last line is one at which something is to be typed."""
    last = raw.decode(errors="replace").rpartition("\n")[2]
    return last.endswith("> ") or last.startswith("What next?")


def asks(since: str, label: str) -> bool:
    """Say whether what was printed since the last answer asks for `label`."""
    if label == "What next?":
        return since.rpartition("\n")[2].startswith(label)
    return re.search(rf"^{re.escape(label)}(, or Enter to skip)?$", since, re.MULTILINE) is not None
