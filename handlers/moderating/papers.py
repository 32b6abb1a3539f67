"""What a form is for: who may hand it in, how it looks for what it is about, and what comes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from bot.moderation.deeds import Deed
from bot.moderation.forms import Faults, Form, Typed
from bot.records import record
from handlers.moderating.acting import Acting
from handlers.outcomes import Outcome

About: TypeAlias = dict[str, Any]
Came: TypeAlias = Outcome | Faults
"""What came of a form: what to show, or what is wrong with what was typed."""


@record
class Paper:
    """A form with its deed. `form` is given what was typed where the fields may depend on it, else None."""

    deed: Deed
    form: Callable[[Acting, About, Typed | None], Awaitable[Form]]
    finish: Callable[[Acting, About, Typed], Awaitable[Came]]
