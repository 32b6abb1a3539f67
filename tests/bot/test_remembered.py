"""What a model answered before."""

from __future__ import annotations

from bot.prompting import prompt
from bot.remembered import MOST, SECONDS, Remembered, key


def test_an_answer_is_held_for_a_day() -> None:
    """What was asked before is known for a day, and then forgotten."""
    now = [0.0]
    held = Remembered(lambda: now[0])
    held.keep(b"asked", (1, 2))
    now[0] = SECONDS
    assert held.get(b"asked") == (1, 2)
    now[0] += 1
    assert held.get(b"asked") is None
    assert held.get(b"other") is None


def test_the_least_recently_used_makes_room() -> None:
    """No more is held than there is room for."""
    held = Remembered()
    for n in range(MOST):
        held.keep(n.to_bytes(4), n)
    held.get((0).to_bytes(4))
    held.keep(b"new", "n")
    assert held.get((0).to_bytes(4)) == 0
    assert held.get((1).to_bytes(4)) is None


def test_a_key_tells_prompts_models_and_material_apart() -> None:
    """Another prompt, model or material is another question; a key holds nothing that was asked."""
    one = prompt("spans")
    keys = {
        key(one, "m", {"text": "secret"}),
        key(prompt("summary"), "m", {"text": "secret"}),
        key(one, "n", {"text": "secret"}),
        key(one, "m", {"text": "other"}),
    }
    assert len(keys) == 4
    assert all(b"secret" not in each for each in keys)
