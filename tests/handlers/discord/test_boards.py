"""Boards and forms of those who keep the ledger, as Discord takes them, whatever they hold."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.buttons import Key
from bot.display import tidy
from bot.moderation.deeds import Deed, Do
from bot.moderation.deeds import encoded as deed_text
from bot.moderation.forms import Faults, Field, FieldKind, Form, Option, pages
from bot.paragraphs import Paragraph, Shape, paragraph, plain, strong
from bot.wording import catalogue
from handlers.discord import boards, forms
from handlers.discord.components import MOST
from handlers.discord.markup import escaped
from handlers.outcomes import Asked, Board
from tests.fakes.discord.bodies import EPHEMERAL, V2, check_message, check_modal
from tests.fakes.discord.components import displayed, walk
from tests.fakes.discord.refusals import Faults as Refusals
from tests.fakes.discord.schema import BESIDE, CALLBACKS, schema_at
from tests.handlers.test_rendering import GOLDEN, WRITE
from tests.records import TEXTS

TRIES = 60

QUEUE = Board(
    paragraphs=(
        paragraph(Shape.HEADING, plain("What waits")),
        paragraph(Shape.TEXT, plain("1. "), strong("The mayor of Marsh had the old bridge closed.")),
        paragraph(Shape.NOTE, plain("Proposed by Ana Ng on 21 November 2026")),
    ),
    rows=(
        (
            Key(label="Review 1", text=deed_text(Do(deed=Deed.REVIEW, ref="p1"))),
            Key(label="Next page", text=deed_text(Do(deed=Deed.QUEUE, page=1))),
        ),
    ),
)
ENTRY = Form(
    name="statement",
    title="A statement",
    submit="Save",
    fields=(
        Field(
            name="kind",
            label="Kind",
            kind=FieldKind.CHOICE,
            required=True,
            help="What the speaker does with the claim",
            options=(
                Option(value="assertion", label="Asserts it", help="Says it in their own name"),
                Option(value="denial", label="Denies it"),
            ),
        ),
        Field(name="speaker", label="Who said it", required=True),
        Field(name="text", label="What they said", kind=FieldKind.TEXT, most=3_000),
        Field(
            name="flags",
            label="What else holds",
            kind=FieldKind.SEVERAL,
            options=(
                Option(value="official", label="Said for an office"),
                Option(value="live", label="Live"),
            ),
        ),
        Field(name="on", label="Date", help="As exact as it is known: 2025, 2025-07 or 2025-07-08"),
        Field(name="publisher", label="Publisher of the source", required=True),
    ),
    note="One statement at a time.",
)
TYPED = {"kind": "denial", "text": "No.\nNever.", "flags": "official\nlive", "on": "2025-07"}


def asked(page: int = 0, faults: Faults | None = None) -> Asked:
    """Return the form of a statement at one of its pages."""
    return Asked(form=ENTRY, sheet="s1", page=page, typed=TYPED, faults=faults or {})


def modal_of(shown: Asked) -> dict[str, Any]:
    """Return a modal as it is sent, without the loop that discord.py's own class needs."""
    return {
        "custom_id": forms.encoded(shown.sheet, shown.page),
        "title": forms.title(shown),
        "components": [each.to_component_dict() for each in forms.items(shown)],
    }


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("discord-queue.json", boards.messages(QUEUE)),
        ("discord-form.json", modal_of(asked())),
        ("discord-form-last.json", modal_of(asked(1))),
        ("discord-step.json", boards.messages(forms.step(asked(1)))),
        (
            "discord-faults.json",
            boards.messages(
                forms.step(asked(1, faults={"on": "Write a day.", "publisher": "Write a name."}))
            ),
        ),
    ],
)
def test_golden(name: str, made: Any) -> None:
    """What is shown to those who keep the ledger is what it was."""
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / name
    if os.environ.get(WRITE):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


def assert_modal(made: dict[str, Any]) -> None:
    """Fail where Discord would refuse a modal."""
    faults = Refusals()
    check_modal(made, (), faults)
    if (schema := schema_at(BESIDE)) is not None:
        schema.check(CALLBACKS[9], {"type": 9, "data": made}, faults)
    assert (faults.found, faults.unknown) == ([], [])


def assert_message(made: list[Any]) -> None:
    """Fail where Discord would refuse a message for one person."""
    faults = Refusals()
    body = {"components": made, "flags": V2 | EPHEMERAL}
    check_message(body, faults, known=V2 | EPHEMERAL, v2=True, edit=True)
    if (schema := schema_at(BESIDE)) is not None:
        schema.check(CALLBACKS[4], {"type": 4, "data": body}, faults)
    assert (faults.found, faults.unknown) == ([], [])
    assert sum(len(each.encode("utf-16-le")) // 2 for each in displayed(made)) <= 4_000


async def test_discord_py_sends_the_modal_as_it_is_and_keeps_nothing() -> None:
    """The modal that is sent has the components that are tested here, and is not waited for."""
    form = forms.modal(asked())
    assert form.to_dict() == modal_of(asked())
    assert form.is_finished()


_PARAGRAPHS = st.builds(
    lambda shape, texts: Paragraph(shape=shape, runs=tuple(plain(each) for each in map(tidy, texts) if each)),
    st.sampled_from(Shape),
    st.lists(TEXTS, max_size=3),
)
_KEYS = st.builds(
    lambda label, text: Key(label=label, text=text),
    TEXTS,
    st.text(alphabet="cm:abc1", max_size=9) | st.just("cm:" + "x" * 98),
)
_BOARDS = st.builds(
    lambda paragraphs, rows: Board(paragraphs=tuple(paragraphs), rows=tuple(map(tuple, rows))),
    st.lists(_PARAGRAPHS, max_size=30),
    st.lists(st.lists(_KEYS, max_size=7), max_size=12),
)


@example(Board(paragraphs=()))
@settings(max_examples=TRIES)
@given(_BOARDS)
def test_any_board_is_one_that_discord_takes(board: Board) -> None:
    """Each message of a board is within the limits, and is the same each time."""
    made = boards.messages(board)
    for each in made:
        assert_message(each)
    assert made == boards.messages(board)


@settings(max_examples=TRIES)
@given(st.lists(TEXTS.map(tidy).filter(bool), min_size=1, max_size=40))
def test_nothing_of_a_board_is_left_out(texts: list[str]) -> None:
    """What stands on a board can be read in its messages, in order, however long it is."""
    made = boards.messages(Board(paragraphs=tuple(paragraph(Shape.TEXT, plain(each)) for each in texts)))
    mark = f" {catalogue().say('reply.continues')}"
    shown = "".join(line for each in made for text in displayed(each) for line in text.split("\n"))
    assert shown.replace(escaped(mark), "") == "".join(map(escaped, texts)) or any(
        # Where a long one is broken, the beginning of a part may be escaped that was not one before.
        len(escaped(each)) > MOST // 2
        for each in texts
    )


def test_buttons_stand_under_the_last_message_of_a_long_board() -> None:
    """Whoever presses has scrolled past all that there is to read; no button is lost for its place."""
    texts = tuple(paragraph(Shape.TEXT, plain("word " * 300)) for _ in range(8))
    rows = tuple(tuple(Key(label=f"{n}-{m}", text=f"k{n}-{m}") for m in range(5)) for n in range(9))
    made = boards.messages(Board(paragraphs=texts, rows=rows))
    for each in made:
        assert_message(each)
    found = [[part["custom_id"] for part in walk(each) if part["type"] == 2] for each in made]
    assert [key for each in found for key in each] == [key.text for row in rows for key in row]
    assert [bool(each) for each in found] == sorted(bool(each) for each in found)


_OPTIONS = st.lists(
    st.builds(
        lambda value, label, text: Option(value=value, label=tidy(label) or "x", help=text),
        st.text(alphabet="abcdefgh_", min_size=1, max_size=9),
        TEXTS,
        st.none() | TEXTS,
    ),
    max_size=25,
    unique_by=lambda each: each.value,
)
_FIELDS = st.builds(
    lambda label, kind, text, required, most, options: Field(
        name="",
        label=tidy(label) or "x",
        kind=kind,
        help=text,
        required=required,
        most=most,
        options=tuple(options) if kind in (FieldKind.CHOICE, FieldKind.SEVERAL) else (),
    ),
    TEXTS,
    st.sampled_from(FieldKind),
    st.none() | TEXTS,
    st.booleans(),
    st.integers(min_value=1, max_value=4_000),
    _OPTIONS,
)


@st.composite
def forms_asked(draw: st.DrawFn) -> Asked:
    """Draw any form at any of its pages, with anything typed and anything to mend."""
    fields = tuple(
        replace(each, name=f"f{n}") for n, each in enumerate(draw(st.lists(_FIELDS, min_size=1, max_size=17)))
    )
    form = Form(
        name="any",
        title=(tidy(draw(TEXTS)) or "x")[:24],
        submit="Save",
        fields=fields,
        note=draw(st.none() | TEXTS),
    )
    names = [each.name for each in fields]
    options = {each.name: [option.value for option in each.options] for each in fields}
    typed = {
        name: draw(TEXTS | st.just("\n".join(options[name])))
        for name in draw(st.lists(st.sampled_from(names), unique=True))
    }
    faults = draw(st.dictionaries(st.sampled_from([*names, "elsewhere"]), TEXTS, max_size=4))
    page = draw(st.integers(min_value=0, max_value=len(pages(form, forms.FIELDS)) - 1))
    return Asked(form=form, sheet="0123456789abcdef", page=page, typed=typed, faults=faults)


@settings(max_examples=TRIES * 2)
@given(forms_asked())
def test_any_form_is_one_that_discord_takes(shown: Asked) -> None:
    """Each page of a form is within the limits, and so is the message that leads to it."""
    assert_modal(modal_of(shown))
    for each in boards.messages(forms.step(shown)):
        assert_message(each)


@settings(max_examples=TRIES)
@given(forms_asked())
def test_what_was_typed_comes_back(shown: Asked) -> None:
    """A page that is opened again and sent as it is gives what was typed there before."""
    made = modal_of(shown)
    fields = pages(shown.form, forms.FIELDS)[shown.page]
    sent = forms.typed(list(submitted(made["components"])))
    assert list(sent) == [each.name for each in fields]
    for each in fields:
        before = shown.typed.get(each.name, "")
        known = [option.value for option in each.options]
        if not each.options:
            if len(before.encode("utf-16-le")) // 2 <= each.most and "\0" not in before:
                assert sent[each.name] == before
        elif each.kind is FieldKind.SEVERAL:
            assert sent[each.name].split("\n") == (
                [one for one in known if one in before.split("\n")] or [""]
            )
        else:
            assert sent[each.name] == (before if before in known else "")


def submitted(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what Discord sends of a modal that is sent as it was opened."""
    for each in components:
        part = each.get("component")
        if part is None:
            yield {"type": each["type"], "id": 1}
        elif part["type"] == 4:
            value = {"value": part.get("value") or ""}
            yield {"type": 18, "component": {"type": 4, "custom_id": part["custom_id"], **value}}
        else:
            values = [one["value"] for one in part["options"] if one.get("default")]
            yield {"type": 18, "component": {"type": 3, "custom_id": part["custom_id"], "values": values}}


def test_each_page_with_something_to_mend_has_its_button() -> None:
    """What is to be mended is listed with the names of the fields, and each page is opened by a button."""
    shown = asked(1, faults={"publisher": "Write a name.", "kind": "Choose one."})
    (message,) = boards.messages(forms.step(shown))
    (text,) = displayed([message[0]])
    assert text.index("Kind") < text.index("Publisher")
    buttons = {each["label"]: each["custom_id"] for each in walk(message) if each["type"] == 2}
    assert buttons == {"Mend (step 1)": "cf:s1:0", "Mend (step 2)": "cf:s1:1"}


@pytest.mark.parametrize(
    "text", ["cf:", "cf:s", "cf::1", "cf:s:x", "cf:s:-1", "cm:s:1", "cf:s:1:2", "cf:s:²"]
)
def test_another_text_opens_no_form(text: str) -> None:
    """A custom id that is none of a form's is not taken for one."""
    assert forms.decoded(text) is None
    assert forms.decoded(forms.encoded("s-1", 12)) == ("s-1", 12)
