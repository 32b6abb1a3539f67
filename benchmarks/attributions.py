"""How well reported speech is found in news: the extractor beside a simple baseline, on marked articles.

`python -m benchmarks.attributions [--data DIR]`. DIR holds `text/NAME.txt` and `attributions/NAME_WHO.ann` in
brat's stand-off format; of several annotators the first by name counts. Offsets are trimmed of marks and
white space at both ends. A span counts once, in all its pieces.

Strict: the same offsets in every piece. Overlap: pairs one to one, largest overlap first; a pair adds to the
precision the part of the found characters that it shares, and to the recall the part of the marked ones.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.drafting.attributions import attributions
from bot.drafting.drafts import Span
from bot.drafting.english import words
from bot.drafting.parsing import Parsed, parsed

Pieces = tuple[tuple[int, int], ...]
Found = tuple[set[Pieces], set[Pieces]]
_EDGE = re.compile(r"[\w$£€%#@]")


def trimmed(text: str, spans: Iterable[tuple[int, int]]) -> Pieces:
    """Return `spans` without the marks and blanks at their ends, those left out that hold no word."""
    kept = []
    for first, last in spans:
        start, end = first, last
        while start < end and not _EDGE.match(text[start]):
            start += 1
        while start < end and not _EDGE.match(text[end - 1]):
            end -= 1
        if start < end:
            kept.append((start, end))
    return tuple(kept)


def marked(path: Path, text: str) -> Found:
    """Return the contents and the sources that are marked in a file of annotations."""
    found: Found = (set(), set())
    for line in path.read_text("utf-8").splitlines():
        parts = line.split("\t")
        kind, _, offsets = parts[1].partition(" ")
        if line.startswith("T") and kind in {"Content", "Source"}:
            pieces = [tuple(map(int, each.split())) for each in offsets.split(";")]
            spans = trimmed(text, [(a, b) for a, b in pieces])
            if spans:
                found[kind == "Source"].add(spans)
    return found


def extracted(text: str) -> Found:
    """Return the contents and the sources that the extractor finds."""
    contents, sources = set(), set()
    for each in attributions(parsed(text)):
        if each.within is None:
            contents.add(trimmed(text, [(piece.start, piece.end) for piece in each.content]))
            if each.source:
                sources.add(trimmed(text, [(each.source.start, each.source.end)]))
    return contents - {()}, sources - {()}


def simple(text: str) -> Found:
    """Return each sentence with a quotation or a verb of speech as content, the nearest name as source."""
    read: Parsed = parsed(text)
    contents, sources = set(), set()
    names = [
        Span(start=read.words[each.first].start, end=read.words[each.last].end)
        for each in read.names
        if each.label in {"PERSON", "ORG", "GPE", "NORP"}
    ]
    for first, last in read.sentences:
        sentence = read.words[first : last + 1]
        start, end = sentence[0].start, sentence[-1].end
        cues = [each for each in sentence if each.pos == "VERB" and each.lemma in words("verbs", "speech")]
        quotes = [each for each in sentence if each.text in set('“”"«»') | {"``", "''"}]
        if not cues and not quotes:
            continue
        contents.add(trimmed(text, [(start, end)]))
        at = (cues or quotes)[0].start
        nearest = min(names, key=lambda each: min(abs(each.start - at), abs(each.end - at)), default=None)
        if nearest:
            sources.add(trimmed(text, [(nearest.start, nearest.end)]))
    return contents - {()}, sources - {()}


class Tally:
    """Sums over articles of what precision and recall are made of."""

    def __init__(self) -> None:
        self.found = self.marked = self.same = 0
        self.of_found = self.of_marked = 0.0

    def add(self, found: set[Pieces], gold: set[Pieces]) -> None:
        """Count one article."""
        self.found += len(found)
        self.marked += len(gold)
        self.same += len(found & gold)
        pairs = sorted(
            ((_shared(one, other), one, other) for one in found for other in gold if _shared(one, other)),
            reverse=True,
        )
        used: set[tuple[bool, Pieces]] = set()
        for shared, one, other in pairs:
            if not used & {(True, one), (False, other)}:
                used |= {(True, one), (False, other)}
                self.of_found += shared / _length(one)
                self.of_marked += shared / _length(other)

    def figures(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return precision, recall and F1, strict and by overlap."""
        return (
            _figures(self.same / max(1, self.found), self.same / max(1, self.marked)),
            _figures(self.of_found / max(1, self.found), self.of_marked / max(1, self.marked)),
        )


def _figures(precision: float, recall: float) -> tuple[float, float, float]:
    return precision, recall, 2 * precision * recall / ((precision + recall) or 1)


def _length(pieces: Pieces) -> int:
    return sum(end - start for start, end in pieces)


def _shared(one: Pieces, other: Pieces) -> int:
    return sum(max(0, min(b, d) - max(a, c)) for a, b in one for c, d in other)


def main(data: Path) -> None:
    """Print the twelve figures of each of the two."""
    ways: dict[str, Callable[[str], Found]] = {"extractor": extracted, "baseline": simple}
    tallies = {(way, what): Tally() for way in ways for what in ("content", "source")}
    articles = sorted((data / "text").glob("*.txt"))
    for path in articles:
        text = path.read_text("utf-8")
        gold = marked(min((data / "attributions").glob(f"{path.stem}_????.ann")), text)
        for way, found_in in ways.items():
            for what, found, right in zip(("content", "source"), found_in(text), gold, strict=True):
                tallies[way, what].add(found, right)
    print(f"{len(articles)} articles; precision, recall and F1")
    for what in ("content", "source"):
        for n, measure in enumerate(("strict", "overlap")):
            for way in ways:
                tally = tallies[way, what]
                p, r, f = tally.figures()[n]
                counts = f"({tally.found} found, {tally.marked} marked)"
                print(f"{what:8} {measure:8} {way:10} {p:.3f} {r:.3f} {f:.3f}  {counts}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/polnear"))
    main(parser.parse_args().data)
