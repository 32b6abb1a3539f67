"""The card for review and the queue: whole, in order, every button within the limits."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.actions import LONGEST
from bot.answers import Tier
from bot.buttons import Row
from bot.claims import Claim, ResponseRequest
from bot.dates import Day
from bot.moderation import queue
from bot.moderation.boards import Likeness, Near, draft_board, near_words, review_board, statement_list
from bot.moderation.diffs import diff, touches_vetted
from bot.moderation.proposals import Proposal, Stage
from bot.plain import text_of
from bot.sources import Speaker
from bot.statements import State
from bot.wording import catalogue
from tests.entries import claim, statement, whole_claim
from tests.records import TEXTS

WORDS = catalogue()
TODAY = "2026-11-22"


def proposal(entry: Claim, **changes: object) -> Proposal:
    """Return a proposal in review."""
    made = Proposal(
        id="x" * 11,
        workspace="",
        claim=entry,
        base=0,
        author="slack:T1:U1",
        author_name="Ana Ng",
        stage=Stage.IN_REVIEW,
        begun_at=0.0,
        changed_at=0.0,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def check(rows: tuple[Row, ...]) -> None:
    """Hold rows of buttons against the limits."""
    texts = [key.text for row in rows for key in row]
    assert len(set(texts)) == len(texts), "a platform takes each button once"
    assert all(0 < len(row) <= 5 for row in rows)
    assert all(0 < len(each) <= LONGEST for each in texts)
    assert all(key.label for row in rows for key in row)


def test_a_change_is_shown_field_by_field() -> None:
    """What differs is shown whole, before and after, and what is new; what is the same is left out."""
    long = "word " * 700
    before = whole_claim()
    first = replace(before.statements[0], role="former mayor", text=long)
    after = replace(before, story="Another story", statements=(first, *before.statements[1:]))
    after = replace(after, statements=(*after.statements, statement(id="s-9", state=State.DRAFT)))
    said = text_of(diff(before, after, WORDS))
    assert "before: mayor of Marsh" in said
    assert "after: former mayor" in said
    assert f"after: “{long.strip()}”" in said
    assert "Another story" in said
    assert "Statement 9, new" in said
    assert "Statement 2" not in said
    assert "Nothing differs" in text_of(diff(before, before, WORDS))


def test_a_merged_speaker_is_said_in_words() -> None:
    """The card says who becomes whom, with ids (two may have one name), and in how many entries."""
    before = whole_claim()
    first, *others = before.speakers
    into = Speaker(id="other", name=first.name, kind=first.kind)
    after = replace(before, speakers=(replace(first, merged_into="other"), *others, into))
    said = f"Speaker {first.name} ({first.id}) becomes {first.name} (other), in "
    assert said + "3 entries." in text_of(diff(before, after, WORDS, {first.id: 3}))
    card, _ = review_board(proposal(after), before, WORDS, own=False, renamed={first.id: 1})
    assert said + "one entry." in text_of(card)


def test_only_what_readers_saw_has_a_class() -> None:
    """A change has a class where a vetted statement or its source is another one, not where one is added."""
    before = claim()
    added = replace(before, statements=(*before.statements, statement(id="s-2", state=State.DRAFT)))
    assert not touches_vetted(None, before)
    assert not touches_vetted(before, added)
    assert not touches_vetted(replace(before, state=State.DRAFT), replace(before, statements=()))
    assert touches_vetted(before, replace(before, statements=(statement(role="clerk"),)))
    source = replace(before.sources[0], title="Another title")
    assert touches_vetted(before, replace(before, sources=(source,)))


def test_how_near_is_said_in_words() -> None:
    """What is closest on file is named with the tier, and the probability where there is one."""
    assert near_words(Near(id="a", text="A", tier=Tier.SAME, probability=0.934), WORDS) == (
        "Closest on file: this may be the same claim, 93 in 100. Edit that one instead?"
    )
    assert "in 100" not in near_words(Near(id="a", text="A", tier=Tier.CLOSE, probability=None), WORDS)


@given(text=TEXTS, count=st.integers(min_value=0, max_value=40), page=st.integers(min_value=0, max_value=9))
def test_boards_of_any_text_are_within_the_limits(text: str, count: int, page: int) -> None:
    """Whatever the rows hold, paragraphs are runs with text and buttons fit on every platform."""
    rows = tuple(statement(id=f"s-{n}", text=text) for n in range(count))
    entry = claim(id="i" * 64, text=text, statements=rows)
    near = [Near(id=f"{n}" * 64, text=text, tier=Tier.CLOSE, probability=0.5) for n in range(3)]
    alike = [Likeness(typed=text, on_file=text or "x", id=f"{n}" * 64) for n in range(4)]
    draft = proposal(entry, stage=Stage.CHANGES_ASKED, answer=text, reviewer_name=text)
    for shown in (
        draft_board(draft, None, near, alike, TODAY, WORDS),
        statement_list(draft, page, WORDS),
        review_board(proposal(entry, reason=text), claim(), WORDS, ended=entry, own=True),
        queue.queue_page(
            [queue.of_proposal(proposal(entry, id=f"p{n}"), WORDS) for n in range(count)], page, WORDS
        ),
        queue.queue_page(
            [queue.of_stale(replace(entry, id=f"c{n}"), WORDS) for n in range(count)], page, WORDS
        ),
    ):
        check(shown[1])
        assert all(run[0] for each in shown[0] for run in each.runs)


def test_requests_are_due_on_their_day() -> None:
    """A request that is open waits from its day on, the first due first."""

    def asked(key: str, due: str) -> Claim:
        request = ResponseRequest(
            id="r", asked="Ada Quill", how="by e-mail", asked_on=Day("2026-11-01"), due_on=Day(due)
        )
        return claim(id=key, requests=(request,))

    claims = [asked("b", "2026-11-22"), asked("a", "2026-11-23"), asked("c", "2026-11-20")]
    assert [each[0].id for each in queue.due_requests(claims, TODAY)] == ["c", "b"]
