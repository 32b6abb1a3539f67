"""The comparison of `benchmarks.million`, with a few thousand invented claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.contenders import Place
from benchmarks.corpus import load_ledger
from benchmarks.invented import Inventor
from benchmarks.million import compare, main, table

WORDS = ["FTS5 as it comes", "bm25s", "ours, words"]


def sets(folder: Path) -> Path:
    """Write three invented sets; the texts that ask repeat half of a claim."""
    made = Inventor(1)
    for name in ("ct22a", "ct22b", "fct"):
        (folder / name).mkdir(parents=True)
        claims = [
            {"id": f"{name}-{number}", "text": made.sentence(), "title": made.sentence()}
            for number in range(60)
        ]
        asked = [
            {"id": f"q-{each['id']}", "text": " ".join(each["text"].split()[2:8])} for each in claims[:20]
        ]
        right = [{"query": f"q-{each['id']}", "claim": each["id"]} for each in claims[:20]]
        files = (("claims", claims), ("queries.dev", asked), ("qrels.dev", right))
        # The other split holds what is asked first, and not timed.
        for file, rows in (*files, ("queries.train", asked), ("qrels.train", right)):
            lines = "".join(json.dumps(each) + "\n" for each in rows)
            (folder / name / f"{file}.jsonl").write_text(lines, "utf-8")
    return folder


async def test_every_contender_by_words_is_measured(tmp_path: Path) -> None:
    """Each is made and asked in a process of its own, finds most, and is printed with its figures."""
    pytest.importorskip("tantivy")
    pytest.importorskip("bm25s")
    place = Place(data=sets(tmp_path / "sets"), folder=tmp_path, size=400, large=100)
    await load_ledger(place.data, tmp_path, place.size)
    found = compare(place, WORDS)
    assert list(found) == WORDS
    for name, figures in found.items():
        assert "skipped" not in figures, (name, figures)
        assert figures["map"] > 0.4, name
        assert figures["memory"] > 10
        assert figures["p99"] >= figures["p50"] > 0
    assert found["ours, words"]["change"] < 5
    assert (tmp_path / "crowd-400.db.index").is_dir()
    assert all(name in table(400, found) for name in WORDS)


def test_without_the_sets_nothing_is_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the measuring sets are absent the benchmark says so and prints no figure."""
    assert main([f"--data={tmp_path}"]) == 0
    assert capsys.readouterr().out.startswith("Not measured")
