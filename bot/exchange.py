"""The exchange format: JSON Lines, one claim a line with all that belongs to it (docs/ledger-format.md)."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bot.claims import Claim
from bot.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LONGEST_LINE: Final = 4_000_000
"""Bytes that one line may have; it bounds the memory that a bad file can take."""


@cache
def claim_adapter() -> TypeAdapter[Claim]:
    """Return what checks the shape of a line; pydantic is loaded only when a line is read."""
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Claim)


def claim_from_line(line: bytes, *, judged: bool = False) -> Claim:
    """Return the claim that one line holds; the ledger's rules are checked when it is saved.

    A line that was read before, and is `judged` to be well made, is not looked through for doubles again.

    Raises:
        RefusedError: The line is not UTF-8, not JSON, or not of a claim's shape.
    """
    from bot.validation import from_json  # noqa: PLC0415 - loads pydantic

    if len(line) > LONGEST_LINE:
        fault = Refusal(
            field="line",
            wrong=f"it has {len(line):,} bytes",
            right=f"write one claim a line, in at most {LONGEST_LINE:,} bytes",
        )
        raise RefusedError((fault,))
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        fault = Refusal(field="line", wrong=f"byte {error.start + 1} is not UTF-8", right="save it as UTF-8")
        raise RefusedError((fault,)) from None
    if not judged:
        _refuse_doubles(text)
    return from_json(claim_adapter(), text)


def _refuse_doubles(text: str) -> None:
    """Refuse an object that names a field twice: of two values a parser would silently keep the last."""
    # What else is wrong with the text, the parser that follows tells better.
    with suppress(ValueError, RecursionError):
        _DECODER.decode(text)


def _checked(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise RefusedError(
            (Refusal(field=f"“{double[:60]}”", wrong="it is given twice", right="keep one of them"),)
        )


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_checked)


def line_from_claim(claim: Claim) -> str:
    """Return the claim as one line without its end, always the same; what is empty is left out."""
    return json.dumps(_sparse(claim), ensure_ascii=False, separators=(", ", ": "))


def _sparse(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_sparse(each) for each in value]
    if not is_dataclass(value):
        return value
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    defaults = {field.name: field.default for field in fields(value) if field.default is not MISSING}
    return {
        name: _sparse(each) for name, each in held.items() if name not in defaults or each != defaults[name]
    }
