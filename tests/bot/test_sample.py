"""The sample ledger: one story from an article, and invented stories that show every part of the format."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import TypeAdapter

from bot.claims import Claim, Outcome, RelationKind
from bot.dates import Precision, precision
from bot.quotations import occurs
from bot.rules import completed, refusals
from bot.sources import ArtifactKind, CustodyAction, Medium, Source, SpeakerKind
from bot.statements import Appearance, Group, Kind, QuoteMode, State, Statement, TargetKind

INVENTED = "Invented: "
ARTICLE = Path(__file__).parents[3] / "shared" / "articles" / "000_03b5e68c80c4d37a.txt"
MOST_OF_THE_ARTICLE = 600
"""Characters of the article that are kept: short passages, not the text."""
HIDDEN_WORDS = ("Quillbrook", "Zephyrholt", "Marrowgate", "Thornwhistle", "Oldemere", "Snarrowmere")


def claims() -> Iterator[Claim]:
    """Yield the entries of the sample ledger in the order of the file."""
    adapter = TypeAdapter(Claim)
    for line in files("bot.sample").joinpath("ledger.jsonl").read_text(encoding="utf-8").splitlines():
        yield adapter.validate_json(line)


LEDGER = tuple(claims())
TRUE_STORY = tuple(each for each in LEDGER if not (each.story or "").startswith(INVENTED))
MADE_UP = tuple(each for each in LEDGER if each not in TRUE_STORY)
VISIBLE = tuple(each for each in LEDGER if each.state is State.VETTED and each.embargo_until is None)


def statements(entries: tuple[Claim, ...]) -> list[Statement]:
    """Return the vetted statements of `entries`."""
    return [each for entry in entries for each in entry.statements if each.state is State.VETTED]


def sources(entries: tuple[Claim, ...]) -> list[Source]:
    """Return the sources of `entries`, those of several entries several times."""
    return [each for entry in entries for each in entry.sources]


def by_id(claim_id: str) -> Claim:
    """Return the entry with the id `claim_id`."""
    return next(each for each in LEDGER if each.id == claim_id)


@pytest.mark.parametrize("entry", LEDGER, ids=lambda each: each.id)
def test_every_entry_keeps_the_rules(entry: Claim) -> None:
    """No entry of the sample is refused, before and after it is completed."""
    assert [str(each) for each in refusals(entry)] == []
    assert refusals(completed(entry)) == ()


def test_ids_are_unique_in_the_whole_ledger() -> None:
    """A claim and a statement stand once; what several entries share is the same in each."""
    assert len({each.id for each in LEDGER}) == len(LEDGER)
    ids = [each.id for entry in LEDGER for each in entry.statements]
    assert len(set(ids)) == len(ids)
    for name in ("speakers", "sources", "artifacts"):
        shared = [each for entry in LEDGER for each in getattr(entry, name)]
        assert len({each.id for each in shared}) == len(set(shared)), name


def test_every_relation_leads_to_an_entry() -> None:
    """The ledger can be loaded as it is."""
    ids = {each.id for each in LEDGER}
    assert {relation.to for each in LEDGER for relation in each.relations} <= ids


def test_the_true_story_comes_first() -> None:
    """The entries of the article open the file, and at least thirty-two invented ones follow."""
    assert LEDGER[: len(TRUE_STORY)] == TRUE_STORY
    assert len(TRUE_STORY) >= 5
    assert len(MADE_UP) >= 32
    assert 6 <= len({each.story for each in MADE_UP}) <= 8


def test_what_is_invented_says_so() -> None:
    """An invented publisher is marked in its name, so that no list of sources looks real."""
    assert all(each.publisher.endswith("(invented)") for each in sources(MADE_UP))
    assert not any("invented" in each.publisher for each in sources(TRUE_STORY))


def test_no_address_leads_to_a_real_host() -> None:
    """Every address is under `.example`, which RFC 2606 keeps free; the true story has none."""
    addresses = [url for each in sources(LEDGER) for url in (each.url, each.archive_url) if url is not None]
    assert addresses
    assert all((urlsplit(each).hostname or "").endswith(".example") for each in addresses)
    assert all(each.url is None and each.archive_url is None for each in sources(TRUE_STORY))


def test_every_kind_mode_and_precision_is_used() -> None:
    """What a reader may see shows each kind, group, quote mode, target and precision of a date."""
    shown = statements(tuple(each for each in VISIBLE if each in MADE_UP))
    assert {each.kind for each in shown} == set(Kind)
    assert {each.group for each in shown} == set(Group)
    assert {each.quote_mode for each in shown} == set(QuoteMode)
    assert {precision(each.said_on) for each in shown} == set(Precision)
    assert {each.about.kind for each in shown if each.about} == set(TargetKind)
    assert {citation.appearance for each in shown for citation in each.citations} == set(Appearance)


def test_every_other_closed_set_is_used() -> None:
    """Relations, outcomes, media, artifacts and speakers of every sort stand in the file."""
    assert {relation.kind for each in VISIBLE for relation in each.relations} == set(RelationKind)
    assert {request.outcome for each in VISIBLE for request in each.requests} == set(Outcome)
    assert {each.medium for each in sources(VISIBLE)} == set(Medium)
    assert {artifact.kind for each in VISIBLE for artifact in each.artifacts} == set(ArtifactKind)
    assert {speaker.kind for each in VISIBLE for speaker in each.speakers} == set(SpeakerKind)


def test_speakers_of_every_sort_speak() -> None:
    """An unnamed speaker, a spokesperson, an organisation, an office and a merged speaker are there."""
    shown = statements(VISIBLE)
    assert any(each.anonymous and each.anonymity_reason for each in shown)
    assert any(each.on_behalf_of and each.official and "spokesperson" in (each.role or "") for each in shown)
    kinds = {speaker.id: speaker.kind for entry in VISIBLE for speaker in entry.speakers}
    assert {kinds[each.speaker] for each in shown if each.speaker} == set(SpeakerKind)
    merged = {speaker.id for entry in VISIBLE for speaker in entry.speakers if speaker.merged_into}
    assert merged & {each.speaker for each in shown}


def test_a_relay_and_a_shared_origin_are_there() -> None:
    """“Told A, as reported by B”, and two links of one statement that count as one."""
    shown = statements(VISIBLE)
    relays = [citation.relay or "" for each in shown for citation in each.citations]
    assert any(each.startswith("told ") and ", as reported by " in each for each in relays)
    origins = {each.id: each.origin for each in sources(VISIBLE) if each.origin and each.url}
    cited = [[origins[c.source] for c in each.citations if c.source in origins] for each in shown]
    assert any(len(each) == 2 and len(set(each)) == 1 for each in cited)


def test_a_chain_of_custody_has_every_action() -> None:
    """One artifact was recorded, held, obtained, published, authenticated and challenged."""
    chains = [{step.action for step in each.custody} for entry in VISIBLE for each in entry.artifacts]
    assert set(CustodyAction) in chains


def test_every_state_is_there_and_hidden_words_are_only_hidden() -> None:
    """Words for tests of leaks stand in rows that no reader may see, and nowhere else."""
    assert {each.state for each in LEDGER} == set(State)
    assert any(each.embargo_until == "2099-01-01" and each.state is State.VETTED for each in LEDGER)
    assert any(each.state is State.SUPERSEDED for entry in VISIBLE for each in entry.statements)
    hidden = " ".join(str(each) for each in LEDGER if each not in VISIBLE)
    hidden += " ".join(
        str(each) for entry in VISIBLE for each in entry.statements if each.state is State.DRAFT
    )
    assert all(each in hidden for each in HIDDEN_WORDS)
    for entry in VISIBLE:
        rows = tuple(each for each in entry.statements if each.state is State.VETTED)
        text = " ".join(
            [entry.text, *entry.aliases, *map(str, rows), *map(str, entry.sources), *map(str, entry.speakers)]
        )
        assert not any(word in text for word in HIDDEN_WORDS), entry.id


def test_three_languages_and_a_translation_are_there() -> None:
    """Claims and statements stand in English, Spanish and German."""
    assert {each.language for each in VISIBLE} == {"en", "es", "de"}
    assert {each.language for each in statements(VISIBLE)} == {"en", "es", "de"}
    assert {each.original_language for each in statements(VISIBLE)} >= {"es", "de"}


def test_a_response_that_was_not_sought_has_its_reason() -> None:
    """Both stories show how that is entered."""
    assert any(each.response_not_sought for each in TRUE_STORY)
    assert any(each.response_not_sought for each in MADE_UP)


def test_the_moscow_story_has_its_voices_in_their_groups() -> None:
    """Trump asserts, Peskov denies, the White House answers, and the doubt is about the recording."""
    entry = by_id("trump-moscow-threat")
    voices = {(each.speaker, each.group, each.official) for each in entry.statements}
    assert ("donald-trump", Group.ASSERTED, False) in voices
    assert ("dmitry-peskov", Group.DENIED, True) in voices
    assert ("white-house", Group.OFFICIAL_RESPONSE, True) in voices
    assert ("dmitry-peskov", Group.AUTHENTICITY, True) in voices
    assert ("cnn", Group.PROVENANCE, False) in voices
    assert entry.concerns == ("vladimir-putin",)
    assert [each.on_behalf_of for each in entry.statements if each.group is Group.DENIED] == ["the Kremlin"]


def test_the_careless_article_is_entered_with_care() -> None:
    """Nothing of it is a quotation, no date is guessed, and the name it misspells is an alias."""
    assert {each.quote_mode for each in statements(TRUE_STORY)} == {QuoteMode.PARAPHRASE}
    assert {each.said_on for each in statements(TRUE_STORY)} == {None}
    assert all(each.date_note for each in statements(TRUE_STORY))
    assert all(step.on is None for each in TRUE_STORY for art in each.artifacts for step in art.custody)
    (source,) = set(sources(TRUE_STORY))
    assert "gives no year" in (by_id("trump-dislikes-putin").statements[0].date_note or "")
    assert by_id("trump-dislikes-putin").statements[0].role is None
    assert "careless" in (source.note or "")
    names = {speaker.name: speaker.aliases for each in TRUE_STORY for speaker in each.speakers}
    assert "Volodymyr Zeelenskyy" in names["Volodymyr Zelenskyy"]


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not beside this checkout")
def test_the_article_has_the_excerpt() -> None:
    """What is kept of the article stands in it, in its order, with the gaps marked."""
    article = ARTICLE.read_text(encoding="utf-8")
    (source,) = set(sources(TRUE_STORY))
    assert source.excerpt is not None
    assert occurs(source.excerpt, article)
    assert all(passage in article for passage in source.excerpt.split(" … "))
    assert len(source.excerpt) <= MOST_OF_THE_ARTICLE
