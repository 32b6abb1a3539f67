"""The one way in which this package declares a value: a frozen, slotted dataclass without extra keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, dataclass_transform

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a frozen, slotted, keyword-only dataclass.

    `__pydantic_config__` is read by pydantic where a value comes from a file; it makes an unknown
    field an error there. The attribute costs nothing where pydantic is not loaded.
    """
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = {"extra": "forbid", "strict": True}  # type: ignore[attr-defined]
    return made
