"""What addresses the bot, for any text and any event whatever."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
from hypothesis import given
from hypothesis import strategies as st

from bot.questions import Way
from handlers.discord.events import asks_by_link, is_emoji, question_in

ME = 42
TEXT = st.text() | st.sampled_from(
    [f"<@{ME}>", f"<@!{ME}> x", "<@43>", "@everyone", "https://a.example/b", "\ud800"]
)


def message(content: str, *, guild: bool = True, **more: Any) -> Any:
    """Return a message as discord.py makes it, with what is read of it."""
    held: dict[str, Any] = {
        "id": 7,
        "content": content,
        "author": SimpleNamespace(id=1, bot=False),
        "webhook_id": None,
        "type": discord.MessageType.default,
        "guild": SimpleNamespace(id=5) if guild else None,
        "channel": SimpleNamespace(id=6),
        "embeds": [],
        "message_snapshots": [],
        "reference": None,
    }
    return SimpleNamespace(**(held | more))


@given(TEXT, TEXT)
def test_only_a_mention_in_the_text_asks(before: str, after: str) -> None:
    """In a server a message asks if and only if the bot is mentioned in it; the mention is taken out."""
    text = f"{before}<@{ME}>{after}"
    incoming = question_in(message(text), ME)
    assert incoming is not None
    assert incoming.way is Way.MENTION
    assert f"<@{ME}>" not in incoming.text or f"<@{ME}>" in before + after
    plain = before.replace("<", "")
    assert question_in(message(plain), ME) is None


@given(TEXT)
def test_every_direct_message_asks(text: str) -> None:
    """A direct message asks, whatever it says; a bot's or a webhook's never does."""
    incoming = question_in(message(text, guild=False), ME)
    assert incoming is not None
    assert (incoming.way, incoming.place.tenant) == (Way.DIRECT, "")
    assert question_in(message(text, guild=False, author=SimpleNamespace(id=2, bot=True)), ME) is None
    assert question_in(message(text, guild=False, webhook_id=3), ME) is None
    assert question_in(message(text, guild=False, type=discord.MessageType.pins_add), ME) is None


@given(TEXT)
def test_a_link_alone_is_told_from_a_claim(text: str) -> None:
    """Only a link without any words and without a title waits for its title."""
    incoming = question_in(message(text, guild=False), ME)
    assert incoming is not None
    if asks_by_link(incoming):
        assert "." in incoming.text


def test_a_forwarded_message_asks_with_what_it_says() -> None:
    """A message that is forwarded to the bot is the claim."""
    snapshot = SimpleNamespace(content="the bridge was closed", embeds=[SimpleNamespace(title="A title")])
    incoming = question_in(message("", guild=False, message_snapshots=[snapshot]), ME)
    assert incoming is not None
    assert (incoming.text, incoming.titles) == ("the bridge was closed", ("A title",))


def test_an_emoji_is_known_by_itself_its_name_or_its_id() -> None:
    """A server's own emoji may be configured by name, by id, or as Discord writes it."""
    own = discord.PartialEmoji(name="check", id=99)
    assert all(is_emoji(own, wanted) for wanted in ("check", ":check:", "99", "check:99", "<:check:99>"))
    assert not is_emoji(own, "checked")
    assert is_emoji(discord.PartialEmoji(name="🔎"), "🔎")
    assert not is_emoji(discord.PartialEmoji(name="🔍"), "🔎")
