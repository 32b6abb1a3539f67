"""A crowd of claims to be found among: real ones, and as many more made of the halves of two of them.

The real claims are those of the measuring set `ct22a`, each with its title as an alias. A distractor is the
first half of the words of one claim of the three sets and the second half of another one's, so that it has
the words, the length and the subjects of a real one and is about neither. Made at run time from a folder of
sets, the same each time; nothing of it is kept in the repository.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from bot.evaluation import read_set
from bot.folding import fold
from bot.rules.texts import MAX_CLAIM
from bot.store.ledger import open_ledger
from bot.store.parts import Way
from bot.store.revisions import Change

SETS: Final = Path("../shared/data")
"""Where the measuring sets are, seen from the top of the repository."""
FOUND: Final = "ct22a"
"""The set whose claims are to be found, and whose texts ask for them."""
PARENTS: Final = ("ct22a", "ct22b", "fct")
SEED: Final = 5
SPEAKERS: Final = 500
LONGEST: Final = 62
"""Characters of a claim's id, with two more for its statement's (`bot.rules.fields` allows 64)."""
MARKS: Final = str.maketrans("", "", "\"“”„‟«»‹›〝〞＂‘’‚‛'`")
"""Quotation marks, which no paraphrase on file may have."""
_SYLLABLES: Final = (
    "bra",
    "dol",
    "fen",
    "gri",
    "hul",
    "kem",
    "lor",
    "mip",
    "nax",
    "quo",
    "sil",
    "tov",
    "vur",
    "zeb",
)


class Entry(NamedTuple):
    """One claim of the crowd; `parents` are the two texts that a distractor is made of."""

    id: str
    text: str
    title: str = ""
    parents: tuple[str, ...] = ()


class Asked(NamedTuple):
    """The texts that are asked for, by id, and which claims each is about."""

    texts: tuple[tuple[str, str], ...]
    right: dict[str, frozenset[str]]


def crowd(folder: Path, size: int) -> Iterator[Entry]:
    """Yield the claims of `FOUND` and as many distractors as make `size` of them."""
    found = read_set(folder / FOUND, "dev").claims
    yield from (Entry(short(each.id), each.text, next(iter(each.aliases), "")) for each in found)
    yield from distractors(parents(folder), size - len(found))


def parents(folder: Path) -> list[str]:
    """Return the texts of which distractors are made; a few claims of the sets have none."""
    held = []
    for name in PARENTS:
        with (folder / name / "claims.jsonl").open("rb") as lines:
            held += [text for each in lines if (text := json.loads(each)["text"])]
    return held


def distractors(pool: list[str], count: int) -> Iterator[Entry]:
    """Yield `count` claims made of two halves of texts of `pool`, the same each time."""
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    words = [each.split() for each in pool]
    for number in range(count):
        one, other = chance.randrange(len(pool)), chance.randrange(len(pool))
        first, second = words[one], words[other]
        text = " ".join(first[: (len(first) + 1) // 2] + second[len(second) // 2 :])
        yield Entry(f"crowd-{number:07}", text, parents=(pool[one], pool[other]))


def asked(folder: Path) -> Asked:
    """Return the texts of the dev split of `FOUND`."""
    held = read_set(folder / FOUND, "dev")
    right = {text: frozenset(short(each) for each in claims) for text, claims in held.right.items()}
    return Asked(texts=held.texts, right=right)


def short(name: str) -> str:
    """Return `name`, an id of a set, as an id of the crowd: a long one ends in what tells it from others."""
    if len(name) <= LONGEST:
        return name
    told = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[: LONGEST - len(told) - 1]}-{told}"


def others(folder: Path, count: int) -> list[str]:
    """Return `count` other texts of `FOUND`, of the train split."""
    return [text for _, text in read_set(folder / FOUND, "train").texts[:count]]


def ledger_file(folder: Path, size: int) -> Path:
    """Return where the ledger of a crowd of `size` claims is kept."""
    return folder / f"crowd-{size}.db"


async def load_ledger(data: Path, folder: Path, size: int) -> float:
    """Import the crowd into a ledger of its own, whole or not at all; return how many seconds it took."""
    made = ledger_file(folder, size)
    part = made.with_name(f"{made.name}.part")
    part.unlink(missing_ok=True)
    lines = made.with_suffix(".jsonl")
    with lines.open("wb") as file:
        file.writelines(line(each, number) + b"\n" for number, each in enumerate(crowd(data, size)))
    way = Way(change=Change(actor="Benchmark", reason="a benchmark").now(), vouched=True, keep_going=False)
    start = time.perf_counter()
    async with open_ledger(part, writable=True, create=True) as ledger:
        await ledger.imports().file(lines, way)
    taken = time.perf_counter() - start
    lines.unlink()
    with closing(sqlite3.connect(part)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    part.replace(made)
    return taken


def line(entry: Entry, number: int) -> bytes:
    """Return `entry` as a line of the exchange format: one statement, by one of a few hundred speakers."""
    who = number % SPEAKERS
    text, title = filed(entry.text), filed(entry.title)
    document = {
        "id": entry.id,
        "text": text,
        "aliases": [title] if fold(title) not in {"", fold(text)} else [],
        "state": "vetted",
        "last_reviewed_on": "2025-07-10",
        "statements": [
            {
                "id": f"s-{entry.id}",
                "kind": "assertion",
                "text": text,
                "quote_mode": "paraphrase",
                "about": {"kind": "claim", "id": entry.id},
                "speaker": f"p-{who}",
                "said_on": "2025-07-08",
                "citations": [{"source": f"w-{who}"}],
                "state": "vetted",
            }
        ],
        "speakers": [{"id": f"p-{who}", "name": name(who), "kind": "person"}],
        "sources": [
            {
                "id": f"w-{who}",
                "publisher": f"{name(who)} Gazette",
                "title": f"What {name(who)} said",
                "url": f"https://gazette.example/{who}",
                "retrieved_on": "2025-07-10",
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def filed(text: str) -> str:
    """Return `text` as the rules let it be on file: one line, not too long, nothing hidden, no quotation."""
    line = " ".join(text.translate(MARKS).split())
    return "".join(each for each in line if each.isprintable())[:MAX_CLAIM].strip()


def name(number: int) -> str:
    """Return an invented name."""
    count = len(_SYLLABLES)
    first, second = divmod(number, count)
    return f"{_SYLLABLES[first % count]}{_SYLLABLES[second]}o {_SYLLABLES[second]}{first}".title()
