"""`counterclaim prompts`: what there is, one of them tried, and how well a model does on a labelled set."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.config import SECRETS
from bot.prompting import prompts
from tests.fakes.openai import FakeOpenAI, Trouble
from tests.fakes.openai.serving import KEY


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    """Give the service, which repeats a bridge."""
    with FakeOpenAI() as made:
        made.chat.value = {"word": "Bridge"}
        yield made


def run(
    folder: Path, *arguments: str, fake: FakeOpenAI | None = None, typed: str = ""
) -> tuple[int, str, str]:
    """Run the command in `folder`, with the service that `fake` is; return code, output and messages."""
    kept = {key: value for key, value in os.environ.items() if key not in {*SECRETS, "COUNTERCLAIM_CONFIG"}}
    if fake is not None:
        text = f'[openai]\nmodel = "fake"\nbase_url = "{fake.address}"\n'
        (folder / "counterclaim.toml").write_text(text, "utf-8")
        kept["OPENAI_API_KEY"] = KEY
    done = subprocess.run(
        [sys.executable, "-m", "bot", "prompts", *arguments],
        cwd=folder,
        env=kept,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_all_are_listed(tmp_path: Path) -> None:
    """The list has each prompt's name, version and purpose, a line each, and needs no model."""
    code, out, _ = run(tmp_path)
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        [each.name, f"v{each.version}"] for each in prompts()
    ]
    assert all(each.purpose in out for each in prompts())


@pytest.mark.parametrize(
    ("name", "text"),
    [("word.txt", "bridge"), ("word.toml", 'word = "bridge"'), ("word.json", '{"word": "bridge"}')],
)
def test_one_is_tried(tmp_path: Path, fake: FakeOpenAI, name: str, text: str) -> None:
    """Variables come from TOML, JSON or a text, and what fits the schema is printed as JSON."""
    (tmp_path / name).write_text(text, "utf-8")
    code, out, err = run(tmp_path, "try", "trial", name, fake=fake)
    assert (code, json.loads(out)) == (0, {"word": "Bridge"})
    assert "trial v1, fake, 100 tokens" in err
    assert fake.chat.asked[0]["messages"][1]["content"].strip() == "<word>\nbridge\n</word>"


def test_what_does_not_come_is_told_in_a_sentence(tmp_path: Path, fake: FakeOpenAI) -> None:
    """Without an answer that fits, nothing is printed as one, and the exit code is 1."""
    fake.chat.queue.extend([Trouble.REFUSAL])
    code, out, err = run(tmp_path, "try", "trial", "-", fake=fake, typed="bridge")
    assert (code, out) == (1, "")
    assert err == "The model declines to answer. To mend it: take another model, or another text.\n"


def test_a_set_is_scored(tmp_path: Path, fake: FakeOpenAI) -> None:
    """A labelled set is run, and what is met is counted by the fold of the texts."""
    fake.chat.queue.extend(["{}", "{}", '{"word": "marsh"}'])
    code, out, _ = run(tmp_path, "score", "trial", fake=fake)
    assert code == 0
    assert out == ("trial v1, fake: 1 of 4 expected are met, in 4 texts (ok 3, wrong_shape 1), 500 tokens\n")


def test_a_service_that_is_not_there_is_no_bad_model(tmp_path: Path) -> None:
    """Where nothing came that can be used, a sentence says why after one set; the exit code is 1."""
    with FakeOpenAI() as gone:
        pass
    code, out, err = run(tmp_path, "score", fake=gone)
    assert (code, len(out.splitlines())) == (1, 1)
    assert "cannot be reached" in err


def test_the_set_of_drafts_is_scored(tmp_path: Path, fake: FakeOpenAI) -> None:
    """A model that finds nothing anywhere meets what is expected of the one article without a statement."""
    fake.chat.value = {"drafts": []}
    code, out, err = run(tmp_path, "score", "draft", fake=fake)
    assert (code, err) == (0, "")
    assert re.fullmatch(
        r"draft v\d+, fake: 1 of \d\d expected are met, in 7 texts \(ok 7\), 700 tokens\n", out
    )
    assert not fake.chat.refused


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("try", "nonsense", "-"), "There is no prompt “nonsense”."),
        (("try", "trial", "bad.json"), "bad.json cannot be read"),
        (("try", "trial", "other.toml"), "which are: “word”."),
        (("try", "trial", "latin.txt"), "latin.txt is not a text in UTF-8."),
        (("try", "trial", "-"), "No language model is configured."),
        (("score", "nonsense"), "There is no prompt “nonsense”."),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    """Whatever is handed in wrongly ends with exit code 2 and one sentence."""
    (tmp_path / "bad.json").write_text("{", "utf-8")
    (tmp_path / "other.toml").write_text('wrd = "x"', "utf-8")
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    code, out, err = run(tmp_path, *arguments, typed="x")
    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
