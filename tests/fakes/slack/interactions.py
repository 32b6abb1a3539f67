"""What people do that the bot must ack: commands, shortcuts, buttons, forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.slack.blocks import interactive
from tests.fakes.slack.core import GENERAL, Core
from tests.fakes.slack.events import Events
from tests.fakes.slack.payloads import channel_json, message_json, user_json, view_json
from tests.fakes.slack.records import Ephemeral, Message, OpenView, Refusal, Response, ResponseUrl, Via
from tests.fakes.slack.responding import seen_by_one
from tests.fakes.slack.shapes import Json
from tests.fakes.slack.views import filled_in

_OF_OPTIONS: Final = ("options", "option_groups")


@dataclass(slots=True, kw_only=True)
class Interaction:
    """What came of an interaction: the ack, and the answers to its response URL as they come."""

    payload: Json
    trigger_id: str
    acked: bool = False
    """False where no ack came in time: the person sees an error."""
    ack: Json = field(default_factory=dict)
    """What the ack carried."""
    answers: ResponseUrl | None = None
    fake: Core

    @property
    def response_url(self) -> str | None:
        """The address for answers."""
        return self.payload.get("response_url")

    @property
    def responses(self) -> list[Response]:
        """The accepted posts to the response URL so far."""
        return self.answers.responses if self.answers else []

    async def response(self, count: int = 1, timeout: float = 30.0) -> Response:
        """Wait until so many answers were posted, and return the last of them."""
        await self.fake.wait_until(lambda: len(self.responses) >= count, timeout)
        return self.responses[count - 1]


CommandResult = Interaction


@dataclass(slots=True, kw_only=True)
class Submission:
    """What came of a submitted form."""

    acked: bool
    action: str | None
    """`errors`, `update`, `push`, `clear`, or None where the form was closed."""
    errors: dict[str, str]
    view: OpenView | None
    """The form as the person sees it now; None where none is left."""
    payload: Json


class Interactions(Events):
    """The drivers of interactions; each waits for the ack."""

    async def command(
        self, command: str, text: str = "", user: str = "U0ASKER", channel: str = GENERAL
    ) -> Interaction:
        """Let a person use a slash command."""
        done = self._begin(user, channel=channel, origin=None)
        done.payload |= {
            "token": "verification",
            "team_id": self.team,
            "team_domain": "test",
            "channel_id": channel,
            "channel_name": channel_json(self.space, channel)["name"],
            "user_id": user,
            "user_name": self.space.users[user]["name"],
            "command": command,
            "text": text,
            "api_app_id": self.space.app,
            "is_enterprise_install": "false",
        }
        await self._finish(done, "slash_commands", lambda ack: self._shown_by_ack(ack, user, channel))
        return done

    def _shown_by_ack(self, body: Json, user: str, channel: str) -> None:
        if not body:
            return
        try:
            seen_by_one(self.space, user, channel, body, Via.ACK)
        except Refusal as refusal:
            self.violations.append(f"ack of a command: {refusal}")

    async def shortcut(
        self, callback_id: str, user: str = "U0ASKER", message: Message | None = None
    ) -> Interaction:
        """Let a person use a shortcut: on a message, or the global one where no message is given."""
        channel = message.channel if message else None
        done = self._begin(user, channel=channel, origin=None)
        done.payload |= {
            **self._common(user),
            "type": "message_action" if message else "shortcut",
            "callback_id": callback_id,
            "action_ts": self.space.new_ts(),
        }
        if message is not None:
            done.payload |= {
                "channel": channel_json(self.space, message.channel),
                "message_ts": message.ts,
                "message": message_json(self.space, message),
            }
        await self._finish(done, "interactive")
        return done

    async def press(
        self,
        target: Message | Ephemeral | OpenView,
        action: str,
        user: str = "U0ASKER",
        *,
        option: str | None = None,
    ) -> Interaction:
        """Let a person press a button, or choose from a menu.

        Args:
            target: the message or form that holds it.
            action: the `action_id` or the `value` of the button.
            user: who presses.
            option: the value of the option, for a menu.

        Raises:
            LookupError: where `target` has no such button or option.
        """
        block, element = _found(
            target.view["blocks"] if isinstance(target, OpenView) else target.blocks, action
        )
        done = self._begin(
            user,
            channel=None if isinstance(target, OpenView) else target.channel,
            origin=None if isinstance(target, OpenView) else target,
            view=target.id if isinstance(target, OpenView) else None,
        )
        done.payload |= {
            **self._common(user),
            "type": "block_actions",
            "actions": [_pressed(block, element, option, self.space.new_ts())],
            **self._place(target),
        }
        await self._finish(done, "interactive")
        return done

    def _place(self, target: Message | Ephemeral | OpenView) -> Json:
        if isinstance(target, OpenView):
            return {
                "container": {"type": "view", "view_id": target.id},
                "view": view_json(self.space, target),
            }
        container: Json = {
            "type": "message",
            "message_ts": target.ts,
            "channel_id": target.channel,
            "is_ephemeral": isinstance(target, Ephemeral),
        }
        if target.thread_ts is not None:
            container["thread_ts"] = target.thread_ts
        place: Json = {
            "container": container,
            "channel": channel_json(self.space, target.channel),
            "state": {"values": {}},
        }
        if isinstance(target, Message):
            place["message"] = message_json(self.space, target)
        return place

    async def submit(self, view: OpenView, values: Mapping[str, Any], user: str | None = None) -> Submission:
        """Let a person submit a form.

        Args:
            view: the form.
            values: by `block_id` or `action_id`: a text, the value of an option, or a list of such.
            user: who; the one who sees the form where None.

        Raises:
            ValueError: where Slack's client would not let the person submit that.
        """
        who = user or view.user
        state = filled_in(view.view, values, view.offered)
        done = self._begin(who, channel=None, origin=None, view=view.id)
        done.payload |= {
            **self._common(who),
            "type": "view_submission",
            "view": view_json(self.space, view, state),
            "response_urls": [],
        }
        made = Submission(acked=False, action=None, errors={}, view=view, payload=done.payload)

        def acked(ack: Json) -> None:
            made.action = ack.get("response_action")
            try:
                if made.action == "errors":
                    made.errors = self._errors(view, ack.get("errors"))
                else:
                    made.view = self._after(view, ack)
            except Refusal as refusal:
                self.violations.append(f"ack of a form: {refusal}")

        await self._finish(done, "interactive", acked)
        made.acked = done.acked
        return made

    @staticmethod
    def _errors(view: OpenView, errors: Any) -> dict[str, str]:
        fields = {block.get("block_id") for block in view.view["blocks"] if block["type"] == "input"}
        if not isinstance(errors, dict) or not errors or set(errors) - fields:
            raise Refusal("invalid_arguments", f"errors must name input blocks of the form: {errors}")
        return {str(key): str(value) for key, value in errors.items()}

    def _after(self, view: OpenView, ack: Json) -> OpenView | None:
        """Carry out what the ack of a submission says and return what the person sees now."""
        match ack.get("response_action"):
            case "update":
                view.replace(self.space.checked_view(ack.get("view")), f"h{self.space.number()}")
                return view
            case "push":
                return self.space.show(view.user, self.space.checked_view(ack.get("view")), view)
            case "clear":
                for each in self.views:
                    each.closed = each.closed or each.root == view.root
                return None
            case None:
                view.closed = True
                below = (each for each in self.views if each.id == view.previous and not each.closed)
                return next(below, None)
            case other:
                raise Refusal("invalid_arguments", f"response_action {other}")

    def _common(self, user: str) -> Json:
        return {
            "token": "verification",
            "team": {"id": self.team, "domain": "test"},
            "user": user_json(self.space, user),
            "api_app_id": self.space.app,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _begin(
        self,
        user: str,
        *,
        channel: str | None,
        origin: Message | Ephemeral | None,
        view: str | None = None,
    ) -> Interaction:
        trigger = self.space.new_trigger(user, view)
        payload: Json = {"trigger_id": trigger}
        answers = None
        if channel is not None:
            answers = self.space.new_response_url(user, channel, origin)
            payload["response_url"] = f"{self.space.base_url}respond/{answers.id}"
        return Interaction(payload=payload, trigger_id=trigger, answers=answers, fake=self)

    async def _finish(
        self, done: Interaction, kind: str, on_ack: Callable[[Json], None] | None = None
    ) -> None:
        delivery = self._send(kind, done.payload, on_ack=on_ack)
        await delivery.done.wait()
        done.acked, done.ack = delivery.acked, delivery.answer


def _found(blocks: list[Json], action: str) -> tuple[str, Json]:
    """Return the block id and the element whose `action_id` or `value` is `action`."""
    values: list[str] = []
    for index, block in enumerate(blocks):
        for element in interactive(block):
            if action in (element["action_id"], element.get("value")):
                return block.get("block_id", f"b{index}"), element
            values.append(element["action_id"])
    raise LookupError(f"no button {action} among {values}")


def _pressed(block_id: str, element: Json, option: str | None, ts: str) -> Json:
    """Return the action as a payload carries it."""
    made: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": ts,
    }
    if element["type"] == "button":
        return made | {key: element[key] for key in ("text", "value", "style") if key in element}
    if not any(key in element for key in _OF_OPTIONS):
        return made | {"value": option}
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    for group in groups:
        for each in group["options"]:
            if each["value"] == option:
                several = element["type"] == "checkboxes" or element["type"].startswith("multi_")
                return made | ({"selected_options": [each]} if several else {"selected_option": each})
    raise LookupError(f"no option {option}")
