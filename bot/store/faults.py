"""Why a deed on the ledger is not done, as errors with the catalogue's sentences."""

from __future__ import annotations

from bot.errors import BadInputError, NotAllowedError
from bot.wording import catalogue


def cannot(why: str, /, **values: str) -> BadInputError:
    """Return the error for what cannot be done as asked; `why` is a key of the table `workflow`."""
    return BadInputError(catalogue().say(f"workflow.{why}", **values))


def may_not(why: str, /, **values: str) -> NotAllowedError:
    """Return the error for what this person may not do; `why` is a key of the table `workflow`."""
    return NotAllowedError(catalogue().say(f"workflow.{why}", **values))
