"""The sample ledger: one true story and several invented ones, for a first look and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files


def lines() -> Iterator[bytes]:
    """Yield the lines of the sample ledger, in the format of docs/ledger-format.md."""
    yield from (files(__name__) / "ledger.jsonl").read_bytes().splitlines(keepends=True)
