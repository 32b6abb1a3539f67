"""The local Discord is strict and right, as the unmodified discord.py sees it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.fakes.discord import CannotError, FakeDiscord, FakeMessage, Kind, Trouble
from tests.fakes.discord.library import app_commands, discord, pointed_at
from tests.fakes.discord.schema import BESIDE
from tests.fakes.discord.world import GUILD_MEMBERS, MESSAGE_CONTENT

V2 = 1 << 15
INTENTS = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, guild_reactions=True)


class Pressed(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"vote:(?P<n>[0-9]+)"):
    """A button whose state is in its custom id."""

    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label=f"Vote {number}", custom_id=f"vote:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction, __: Any, match: Any, /) -> Pressed:
        """Return the button that a custom id stands for."""
        return cls(int(match["n"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Say what was pressed."""
        await interaction.response.send_message(f"pressed {self.number}", ephemeral=True)


class Form(discord.ui.Modal, title="Report a problem"):
    """A form with a text and a choice."""

    what: discord.ui.Label[Any] = discord.ui.Label(
        text="What is wrong?", component=discord.ui.TextInput(custom_id="what", max_length=100)
    )
    kind: discord.ui.Label[Any] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            custom_id="kind",
            options=[discord.SelectOption(label="Quote", value="quote"), discord.SelectOption(label="Date")],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Repeat what was written."""
        text, select = self.what.component, self.kind.component
        assert isinstance(text, discord.ui.TextInput)
        assert isinstance(select, discord.ui.Select)
        await interaction.response.send_message(f"{text.value} / {select.values[0]}", ephemeral=True)


class EchoBot(discord.Client):
    """A small bot with one of each: mention, commands, menu, button, form."""

    def __init__(self, intents: discord.Intents = INTENTS, *, sync: bool = True) -> None:
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.tree = app_commands.CommandTree(self)
        self.sync, self.heard, self.resumes = sync, [], 0  # type: tuple[bool, list[discord.Message], int]
        self.reacted: list[discord.RawReactionActionEvent] = []
        group = app_commands.Group(name="claim", description="Look up claims")
        group.add_command(app_commands.Command(name="check", description="Check", callback=self.check))
        show: Any = app_commands.Command(name="show", description="Show", callback=self.show)
        show.autocomplete("claim")(self.suggest)
        group.add_command(show)
        self.tree.add_command(group)
        self.tree.add_command(app_commands.ContextMenu(name="Check this claim", callback=self.menu))
        self.tree.add_command(app_commands.Command(name="report", description="Report", callback=self.report))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once, also the second time."""

    async def setup_hook(self) -> None:
        """Register what outlives a restart."""
        self.add_dynamic_items(Pressed)
        if self.sync:
            await self.tree.sync()

    async def on_resumed(self) -> None:
        """Count the resumes."""
        self.resumes += 1

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Note a reaction."""
        self.reacted.append(event)

    async def on_message(self, message: discord.Message) -> None:
        """Reply to a mention with its text and a button."""
        if message.author == self.user:
            return
        self.heard.append(message)
        if message.guild is None or self.user in message.mentions:
            view = discord.ui.LayoutView(timeout=None)
            view.add_item(discord.ui.TextDisplay(f"echo: {message.content}"))
            row: discord.ui.ActionRow[Any] = discord.ui.ActionRow()
            row.add_item(Pressed(7))
            view.add_item(row)
            await message.channel.send(view=view, reference=message.to_reference(), nonce=message.id)

    async def check(self, interaction: discord.Interaction, text: str) -> None:
        """Answer after a deferral, then once more."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send(f"checked {text}")
        await interaction.followup.send("and this", ephemeral=True)

    async def show(self, interaction: discord.Interaction, claim: str) -> None:
        """Answer at once, then edit."""
        await interaction.response.send_message(f"claim {claim}", ephemeral=True)
        await interaction.edit_original_response(content=f"claim {claim}, edited")

    async def suggest(self, _: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        """Suggest two claims."""
        return [app_commands.Choice(name=f"{text} {n}", value=f"id-{n}") for n in (1, 2)]

    async def menu(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Show the text of the message."""
        await interaction.response.send_message(f"menu: {message.content}", ephemeral=True)

    async def report(self, interaction: discord.Interaction) -> None:
        """Show the form."""
        await interaction.response.send_modal(Form())


@contextlib.asynccontextmanager
async def running(server: FakeDiscord, bot: EchoBot | None = None) -> AsyncIterator[EchoBot]:
    """Run a bot on the server until the block ends."""
    client = bot or EchoBot()
    before = server.gateway.identifies
    with pointed_at(server):
        async with client:
            task = asyncio.create_task(client.start(server.token))
            await server.world.bell.until(
                lambda: True if task.done() or server.gateway.identifies > before else None, "the bot"
            )
            try:
                yield client
            finally:
                await client.close()
                await asyncio.wait([task])
    # What a test expects to be raised it takes from the client itself.
    with contextlib.suppress(Exception):
        task.result()


@pytest.fixture
async def server() -> AsyncIterator[FakeDiscord]:
    """A local Discord on which nobody did anything that Discord would not take."""
    async with FakeDiscord() as started:
        yield started
        assert not started.violations


@pytest.fixture
async def loose_server() -> AsyncIterator[FakeDiscord]:
    """A local Discord for tests that do what it refuses."""
    async with FakeDiscord() as started:
        yield started


Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def call(loose_server: FakeDiscord) -> AsyncIterator[Call]:
    """Requests of our own making, with the bot's token."""
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {loose_server.token}"}) as session:

        async def request(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
            async with session.request(method, loose_server.api_url + path, json=body, **more) as response:
                if response.status != 204:
                    assert response.headers["content-type"] == "application/json"
                return response.status, None if response.status == 204 else await response.json()

        yield request


async def test_mention_is_answered_end_to_end(server: FakeDiscord) -> None:
    """A mention reaches the client, and its reply is recorded with reference, nonce and no ping."""
    ann = server.add_user("ann")
    async with running(server):
        asked = await server.mention(server.channel, ann, "the moon is cheese")
        reply = await server.wait_for_reply(asked)
    assert reply.text == f"echo: <@{server.bot_user.id}> the moon is cheese"
    assert (reply.author, reply.reference, reply.nonce) == (server.bot_user, asked, str(asked.id))
    assert (reply.v2, reply.unfurls, server.pings(reply)) == (True, (), frozenset())
    assert server.posts == server.replies(asked) == [reply]


async def test_direct_message_is_answered(server: FakeDiscord) -> None:
    """A direct message comes with its content, and the bot can write back and first."""
    ann = server.add_user("ann")
    async with running(server) as bot:
        asked = await server.direct_message(ann, "hello")
        assert (await server.wait_for_reply(asked)).text == "echo: hello"
        user = await bot.fetch_user(ann.id)
        await user.send("followed")
        await server.wait_for_message(server.world.direct_channel(ann), containing="followed")
        ann.accepts_messages = False
        with pytest.raises(discord.Forbidden, match="50007"):
            await user.send("again")


async def test_content_is_withheld_without_the_intent(server: FakeDiscord) -> None:
    """Content comes only to whom it addresses, and the message replied to keeps its own secret."""
    ann, ben = server.add_user("ann"), server.add_user("ben")
    async with running(server) as bot:
        first = await server.say(server.channel, ann, "a secret", embeds=[{"title": "t"}])
        asked = await server.mention(server.channel, ben, "this?", reply_to=first)
        await server.wait_for_reply(asked)
    plain, mention = bot.heard
    assert (plain.content, plain.embeds) == ("", [])
    assert mention.content.endswith("this?")
    assert mention.reference is not None
    assert isinstance(mention.reference.resolved, discord.Message)
    assert mention.reference.resolved.content == ""


async def test_granted_intent_shows_all_content() -> None:
    """With the message content intent granted and asked for, everything is to be read."""
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    async with (
        FakeDiscord(granted_intents=MESSAGE_CONTENT) as server,
        running(server, EchoBot(intents)) as bot,
    ):
        first = await server.say(server.channel, server.owner, "no secret", embeds=[{"title": "t"}])
        asked = await server.mention(server.channel, server.owner, reply_to=first)
        await server.wait_for_reply(asked)
        assert bot.heard[0].content == "no secret"
        assert bot.heard[0].embeds[0].title == "t"
        assert not server.violations


async def test_server_and_people_reach_the_client(server: FakeDiscord) -> None:
    """The client knows server, channels, threads and roles, and can fetch channel, member and message."""
    moderators = server.add_role("moderators", discord.Permissions(manage_messages=True).value)
    ann = server.add_user("ann", roles=(moderators,))
    hidden = server.add_channel("hidden", visible=False)
    thread = server.add_thread("a thread", server.channel)
    async with running(server) as bot:
        asked = await server.mention(thread, ann, "in a thread")
        await server.wait_for_reply(asked)
        guild = bot.get_guild(server.guild.id)
        assert guild is not None
        assert [one.name for one in guild.text_channels] == ["general"]
        assert [one.name for one in guild.threads] == ["a thread"]
        member = await guild.fetch_member(ann.id)
        assert member.get_role(moderators.id) is not None
        assert member.guild_permissions.manage_messages
        assert (await bot.fetch_channel(server.channel.id)).id == server.channel.id
        with pytest.raises(discord.Forbidden, match="50001"):
            await bot.fetch_channel(hidden.id)


async def test_dropped_socket_is_resumed_without_loss(server: FakeDiscord) -> None:
    """What was said while the socket was down is replayed, in order and once, when the client resumes."""
    async with running(server) as bot:
        first = await server.mention(server.channel, server.owner, "one")
        await server.wait_for_reply(first)
        for _ in range(3):
            assert server.gateway.drop() == 1
            later = [await server.mention(server.channel, server.owner, f"while down {n}") for n in range(3)]
            for asked in later:
                await server.wait_for_reply(asked)
        assert len(bot.heard) == 10
        assert bot.resumes == 3
    assert server.gateway.identifies == 1


@pytest.mark.parametrize("how", ["reconnect", "resumable", "close"])
async def test_server_asks_for_a_resume(server: FakeDiscord, how: str) -> None:
    """Op 7, op 9 with true, and a close code of 4000 all make the client resume its session."""
    async with running(server) as bot:
        if how == "reconnect":
            server.gateway.ask_to_reconnect()
        elif how == "resumable":
            server.gateway.invalidate(resumable=True)
        else:
            server.gateway.drop(4000)
        asked = await server.mention(server.channel, server.owner, "still there?")
        await server.wait_for_reply(asked)
        assert (bot.resumes, server.gateway.identifies) == (1, 1)


async def test_invalid_session_is_identified_anew(server: FakeDiscord) -> None:
    """After op 9 with false the old session is gone and the client identifies again."""
    async with running(server):
        server.gateway.invalidate()
        await server.world.bell.until(lambda: server.gateway.identifies > 1 or None, "a second identify")
        asked = await server.mention(server.channel, server.owner, "again")
        await server.wait_for_reply(asked)
        assert len(server.gateway.sessions) == 1


async def test_refused_handshake_is_tried_again(server: FakeDiscord) -> None:
    """A refused handshake after a drop delays the client and loses nothing."""
    async with running(server):
        server.gateway.refusing = 1
        server.gateway.drop()
        asked = await server.mention(server.channel, server.owner, "while refused")
        await server.wait_for_reply(asked)
        assert server.gateway.handshakes == 3


async def test_bad_token_is_refused(loose_server: FakeDiscord) -> None:
    """A wrong token fails at REST with 401, and at the gateway with close code 4004."""
    with pointed_at(loose_server):
        async with EchoBot() as bot:
            with pytest.raises(discord.LoginFailure):
                await bot.start("wrong")
    async with aiohttp.ClientSession() as session:
        codes = await closed_with(session, loose_server, identify("wrong", 1))
    assert codes == 4004
    assert [one.code for one in loose_server.refusals] == [0, 4004]


async def test_revoked_token_ends_the_client(loose_server: FakeDiscord) -> None:
    """A token that was replaced is refused at the next request and the next resume."""
    async with running(loose_server) as bot:
        loose_server.token += "x"
        with pytest.raises(discord.HTTPException, match="401"):
            await bot.fetch_user(loose_server.owner.id)
        loose_server.gateway.drop()
        await loose_server.world.bell.until(
            lambda: True if any(one.code == 4004 for one in loose_server.refusals) else None, "a refusal"
        )


async def test_privileged_intent_must_be_granted(loose_server: FakeDiscord) -> None:
    """A privileged intent that was not switched on closes the gateway with 4014."""
    intents = discord.Intents(guilds=True, message_content=True)
    with pointed_at(loose_server):
        async with EchoBot(intents) as bot:
            with pytest.raises(discord.PrivilegedIntentsRequired):
                await bot.start(loose_server.token)


def identify(token: str, intents: int, **more: Any) -> dict[str, Any]:
    """Return an IDENTIFY."""
    return {"op": 2, "d": {"token": token, "intents": intents, "properties": {}, **more}}


async def closed_with(
    session: aiohttp.ClientSession, server: FakeDiscord, *frames: Any, query: str = "v=10"
) -> int:
    """Return the code that the gateway closes with after these frames."""
    async with session.ws_connect(f"{server.gateway_url}?{query}") as socket:
        for frame in frames:
            if isinstance(frame, str):
                await socket.send_str(frame)
            else:
                await socket.send_json(frame)
        async for _ in socket:
            pass
        return socket.close_code or 0


async def test_gateway_refuses_what_is_wrong(loose_server: FakeDiscord) -> None:
    """Each fault of a client has the close code that Discord documents."""
    good = identify(loose_server.token, 1)
    cases: list[tuple[int, list[Any], str]] = [
        (4002, ["no json"], "v=10"),
        (4002, [[1]], "v=10"),
        (4003, [{"op": 3, "d": {}}], "v=10"),
        (4005, [good, good], "v=10"),
        (4001, [good, {"op": 99, "d": None}], "v=10"),
        (4008, [{"op": 1, "d": None}] * 121, "v=10"),
        (4010, [identify(loose_server.token, 1, shard=[1, 1])], "v=10"),
        (4012, [], "v=8"),
        (4013, [identify(loose_server.token, 1 << 30)], "v=10"),
        (4014, [identify(loose_server.token, GUILD_MEMBERS)], "v=10"),
    ]
    async with aiohttp.ClientSession() as session:
        for code, frames, query in cases:
            assert await closed_with(session, loose_server, *frames, query=query) == code
        session_id = next(iter(loose_server.gateway.sessions))
        ahead = {"op": 6, "d": {"token": loose_server.token, "session_id": session_id, "seq": 999}}
        assert await closed_with(session, loose_server, ahead) == 4007


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("MESSAGE_CREATE", {"id": "1"}),
        ("MESSAGE_CREATE", {"id": "x", "channel_id": []}),
        ("INTERACTION_CREATE", {"type": 2}),
        ("GUILD_CREATE", 7),
    ],
)
async def test_malformed_dispatch_ends_an_unguarded_client(server: FakeDiscord, name: str, data: Any) -> None:
    """A malformed event raises out of discord.py's `start`: the bot has to live through it itself."""
    with pointed_at(server):
        async with EchoBot(sync=False) as bot:
            task = asyncio.create_task(bot.start(server.token))
            await server.wait_until_connected()
            server.dispatch(name, data)
            with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
                await task


async def test_frame_that_is_no_json_reaches_the_client(server: FakeDiscord) -> None:
    """A raw frame is sent as it is."""
    with pointed_at(server):
        async with EchoBot(sync=False) as bot:
            task = asyncio.create_task(bot.start(server.token))
            await server.wait_until_connected()
            server.gateway.raw("{")
            with pytest.raises(ValueError, match="property name"):
                await task


async def test_event_is_delivered_twice(server: FakeDiscord) -> None:
    """The same message can be told again; the nonce makes the second reply the first."""
    async with running(server) as bot:
        asked = await server.mention(server.channel, server.owner, "twice")
        server.deliver_again(asked)
        last = await server.mention(server.channel, server.owner, "last")
        await server.wait_for_reply(last)
        await server.world.bell.until(lambda: server.world.deduplicated or None, "the second post")
        assert len(bot.heard) == 3
    assert len(server.replies(asked)) == 1


async def test_nonce_is_unique_for_a_while(loose_server: FakeDiscord, call: Call) -> None:
    """With enforce_nonce the first message comes back within the window, and a new one after it."""
    path = f"/channels/{loose_server.channel.id}/messages"
    body = {"content": "hello", "nonce": "1", "enforce_nonce": True}
    _, first = await call("POST", path, body)
    _, second = await call("POST", path, body | {"content": "other"})
    assert second == first
    _, free = await call("POST", path, {"content": "hello", "nonce": "1"})
    assert free["id"] != first["id"]
    loose_server.world.nonce_window = 0
    _, third = await call("POST", path, body)
    assert third["id"] not in (first["id"], free["id"])


async def test_command_with_deferral_and_follow_up(server: FakeDiscord) -> None:
    """The first follow-up fills the deferred answer and stays ephemeral; the next is a message of its own."""
    ann = server.add_user("ann")
    async with running(server):
        asked = await server.command(ann, "claim", "check", options={"text": "the moon"})
        answer = await asked.wait_for_response()
        more = await asked.wait_for_followup()
    assert (answer.text, answer.ephemeral, answer.viewer) == ("checked the moon", True, ann)
    assert asked.response is not None
    assert (asked.response.kind, asked.ephemeral, answer.edits) == (5, True, [])
    assert (more.text, more.ephemeral) == ("and this", True)
    assert asked.followups == [more]


async def test_command_answered_and_edited(server: FakeDiscord) -> None:
    """An answer can be edited; what stood there before is kept."""
    async with running(server):
        asked = await server.command(server.owner, "claim", "show", options={"claim": "x"})
        answer = await asked.wait_for_response()
        await server.world.bell.until(lambda: answer.edits or None, "the edit", key=("interaction", asked.id))
    assert (answer.text, answer.edits[0].content) == ("claim x, edited", "claim x")


async def test_autocomplete(server: FakeDiscord) -> None:
    """Suggestions come for an option that declared them, and for no other."""
    async with running(server):
        found = await server.autocomplete(server.owner, "claim", "show", option="claim", text="mo")
        assert found == [{"name": "mo 1", "value": "id-1"}, {"name": "mo 2", "value": "id-2"}]
        with pytest.raises(CannotError, match="autocomplete"):
            await server.autocomplete(server.owner, "claim", "check", option="text", text="mo")


async def test_context_menu_brings_the_content(server: FakeDiscord) -> None:
    """A command on a message gets its content even where the event withheld it."""
    async with running(server):
        said = await server.say(server.channel, server.owner, "a secret")
        asked = await server.context_menu(server.owner, "Check this claim", said)
        assert (await asked.wait_for_response()).text == "menu: a secret"


async def test_form_is_filled_in(server: FakeDiscord) -> None:
    """A form shows its fields, takes values by id or label, and refuses what the app would not send."""
    async with running(server):
        asked = await server.command(server.owner, "report")
        form = await asked.wait_for_modal()
        assert (form.title, sorted(form.inputs)) == ("Report a problem", ["kind", "what"])
        for wrong in ({"what": "x" * 101}, {"what": ""}, {"what": "x", "kind": ["other"]}, {"where": "x"}):
            with pytest.raises(CannotError):
                await server.submit(form, wrong)
        sent = await server.submit(form, {"What is wrong?": "the date", "kind": ["quote"]})
        answer = await sent.wait_for_response()
    assert (answer.text, answer.ephemeral) == ("the date / quote", True)


async def test_button_works_after_a_restart(server: FakeDiscord) -> None:
    """A button whose state is in its custom id is answered by a client that never saw the message."""
    ann = server.add_user("ann")
    async with running(server):
        asked = await server.mention(server.channel, server.owner, "x")
        reply = await server.wait_for_reply(asked)
    async with running(server, EchoBot(sync=False)):
        pressed = await server.press(reply, reply.buttons["Vote 7"], ann)
        answer = await pressed.wait_for_response()
        assert (answer.text, answer.viewer) == ("pressed 7", ann)
        with pytest.raises(CannotError, match="no 'vote:8'"):
            await server.press(reply, "vote:8", ann)
        with pytest.raises(CannotError, match="does not see"):
            await server.press(answer, "vote:8", server.owner)


async def test_reaction_reaches_the_client(server: FakeDiscord) -> None:
    """A reaction is told with message and member, and the bot can add its own."""
    async with running(server) as bot:
        said = await server.say(server.channel, server.owner, "look")
        await server.react(server.owner, "🔎", said)
        asked = await server.mention(server.channel, server.owner, "x")
        await server.wait_for_reply(asked)
        assert [(one.message_id, str(one.emoji)) for one in bot.reacted] == [(said.id, "🔎")]
        channel = bot.get_partial_messageable(server.channel.id)
        message = await channel.fetch_message(said.id)
        await message.add_reaction("👀")
    assert said.reactions["👀"] == [server.bot_user]


async def test_bot_edits_and_deletes_its_own_messages(server: FakeDiscord) -> None:
    """Own messages are edited and deleted; those of others are not."""
    async with running(server) as bot:
        channel = bot.get_partial_messageable(server.channel.id)
        sent = await channel.send("one")
        await sent.edit(content="two")
        stored = server.messages[-1]
        assert (stored.content, [edit.content for edit in stored.edits]) == ("two", ["one"])
        await sent.delete()
        assert stored.deleted
        assert server.posts == []
        with pytest.raises(discord.NotFound, match="10008"):
            await channel.fetch_message(sent.id)
        said = await server.say(server.channel, server.owner, "mine")
        other = channel.get_partial_message(said.id)
        with pytest.raises(discord.Forbidden, match="50005"):
            await other.edit(content="yours")


async def test_interaction_is_answered_once_and_in_time(loose_server: FakeDiscord, call: Call) -> None:
    """A webhook opens with the answer and closes after its time; a second or late answer is refused."""
    server = loose_server
    await call("PUT", f"/applications/{server.application_id}/commands", [{"name": "a", "description": "b"}])
    asked = await server.command(server.owner, "a")
    callback = f"/interactions/{asked.id}/{asked.token}/callback"
    hook = f"/webhooks/{server.application_id}/{asked.token}"
    hello = {"content": "hello"}
    assert (await call("POST", hook, hello))[1]["code"] == 10015
    for wrong in (6, 7, 8):
        assert (await call("POST", callback, {"type": wrong}))[1]["code"] == 50035
    assert await call("POST", callback, {"type": 4, "data": hello}) == (204, None)
    assert (await call("POST", callback, {"type": 4, "data": hello}))[1]["code"] == 40060
    assert (await call("GET", hook + "/messages/@original"))[1]["content"] == "hello"
    assert (await call("POST", hook, hello))[0] == 200
    assert (await call("GET", hook + "/messages/1"))[1]["code"] == 10008
    assert (await call("DELETE", hook + "/messages/@original"))[0] == 204
    asked.grow_older(901)
    assert (await call("POST", hook, hello)) == (401, {"message": "Invalid Webhook Token", "code": 50027})
    late = await server.command(server.owner, "a")
    late.grow_older(3.1)
    path = f"/interactions/{late.id}/{late.token}/callback"
    assert (await call("POST", path, {"type": 5}))[1]["code"] == 10062
    assert (await call("POST", f"/interactions/{late.id}/other/callback", {"type": 5}))[1]["code"] == 10062


def text(content: str) -> dict[str, Any]:
    """Return a text display."""
    return {"type": 10, "content": content}


def button(custom_id: str | None = "b", **more: Any) -> dict[str, Any]:
    """Return a button."""
    return {"type": 2, "style": 2, "label": "go", "custom_id": custom_id} | more


def row(*components: Any) -> dict[str, Any]:
    """Return a row."""
    return {"type": 1, "components": list(components)}


def select(count: int, **more: Any) -> dict[str, Any]:
    """Return a select with so many options."""
    options = [{"label": str(n), "value": str(n)} for n in range(count)]
    return {"type": 3, "custom_id": "s", "options": options} | more


def v2(*components: Any, **more: Any) -> dict[str, Any]:
    """Return a message of the second kind of components."""
    return {"flags": V2, "components": list(components)} | more


MANY = [{"type": 17, "components": [text("x")] * 20} for _ in range(2)]
REFUSED_MESSAGES: list[tuple[str, dict[str, Any]]] = [
    ("content", {"content": "x" * 2001}),
    ("content", {"content": 7}),
    ("content", v2(text("x"), content="y")),
    ("embeds", v2(text("x"), embeds=[{"title": "y"}])),
    ("poll", v2(text("x"), poll={"question": {}})),
    ("sticker_ids", v2(text("x"), sticker_ids=["1"])),
    ("components", v2(*MANY)),
    ("components", v2(text("x" * 2001), {"type": 17, "components": [text("y" * 2000)]})),
    ("components", v2(row(button("same")), row(button("same")))),
    ("components", v2(text("")) | {"x": 1}),
    ("components", v2({"type": 99})),
    ("components", v2({"type": 4, "custom_id": "t", "style": 1})),
    ("components", v2(row({"type": 4, "custom_id": "t", "style": 1, "label": "x"}))),
    ("components", {"content": "x", "components": [text("x")]}),
    ("components", v2(row(button("x" * 101)))),
    ("components", v2(row(button(label="x" * 81)))),
    ("components", v2(row(button(None)))),
    ("components", v2(row(button(None, style=5)))),
    ("components", v2(row(button(None, style=5, url="javascript:alert(1)")))),
    ("components", v2(row(button("b", style=5, url="https://example.org")))),
    ("components", v2(row(button(label=None)))),
    ("components", v2(row(*(button(f"b{n}") for n in range(6))))),
    ("components", v2(row(button(), select(2)))),
    ("components", v2(row())),
    ("components", v2(row(select(26)))),
    ("components", v2(row(select(0)))),
    ("components", v2(row(select(2, max_values=3)))),
    ("components", v2(row(select(2, placeholder="x" * 151)))),
    ("components", v2({"type": 9, "components": [text("x")]})),
    ("components", v2({"type": 9, "components": [text("x")] * 4, "accessory": button()})),
    ("components", v2({"type": 17, "components": [{"type": 17, "components": [text("x")]}]})),
    ("flags", {"content": "x", "flags": 64}),
    ("allowed_mentions", {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}),
    ("allowed_mentions", {"content": "x", "allowed_mentions": {"parse": ["all"]}}),
    ("nonce", {"content": "x", "nonce": "n" * 26}),
    ("message_reference", {"content": "x", "message_reference": {"message_id": "1"}}),
    ("embeds", {"embeds": [{"title": "x" * 257}]}),
    ("embeds", {"embeds": [{"description": "x" * 3001}] * 2}),
]


@pytest.mark.parametrize(("field", "body"), REFUSED_MESSAGES)
async def test_ill_formed_message_is_refused(
    loose_server: FakeDiscord, call: Call, field: str, body: dict[str, Any]
) -> None:
    """Each fault of a message is refused as an invalid form at its field, stored nowhere, and a violation."""
    status, answer = await call("POST", f"/channels/{loose_server.channel.id}/messages", body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    assert field in answer["errors"]
    assert loose_server.messages == []
    assert loose_server.violations


@pytest.mark.parametrize("body", [{}, {"content": " \n"}, {"flags": V2}, {"content": None, "components": []}])
async def test_empty_message_is_refused(loose_server: FakeDiscord, call: Call, body: Any) -> None:
    """A message that shows nothing is refused."""
    assert (await call("POST", f"/channels/{loose_server.channel.id}/messages", body))[1]["code"] == 50006


async def test_largest_message_is_taken(loose_server: FakeDiscord, call: Call) -> None:
    """Forty components with 4,000 characters pass, and so do all kinds of them."""
    rows = [row(*(button(f"{n}-{m}") for m in range(5))) for n in range(6)]
    kinds = [{"type": 14, "divider": True, "spacing": 2}, row(select(25)), text("x" * 4000)]
    body = v2(*rows, *kinds)
    status, answer = await call("POST", f"/channels/{loose_server.channel.id}/messages", body)
    assert (status, len({one["id"] for one in answer["components"]})) == (200, 9)
    assert not loose_server.violations


async def test_message_stays_of_its_kind(loose_server: FakeDiscord, call: Call) -> None:
    """A V2 message takes no content when edited, and keeps its kind when edited without the flag."""
    path = f"/channels/{loose_server.channel.id}/messages"
    _, sent = await call("POST", path, v2(text("one")))
    assert (await call("PATCH", f"{path}/{sent['id']}", {"content": "two"}))[1]["code"] == 50035
    _, edited = await call("PATCH", f"{path}/{sent['id']}", {"components": [text("two")]})
    assert (edited["flags"], edited["components"][0]["content"]) == (V2, "two")


REFUSED_FORMS: list[dict[str, Any]] = [
    {"title": "x" * 46},
    {"custom_id": "x" * 101},
    {"components": []},
    {"components": [text("x")] * 6},
    {"components": [row(button())]},
    {"components": [{"type": 18, "label": "x" * 46, "component": {"type": 4, "custom_id": "t", "style": 1}}]},
    {"components": [{"type": 18, "label": "l", "component": button()}]},
    {"components": [row({"type": 4, "custom_id": "t", "style": 1})]},
    {"components": [row({"type": 4, "custom_id": "t", "style": 1, "label": "l", "max_length": 4001})]},
    {"components": [row({"type": 4, "custom_id": "t", "style": 1, "label": "l", "value": "x" * 4001})]},
    {"components": [row({"type": 4, "custom_id": "t", "style": 3, "label": "l"})]},
]  # fmt: skip


@pytest.mark.parametrize("wrong", REFUSED_FORMS)
async def test_ill_formed_form_is_refused(
    loose_server: FakeDiscord, call: Call, wrong: dict[str, Any]
) -> None:
    """Each fault of a form is refused."""
    server = loose_server
    await call("PUT", f"/applications/{server.application_id}/commands", [{"name": "a", "description": "b"}])
    asked = await server.command(server.owner, "a")
    good = {
        "custom_id": "f",
        "title": "t",
        "components": [row({"type": 4, "custom_id": "t", "style": 1, "label": "l"})],
    }
    path = f"/interactions/{asked.id}/{asked.token}/callback"
    assert (await call("POST", path, {"type": 9, "data": good | wrong}))[1]["code"] == 50035
    assert (await call("POST", path, {"type": 9, "data": good}))[0] == 204


def command(**more: Any) -> dict[str, Any]:
    """Return a command."""
    return {"name": "a", "description": "b"} | more


def option(name: str = "o", kind: int = 3, **more: Any) -> dict[str, Any]:
    """Return an option."""
    return {"name": name, "description": "d", "type": kind} | more


@pytest.mark.parametrize(
    "bodies",
    [
        [command(name="x" * 33)],
        [command(name="Upper")],
        [command(name="two words")],
        [command(description="x" * 101)],
        [command(description="")],
        [{"name": "Menu", "type": 3, "description": "none allowed"}],
        [command(), command()],
        [command(options=[option(str(n)) for n in range(26)])],
        [command(options=[option(), option()])],
        [command(options=[option("x"), option("y", required=True)])],
        [command(options=[option("x", 1), option("y")])],
        [command(options=[option("x", 1, options=[option("y", 1)])])],
        [command(options=[option("x", autocomplete=True, choices=[{"name": "n", "value": "v"}])])],
        [command(options=[option(choices=[{"name": "x" * 101, "value": "v"}])])],
        [command(contexts=[3])],
        [command(contexts=[])],
        [command(integration_types=[2])],
        [{"name": f"m{n}", "type": 3} for n in range(16)],
    ],
)
async def test_ill_formed_command_is_refused(loose_server: FakeDiscord, call: Call, bodies: Any) -> None:
    """Each fault of a command is refused, and the commands stay as they were."""
    path = f"/applications/{loose_server.application_id}/commands"
    assert (await call("PUT", path, [command(name="before")]))[0] == 200
    assert (await call("PUT", path, bodies))[1]["code"] == 50035
    assert [one["name"] for one in (await call("GET", path))[1]] == ["before"]


async def test_commands_are_registered_and_found(server: FakeDiscord) -> None:
    """Commands keep their ids over a sync; a user finds those that are registered, where they are offered."""
    async with running(server) as bot:
        first = {one.name: one.id for one in await bot.tree.fetch_commands()}
        await bot.tree.sync()
        assert {one.name: one.id for one in await bot.tree.fetch_commands()} == first
        assert sorted(first) == ["Check this claim", "claim", "report"]
        with pytest.raises(LookupError):
            await server.command(server.owner, "nothing")
        for path, options in ((("claim",), {}), (("claim", "check"), {}), (("claim", "check"), {"text": 7})):
            with pytest.raises(CannotError):
                await server.command(server.owner, *path, options=options)
    assert server.world.registry.writes == 2


async def test_requests_that_discord_does_not_know(loose_server: FakeDiscord, call: Call) -> None:
    """Unknown routes, channels and broken JSON have Discord's codes; the first and last are violations."""
    assert await call("GET", "/nothing") == (404, {"message": "404: Not Found", "code": 0})
    assert (await call("GET", "/channels/1"))[1]["code"] == 10003
    assert (await call("GET", "/users/1"))[1]["code"] == 10013
    path = f"/channels/{loose_server.channel.id}/messages"
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(headers=headers | {"Authorization": f"Bot {loose_server.token}"}) as session,
        session.post(loose_server.api_url + path, data=b"{") as response,
    ):
        assert (await response.json())["code"] == 50109
    assert [one.code for one in loose_server.violations] == [0, 50109]


async def test_unknown_field_is_a_violation(loose_server: FakeDiscord, call: Call) -> None:
    """A field that Discord does not know passes, as there, and is noted."""
    body = {"content": "x", "colour": "red"}
    assert (await call("POST", f"/channels/{loose_server.channel.id}/messages", body))[0] == 200
    assert [one.errors for one in loose_server.violations] == [{"unknown field": "colour"}]


@pytest.mark.parametrize("everywhere", [False, True])
async def test_rate_limited_post_is_sent_again(server: FakeDiscord, *, everywhere: bool) -> None:
    """A 429 tells how long to wait, and discord.py then sends the same message."""
    limit = Trouble(Kind.LIMITED, retry_after=0.02, everywhere=everywhere)
    server.troubles.next(limit, limit, method="POST", path="/channels/*/messages")
    async with running(server):
        asked = await server.mention(server.channel, server.owner, "x")
        await server.wait_for_reply(asked)
    assert [one.status for one in server.world.requests if one.path.endswith("/messages")] == [429, 429, 200]


async def test_limits_hold_a_client_back(loose_server: FakeDiscord, call: Call) -> None:
    """A limit that is set answers the request that exceeds it with 429 and headers that say so."""
    loose_server.rate_limits.limits["POST /channels/{channel}/messages"] = (2, 60.0)
    path = f"/channels/{loose_server.channel.id}/messages"
    found = [await call("POST", path, {"content": "x"}) for _ in range(3)]
    assert [status for status, _ in found] == [200, 200, 429]
    assert 0 < found[2][1]["retry_after"] <= 60
    other = loose_server.add_channel("other")
    assert (await call("POST", f"/channels/{other.id}/messages", {"content": "x"}))[0] == 200


@pytest.mark.parametrize(
    ("kind", "stored", "error"),
    [
        (Kind.CUT_BEFORE, 0, aiohttp.ClientError),
        (Kind.CUT_AFTER, 1, aiohttp.ClientError),
        (Kind.BLOCKED, 0, discord.HTTPException),
    ],
)
async def test_trouble_reaches_the_client(
    server: FakeDiscord, kind: Kind, stored: int, error: type[Exception]
) -> None:
    """A cut connection raises in the client, whether or not the message was stored; the nonce tells later."""
    async with running(server) as bot:
        channel = bot.get_partial_messageable(server.channel.id)
        server.troubles.next(Trouble(kind), method="POST")
        with pytest.raises(error):
            await channel.send("x", nonce=5)
        assert len(server.posts) == stored
        await channel.send("x", nonce=5)
        assert len(server.posts) == 1


async def test_broken_and_slow_answers(loose_server: FakeDiscord) -> None:
    """A 500 stores nothing or, after the fact, all; a slow answer comes; rules may be chosen by request."""
    headers = {"Authorization": f"Bot {loose_server.token}"}
    url = f"{loose_server.api_url}/channels/{loose_server.channel.id}/messages"
    coming = [Trouble(Kind.BROKEN, status=502), Trouble(Kind.BROKEN_AFTER), Trouble(Kind.SLOW, seconds=0)]
    loose_server.troubles.decide = lambda method, _: coming.pop(0) if method == "POST" and coming else None
    statuses = []
    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(4):
            async with session.post(url, json={"content": "x"}) as response:
                statuses.append(response.status)
    assert statuses == [502, 500, 200, 200]
    assert len(loose_server.posts) == 3


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (None, {"1", "2", "everyone"}),
        ({"parse": []}, set()),
        ({"parse": ["everyone"]}, {"everyone"}),
        ({"parse": [], "users": ["1"]}, {"1"}),
        ({"parse": ["roles"]}, {"2"}),
    ],
)
def test_pings_follow_allowed_mentions(server: FakeDiscord, allowed: Any, expected: set[str]) -> None:
    """Whom a message notifies follows from its text and what it allows, in V2 texts too."""
    content = "<@1> <@&2> @everyone"
    for shown in ({"content": content}, {"flags": V2, "components": [text(content)]}):
        message = server.world.bot_message(server.channel, shown | {"allowed_mentions": allowed})
        assert server.pings(message) == expected


def test_links_unfurl_unless_suppressed(server: FakeDiscord) -> None:
    """A bare link gets a preview; one in angle brackets, with the flag or in a V2 message does not."""
    content = "https://a.example/x and <https://b.example>"

    def made(**body: Any) -> FakeMessage:
        return server.world.bot_message(server.channel, body)

    assert made(content=content).unfurls == ("https://a.example/x",)
    assert made(content=content, flags=4).unfurls == ()
    assert made(flags=V2, components=[text(content)]).unfurls == ()


async def test_two_sessions_hear_the_same(server: FakeDiscord) -> None:
    """Two clients with one token are both told everything, and only one may answer an interaction."""
    async with running(server) as one, running(server, EchoBot(sync=False)) as two:
        asked = await server.mention(server.channel, server.owner, "x")
        await server.world.bell.until(lambda: server.world.deduplicated or None, "both replies")
        assert (len(one.heard), len(two.heard)) == (1, 1)
        assert len(server.replies(asked)) == 1


@pytest.mark.skipif(
    not BESIDE.is_file(), reason="the description of the API does not lie beside the checkout"
)
async def test_second_opinion_is_asked(loose_server: FakeDiscord, call: Call) -> None:
    """Where Discord's own description is at hand, what our checks let pass is checked against it."""
    path = f"/channels/{loose_server.channel.id}/messages"
    body = {"content": "x", "embeds": [{"footer": {"text": 7}}]}
    status, answer = await call("POST", path, body)
    assert (status, answer["code"]) == (400, 50035)


async def test_first_handshake_refused_ends_an_unguarded_client(server: FakeDiscord) -> None:
    """Refused at the very first handshake, discord.py stumbles over itself: the bot has to start it again."""
    server.gateway.refusing = 1
    with pointed_at(server):
        async with EchoBot(sync=False) as bot:
            with pytest.raises(AttributeError, match="sequence"):
                await bot.start(server.token)
