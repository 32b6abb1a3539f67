"""Polarity: a contradiction of a sample claim is seen, and a paraphrase of it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import Difference, DifferenceKind
from bot.differences import differences
from bot.folding import fold_typography
from bot.negation import REACH, read
from bot.polarity import contrast
from tests.bot.test_sample import by_id


def told(claim: str, pasted: str) -> list[Difference]:
    """Return the negations among the differences of a paste from a claim of the sample."""
    found = differences(pasted, by_id(claim))
    return [each for each in found if each.kind is DifferenceKind.NEGATION]


CONTRADICTIONS = [
    ("ferry-dogs", "Dogs are not banned from the Brackwater ferry"),
    ("ferry-dogs", "No dogs are banned from the Brackwater ferry"),
    ("ferry-dogs", "Dogs aren't banned from the ferry"),
    ("ferry-dogs", "Dogs arent banned from the ferry"),
    ("ferry-dogs", "Dogs are allowed on the Brackwater ferry"),
    ("ferry-dogs", "The Brackwater ferry takes dogs"),
    ("ferry-dogs", "The Brackwater ferry still takes dogs."),
    ("ferry-dogs", "The Brackwater ferry has never banned dogs"),
    ("ferry-dogs", "It is false that dogs are banned from the Brackwater ferry"),
    ("ferry-dogs", "I don't believe dogs are banned from the Brackwater ferry"),
    ("rovers-wages", "Pellworth Rovers did pay their players in April 2026"),
    ("rovers-wages", "Pellworth Rovers paid their players in April 2026"),
    ("rovers-wages", "The Rovers' players were paid"),
    ("rovers-wages", "It is not true that Pellworth Rovers did not pay their players in April 2026"),
    ("rovers-no-bans", "Pellworth Rovers have banned supporters from their ground"),
    ("rovers-no-bans", "Pellworth Rovers banned twelve people from the stadium"),
    ("rovers-no-bans", "A Rovers fan was banned after 1974"),
    ("rovers-move", "Pellworth Rovers will not play their home matches in Dunmarrow"),
    ("rovers-move", "The Rovers aren't leaving Pellworth for Dunmarrow"),
    ("rovers-captain-bet", "Jory Tamsin never bet on a match of his own team"),
    ("rovers-pitch-shaft", "There is no mine shaft beneath the football ground in Pellworth"),
    ("larkmoor-bridge-closed", "The Tallow Bridge in Larkmoor was not closed on 3 February 2025"),
    ("larkmoor-bridge-closed", "The Tallow Bridge in Larkmoor is open to all traffic"),
    ("larkmoor-bridge-closed", "The Tallow Bridge was reopened to traffic on 3 February 2025"),
    ("larkmoor-mayor-knew", "Mayor Pryle didn't know of the weight limit on the Tallow Bridge"),
    ("larkmoor-mayor-knew", "Pryle was not told about the bridge limit"),
    ("larkmoor-bridge-memo", "No memo warned the Larkmoor council about the Tallow Bridge"),
    ("larkmoor-bridge-cost", "Repairing the Tallow Bridge won't cost 4.7 million crowns"),
    ("brinewick-nurse-dismissed", "Brinewick General has not dismissed the nurse Callum Reith"),
    ("brinewick-nurse-dismissed", "Brinewick kept the nurse Callum Reith after the press interview"),
    ("brinewick-oxygen", "The oxygen line at Brinewick General never failed"),
    ("brinewick-ward-nights", "Brinewick General won't close its children's ward at night"),
    ("brinewick-ward-nights", "Brinewick children's ward to stay open overnight"),
    ("villaolmo-turnout", "Turnout in Villaolmo was the highest since records began"),
    ("hartenau-lead", "The soil beside the Hartenau scythe works holds no lead"),
    ("fen-lynx", "No lynx was photographed at Ostrel Fen in January 2026"),
    ("fen-lynx-composite", "The Ostrel Fen lynx picture isn't a montage"),
    ("fen-pumps", "Ostrel Fen wasn't drained while birds were nesting"),
    ("fen-warden-paid", "The warden wasn't bribed to open the hide"),
    ("brackwater-tunnel", "There will be no tunnel under the Brackwater"),
    ("ferry-fares", "The Brackwater ferry fare will not double in spring 2026"),
    ("ferry-overloaded", "The Brackwater ferry never carried more people than its licence allows"),
    ("no-calls-trump-putin", "Trump and Putin spoke by phone at that time"),
    ("no-calls-trump-putin", "Trump and Putin had phone calls then"),
    ("trump-moscow-threat", "Trump told donors that he never warned Putin he would bomb Moscow"),
    ("trump-moscow-threat", "Trump told Putin he would not bomb Moscow if Russia invaded Ukraine"),
    ("trump-moscow-threat", "Nobody threatened to bomb Moscow"),
    ("trump-beijing-threat", "Trump never told Xi he would bomb Beijing over Taiwan"),
    (
        "trump-dislikes-putin",
        "Trump said he doesn't dislike Putin; he did not say Putin throws nonsense at the US",
    ),
    ("trump-weapons-ukraine", "Trump refused to authorise more US weapons for Ukraine"),
    ("trump-weapons-ukraine", "Trump rejects more weapons for Ukraine"),
]

PARAPHRASES = [
    ("ferry-dogs", "Dogs are not allowed on the Brackwater ferry"),
    ("ferry-dogs", "No dogs allowed on the Brackwater ferry"),
    ("ferry-dogs", "The Brackwater ferry doesn't take dogs any more"),
    ("ferry-dogs", "The Brackwater ferry has banned dogs"),
    ("ferry-dogs", "Dogs can't travel on the Brackwater ferry"),
    ("ferry-dogs", "Aren't dogs banned from the Brackwater ferry?"),
    ("ferry-dogs", "Dogs are no longer permitted on the Brackwater ferry"),
    ("ferry-dogs", "No joke: the Brackwater ferry bans dogs"),
    ("ferry-dogs", "Dogs are barred from the ferry on the Brackwater, aren't they?"),
    ("rovers-wages", "Pellworth Rovers haven't paid their players in April 2026"),
    ("rovers-wages", "Pellworth Rovers failed to pay their players in April 2026"),
    ("rovers-wages", "The Rovers left their players unpaid in April"),
    ("rovers-wages", "In April 2026 no Pellworth Rovers player was paid"),
    ("rovers-wages", "Nobody at the Rovers paid the players in April 2026"),
    ("rovers-no-bans", "Pellworth Rovers never banned a supporter after 1974"),
    ("rovers-no-bans", "Not one supporter was banned by the Rovers since 1974"),
    ("rovers-no-bans", "Nobody has been banned by Pellworth Rovers since 1974"),
    ("rovers-move", "Pellworth Rovers will play in Dunmarrow, not only this year"),
    ("rovers-captain-bet", "Captain Jory Tamsin bet on his own match, and nobody is surprised"),
    ("larkmoor-bridge-closed", "The Tallow Bridge is not open to traffic"),
    ("larkmoor-bridge-closed", "Larkmoor's Tallow Bridge has been closed, no doubt"),
    ("larkmoor-mayor-knew", "Pryle knew of the weight limit on the Tallow Bridge and kept quiet"),
    ("larkmoor-mayor-knew", "Mayor Pryle was told about the bridge limit"),
    ("larkmoor-mayor-knew", "Pryle was told about the bridge limit but did not say anything"),
    ("larkmoor-mayor-told-late", "No one told Pryle before the closure"),
    (
        "larkmoor-mayor-told-late",
        "Mayor Pryle heard of the weight limit only when the Tallow Bridge was closed",
    ),
    (
        "larkmoor-bridge-memo",
        "A memo told Larkmoor council that the Tallow Bridge cannot carry heavy lorries",
    ),
    ("larkmoor-bridge-memo", "Larkmoor council was warned in 2023 that the Tallow Bridge was not safe"),
    ("larkmoor-bridge-cost", "The Tallow Bridge repair costs no less than 4.7 million crowns"),
    ("ferry-licence", "The Brackwater ferry may carry no more than 220 people"),
    (
        "brinewick-nurse-dismissed",
        "Brinewick General sacked Callum Reith without notice for talking to a newspaper",
    ),
    ("brinewick-nurse-dismissed", "Brinewick did not keep the nurse Callum Reith after his press interview"),
    ("brinewick-ward-nights", "Brinewick's children's ward won't be open at night from September 2025"),
    ("fen-lynx", "A lynx was seen at Ostrel Fen, can't believe it"),
    ("fen-pumps", "They didn't care: Ostrel Fen was drained while birds were nesting"),
    ("fen-warden-paid", "The warden took a bribe to open the hide; she didn't hesitate"),
    ("villaolmo-turnout", "Turnout in Villaolmo has never been lower since records began"),
    ("no-calls-trump-putin", "Putin and Trump never spoke by phone in that period"),
    ("no-calls-trump-putin", "There were no calls between Putin and Trump then"),
    ("no-calls-trump-putin", "Kremlin denies that there were calls between Trump and Putin"),
    ("trump-moscow-threat", "Putin did not believe Trump when he said he would bomb Moscow"),
    ("trump-moscow-threat", "Trump told Putin not to invade Ukraine or he would bomb Moscow"),
    ("trump-moscow-threat", "Trump, who is not a diplomat, told Putin he would bomb Moscow"),
    ("trump-moscow-threat", "Trump told Putin he would bomb Moscow if he did not leave Ukraine alone"),
    ("trump-moscow-threat", "Why is nobody talking about Trump threatening to bomb Moscow?"),
    ("trump-beijing-threat", "Didn't Trump tell Xi he would bomb Beijing over Taiwan?"),
    ("trump-dislikes-putin", "Trump doesn't like Putin"),
    ("trump-dislikes-putin", "Trump: I don't like Putin, he throws a lot of nonsense at us"),
    ("trump-weapons-ukraine", "Trump allowed more weapons for Ukraine"),
    ("trump-weapons-ukraine", "Trump didn't block more weapons for Ukraine, he approved them"),
]


@pytest.mark.parametrize(("claim", "pasted"), CONTRADICTIONS)
def test_a_contradiction_is_told(claim: str, pasted: str) -> None:
    """What denies the claim, or affirms what it denies, is said to differ."""
    assert told(claim, pasted)


@pytest.mark.parametrize(("claim", "pasted"), PARAPHRASES)
def test_a_paraphrase_has_the_same_sign(claim: str, pasted: str) -> None:
    """The same thing said with or without a word of negation is no contradiction."""
    assert told(claim, pasted) == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_held_against_each_other(pasted: str, text: str) -> None:
    """No text makes it fail, and what is shown of the paste stands in it."""
    pasted = fold_typography(pasted)
    found = contrast(read(pasted), [read(fold_typography(text))])
    assert found is None or found[0] in pasted


def test_words_of_both_sides_are_shown() -> None:
    """A negation of the paste stands alone, one that it lacks beside its own words, opposites together."""
    found = [
        told("ferry-dogs", "Dogs are not banned from the Brackwater ferry")[0],
        told("rovers-wages", "Pellworth Rovers did pay their players in April 2026")[0],
        told("ferry-dogs", "Dogs are allowed on the Brackwater ferry")[0],
    ]
    assert [(each.pasted, each.record) for each in found] == [
        ("not banned from", None),
        ("Pellworth Rovers did pay their players", "not pay their"),
        ("allowed on the", "banned from the"),
    ]


def test_a_long_paste_is_compared_within_bounds() -> None:
    """A word of negation reaches a bounded number of words, however many stand there."""
    turns = read("not " * 200 + "banned dogs").turns
    assert len(turns) == 200
    assert max(len(each.scope) for each in turns) <= REACH + 1
