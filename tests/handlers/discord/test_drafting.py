"""Drafts from an article on Discord: a text or a file with the command, cards for one person alone."""

from __future__ import annotations

import pytest

from bot.store.ledger import Ledger
from tests.drafting import TEXT
from tests.fakes.discord import FakeDiscord, FakeMessage
from tests.handlers.discord.conftest import Running, until
from tests.handlers.discord.test_keeping import Desk
from tests.handlers.test_articles import PAGE, pdf

SOURCE = {"publisher": "Fen Courier", "title": "Bridge closed", "url": "https://courier.fen.example.org/a"}
SENTENCES = (
    "The mayor of Fen said that the bridge would be closed for good.",
    "Piet Vos denied it on Monday.",
)


async def card(desk: Desk, **options: object) -> FakeMessage:
    """Return what comes of the command once nothing more is worked on."""
    asked = await desk.server.command(desk.ana, "claim", "draft", options=options)
    message = await asked.wait_for_response()
    await until(lambda: "Reading the article" not in message.text)
    assert message.viewer is desk.ana
    return message


async def test_a_text_becomes_a_draft(server: FakeDiscord, sample_ledger: Ledger, running: Running) -> None:
    """A text is answered with a card; accepted, it is asked where it stands, and is a draft of one's own."""
    desk = Desk(server)
    before = await sample_ledger.claims()
    async with running(**desk.keys):
        shown = await card(desk, text=TEXT)
        assert "Draft 1 of" in shown.text
        assert "In the article:" in shown.text
        opened = await desk.press(shown, "Accept", desk.ana)
        board = await desk.filled(opened, SOURCE)
        assert "Accepted." in board.text
        waiting = await (await server.command(desk.ana, "claim", "drafts")).wait_for_response()
        assert "Your drafts" in waiting.text
        assert "knew of the cracks" in waiting.text
    assert await sample_ledger.claims() == before


@pytest.mark.parametrize(
    ("name", "kind", "body"),
    [
        ("story.txt", "text/plain", TEXT.encode()),
        ("story.html", "text/html", PAGE.encode()),
        ("story.pdf", "application/pdf", pdf(*SENTENCES)),
    ],
)
async def test_a_file_becomes_a_draft(
    server: FakeDiscord, running: Running, name: str, kind: str, body: bytes
) -> None:
    """A file that is attached is brought from where Discord keeps it, and read."""
    desk = Desk(server)
    async with running(**desk.keys):
        shown = await card(desk, file=server.file(name, body, kind))
        assert "Draft 1 of" in shown.text
        discarded = await (await desk.press(shown, "Discard", desk.ana)).wait_for_response()
        assert "Draft 1 of" in discarded.text or "Discarded." in discarded.text


async def test_what_cannot_be_read_is_told(server: FakeDiscord, running: Running) -> None:
    """Another sort of file, one that is gone, one kept elsewhere, an address: one sentence each."""
    desk = Desk(server)
    gone = server.file("story.txt", TEXT.encode(), "text/plain")
    server.files.clear()
    elsewhere = server.file("a.txt", TEXT.encode(), "text/plain")
    elsewhere.url = elsewhere.url.replace("127.0.0.1", "localhost")
    async with running(**desk.keys):
        other = await card(desk, file=server.file("story.docx", b"PK", "application/zip"))
        assert "Only .txt, .html and .pdf" in other.text
        assert "cannot be fetched" in (await card(desk, file=gone)).text
        assert "cannot be fetched" in (await card(desk, file=elsewhere)).text
        assert "not fetched here" in (await card(desk, text="https://news.example.org/a")).text
        assert "No drafts from an article wait" in (await card(desk)).text
