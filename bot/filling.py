"""Filling: the vectors that are not there yet, made in the background a few at a time.

What is done is kept, so that the work can be broken off at any point and goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.embedding import Embedder
    from bot.store.vectors import Embeddings

TOGETHER: Final = 32
"""Vectors that are made and written together: some 0.2 s of work, and one wait for the disk."""


async def fill(
    vectors: Embeddings, embedder: Embedder, progress: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Make and keep the vector of every wording that has none of the embedder's model; return how many.

    While they are made, those of the model before serve; when all are there, they go. `progress` is called
    with the number of claims looked through and the number of all. The work itself is done in a thread of
    its own.

    Raises:
        EmbeddingError: The embedder fails. What is made is kept.
    """
    # What has not changed since all had theirs need not be looked through again.
    after = await vectors.filled(embedder.model)
    total, done, made = await vectors.count(after), 0, 0
    while True:
        found = await vectors.lacking(embedder.model, after)
        for start in range(0, len(found.wordings), TOGETHER):
            some = found.wordings[start : start + TOGETHER]
            packed = await asyncio.to_thread(_packed, embedder, [each.text for each in some])
            await vectors.keep(embedder.model, tuple(zip(some, packed, strict=True)))
            made += len(some)
            progress(min(total, done + (start + len(some)) * found.claims // len(found.wordings)), total)
        done, after = done + found.claims, found.last
        if found.claims:
            await vectors.reached(embedder.model, after)
        progress(min(total, done), total)
        if found.is_end:
            break
    await vectors.switch(embedder.model)
    return made


def _packed(embedder: Embedder, texts: Sequence[str]) -> list[bytes]:
    from bot.vectors import pack  # noqa: PLC0415 - loads numpy

    return [pack(each) for each in embedder.embed(texts, at_leisure=True)]
