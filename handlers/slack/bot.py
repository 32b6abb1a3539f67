"""The Slack bot: what is opened, checked and registered, and in which order it is closed again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final, TypeVar

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.questions import Platform
from handlers.answering import Answering
from handlers.hands import Hands
from handlers.replies import Teller
from handlers.services import Services, StartError
from handlers.slack import commands, deeds, manifest, presses
from handlers.slack.connection import Patience, keep_connected
from handlers.slack.decoding import Reader
from handlers.slack.events import UNFURL, Fetching, Inbox
from handlers.slack.home import Homes
from handlers.slack.identity import (
    LIBRARY_LOG,
    Identity,
    SlackError,
    identity,
    scope_fault,
    ticket,
    web_client,
)
from handlers.slack.interactions import Counter
from handlers.slack.missed import CatchUp
from handlers.slack.people import People
from handlers.slack.posting import SlackPoster
from handlers.slack.refusals import LIMITED

GRACE: Final = 10.0
"""Seconds that what is in hand has to finish when the bot stops."""

_TOKENS: Final = {
    "SLACK_BOT_TOKEN": ("xoxb-", "the Bot User OAuth Token from the app's “OAuth & Permissions”"),
    "SLACK_APP_TOKEN": (
        "xapp-",
        "an app-level token with connections:write from the app's “Basic Information”",
    ),
}

_Found = TypeVar("_Found")


class SlackBot:
    """One workspace's bot. `patience` and `unfurl` are the waits, shorter in tests."""

    name = Platform.SLACK.value

    def __init__(
        self, services: Services, *, patience: Patience | None = None, unfurl: float = UNFURL
    ) -> None:
        self.connected = False
        """Whether events of Slack arrive at present."""
        self.teller: Teller | None = None
        """The way to tell what changed later, once the bot serves."""
        self._services = services
        self._patience = patience or Patience()
        self._unfurl = unfurl
        self._revoked = False

    async def preflight(self) -> str:
        """Check both tokens and the scopes, and return a line that says where the bot is.

        Raises:
            StartError: Something of it is not right; the sentence says what to do.
        """
        who = await self.identity()
        return f"Slack: {who.team_name} (bot {who.bot_name})"

    async def identity(self) -> Identity:
        """Check both tokens and the scopes, and return who the bot is; raises as `preflight` does."""
        bot_token, app_token = self._tokens()
        url = self._services.settings.slack.api_url
        async with web_client(bot_token, url) as client:
            try:
                who = await self._asked(lambda: self._checked(client))
                await self._asked(lambda: ticket(client, app_token))
            except SlackError as error:
                raise StartError(_unready(error)) from None
            except OSError as error:
                raise StartError(
                    f"Slack cannot be reached at {url} ({error}). Check the network of this machine, and "
                    "api_url under [slack]."
                ) from None
        return who

    async def _asked(self, ask: Callable[[], Awaitable[_Found]]) -> _Found:
        """Return what Slack answers, at the second try where it asked to wait before."""
        try:
            return await ask()
        except SlackError as error:
            if error.kind != LIMITED:
                raise
            await asyncio.sleep(min(error.wait, self._patience.limited))
        return await ask()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish what is in hand, within ten seconds, and close.

        Raises:
            StartError: Slack refuses a token, or it was revoked meanwhile.
        """
        serving, stopping = asyncio.ensure_future(self._serve()), asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Wherever it stands, it takes nothing more on, empties its hands and closes what it opened.
            serving.cancel()
            stopping.cancel()
            ended, _ = await asyncio.gather(serving, stopping, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended

    async def _serve(self) -> None:
        """Serve until cancelled."""
        bot_token, app_token = self._tokens()
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(
                web_client(bot_token, self._services.settings.slack.api_url)
            )
            who = await self._known(client)
            reader = Reader(
                team=who.team, bot_user=who.bot_user, reaction=self._services.settings.slack.reaction
            )
            poster = SlackPoster(client, self._services.metrics, bot_user=who.bot_user, can_look=who.can_look)
            self.teller = poster
            answering = Answering(
                self._services,
                poster,
                reading=Fetching(client, reader, can_look=who.can_look, unfurl=self._unfurl),
            )
            await stack.enter_async_context(answering)
            hands = Hands()

            async def emptied() -> None:
                # Both at once, for both have the same ten seconds.
                await asyncio.gather(hands.empty(GRACE), answering.close(GRACE))

            stack.push_async_callback(emptied)
            people = People(client, manifest.groups(self._services.settings.slack))
            homes = Homes(self._services, client, people, hands, team=who.team)
            counter = Counter(
                services=self._services,
                client=client,
                poster=poster,
                reader=reader,
                hands=hands,
                people=people,
                homes=homes,
                sharing=set(),
            )
            inbox = Inbox(reader, answering.accept, hands=hands, revoked=self._doubt, home=homes.opened)
            app = application(who, counter, inbox)

            missed = CatchUp(
                client,
                reader,
                self._services.ledger.questions(),
                answering.accept,
                hands=hands,
                can_look=who.can_look,
                gap=self._patience.gap,
                pace=self._patience.pace,
            )
            await missed.begin()
            stack.push_async_callback(missed.close)

            def see(*, is_open: bool) -> None:
                self.connected = is_open
                missed.seen(is_open=is_open)

            async def check() -> None:
                await self._checked(client)
                self._revoked = poster.suspicious = False

            await keep_connected(
                app,
                client,
                app_token,
                patience=self._patience,
                check=check,
                doubted=lambda: self._revoked or poster.suspicious,
                seen=see,
            )

    def _tokens(self) -> tuple[str, str]:
        found = []
        for name, (prefix, what) in _TOKENS.items():
            secret = self._services.settings.secrets.get(name)
            if secret is None:
                raise StartError(f"{name} is not set. Put {what} ({prefix}…) into it.")
            if not secret.reveal().startswith(prefix):
                raise StartError(f"{name} does not begin with {prefix}. Put {what} into it.")
            found.append(secret.reveal())
        return found[0], found[1]

    async def _checked(self, client: AsyncWebClient) -> Identity:
        who = await identity(client)
        fault = scope_fault(who.scopes, reaction=self._services.settings.slack.reaction is not None)
        if fault is not None:
            raise StartError(fault)
        return who

    async def _known(self, client: AsyncWebClient) -> Identity:
        """Return who the bot is, as soon as Slack can be asked."""
        while True:
            try:
                return await self._checked(client)
            except OSError as error:
                # The preflight went well a moment ago, so the network will come back.
                asked = error.wait if isinstance(error, SlackError) else 0.0
                await asyncio.sleep(max(self._patience.first_wait, min(asked, self._patience.limited)))

    def _doubt(self) -> None:
        self._revoked = True


def _unready(error: SlackError) -> str:
    if error.kind == LIMITED:
        seconds = round(error.wait)
        return (
            f"Slack answers that it was called too often, and asks to wait {seconds} s. Wait that long, "
            "then start again; see that nothing starts the bot over and over."
        )
    return f"Slack answers with an error of its own ({error.kind}): start again in a while."


def application(who: Identity, counter: Counter, inbox: Inbox) -> AsyncApp:
    """Return the Bolt app with everything registered.

    Bolt takes tokens and OAuth settings from the environment where it can; with `authorize` it uses
    neither, and asks Slack nothing about a token that was checked already.
    """

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=who.team,
            bot_user_id=who.bot_user,
            bot_id=who.bot_id,
            bot_token=counter.client.token,
        )

    app = AsyncApp(
        name="counterclaim",
        logger=LIBRARY_LOG,
        client=counter.client,
        authorize=authorize,
        # Events are answered there, ahead of everything that only interactions need.
        before_authorize=inbox,
        ssl_check_enabled=False,
        request_verification_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    # Before the others, which take whatever is left over.
    deeds.register(app, counter)
    commands.register(app, counter)
    presses.register(app, counter)
    return app
