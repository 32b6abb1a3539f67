"""Components that are written already, as discord.py sends them.

The buttons of a reply are answered by their custom ids, after a restart as well. So discord.py is kept
from holding each reply in memory for the sake of its buttons, which it does for any view that it can
dispatch to, without an end where the view has no timeout (`ViewStore.add_view` in 2.7.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from handlers.discord.components import Component


class Ready(discord.ui.LayoutView):
    """A view that is sent as `components`, and of which nothing is kept afterwards."""

    def __init__(self, components: Sequence[Component]) -> None:
        super().__init__(timeout=None)
        self._components = list(components)

    def to_components(self) -> list[dict[str, Any]]:
        """Return the components, as they go into the message."""
        return self._components

    def has_components_v2(self) -> bool:
        """Say that the message is one of Components V2, which sets its flag."""
        return True

    def is_dispatchable(self) -> bool:
        """Say that no button of this view is answered through it."""
        return False

    def is_finished(self) -> bool:
        """Say that it waits for nothing; a view that does is kept, even where it cannot be dispatched to."""
        return True

    def content_length(self) -> int:
        """Return the characters of all texts together."""
        return sum(len(each.get("content", "")) for each in self._components)


def sendable(components: Sequence[Component]) -> Ready:
    """Return what discord.py takes as `view=` to send `components` or to put them in a message's place."""
    return Ready(components)
