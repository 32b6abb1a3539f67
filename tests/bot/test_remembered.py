"""What a model answered before."""

from __future__ import annotations

import asyncio

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


async def test_the_same_is_asked_once_at_a_time() -> None:
    """Those who want the same at the same time get one answer, which is held."""
    held, asked = Remembered(), []

    async def asking() -> str:
        asked.append(True)
        await asyncio.sleep(0.01)
        return "said"

    assert await asyncio.gather(*(held.once(b"one", asking) for _ in range(5))) == ["said"] * 5
    assert len(asked) == 1
    assert held.get(b"one") == "said"


async def test_who_waits_is_let_go_when_the_first_gives_up() -> None:
    """Where whoever asks is cut off, or fails, the others get nothing, and it can be asked again."""
    held, begun = Remembered(), asyncio.Event()

    async def asking() -> str:
        begun.set()
        await asyncio.sleep(3_600)
        return "said"

    async def at_once() -> str:
        return "said later"

    first = asyncio.create_task(held.once(b"one", asking))
    await begun.wait()
    second = asyncio.create_task(held.once(b"one", asking))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is None
    assert first.cancelled()
    assert held.get(b"one") is None
    assert await held.once(b"one", at_once) == "said later"


async def test_who_waits_may_give_up_alone() -> None:
    """One who waits no longer takes the answer from nobody."""
    held, go = Remembered(), asyncio.Event()

    async def asking() -> str:
        await go.wait()
        return "said"

    first, second = (asyncio.create_task(held.once(b"one", asking)) for _ in range(2))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go.set()
    assert await first == "said"
    assert second.cancelled()


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
