"""Ways of finding claims, each made and asked by itself: ours, and what it is held against.

A contender is made once (`make`) from the crowd, and asked (`ask`) in another process, so that its memory
and its start are its own. To add one, write a class and name it in `CONTENDERS`.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from benchmarks.corpus import Asked, asked, crowd, ledger_file, others
from benchmarks.vectors import put_vectors, vectors_of
from bot.calibration import Calibration, load
from bot.claims import Claim
from bot.desk import LISTED
from bot.embedding import Meaning, is_installed, local_embedder, meaning
from bot.evaluation import CUT
from bot.paste import clean
from bot.records import record
from bot.sections import Vectors
from bot.store.indexing import catch_up
from bot.store.ledger import Ledger, open_ledger
from bot.store.revisions import Change
from bot.store.vectors import are_held
from bot.views import now

WARMING: Final = 200
"""Other texts that are asked first and not timed: a bot that runs has been asked before, and not the same."""
COMMON: Final = "people say that the government will pay for the new vaccine"
"""Words that stand in very many claims, for the search by words."""
SOON: Final = 30.0
"""Seconds after which a change that is not found is given up."""
NEVER: Final = 2.0
"""A probability that nothing has."""


@record
class Place:
    """What a contender works with: the sets, a folder of its own kind of files, and how many claims."""

    data: Path
    folder: Path
    size: int
    large: int

    def file(self, name: str) -> Path:
        """Return where a contender keeps the file `name`."""
        return self.folder / f"{name}-{self.size}"


class SkippedError(Exception):
    """The contender cannot be measured here; the text says why."""


class Contender(Protocol):
    """One way of finding claims."""

    def make(self, place: Place) -> None:
        """Make what is asked, on disk; raise SkippedError."""
        ...

    def ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        """Return the ids found for each of `texts`, asked after those `before`, and other figures."""
        ...


def measured(contender: Contender, place: Place) -> dict[str, Any]:
    """Return the figures of `contender`: quality, milliseconds, memory at most in MB, start in s."""
    held = asked(place.data)
    found = contender.ask(place, [text for _, text in held.texts], others(place.data, WARMING))
    taken, computing = sorted(found.pop("taken")), sorted(found.pop("computing"))
    return {
        "map": _map(found.pop("ids"), held),
        "p50": taken[len(taken) // 2],
        "p99": taken[len(taken) * 99 // 100],
        "computing": computing[len(computing) // 2],
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **found,
    }


def _map(found: Sequence[Sequence[str]], held: Asked) -> float:
    """Return the mean average precision of the first `CUT`."""
    total = 0.0
    for (key, _), ids in zip(held.texts, found, strict=True):
        right, hits = held.right[key], 0
        for place, each in enumerate(ids[:CUT], 1):
            if each in right:
                hits += 1
                total += hits / place / min(CUT, len(right))
    return total / len(held.texts)


def _asked_of(
    look: Callable[[str], list[str]], texts: Sequence[str], before: Sequence[str]
) -> dict[str, Any]:
    for text in before:
        look(text)
    clock = Clock()
    ids: list[list[str]] = []
    for text in texts:
        with clock.timed():
            ids.append(look(text))
    return {"ids": ids, "taken": clock.taken, "computing": clock.computing}


class Clock:
    """The milliseconds of each piece of work: on the clock, and of computing by the whole process."""

    def __init__(self) -> None:
        self.taken: list[float] = []
        self.computing: list[float] = []

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Time what is done inside."""
        start, computed = time.perf_counter(), time.process_time()
        yield
        self.taken.append((time.perf_counter() - start) * 1000)
        self.computing.append((time.process_time() - computed) * 1000)


class Plain:
    """FTS5 as it comes: its own tokenizer, the raw text, any of the words, its own order."""

    def make(self, place: Place) -> None:
        """Fill a table with the texts and titles."""
        file = place.file("fts5")
        file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file, isolation_level=None)) as conn:
            conn.execute("PRAGMA synchronous = OFF")
            conn.execute("BEGIN")
            conn.execute("CREATE VIRTUAL TABLE claim USING fts5 (id UNINDEXED, text, title)")
            rows = ((each.id, each.text, each.title) for each in crowd(place.data, place.size))
            conn.executemany("INSERT INTO claim VALUES (?, ?, ?)", rows)
            conn.execute("COMMIT")

    def ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        """Ask for any of the words of each text."""
        start = time.perf_counter()
        query = "SELECT id FROM claim WHERE claim MATCH ? ORDER BY rank LIMIT ?"
        with closing(sqlite3.connect(place.file("fts5"))) as conn:

            def look(text: str) -> list[str]:
                words = dict.fromkeys("".join(each if each.isalnum() else " " for each in text).split())
                match = " OR ".join(f'"{each}"' for each in words)
                return [row[0] for row in conn.execute(query, (match, CUT))] if match else []

            look(before[0])
            return {"start": time.perf_counter() - start, **_asked_of(look, texts, before)}


class Bm25s:
    """`bm25s`: every score worked out beforehand, held in memory."""

    def make(self, place: Place) -> None:
        """Make and save its matrix."""
        import bm25s  # type: ignore[import-untyped] # noqa: PLC0415 - only for this contender

        held = list(crowd(place.data, place.size))
        texts = [f"{each.text} {each.title}" for each in held]
        made = bm25s.BM25()
        made.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
        made.save(str(place.file("bm25s")), show_progress=False)
        place.file("bm25s-ids").write_text("\n".join(each.id for each in held), "utf-8")

    def ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        """Ask for the best of each text."""
        import bm25s  # noqa: PLC0415 - only for this contender

        start = time.perf_counter()
        made = bm25s.BM25.load(str(place.file("bm25s")))
        ids = place.file("bm25s-ids").read_text("utf-8").split("\n")

        def look(text: str) -> list[str]:
            terms = bm25s.tokenize([text], show_progress=False)
            rows, _ = made.retrieve(terms, k=CUT, show_progress=False, n_threads=1)
            return [ids[each] for each in rows[0]]

        look(before[0])
        return {"start": time.perf_counter() - start, **_asked_of(look, texts, before)}


class BruteForce:
    """The embedder that we use, every vector compared with every text: float32, the memory that takes.

    The vector of a distractor is the mean of those of its two parents.
    """

    def make(self, place: Place) -> None:
        """Embed the parents, or take their vectors from `vectors.npz` in the folder, and save the matrix."""
        if not is_installed():
            raise SkippedError("the extra “vectors” is not installed")
        import numpy as np  # noqa: PLC0415 - only for this contender

        known = _known(place.folder)
        embedder = local_embedder()

        def vector(text: str) -> Any:
            if text not in known:
                known[text] = embedder.embed([text])[0]
            return known[text]

        ids: list[str] = []
        rows = np.zeros((2 * place.size, embedder.dimensions), np.float32)
        for each, _, row in vectors_of(crowd(place.data, place.size), vector):
            rows[len(ids)] = row
            ids.append(each.id)
        np.save(place.file("vectors"), rows[: len(ids)])
        place.file("vectors-ids").write_text("\n".join(ids), "utf-8")

    def ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        """Embed each text and compare it with all."""
        import numpy as np  # noqa: PLC0415 - only for this contender

        start = time.perf_counter()
        rows = np.load(f"{place.file('vectors')}.npy")
        ids = place.file("vectors-ids").read_text("utf-8").split("\n")
        embedder = local_embedder()

        def look(text: str) -> list[str]:
            cosines = rows @ embedder.embed([clean(text).text])[0]
            best = np.argpartition(-cosines, 2 * CUT)[: 2 * CUT]
            order = best[np.argsort(-cosines[best])]
            return list(dict.fromkeys(ids[each] for each in order))[:CUT]

        look(before[0])
        return {"start": time.perf_counter() - start, **_asked_of(look, texts, before)}


def _known(folder: Path) -> dict[str, Any]:
    """Return the vectors that were computed before, by their texts."""
    import numpy as np  # noqa: PLC0415 - only for this contender

    known: dict[str, Any] = {}
    for file in sorted(folder.glob("vectors*.npz")):
        held = np.load(file, allow_pickle=True)
        known |= dict(zip(held["texts"].tolist(), held["v"], strict=True))
    return known


class Ours:
    """Counterclaim, everything included: from the text to claims with their records and tiers."""

    near: Meaning | None = None

    def make(self, place: Place) -> None:
        """Make the index beside the ledger, which is there already."""
        done = catch_up(ledger_file(place.folder, place.size), large=place.large, anew=True)
        if not done.changes and place.size >= place.large:
            raise SkippedError(f"no index was made ({done.outcome})")

    def ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        """Look each text up, as a message would be."""
        return asyncio.run(self._ask(place, texts, before))

    async def _ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        start = time.perf_counter()
        path, weights = ledger_file(place.folder, place.size), load()
        async with open_ledger(path, large=place.large, meaning=self.near) as ledger:
            await ledger.lookup(clean(before[0]), view=now(), weights=weights, limit=CUT)
            found: dict[str, Any] = {"start": time.perf_counter() - start}
            for text in before:
                await ledger.lookup(clean(text), view=now(), weights=weights, limit=CUT)
            # As `counterclaim run` does once it has begun.
            gc.collect()
            gc.freeze()
            clock = Clock()
            for text in texts:
                with clock.timed():
                    await ledger.lookup(clean(text), view=now(), weights=weights, limit=CUT)
            found |= {"taken": clock.taken, "computing": clock.computing}
            begun = time.perf_counter()
            await ledger.search(COMMON, view=now(), limit=LISTED)
            found["search"] = (time.perf_counter() - begun) * 1000
        # What is found is counted however sure it is, as it is with the others.
        unsure = replace(weights, same=NEVER, close=0.0)
        near = self.near
        if near is not None and near.weights is not None:
            near = replace(near, weights=replace(near.weights, same=NEVER, close=0.0))
        async with open_ledger(path, large=place.large, meaning=near) as ledger:
            held = [await ledger.lookup(clean(each), view=now(), weights=unsure, limit=CUT) for each in texts]
            found["ids"] = [[hit.claim for hit, _, _ in each.found] for each in held]
        async with open_ledger(path, large=place.large, meaning=near, writable=True) as ledger:
            found["change"] = await _visible(ledger, held[0].found[0][2].claim, unsure)
        return found


class OursWithVectors(Ours):
    """The same by words and by meaning; the vectors are those that brute force has too."""

    def make(self, place: Place) -> None:
        """Put the vectors into the ledger, and make what stands beside it."""
        if not is_installed():
            raise SkippedError("the extra “vectors” is not installed")
        path, embedder, known = ledger_file(place.folder, place.size), local_embedder(), _known(place.folder)

        def vector(text: str) -> Any:
            if text not in known:
                known[text] = embedder.embed([text])[0]
            return known[text]

        with closing(sqlite3.connect(path, isolation_level=None)) as conn:
            if not are_held(conn, embedder.model):
                put_vectors(conn, embedder.model, vectors_of(crowd(place.data, place.size), vector))
        super().make(place)
        asyncio.run(_kept_up(path, place.large))

    async def _ask(self, place: Place, texts: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        self.near = meaning(Vectors.ON)
        return await super()._ask(place, texts, before)


async def _kept_up(path: Path, large: int) -> None:
    async with open_ledger(path, writable=True, large=large, meaning=meaning(Vectors.ON)) as ledger:
        await ledger.keep_up(at_once=True)


async def _visible(ledger: Ledger, claim: Claim, weights: Calibration) -> float:
    """Return how many seconds another wording of `claim` takes to be found once it is written.

    With `weights` that hold back nothing: a word that nobody knows is found however unsure that is.
    """
    view = now()
    who = Change(actor="Benchmark", reason="a benchmark").now()
    word = f"zyxgate{time.time_ns()}"
    await ledger.save(replace(claim, aliases=(*claim.aliases, f"The affair of {word}")), who, vouched=True)
    start = time.perf_counter()
    while time.perf_counter() - start < SOON:
        # Not the wording itself, which is found by what it is folded to.
        found = await ledger.lookup(clean(f"{word} affair again"), view=view, weights=weights, limit=CUT)
        if any(word in hit.terms for hit, _, _ in found.found):
            break
    taken = time.perf_counter() - start
    await ledger.save(claim, who, vouched=True)
    return taken


CONTENDERS: Final[dict[str, Callable[[], Contender]]] = {
    "FTS5 as it comes": Plain,
    "bm25s": Bm25s,
    "brute-force cosine": BruteForce,
    "ours, words": Ours,
    "ours, words + vectors": OursWithVectors,
}
"""What is measured, by the name under which it is printed."""
