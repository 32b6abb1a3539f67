"""Secrets: tokens and keys, which come from the environment or a file and are never shown."""

from __future__ import annotations

import re
from typing import Final

from bot.records import record

LOOKS_SECRET: Final = re.compile(
    r"xox[a-z]-|xapp-|\bsk-|[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,}", re.ASCII | re.IGNORECASE
)
"""How tokens of Slack, OpenAI and Discord look; a value like this is not repeated in a message."""


@record
class Secret:
    """A token or key. Its text comes out through `reveal` only: repr, str and format hide it."""

    hidden: str

    def reveal(self) -> str:
        """Return the text, for the one place that hands it to the platform."""
        return self.hidden

    def __repr__(self) -> str:
        return "Secret(hidden)"

    __str__ = __repr__
