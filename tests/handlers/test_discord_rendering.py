"""The Answer as components of a Discord message."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.actions import Action, Button, decoded
from bot.answers import Answer, ClaimRecord, HistoryItem, Tier
from bot.composition import answer
from bot.display import tidy
from bot.moderation.members import Role
from bot.paragraphs import linkable
from bot.statements import Kind
from bot.wording import catalogue
from handlers.discord.components import Component
from handlers.discord.markup import escaped
from handlers.discord.rendering import help_card, history, matches, notice, record_page, reply
from tests.entries import claim, recorded, source, statement
from tests.handlers.test_rendering import GOLDEN, NOTHING, WRITE, close, same
from tests.records import HOSTILE, TEXTS, answers, displays, found, histories, records, responses

WORDS = catalogue()
SAID = [Action.RECORD, Action.NOT_MINE, Action.FOLLOW, Action.REPORT, Action.DISMISS]
NEAR = [
    *(Action.MINE, Action.RECORD, Action.FOLLOW),
    *(Action.NONE, Action.ASK, Action.REPORT, Action.DISMISS),
]
CONTINUES = f" {WORDS.say('reply.continues')}"
MOST = 40
"""Examples of a property: each is a record of up to 30 statements."""

PROTOCOL: Final = Path(__file__).parents[3] / "shared" / "data" / "discord-openapi.json"
"""Discord's own description of its protocol, where the checkout lies beside it."""

ESCAPE: Final = re.compile(r"\\([^A-Za-z0-9\s])")
LINK: Final = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\(<([^<>()\s]*)>\)")
ACTIVE: Final = re.compile(
    r"[*_~|`<\[\]\\]|://|:[\w+~-]+:|@(?:everyone|here)|^[^\S\n]*(?:[#>+-]|\d+[.)])",
    re.MULTILINE | re.IGNORECASE,
)
"""What would act in Discord's markdown, once what a backslash takes the meaning of is gone."""
READ_BY_SERVER: Final = re.compile(
    r"<[@#:/]|@(?:everyone|here)|discord\.gg/|discord(?:app)?\.com/", re.IGNORECASE
)
"""What Discord's servers look for in a raw text, backslashes or not."""


@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("discord-same.json", reply(same(), question="q-1")),
        ("discord-close.json", reply(close(), question="q-1")),
        ("discord-none.json", reply(NOTHING, question="q-1", visible_to_asker=True)),
        ("discord-record.json", record_page(same().claims[0], question="q-1")),
        ("discord-help.json", help_card()),
        ("discord-help-admin.json", help_card(role=Role.ADMIN)),
    ],
)
def test_golden(name: str, components: list[Component]) -> None:
    """What is posted is what it was."""
    made = json.dumps(components, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(made, "utf-8")
    assert made == path.read_text("utf-8")


@example("<@everyone <@here @EVERYONE")
@settings(max_examples=300)
@given(
    TEXTS | st.lists(st.sampled_from(HOSTILE)).map("".join) | st.text(alphabet="\\*_~|`<>@#:[]()-+1. \nahe/")
)
def test_no_text_can_act_once_it_is_escaped(text: str) -> None:
    """Escaped text has no markup, mention, link or list left in it, and still says the same."""
    made = escaped(text)
    assert not ACTIVE.search(ESCAPE.sub("\0", made)), made
    assert not READ_BY_SERVER.search(made)
    assert not re.search(r"\w://", made)
    assert ESCAPE.sub(r"\1", made).replace("@\u200b", "@") == text.replace("@\u200b", "@")


@settings(max_examples=MOST)
@given(answers(), st.booleans())
def test_a_reply_to_anything_is_one_that_discord_takes(shown: Answer, visible: bool) -> None:  # noqa: FBT001
    """Whatever the rows hold, a reply is within the limits, well formed, and the same each time."""
    made = reply(shown, question="0123456789abcdef", visible_to_asker=visible)
    assert_valid(made)
    assert_only_links_to_sources(made, shown.claims)
    assert json.dumps(made) == json.dumps(reply(shown, question="0123456789abcdef", visible_to_asker=visible))


@settings(max_examples=MOST)
@given(answers())
def test_a_statement_is_shown_whole_or_not(shown: Answer) -> None:
    """A quotation in a reply holds the whole text of a statement, never a part of it."""
    known = {escaped(text) for each in shown.claims for text in displays(each)}
    for quote in quotes(reply(shown)):
        assert any(quote.startswith(text) for text in known) or quote.startswith((" ", "\\["))


@settings(max_examples=MOST)
@given(records())
def test_an_allegation_never_stands_without_the_response(shown: ClaimRecord) -> None:
    """Where what is asserted is shown, so is the foremost of each group that answers it."""
    text = contents(reply(answer([shown], tier=Tier.SAME, ledger_revision=1)))
    headings = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
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
    raw = "".join(quote.removesuffix(escaped(CONTINUES)) for page in pages for quote in quotes(page))
    joined = plain(raw)
    assert all(text.replace("@\u200b", "@") in joined for text in displays(shown))
    linked = {url for page in pages for url in links(page)}
    assert {unquote(linkable(each.url) or "") for each in shown.sources} - {""} <= linked
    assert record_page(shown, 10_000, question="q") == pages[-1]


@settings(max_examples=MOST)
@given(found(), histories(), TEXTS)
def test_cards_are_ones_that_discord_takes(
    hits: list[tuple[str, str, str | None]], items: list[HistoryItem], text: str
) -> None:
    """Searches, histories and sentences are within the limits whatever is in them."""
    for made in (matches(hits), history(items), help_card(how=tidy(text) or "/claim")):
        assert_valid(made)
        assert not list(links(made))
    if tidy(text):
        assert_valid(notice(text))


def test_the_first_text_is_the_lead() -> None:
    """A notification shows the tier, the claim and the summary in plain language."""
    first = reply(same())[0]["content"]
    assert first.startswith("**On record · same claim**\n**The mayor of Marsh had the old bridge closed.**\n")
    assert "Ada Quill, mayor of Marsh, told the council" in first


def test_what_is_left_out_is_counted() -> None:
    """Statements without room are counted, and the response to what is asserted is among those shown."""
    rows = [statement(id=f"s-{n}", text=f"{n} " + "word " * 60) for n in range(30)]
    rows.append(statement(id="denial", kind=Kind.DENIAL, text="No."))
    made = reply(answer([recorded(claim(statements=tuple(rows)))], tier=Tier.SAME, ledger_revision=1))
    left = re.search(r"(\d+) more statements are in the full record", contents(made))
    assert left
    assert int(left[1]) + len(list(quotes(made))) == 31
    assert any("No." in quote for quote in quotes(made))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("x](https://evil.example) [", r"\[↗\]|\[↗\]"),
        ("Plain (2025)", r"Plain"),
    ],
)
def test_a_title_cannot_turn_its_link_elsewhere(title: str, expected: str) -> None:
    """Brackets in the title of a source stay outside the link, which leads to the source."""
    shown = recorded(claim(sources=(source(title=title),)))
    made = reply(answer([shown], tier=Tier.SAME, ledger_revision=1))
    assert re.search(expected, contents(made).replace("[↗]", r"[↗]"))
    assert set(links(made)) == {"https://gazette.example/bridge"}
    assert_valid(made)


def test_a_bracket_in_an_address_does_not_end_the_link() -> None:
    """Brackets in an address are percent-encoded, for Discord would read the link up to the first."""
    shown = recorded(claim(sources=(source(url="https://x.example/a_(b)c"),)))
    made = reply(answer([shown], tier=Tier.SAME, ledger_revision=1))
    assert "](<https://x.example/a%5F%28b%29c>)" in contents(made)


@pytest.mark.parametrize(
    ("shown", "visible", "expected"),
    [
        (
            answer([recorded(claim())], tier=Tier.SAME, ledger_revision=1, more=1),
            True,
            [*SAID, Action.MORE, Action.SHARE],
        ),
        (
            answer([recorded(claim(), tier=Tier.CLOSE)], tier=Tier.CLOSE, ledger_revision=1),
            False,
            NEAR,
        ),
        (NOTHING, False, [Action.ASK, Action.REPORT, Action.DISMISS]),
    ],
    ids=["same", "close", "none"],
)
def test_buttons(shown: Answer, visible: bool, expected: list[Action]) -> None:  # noqa: FBT001
    """Each tier has its buttons, at most five a row."""
    made = reply(shown, question="q", visible_to_asker=visible)
    assert [button.action for button in buttons(made)] == expected
    assert all(len(each["components"]) <= 5 for each in made if each["type"] == 1)


@pytest.mark.filterwarnings("ignore:'audioop' is deprecated:DeprecationWarning")
def test_discord_py_sends_the_components_as_they_are() -> None:
    """What is sent is the components with the flag of Components V2, and no view is kept for them."""
    # Loaded here, for discord.py warns of a module of Python's as it is loaded.
    from discord.http import handle_message_parameters  # noqa: PLC0415

    from handlers.discord.sending import sendable  # noqa: PLC0415

    made = reply(same())
    view = sendable(made)
    with handle_message_parameters(view=view) as parameters:
        assert parameters.payload is not None
        assert parameters.payload["components"] == made
        assert parameters.payload["flags"] == 1 << 15
    assert view.is_finished()
    assert not view.is_dispatchable()
    assert view.content_length() == len(contents(made)) - contents(made).count("\0")


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every component."""
    if isinstance(value, dict):
        yield value
        yield from walk(value.get("components", []))
    elif isinstance(value, list):
        for each in value:
            yield from walk(each)


def contents(made: list[Component]) -> str:
    """Return all texts, parted by a character that no text holds."""
    return "\0".join(each["content"] for each in walk(made) if each["type"] == 10)


def quotes(made: list[Component]) -> Iterator[str]:
    """Yield each quotation as it is escaped."""
    yield from re.findall(r"(?m)^> (.*)$", contents(made).replace("\0", "\n"))


def plain(text: str) -> str:
    """Return what Discord shows of an escaped text."""
    return ESCAPE.sub(r"\1", text).replace("@\u200b", "@")


def links(made: list[Component]) -> Iterator[str]:
    """Yield each address that is linked to, percent-decoded."""
    for found_link in LINK.finditer(re.sub(r"\\[\\\[\]]", "", contents(made))):
        yield unquote(found_link[2])


def buttons(made: list[Component]) -> Iterator[Button]:
    """Yield each button."""
    for each in walk(made):
        if each["type"] == 2:
            button = decoded(each["custom_id"])
            assert button is not None
            yield button


def turned(made: list[Component], after: int) -> int | None:
    """Return the page `after` where a button leads to it."""
    pages = [each.page for each in buttons(made) if each.action is Action.RECORD]
    return after if after in pages else None


@cache
def validator() -> Draft202012Validator | None:
    """Return what checks a message against Discord's description, or None where that is not there."""
    if not PROTOCOL.is_file():
        return None
    schemas = json.loads(PROTOCOL.read_text("utf-8"))["components"]["schemas"]
    return Draft202012Validator(
        {"$ref": "#/components/schemas/MessageCreateRequest", "components": {"schemas": schemas}}
    )


@pytest.mark.parametrize(
    "made", [reply(same()), reply(close()), reply(NOTHING), record_page(same().claims[0]), help_card()]
)
def test_a_message_is_as_discord_describes_it(made: list[Component]) -> None:
    """A message passes Discord's own description of its protocol."""
    if validator() is None:
        pytest.skip("shared/data/discord-openapi.json is not beside this checkout")
    assert_valid(made)


def assert_valid(made: list[Component]) -> None:
    """Fail where Discord would refuse components, or a text in them could ping, link or break out."""
    every = list(walk(made))
    assert 0 < len(every) <= 40
    texts = [each["content"] for each in every if each["type"] == 10]
    assert all(text.strip() for text in texts)
    assert sum(len(text.encode("utf-16-le")) // 2 for text in texts) <= 4_000
    assert made[0]["type"] == 10
    ids = [each["custom_id"] for each in every if each["type"] == 2]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(each) <= 100 for each in ids)
    if (check := validator()) is not None:
        check.validate({"components": made, "flags": 1 << 15})
    text = contents(made).replace("\0", "\n")
    assert not READ_BY_SERVER.search(re.sub(LINK, "", text))
    # What is left after the escapes, the links and the marks of a line is words alone.
    rest = LINK.sub("", re.sub(r"\\[^\[\]A-Za-z0-9\s]", "\0", re.sub(r"\\[\[\]]", "\0", text)))
    rest = re.sub(r"(?m)^(?:### |> |- |-# )", "", rest)
    rest = re.sub(r"\*\*([^*\n]+)\*\*", r"\1", rest)
    assert not re.search(r"[*_~|`<\[\]\\]|://", rest), rest


def assert_only_links_to_sources(made: list[Component], shown: tuple[ClaimRecord, ...]) -> None:
    """Fail where a link leads anywhere but to a source or its archived copy."""
    known = {url for each in shown for note in each.sources for url in (note.url, note.archive_url)}
    assert set(links(made)) <= {unquote(linkable(url) or "") for url in known}
