"""The second look: what a model's labels may do to what was found, and what they may not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import ClaimRecord, Difference, DifferenceKind, Tier
from bot.second_look import LETTERS, Likeness, labels_in, looked_again, variables
from tests.entries import claim, recorded

TEXT = "The mayor of the town had the old bridge closed for a whole week"
TURNED = Difference(kind=DifferenceKind.NEGATION, pasted="never", record=None)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
nearly = st.fixed_dictionaries(
    {
        "labels": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.sampled_from([*LETTERS, "z", ""]) | anything,
                    "label": st.sampled_from([*Likeness]) | anything,
                }
            )
            | anything
        )
    }
)


def found(key: str, tier: Tier = Tier.CLOSE, **changes: Any) -> ClaimRecord:
    """Return an entry that was found."""
    return recorded(claim(id=key), tier=tier, **changes)


def again(entry: ClaimRecord, label: Likeness | None, **given: Any) -> ClaimRecord | None:
    """Return what is left of an entry under a label, or None."""
    rows = looked_again([entry], {entry.id: label}, **({"exact": (), "text": TEXT} | given))
    return rows[0] if rows else None


@pytest.mark.parametrize("tier", [Tier.SAME, Tier.CLOSE])
@pytest.mark.parametrize(
    ("label", "left"),
    [
        (Likeness.UNRELATED, None),
        (Likeness.RELATED, Tier.CLOSE),
        (Likeness.NARROWER, Tier.CLOSE),
        (Likeness.BROADER, Tier.CLOSE),
        (Likeness.CONTRADICTS, Tier.CLOSE),
        (Likeness.SAME, Tier.SAME),
    ],
)
def test_what_a_label_makes_of_an_entry(tier: Tier, label: Likeness, left: Tier | None) -> None:
    """Only “same” makes the same claim of an entry, and “unrelated” leaves it out."""
    made = again(found("a", tier), label)
    assert (made and made.tier) == left


def test_an_entry_without_a_label_stays() -> None:
    """What the model says nothing of is as it was."""
    entry = found("a", Tier.SAME)
    assert again(entry, None) is entry


@pytest.mark.parametrize("label", Likeness)
def test_an_exact_wording_is_never_demoted(label: Likeness) -> None:
    """Of a wording on file no label changes anything."""
    entry = found("a", Tier.SAME)
    assert again(entry, label, exact={"a"}) is entry


@pytest.mark.parametrize("kind", DifferenceKind)
def test_a_difference_is_not_wiped_out(kind: DifferenceKind) -> None:
    """What the code sees a difference in does not become the same claim, and the difference stays."""
    entry = found("a", differences=(Difference(kind=kind, pasted="12", record="11"),))
    assert again(entry, Likeness.SAME) == entry
    same = found("a", Tier.SAME, differences=(Difference(kind=kind, pasted="12", record="11"),))
    assert again(same, Likeness.SAME) == same


def test_keywords_are_no_claim() -> None:
    """A paste of three words is the same claim as nothing, whatever the model says."""
    made = again(found("a"), Likeness.SAME, text="old bridge closed")
    assert made is not None
    assert made.tier is Tier.CLOSE


def test_the_same_come_first() -> None:
    """What is exact stands first, then what was judged the same, and else the order stays."""
    rows = [found("a"), found("b"), found("c"), found("d", Tier.SAME)]
    labels = {"a": Likeness.RELATED, "c": Likeness.SAME}
    assert [each.id for each in looked_again(rows, labels, exact={"d"}, text=TEXT)] == ["d", "c", "a", "b"]


def test_what_is_asked_about() -> None:
    """Ten entries at most are sent, under letters; of a long paste only the parts that were answered."""
    rows = [found(f"secret-{n}", part=f"Part {n % 2}.") for n in range(12)]
    sent = variables("The whole paste.", rows)
    assert sent["pasted"] == "Part 0.\nPart 1."
    assert [line[:3] for line in sent["entries"].splitlines()] == [f"{each}: " for each in LETTERS]
    assert "secret" not in str(sent)
    assert variables("The whole paste.", [*rows, found("x")][-1:])["pasted"] == "The whole paste."


def test_labels_are_read_with_care() -> None:
    """An entry that was not asked about, or has two labels, or an unknown one, has none."""
    rows = [
        {"id": "a", "label": "same"},
        {"id": "b", "label": "same"},
        {"id": "b", "label": "unrelated"},
        {"id": "c", "label": "certainly"},
        {"id": "h", "label": "same"},
        "d",
    ]
    assert labels_in({"labels": rows}, 4) == (Likeness.SAME, None, None, None)


@given(anything | nearly, st.integers(min_value=0, max_value=12))
def test_any_answer_is_read(value: object, count: int) -> None:
    """Whatever a model answers, there is a label or none for each entry that was asked about."""
    labels = labels_in(value, count)
    assert len(labels) == min(count, 10)
    assert set(labels) <= {None, *Likeness}


@given(st.lists(st.sampled_from([None, *Likeness]), min_size=4, max_size=4))
def test_nothing_but_the_tier_and_the_order_changes(labels: list[Likeness | None]) -> None:
    """Whatever the labels, an entry that is left is the same but for its tier."""
    rows = [found("a"), found("b", Tier.SAME), found("c", differences=(TURNED,)), found("d", Tier.SAME)]
    made = looked_again(rows, dict(zip("abcd", labels, strict=True)), exact={"d"}, text=TEXT)
    before = {each.id: each for each in rows}
    for each in made:
        own = before[each.id]
        assert recorded(claim(id=each.id), tier=each.tier, differences=own.differences) == each
    assert "d" in {each.id for each in made}
    assert all(each.tier is not Tier.SAME for each in made if each.id == "c")
