"""The fake Slack drives the real slack_bolt: events, acks, redelivery, forms, dropped and refused sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import ASKER, GENERAL, Answered, Disconnect, FakeSlack, Fault, Kind, Message, Via
from tests.fakes.slack_clients import bolt_app, running, web_client

Json = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_CLIENT_ID", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A fake with short waits, in which nothing may have gone against the protocol."""
    async with FakeSlack(ack_seconds=1.0, retry_delays=(0.01, 0.02, 0.05)) as fake:
        yield fake
        assert fake.violations == []


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    """A client that retries nothing."""
    async with web_client(slack) as made:
        yield made


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    """A bot that answers a mention, a direct message and a reaction with what it heard."""
    made = bolt_app(client)

    @made.event("app_mention")
    async def mentioned(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=event["channel"],
            text=f"heard {event['text']}",
            thread_ts=event.get("thread_ts", event["ts"]),
            unfurl_links=False,
            unfurl_media=False,
        )

    @made.event("message")
    async def written(event: Json, client: AsyncWebClient) -> None:
        if event["channel_type"] == "im":
            await client.chat_postMessage(channel=event["channel"], text=f"read {event['text']}")

    @made.event("reaction_added")
    async def reacted(event: Json, client: AsyncWebClient) -> None:
        item = event["item"]
        await client.chat_postMessage(channel=item["channel"], text=event["reaction"], thread_ts=item["ts"])

    return made


async def test_a_mention_is_answered_in_its_thread(slack: FakeSlack, app: AsyncApp) -> None:
    """A mention reaches the bot as Slack sends it, and the reply hangs on it."""
    async with running(slack, app):
        ts = await slack.mention(GENERAL, ASKER, "is it &lt;true&gt;?")
        reply = await slack.wait_for_message()
        await slack.wait_settled()
    assert reply.text == f"heard <@{slack.bot_user}> is it &lt;true&gt;?"
    assert (reply.channel, reply.thread_ts, reply.via) == (GENERAL, ts, Via.WEB_API)
    assert slack.replies_to(ts) == [reply]
    assert [each.type for each in slack.events] == ["app_mention"]
    assert slack.events[0].deliveries[0].attempts == 1


async def test_a_mention_may_come_as_two_events(slack: FakeSlack, app: AsyncApp) -> None:
    """The twin has the same `ts` and another event id; unfurled links come as attachments."""
    heard: list[Json] = []

    @app.middleware
    async def note(body: Json, next_: Callable[[], Awaitable[None]]) -> None:
        heard.append(body)
        await next_()

    async with running(slack, app):
        links = [
            {"title": "A title", "original_url": "https://example.org/a", "from_url": "https://example.org/a"}
        ]
        await slack.mention(GENERAL, ASKER, "x", also_as_message=True, attachments=links)
        await slack.wait_until(lambda: len(heard) == 2)
        await slack.wait_settled()
    assert {each["event"]["type"] for each in heard} == {"app_mention", "message"}
    assert len({each["event"]["ts"] for each in heard}) == 1
    assert len({each["event_id"] for each in heard}) == 2
    assert heard[0]["event"]["attachments"] == links


async def test_direct_messages_and_reactions(slack: FakeSlack, app: AsyncApp) -> None:
    """A direct message is answered once, though Slack tells the bot of its own answer too."""
    async with running(slack, app):
        await slack.direct_message(ASKER, "hello")
        reply = await slack.wait_for_message(lambda each: each.text == "read hello")
        await slack.wait_until(lambda: len(slack.events) == 2)
        said = slack.say(GENERAL, ASKER, "a claim")
        await slack.reaction("U0OTHER", "mag", GENERAL, said.ts)
        await slack.wait_for_message(lambda each: each.text == "mag")
        await slack.wait_settled()
    assert slack.space.channels[reply.channel].kind == "im"
    assert slack.events[1].payload["event"]["bot_id"] == slack.space.bot_id
    assert [each.text for each in slack.messages] == ["read hello", "mag"]


async def test_an_unacked_event_comes_again_with_its_number(client: AsyncWebClient, slack: FakeSlack) -> None:
    """An event without an ack is sent again with attempt and reason; in the end it is given up."""
    slack.sockets.ack_seconds = 0.05
    seen: list[tuple[Any, Any]] = []
    app = bolt_app(client)

    @app.middleware
    async def swallow(req: Any) -> None:
        seen.append((req.headers.get("x-slack-retry-num"), req.headers.get("x-slack-retry-reason")))
        await asyncio.sleep(5)

    async with running(slack, app):
        await slack.mention(GENERAL, ASKER, "x")
        await slack.wait_settled()
    assert [number for number, _ in seen] == [["0"], ["1"], ["2"], ["3"]]
    assert [reason for _, reason in seen] == [[""], ["timeout"], ["timeout"], ["timeout"]]
    assert [each.acked for each in slack.sockets.given_up] == [False]


async def test_an_acked_event_is_delivered_again_on_demand(slack: FakeSlack, app: AsyncApp) -> None:
    """A redelivery carries the same event id, so that an echo bot answers twice."""
    async with running(slack, app):
        ts = await slack.mention(GENERAL, ASKER, "x")
        await slack.wait_settled()
        await slack.deliver_again(ts)
        await slack.wait_for_message(2)
        await slack.wait_settled()
    assert len(slack.replies_to(ts)) == 2
    assert len(slack.events) == 1
    assert len(slack.events[0].deliveries) == 2


async def test_a_command_is_acked_and_answered(client: AsyncWebClient, slack: FakeSlack) -> None:
    """The ack's text and the posts to the response URL are seen by the person alone."""
    app = bolt_app(client)

    @app.command("/claim")
    async def claim(ack: Ack, respond: Ack, command: Json) -> None:
        await ack(text="Looking …")
        await respond(text=f"found {command['text']}")
        await respond(text="for all", response_type="in_channel", unfurl_links=False, unfurl_media=False)

    async with running(slack, app):
        done = await slack.command("/claim", "check x", ASKER, GENERAL)
        assert done.acked
        await done.response(2)
        unknown = await slack.command("/nothing", "", ASKER, GENERAL)
    assert done.ack == {"text": "Looking …"}
    # Bolt sends the ack when its dispatch ends, which may be after the first post of the listener.
    assert {(each.text, each.user, each.via) for each in slack.ephemerals} == {
        ("Looking …", ASKER, Via.ACK),
        ("found check x", ASKER, Via.RESPONSE_URL),
    }
    assert [each.kind for each in done.responses] == [Answered.EPHEMERAL, Answered.IN_CHANNEL]
    assert [each.text for each in slack.messages] == ["for all"]
    assert not unknown.acked


def form(*, submit: bool = True, note: str = "") -> Json:
    """A modal with a text, a choice and a button."""
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "one"}
    made: Json = {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": note,
        "title": {"type": "plain_text", "text": "Form"},
        "blocks": [
            {
                "type": "input",
                "block_id": "why",
                "label": {"type": "plain_text", "text": "Why"},
                "element": {"type": "plain_text_input", "action_id": "why", "max_length": 10},
            },
            {
                "type": "input",
                "block_id": "which",
                "optional": True,
                "label": {"type": "plain_text", "text": "Which"},
                "element": {"type": "static_select", "action_id": "which", "options": [option]},
            },
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}
                ],
            },
        ],
    }
    if submit:
        made["submit"] = {"type": "plain_text", "text": "Send"}
    return made


async def test_a_form_is_opened_refused_changed_and_sent(client: AsyncWebClient, slack: FakeSlack) -> None:
    """A button opens a form; its submission gets errors, then another content, then closes it."""
    app = bolt_app(client)
    got: list[Json] = []

    @app.shortcut("check_claim")
    async def check(ack: Ack, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(
            trigger_id=shortcut["trigger_id"], view=form(note=shortcut["message"]["text"])
        )

    @app.action("more")
    async def more(ack: Ack, body: Json, client: AsyncWebClient) -> None:
        await ack()
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=form(note="more"))

    @app.view("form")
    async def sent(ack: Ack, view: Json) -> None:
        got.append(view["state"]["values"])
        why = view["state"]["values"]["why"]["why"]["value"]
        if why == "bad":
            await ack(response_action="errors", errors={"why": "Say more."})
        elif why == "again":
            await ack(response_action="update", view=form(note="again"))
        else:
            await ack()

    async with running(slack, app):
        done = await slack.shortcut("check_claim", ASKER, slack.say(GENERAL, "U0OTHER", "a claim"))
        view = await slack.wait_for_view()
        assert done.acked
        assert view.view["private_metadata"] == "a claim"
        await slack.press(view, "more", ASKER)
        await slack.wait_until(lambda: view.view["private_metadata"] == "more")
        refused = await slack.submit(view, {"why": "bad"})
        assert (refused.action, refused.errors, refused.view) == ("errors", {"why": "Say more."}, view)
        again = await slack.submit(view, {"why": "again", "which": "one"})
        assert (again.action, view.view["private_metadata"]) == ("update", "again")
        closed = await slack.submit(view, {"why": "good"})
        assert (closed.acked, closed.action, closed.view, view.closed) == (True, None, None, True)
    assert got[1]["which"]["which"]["selected_option"]["value"] == "one"
    assert got[2]["which"]["which"]["selected_option"] is None
    for values in ({}, {"why": "longer than ten"}, {"why": "x", "which": "two"}, {"why": "x", "other": "y"}):
        with pytest.raises(ValueError, match="required|characters|offered|no field"):
            await slack.submit(view, values)


async def test_a_button_on_a_message_changes_it(client: AsyncWebClient, slack: FakeSlack) -> None:
    """A button is found by id or value; its response URL replaces the message that it stands on."""
    app = bolt_app(client)

    @app.action("dismiss")
    async def dismiss(ack: Ack, respond: Ack, body: Json) -> None:
        await ack()
        await respond(text=f"gone, {body['actions'][0]['value']}", replace_original=True)

    button = {
        "type": "button",
        "action_id": "dismiss",
        "value": "cc:1",
        "text": {"type": "plain_text", "text": "Dismiss"},
    }
    async with running(slack, app):
        await client.chat_postMessage(
            channel=GENERAL, text="x", blocks=[{"type": "actions", "elements": [button]}]
        )
        message = await slack.wait_for_message()
        done = await slack.press(message, "cc:1", "U0OTHER")
        answered = await done.response()
    assert (answered.kind, answered.message) == (Answered.REPLACED, message)
    assert (message.text, message.blocks) == ("gone, cc:1", [])
    with pytest.raises(LookupError):
        await slack.press(message, "dismiss")


async def test_the_home_tab_is_published(client: AsyncWebClient, slack: FakeSlack) -> None:
    """Opening the Home tab is told, and what is published is kept for that person."""
    app = bolt_app(client)

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]}
        )

    async with running(slack, app):
        await slack.home_opened("U0OTHER")
        view = await slack.wait_for_view()
    assert (view.kind, view.user) == ("home", "U0OTHER")


async def test_events_go_round_all_connections(slack: FakeSlack, app: AsyncApp) -> None:
    """Each event goes to one of the open connections, in turn."""
    async with running(slack, app), running(slack, app):
        for _ in range(6):
            await slack.mention(GENERAL, ASKER, "x")
        await slack.wait_for_message(6)
        await slack.wait_settled()
        assert [each.sent for each in slack.sockets.connections] == [3, 3]


@pytest.mark.parametrize("way", ["drop", "disconnect"])
async def test_a_lost_socket_is_opened_anew(slack: FakeSlack, app: AsyncApp, way: str) -> None:
    """After an abrupt end or a `disconnect` frame the library connects again and hears what came between."""
    async with running(slack, app):
        if way == "drop":
            assert slack.drop() == 1
        else:
            await slack.disconnect(Disconnect.REFRESH, close_after=0.01)
        await slack.wait_until(lambda: slack.connections == 0)
        ts = await slack.mention(GENERAL, ASKER, "x")
        reply = await slack.wait_for_message()
        await slack.wait_settled()
    assert reply.thread_ts == ts
    assert slack.sockets.handshakes == 2


async def test_sockets_drop_in_the_middle_of_events(slack: FakeSlack, app: AsyncApp) -> None:
    """With a socket cut after every fifth envelope every mention is answered, some perhaps twice."""
    async with running(slack, app, ping_interval=0.05):
        slack.sockets.drop_every = 5
        asked = [await slack.mention(GENERAL, ASKER, str(number)) for number in range(12)]
        await slack.wait_until(lambda: all(map(slack.replies_to, asked)), timeout=20)
        slack.sockets.drop_every = None
        await slack.wait_settled()
    assert slack.sockets.handshakes >= 3


async def test_a_ticket_opens_one_socket(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A ticket is good for one handshake, and none at all while handshakes are refused."""
    async with aiohttp.ClientSession() as session:
        opened = await client.apps_connections_open(app_token=slack.app_token)
        async with session.ws_connect(opened["url"]) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(opened["url"])
            await socket.send_json({"envelope_id": "never sent"})
            await slack.wait_until(lambda: slack.violations)
        slack.sockets.refuse_next_handshakes = 1
        for refused in (True, False):
            opened = await client.apps_connections_open(app_token=slack.app_token)
            if refused:
                with pytest.raises(aiohttp.WSServerHandshakeError):
                    await session.ws_connect(opened["url"])
            else:
                async with session.ws_connect(opened["url"]) as socket:
                    assert (await socket.receive_json())["connection_info"]["app_id"] == slack.space.app
    assert slack.sockets.refused_handshakes == 2
    assert slack.violations == ["an ack for an unknown envelope: never sent"]
    slack.violations.clear()


async def test_pings_go_both_ways(slack: FakeSlack, client: AsyncWebClient) -> None:
    """The fake answers a ping, unless it plays dead, and the library answers that of the fake."""
    async with running(slack, bolt_app(client), ping_interval=0.05):
        first = slack.sockets.connections[0]
        await slack.sockets.ping()
        await slack.wait_until(lambda: first.pongs == 1)
        slack.sockets.answer_pings = False
        await slack.wait_until(lambda: slack.sockets.handshakes >= 2)
        slack.sockets.answer_pings = True
    await slack.wait_until(lambda: slack.connections == 0)


async def test_a_cut_after_the_post_doubles_it_with_the_librarys_own_retry(slack: FakeSlack) -> None:
    """The hard case: the library posts again on its own, because it cannot know that it was kept."""
    slack.faults = lambda call: Fault(kind=Kind.CUT_AFTER) if call.number == 1 else None
    async with web_client(slack, retry_handlers=[AsyncConnectionErrorRetryHandler()]) as client:
        await client.chat_postMessage(channel=GENERAL, text="x")
    assert [each.text for each in slack.messages] == ["x", "x"]


async def test_waits_have_a_deadline(slack: FakeSlack) -> None:
    """What does not come within the time is a `TimeoutError` that tells what came."""
    with pytest.raises(TimeoutError, match="0 messages"):
        await slack.wait_for_message(timeout=0.01)


async def test_an_edit_can_be_waited_for(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A predicate is asked again when a message changes."""
    posted = await client.chat_postMessage(channel=GENERAL, text="one")

    async def edit() -> None:
        await client.chat_update(channel=GENERAL, ts=posted["ts"], text="two")

    found: Message
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(edit())
        found = await slack.wait_for_message(lambda each: each.text == "two")
    assert found.ts == posted["ts"]


FORM_WITH_MENU = {
    "type": "modal",
    "callback_id": "form",
    "notify_on_close": True,
    "title": {"type": "plain_text", "text": "Who"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "who",
            "label": {"type": "plain_text", "text": "Who"},
            "element": {"type": "external_select", "action_id": "menu", "min_query_length": 2},
        }
    ],
}


async def test_a_menu_asks_the_app(slack: FakeSlack) -> None:
    """A menu asks from its least length on; what was offered can be chosen, and nothing else."""
    submitted: list[Json] = []
    async with web_client(slack) as client:
        app = bolt_app(client)

        async def offer(ack: Ack, body: Json) -> None:
            text = {"type": "plain_text", "text": f"{body['value']}!"}
            await ack(options=[{"text": text, "value": body["value"]}])

        async def submit(ack: Ack, body: Json) -> None:
            submitted.append(body["view"]["state"]["values"])
            await ack()

        app.options("menu")(offer)
        app.view("form")(submit)
        async with running(slack, app):
            await client.views_open(trigger_id=slack.space.new_trigger(ASKER), view=FORM_WITH_MENU)
            form = slack.views[-1]
            with pytest.raises(ValueError, match="does not ask"):
                await slack.suggest(form, "menu", "A")
            with pytest.raises(LookupError):
                await slack.suggest(form, "other", "Ada")
            (option,) = await slack.suggest(form, "menu", "Ada")
            with pytest.raises(ValueError, match="not offered"):
                await slack.submit(form, {"who": "Ben"})
            assert (await slack.submit(form, {"who": "Ada"})).acked
    assert submitted == [{"who": {"menu": {"type": "external_select", "selected_option": option}}}]
    assert slack.violations == []


async def test_options_that_slack_refuses_are_a_violation(slack: FakeSlack) -> None:
    """An option whose text is too long is noted as a mistake of the app's."""
    async with web_client(slack) as client:
        app = bolt_app(client)

        async def offer(ack: Ack) -> None:
            await ack(options=[{"text": {"type": "plain_text", "text": "x" * 76}, "value": "x"}])

        app.options("menu")(offer)
        async with running(slack, app):
            await client.views_open(trigger_id=slack.space.new_trigger(ASKER), view=FORM_WITH_MENU)
            assert await slack.suggest(slack.views[-1], "menu", "Ada") == ()
    assert [each[:16] for each in slack.violations] == ["options of menu:"]
    slack.violations.clear()


@pytest.mark.parametrize("asked", [True, False])
async def test_a_closed_form_is_told_of_where_it_was_asked_for(slack: FakeSlack, *, asked: bool) -> None:
    """The app is told of a closed form where the view says so; what was typed may be in it or not."""
    closed: list[Json] = []
    async with web_client(slack) as client:
        app = bolt_app(client)

        async def told(ack: Ack, body: Json) -> None:
            await ack()
            closed.append(body["view"]["state"]["values"])

        app.view_closed("form")(told)
        async with running(slack, app):
            for with_values in (True, False):
                view = {**FORM_WITH_MENU, "notify_on_close": asked}
                await client.views_open(trigger_id=slack.space.new_trigger(ASKER), view=view)
                form = slack.views[-1]
                done = await slack.close(form, with_values=with_values)
                assert form.closed
                assert (done is not None) is asked
    empty = {"who": {"menu": {"type": "external_select", "selected_option": None}}}
    assert closed == ([empty, {}] if asked else [])
