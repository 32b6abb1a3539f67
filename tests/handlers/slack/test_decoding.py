"""Reading what Slack sends, whatever it is."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.questions import Way
from handlers.slack.decoding import MalformedError, Reader, incoming, said, titles, without_mention

READER = Reader(team="T1", bot_user="U0BOT", reaction="mag")

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("type", "channel_type", "channel", "ts", "thread_ts", "user", "text", "subtype", "bot_id")
MORE = ("attachments", "item", "reaction", "event_ts")
KINDS = st.sampled_from(["app_mention", "message", "reaction_added", "other"])
EVENTS = st.dictionaries(st.sampled_from(FIELDS + MORE), ANYTHING | KINDS | st.just("im") | st.just("mag"))


@given(event=EVENTS | ANYTHING, delivery=ANYTHING)
def test_any_event_is_read_or_said_to_be_malformed(event: Any, delivery: Any) -> None:
    """Whatever an event holds, it asks something, asks nothing, or is malformed; nothing else is raised."""
    try:
        asked = incoming({"event": event, "event_id": delivery}, READER)
    except MalformedError:
        return
    if asked is not None:
        assert asked.place.channel
        assert asked.message
        assert asked.thread
        assert asked.way in {Way.MENTION, Way.DIRECT, Way.REACTION}


@given(message=st.dictionaries(st.sampled_from(("text", "attachments")), ANYTHING))
def test_any_message_has_a_text(message: dict[str, Any]) -> None:
    """Whatever a message that is asked about holds, its text and titles can be read."""
    assert isinstance(said(message, "U0BOT"), str)
    assert all(isinstance(each, str) for each in titles(message))


@given(before=st.text(), after=st.text())
def test_the_bots_own_mention_is_left_out(before: str, after: str) -> None:
    """Of what was typed the bot's mention goes, with or without a label, and nothing else but blanks."""
    for mention in ("<@U0BOT>", "<@U0BOT|counterclaim>"):
        assert without_mention(f"{before}{mention}{after}", "U0BOT").split() == f"{before} {after}".split()


def test_a_message_without_text_is_read_from_its_attachments() -> None:
    """What another app posts stands in attachments at times."""
    message = {"text": "", "attachments": [{"text": "The bridge was closed."}, {"fallback": "More"}]}
    assert said(message, "U0BOT") == "The bridge was closed.\nMore"


def test_a_reaction_on_what_the_bot_wrote_asks_nothing() -> None:
    """The bot does not answer its own replies; the same reaction on anybody else's message asks."""
    event: dict[str, object] = {"type": "reaction_added", "user": "U1", "reaction": "mag"}
    event |= {"item": {"type": "message", "channel": "C1", "ts": "1.000001"}}
    bodies = [{"event": {**event, "item_user": who}, "event_id": "E1"} for who in ("U0BOT", "U2")]
    assert [incoming(each, READER) is not None for each in bodies] == [False, True]
