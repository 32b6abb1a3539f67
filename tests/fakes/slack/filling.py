"""What people do in a form before they submit it: they type into a menu that asks the app, or close it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.fakes.slack.blocks import interactive
from tests.fakes.slack.elements import offers
from tests.fakes.slack.interactions import Interaction, Interactions
from tests.fakes.slack.payloads import view_json
from tests.fakes.slack.records import OpenView
from tests.fakes.slack.shapes import Invalid, Json
from tests.fakes.slack.views import filled_in

LEAST_TYPED: Final = 3
"""Characters from which on a menu asks, where it does not say otherwise."""


class Filling(Interactions):
    """The drivers of what happens in an open form."""

    async def suggest(
        self, view: OpenView, action: str, words: str, user: str | None = None
    ) -> tuple[Json, ...]:
        """Let a person type `words` into a menu that asks the app, and return the options that it shows.

        Args:
            view: the form.
            action: the `action_id` of the menu, or the `block_id` of its block.
            words: what is typed.
            user: who; the one who sees the form where None.

        Raises:
            LookupError: where the form has no such menu.
            ValueError: where too little is typed for Slack to ask, or the app did not answer in time.
        """
        block, element = _menu(view, action)
        if len(words) < element.get("min_query_length", LEAST_TYPED):
            raise ValueError(f"Slack does not ask for {words!r}")
        who = user or view.user
        done = self._begin(who, channel=None, origin=None, view=view.id)
        # A menu that asks gives no right to open a modal.
        del done.payload["trigger_id"]
        done.payload |= {
            **self._common(who),
            "type": "block_suggestion",
            "container": {"type": "view", "view_id": view.id},
            "view": view_json(self.space, view),
            "block_id": block,
            "action_id": element["action_id"],
            "value": words,
        }
        shown: list[Json] = []

        def acked(ack: Json) -> None:
            try:
                shown.extend(offers(ack))
            except Invalid as error:
                self.violations.append(f"options of {action}: {error}")

        await self._finish(done, "interactive", acked)
        if not done.acked:
            raise ValueError(f"no options came in time for {words!r}")
        held = view.offered.setdefault(element["action_id"], {})
        held |= {each["value"]: each for each in shown}
        return tuple(shown)

    async def close(
        self, view: OpenView, values: Mapping[str, Any] | None = None, *, with_values: bool = True
    ) -> Interaction | None:
        """Let a person close a form; None where the app did not ask to be told.

        Args:
            view: the form.
            values: what was typed into it, as for `submit`; required fields may be empty.
            with_values: whether Slack sends along what was typed. Its reference does not promise that.
        """
        state = filled_in(view.view, values or {}, view.offered, whole=False)
        view.closed = True
        if not view.view.get("notify_on_close"):
            return None
        done = self._begin(view.user, channel=None, origin=None)
        del done.payload["trigger_id"]
        done.payload |= {
            **self._common(view.user),
            "type": "view_closed",
            "view": view_json(self.space, view, state if with_values else None),
            "is_cleared": False,
        }
        await self._finish(done, "interactive")
        return done


def _menu(view: OpenView, action: str) -> tuple[str, Json]:
    for block in view.view["blocks"]:
        for element in interactive(block):
            name = block.get("block_id", "")
            if element["type"].endswith("external_select") and action in {name, element["action_id"]}:
                return name, element
    raise LookupError(f"no menu {action} that asks the app")
