"""`counterclaim draft`: the real process, fed files and what a person would type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.drafting import TEXT
from tests.handlers.test_articles import PAGE, pdf
from tests.handlers.test_commands import run, talk

SOURCE = (
    "--publisher",
    "Fen Courier",
    "--title",
    "Bridge closed",
    "--url",
    "https://courier.fen.example.org/a",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with an empty ledger and the article."""
    assert run("init", cwd=tmp_path).returncode == 0
    (tmp_path / "article.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "article.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "article.pdf").write_bytes(
        pdf("The mayor of Fen said that the bridge would be closed.", "Ana Reyes denied it.")
    )
    return tmp_path


@pytest.mark.parametrize("paper", ["article.txt", "article.html", "article.pdf", "-"])
def test_drafts_are_printed_where_nobody_types(home: Path, paper: str) -> None:
    """Without a terminal each draft is printed with its passages, and nothing is kept."""
    before = (home / "counterclaim.db").read_bytes()
    done = run("draft", paper, cwd=home, given=TEXT if paper == "-" else "")
    assert done.returncode == 0, done.stderr
    assert "Draft 1 of" in done.stdout
    assert "In the article:" in done.stdout
    assert done.stderr == ""
    assert (home / "counterclaim.db").read_bytes() == before


def test_json_has_each_span_with_its_words(home: Path) -> None:
    """With --json come the drafts as they were found, each span with the words that stand there."""
    done = run("draft", "--json", "article.txt", *SOURCE, "--published-on", "2025-07-09", cwd=home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["by_model"] is False
    assert told["source"]["publisher"] == "Fen Courier"
    assert told["source"]["published_on"] == "2025-07-09"
    text = TEXT.replace("on\n8 July", "on 8 July").replace("tell\nwhether", "tell whether")
    for draft in told["drafts"]:
        for said in draft["statements"]:
            passage = said["passage"]
            assert passage["text"] == text[passage["start"] : passage["end"]]
            if said["quote_mode"] == "verbatim":
                assert said["text"] in passage["text"]


def test_a_text_without_a_statement_is_told(home: Path) -> None:
    """Where nobody is quoted or reported, that is said; exit code 1."""
    done = run("draft", "-", cwd=home, given="The bridge is old. It has three arches and a lamp.")
    assert done.returncode == 1
    assert "no drafts" in done.stdout


def test_on_a_terminal_each_draft_is_decided_on(home: Path) -> None:
    """On a terminal a draft is accepted or discarded by its number, and waits among one's drafts."""
    ledger = ("--ledger", str(home / "counterclaim.db"))
    shown = talk(["draft", str(home / "article.txt"), *SOURCE, *ledger], ["1\n", "\n"], wait_for="What next?")
    assert "Draft 1 of" in shown
    assert "Accepted. This is your draft now." in shown
    assert "Still missing" not in shown
    assert "knew of the cracks" in run("add", *ledger).stdout
    assert run("queue", *ledger).stdout.strip() == "Nothing waits."
    again = talk(["draft", str(home / "article.txt"), *ledger], ["3\n", "\n"], wait_for="What next?")
    assert "Discarded." in again or "Draft 1 of" in again


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nope.txt",), "cannot be read"),
        (("ftp://news.example.org/a.txt",), "begins with https:// or http://"),
        ((".",), "cannot be read"),
        (("article.docx",), "cannot be read"),
        (("counterclaim.db",), "Only .txt, .html and .pdf"),
        (("http://127.0.0.1/",), "not fetched here"),
        (("article.txt", "--published-on", "yesterday"), "--published-on"),
        (("article.txt", "--url", "ftp://x"), "--url"),
        (("article.txt", "--publisher", " "), "--publisher"),
    ],
)
def test_bad_input_is_one_sentence(home: Path, arguments: tuple[str, ...], says: str) -> None:
    """What cannot be used is told in one line, with exit code 2."""
    done = run("draft", *arguments, cwd=home)
    assert done.returncode == 2, done.stdout
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
