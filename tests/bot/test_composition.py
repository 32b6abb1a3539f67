"""From vetted rows to the record of a claim."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import ClaimRecord, Line, Tier
from bot.claims import Outcome, ResponseRequest
from bot.composition import MOST_CLAIMS, answer, shared_origins
from bot.dates import Day, PartialDate
from bot.sources import Custody, CustodyAction, SpeakerKind
from bot.statements import Citation, Group, Kind, QuoteMode, State, Target, TargetKind
from tests.entries import artifact, claim, recorded, source, speaker, statement, whole_claim

HIDDEN = [state for state in State if state is not State.VETTED]


def lines(record: ClaimRecord) -> dict[str, Line]:
    """Return the lines of a record by the id of their statement."""
    return {line.statement: line for _, group in record.groups for line in group}


@given(st.lists(st.sampled_from(State), min_size=8, max_size=8))
def test_only_vetted_statements_are_shown(states: list[State]) -> None:
    """A statement of another state leaves no trace in the record, whatever the others are."""
    whole = whole_claim()
    rows = [
        replace(row, state=state, text=f"Marked {row.id}.", venue=f"place-{row.id}", part=f"part-{row.id}")
        for row, state in zip(whole.statements, states, strict=True)
    ]
    shown = recorded(replace(whole, statements=tuple(rows)))
    assert set(lines(shown)) == {row.id for row in rows if row.state is State.VETTED}
    text = repr(shown)
    assert not [row.id for row in rows if row.state is not State.VETTED and row.id in text]


@given(st.permutations(whole_claim().statements))
def test_sources_are_numbered_as_they_are_met(rows: list[object]) -> None:
    """Sources are numbered from 1 in reading order without a gap, and every number has its source."""
    shown = recorded(whole_claim(statements=tuple(rows)))
    cited = [n for _, group in shown.groups for line in group for n in line.citations]
    cited += [n for chain in shown.chains for step in chain.steps for n in step.citations]
    assert [each.n for each in shown.sources] == list(range(1, len(shown.sources) + 1))
    assert set(cited) == {each.n for each in shown.sources}
    firsts = list(dict.fromkeys(cited))
    assert firsts == sorted(firsts)


def test_a_source_that_nothing_cites_is_left_out() -> None:
    """Every source of the record belongs to a row that is shown."""
    hidden = statement(id="s-2", state=State.DRAFT, citations=(Citation(source="other"),))
    spare = source(id="other", url="https://other.example/", publisher="Other")
    shown = recorded(claim(statements=(statement(), hidden), sources=(source(), spare)))
    assert [each.url for each in shown.sources] == ["https://gazette.example/bridge"]


def test_every_address_is_of_a_source_on_file() -> None:
    """No address is made up: each is the address or archive address of a source of the claim."""
    whole = whole_claim()
    on_file = {each.url for each in whole.sources} | {each.archive_url for each in whole.sources}
    assert {url for each in recorded(whole).sources for url in (each.url, each.archive_url)} <= on_file


def test_custody_is_numbered_after_the_statements() -> None:
    """A source that only a chain of custody names comes last."""
    tape = artifact(custody=(Custody(action=CustodyAction.HELD, by="the archive", source="shelf"),))
    shelf = source(id="shelf", publisher="Archive")
    shown = recorded(claim(artifacts=(tape,), sources=(shelf, source())))
    assert [each.publisher for each in shown.sources] == ["Marsh Gazette", "Archive"]
    assert shown.chains[0].steps[0].citations == (2,)


def test_groups_are_complete_and_in_order() -> None:
    """The record has every group in the order of the reply, empty ones included."""
    assert [group for group, _ in recorded(claim()).groups] == list(Group)
    whole = recorded(whole_claim()).groups
    assert all(lines for _, lines in whole)
    assert all(line.kind in Kind for _, lines in whole for line in lines)


def test_same_rows_same_record() -> None:
    """The record is a function of the rows."""
    assert recorded(whole_claim()) == recorded(whole_claim())


@pytest.mark.parametrize(
    ("custody", "words"),
    [
        (Custody(action=CustodyAction.RECORDED, by="a guest"), "recorded by a guest"),
        (
            Custody(action=CustodyAction.PUBLISHED, by="Radio Fen", on=PartialDate("2025-07-09")),
            "published by Radio Fen on 9 July 2025",
        ),
        (
            Custody(action=CustodyAction.OBTAINED, by="two reporters", on=PartialDate("2025")),
            "obtained by two reporters in 2025",
        ),
        (Custody(action=CustodyAction.HELD, by="a bank", note="in a safe"), "held by a bank (in a safe)"),
        (Custody(action=CustodyAction.CHALLENGED, by=" "), "challenged by somebody who is not named"),
    ],
)
def test_custody_in_words(custody: Custody, words: str) -> None:
    """A step of custody is told in words, with its date where that is on file."""
    assert recorded(claim(artifacts=(artifact(custody=(custody,)),))).chains[0].steps[0].text == words


def test_links_of_one_origin_count_as_one() -> None:
    """Two links that repeat one report are one independent source."""
    shown = recorded(whole_claim())
    assert len(shown.sources) == 3
    assert shown.independent_sources == 2
    assert shared_origins(shown.sources) == (2,)
    assert shared_origins(recorded(claim()).sources) == ()


def test_a_merged_speaker_has_the_final_name() -> None:
    """A speaker that was merged shows the name of the one that it turned out to be, however long the way."""
    merged = (
        speaker(id="quill", name="A. Quill", merged_into="b"),
        speaker(id="b", name="Ada Q.", merged_into="c"),
        speaker(id="c", name="Ada Quill"),
    )
    assert lines(recorded(claim(speakers=merged)))["s-1"].speaker == "Ada Quill"


def test_a_circle_of_merges_comes_to_an_end() -> None:
    """Rows that the rules would refuse still give a record."""
    circle = (speaker(merged_into="b"), speaker(id="b", name="B", merged_into="quill"))
    assert lines(recorded(claim(speakers=circle)))["s-1"].speaker in {"Ada Quill", "B"}


def test_an_anonymous_speaker_keeps_the_description_and_the_reason() -> None:
    """Who is not named is described, with the reason why."""
    guard = lines(recorded(whole_claim()))["s-2"]
    assert (guard.speaker, guard.anonymous, guard.anonymity) == (
        "a guard who was on the bridge",
        True,
        "fear for the post",
    )


def test_a_statement_without_any_speaker_is_shown_as_such() -> None:
    """A row that names nobody is not given a name."""
    shown = lines(recorded(claim(statements=(statement(speaker=None),))))["s-1"]
    assert shown.speaker == "A speaker who is not named"


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (None, None),
        (Target(kind=TargetKind.CLAIM, id="bridge"), None),
        (Target(kind=TargetKind.STATEMENT, id="s-1"), "about a statement by Ada Quill"),
        (Target(kind=TargetKind.STATEMENT, id="gone"), "about an earlier statement"),
        (Target(kind=TargetKind.ARTIFACT, id="tape"), "about the recording of the council meeting"),
        (Target(kind=TargetKind.SOURCE, id="gazette"), "about the text published by Marsh Gazette"),
        (Target(kind=TargetKind.SOURCE, id="gone"), "about a text that is not shown here"),
    ],
)
def test_what_a_statement_is_about(about: Target | None, words: str | None) -> None:
    """A line says what it is about where that is not the claim."""
    denial = statement(id="s-2", kind=Kind.DENIAL, about=about)
    shown = recorded(claim(statements=(statement(), denial), artifacts=(artifact(),)))
    assert lines(shown)["s-2"].standing == words


@pytest.mark.parametrize(
    ("kind", "part", "words"),
    [
        (Kind.AUTHENTICITY_CHALLENGE, None, "doubts it"),
        (Kind.AUTHENTICITY_SUPPORT, None, "vouches for it"),
        (Kind.RETRACTION, None, "takes back the recording of the council meeting"),
        (Kind.CORRECTION, None, "corrects the recording of the council meeting"),
        (Kind.PARTIAL_DENIAL, "the day", "denies this part: the day"),
        (Kind.PARTIAL_DENIAL, None, "about the recording of the council meeting"),
    ],
)
def test_the_standing_of_a_line(kind: Kind, part: str | None, words: str) -> None:
    """Authenticity lines say what they do, partial denials which part, changes what they change."""
    row = statement(kind=kind, part=part, about=Target(kind=TargetKind.ARTIFACT, id="tape"))
    assert lines(recorded(claim(statements=(row,), artifacts=(artifact(),))))["s-1"].standing == words


def test_doubts_about_two_things_name_them() -> None:
    """Where “it” could be either of two recordings, the line names its own."""
    rows = tuple(
        statement(
            id=f"s-{each}",
            kind=Kind.AUTHENTICITY_CHALLENGE,
            about=Target(kind=TargetKind.ARTIFACT, id=each),
        )
        for each in ("tape", "film")
    )
    artifacts = (artifact(), artifact(id="film", name="film of the bridge"))
    shown = lines(recorded(claim(statements=rows, artifacts=artifacts)))
    assert shown["s-film"].standing == "doubts the film of the bridge"


def test_a_line_says_that_it_was_taken_back() -> None:
    """A retraction on file is named on the statement that it takes back, with its source."""
    back = statement(id="s-2", kind=Kind.RETRACTION, about=Target(kind=TargetKind.STATEMENT, id="s-1"))
    since = lines(recorded(claim(statements=(statement(), back))))["s-1"].since
    assert since is not None
    assert (since.words, since.citations) == ("since taken back", (1,))
    draft = replace(back, state=State.DRAFT)
    assert lines(recorded(claim(statements=(statement(), draft))))["s-1"].since is None


def test_a_translation_names_its_language() -> None:
    """A translated quotation is labelled with the language that it was said in."""
    row = statement(quote_mode=QuoteMode.TRANSLATION, original_language="de", original_text="Ja.")
    shown = lines(recorded(claim(statements=(row,))))["s-1"]
    assert shown.mode == "translated from German"
    assert shown.display.startswith("“")


@pytest.mark.parametrize(
    ("told_to", "shown"),
    [
        ("Radio Fen", ("as reported by the Courier",)),
        ("radio fen", ("as reported by the Courier",)),
        ("the council", ("told Radio Fen, as reported by the Courier",)),
        (None, ("told Radio Fen, as reported by the Courier",)),
    ],
)
def test_a_relay_does_not_repeat_whom_it_was_told(told_to: str | None, shown: tuple[str, ...]) -> None:
    """The way that words took is shown once, without what another field of the line says already."""
    relayed = Citation(source="gazette", relay="told Radio Fen, as reported by the Courier")
    row = statement(told_to=told_to, citations=(relayed, relayed))
    assert lines(recorded(claim(statements=(row,))))["s-1"].relays == shown


def test_one_source_cited_twice_has_one_number() -> None:
    """A statement names a source once, with the first place in it."""
    twice = (Citation(source="gazette", locator="page 2"), Citation(source="gazette", locator="page 9"))
    shown = lines(recorded(claim(statements=(statement(citations=twice),))))["s-1"]
    assert (shown.citations, shown.locators) == ((1,), ("page 2",))


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        (Kind.ASSERTION, {"a denial", "an official response"}),
        (Kind.DENIAL, {"an assertion", "an official response"}),
        (Kind.NO_COMMENT, {"an assertion", "a denial"}),
        (Kind.CONTEXT, {"an assertion", "a denial", "an official response"}),
    ],
)
def test_what_no_row_holds_is_not_on_file(kind: Kind, absent: set[str]) -> None:
    """Assertion, denial and official response are named where no row of the group is shown."""
    assert set(recorded(claim(statements=(statement(kind=kind),))).not_on_file) == absent


@pytest.mark.parametrize("state", HIDDEN)
def test_a_hidden_row_is_not_on_file(state: State) -> None:
    """A statement that no reader may see does not count as on file."""
    assert "an assertion" in recorded(claim(statements=(statement(state=state),))).not_on_file


def test_an_official_denial_is_an_official_response_on_file() -> None:
    """Where an office has denied, an official response is not said to be missing."""
    row = statement(kind=Kind.DENIAL, official=True)
    assert recorded(claim(statements=(row,))).not_on_file == ("an assertion",)


@pytest.mark.parametrize(
    ("changes", "is_missing"),
    [
        ({}, True),
        ({"statements": (statement(speaker="pike"),)}, False),
        ({"statements": (statement(speaker="pike", state=State.DRAFT),)}, True),
        ({"statements": (statement(on_behalf_of="Lee Pike"),)}, False),
        ({"statements": (statement(on_behalf_of="the pikeman"),)}, False),
        ({"concerns": ()}, False),
    ],
)
def test_a_reply_that_is_not_on_file(changes: dict[str, object], is_missing: bool) -> None:  # noqa: FBT001
    """Whom the claim concerns and who has no line, in person or by a spokesperson, is named once."""
    pike = speaker(id="pike", name="Lee Pike", aliases=("the pikeman",))
    double = speaker(id="old", name="L. Pike", merged_into="pike")
    base = {"concerns": ("pike", "old"), "speakers": (speaker(), pike, double)}
    found = recorded(claim(**(base | changes))).not_on_file
    assert found.count("a reply by Lee Pike") == is_missing


@pytest.mark.parametrize(
    ("changes", "is_missing"),
    [
        ({}, True),
        ({"state": State.DRAFT}, True),
        ({"kind": Kind.AUTHENTICITY_CHALLENGE}, True),
        ({"kind": Kind.AUTHENTICITY_SUPPORT}, False),
        ({"kind": Kind.AUTHENTICITY_SUPPORT, "state": State.IN_REVIEW}, True),
    ],
)
def test_an_authentication_that_is_not_on_file(changes: dict[str, object], is_missing: bool) -> None:  # noqa: FBT001
    """A recording that no vetted row vouches for is named."""
    row = statement(about=Target(kind=TargetKind.ARTIFACT, id="tape"), **changes)
    found = recorded(claim(statements=(row,), artifacts=(artifact(),))).not_on_file
    assert ("independent authentication of the recording of the council meeting" in found) is is_missing


def test_an_authenticated_recording_is_on_file() -> None:
    """A step of custody that authenticates counts."""
    step = Custody(action=CustodyAction.AUTHENTICATED, by="a laboratory", source="gazette")
    assert not [
        each
        for each in recorded(claim(artifacts=(artifact(custody=(step,)),))).not_on_file
        if "independent" in each
    ]


def test_an_open_request_is_told() -> None:
    """Whom we asked and who has no line on file is named with the day, instead of a bare missing reply."""
    request = ResponseRequest(
        id="r-1", asked="Lee Pike", how="by letter", asked_on=Day("2025-07-01"), due_on=Day("2025-07-05")
    )
    base = claim(concerns=("pike",), speakers=(speaker(), speaker(id="pike", name="Lee Pike")))
    found = recorded(replace(base, requests=(request,))).not_on_file
    assert "an answer by Lee Pike, asked on 1 July 2025 for an answer by 5 July 2025" in found
    assert "a reply by Lee Pike" not in found
    answered = replace(request, outcome=Outcome.ANSWERED)
    assert "a reply by Lee Pike" in recorded(replace(base, requests=(answered,))).not_on_file


def test_a_response_that_was_not_sought_says_why() -> None:
    """The reason why nobody was asked stands where the response is missing."""
    found = recorded(claim(response_not_sought="the speaker is dead.")).not_on_file
    assert "a response (not sought: the speaker is dead)" in found


def test_an_answer_shows_at_most_three_claims() -> None:
    """What is left out of an answer is counted."""
    shown = recorded(claim())
    made = answer([shown] * 5, tier=Tier.CLOSE, ledger_revision=7, more=2)
    assert (len(made.claims), made.more, made.ledger_revision) == (MOST_CLAIMS, 4, 7)


texts = st.none() | st.text(max_size=30)


@given(text=st.text(max_size=60), value=texts, name=st.text(max_size=30))
def test_any_text_gives_a_record(text: str, value: str | None, name: str) -> None:
    """No row, however odd its texts, keeps a record from being made, and no field is empty but not None."""
    row = statement(text=text, role=value, told_to=value, venue=value, on_behalf_of=value, date_note=value)
    entry = claim(
        text=text,
        story=value,
        statements=(row,),
        speakers=(speaker(name=name, kind=SpeakerKind.OFFICE),),
        artifacts=(artifact(name=name, custody=(Custody(action=CustodyAction.HELD, by=name, note=value),)),),
    )
    shown = lines(recorded(entry))["s-1"]
    assert shown.text == text
    assert "" not in (
        shown.speaker,
        shown.role,
        shown.told_to,
        shown.venue,
        shown.on_behalf_of,
        shown.date_note,
    )
