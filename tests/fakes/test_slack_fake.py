"""The fake Slack is strict: it refuses what Slack refuses and keeps what it was given."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import ASKER, GENERAL, FakeSlack, Fault, Kind, Message, Via, pings, seeded
from tests.fakes.slack.blocks import check_blocks
from tests.fakes.slack.faults import Call
from tests.fakes.slack.shapes import Invalid
from tests.fakes.slack_clients import refusal, web_client

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    """A fake of which the test itself checks the violations."""
    async with FakeSlack() as fake:
        yield fake


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    """A client of the fake that retries nothing."""
    async with web_client(slack) as made:
        yield made


def plain(text: str) -> Json:
    """A `plain_text` object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str = "a", text: str = "Press", **more: Any) -> Json:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def section(text: str, **more: Any) -> Json:
    """A section of mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def rich(*parts: Json) -> Json:
    """A `rich_text` block with one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def actions(*elements: Json) -> Json:
    """A row of buttons."""
    return {"type": "actions", "elements": list(elements)}


SOUND = [
    {"type": "header", "text": plain("Title")},
    rich(
        {"type": "text", "text": "said ", "style": {"bold": True}},
        {"type": "link", "url": "https://example.org/a", "text": "here"},
        {"type": "emoji", "name": "eyes"},
    ),
    {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quotation"}], "border": 1},
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
        ],
    },
    section("text", accessory=button("acc")),
    {"type": "divider"},
    {"type": "context", "elements": [plain("small")]},
    actions(
        button("one", value="v" * 2000, style="primary"),
        {
            "type": "static_select",
            "action_id": "two",
            "placeholder": plain("Choose"),
            "options": [{"text": plain("A"), "value": "a"}],
        },
        {
            "type": "overflow",
            "action_id": "three",
            "options": [{"text": plain("A"), "value": "a"}, {"text": plain("B"), "value": "b"}],
        },
    ),
    {
        "type": "container",
        "title": plain("More"),
        "is_collapsible": True,
        "child_blocks": [rich({"type": "text", "text": "inner"})],
    },
    {"type": "markdown", "text": "**bold**"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
]

FAULTY: list[tuple[list[Any], str]] = [
    ([{"type": "divider"}] * 51, "no more than 50 items"),
    ([{"type": "nonsense"}], "unsupported type: nonsense"),
    ([{"no": "type"}], "unsupported type: None"),
    (["divider"], "unsupported type"),
    ([section("x" * 3001)], "less than 3001 characters"),
    ([section("")], "more than 0 characters"),
    ([{"type": "section"}], "text or fields"),
    ([section("x", fields=[plain("f")] * 11)], "no more than 10 items"),
    ([section("x", colour="red")], "invalid additional property: colour"),
    ([{"type": "header", "text": plain("x" * 151)}], "less than 151"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "unsupported type: mrkdwn"),
    ([{"type": "context", "elements": [plain("x")] * 11}], "no more than 10 items"),
    ([actions(*(button(str(n)) for n in range(26)))], "no more than 25 items"),
    ([actions()], "no fewer than 1"),
    ([actions(button(text="x" * 76))], "less than 76"),
    ([actions(button(value="x" * 2001))], "less than 2001"),
    ([actions(button("x" * 256))], "less than 256"),
    ([actions(button(url="no address"))], "valid URL"),
    ([actions(button(style="loud"))], "must be one of: danger, primary"),
    ([actions(button("a"), button("a"))], "`action_id` “a” already exists"),
    ([actions(button("a")), actions(button("a"))], "`action_id` “a” already exists"),
    ([{"type": "divider", "block_id": "b"}] * 2, "`block_id` “b” already exists"),
    ([{"type": "divider", "block_id": "b" * 256}], "less than 256"),
    ([actions({"type": "plain_text_input", "action_id": "a"})], "unsupported type: plain_text_input"),
    ([actions({"type": "static_select", "action_id": "a"})], "either options or option_groups"),
    (
        [
            actions(
                {"type": "overflow", "action_id": "a", "options": [{"text": plain("A"), "value": "a"}] * 6}
            )
        ],
        "no more than 5",
    ),
    ([{"type": "rich_text", "elements": []}], "no fewer than 1"),
    ([{"type": "rich_text", "elements": [{"type": "text", "text": "x"}]}], "unsupported type: text"),
    ([rich({"type": "text", "text": ""})], "more than 0 characters"),
    ([rich({"type": "link", "text": "no address"})], "missing required field: url"),
    ([rich({"type": "link", "url": "javascript"})], "valid URL"),
    ([rich({"type": "blink", "text": "x"})], "unsupported type: blink"),
    ([rich({"type": "text", "text": "x", "style": {"loud": True}})], "invalid additional property: loud"),
    ([rich({"type": "text", "text": "x", "style": {"bold": "yes"}})], "must be a boolean"),
    ([{"type": "markdown", "text": "x" * 6001}] * 2, "more than 12000 characters together"),
    ([{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]}], "no more than 20"),
    ([{"type": "image", "image_url": "https://example.org/a.png"}], "missing required field: alt_text"),
    (
        [{"type": "container", "title": plain("x"), "child_blocks": [{"type": "divider"}] * 11}],
        "no more than 10",
    ),
]


async def test_a_sound_message_is_kept_as_it_was_sent(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A message within the limits is accepted and recorded with everything that was sent."""
    metadata = {"event_type": "answered", "event_payload": {"id": "Ev1"}}
    answer = await client.chat_postMessage(
        channel=GENERAL,
        text="said & done",
        blocks=SOUND,
        metadata=metadata,
        unfurl_links=False,
        unfurl_media=False,
    )
    (message,) = slack.messages
    assert answer["ts"] == message.ts
    assert (message.channel, message.text, message.blocks) == (GENERAL, "said & done", SOUND)
    assert (message.metadata, message.unfurl_links, message.unfurl_media) == (metadata, False, False)
    assert pings(message) == []
    assert slack.violations == []


@pytest.mark.parametrize(
    ("blocks", "reason"), FAULTY, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_faulty_blocks_are_refused(
    slack: FakeSlack, client: AsyncWebClient, blocks: list[Any], reason: str
) -> None:
    """Blocks beyond a limit are `invalid_blocks`, with the reason, and a violation, and nothing is posted."""
    answer = await refusal(client, "chat.postMessage", channel=GENERAL, text="x", blocks=blocks)
    assert answer["error"] == "invalid_blocks"
    assert reason in answer["errors"][0]
    assert len(slack.violations) == 1
    assert slack.messages == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["type", "text", "elements", "url", "style"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_no_blocks_whatever_break_the_checks(blocks: Any) -> None:
    """Whatever is sent as blocks is accepted or refused with a reason; the checks never fail."""
    reason = "accepted [json-pointer:]"
    try:
        check_blocks(blocks)
    except Invalid as error:
        reason = str(error)
    assert "[json-pointer:" in reason


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": GENERAL}, "no_text"),
        ({"channel": GENERAL, "text": "", "blocks": []}, "no_text"),
        ({"channel": GENERAL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0SECRET", "text": "x"}, "channel_not_found"),
        ({"channel": "C0OUTSIDE", "text": "x"}, "not_in_channel"),
        ({"channel": "C0OLD", "text": "x"}, "is_archived"),
        ({"channel": GENERAL, "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
        ({"channel": GENERAL, "text": "x", "blocks": [section("x" * 2990)] * 5}, "msg_blocks_too_long"),
        ({"channel": GENERAL, "text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"channel": GENERAL, "text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
        ({"channel": GENERAL, "text": "x", "unfurl_links": "perhaps"}, "invalid_arguments"),
        ({"text": "x"}, "invalid_arguments"),
    ],
)
async def test_messages_are_refused_with_slacks_errors(
    slack: FakeSlack, client: AsyncWebClient, args: Json, error: str
) -> None:
    """What cannot be posted is refused with the error that Slack gives."""
    slack.space.add_channel("C0SECRET", kind="private", member=False)
    slack.space.add_channel("C0OUTSIDE", member=False)
    slack.space.add_channel("C0OLD", archived=True)
    answer = await refusal(client, "chat.postMessage", **args)
    assert answer["error"] == error
    assert slack.messages == []


async def test_tokens_are_checked(slack: FakeSlack) -> None:
    """No token, a wrong one, one of the wrong type and a revoked one are each refused in their own way."""
    async with aiohttp.ClientSession() as session, session.post(f"{slack.api_url}auth.test") as answer:
        assert await answer.json() == {"ok": False, "error": "not_authed"}
    for token, method, error in (
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        (slack.app_token, "auth.test", "not_allowed_token_type"),
        (slack.bot_token, "apps.connections.open", "not_allowed_token_type"),
    ):
        async with web_client(slack, token=token) as client:
            assert (await refusal(client, method))["error"] == error
    slack.site.revoked = True
    async with web_client(slack) as client:
        assert (await refusal(client, "auth.test"))["error"] == "token_revoked"


async def test_scopes_are_checked() -> None:
    """`auth.test` tells the granted scopes; a method beyond them names the scope that is missing."""
    async with FakeSlack(scopes={"chat:write"}) as slack, web_client(slack) as client:
        answer = await client.auth_test()
        assert answer.headers["x-oauth-scopes"] == "chat:write"
        assert answer["user_id"] == slack.bot_user
        ts = await slack.mention(GENERAL, ASKER, "never heard")
        assert slack.events == []
        assert slack.withheld[0]["ts"] == ts
        with pytest.raises(SlackApiError) as raised:
            await client.conversations_replies(channel=GENERAL, ts=ts)
        assert raised.value.response["error"] == "missing_scope"
        assert raised.value.response["needed"] == "channels:history"
        assert raised.value.response["provided"] == "chat:write"


async def test_unknown_methods_and_arguments_are_violations(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A method or an argument that does not exist is noted, the first also refused."""
    assert (await refusal(client, "chat.shout", text="x"))["error"] == "unknown_method"
    await client.api_call("chat.postMessage", json={"channel": GENERAL, "text": "x", "unfurl_link": False})
    assert [each.partition(":")[0] for each in slack.violations] == ["chat.shout", "chat.postMessage"]


async def test_reading_methods_take_no_json(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A method that reads ignores a JSON body at Slack, so the fake refuses it."""
    answer = await refusal(client, "conversations.history", channel=GENERAL)
    assert answer["error"] == "invalid_arguments"
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{slack.api_url}auth.test", data=b"{", headers={"Content-Type": "application/json"}
        ) as broken,
    ):
        assert (await broken.json())["error"] == "invalid_json"


async def test_threads_give_back_their_metadata(slack: FakeSlack, client: AsyncWebClient) -> None:
    """`conversations.replies` has the parent first and pages; metadata comes only when asked for."""
    ts = await slack.mention(GENERAL, ASKER, "a claim")
    metadata = {"event_type": "answered", "event_payload": {"id": "Ev1"}}
    reply = await client.chat_postMessage(channel=GENERAL, text="x", thread_ts=ts, metadata=metadata)
    asked = await client.conversations_replies(channel=GENERAL, ts=ts, include_all_metadata=True, limit=1)
    assert [each["ts"] for each in asked["messages"]] == [ts]
    cursor = asked["response_metadata"]["next_cursor"]
    more = await client.conversations_replies(
        channel=GENERAL, ts=ts, include_all_metadata=True, cursor=cursor
    )
    assert more["messages"][0]["metadata"] == metadata
    without = await client.conversations_replies(channel=GENERAL, ts=ts)
    assert "metadata" not in without["messages"][1]
    channel = await client.conversations_history(channel=GENERAL)
    assert [each["ts"] for each in channel["messages"]] == [ts]
    again = await refusal(client, "chat.postMessage", channel=GENERAL, text="x", thread_ts=reply["ts"])
    assert again["error"] == "thread_not_found"
    assert "itself a reply" in slack.violations[0]
    assert [each.ts for each in slack.replies_to(ts)] == [reply["ts"]]


async def test_messages_are_edited_and_deleted(slack: FakeSlack, client: AsyncWebClient) -> None:
    """An edit with a text alone takes the blocks away and keeps the metadata; what is gone stays recorded."""
    metadata = {"event_type": "answered", "event_payload": {}}
    posted = await client.chat_postMessage(channel=GENERAL, text="one", blocks=SOUND, metadata=metadata)
    await client.chat_update(channel=GENERAL, ts=posted["ts"], text="two")
    (message,) = slack.messages
    assert (message.text, message.blocks, message.metadata) == ("two", [], metadata)
    assert message.edits == [{"text": "one", "blocks": SOUND, "attachments": []}]
    # 4,000 bytes, not characters.
    answer = await refusal(client, "chat.update", channel=GENERAL, ts=posted["ts"], text="é" * 2001)
    assert answer["error"] == "msg_too_long"
    person = slack.say(GENERAL, ASKER, "mine")
    for method in ("update", "delete"):
        answer = await refusal(client, f"chat.{method}", channel=GENERAL, ts=person.ts, text="x")
        assert answer["error"] == f"cant_{method}_message"
    await client.chat_delete(channel=GENERAL, ts=posted["ts"])
    assert message.deleted
    answer = await refusal(client, "chat.update", channel=GENERAL, ts=posted["ts"], text="x")
    assert answer["error"] == "message_not_found"


async def test_small_methods(slack: FakeSlack, client: AsyncWebClient) -> None:
    """Reactions, people, groups, conversations, ephemerals and the status do what Slack does."""
    slack.space.usergroups["S0MODS"] = ["U0MODERATOR"]
    ts = await slack.mention(GENERAL, ASKER, "x")
    await client.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    assert slack.space.channels[GENERAL].messages[ts].reactions == {"eyes": {slack.bot_user}}
    again = await refusal(client, "reactions.add", channel=GENERAL, timestamp=ts, name="eyes")
    assert again["error"] == "already_reacted"
    await client.reactions_remove(channel=GENERAL, timestamp=ts, name="eyes")
    assert (await client.users_info(user=ASKER))["user"]["id"] == ASKER
    assert (await client.usergroups_users_list(usergroup="S0MODS"))["users"] == ["U0MODERATOR"]
    assert (await client.conversations_info(channel=GENERAL))["channel"]["is_member"]
    direct = (await client.conversations_open(users=ASKER))["channel"]["id"]
    assert (await client.conversations_info(channel=direct))["channel"]["user"] == ASKER
    await client.chat_postEphemeral(channel=GENERAL, user=ASKER, text="for you alone")
    assert slack.ephemerals[0].user == ASKER
    await client.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=ts, status="Reading …")
    slack.space.assistant_error = "feature_not_enabled"
    answer = await refusal(
        client, "assistant.threads.setStatus", channel_id=GENERAL, thread_ts=ts, status="x"
    )
    assert answer["error"] == "feature_not_enabled"
    assert len(slack.statuses) == 1
    assert slack.violations == []


def modal(**more: Any) -> Json:
    """A modal that Slack accepts, changed by `more`; None takes a key away."""
    made: Json = {"type": "modal", "title": plain("Title"), "blocks": [section("x")], **more}
    return {key: value for key, value in made.items() if value is not None}


@pytest.mark.parametrize(
    ("view", "reason"),
    [
        (modal(title=None), "missing required field: title"),
        (modal(title=plain("x" * 25)), "less than 25"),
        (modal(submit=plain("x" * 25)), "less than 25"),
        (modal(close=plain("x" * 25)), "less than 25"),
        (modal(private_metadata="x" * 3001), "less than 3001"),
        (modal(callback_id="x" * 256), "less than 256"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100"),
        (modal(blocks=[{"type": "markdown", "text": "x"}]), "unsupported type: markdown"),
        (
            modal(
                blocks=[
                    {
                        "type": "input",
                        "label": plain("x"),
                        "element": {"type": "plain_text_input", "action_id": "a"},
                    }
                ]
            ),
            "missing required field: submit",
        ),
        (modal(colour="red"), "invalid additional property"),
        ({"type": "home", "blocks": [section("x")]}, "must be one of: modal"),
    ],
)
async def test_faulty_views_are_refused(
    slack: FakeSlack, client: AsyncWebClient, view: Json, reason: str
) -> None:
    """A modal beyond a limit is `invalid_arguments`, with the reason."""
    trigger = slack.space.new_trigger(ASKER)
    answer = await refusal(client, "views.open", trigger_id=trigger, view=view)
    assert answer["error"] == "invalid_arguments"
    assert reason in answer["errors"][0]


async def test_a_trigger_opens_one_view_in_time(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A trigger id is good once and for three seconds; a stale hash is refused."""
    trigger = slack.space.new_trigger(ASKER)
    opened = await client.views_open(trigger_id=trigger, view=modal())
    answer = await refusal(client, "views.open", trigger_id=trigger, view=modal())
    assert answer["error"] == "exchanged_trigger_id"
    late = slack.space.new_trigger(ASKER)
    slack.advance(3.1)
    assert (await refusal(client, "views.open", trigger_id=late, view=modal()))[
        "error"
    ] == "expired_trigger_id"
    view = modal(blocks=[section("two")])
    await client.views_update(view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=view)
    assert slack.views[0].view == view
    answer = await refusal(
        client, "views.update", view_id=opened["view"]["id"], hash=opened["view"]["hash"], view=view
    )
    assert answer["error"] == "hash_conflict"
    await client.views_publish(user_id=ASKER, view={"type": "home", "blocks": [section("home")]})
    await client.views_publish(user_id=ASKER, view={"type": "home", "blocks": [section("home, later")]})
    assert [(each.kind, len(each.versions)) for each in slack.views] == [("modal", 1), ("home", 1)]


async def test_a_response_url_is_good_five_times(slack: FakeSlack) -> None:
    """Five posts in thirty minutes; each does what it says, and a faulty one is refused with 400."""
    opened = slack.space.new_response_url(ASKER, GENERAL, None)
    hook = AsyncWebhookClient(f"{slack.space.base_url}respond/{opened.id}")
    assert (await hook.send(blocks=[{"type": "nonsense"}], text="x")).status_code == 400
    slack.violations.clear()
    for kind in ("ephemeral", "in_channel", "ephemeral", "ephemeral", "ephemeral"):
        assert (await hook.send(text=kind, response_type=kind)).body == "ok"
    assert [each.kind.value for each in slack.responses][:3] == ["ephemeral", "in_channel", "ephemeral"]
    assert [(each.text, each.via) for each in slack.messages] == [("in_channel", Via.RESPONSE_URL)]
    late = await hook.send(text="six")
    assert (late.status_code, late.body) == (404, "used_url")
    other = slack.space.new_response_url(ASKER, GENERAL, None)
    slack.advance(30 * 60 + 1)
    expired = await AsyncWebhookClient(f"{slack.space.base_url}respond/{other.id}").send(text="x")
    assert expired.body == "expired_url"


async def test_a_response_url_changes_its_message(slack: FakeSlack) -> None:
    """`replace_original` and `delete_original` act on the message that the button stood on."""
    message = slack.space.keep(
        Message(channel=GENERAL, ts="1.000001", user="U0BOT", text="a", via=Via.WEB_API)
    )
    opened = slack.space.new_response_url(ASKER, GENERAL, message)
    hook = AsyncWebhookClient(f"{slack.space.base_url}respond/{opened.id}")
    await hook.send(text="b", replace_original=True)
    assert (message.text, message.edits[0]["text"]) == ("b", "a")
    await hook.send(delete_original=True)
    assert message.deleted
    assert slack.violations == []


@pytest.mark.parametrize(
    ("text", "blocks", "found"),
    [
        ("<!here> look", [], 1),
        ("<@U123> and <!subteam^S1|mods>", [], 2),
        ("&lt;!here&gt; and <#C1|general>", [], 0),
        ("x", [section("<!channel>")], 1),
        ("x", [{"type": "section", "text": plain("<!channel>")}], 0),
        ("x", [{"type": "markdown", "text": "<!everyone>"}], 1),
        ("x", [rich({"type": "user", "user_id": "U1"}, {"type": "broadcast", "range": "here"})], 2),
        ("x", [rich({"type": "usergroup", "usergroup_id": "S1"})], 1),
        ("x", [rich({"type": "text", "text": "<!here>"})], 0),
    ],
)
def test_pings_are_found(text: str, blocks: list[Json], found: int) -> None:
    """A mention that Slack would act on is found, one that is escaped or plain is not."""
    message = Message(
        channel=GENERAL,
        ts="1.0",
        user="U",
        text=text,
        via=Via.WEB_API,
        blocks=blocks,
        unfurl_links=False,
        unfurl_media=False,
    )
    assert len(pings(message)) == found


def test_previews_are_found() -> None:
    """A message of the bot that does not forbid previews counts as one that shows them."""
    message = Message(channel=GENERAL, ts="1.0", user="U", text="x", via=Via.WEB_API, unfurl_links=False)
    assert pings(message) == ["unfurl_media is not false"]


@pytest.mark.parametrize(
    ("kind", "kept", "status"),
    [(Kind.LIMITED, 0, 429), (Kind.ERROR, 0, 503), (Kind.ERROR_AFTER, 1, 503), (Kind.SLOW, 1, 200)],
)
async def test_faults_answer_as_asked(slack: FakeSlack, kind: Kind, kept: int, status: int) -> None:
    """A fault comes once, to the method that it names, before or after the message was kept."""
    slack.faults = deque([Fault(kind=kind, retry_after=7, seconds=0.01)])
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{slack.api_url}auth.test") as other:
            assert other.status == 200
        body = {"channel": GENERAL, "text": "x"}
        async with session.post(f"{slack.api_url}chat.postMessage", json=body) as answer:
            assert answer.status == status
            assert answer.headers.get("Retry-After") == ("7" if kind is Kind.LIMITED else None)
        assert len(slack.messages) == kept
        async with session.post(f"{slack.api_url}chat.postMessage", json=body) as answer:
            assert (await answer.json())["ok"]
    assert slack.site.met == {kind: 1}


@pytest.mark.parametrize(("kind", "kept"), [(Kind.CUT_BEFORE, 0), (Kind.CUT_AFTER, 1)])
async def test_a_connection_is_cut(slack: FakeSlack, kind: Kind, kept: int) -> None:
    """The client hears nothing, whether the message was kept or not."""
    slack.faults = lambda call: Fault(kind=kind) if call.number == 1 else None
    async with web_client(slack) as client:
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=GENERAL, text="x")
        assert len(slack.messages) == kept
        await client.chat_postMessage(channel=GENERAL, text="y")
    assert [each.text for each in slack.messages] == ["x", "y"][1 - kept :]


@given(st.integers(), st.floats(0.02, 0.3))
def test_a_seeded_share_of_calls_fails(seed: int, share: float) -> None:
    """The same seed gives the same faults, about as many as asked for, to the named methods alone."""
    first, second = seeded(share, seed), seeded(share, seed)
    calls = [Call(method="chat.postMessage", args={}, number=n) for n in range(1000)]
    met = [first(call) for call in calls]
    assert met == [second(call) for call in calls]
    assert abs(sum(each is not None for each in met) / 1000 - share) < 0.12
    assert first(Call(method="auth.test", args={}, number=1)) is None


def test_every_fault_is_told_with_its_place() -> None:
    """The reason of a refusal names the JSON pointer, so that the fault is found at once."""
    with pytest.raises(Invalid, match=re.escape("[json-pointer:/blocks/1/elements/0/text/text]")):
        check_blocks([{"type": "divider"}, actions(button(text=""))])
    assert json.dumps(SOUND)


async def test_an_edit_is_refused_where_slack_refuses_it(slack: FakeSlack, client: AsyncWebClient) -> None:
    """What is archived, too old, deleted, or somebody else's is not edited."""
    posted = await client.chat_postMessage(channel=GENERAL, text="a")
    message = slack.messages[0]
    where = {"channel": GENERAL, "ts": posted["ts"], "text": "b"}
    slack.space.channels[GENERAL].archived = True
    assert (await refusal(client, "chat.update", **where))["error"] == "is_inactive"
    slack.space.channels[GENERAL].archived = False
    message.uneditable = True
    assert (await refusal(client, "chat.update", **where))["error"] == "edit_window_closed"
    message.deleted = True
    assert (await refusal(client, "chat.update", **where))["error"] == "message_not_found"
    theirs = slack.say(GENERAL, ASKER, "mine")
    where["ts"] = theirs.ts
    assert (await refusal(client, "chat.update", **where))["error"] == "cant_update_message"
    assert not message.edits


async def test_the_address_of_a_message(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A message has an address, with its thread where it is a reply; one that is not there has none."""
    said = slack.say(GENERAL, ASKER, "a")
    reply = slack.say(GENERAL, ASKER, "b", thread_ts=said.ts)
    found = await client.chat_getPermalink(channel=GENERAL, message_ts=said.ts)
    assert found["permalink"].endswith(f"/archives/{GENERAL}/p{said.ts.replace('.', '')}")
    found = await client.chat_getPermalink(channel=GENERAL, message_ts=reply.ts)
    assert f"thread_ts={said.ts}" in found["permalink"]
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_getPermalink(channel=GENERAL, message_ts="1.000001")


async def test_a_view_that_is_too_large(slack: FakeSlack, client: AsyncWebClient) -> None:
    """A view of more than 250 kilobytes is refused, whatever its blocks are."""
    parts = [{"type": "text", "text": "x" * 2_900}]
    blocks = [rich(*parts) for _ in range(90)]
    view = {"type": "modal", "title": plain("Large"), "blocks": blocks}
    answer = await refusal(client, "views.open", trigger_id=slack.space.new_trigger(ASKER), view=view)
    assert "view_too_large" in str(answer)
