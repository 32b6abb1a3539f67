"""The README says what to type and what comes back; here it is typed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
ANYTHING = "…"
"""A line of this alone stands for any number of lines; at the end of a line, for the rest of it."""


def transcript() -> list[tuple[str, list[str]]]:
    """Return the commands of the README's console blocks, each with the lines that it should print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def pattern(lines: list[str]) -> str:
    """Return the regular expression of an output that the README shows in part."""
    parts = []
    for line in lines:
        if line == ANYTHING:
            parts.append(r"(?:.*\n)*?")
        elif line.endswith(ANYTHING):
            parts.append(re.escape(line.removesuffix(ANYTHING)) + r".*\n")
        else:
            parts.append(re.escape(line) + r"\n")
    return "".join(parts)


def test_readme_commands_print_what_it_shows(tmp_path: Path) -> None:
    """Each command of the README, run in order in an empty folder, prints what is shown below it."""
    commands = transcript()
    assert len(commands) > 5
    for command, expected in commands:
        words = shlex.split(command)
        assert words[0] == "counterclaim"
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words[1:]],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert re.fullmatch(pattern(expected), done.stdout), f"$ {command}\n{done.stdout}"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_readme_links_lead_somewhere(link: str) -> None:
    """Each file that the README links to is there."""
    assert (Path(__file__).parents[2] / link).exists()


def test_readme_has_no_gap() -> None:
    """No place of the README still waits for its text."""
    assert not re.findall(r"^[A-Z]+(?:-[A-Z]+)+$", README, re.MULTILINE)
