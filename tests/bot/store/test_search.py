"""Search: what is vetted is found, however it is pasted, and nothing else ever is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import sample
from bot.answers import Tier
from bot.calibration import load
from bot.claims import Claim
from bot.dates import Day
from bot.differences import differences
from bot.exchange import claim_from_line
from bot.folds import Fold
from bot.matching import demoted, tiers
from bot.paste import clean
from bot.statements import State
from bot.store.finding import search_words
from bot.store.search import Hit, Known, index, lookup
from bot.store.trials import measure, refit, scratch
from bot.views import View
from tests.entries import claim, statement

TODAY = "2026-11-22"
CLAIMS = [claim_from_line(line) for line in sample.lines()]
VISIBLE = {
    each.id: each for each in CLAIMS if each.state is State.VETTED and (each.embargo_until or "") <= TODAY
}


@pytest.fixture(scope="module", name="ledger")
def _ledger() -> Iterator[sqlite3.Connection]:
    with scratch(CLAIMS) as conn:
        yield conn


def _look(conn: sqlite3.Connection, text: str, **options: object) -> tuple[Hit, ...]:
    given = {"view": View(today=TODAY), "limit": 10, "known": Known()} | options
    return lookup(conn, clean(text), weights=load(), **given)  # type: ignore[arg-type]


def _shown(conn: sqlite3.Connection, text: str) -> list[tuple[str, Tier]]:
    """Return what a reader would be shown, best first, with the tier."""
    return [
        (hit.claim, demoted(tier, differences(hit.part or text, VISIBLE[hit.claim])))
        for hit, tier in tiers(_look(conn, text), clean(text), load())
    ]


@pytest.mark.parametrize("key", VISIBLE)
def test_every_wording_finds_its_claim_first(ledger: sqlite3.Connection, key: str) -> None:
    """A vetted claim's own text and each alias lead to it, exactly, even shouted and in other quotes."""
    for wording in (VISIBLE[key].text, *VISIBLE[key].aliases):
        for pasted in (wording, wording.upper(), f"“{wording}” 😀"):
            first = _look(ledger, pasted)[0]
            assert (first.claim, first.exact, first.probability) == (key, True, 1.0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Trump told Putin he would bomb Moscow if Russia invaded Ukraine",
            [("trump-moscow-threat", Tier.SAME)],
        ),
        (
            "So Donald Trump said he told Vladimir Putin that he would bomb Moscow if Russia invades Ukraine",
            [("trump-moscow-threat", Tier.SAME)],
        ),
        (
            "Trump never told Putin he would bomb Moscow if Russia invaded Ukraine",
            [("trump-moscow-threat", Tier.CLOSE)],
        ),
        (
            "Trump warned Xi that Beijing would be bombed if China invaded Taiwan",
            [("trump-beijing-threat", Tier.SAME)],
        ),
        ("Will it rain in Lisbon tomorrow afternoon, or should I leave the umbrella at home?", []),
        ("What is a good recipe for bread with seeds and a hard crust, please?", []),
        ("Our team meeting moves to Thursday at ten, please bring the new slides", []),
    ],
)
def test_tiers_on_the_sample_ledger(
    ledger: sqlite3.Connection, text: str, shown: list[tuple[str, Tier]]
) -> None:
    """The claim itself is the same, its denial is close, and talk about something else finds nothing."""
    assert _shown(ledger, text) == shown


def test_indirect_wording_still_finds_the_claim(ledger: sqlite3.Connection) -> None:
    """Where the paste puts it at another time, the claim is found all the same."""
    (found, *_) = _shown(ledger, "While president, Trump told Putin he would bomb Moscow")
    assert found[0] == "trump-moscow-threat"


def test_each_claim_of_a_paste_is_found(ledger: sqlite3.Connection) -> None:
    """Two claims in one paste are answered by two entries, each with its part."""
    one, two = "Trump said he does not like Putin at all.", "Dogs are banned from the Brackwater ferry."
    found = {hit.claim: hit.part for hit in _look(ledger, f"{one} {two}")[:2]}
    assert found == {"trump-dislikes-putin": one, "ferry-dogs": two}


def test_words_of_a_statement_lead_to_its_claim(ledger: sqlite3.Connection) -> None:
    """What was said about a claim finds it, and never as the same claim."""
    text = "Russia never dared invade Ukraine when he was in office, as President Trump has stated"
    assert _shown(ledger, text)[0] == ("trump-moscow-threat", Tier.CLOSE)


def test_limit_holds(ledger: sqlite3.Connection) -> None:
    """No more claims come back than were asked for."""
    found = lookup(
        ledger,
        clean("Trump Putin bridge ferry"),
        view=View(today=TODAY),
        weights=load(),
        limit=2,
        known=Known(),
    )
    assert len(found) == 2


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '" OR "',
        "text:trump",
        "NEAR(trump putin)",
        "trump*",
        "^trump",
        "NOT trump",
        "a AND OR b",
        "{a b}:c",
        "'; DROP TABLE claim; --",
        "trump\x00putin",
        "(((",
        "-trump",
        "+",
        "\ud800",
        "％",
        "🎉",
        "\u202etrump",
    ],
)
def test_nothing_in_a_text_is_query_syntax(ledger: sqlite3.Connection, text: str) -> None:
    """Operators, quotes and odd characters are words or nothing."""
    _look(ledger, text)
    search_words(ledger, text, view=View(today=TODAY), limit=5)


@given(st.text(st.characters(), max_size=200) | st.text(alphabet='"*^:(){}+-ANDORNT trumpin', max_size=60))
def test_any_text_finds_vetted_claims_only(ledger: sqlite3.Connection, text: str) -> None:
    """No text makes a look-up fail, and no claim of another state comes out."""
    found = {hit.claim for hit in _look(ledger, text)}
    found.update(search_words(ledger, text, view=View(today=TODAY), limit=50))
    assert found <= VISIBLE.keys()


@pytest.mark.parametrize("key", [each.id for each in CLAIMS if each.id not in VISIBLE])
def test_hidden_claim_is_not_found_by_its_own_words(ledger: sqlite3.Connection, key: str) -> None:
    """Drafts, withdrawn, superseded and embargoed entries stay inside, exact wording or not."""
    hidden = next(each for each in CLAIMS if each.id == key)
    assert key not in {hit.claim for hit in _look(ledger, hidden.text)}
    assert key not in search_words(ledger, hidden.text, view=View(today=TODAY), limit=50)


def test_embargo_ends_with_the_day() -> None:
    """On the day that an embargo names, the entry is found without anything being written."""
    hidden = replace(claim(), id="later", embargo_until=Day("2026-11-23"))
    with scratch([hidden]) as conn:
        assert _look(conn, hidden.text) == ()
        found = lookup(
            conn, clean(hidden.text), view=View(today="2026-11-23"), weights=load(), limit=1, known=Known()
        )
        assert [each.claim for each in found] == ["later"]
        assert search_words(conn, hidden.text, view=View(today=TODAY), limit=1) == ()


def test_index_follows_the_claim() -> None:
    """After an amendment the old words find nothing; after a withdrawal nothing does, and no row is left."""
    made = claim()
    with scratch([made]) as conn:
        changed = replace(made, text="The lighthouse keeper sold the lamp oil.", aliases=(), statements=())
        conn.execute("UPDATE claim SET text = ? WHERE id = ?", (changed.text, made.id))
        index(conn, changed)
        assert search_words(conn, made.text, view=View(today=TODAY), limit=5) == ()
        assert search_words(conn, "lighthouse", view=View(today=TODAY), limit=5) == (made.id,)
        index(conn, replace(changed, state=State.WITHDRAWN))
        for table in ("fold", "wording_fts", "record_fts"):
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
        assert conn.execute("SELECT count(*) FROM term WHERE entries <> 0").fetchone()[0] == 0


def test_statement_that_is_not_vetted_is_not_searched() -> None:
    """A draft statement's words find nothing."""
    drafted = statement(id="s-2", text="Zephyrs blew it down.", state=State.DRAFT)
    with scratch([replace(claim(), statements=(statement(), drafted))]) as conn:
        assert search_words(conn, "zephyrs", view=View(today=TODAY), limit=5) == ()
        assert search_words(conn, "my order", view=View(today=TODAY), limit=5) == (claim().id,)


def test_search_puts_more_words_first(ledger: sqlite3.Connection) -> None:
    """A claim with all the words stands before those with some; stop words alone find nothing."""
    assert search_words(ledger, "ferry dogs", view=View(today=TODAY), limit=3)[0] == "ferry-dogs"
    assert search_words(ledger, "Peskov", view=View(today=TODAY), limit=5)
    assert search_words(ledger, "the of and", view=View(today=TODAY), limit=3) == ()


@contextmanager
def _linked(claims: list[Claim]) -> Iterator[sqlite3.Connection]:
    """Give a ledger in which the statement of each claim cites `https://gazette.example/pier`."""
    with scratch(claims) as conn:
        conn.execute(
            "INSERT INTO source (id, publisher, title, medium) VALUES ('g', 'Gazette', 'Pier', 'web')"
        )
        conn.execute("INSERT INTO address VALUES ('https://gazette.example/pier', 'g')")
        for each in claims:
            for said in each.statements:
                key = each.id + said.id
                conn.execute(
                    "INSERT INTO statement (id, claim, position, kind, text, quote_mode, official, language,"
                    " state) VALUES (?, ?, 0, 'assertion', ?, 'paraphrase', 0, 'en', ?)",
                    (key, each.id, said.text, said.state),
                )
                conn.execute("INSERT INTO citation VALUES (?, 0, 'g', NULL, NULL, 'first')", (key,))
        yield conn


def test_link_alone_is_answered_by_the_claims_that_cite_it() -> None:
    """A pasted address finds what is vetted and cites it, however the address is written."""
    claims = [
        replace(claim(), id="cited"),
        replace(claim(), id="draft", state=State.DRAFT),
        replace(claim(), id="drafted", statements=(statement(state=State.DRAFT),)),
    ]
    with _linked(claims) as conn:
        for text in (
            "http://www.gazette.example/pier/?utm_source=x",
            "true? <https://gazette.example/pier|x>",
        ):
            (hit,) = _look(conn, text)
            assert (hit.claim, hit.exact, hit.linked) == ("cited", True, True)
            assert [tier for _, tier in tiers([hit], clean(text), load())] == [Tier.SAME]
        assert _look(conn, "https://gazette.example/pier", without={"cited"}) == ()


def test_link_beside_a_text_makes_its_claims_close() -> None:
    """With words beside it the address is a reason to believe, and the words decide."""
    text = "What a lovely sunset over the hills of Quillbrook this evening https://gazette.example/pier"
    with _linked([replace(claim(), id="cited")]) as conn:
        (hit,) = _look(conn, text)
    assert not hit.exact
    assert [tier for _, tier in tiers([hit], clean(text), load())] == [Tier.CLOSE]


def _write(folder: Path) -> None:
    subjects = ["lamp", "bridge", "ferry", "pier", "harbour", "market", "school", "library", "tower", "mill"]
    verbs = [
        "closed",
        "sold",
        "painted",
        "flooded",
        "opened",
        "rented",
        "burned",
        "moved",
        "fenced",
        "mapped",
    ]
    pairs = [(one, two) for one in subjects for two in verbs]
    claims = "\n".join(
        f'{{"id": "{s}-{v}", "text": "The {s} of {s}ham was {v} by order of the council"}}' for s, v in pairs
    )
    folder.joinpath("claims.jsonl").write_text(claims, "utf-8")
    queries = "\n".join(
        f'{{"id": "q-{s}-{v}", "text": "Have they {v} our {s} in {s}ham?"}}' for s, v in pairs
    )
    folder.joinpath("queries.jsonl").write_text(queries, "utf-8")
    qrels = "\n".join(f'{{"query": "q-{s}-{v}", "claim": "{s}-{v}"}}' for s, v in pairs)
    folder.joinpath("qrels.jsonl").write_text(qrels, "utf-8")


def test_labelled_set_is_measured_and_fitted(tmp_path: Path) -> None:
    """Measuring gives figures, refitting gives weights that can be used, and both tell how far they are."""
    _write(tmp_path)
    told: list[str] = []
    before = measure(tmp_path, None, load(), progress=lambda what, *_: told.append(what))[Fold.ALL]
    assert before.p_at_1 == before.recall_at_10 == 1
    assert before.texts == 100
    assert set(told) == {"claims", "texts"}
    made = refit([(tmp_path, None)], date="2026-11-22")
    assert made.sets == (tmp_path.name,)
    ordered = refit([(tmp_path, None)], order=[(tmp_path, None)], date="2026-11-22")
    assert ordered.sets == (tmp_path.name, f"{tmp_path.name} (order)")
    assert ordered.figures["texts"] == made.figures["texts"]
    both = measure(tmp_path, None, made, folds=(Fold.FITTED, Fold.HELD_OUT))
    assert both[Fold.FITTED].p_at_1 == both[Fold.HELD_OUT].p_at_1 == 1
    assert both[Fold.FITTED].texts + both[Fold.HELD_OUT].texts == 100
