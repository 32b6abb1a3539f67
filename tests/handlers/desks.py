"""Those who keep a ledger, and a reader, on a local Slack and on a local Discord, driven by one script.

A `Desk` hides what the two platforms call things: a deed is asked for by its name, a button is found by the
deed that it stands for, and whatever comes is a `Seen`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from bot.actions import Action
from bot.actions import decoded as action_of
from bot.config import Settings
from bot.keys import ROLE_KEYS
from bot.moderation.deeds import Deed, Do, decoded, encoded
from bot.moderation.members import Role
from bot.sections import TwoPerson
from bot.store.ledger import Ledger
from bot.wording import catalogue
from handlers.discord.bot import DiscordBot
from handlers.running import Bot
from handlers.services import Services
from handlers.slack.bot import SlackBot
from tests.fakes.discord import FakeDiscord, FakeInteraction, FakeMessage, FakeModal, FakeUser
from tests.fakes.discord.components import walk
from tests.fakes.slack import GENERAL, Answered, Ephemeral, FakeSlack, Interaction, Message, OpenView, pings
from tests.handlers.discord import conftest as on_discord
from tests.handlers.mending import fast, telling
from tests.handlers.serving import services_for, serving
from tests.handlers.slack import conftest as on_slack
from tests.handlers.slack.keeping import fill_in

MODAL: Final = 9
"""The kind of a first answer on Discord that is a form."""

Surface: TypeAlias = Message | Ephemeral | OpenView | FakeMessage | FakeModal


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody sees: where it stands, all that it says, and what its buttons stand for."""

    surface: Surface
    text: str
    keys: tuple[str, ...]

    def key(self, deed: Deed, ref: str | None = None) -> str:
        """Return what stands for the first button of a deed, on `ref` where that is given."""
        for each in self.keys:
            do = decoded(each)
            if do is not None and do.deed is deed and ref in {None, do.ref}:
                return each
        raise LookupError(f"no {deed} among {self.keys}: {self.text[:2_000]}")

    def action(self, wanted: Action) -> str:
        """Return what stands for a reader's button."""
        return next(each for each in self.keys if (it := action_of(each)) and it.action is wanted)


class Desk(ABC):
    """People of one platform, one for each role, who act by role."""

    bot: Bot
    people: Mapping[Role, Any]
    somebody: Any
    """A person without a role, as they are named in a command."""

    @abstractmethod
    async def typed(self, role: Role, verb: str, /, **options: Any) -> Seen:
        """Use `/claim VERB`, and return what comes."""

    @abstractmethod
    async def press(self, role: Role, seen: Seen, key: str) -> Seen:
        """Press a button, and return what comes."""

    @abstractmethod
    async def fill(self, role: Role, form: Seen, typed: Mapping[str, str]) -> Seen:
        """Type into a form, all pages of it, hand it in, and return what comes."""

    @abstractmethod
    async def planted(self, role: Role) -> None:
        """Let somebody see a message, on which `forge` puts its buttons."""

    @abstractmethod
    async def forge(self, role: Role, do: Do) -> Seen:
        """Press a button that was never given to anybody, and return what comes."""

    @abstractmethod
    async def asked(self, text: str) -> Seen:
        """Mention the bot with `text` in the channel as a reader, and return its reply."""

    @abstractmethod
    def again(self, reply: Seen) -> Seen:
        """Return a reply as it stands now."""

    @abstractmethod
    def edits(self, reply: Seen) -> int:
        """Return how often a reply was edited."""

    @abstractmethod
    def lines(self, reply: Seen) -> list[str]:
        """Return what the bot said below a reply."""

    @abstractmethod
    def direct(self, role: Role) -> list[str]:
        """Return what somebody was told directly, the first message first."""

    @abstractmethod
    def pings(self) -> int:
        """Return how many messages of the bot notified anybody by a mention."""


class SlackDesk(Desk):
    """The desk on Slack: people named by their id in the configuration."""

    ids: Final = {each: f"U0{each.upper()}" for each in Role}

    def __init__(self, slack: FakeSlack, services: Services) -> None:
        self.slack = slack
        self.people = self.ids
        self.somebody = "<@U0SOMEBODY|somebody>"
        self.bot = SlackBot(services, patience=on_slack.QUICK, unfurl=0.05)
        self._planted: Seen

    @staticmethod
    def settings_for(slack: FakeSlack, folder: Path) -> Settings:
        """Return settings by which each has their role."""
        for each in SlackDesk.ids.values():
            slack.space.add_user(each)
        roles = dict(zip(ROLE_KEYS, ((SlackDesk.ids[each],) for each in list(Role)[1:]), strict=True))
        return on_slack.settings_for(slack, folder, **roles)

    def _seen(self, surface: Message | Ephemeral | OpenView) -> Seen:
        blocks = surface.view["blocks"] if isinstance(surface, OpenView) else surface.blocks
        keys = [
            str(one["action_id"]) for each in blocks for one in each.get("elements", []) if "action_id" in one
        ]
        said = "" if isinstance(surface, OpenView) else surface.text
        return Seen(surface, f"{said}\n{json.dumps(blocks, ensure_ascii=False)}", tuple(keys))

    def _modals(self) -> list[OpenView]:
        return [each for each in self.slack.views if each.kind == "modal"]

    async def _came(
        self, done: Interaction, modals: int, at: Surface | None = None, version: str = ""
    ) -> Seen:
        loading = catalogue().say("slack.loading")

        def look() -> Message | Ephemeral | OpenView | None:
            if done.responses:
                last = done.responses[-1]
                shown = at if last.kind is Answered.REPLACED else last.message
                assert isinstance(shown, Message | Ephemeral)
                return shown
            if len(self._modals()) > modals:
                found = self._modals()[-1]
            elif isinstance(at, OpenView) and at.hash != version:
                found = at
            else:
                return None
            return None if loading in self._seen(found).text else found

        assert done.acked
        shown = await self.slack.wait_until(look)
        assert shown is not None
        return self._seen(shown)

    async def typed(self, role: Role, verb: str, /, **options: Any) -> Seen:
        """Use `/claim VERB` with the options as words."""
        before = len(self._modals())
        text = " ".join((verb, *options.values()))
        return await self._came(await self.slack.command("/claim", text, self.people[role]), before)

    async def press(self, role: Role, seen: Seen, key: str) -> Seen:
        """Press a button of a message or modal."""
        at, before = seen.surface, len(self._modals())
        assert isinstance(at, Message | Ephemeral | OpenView)
        version = at.hash if isinstance(at, OpenView) else ""
        return await self._came(await self.slack.press(at, key, self.people[role]), before, at, version)

    async def fill(self, role: Role, form: Seen, typed: Mapping[str, str]) -> Seen:
        """Hand a modal in; the modal shows what came of it."""
        view = form.surface
        assert isinstance(view, OpenView)
        assert view.user == self.people[role]
        done = await fill_in(self.slack, view, dict(typed))
        assert done.acked
        assert not done.errors
        loading = catalogue().say("slack.loading")
        await self.slack.wait_until(lambda: loading not in self._seen(view).text)
        return self._seen(view)

    async def home(self, role: Role) -> Seen:
        """Open the Home tab."""
        before = len(self.slack.views)
        await self.slack.home_opened(self.people[role])
        return self._seen(await self.slack.wait_for_view(before + 1))

    async def planted(self, role: Role) -> None:
        """Let somebody search for what is not there, which they alone see."""
        self._planted = await self.typed(role, "search", words="nothing")

    async def forge(self, role: Role, do: Do) -> Seen:
        """Press a button that was put on the message for this person alone."""
        shown = self._planted.surface
        assert isinstance(shown, Ephemeral)
        key = {"type": "button", "action_id": encoded(do), "text": {"type": "plain_text", "text": "Press"}}
        shown.blocks = [*shown.blocks[:1], {"type": "actions", "elements": [key]}]
        return await self.press(role, self._planted, encoded(do))

    async def asked(self, text: str) -> Seen:
        """Mention the bot in a thread of its own."""
        ts = await self.slack.mention(GENERAL, self.people[Role.READER], text)
        (reply,) = await self.slack.wait_until(lambda: self.slack.replies_to(ts))
        return self._seen(reply)

    def again(self, reply: Seen) -> Seen:
        """Return a message as it stands now."""
        assert isinstance(reply.surface, Message)
        return self._seen(reply.surface)

    def edits(self, reply: Seen) -> int:
        """Return how often a message was edited."""
        assert isinstance(reply.surface, Message)
        return len(reply.surface.edits)

    def lines(self, reply: Seen) -> list[str]:
        """Return the thread without the reply."""
        at = reply.surface
        assert isinstance(at, Message)
        return [each.text for each in self.slack.replies_to(at.thread_ts or at.ts) if each is not at]

    def direct(self, role: Role) -> list[str]:
        """Return the messages in the conversation with the bot."""
        spaces = self.slack.space.channels
        return [each.text for each in self.slack.messages if spaces[each.channel].user == self.people[role]]

    def pings(self) -> int:
        """Return how many messages notified anybody."""
        return sum(bool(pings(each)) for each in self.slack.messages)


class DiscordDesk(Desk):
    """The desk on Discord: people with roles of the server."""

    def __init__(self, server: FakeDiscord, people: Mapping[Role, FakeUser], services: Services) -> None:
        self.server = server
        self.people = people
        self.somebody = server.add_user("somebody")
        self.bot = DiscordBot(services, patience=on_discord.QUICK)
        self._planted: Seen

    @staticmethod
    def settings_for(server: FakeDiscord) -> tuple[Settings, Mapping[Role, FakeUser]]:
        """Return settings by which each has their role, and the people."""
        people, keys = {Role.READER: server.add_user("reader")}, {}
        for key, role in zip(ROLE_KEYS, list(Role)[1:], strict=True):
            given = server.add_role(role.value)
            people[role] = server.add_user(role.value, roles=(given,))
            keys[key] = (str(given.id),)
        return on_discord.settings_for(server, **keys), people

    async def _came(self, done: FakeInteraction) -> Seen:
        await on_discord.until(lambda: done.response)
        if done.response is not None and done.response.kind == MODAL:
            form = await done.wait_for_modal()
            return Seen(form, f"{form.title} {form.components}", ())
        message = await done.wait_for_response()
        return await self._opened(done.user, self._seen(message))

    async def _opened(self, user: FakeUser, seen: Seen) -> Seen:
        """Press the button to a form that came too late to be the answer itself."""
        message = seen.surface
        assert isinstance(message, FakeMessage)
        late = message.buttons.get(catalogue().say("step.open"))
        return seen if late is None else await self._came(await self.server.press(message, late, user))

    @staticmethod
    def _seen(message: FakeMessage) -> Seen:
        return Seen(message, f"{message.text}\n{message.components}", tuple(message.buttons.values()))

    async def typed(self, role: Role, verb: str, /, **options: Any) -> Seen:
        """Use `/claim VERB`."""
        return await self._came(await self.server.command(self.people[role], "claim", verb, options=options))

    async def press(self, role: Role, seen: Seen, key: str) -> Seen:
        """Press a button of a message."""
        assert isinstance(seen.surface, FakeMessage)
        return await self._came(await self.server.press(seen.surface, key, self.people[role]))

    async def fill(self, role: Role, form: Seen, typed: Mapping[str, str]) -> Seen:
        """Fill in page after page."""
        while True:
            modal = form.surface
            assert isinstance(modal, FakeModal)
            given: dict[str, Any] = {}
            for name, value in typed.items():
                if name in modal.inputs:
                    is_menu = "options" in modal.inputs[name]
                    given[name] = [value] if is_menu else value
            seen = self._seen(await (await self.server.submit(modal, given)).wait_for_response())
            assert isinstance(seen.surface, FakeMessage)
            go_on = [key for name, key in seen.surface.buttons.items() if name.startswith("Continue (")]
            if not go_on:
                return seen
            form = await self.press(role, seen, go_on[0])

    async def planted(self, role: Role) -> None:
        """Let the bot answer in the channel, where everybody sees it."""
        del role
        self._planted = await self.asked("nothing at all")

    async def forge(self, role: Role, do: Do) -> Seen:
        """Press a button that was put on the reply in the channel."""
        reply = self._planted.surface
        assert isinstance(reply, FakeMessage)
        button = next(each for each in walk(reply.components) if each.get("custom_id"))
        button["custom_id"] = encoded(do)
        return await self.press(role, self._planted, encoded(do))

    async def asked(self, text: str) -> Seen:
        """Mention the bot in the channel."""
        asked = await self.server.mention(self.server.channel, self.people[Role.READER], text)
        return self._seen(await self.server.wait_for_reply(asked))

    def again(self, reply: Seen) -> Seen:
        """Return a message as it stands now."""
        assert isinstance(reply.surface, FakeMessage)
        return self._seen(reply.surface)

    def edits(self, reply: Seen) -> int:
        """Return how often a message was edited."""
        assert isinstance(reply.surface, FakeMessage)
        return len(reply.surface.edits)

    def lines(self, reply: Seen) -> list[str]:
        """Return what refers to the reply."""
        return [each.text for each in self.server.posts if each.reference is reply.surface]

    def direct(self, role: Role) -> list[str]:
        """Return the messages in the conversation with the bot."""
        channel = self.server.world.direct_channel(self.people[role])
        return [each.text for each in self.server.posts if each.channel is channel]

    def pings(self) -> int:
        """Return how many messages notified anybody."""
        return sum(bool(each.pings) for each in self.server.posts)


@asynccontextmanager
async def desks(
    ledger: Ledger, folder: Path, *, two_person: TwoPerson = TwoPerson.AUTO
) -> AsyncIterator[dict[str, Desk]]:
    """Run both bots and what tells changes on one ledger, and yield the desks by their platform."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack())
        server = await stack.enter_async_context(FakeDiscord())
        first = SlackDesk.settings_for(slack, folder)
        second, people = DiscordDesk.settings_for(server)
        both = replace(first, discord=second.discord, secrets={**first.secrets, **second.secrets})
        both = replace(both, policy=replace(both.policy, two_person=two_person))
        services = services_for(fast(both), ledger)
        made: dict[str, Desk] = {
            "slack": SlackDesk(slack, services),
            "discord": DiscordDesk(server, people, services),
        }
        for each in made.values():
            await stack.enter_async_context(serving(each.bot))
        await slack.wait_connected()
        await server.wait_until_connected()
        for each in made.values():
            await stack.enter_async_context(telling(each.bot, services))
        yield made
        assert slack.violations == []
        assert server.violations == []
