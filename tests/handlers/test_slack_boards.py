"""A board and a form as Slack's messages, modals and Home tabs."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.buttons import Key
from bot.display import tidy
from bot.moderation.deeds import Deed, Do, encoded
from bot.moderation.forms import Field, FieldKind, Form, Option, Suggest, Typed
from bot.paragraphs import Paragraph, Shape, link, paragraph, plain, strong
from bot.wording import catalogue
from handlers.outcomes import Asked, Board
from handlers.slack import boards, fields
from handlers.slack.blocks import Setting
from tests.fakes.slack.elements import offers
from tests.fakes.slack.views import check_view, filled_in
from tests.handlers.test_rendering import GOLDEN, WRITE
from tests.handlers.test_slack_rendering import walk
from tests.records import TEXTS

WORDS = catalogue()
MOST = 60
"""Examples of a property."""
SHEET = "sh-1"

KINDS = Field(
    name="kind",
    label="What sort of statement",
    kind=FieldKind.CHOICE,
    required=True,
    options=(
        Option(value="assertion", label="Assertion", help="Somebody says that it is so."),
        Option(value="denial", label="Denial", help="Somebody says that it is not so, in whole. " * 3),
    ),
)
FORM = Form(
    name="statement",
    title="A statement",
    submit="Go on",
    note="What is left open can be filled in later.",
    fields=(
        KINDS,
        Field(name="speaker", label="Who said it", suggest=Suggest.SPEAKER, required=True, help="By name."),
        Field(name="for", label="On behalf of", suggest=Suggest.SPEAKER),
        Field(
            name="flags",
            label="Flags",
            kind=FieldKind.SEVERAL,
            options=(Option(value="official", label="Official"), Option(value="told", label="Told on")),
        ),
        Field(name="date", label="When", most=10, help="YYYY-MM-DD, or as much of it as is known."),
        Field(name="text", label="What was said", kind=FieldKind.TEXT, required=True, most=3_000),
    ),
)
TYPED = {"kind": "denial", "speaker": "Ada Quill", "flags": "official", "text": "It was\nnot so."}
ASKED = Asked(form=FORM, sheet=SHEET, page=0, typed=TYPED, faults={})
BOARD = Board(
    paragraphs=(
        paragraph(Shape.HEADING, strong("Waiting")),
        paragraph(Shape.ITEM, plain("1. The bridge was closed"), plain(" by Ada <!channel> & Ben")),
        paragraph(Shape.HEADING, strong("Sources")),
        paragraph(Shape.NOTE, *link("News", "https://news.example/a")),
    ),
    rows=((Key(label="Review 1", text=encoded(Do(deed=Deed.REVIEW, ref="p-1"))),),),
)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("slack-board-message.json", boards.message(BOARD)),
        ("slack-board-modal.json", boards.modal(BOARD, metadata="{}")),
        ("slack-board-home.json", boards.home(BOARD)),
        ("slack-form.json", boards.form(ASKED, channel="C1")),
        ("slack-form-faults.json", boards.form(replace(ASKED, faults={"date": "Write a day."}))),
    ],
)
def test_golden(name: str, made: dict[str, Any]) -> None:
    """What is shown is what it was."""
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


NAMES = st.sampled_from([f"field-{n}" for n in range(25)])
OPTIONS = st.lists(
    st.builds(
        Option,
        value=st.from_regex(r"[a-z0-9_\-]{1,64}", fullmatch=True),
        label=TEXTS,
        help=st.none() | TEXTS,
    ),
    max_size=25,
    unique_by=lambda each: each.value,
).map(tuple)
FIELDS = st.builds(
    Field,
    name=NAMES,
    label=TEXTS,
    kind=st.sampled_from(FieldKind),
    help=st.none() | TEXTS,
    required=st.booleans(),
    most=st.integers(min_value=1, max_value=4_000),
    options=OPTIONS,
    suggest=st.none() | st.sampled_from(Suggest),
)


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """A form of any fields, with anything typed into them and anything wrong with them."""
    held = draw(st.lists(FIELDS, min_size=1, max_size=25, unique_by=lambda each: each.name))
    form = Form(name="f", title=draw(TEXTS), submit=draw(TEXTS), fields=tuple(held), note=draw(TEXTS))
    typed: dict[str, str] = {}
    for each in held:
        values = [option.value for option in each.options]
        chosen = st.sampled_from(values) if values else st.just("")
        typed[each.name] = draw(chosen | TEXTS | st.just("x" * 3_100))
    faults = draw(st.dictionaries(NAMES | st.just("form"), TEXTS, max_size=5))
    return Asked(form=form, sheet=draw(st.sampled_from(["sh-1", "0f"])), page=0, typed=typed, faults=faults)


@settings(max_examples=MOST)
@given(asked())
def test_any_form_is_one_that_slack_takes(shown: Asked) -> None:
    """Whatever a form asks and holds, its modal is within Slack's limits, and asks for every field."""
    view = boards.form(shown, channel="C0GENERAL")
    check_view(view, kinds=("modal",))
    blocks = [each["block_id"] for each in view["blocks"] if each["type"] == "input"]
    assert blocks == [f"{shown.sheet}:{each.name}" for each in shown.form.fields]
    errors = fields.errors({name: text or "?" for name, text in shown.faults.items()}, shown)
    assert errors.keys() <= set(blocks)
    assert all(0 < len(each) <= fields.LONGEST_FAULT for each in errors.values())


PARAGRAPHS = st.lists(
    st.builds(
        lambda shape, text, tone: paragraph(shape, tone(tidy(text))),
        st.sampled_from(Shape),
        TEXTS | st.text(min_size=200, max_size=9_000),
        st.sampled_from([plain, strong]),
    ),
    max_size=70,
)
ROWS = st.lists(
    st.lists(
        st.builds(
            Key, label=TEXTS, text=st.sampled_from([encoded(Do(deed=each, ref="x" * 64)) for each in Deed])
        ),
        max_size=5,
    ).map(tuple),
    max_size=30,
)


@settings(max_examples=MOST, deadline=None)
@given(PARAGRAPHS, ROWS)
def test_any_board_is_one_that_slack_takes(paragraphs: list[Paragraph], rows: list[tuple[Key, ...]]) -> None:
    """Whatever a board holds, message, modal and Home tab are within Slack's limits, the same each time."""
    board = Board(paragraphs=tuple(paragraphs), rows=tuple(rows))
    check_view(boards.modal(board), kinds=("modal",))
    check_view(boards.home(board), kinds=("home",))
    payload = boards.message(board)
    assert 0 < len(payload["blocks"]) <= 50
    assert len(json.dumps(payload["blocks"])) <= 12_000
    assert payload["text"]
    assert json.dumps(payload) == json.dumps(boards.message(board))
    for each in walk(payload["blocks"]):
        assert each.get("type") not in {"mrkdwn", "markdown", "user", "broadcast", "usergroup"}


def test_what_has_no_room_is_counted() -> None:
    """A board that is longer than a message says how much of it is not shown."""
    board = Board(paragraphs=tuple(paragraph(Shape.ITEM, plain(f"{n} " + "word " * 200)) for n in range(40)))
    assert "are not shown" in boards.message(board)["text"]
    assert "are not shown" not in json.dumps(boards.modal(Board(paragraphs=board.paragraphs[:20])))


def returned(shown: Asked, values: dict[str, Any], offered: Any = None) -> Typed:
    """Return what comes back of a form in which somebody changed `values`."""
    view = boards.form(shown)
    named = {f"{shown.sheet}:{name}": value for name, value in values.items()}
    state = filled_in(view, named, offered, whole=False)
    return fields.typed({"state": {"values": state}}, shown.sheet)


def test_what_was_typed_comes_back() -> None:
    """A form that is filled in with what was typed and submitted as it is gives the same texts back."""
    assert {name: text for name, text in returned(ASKED, {}).items() if text} == TYPED


def test_what_was_chosen_can_be_given_up() -> None:
    """A field that may stay empty has a choice for that, and it comes back as nothing."""
    form = replace(FORM, fields=(replace(KINDS, required=False), FORM.fields[2]))
    held = replace(ASKED, form=form, typed={"kind": "denial", "for": "Ben"})
    assert returned(held, {}) == {"kind": "denial", "for": "Ben"}
    menu = fields.suggestions("x", [], optional=True, empty="Leave this open")
    offered = {f"{fields.SUGGEST}speaker:for": {each["value"]: each for each in menu}}
    gone = returned(held, {"kind": fields.NOTHING, "for": fields.NOTHING}, offered)
    assert gone == {"kind": "", "for": ""}


def test_what_was_typed_too_long_is_not_cut() -> None:
    """A text that is longer than its field takes stands there whole, so that it can be mended."""
    line = "x" * 120
    held = replace(ASKED, typed={"date": line, "speaker": line + line})
    assert {name: text for name, text in returned(held, {}).items() if text} == held.typed


def test_the_blocks_of_another_sheet_are_other_ones() -> None:
    """Slack keeps what was typed into a block of the same id, so that the next form has other ids."""
    first, second = boards.form(ASKED), boards.form(replace(ASKED, sheet="sh-2"))
    ids = [{each.get("block_id") for each in view["blocks"]} - {None} for view in (first, second)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])


def test_what_belongs_to_no_field_is_said_at_the_first() -> None:
    """A fault of the form as a whole is told where Slack can show it."""
    found = fields.errors({"kind": "Choose one.", "form": "Say more."}, ASKED)
    assert found == {"sh-1:kind": "Choose one. Say more."}


@settings(max_examples=MOST)
@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=120), st.booleans())
def test_suggestions_begin_with_what_was_typed(
    words: str,
    found: list[tuple[str, str]],
    optional: bool,  # noqa: FBT001
) -> None:
    """A menu offers first what was typed itself, then what is on file, as Slack takes it."""
    made = fields.suggestions(words, found, optional=optional, empty="Leave this open")
    offers({"options": made})
    values = [each["value"] for each in made]
    assert len(set(values)) == len(values)
    typed = tidy(words)
    if typed and len(typed) <= fields.LONGEST_VALUE and typed != fields.NOTHING:
        assert values[0] == typed
    assert (fields.NOTHING in values) or not optional


def test_long_rules_stand_above_their_field() -> None:
    """The decision rule of a kind that is too long for a menu is shown whole, above the menu."""
    shown = json.dumps(boards.form(ASKED)["blocks"])
    assert tidy(KINDS.options[1].help or "") in shown
    assert not Setting().rich_text(())
