"""A paste in another language than the claim: found by its meaning, said to be so, compared by figures."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.across import POSTS, claims, posts
from bot.abroad import compared, pasted_language
from bot.across import shipped
from bot.answer_json import as_json
from bot.answers import DifferenceKind, Tier
from bot.calibration import load
from bot.desk import check, near
from bot.embedding import LOCAL, Meaning, local_embedder, meaning
from bot.errors import BadInputError
from bot.filling import fill
from bot.minilm import MODEL as ENGLISH_MODEL
from bot.multilingual import DIMENSIONS, MODEL, Multilingual
from bot.paste import clean
from bot.sections import Embedding, Vectors
from bot.store.ledger import open_ledger
from bot.store.revisions import Change
from bot.store.search import Known, lookup
from bot.store.trials import Filled, scratch
from bot.tongues import OTHER, differ, tongue
from bot.views import View
from tests.entries import claim

VIEW = View(today="2026-11-22")
EMBEDDER = local_embedder(Embedding.MULTILINGUAL)
PLAIN = claim(statements=(), speakers=(), sources=(), artifacts=(), relations=(), requests=(), aliases=())


def test_the_model_puts_a_translation_near() -> None:
    """The vector of a text is nearer to its translation's than to any other text's, and always the same."""
    texts = ("The mayor sold the harbour", "Der Bürgermeister hat den Hafen verkauft", "Cats sleep all day")
    one, two, three = EMBEDDER.embed(texts)
    assert one @ two > 0.6
    assert one @ three < 0.3
    assert np.array_equal(EMBEDDER.embed(texts[1:2])[0], two)
    assert EMBEDDER.embed(texts).shape == (3, DIMENSIONS)
    assert {each.model for each in LOCAL.values()} == {ENGLISH_MODEL, MODEL}


@given(st.text())
def test_any_text_has_a_vector(text: str) -> None:
    """Whatever a text holds, its vector is finite and of length 1."""
    (vector,) = EMBEDDER.embed([text])
    assert abs(float(vector @ vector) - 1) < 1e-3


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is not the one that is meant is not used."""
    monkeypatch.setitem(vars(__import__("bot.multilingual", fromlist=["FILES"]))["FILES"], "sp.model", "0")
    with pytest.raises(BadInputError, match=r"0\.2\.1"):
        Multilingual().embed(["x"])


def test_posts_find_the_english_claim_first() -> None:
    """Of the posts for reporting at least nine in ten find their claim first."""
    chosen = meaning(Vectors.ON, which=Embedding.MULTILINGUAL)
    assert chosen is not None
    with scratch(claims(300, Path("nowhere"))) as conn:
        filled = Filled(EMBEDDER)
        filled.into(conn, lambda *_: None)
        found = []
        for post in (each for each in posts() if not each.chosen):
            paste = clean(post.text)
            hits = lookup(
                conn,
                paste,
                view=VIEW,
                weights=load(),
                limit=5,
                known=Known(),
                near=filled.near(paste),
                fused=chosen.weights,
                across=chosen.across,
            )
            found.append(hits[0].claim == post.claim)
    assert len(found) == 33
    assert sum(found) >= 0.9 * len(found)


async def test_the_answer_says_that_it_was_matched_across_languages(tmp_path: Path) -> None:
    """The reply names both languages, and an English paste of the same claim has no such line."""
    chosen = Meaning(embedder=EMBEDDER, weights=None, across=shipped("multilingual"))
    entry = replace(PLAIN, text="The Kestrel company recalled 60,000 electric scooters for their brakes.")
    async with open_ledger(tmp_path / "x.db", writable=True, create=True, meaning=chosen) as ledger:
        await ledger.save(entry, Change(actor="tester"), vouched=True)
        await ledger.save(
            replace(PLAIN, id="b", text="A cat slept on the stove."), Change(actor="t"), vouched=True
        )
        await fill(ledger.vectors(), EMBEDDER)
        german = "Kestrel ruft 60.000 Elektroroller wegen ihrer Bremsen zurück"
        there = await check(ledger, german, calibration=load(), view=VIEW)
        own = await check(ledger, entry.text, calibration=load(), view=VIEW)
        (first, *_) = await near(ledger, german, calibration=load(), view=VIEW, every=True)
    across = shipped("multilingual")
    assert across is not None
    # What kept it from more is told by the bar that decided, not by that of weights for one language.
    assert first.why.bar in {None, across.same, across.close}
    assert there.tier in {Tier.SAME, Tier.CLOSE}
    assert [(each.id, each.pasted_language, each.differences) for each in there.claims] == [
        (entry.id, "de", ())
    ]
    assert own.claims[0].pasted_language is None
    shown = as_json(there)["claims"]
    assert isinstance(shown, list)
    assert (shown[0]["language"], shown[0]["pasted_language"]) == ("en", "de")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((post.text, post.language) for post in posts()),
        ("Мэр закрыл старый мост", OTHER),
        ("Ο δήμαρχος έκλεισε τη γέφυρα", "el"),
        ("市長が橋を閉鎖した", "ja"),
        ("市长关闭了桥", "zh"),
        ("The mayor closed the bridge", "en"),
        ("Tallow Bridge", None),
        ("", None),
    ],
)
def test_a_language_is_known_or_nothing_is_said(text: str, code: str | None) -> None:
    """No language is taken for another one: where it cannot be told, nothing is said."""
    assert tongue(text) in {code, None}
    assert code not in {OTHER, "el", "ja", "zh", "en"} or tongue(text) == code


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    """Whatever a text holds, it can be asked for its language."""
    found = tongue(text)
    assert found is None or found.isalpha()
    assert not differ(found, found)
    assert not differ("en", "en-GB")


@pytest.mark.parametrize(
    ("pasted", "on_file", "expected"),
    [
        ("Die Brücke kostet jetzt 4,7 Millionen Kronen", "The bridge costs 4.7 million crowns.", []),
        (
            "Die Brücke kostet jetzt 5,2 Millionen Kronen",
            "The bridge costs 4.7 million crowns.",
            ["5,2 Millionen"],
        ),
        ("El puente se cerró el 3 de febrero de 2025", "The bridge was closed on 3 February 2025.", []),
        (
            "El puente se cerró el 4 de marzo de 2025",
            "The bridge was closed on 3 February 2025.",
            ["4 de marzo"],
        ),
        ("Le rappel est pour 60 000 trottinettes de la marque", "They recalled 60,000 scooters.", []),
        ("Le maire n'a pas fermé le pont avec son frère Jean", "The mayor closed the bridge.", []),
    ],
)
def test_only_figures_and_dates_are_compared(pasted: str, on_file: str, expected: list[str]) -> None:
    """Across languages a figure or a date that differs is shown as it was pasted, and a word never is."""
    entry = replace(PLAIN, text=on_file)
    assert pasted_language(pasted, entry) in {"de", "es", "fr"}
    found = compared(pasted, entry)
    assert all(each.kind in {DifferenceKind.NUMBER, DifferenceKind.DATE} for each in found)
    assert all(each.pasted in pasted for each in found)
    assert len(found) == len(expected)
    assert all(part in each.pasted for part, each in zip(expected, found, strict=True))


@given(st.text())
def test_any_text_can_be_compared(text: str) -> None:
    """Whatever is pasted, what is said to differ stands in it or is told by its kind."""
    for each in compared(text, PLAIN):
        assert each.kind


def test_the_posts_are_of_claims_on_file() -> None:
    """Each post names a claim that there is, and each language has as many."""
    data = tomllib.loads(POSTS.read_text("utf-8"))
    assert {len(data[each]["posts"]) for each in ("es", "de", "fr")} == {22}
    assert {each.claim for each in posts()} <= {each.id for each in claims(0)}
