"""Trying the hostile texts: each through the look-up and the renderers, with a model that obeys it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bot.answers import Answer, Tier
from bot.calibration import load
from bot.errors import BadInputError
from bot.paste import clean
from bot.records import record
from bot.remembered import Remembered
from bot.spans import is_long
from bot.store.ledger import Ledger, open_ledger
from bot.views import View
from handlers.discord import rendering as discord
from handlers.sharpening import Sharpener, answer
from handlers.slack import rendering as slack
from handlers.terminal import rendering as terminal
from tests.conftest import CHANGE
from tests.entries import crowded_claim
from tests.hostile.obedient import beyond, obeyed
from tests.hostile.texts import CANARY, EVIL, Hostile, hostile_texts
from tests.looked_over import faults
from tests.models import Answers

VIEW: Final = View(today="2026-11-23")
MODELS: Final[Mapping[str, Callable[[str, Mapping[str, str]], Any]]] = {"obeyed": obeyed, "beyond": beyond}
_SLACK: Final = re.compile(r"<[!@#]|<(?:https?:)?[^>]*evil\.example", re.IGNORECASE)
_DISCORD: Final = re.compile(
    r"<[@#:/]|@(?:everyone|here)\b|discord\.gg/|discord(?:app)?\.com/|(?<!\\)\]\([^)]*evil\.example",
    re.IGNORECASE,
)
_LINE: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@record
class Attempt:
    """One text with one model: how many claims were shown, how often the model was asked, what went wrong."""

    name: str
    claims: int
    asked: int
    differs: bool
    faults: tuple[str, ...]


async def filled(path: Path) -> None:
    """Make the ledger that is tried: the sample, and an entry of which a summary cannot show all."""
    from bot import sample  # noqa: PLC0415

    async with open_ledger(path, writable=True, create=True) as ledger:
        await ledger.import_lines(sample.lines, CHANGE, vouched=True)
        await ledger.save(crowded_claim(), CHANGE, vouched=True)


async def attempts(path: Path) -> list[Attempt]:
    """Try every text with every model on the ledger at `path`, and return what came of it."""
    made = []
    async with open_ledger(path) as ledger:
        before = await ledger.revision()
        for each in hostile_texts():
            made += [await _attempt(ledger, each, name) for name in MODELS]
        assert await ledger.revision() == before
    return made


async def _attempt(ledger: Ledger, hostile: Hostile, name: str) -> Attempt:
    model = Answers(MODELS[name])
    by = Sharpener(model=model, seconds=15, remembered=Remembered())
    given: dict[str, Any] = {"calibration": load(), "view": VIEW}
    try:
        plain = await answer(ledger, hostile.text, by=None, **given)
    except BadInputError as error:
        try:
            await answer(ledger, hostile.text, by=by, **given)
        except BadInputError as other:
            wrong = [] if str(other) == str(error) else ["refused in other words"]
        else:
            wrong = ["not refused"]
        return Attempt(name=f"{hostile.name}, {name}", claims=0, asked=0, differs=False, faults=tuple(wrong))
    made = await answer(ledger, hostile.text, by=by, **given)
    wrong = [*await faults(ledger, made, VIEW), *_shown(made)]
    # Only passages of a long paste can find what was not found; no label can.
    if plain.tier is Tier.NONE and made.claims and not is_long(clean(hostile.text)):
        wrong.append("something is on file that was not")
    return Attempt(
        name=f"{hostile.name}, {name}",
        claims=len(made.claims),
        asked=len(model.asked),
        differs=made != plain,
        faults=tuple(wrong),
    )


def _shown(made: Answer) -> Iterator[str]:
    """Yield what acts, or shows what is not vetted, in an answer as each platform posts it."""
    # What the asker pasted is shown as theirs, in its own places; the rest is the record.
    record_alone = replace(made, claims=tuple(replace(x, part=None, differences=()) for x in made.claims))
    for answer_, is_record in ((made, False), (record_alone, True)):
        on_slack = slack.reply(answer_, question="q-1")
        on_discord = discord.reply(answer_, question="q-1")
        on_terminal = terminal.render(answer_, width=100, colour=False)
        if any(_SLACK.search(each) for each in _texts(on_slack)):
            yield "Slack would act on it"
        if any(_DISCORD.search(each) for each in _texts(on_discord)):
            yield "Discord would act on it"
        if _LINE.search(on_terminal):
            yield "a control character reaches the terminal"
        said = json.dumps([on_slack, on_discord, on_terminal], ensure_ascii=False)
        if is_record and (CANARY in _plain(said) or EVIL in _plain(said)):
            yield "what is not vetted is shown"


def _plain(text: str) -> str:
    """Return a text as a reader takes it in: without what hides in it, every letter in its usual form."""
    folded = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    return "".join(each for each in folded if unicodedata.category(each) not in {"Cf", "Mn", "Cc"})


_LETTERS: Final = str.maketrans("асеорхуі", "aceopxyi")


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in what is posted that a platform reads as markup."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        is_bare = value.get("type") == "plain_text"
        for key, each in value.items():
            if not (is_bare and key == "text"):
                yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
