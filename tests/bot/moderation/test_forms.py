"""The forms: within the limits of every platform, and whatever is typed becomes a valid claim or faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.claims import Claim, Outcome, RelationKind
from bot.moderation import deed_forms, entry_form, statement_form
from bot.moderation.entry_form import claim_from
from bot.moderation.forms import FieldKind, Form, faults, pages
from bot.moderation.missing import missing
from bot.moderation.response import with_outcome, with_request
from bot.moderation.statement_entry import with_statement
from bot.moderation.typed import kept
from bot.rules import refusals
from bot.sources import Speaker
from bot.statements import GROUP_OF, Group, Kind, QuoteMode, State, TargetKind
from tests.entries import EXCERPT, claim, source, speaker, whole_claim
from tests.records import HOSTILE

TODAY = "2026-11-22"
ENDING = "a1b2c3"


def forms() -> Iterator[Form]:
    """Yield every form, with as much in it as it may hold."""
    yield entry_form.entry_form(is_new=True)
    yield entry_form.entry_form(is_new=False)
    whole = whole_claim()
    many = replace(whole, statements=whole.statements * 6, sources=whole.sources * 12)
    for each in (whole, many):
        yield statement_form.statement_form(each, None)
        yield statement_form.statement_form(each, each.statements[-1])
    yield from (deed_forms.reason_form(each) for each in deed_forms.REASONS)
    yield deed_forms.class_form()
    yield deed_forms.revert_form()
    yield deed_forms.merge_form()
    yield deed_forms.relate_form([("a" * 64, "long " * 100)] * 8)
    yield deed_forms.ask_form()
    yield deed_forms.outcome_form([("r-1", "Ada Quill")])
    yield deed_forms.dispute_form()
    yield deed_forms.roles_form()


@pytest.mark.parametrize("form", list(forms()), ids=lambda each: each.name)
def test_every_form_is_within_the_limits_of_every_platform(form: Form) -> None:
    """Titles, labels, helps and options have the lengths that the tightest platform takes."""
    assert 0 < len(form.title) <= 24
    assert 0 < len(form.submit) <= 24
    assert len({each.name for each in form.fields}) == len(form.fields)
    for field in form.fields:
        assert 0 < len(field.label) <= 45, field.label
        assert len(field.help or "") <= 100, field.name
        assert field.most <= 3_000
        assert len(field.options) <= 25
        assert bool(field.options) == (field.kind in {FieldKind.CHOICE, FieldKind.SEVERAL})
        for option in field.options:
            assert 0 < len(option.value) <= 75, option.value
            assert 0 < len(option.label) <= 75, option.label
            assert len(option.help or "") <= 75, option.help


def test_what_the_first_page_leaves_open_is_all_that_is_asked() -> None:
    """What a plain statement by a named speaker does not need is not asked for; the first page stays."""
    whole = statement_form.statement_form(whole_claim(), None)
    answers = {"kind": "assertion", "speaker": "Ada Quill", "quote_mode": "paraphrase", "source": "gazette"}
    short = statement_form.statement_form(whole_claim(), None, answers)
    assert pages(short, 5)[0] == pages(whole, 5)[0]
    names = {each.name for each in short.fields}
    assert not names & {"part", "anonymous", "original_text", "publisher", "artifact"}
    assert len(pages(short, 5)) <= 3


def test_an_entry_that_was_typed_is_a_claim() -> None:
    """A claim in a form gets an id of its words, its aliases a line each, and speakers on file by name."""
    typed = {
        "text": "The mayor of Marsh had the\n old bridge closed.",
        "aliases": "Mayor shut bridge\n\n  Bridge  shut\n",
        "flags": "allegation\nliving_person",
        "concerns": "ada QUILL\nNew Person",
    }
    made, found = claim_from(typed, entry_form.blank("home"), [speaker()], ENDING)
    assert not found
    assert made.id == f"the-mayor-of-marsh-had-the-old-bridge-{ENDING}"
    assert made.text == "The mayor of Marsh had the old bridge closed."
    assert made.aliases == ("Mayor shut bridge", "Bridge shut")
    assert made.allegation
    assert made.living_person
    assert made.concerns == ("quill", f"new-person-{ENDING}1")
    assert made.workspace == "home"
    assert entry_form.typed_from(made)["concerns"] == "Ada Quill\nNew Person"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "The \u202emayor"),
        ("language", "English"),
        ("embargo_until", "tomorrow"),
        ("aliases", "The mayor."),
        ("story", "One\u0007two"),
        ("concerns", "sources"),
    ],
)
def test_a_fault_of_an_entry_comes_at_its_field(field: str, value: str) -> None:
    """What a rule refuses is said at the field where it was typed, with what would be right."""
    _, found = claim_from({"text": "The mayor.", field: value}, entry_form.blank(""), (), ENDING)
    assert set(found) == {field}
    assert found[field].endswith(".")


def statement_typed(**changes: str) -> dict[str, str]:
    """Return what is typed for a verbatim assertion with a new source."""
    made = {
        "kind": "assertion",
        "speaker": "Ada Quill",
        "quote_mode": "verbatim",
        "text": "The old bridge was closed on my order.",
        "source": "new",
        "publisher": "Marsh Gazette",
        "title": "Bridge closed, mayor says",
        "url": "https://gazette.example/bridge",
        "excerpt": EXCERPT,
        "retrieved_on": TODAY,
        "about": "claim",
    }
    return made | changes


EMPTY = Claim(id="bridge", text="The mayor of Marsh had the old bridge closed.")


def test_a_statement_that_was_typed_makes_the_draft_ready() -> None:
    """With one statement and its source a draft lacks nothing; before that it says what is missing."""
    assert missing(EMPTY, TODAY)
    made, found = with_statement(statement_typed(), EMPTY, None, [speaker()], ENDING)
    assert not found
    assert missing(made, TODAY) == ()
    assert made.statements[0].speaker == "quill"
    assert made.statements[0].state is State.DRAFT
    typed = statement_form.typed_from(made, made.statements[0], TODAY)
    again, found = with_statement(typed, made, made.statements[0], (), "other1")
    assert not found
    assert again == made, "saving a form as it was opened changes nothing"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"speaker": ""}, "speaker"),
        ({"anonymous": "a clerk at the harbour"}, "anonymous"),
        ({"speaker": "", "anonymous": "a source", "anonymity_reason": "fear"}, "anonymous"),
        ({"speaker": "", "anonymous": "a clerk at the harbour"}, "anonymity_reason"),
        ({"text": "The bridge was never closed."}, "text"),
        ({"excerpt": ""}, "quote_mode"),
        ({"kind": "partial_denial"}, "part"),
        ({"kind": "authenticity_challenge"}, "about"),
        ({"kind": "authenticity_challenge", "about": "new-audio"}, "artifact"),
        ({"kind": "correction"}, "about"),
        ({"quote_mode": "translation"}, "original_text"),
        ({"url": "gazette.example"}, "url"),
        ({"publisher": ""}, "publisher"),
        ({"said_on": "8 July"}, "said_on"),
        ({"said_on": "2025-07-10", "published_on": "2025-07-09"}, "said_on"),
        ({"retrieved_on": "today"}, "retrieved_on"),
        ({"source": "gone"}, "source"),
    ],
)
def test_a_fault_of_a_statement_comes_at_its_field(changes: dict[str, str], field: str) -> None:
    """What a rule refuses of a statement or its source is said at the field where it was typed."""
    _, found = with_statement(statement_typed(**changes), EMPTY, None, (), ENDING)
    assert field in found


def test_what_is_missing_names_the_field() -> None:
    """A missing response and a missing day of reading are told in the words of the forms."""
    made, _ = with_statement(statement_typed(retrieved_on=""), EMPTY, None, (), ENDING)
    found = missing(replace(made, allegation=True, living_person=True), TODAY)
    assert any("Note whom you asked" in each for each in found)
    assert any("Marsh Gazette" in each and "Read on" in each for each in found)


def test_new_material_is_named_in_the_form() -> None:
    """A recording that is doubted is put into the entry by its name."""
    typed = statement_typed(kind="authenticity_challenge", about="new-audio", artifact="tape of the meeting")
    made, found = with_statement(typed, EMPTY, None, (), ENDING)
    assert not found
    assert [each.name for each in made.artifacts] == ["tape of the meeting"]


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.PENDING])
def test_the_outcome_of_a_request_is_a_statement(outcome: Outcome) -> None:
    """Whatever came of a request is a statement of the party that was asked, and the entry is ready."""
    living = replace(claim(), allegation=True, living_person=True)
    asked, found = with_request(
        {"asked": "Ada Quill", "how": "by e-mail", "asked_on": "2026-11-01", "due_on": "2026-11-08"},
        living,
        ENDING,
    )
    assert not found
    assert missing(asked, TODAY)
    typed = {"request": f"r-{ENDING}", "outcome": outcome, "said_on": "2026-11-08", "official": "yes"}
    if outcome is Outcome.ANSWERED:
        assert "text" in with_outcome(typed, asked, speaker(), TODAY, "b1")[1]
        typed |= {"text": "I have nothing to add.", "quote_mode": "verbatim"}
    made, found = with_outcome(typed, asked, speaker(), TODAY, "b1")
    assert not found
    assert made.requests[0].outcome is outcome
    assert made.statements[-1].group is Group.OFFICIAL_RESPONSE
    assert missing(made, TODAY) == ()
    assert "request" in with_outcome(typed, made, speaker(), TODAY, "b2")[1], "a request ends once"


WORDS = st.text(max_size=60) | st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=8)
DATES = st.sampled_from(("", "2025", "2025-07", "2025-07-08", "2025-02-30", "0000-00-00")) | WORDS


def typings(form: Form) -> st.SearchStrategy[dict[str, str]]:
    """Draw what may be typed into a form: an option where there are any, else any Unicode."""
    fields = {
        each.name: st.sampled_from([option.value for option in each.options] + [""])
        if each.options
        else (DATES if each.name.endswith("_on") or each.name == "embargo_until" else WORDS)
        for each in form.fields
    }
    return st.fixed_dictionaries(fields).map(lambda typed: kept(form.fields, typed, {}))


ENTRY = entry_form.entry_form(is_new=True)
STATEMENT = statement_form.statement_form(whole_claim(), None)


def fits(made: Claim) -> bool:
    """Say whether the draft breaks no rule that it did not break before."""
    before = {(each.wrong, each.right) for each in refusals(whole_claim())}
    return {(each.wrong, each.right) for each in refusals(made)} <= before


@settings(max_examples=300)
@given(typed=typings(ENTRY))
def test_whatever_is_typed_of_an_entry_is_a_valid_claim_or_faults(typed: dict[str, str]) -> None:
    """Any Unicode becomes a claim that the ledger takes, or faults at fields of the form."""
    found = faults(ENTRY.fields, typed)
    if not found:
        made, found = claim_from(typed, entry_form.blank(""), [speaker()], ENDING)
        assert found or fits(made)
    assert set(found) <= {each.name for each in ENTRY.fields}


@settings(max_examples=400)
@given(typed=typings(STATEMENT), is_quoted=st.booleans())
def test_whatever_is_typed_of_a_statement_is_a_valid_draft_or_faults(
    typed: dict[str, str], *, is_quoted: bool
) -> None:
    """Any Unicode becomes a draft that the ledger takes, or faults at fields of the form."""
    if is_quoted:
        typed |= {"excerpt": typed["text"], "kind": typed["kind"] or "assertion"}
    found = faults(STATEMENT.fields, typed)
    if not found:
        made, found = with_statement(typed, whole_claim(), None, [source_speaker()], ENDING)
        assert found or fits(made)
    assert set(found) <= {each.name for each in STATEMENT.fields}


def source_speaker() -> Speaker:
    """Return a speaker on file."""
    return speaker(id="pike-2", name="Lee Pike the Younger")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("target", ["claim", "statement:s-1", "artifact:tape", "source:gazette"])
def test_every_kind_and_target_is_taken_or_refused_at_a_field(kind: Kind, target: str) -> None:
    """No kind with any target gives a draft that breaks a rule."""
    typed = statement_typed(kind=kind, about=target, part="the date")
    made, found = with_statement(typed, whole_claim(), None, (), ENDING)
    assert found or fits(made)
    if GROUP_OF[kind] is Group.AUTHENTICITY and target.partition(":")[0] in {TargetKind.ARTIFACT, "source"}:
        assert set(found) == {"part"}


def test_a_source_of_the_draft_gets_another_passage() -> None:
    """A second passage of a source on file is added to the first, on which other quotations rest."""
    typed = statement_typed(
        source="gazette", excerpt="“Open,” said the office.", text="Open", speaker="Ada Quill"
    )
    made, found = with_statement(typed, whole_claim(), None, (), ENDING)
    assert not found
    excerpt = next(each.excerpt for each in made.sources if each.id == "gazette")
    assert excerpt is not None
    assert excerpt.startswith(str(source().excerpt))
    assert QuoteMode(typed["quote_mode"]) is QuoteMode.VERBATIM


def test_relations_have_words() -> None:
    """Each relation can be chosen by its words."""
    (field,) = [each for each in deed_forms.relate_form(()).fields if each.name == "relation"]
    assert {each.value for each in field.options} == set(RelationKind)
