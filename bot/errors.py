"""What can go wrong, each with a sentence for the person who reads it and, where there is one, the fix."""

from __future__ import annotations

from bot.records import record


@record
class Refusal:
    """One thing that keeps an entry out: the field, what is wrong with it, and what would be right."""

    field: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.field}: {self.wrong}; {self.right}"


class CounterclaimError(Exception):
    """Base of every error that carries a sentence fit to be shown to the person who asked."""


class BadInputError(CounterclaimError):
    """What was given cannot be used. Nothing was changed."""


class RefusedError(BadInputError):
    """An entry breaks a rule of the ledger. `refusals` names every field at fault."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("\n".join(str(each) for each in refusals))
        self.refusals = refusals


class NotAllowedError(CounterclaimError):
    """Whoever asked may not do this: the sentence says what it takes, and who may. Nothing was changed."""


class NotOnFileError(CounterclaimError):
    """Nothing that a reader may see has the id that was asked for."""


class LedgerError(CounterclaimError):
    """The ledger file cannot be opened, read or written."""
