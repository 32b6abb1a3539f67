"""The Answer as Slack's blocks and plain text."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot.actions import Action, Button, decoded
from bot.answers import Answer, ClaimRecord, HistoryItem, Tier
from bot.composition import answer
from bot.display import tidy
from bot.moderation.members import Role
from bot.paragraphs import linkable
from bot.statements import Citation, Group, Kind
from bot.wording import catalogue
from handlers.slack.rendering import help_card, history, matches, notice, record_page, reply
from tests.entries import claim, recorded, source, statement
from tests.handlers.test_rendering import GOLDEN, NOTHING, WRITE, close, same
from tests.records import TEXTS, answers, displays, found, histories, records, responses

WORDS = catalogue()
SAID = [Action.RECORD, Action.NOT_MINE, Action.FOLLOW, Action.REPORT, Action.DISMISS]
NEAR = [
    *(Action.MINE, Action.RECORD, Action.FOLLOW),
    *(Action.NONE, Action.ASK, Action.REPORT, Action.DISMISS),
]
MOST = 40
"""Examples of a property: each is a record of up to 30 statements."""

PHRASE = re.compile(
    "|".join(re.sub(r"\\\{[a-z_]+\\\}", r"\\d+", re.escape(each)) for each in WORDS.phrases.values())
)
CONTINUES = f" {WORDS.say('reply.continues')}"


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("slack-same.json", reply(same(), question="q-1")),
        ("slack-close.json", reply(close(), question="q-1")),
        ("slack-none.json", reply(NOTHING, question="q-1", visible_to_asker=True)),
        ("slack-record.json", record_page(same().claims[0], question="q-1")),
        ("slack-help.json", help_card()),
        ("slack-help-admin.json", help_card(role=Role.ADMIN)),
    ],
)
def test_golden(name: str, payload: dict[str, Any]) -> None:
    """What is posted is what it was."""
    made = json.dumps(payload, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(made, "utf-8")
    assert made == path.read_text("utf-8")


@settings(max_examples=MOST)
@given(answers(), st.booleans())
def test_a_reply_to_anything_is_one_that_slack_takes(shown: Answer, visible: bool) -> None:  # noqa: FBT001
    """Whatever the rows hold, a reply is within the limits, well formed, and the same each time."""
    payload = reply(shown, question="0123456789abcdef", visible_to_asker=visible)
    assert_valid(payload)
    assert_only_links_to_sources(payload, shown.claims)
    assert json.dumps(payload) == json.dumps(
        reply(shown, question="0123456789abcdef", visible_to_asker=visible)
    )


@settings(max_examples=MOST)
@given(answers())
def test_a_statement_is_shown_whole_or_not(shown: Answer) -> None:
    """A quotation in a reply holds the whole text of a statement, never a part of it."""
    known = {text for each in shown.claims for text in displays(each)}
    for quote in quotes(reply(shown)):
        assert any(quote.startswith(text) for text in known) or quote.startswith(" ")


@settings(max_examples=MOST)
@given(records())
def test_an_allegation_never_stands_without_the_response(shown: ClaimRecord) -> None:
    """Where what is asserted is shown, so is the foremost of each group that answers it."""
    headings = set(heading_words(reply(answer([shown], tier=Tier.SAME, ledger_revision=1))))
    if WORDS.say("group.asserted") in headings:
        assert {WORDS.say(f"group.{each}") for each in responses(shown)} <= headings


@settings(max_examples=MOST // 4)
@given(records())
def test_the_full_record_leaves_nothing_out(shown: ClaimRecord) -> None:
    """The pages of a full record hold all statements and all addresses, each page within the limits."""
    pages = [record_page(shown, 0, question="q")]
    while (after := turned(pages[-1], len(pages))) is not None:
        pages.append(record_page(shown, after, question="q"))
    for page in pages:
        assert_valid(page)
        assert_only_links_to_sources(page, (shown,))
    joined = "".join(quote.removesuffix(CONTINUES) for page in pages for quote in quotes(page))
    assert all(text in joined for text in displays(shown))
    linked = {url for page in pages for url in links(page)}
    assert {linkable(each.url) for each in shown.sources} - {None} <= linked
    assert record_page(shown, 10_000, question="q") == pages[-1]


@settings(max_examples=MOST)
@given(found(), histories(), TEXTS)
def test_cards_are_ones_that_slack_takes(
    hits: list[tuple[str, str, str | None]], items: list[HistoryItem], text: str
) -> None:
    """Searches, histories and sentences are within the limits whatever is in them."""
    for payload in (matches(hits), history(items), help_card(how=text or "/claim")):
        assert_valid(payload)
        assert not list(links(payload))
    if tidy(text):
        assert_valid(notice(text))


def test_a_long_statement_is_pointed_at() -> None:
    """A statement that would take the page is named with speaker and date, and stands in the full record."""
    rows = [statement(id=f"s-{n}", text=f"{n} " + "word " * 780) for n in range(4)]
    rows.append(statement(id="denial", kind=Kind.DENIAL, text="No."))
    shown = recorded(claim(statements=tuple(rows)))
    payload = reply(answer([shown], tier=Tier.SAME, ledger_revision=1))
    assert "Ada Quill, mayor of Marsh, 8 July 2025, the text is in the full record" in payload["text"]
    assert "“No.”" in payload["text"]
    assert "word word" not in payload["text"]


def test_what_is_left_out_is_counted() -> None:
    """Statements without room are counted, and a button leads to them."""
    rows = tuple(statement(id=f"s-{n}", text=f"{n} " + "word " * 150) for n in range(30))
    shown = recorded(claim(statements=rows))
    payload = reply(answer([shown], tier=Tier.SAME, ledger_revision=1), question="q")
    left = re.search(r"(\d+) more statements are in the full record", payload["text"])
    assert left
    assert int(left[1]) + len(list(quotes(payload))) == 30
    assert Action.RECORD in actions(payload)


def test_only_sources_of_what_is_shown_are_listed() -> None:
    """A source that is cited only by what is left out is not in the reply."""
    sources = tuple(source(id=f"x{n}", url=f"https://x.example/{n}") for n in range(40))
    rows = tuple(
        statement(id=f"s-{n}", text="word " * 150, citations=(Citation(source=f"x{n}"),)) for n in range(40)
    )
    shown = recorded(claim(statements=rows, sources=sources))
    payload = reply(answer([shown], tier=Tier.SAME, ledger_revision=1))
    cited = {n for quote in quotes(payload) for n in re.findall(r"\[(\d+)\]", quote)}
    assert cited <= set(re.findall(r"^\[(\d+)\]", payload["text"], re.MULTILINE))
    assert len(set(links(payload))) < 40


@pytest.mark.parametrize(
    ("shown", "visible", "expected"),
    [
        (
            answer([recorded(claim())], tier=Tier.SAME, ledger_revision=1),
            False,
            SAID,
        ),
        (
            answer([recorded(claim())], tier=Tier.SAME, ledger_revision=1, more=2),
            True,
            [*SAID, Action.MORE, Action.SHARE],
        ),
        (
            answer([recorded(claim(), tier=Tier.CLOSE)], tier=Tier.CLOSE, ledger_revision=1),
            False,
            NEAR,
        ),
        (NOTHING, False, [Action.ASK, Action.REPORT, Action.DISMISS]),
        (NOTHING, True, [Action.ASK, Action.REPORT, Action.DISMISS, Action.SHARE]),
    ],
    ids=["same", "same-more-asker", "close", "none", "none-asker"],
)
def test_buttons(shown: Answer, visible: bool, expected: list[Action]) -> None:  # noqa: FBT001
    """Each tier has its buttons."""
    assert list(actions(reply(shown, question="q", visible_to_asker=visible))) == expected


def test_buttons_name_the_question_and_the_claim() -> None:
    """A button carries the ids of the question and of its claim, so that it needs no memory."""
    made = [decoded(each) for each in ids(reply(close(), question="q-1"))]
    assert Button(action=Action.MINE, question="q-1", claim="bridge") in made
    assert Button(action=Action.MINE, question="q-1", claim="ferry") in made
    assert Button(action=Action.NONE, question="q-1") in made


def test_an_id_too_long_for_a_button_has_none() -> None:
    """A claim whose id no button can hold is shown without the buttons that would need it."""
    shown = replace(recorded(claim()), id="x" * 128)
    payload = reply(answer([shown], tier=Tier.SAME, ledger_revision=1))
    assert not list(ids(payload))
    assert_valid(payload)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://user@evil.example/", "ftp://x.example/y"])
def test_an_address_that_slack_would_refuse_is_text(url: str) -> None:
    """What is no address of the web is shown and not linked."""
    shown = recorded(claim(sources=(source(url=url),)))
    payload = reply(answer([shown], tier=Tier.SAME, ledger_revision=1))
    assert not list(links(payload))
    assert url in payload["text"]


def test_the_plain_text_is_the_whole_reply() -> None:
    """The plain text says all that the blocks say, groups and sources included."""
    payload = reply(same())
    for words in ("Asserted:", "Denied:", "Not on file:", "Sources:", "A record of what was said"):
        assert words in payload["text"]
    assert "·" not in payload["text"].split("\n", 1)[1].replace("doubts it · verbatim", "")


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a payload."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


def quotes(payload: dict[str, Any]) -> Iterator[str]:
    """Yield the words of each quotation."""
    for each in walk(payload["blocks"]):
        if each.get("type") == "rich_text_quote":
            yield "".join(element["text"] for element in each["elements"])


def links(payload: dict[str, Any]) -> Iterator[str]:
    """Yield each address that is linked to."""
    yield from (each["url"] for each in walk(payload["blocks"]) if each.get("type") == "link")


def ids(payload: dict[str, Any]) -> Iterator[str]:
    """Yield the text of each button."""
    yield from (each["action_id"] for each in walk(payload["blocks"]) if each.get("type") == "button")


def actions(payload: dict[str, Any]) -> Iterator[Action]:
    """Yield what each button does."""
    for each in ids(payload):
        button = decoded(each)
        assert button is not None
        yield button.action


def turned(payload: dict[str, Any], after: int) -> int | None:
    """Return the page `after` where a button leads to it."""
    made = [decoded(each) for each in ids(payload)]
    pages = [each.page for each in made if each and each.action is Action.RECORD]
    return after if after in pages else None


def heading_words(payload: dict[str, Any]) -> Iterator[str]:
    """Yield the headings of the groups that are shown."""
    names = {WORDS.say(f"group.{each}") for each in Group}
    for block in payload["blocks"]:
        if block["type"] == "rich_text":
            first = block["elements"][0]["elements"][0]
            if first.get("style") == {"bold": True} and first["text"] in names:
                yield first["text"]


def assert_valid(payload: dict[str, Any]) -> None:
    """Fail where Slack would refuse a payload, or something in it could ping, link or break out."""
    assert payload.keys() == {"text", "blocks", "unfurl_links", "unfurl_media"}
    assert payload["unfurl_links"] is payload["unfurl_media"] is False
    text = payload["text"]
    assert 0 < len(text) <= 12_000
    assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", text)
    text.encode()
    assert 0 < len(payload["blocks"]) <= 50
    assert len(json.dumps(payload["blocks"])) <= 12_000
    for block in payload["blocks"]:
        parsed = Block.parse(block)
        assert parsed is not None
        assert parsed.to_dict() == block
    for each in walk(payload["blocks"]):
        assert each.get("type") not in {"mrkdwn", "markdown", "section", "user", "broadcast", "usergroup"}
        if each.get("type") == "text":
            assert 0 < len(each["text"]) <= 3_000
        if each.get("type") == "plain_text":
            assert PHRASE.fullmatch(each["text"])
    made = list(ids(payload))
    assert len(set(made)) == len(made)
    assert all(len(each) <= 100 for each in made)


def assert_only_links_to_sources(payload: dict[str, Any], shown: tuple[ClaimRecord, ...]) -> None:
    """Fail where a link leads anywhere but to a source or its archived copy."""
    known = {url for each in shown for note in each.sources for url in (note.url, note.archive_url)}
    assert set(links(payload)) <= {linkable(url) for url in known}
