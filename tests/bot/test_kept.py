"""Kept vectors: what was made once is read the next time, and a broken end costs only itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.embedding import InOne
from bot.errors import BadInputError
from bot.kept import Kept, kept

if TYPE_CHECKING:
    from bot.embedding import Numbers

TEXTS = ["one", "two", "three"]


class Counting:
    """An embedder of two dimensions that counts what it is asked for."""

    name = "counting"
    model = "counting/1"
    dimensions = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> Numbers:  # noqa: ARG002
        """Return the length of each text and the number of its vowels, at length 1."""
        self.asked += texts
        rows = np.array([[len(each), sum(map(each.count, "aeiou"))] for each in texts], dtype=np.float32)
        lengths: Numbers = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return lengths


class Parting(Counting):
    """One that reads a text once for all of its parts."""

    def embed_parts(self, parts: Sequence[str], author: str | None) -> Numbers:
        """Return the vectors of the whole and of each part, as far as the whole changes them."""
        whole = " ".join([*parts, author or ""])
        return self.embed([whole, *(f"{each}{len(whole)}" for each in parts)])


def test_parts_are_those_of_their_text(tmp_path: Path) -> None:
    """What is read of a sentence within a text is kept for that text, and made once."""
    plain, first, second = Parting(), Parting(), Parting()
    made = kept(first, tmp_path)
    assert isinstance(made, InOne)
    for parts, author in ((TEXTS, None), (TEXTS, "Ann"), (TEXTS[:2], None), (TEXTS, None)):
        assert (made.embed_parts(parts, author) == plain.embed_parts(parts, author)).all()
    again = kept(second, tmp_path)
    assert isinstance(again, InOne)
    assert (again.embed_parts(TEXTS, "Ann") == plain.embed_parts(TEXTS, "Ann")).all()
    assert len(first.asked) == 4 + 4 + 3
    assert not second.asked
    assert not isinstance(kept(Counting(), tmp_path / "other"), InOne)


def test_a_vector_is_made_once(tmp_path: Path) -> None:
    """A text is embedded once, however often it is asked for and by how many processes, to the last bit."""
    plain, first, second = Counting(), Counting(), Counting()
    made = Kept(first, tmp_path / "new").embed([*TEXTS, "one"])
    assert first.asked == TEXTS
    assert Kept(second, tmp_path / "new").embed(["three", "four", "one"]).shape == (3, 2)
    assert second.asked == ["four"]
    assert (made == plain.embed([*TEXTS, "one"])).all()
    assert Kept(second, tmp_path / "new").embed([]).shape == (0, 2)


def test_a_broken_end_is_left_out(tmp_path: Path) -> None:
    """Where a process was stopped while it wrote, only what it was writing is made again."""
    Kept(Counting(), tmp_path).embed(TEXTS)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-3])
    again = Counting()
    assert (Kept(again, tmp_path).embed(TEXTS) == Counting().embed(TEXTS)).all()
    assert again.asked == ["three"]
    assert (Kept(again, tmp_path).embed(TEXTS) == Counting().embed(TEXTS)).all()


def test_a_folder_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    """Where a file stands in the place of the folder, one sentence says so."""
    (tmp_path / "taken").write_text("", "utf-8")
    with pytest.raises(BadInputError, match="taken"):
        Kept(Counting(), tmp_path / "taken")
