"""What the author of a proposal is told of it, in one message to them alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.display import in_quotes, tidy
from bot.wording import DEFAULT_LANGUAGE, catalogue

LONGEST: Final = 600
"""Characters of the claim, and of the reviewer's reason, that the message repeats; Discord takes 2,000."""


def author_words(payload: Mapping[str, Any], *, language: str = DEFAULT_LANGUAGE) -> str | None:
    """Return what came of a proposal, from its `text`, `stage`, `reviewer` and `answer`; None: nothing."""
    words = catalogue(language)
    key = f"author.{payload['stage']}"
    if not words.knows(key):
        return None
    claim = in_quotes(_short(payload["text"]), words)
    lines = [
        words.say(key, claim=claim, by=tidy(payload.get("reviewer") or "") or words.say("author.nobody"))
    ]
    if payload.get("answer"):
        lines.append(words.say("author.reason", reason=_short(payload["answer"])))
    return "\n".join(lines)


def _short(text: str) -> str:
    line = tidy(text)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
