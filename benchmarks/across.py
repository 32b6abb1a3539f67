"""Across languages: do posts in Spanish, German and French find the English claims that they are about?

    python -m benchmarks.across            prints the table
    python -m benchmarks.across --fit      fits bot/calibration-across.json on every other post before

The posts and claims are those of across.toml and of the sample ledger. They are looked for among the claims
of ct22a where ../shared has them, and among as many invented ones elsewhere. What is fitted is fitted
on every other post of a language; the table is that of the others. Each post is asked once with and once
without its claim on file, in ledgers of three sizes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np

from bot.across import Across, compared, shipped
from bot.answers import Tier
from bot.calibration import load
from bot.claims import Claim
from bot.embedding import Meaning, local_embedder, weights_of
from bot.matching import Hit, tiers
from bot.paste import clean
from bot.records import record
from bot.sections import Embedding
from bot.statements import State
from bot.store.search import Known, candidates, lookup
from bot.store.trials import Filled, scratch
from bot.views import View

POSTS: Final = Path(__file__).with_name("across.toml")
SAMPLE: Final = Path(__file__).parents[1] / "bot" / "sample" / "ledger.jsonl"
OTHERS: Final = Path(__file__).parents[2] / "shared" / "data" / "ct22a" / "claims.jsonl"
TARGET: Final = Path(__file__).parents[1] / "bot" / "calibration-across.json"
MOST: Final = 14_300
SIZES: Final = (0, 300, MOST)
"""Other claims in the ledgers that are fitted on and reported."""
RIDGE: Final = 1.0
SAME, CLOSE = 0.9, 0.5
UNFITTED: Final = Across(
    model="",
    bias=-0.5,
    cosine=1.0,
    lead=1.0,
    words=0.0,
    same=SAME,
    close=CLOSE,
    date="",
    texts="",
    figures={},
)
VIEW: Final = View(today="2026-11-22")


@record
class Post:
    """A post, the claim that it is about, and whether it is for choosing or for reporting."""

    language: str
    claim: str
    text: str
    chosen: bool


@record
class Asked:
    """What came of one post: the right place (1 is first, None: none), the tiers with and without it.

    `rows` are what weights are fitted to: the values of the nearest claim and whether it is the right one, of
    the question with the claim on file and for the one without.
    """

    post: Post
    place: int | None
    tier: Tier
    false_tier: Tier
    rows: tuple[tuple[tuple[float, float, float], bool], ...]


def main() -> None:
    """Print the table, after fitting where that is asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fit", action="store_true", help="write bot/calibration-across.json first")
    parser.add_argument("--embedder", default=Embedding.MULTILINGUAL, choices=["multilingual", "english"])
    parser.add_argument("--others", type=Path, default=OTHERS, help="claims.jsonl of the claims around them")
    given = parser.parse_args()
    embedder = local_embedder(Embedding(given.embedder))
    filled = Filled(embedder)
    weights = UNFITTED if given.fit else shipped(embedder.name) or UNFITTED
    meaning = Meaning(embedder=embedder, weights=weights_of(embedder), across=weights)
    found = {size: asked(size, meaning, filled, given.others) for size in SIZES}
    if given.fit:
        made = fitted([each for some in found.values() for each in some if each.post.chosen], embedder.model)
        meaning = replace(meaning, across=made)
        found = {size: asked(size, meaning, filled, given.others) for size in SIZES}
        figures = dict(_figures([each for some in found.values() for each in some if not each.post.chosen]))
        TARGET.write_text(json.dumps(asdict(replace(made, figures=figures)), indent=2) + "\n", "utf-8")
    for size, some in found.items():
        report(size, [each for each in some if not each.post.chosen])


def posts() -> list[Post]:
    """Return the posts, every other one of a language for choosing."""
    data = tomllib.loads(POSTS.read_text("utf-8"))
    return [
        Post(language=language, claim=claim, text=text, chosen=place % 2 == 0)
        for language in ("es", "de", "fr")
        for place, (claim, text) in enumerate(data[language]["posts"])
    ]


def claims(size: int, others: Path = OTHERS) -> list[Claim]:
    """Return the claims that the posts are about, and `size` other ones."""
    made = [
        _claim(each["id"], each["text"], each.get("aliases") or (), each.get("language", "en"))
        for each in map(json.loads, SAMPLE.read_text("utf-8").splitlines())
    ]
    made += [_claim(key, text) for key, text in tomllib.loads(POSTS.read_text("utf-8"))["claims"].items()]
    return made + [_claim(f"other-{n}", text) for n, text in enumerate(_others(size, others))]


def _others(size: int, path: Path) -> Iterator[str]:
    if path.is_file():
        lines = path.read_text("utf-8").splitlines()
        random.Random(5).shuffle(lines)  # noqa: S311 - the same each time
        yield from (json.loads(line)["text"] for line in lines[:size])
        return
    chance = random.Random(5)  # noqa: S311 - the same
    data = tomllib.loads(POSTS.read_text("utf-8"))["claims"].values()
    # Without their names: a claim that shares the name of the right one would be no other claim.
    words = [[word for word in each.rstrip(".").split() if word[0].islower()] for each in data]
    for _ in range(size):
        one, other = chance.sample(words, 2)
        yield " ".join((*one[: len(one) // 2], *other[len(other) // 2 :])) + "."


def _claim(key: str, text: str, aliases: Sequence[str] = (), language: str = "en") -> Claim:
    return Claim(id=key, text=text, language=language, aliases=tuple(aliases), state=State.VETTED)


def asked(size: int, meaning: Meaning, filled: Filled, others: Path) -> list[Asked]:
    """Return what comes of each post in a ledger with `size` other claims."""
    found = []
    on_file = claims(size, others)
    languages = {each.id: each.language for each in on_file}
    with scratch(on_file) as conn:
        filled.into(conn, lambda *_: None)
        known = Known()
        for post in posts():
            paste = clean(post.text)
            near = filled.near(paste)

            def look(without: Sequence[str] = ()) -> list[tuple[Hit, Tier]]:
                hits = lookup(
                    conn,
                    paste,  # noqa: B023 - called in this round alone
                    view=VIEW,
                    weights=load(),
                    limit=50,
                    known=known,
                    without=without,
                    near=near,  # noqa: B023
                    fused=meaning.weights,
                    across=meaning.across,
                )
                shown = dict(tiers(hits, paste, load(), meaning.weights, meaning.across))  # noqa: B023
                return [(hit, shown.get(hit, Tier.NONE)) for hit in hits]

            there, absent = look(), look([post.claim])
            place = next((n for n, (hit, _) in enumerate(there, 1) if hit.claim == post.claim), None)
            gathered = candidates(conn, paste, view=VIEW, known=known, spare=1, near=near)
            rows = []
            for without in ((), (post.claim,)):
                pairs = list(compared(gathered, languages, without))
                if pairs:
                    best = max(pairs, key=lambda each: each.values[0])
                    rows.append((best.values, best.claim == post.claim))
            found.append(
                Asked(
                    post=post,
                    place=place,
                    tier=there[place - 1][1] if place else Tier.NONE,
                    false_tier=absent[0][1] if absent else Tier.NONE,
                    rows=tuple(rows),
                )
            )
    return found


def fitted(found: Sequence[Asked], model: str) -> Across:
    """Return the weights that fit best which first hits were right, with the claim on file and without."""
    pairs = [pair for each in found for pair in each.rows]
    table = np.array([(1.0, *values) for values, _ in pairs])
    wanted = np.array([float(is_right) for _, is_right in pairs])
    weights = np.zeros(4)
    # Lightly held back, but for the bias: there are few texts.
    penalty = np.diag([1e-6, 0.02, 0.02, 0.02]) * RIDGE
    for _ in range(50):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (wanted - chance) - penalty @ weights
        curve = (table * (chance * (1 - chance))[:, None]).T @ table + penalty
        weights += np.linalg.solve(curve, slope)
    bias, cosine, lead, words = (round(float(each), 4) for each in weights)
    return Across(
        model=model,
        bias=bias,
        cosine=cosine,
        lead=lead,
        words=words,
        same=SAME,
        close=CLOSE,
        date=time.strftime("%Y-%m-%d"),
        texts=f"{len(found)} look-ups of posts in Spanish, German and French (benchmarks/across.toml)",
        figures={},
    )


def _figures(found: Sequence[Asked]) -> Iterator[tuple[str, float]]:
    count = len(found)
    yield "texts", count
    yield "first", round(sum(each.place == 1 for each in found) / count, 4)
    yield "same", round(sum(each.tier is Tier.SAME for each in found) / count, 4)
    yield "close", round(sum(each.tier is Tier.CLOSE for each in found) / count, 4)
    yield "false_same", round(sum(each.false_tier is Tier.SAME for each in found) / count, 4)
    yield "false_close", round(sum(each.false_tier is Tier.CLOSE for each in found) / count, 4)


def report(size: int, found: Sequence[Asked]) -> None:
    """Print what came of the posts for reporting, by language."""
    print(f"\namong {size:,} other claims      posts  first  same  close   without it: same  close")
    for language in ("es", "de", "fr", "all"):
        some = dict(_figures([each for each in found if language in {each.post.language, "all"}]))
        cells = [f"{some[key]:>6.2f}" for key in ("first", "same", "close", "false_same", "false_close")]
        print(f"{language:<29}{some['texts']:>6.0f} {' '.join(cells)}")
    for each in found:
        if each.place != 1:
            print(
                f"  not first: {each.post.language} {each.post.claim} (place {each.place})", file=sys.stderr
            )


if __name__ == "__main__":
    main()
