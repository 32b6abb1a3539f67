"""`docs/running.md` says what the program does: its checks, words, metrics, keys and exit codes."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import click

from bot.config import Config
from bot.store.migrations.m002_questions import STATEMENTS
from handlers.checks import Outcome
from handlers.terminal.commands import COMMANDS, counterclaim
from handlers.terminal.options import Exit

TEXT = (Path(__file__).parents[2] / "docs" / "running.md").read_text("utf-8")


def blocks(kind: str) -> list[str]:
    """Return the code blocks of one kind."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    return [text for each, text in found if each == kind]


def test_commands_exist() -> None:
    """Each `counterclaim` command that is to be typed is one of the program."""
    typed = re.findall(r"^counterclaim (\w+)", "\n".join(blocks("sh")), re.MULTILINE)
    assert {"init", "demo", "manifest", "doctor", "run"} <= set(typed)
    assert set(typed) <= set(COMMANDS)


def test_options_exist() -> None:
    """Each option that is to be typed is one of its command."""
    for command, rest in re.findall(r"^counterclaim (\w+)(.*)$", "\n".join(blocks("sh")), re.MULTILINE):
        found = counterclaim.get_command(click.Context(counterclaim), command)
        assert found is not None
        known = {name for each in found.params for name in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known


def test_what_is_kept_is_said_of_each_table_that_names_people() -> None:
    """The retention is the configuration's, and removing a follower is a statement that the schema takes."""
    assert f"({Config().privacy.retention_days} days)" in TEXT
    (script,) = re.findall(r'sqlite3 \S+ "(.+)"', TEXT)
    with closing(sqlite3.connect(":memory:")) as connection:
        for each in STATEMENTS:
            connection.execute(each)
        connection.execute("INSERT INTO follow VALUES ('a-claim', 'slack', 'T1', 'U0123ABCD', 1.0)")
        connection.executescript(script)
        assert connection.execute("SELECT count(*) FROM follow").fetchone() == (0,)


def test_configuration_is_of_known_keys() -> None:
    """Each key that the text tells to set is one of the configuration."""
    for block in blocks("toml"):
        for section, values in tomllib.loads(block).items():
            known = {each.name for each in fields(getattr(Config(), section))}
            assert set(values) <= known


def test_lines_of_doctor_begin_with_known_words() -> None:
    """The example of `doctor` uses each of its words, and no other."""
    (example,) = [each for each in blocks("") if each.startswith("ok ")]
    assert {each.split()[0] for each in example.splitlines()} == set(Outcome)


def test_exit_codes_are_those_of_the_program() -> None:
    """The table of exit codes names codes that the program has."""
    codes = {int(each) for each in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
    assert {Exit.ANSWERED, Exit.BAD_INPUT, Exit.NO_LEDGER, Exit.NOT_STARTED, Exit.BROKEN} == codes


def test_links_inside_the_text_lead_somewhere() -> None:
    """Each link to a heading has its heading."""
    headings = {
        re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-")
        for each in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings
