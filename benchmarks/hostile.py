"""Hostile texts: how many were tried with a model that obeys them, and how many did what they wanted.

Run with `python -m benchmarks.hostile`. Each text goes through the look-up and the renderers of every
platform, with two models that do what it says: one as far as the schema lets it, one beyond. A failure is
a record that is not that of its rows, something that would ping or link, or a word that no row has.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.hostile.texts import TEMPLATES, TRICKS, hostile_texts
from tests.hostile.trials import MODELS, attempts, filled


async def tried() -> int:
    """Try all, print what came of it, and return how many failed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        await filled(path)
        made = await attempts(path)
    failed = [each for each in made if each.faults]
    print(f"{len(hostile_texts())} hostile texts: {len(TEMPLATES)} templates × {len(TRICKS)} tricks")
    print(f"{len(made)} attempts with {len(MODELS)} obedient models")
    print(f"  {sum(each.asked > 0 for each in made):>5}  in which the model was asked")
    print(f"  {sum(each.claims > 0 for each in made):>5}  answered with a record")
    print(f"  {sum(each.differs for each in made):>5}  answered otherwise than without a model")
    print(f"  {len(failed):>5}  failures")
    for each in failed:
        print(f"        {each.name}: {'; '.join(each.faults)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(1 if asyncio.run(tried()) else 0)
