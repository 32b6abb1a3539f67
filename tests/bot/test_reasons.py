"""What is matched of a claim, and why it was found."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot import desk
from bot.answers import Difference, DifferenceKind, Tier
from bot.calibration import load
from bot.matched import Where, matched, record_lines
from bot.matching import Hit
from bot.paste import clean
from bot.reason_words import reason_lines, short_reason
from bot.reasons import Kept, Reason, reason, shared_words
from bot.sources import SpeakerKind
from bot.statements import QuoteMode, State
from bot.store.ledger import Ledger
from bot.views import now
from bot.wording import catalogue
from tests.conftest import CHANGE
from tests.entries import artifact, claim, source, speaker, statement

WEIGHTS = load()
ALIAS = "Ada Quill shut the crossing at Marsh for nine days"


def why(text: str, tier: Tier = Tier.CLOSE, **changes: object) -> Reason:
    """Return the reason of a hit on the usual claim."""
    given = {"claim": "bridge", "probability": 0.4, "terms": ("a", "b")} | changes
    return reason(clean(text), Hit(**given), claim(aliases=(ALIAS,)), tier, bars=WEIGHTS)  # type: ignore[arg-type]


def test_all_that_is_on_file_of_a_claim_is_matched() -> None:
    """Wordings, statements, every name of everybody, artifacts and the titles of cited sources."""
    people = (
        speaker(aliases=("Ada the Younger",), merged_into="quillA"),
        speaker(id="quillA", name="Adelaide Quill", merged_into="quillB"),
        speaker(id="quillB", name="A. B. Quill"),
        speaker(id="roads", name="Roads Office", kind=SpeakerKind.OFFICE, aliases=("RO",)),
    )
    whole = claim(
        aliases=(ALIAS,),
        concerns=("roads",),
        speakers=people,
        sources=(source(), source(id="unread", title="Cited by nobody")),
        artifacts=(artifact(),),
        statements=(statement(original_text="Auf mein Wort."), statement(id="s-2", state=State.DRAFT)),
    )
    found = [(each.where, each.text, each.id) for each in matched(whole)]
    assert found == [
        (Where.TEXT, whole.text, ""),
        (Where.ALIAS, ALIAS, ""),
        (Where.STATEMENT, "The old bridge was closed on my order.", "s-1"),
        (Where.ORIGINAL, "Auf mein Wort.", "s-1"),
        (Where.PERSON, "A. B. Quill, Ada Quill, Ada the Younger, Adelaide Quill", "quillB"),
        (Where.PERSON, "Roads Office, RO", "roads"),
        (Where.ARTIFACT, "recording of the council meeting", "tape"),
        (Where.TITLE, "Bridge closed, mayor says", "gazette"),
    ]
    statements, names = record_lines(whole)
    assert len(statements) == 2
    assert names[1:] == ["bridg close mayor sai"]
    assert "record" in names[0]


def test_people_merged_in_a_circle_are_still_named() -> None:
    """What cannot be stored by the rules does not hang the reading of it."""
    people = (speaker(merged_into="b"), speaker(id="b", name="B", merged_into="quill"))
    assert any("Ada Quill" in each.text for each in matched(claim(speakers=people)))


async def test_titles_artifacts_and_those_concerned_find_the_claim(ledger: Ledger) -> None:
    """A paste in the words of a source's title, or with who is concerned, finds the claim."""
    made = claim(
        text="The causeway was shut on purpose",
        concerns=("office",),
        speakers=(speaker(), speaker(id="office", name="Fenland Waterways Inspectorate")),
        sources=(source(title="Leaked memo shows causeway sabotage was planned for weeks"),),
        statements=(statement(text="I order it.", quote_mode=QuoteMode.PARAPHRASE),),
        artifacts=(artifact(name="barge logbook of the harbourmaster", custody=()),),
    )
    await ledger.save(made, CHANGE, vouched=True)
    for paste in (
        "So a leaked memo shows the sabotage was planned for weeks",
        "They say the Fenland Waterways Inspectorate shut that causeway on purpose",
        "The harbourmaster kept a barge logbook, people say",
    ):
        near = await desk.near(ledger, paste, calibration=WEIGHTS, view=now(), every=True)
        assert [each.record.id for each in near] == ["bridge"], paste
        assert near[0].why.shared
    words = await desk.matches(ledger, "barge logbook", view=now())
    assert [each.id for each in words] == ["bridge"]


def test_words_in_common_are_those_of_the_asker() -> None:
    """Words, not stems; neighbours together; each once; in the order of the paste."""
    text = "The harbours closed for nine days, the council said; Harbours!"
    assert shared_words(text, "Council: harbour shut 9 days") == ("harbours", "nine days", "council")


def test_the_nearest_wording_is_named() -> None:
    """An alias word for word says so; else the text with the most in common."""
    exact = why(ALIAS, Tier.SAME, exact=True, probability=1.0)
    assert (exact.exact, exact.kept) == (True, None)
    assert short_reason(exact, catalogue()) == "same wording as an alias"
    near = why("someone closed the old bridge on her order", probability=0.81)
    assert near.nearest is not None
    assert (near.nearest.where, near.nearest.id) == (Where.STATEMENT, "s-1")
    assert (
        short_reason(near, catalogue())
        == "shares with a statement: closed, old bridge, order; 81 % likely the same claim"
    )


def test_what_kept_it_from_the_same_claim_is_said() -> None:
    """Few words, a negation, the bar of a tier, one word in common, another answer: each by its name."""
    long = "the mayor of Marsh is said to have had the old bridge closed"
    assert why("old bridge").kept is Kept.KEYWORDS
    assert why("mayor had bridge closed").kept is Kept.FEW_WORDS
    assert (why(long).kept, why(long).bar) == (Kept.BELOW_SAME, WEIGHTS.same)
    assert why(long, Tier.NONE, probability=0.0).kept is Kept.BELOW_CLOSE
    assert why(long, Tier.NONE, probability=0.9, terms=("a",)).kept is Kept.FEW_TERMS
    assert why(long, Tier.NONE, probability=0.9).kept is Kept.ANSWERED
    denied = Difference(kind=DifferenceKind.NEGATION, pasted="no", record=None)
    hit = Hit(claim="bridge", probability=0.9)
    made = reason(clean(long), hit, claim(), Tier.CLOSE, bars=WEIGHTS, differences=(denied,))
    assert made.kept is Kept.DIFFERENCE
    turned = Difference(kind=DifferenceKind.ROLES, pasted="the bridge had Marsh closed", record=None)
    made = reason(clean(long), hit, claim(), Tier.CLOSE, bars=WEIGHTS, differences=(turned,))
    assert made.kept is Kept.ROLES
    # Probable enough, so that no bar can be what kept it.
    assert why(long, probability=WEIGHTS.same).kept is Kept.ANOTHER
    for kept in Kept:
        assert "".join(reason_lines(replace(made, kept=kept, bar=0.5), catalogue()))


def test_a_link_to_a_source_is_a_reason() -> None:
    """The cited source that was linked to is named."""
    made = why("https://gazette.example/bridge", Tier.SAME, exact=True, linked=True, probability=1.0)
    assert made.source == "gazette"
    assert "links to a source of it" in short_reason(made, catalogue())


@given(
    text=st.text(max_size=200),
    tier=st.sampled_from(Tier),
    probability=st.floats(min_value=0, max_value=1),
    cosine=st.none() | st.floats(min_value=-1, max_value=1),
    exact=st.booleans(),
    linked=st.booleans(),
)
def test_any_hit_has_a_reason(**given: object) -> None:
    """Whatever was pasted and found, there is a reason in words, with numbers in their bounds."""
    text, tier = str(given.pop("text")), Tier(str(given.pop("tier")))
    made = why(text, tier, **given)
    assert 0 <= made.words <= 1
    assert all(each.strip() for each in (short_reason(made, catalogue()), *reason_lines(made, catalogue())))
    assert all(each in text for each in made.shared)
