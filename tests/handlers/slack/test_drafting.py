"""Drafts from an article on Slack: a text with the command, a message or the file on it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.moderation.deeds import Deed
from bot.store.ledger import Ledger
from tests.drafting import TEXT
from tests.fakes.slack import ALL_SCOPES, ASKER, GENERAL, Ephemeral, FakeSlack, Interaction
from tests.handlers.slack.conftest import Running
from tests.handlers.slack.keeping import CONTRIBUTOR, READER, ROLES, button, fill_in, words
from tests.handlers.test_articles import PAGE, pdf

SOURCE = {"publisher": "Fen Courier", "title": "Bridge closed", "url": "https://courier.fen.example.org/a"}
SENTENCES = (
    "The mayor of Fen said that the bridge would be closed for good.",
    "Piet Vos denied it on Monday.",
)


async def told(done: Interaction, count: int = 2) -> Ephemeral:
    """Return the message that follows the one that says that the article is read."""
    assert done.acked
    shown = (await done.response(count)).message
    assert isinstance(shown, Ephemeral)
    return shown


async def on_message(slack: FakeSlack, text: str, *files: dict[str, Any]) -> Ephemeral:
    """Use the shortcut on a message with these files, and return what comes of it."""
    message = slack.say(GENERAL, ASKER, text)
    message.files += files
    return await told(await slack.shortcut("draft_message", CONTRIBUTOR, message))


async def test_a_text_becomes_a_draft(slack: FakeSlack, sample_ledger: Ledger, running: Running) -> None:
    """It is said at once that the article is read; the card comes; accepted, it is a draft of one's own."""
    before = await sample_ledger.claims()
    async with running(**ROLES):
        done = await slack.command("/claim", f"draft {TEXT}", CONTRIBUTOR)
        assert "Reading the article" in words(await told(done, 1))
        card = await told(done)
        assert card.user == CONTRIBUTOR
        assert "Draft 1 of" in words(card)
        ref = next(each for each in words(card).split('"') if each.endswith("/accept")).split(":", 3)[3]
        await slack.press(card, button(card, Deed.DRAFT, ref=ref), CONTRIBUTOR)
        form = await slack.wait_for_view(1)
        submitted = await fill_in(slack, form, SOURCE)
        assert submitted.acked
        await slack.wait_until(lambda: "Accepted." in words(form))
    assert await sample_ledger.claims() == before


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("story.txt", "text/plain", TEXT.encode()),
        ("story.html", "text/html", PAGE.encode()),
        ("story.pdf", "application/pdf", pdf(*SENTENCES)),
    ],
)
async def test_a_file_on_a_message_becomes_a_draft(
    slack: FakeSlack, running: Running, name: str, kind: str, body: bytes
) -> None:
    """The file on a message is brought from Slack and read; without one, its text is."""
    async with running(**ROLES):
        assert "Draft 1 of" in words(await on_message(slack, "see", slack.space.file(name, body, kind)))
        assert "Draft 1 of" in words(await on_message(slack, TEXT))


async def test_what_cannot_be_read_is_told(slack: FakeSlack, running: Running) -> None:
    """Another sort of file, one kept elsewhere, one that may not be read: one sentence each."""
    file = slack.space.file("story.txt", TEXT.encode(), "text/plain")
    async with running(**ROLES):
        other = slack.space.file("story.docx", b"PK", "application/zip")
        assert "Only .txt, .html and .pdf" in words(await on_message(slack, "x", other))
        elsewhere = {**file, "url_private_download": "https://files.slack.com.evil.example/a.txt"}
        assert "cannot be fetched" in words(await on_message(slack, "x", elsewhere))
        hidden = {"id": "F1", "mode": "hidden_by_limit"}
        assert "files:read" in words(await on_message(slack, "x", hidden))
        slack.space.scopes = ALL_SCOPES - {"files:read"}
        assert "files:read" in words(await on_message(slack, "x", file))
        done = await slack.command("/claim", "draft https://news.example.org/a", CONTRIBUTOR)
        assert "not fetched here" in words(await told(done))


async def test_without_the_role_nothing_is_read(slack: FakeSlack, running: Running) -> None:
    """Whoever lacks the role is told which it takes."""
    slack.space.add_user(READER)
    async with running(**ROLES):
        done = await slack.command("/claim", f"draft {TEXT}", READER)
        assert "This takes the role" in words(await told(done))
