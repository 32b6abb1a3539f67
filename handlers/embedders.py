"""Embedders: the one that the configuration names, made; nothing is loaded or connected by it."""

from __future__ import annotations

from bot.config import Settings
from bot.embedding import Embedder, Meaning, local_embedder
from bot.embedding import meaning as made_of
from bot.errors import BadInputError
from bot.sections import Embedding, Vectors


def embedder(settings: Settings) -> Embedder:
    """Return the embedder that the configuration names.

    Raises:
        BadInputError: Its extra is not installed.
    """
    if settings.embedder is not Embedding.SERVICE:
        return local_embedder(settings.embedder)
    from importlib.util import find_spec  # noqa: PLC0415

    if find_spec("numpy") is None:
        raise BadInputError(
            'Vectors of a service take numpy. Install it with: pip install "counterclaim[vectors]".'
        )
    from handlers.vectors import Service  # noqa: PLC0415 - only where a service is used

    return Service(settings.embedding, settings.embedding_key())


def meaning(settings: Settings, *, once: bool = False) -> Meaning | None:
    """Return what matching by meaning takes, as the configuration has it (see `bot.embedding.meaning`).

    Raises:
        BadInputError: Vectors were asked for and are not installed, or the calibration cannot be used.
    """
    if settings.vectors is Vectors.OFF or (once and settings.vectors is not Vectors.ON):
        return None
    service = embedder(settings) if settings.embedder is Embedding.SERVICE else None
    return made_of(
        settings.vectors, settings.vectors_calibration, once=once, which=settings.embedder, service=service
    )


def close(made: Embedder) -> None:
    """Close what an embedder has open; those of this machine have nothing."""
    closing = getattr(made, "close", None)
    if closing is not None:
        closing()
