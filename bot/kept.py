"""Kept vectors: an embedder whose vectors are kept in a folder, for measuring and fitting more than once.

The folder holds one file a model: for each text its key and its vector, in numbers as the model gave them.
What is broken off at its end, where a process was stopped, is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from bot.embedding import KEY_BYTES, Embedder, InOne, wording_key
from bot.errors import BadInputError

if TYPE_CHECKING:
    from bot.embedding import Numbers


class Kept:
    """An embedder that reads a vector where it is on file, and else has it made and keeps it."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self._writing = Lock()
        self.name = embedder.name
        self.model = embedder.model
        self.dimensions = embedder.dimensions
        self._form = np.dtype([("key", f"V{KEY_BYTES}"), ("vector", "<f4", (self.dimensions,))])
        self._path = folder / (re.sub(r"[^\w.-]", "-", self.model) + ".vectors")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            data = self._path.read_bytes() if self._path.exists() else b""
            whole = len(data) - len(data) % self._form.itemsize
            if whole < len(data):
                with self._path.open("r+b") as file:
                    file.truncate(whole)
        except OSError as error:
            raise BadInputError(f"{self._path} cannot be used: {error.strerror or error}.") from None
        held = np.frombuffer(data, dtype=self._form, count=whole // self._form.itemsize)
        self._known: dict[bytes, Numbers] = {
            key.tobytes(): vector for key, vector in zip(held["key"], held["vector"], strict=True)
        }

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> Numbers:
        """Return one row of length 1 for each of `texts`; see `Embedder`."""
        keys = [wording_key(text) for text in texts]
        absent = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if absent:
            self._keep(tuple(absent), self._embedder.embed(list(absent.values()), at_leisure=at_leisure))
        return self._read(keys)

    def _keep(self, keys: Sequence[bytes], rows: Numbers) -> None:
        made = np.zeros(len(keys), dtype=self._form)
        made["key"] = [np.void(key) for key in keys]
        made["vector"] = rows
        with self._writing, self._path.open("ab") as file:
            file.write(made.tobytes())
        self._known.update(zip(keys, made["vector"], strict=True))

    def _read(self, keys: Sequence[bytes]) -> Numbers:
        return np.array([self._known[key] for key in keys], dtype=np.float32).reshape(-1, self.dimensions)


class KeptInOne(Kept):
    """One that reads a text once for all of its parts; the vector of a part belongs to the whole text."""

    def __init__(self, embedder: InOne, folder: Path) -> None:
        super().__init__(embedder, folder)
        self._in_one = embedder

    def embed_parts(self, parts: Sequence[str], author: str | None) -> Numbers:
        """Return one row of length 1 for all of `parts` together, and one for each of them after it."""
        whole = json.dumps([author, *parts])
        keys = [wording_key(f"{place} {whole}") for place in range(1 + len(parts))]
        if not all(key in self._known for key in keys):
            self._keep(keys, self._in_one.embed_parts(parts, author))
        return self._read(keys)


def kept(embedder: Embedder, folder: Path) -> Kept:
    """Return `embedder` with its vectors kept in `folder`.

    Raises:
        BadInputError: The folder cannot be used.
    """
    return KeptInOne(embedder, folder) if isinstance(embedder, InOne) else Kept(embedder, folder)
