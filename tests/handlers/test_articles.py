"""The text of an article out of a file: whatever the file is, a text or one sentence comes of it."""

from __future__ import annotations

import io
import logging
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from bot.errors import BadInputError
from bot.rules.texts import passage
from handlers.articles import MOST_BYTES, MOST_PAGES, Paper, article_in, cleaned, paper_of

SENTENCES = (
    "The mayor of Fen said on Tuesday that the old bridge would be closed for good.",
    "“We have no money left for it,” Ana Reyes told the Fen Courier.",
    "A spokesman for the county denied that it had been asked for help.",
)
TEXT = "\n\n".join(SENTENCES)
PAGE = (
    "<!doctype html><html><head><title>The bridge is closed - Fen Courier</title>"
    '<meta property="og:title" content="The bridge is closed">'
    '<meta property="og:site_name" content="Fen Courier">'
    '<meta property="article:published_time" content="2025-07-08T10:00:00Z"></head>'
    "<body><nav>Home News Sport</nav><article><h1>The bridge is closed</h1>"
    + "".join(f"<p>{each}</p>" for each in SENTENCES * 3)
    + "</article><footer>All rights reserved</footer></body></html>"
)


def pdf(*lines: str, pages: int = 1, password: str | None = None, title: str = "") -> bytes:
    """Return a PDF file with `lines` on each of its pages."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for _ in range(pages):
        page = writer.add_blank_page(width=600, height=800)
        stream = DecodedStreamObject()
        shown = " ".join(f"({each}) Tj 0 -14 Td" for each in lines)
        stream.set_data(f"BT /F1 12 Tf 40 700 Td {shown} ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
        )
    if title:
        writer.add_metadata({"/Title": title})
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), None),
        (TEXT.encode("utf-8-sig"), "ascii"),
        (TEXT.encode("utf-16"), None),
        (TEXT.encode("cp1252"), None),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode("cp1252"), "no-such-set"),
        (TEXT.encode(), "rot13"),
        (TEXT.encode(), "punycode"),
        (TEXT.encode(), "unicode_escape"),
        (TEXT.replace("\n", "\r\n").encode(), None),
        (TEXT.replace("\n", "\r").encode(), None),
    ],
)
def test_a_text_is_read_in_its_characters(body: bytes, charset: str | None) -> None:
    """A plain text comes out as it was written, whatever its encoding and line ends are."""
    assert article_in(body, Paper.TEXT, charset).text == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_page_is_read_without_what_stands_around_it(encoding: str) -> None:
    """Of a page the article's sentences come, with its title, publisher and day of publication."""
    found = article_in(PAGE.encode(encoding), Paper.HTML, encoding)
    for each in SENTENCES:
        assert each in found.text
    assert "Home News Sport" not in found.text
    assert found.title == "The bridge is closed"
    assert found.publisher == "Fen Courier"
    assert found.published_on == "2025-07-08"


def test_a_page_may_say_its_characters_itself() -> None:
    """A page that names its character set is read in it; one with the head of an XML file as well."""
    head = '<?xml version="1.0" encoding="iso-8859-15"?>'
    body = (head + f"<html><body><p>Das Rathaus: 10 € für „{SENTENCES[0]}“</p></body></html>").replace(
        "„", '"'
    )
    found = article_in(body.replace("“", '"').encode("iso-8859-15"), Paper.HTML)
    assert "10 € für" in found.text


def test_a_pdf_is_read() -> None:
    """The text of a PDF file comes out, a broken word as one, with its title, whatever its name says."""
    body = pdf("The mayor said that the bri-", "dge would be closed.", title="The bridge")
    for paper in (Paper.PDF, Paper.TEXT):
        found = article_in(body, paper)
        assert "the bridge would be closed." in found.text
        assert found.title == "The bridge"


def test_an_empty_password_opens_a_pdf() -> None:
    """A file that anybody may read is read although it is encrypted."""
    assert (
        "the bridge" in article_in(pdf("The mayor said that the bridge closes.", password=""), Paper.PDF).text
    )


DAMAGED = pdf("The mayor said that the bridge would be closed.")


@pytest.mark.parametrize(
    ("body", "paper", "says"),
    [
        (b"", Paper.TEXT, "no text in it"),
        (b" \n ", Paper.TEXT, "no text in it"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Paper.TEXT, "not a text"),
        (b"PK\x03\x04\0\0", Paper.HTML, "not a text"),
        (b"x" * (MOST_BYTES + 1), Paper.TEXT, "more than 5 MB"),
        (b"word " * 50_000, Paper.TEXT, "more than 200,000 characters"),
        (b"<html></html>", Paper.HTML, "no text in it"),
        (b"<html><script>alert(1)</script></html>", Paper.HTML, "no text in it"),
        (pdf(), Paper.PDF, "pictures of pages"),
        (pdf("secret words that nobody may read", password="pw"), Paper.PDF, "password"),  # noqa: S106
        (pdf(pages=MOST_PAGES + 1), Paper.PDF, "more than 200 pages"),
        (b"%PDF-1.7\n", Paper.PDF, "damaged"),
        (DAMAGED[:100], Paper.PDF, "damaged"),
        (b"no pdf at all", Paper.PDF, "damaged"),
        (b"", Paper.PDF, "damaged"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(
    body: bytes, paper: Paper, says: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that is empty, locked, damaged, scanned or too long is told, and nothing else is said."""
    with caplog.at_level(logging.DEBUG), pytest.raises(BadInputError, match=says) as caught:
        article_in(body, paper)
    assert "\n" not in str(caught.value)
    assert not caplog.records
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("body", "paper"), [(PAGE.encode(), Paper.HTML), (DAMAGED, Paper.PDF)])
def test_without_the_extra_it_is_said_what_to_install(
    body: bytes, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the libraries are not installed, one sentence says how to add them; a text is still read."""
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(BadInputError, match=r'pip install "counterclaim\[drafts\]"'):
        article_in(body, paper)
    assert article_in(TEXT.encode(), Paper.TEXT).text == TEXT


@pytest.mark.parametrize(
    ("name", "kind", "paper"),
    [
        ("a.txt", "", Paper.TEXT),
        ("a.PDF", "application/octet-stream", Paper.PDF),
        ("a.b.htm", "", Paper.HTML),
        ("story", "text/html; charset=utf-8", Paper.HTML),
        ("../../story.html", "", Paper.HTML),
    ],
)
def test_the_sort_of_a_file_is_told_by_its_name(name: str, kind: str, paper: Paper) -> None:
    """A file is told by the end of its name, else by its type."""
    assert paper_of(name, kind) is paper


@pytest.mark.parametrize(("name", "kind"), [("a.docx", ""), ("a", ""), ("", "image/png"), (".pdf", "x/y")])
def test_other_files_are_refused(name: str, kind: str) -> None:
    """A file of another sort is refused."""
    with pytest.raises(BadInputError, match="Only .txt"):
        paper_of(name, kind)


@settings(max_examples=200)
@given(st.binary(max_size=400), st.sampled_from(Paper), st.none() | st.text(max_size=12))
def test_any_bytes_are_a_text_or_a_sentence(body: bytes, paper: Paper, charset: str | None) -> None:
    """Whatever bytes are given, an article that an entry may quote or one sentence comes of them."""
    try:
        found = article_in(body, paper, charset)
    except BadInputError:
        return
    assert passage(10**9)(found.text) is None


@given(st.text())
def test_a_clean_text_may_stand_in_an_entry(text: str) -> None:
    """What is left of any text has no character that a rule refuses, and is clean a second time."""
    found = cleaned(text)
    fault = passage(10**9)(found)
    assert fault is None or fault[0] == "is blank"
    assert cleaned(found) == found


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The mayor of Fen said on Tuesday that the old bridge\nwould be closed.\n", 1),
        (
            "The mayor of Fen said again that the bridge would\nbe closed. The county\n\ndenied it.",
            3,
        ),
        ("A short line\nand another one\nand a third one of the poem", 3),
        ("The mayor of Fen said on Tuesday that the bridge closes.\nThe county denied it.", 2),
    ],
)
def test_lines_that_were_broken_for_their_length_are_joined(text: str, whole: int) -> None:
    """A sentence that goes on below is one line; verses, paragraphs and whole sentences stay apart."""
    assert len(article_in(text.encode(), Paper.TEXT).text.splitlines()) == whole


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(DAMAGED) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_pdf_is_told(place: int, put: bytes) -> None:
    """A PDF file with any bytes of it overwritten is read or refused, and never more than that."""
    body = DAMAGED[:place] + put + DAMAGED[place + len(put) :]
    try:
        article_in(body, Paper.PDF)
    except BadInputError as error:
        assert str(error)  # noqa: PT017 - both ends are right


def test_the_test_files_are_pdf() -> None:
    """What the tests call a PDF file is one to the library that reads them."""
    assert len(PdfReader(io.BytesIO(DAMAGED)).pages) == 1
