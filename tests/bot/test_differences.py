"""Differences: shown where the paste says something else, and not where it only says it otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import DifferenceKind
from bot.claims import Claim
from bot.differences import MOST, differences
from bot.figures import Figure, figures
from bot.folding import fold_typography
from bot.moments import Moment, moments
from bot.sources import Speaker, SpeakerKind
from bot.statements import State
from tests.entries import claim as built
from tests.entries import statement


def _claim(text: str, *aliases: str, **changes: object) -> Claim:
    made = built(text=text, aliases=aliases, statements=(), speakers=(), artifacts=())
    return replace(made, **changes)  # type: ignore[arg-type]


MOSCOW = _claim(
    "Donald Trump told donors, before he was elected for the second time, that he had warned Vladimir Putin "
    "that he would bomb Moscow if Russia invaded Ukraine.",
    "Trump threatened to bomb Moscow if Putin invaded Ukraine",
)
BRIDGE = _claim(
    "The repair of the Tallow Bridge in Larkmoor will cost 4.7 million crowns.",
    "Tallow Bridge repair bill is 4.7 million crowns",
)
CLOSED = _claim("The Tallow Bridge in Larkmoor was closed to all traffic on 3 February 2025.")
FERRY = _claim("The licence of the Brackwater ferry is for two hundred and twenty people.")
BANS = _claim("Pellworth Rovers have banned no supporter from their ground since 1974.")
TAX = _claim(
    "Senator Maria Holt voted to raise the sales tax by 10% in March 2019.", "Holt raised sales taxes"
)
HOSPITAL = _claim(
    "Brinewick General Hospital dismissed the nurse Callum Reith after he spoke to a newspaper.",
    "Brinewick nurse sacked after press interview",
)
WAGES = _claim("The United States spends 2 billion dollars a year on the border wall.")


@pytest.mark.parametrize(
    ("claim", "pasted"),
    [
        (MOSCOW, "Trump told Putin he would bomb Moscow if Russia invaded Ukraine"),
        (MOSCOW, "Trump: I told Vladimir Putin I'd bomb Moscow"),
        (MOSCOW, "President Trump warned President Putin that Moscow would be bombed over Ukraine"),
        (MOSCOW, "LEAKED AUDIO: TRUMP THREATENED TO BOMB MOSCOW IF RUSSIA INVADES UKRAINE"),
        (MOSCOW, "I can't believe Trump told Putin he'd bomb Moscow!"),
        (MOSCOW, "Before the election, Trump told Putin he would bomb Moscow"),
        (MOSCOW, "Did Trump really tell Putin that he would bomb Moscow? I don't know."),
        (MOSCOW, "Trump told donors he'd warned the Russian president he would bomb Moscow"),
        (MOSCOW, "Breaking: Donald Trump warned Putin not only once that he would bomb Moscow"),
        (MOSCOW, "So Trump threatened Russia with bombs on Moscow before he was elected?"),
        (BRIDGE, "Repairing the Tallow Bridge will cost 4,700,000 crowns"),
        (BRIDGE, "Larkmoor has to pay 4.7m for its bridge"),
        (BRIDGE, "The Tallow Bridge repair costs 4.7 million, can you believe it"),
        (BRIDGE, "Is it true that mending the bridge in Larkmoor costs 4.7 million crowns?"),
        (BRIDGE, "One bridge, 4.7 million crowns. Larkmoor!"),
        (CLOSED, "The Tallow Bridge has been shut since 3 February 2025"),
        (CLOSED, "On February 3rd, 2025 Larkmoor closed the Tallow Bridge"),
        (CLOSED, "The Larkmoor bridge was closed in February 2025"),
        (CLOSED, "In 2025 the Tallow Bridge was closed to traffic"),
        (CLOSED, "Tallow Bridge closed 2025-02-03"),
        (CLOSED, "They may march over the Tallow Bridge, which is closed"),
        (FERRY, "The Brackwater ferry may carry 220 people"),
        (FERRY, "The ferry on the Brackwater is licensed for 220"),
        (FERRY, "Two hundred and twenty people are allowed on the Brackwater ferry"),
        (BANS, "No supporter has been banned by Pellworth Rovers since 1974"),
        (BANS, "Pellworth Rovers haven't banned a fan since 1974"),
        (BANS, "Since 1974 the Rovers never banned anybody"),
        (TAX, "Maria Holt voted for a 10 percent higher sales tax"),
        (TAX, "Sen. Holt raised the sales tax by ten percent in 2019"),
        (TAX, "In March 2019 Holt voted to raise sales taxes"),
        (TAX, "Holt's vote raised sales taxes, no doubt about it"),
        (TAX, "Who voted to raise the sales tax? Senator Maria Holt!"),
        (HOSPITAL, "Brinewick General fired a nurse for talking to the press"),
        (HOSPITAL, "Callum Reith was dismissed by Brinewick Hospital after speaking to a newspaper"),
        (HOSPITAL, "The hospital in Brinewick sacked its nurse after an interview"),
        (HOSPITAL, "Nurse Reith lost his job after he talked to a newspaper"),
        (HOSPITAL, "After all, Brinewick dismissed the nurse Callum Reith"),
        (WAGES, "America spends $2bn every year on a border wall"),
        (WAGES, "The US pays $2 billion a year for the wall at the border"),
        (WAGES, "2,000,000,000 dollars a year go into the U.S. border wall"),
        (WAGES, "Every year the United States spend two billion dollars on the border wall"),
    ],
)
def test_same_thing_in_other_words_has_no_difference(claim: Claim, pasted: str) -> None:
    """A true paraphrase is not told that it differs."""
    assert differences(pasted, claim) == ()


@pytest.mark.parametrize(
    ("claim", "pasted", "found"),
    [
        (
            MOSCOW,
            "While president, Trump told Putin he would bomb Moscow",
            ("date", "While president", "before he was elected for the second time"),
        ),
        (
            MOSCOW,
            "Trump told Putin while in office that he would bomb Moscow",
            ("date", "while in office", "before he was elected for the second time"),
        ),
        (
            MOSCOW,
            "During his presidency Trump told Putin he would bomb Moscow",
            ("date", "During his presidency", "before he was elected for the second time"),
        ),
        (
            MOSCOW,
            "After he was elected for the second time, Trump told Putin he would bomb Moscow",
            (
                "date",
                "After he was elected for the second time",
                "before he was elected for the second time",
            ),
        ),
        (MOSCOW, "Biden told Putin he would bomb Moscow", ("name", "Biden", None)),
        (MOSCOW, "Melania Trump told Putin she would bomb Moscow", ("name", "Melania Trump", "Donald Trump")),
        (MOSCOW, "In 2019 Trump told Putin he would bomb Moscow", ("date", "2019", None)),
        (MOSCOW, "Trump never told Putin he would bomb Moscow", ("negation", "never told Putin", None)),
        (MOSCOW, "Trump didn't tell Putin he would bomb Moscow", ("negation", "didn't tell Putin", None)),
        (BRIDGE, "The Tallow Bridge repair costs 5 million crowns", ("number", "5 million", "4.7 million")),
        (BRIDGE, "The Tallow Bridge in Fenwick costs 4.7 million", ("name", "Fenwick", "Larkmoor")),
        (
            CLOSED,
            "The Tallow Bridge was closed on 4 February 2025",
            ("date", "4 February 2025", "3 February 2025"),
        ),
        (
            CLOSED,
            "The Tallow Bridge was closed in March 2025",
            ("date", "March 2025", "3 February 2025"),
        ),
        (FERRY, "The Brackwater ferry may carry 250", ("number", "250", "two hundred and twenty")),
        (
            BANS,
            "Pellworth Rovers have banned supporters since 1974",
            ("negation", "Pellworth Rovers have banned supporters since", "no supporter from"),
        ),
        (TAX, "Senator Maria Holt voted to raise the sales tax by 15%", ("number", "15%", "10%")),
    ],
)
def test_what_the_record_does_not_say_is_shown(
    claim: Claim, pasted: str, found: tuple[str, str, str | None]
) -> None:
    """The paste's own words stand beside the record's, where it has any."""
    shown = [(each.kind.value, each.pasted, each.record) for each in differences(pasted, claim)]
    assert shown[:1] == [found]


def test_what_vetted_statements_say_is_known() -> None:
    """A figure, a name or a date of a vetted statement is in the record; of a draft it is not."""
    said = statement(text="It will cost 12 crowns, said Fen Roads.", said_on="2025-07-08")
    known = replace(MOSCOW, statements=(said,))
    pasted = "Trump told Putin in July 2025, says Fen Roads, that 12 crowns will bomb Moscow"
    assert differences(pasted, known) == ()
    drafted = replace(MOSCOW, statements=(replace(said, state=State.DRAFT),))
    assert [each.kind for each in differences(pasted, drafted)] == [
        DifferenceKind.NAME,
        DifferenceKind.NUMBER,
        DifferenceKind.DATE,
    ]


def test_other_names_of_a_speaker_are_known() -> None:
    """A speaker who is on record may be called by any name on file."""
    spoken = replace(
        MOSCOW,
        statements=(statement(speaker="k", text="No."),),
        speakers=(Speaker(id="k", name="Kremlin", kind=SpeakerKind.OFFICE, aliases=("Presidium of Rus",)),),
    )
    assert differences("The Presidium heard Trump say that he would bomb Moscow", spoken) == ()


def test_other_languages_are_compared_by_figures_only() -> None:
    """Where the words of a language are not on file, capitals and negations say nothing."""
    german = _claim("Im Sensenwerk Hartenau fallen 140 Stellen weg.", language="de")
    assert differences("Das Werk streicht die Arbeit von Herrn Muster, nicht mehr", german) == ()
    assert [each.pasted for each in differences("Es fallen 150 Stellen weg", german)] == ["150"]


def test_a_name_is_a_whole_word() -> None:
    """Letters in the middle of a word are no name, whatever their case."""
    assert differences("The 0Þ and the 9OMB tape say that Trump would bomb Moscow", MOSCOW) == ()


def test_figures_are_read_in_digits_and_in_words() -> None:
    """A number is what it amounts to, an ordinal a place; a date and a lone “one” are none."""
    found = figures(
        "Two hundred and twenty people paid $2.5bn and 30% on 3 May 2025, the 2nd time, one by one"
    )
    assert found == [
        Figure(span="Two hundred and twenty", value=220),
        Figure(span="$2.5bn", value=2.5e9),
        Figure(span="30%", value=30),
        Figure(span="2nd", value=2, ordinal=True),
    ]


def test_dates_are_read_as_exact_as_they_are() -> None:
    """Each part that is named is read, and no other."""
    assert moments("since May 2024, on July 8, in 1999 and on Tuesday; we may march") == [
        Moment(span="May 2024", year=2024, month=5),
        Moment(span="July 8", month=7, day=8),
        Moment(span="1999", year=1999),
        Moment(span="Tuesday", weekday=1),
    ]


@given(st.text(max_size=200), st.text(min_size=1, max_size=100))
def test_any_text_can_be_compared(pasted: str, text: str) -> None:
    """No text makes it fail, what is shown stands in the texts, and a text never differs from itself."""
    known = _claim(text)
    found = differences(pasted, known)
    assert len(found) <= MOST
    assert all(each.pasted and each.pasted in fold_typography(pasted) for each in found)
    assert differences(text, known) == ()
