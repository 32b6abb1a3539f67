"""Records for tests of renderers: whatever rows the rules allow, in any Unicode and of any length."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from hypothesis import strategies as st

from bot.answers import Answer, ClaimRecord, Difference, DifferenceKind, HistoryItem, RelatedClaim, Tier
from bot.claims import RelationKind
from bot.composition import answer
from bot.sources import ArtifactKind, Custody, CustodyAction, SpeakerKind
from bot.statements import GROUP_OF, Citation, Group, Kind, QuoteMode, Statement, Target, TargetKind
from tests.entries import artifact, claim, recorded, source, speaker, statement

HOSTILE: Final = (
    "<!channel> <!here> <@U024BE7LH> <#C024BE7LR|general> <!subteam^S1> <https://evil.example|click>",
    "@everyone @here <@123456789012345678> <@&123456789012345678> <#123456789012345678> @silent",
    "<t:1700000000:R> <:smile:123456789012345678> <a:wave:123456789012345678> </claim:123456789012345678>",
    "<id:customize> :smile: :100: :+1: https://evil.example/x http://evil.example www.evil.example",
    "[click](https://evil.example) [a](<https://evil.example>) ![x](https://evil.example) discord.gg/abc",
    "x](https://evil.example) [",
    "# Heading",
    "-# small",
    "> quoted",
    ">>> all quoted",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "2025) item",
    "**bold** *it* __u__ _i_ ~~s~~ ||spoiler|| `code` ```block``` \\",
    "\\*\\* \\@everyone \\<@1> \\\\",
    "& &amp; &lt;!channel&gt; < > <",
    '"quoted" “marks” \' {name} {} %s',
    "\u202egnp.exe\u202c \u2066x\u2069 \u200b\u200d\ufeff",
    "👩‍👩‍👧‍👦 ☂\ufe0f 漢字 e\u0301\u0301 \U000e0041",
    "one\r\ntwo\vthree\u2028four\x85five\x00six",
    "mailto:a@b.example steam://run/1 javascript:alert(1) data:text/html,x",
)
URLS: Final = (
    "https://gazette.example/bridge",
    "http://news.example:8080/a_(b)_c?x=1&y=*2*#frag~",
    "https://müller.example/größe/漢字",
    "javascript:alert(1)",
    "https://user@evil.example/",
    "ftp://files.example/x",
    "https://[::1]/x",
    "https:///nohost",
    "https://x.example/" + "a" * 1_900,
)

TEXTS = st.text(max_size=40) | st.sampled_from(HOSTILE) | st.sampled_from(HOSTILE).map(lambda text: text * 60)


@st.composite
def records(draw: st.DrawFn, *, tier: Tier = Tier.SAME, key: str = "c-1") -> ClaimRecord:
    """Draw the record of a claim with up to 30 statements of up to 4,000 characters."""
    pool = draw(st.lists(TEXTS, min_size=1, max_size=5))
    dice = random.Random(draw(st.integers(min_value=0, max_value=2**32)))
    count = draw(st.integers(min_value=0, max_value=30))
    is_long = draw(st.booleans())

    def text(most: int) -> str:
        word = dice.choice(pool)
        times = dice.choice((1, 1, 1, most)) if is_long else 1
        return (word * times)[:most]

    def maybe(most: int) -> str | None:
        return text(most) if dice.random() < 0.4 else None

    numbers = range(dice.randint(1, 12))
    sources = tuple(
        source(
            id=f"source-{n}",
            publisher=text(200),
            title=text(500),
            author=maybe(200),
            url=dice.choice((None, *URLS)),
            archive_url=dice.choice((None, None, *URLS)),
            locator=maybe(500),
            note=maybe(1_000),
            origin=dice.choice((None, "a", "b")),
        )
        for n in numbers
    )
    rows = tuple(_statement(n, dice, text, maybe, len(sources)) for n in range(count))
    made = claim(
        id=key,
        text=text(500),
        story=maybe(200),
        statements=rows,
        sources=sources,
        speakers=(
            speaker(id="quill", name=text(200), kind=SpeakerKind.PERSON),
            speaker(id="pike", name=text(200)),
        ),
        concerns=dice.choice(((), ("pike",))),
        artifacts=(
            artifact(
                name=text(200),
                kind=dice.choice(list(ArtifactKind)),
                custody=tuple(
                    Custody(action=dice.choice(list(CustodyAction)), by=text(200), note=maybe(1_000))
                    for _ in range(dice.randint(0, 4))
                ),
            ),
        ),
    )
    return recorded(
        made,
        tier=tier,
        part=maybe(2_000),
        differences=tuple(
            Difference(kind=dice.choice(list(DifferenceKind)), pasted=text(300), record=maybe(300))
            for _ in range(dice.randint(0, 3))
        ),
        related=tuple(
            RelatedClaim(id=f"related-{n}", text=text(500), kind=dice.choice(list(RelationKind)))
            for n in range(dice.randint(0, 4))
        ),
    )


def _statement(n: int, dice: random.Random, text: object, maybe: object, sources: int) -> Statement:
    assert callable(text)
    assert callable(maybe)
    kind = dice.choice(list(Kind))
    about = {
        Group.AUTHENTICITY: Target(kind=TargetKind.ARTIFACT, id="tape"),
        Group.CHANGED: Target(kind=TargetKind.STATEMENT, id=f"s-{dice.randint(0, n)}"),
    }.get(GROUP_OF[kind])
    return statement(
        id=f"s-{n}",
        kind=kind,
        about=about,
        text=text(dice.choice((60, 400, 4_000))),
        quote_mode=dice.choice(list(QuoteMode)),
        role=maybe(200),
        on_behalf_of=maybe(200),
        official=dice.random() < 0.5,
        told_to=maybe(200),
        venue=maybe(200),
        date_note=maybe(1_000),
        part=maybe(500),
        citations=tuple(
            Citation(source=f"source-{dice.randrange(sources)}", locator=maybe(200), relay=maybe(200))
            for _ in range(dice.randint(0, 4))
        ),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Draw an answer of any tier with up to three claims."""
    tier = draw(st.sampled_from(Tier))
    count = 0 if tier is Tier.NONE else draw(st.integers(min_value=1, max_value=3))
    shown = [draw(records(tier=tier, key=f"c-{n}")) for n in range(count)]
    more = draw(st.integers(min_value=0, max_value=5)) if shown else 0
    return answer(shown, tier=tier, ledger_revision=1, more=more)


@st.composite
def histories(draw: st.DrawFn) -> list[HistoryItem]:
    """Draw a log of revisions."""
    pool = draw(st.lists(TEXTS, min_size=1, max_size=4))
    count = draw(st.integers(min_value=0, max_value=40))
    return [
        HistoryItem(
            n=n,
            at=pool[n % len(pool)][:40] if n % 2 else "2025-11-22T10:20:30+00:00",
            actor=pool[n % len(pool)],
            action="amend",
            reason=pool[-1],
            entity="statement",
            id="s-1",
            changed=("text", "role"),
        )
        for n in range(count)
    ]


@st.composite
def found(draw: st.DrawFn) -> list[tuple[str, str, str | None]]:
    """Draw what a search found."""
    pool = draw(st.lists(TEXTS, min_size=1, max_size=4))
    count = draw(st.integers(min_value=0, max_value=20))
    return [(f"c-{n}", pool[n % len(pool)][:500], pool[-1][:200] or None) for n in range(count)]


def displays(shown: ClaimRecord) -> Iterator[str]:
    """Yield the text of each statement of a record as a reader is to see it."""
    for _, lines in shown.groups:
        yield from (line.display for line in lines if line.display)


def responses(shown: ClaimRecord) -> Iterator[Group]:
    """Yield the groups of a record that hold a response to what is asserted."""
    groups = dict(shown.groups)
    yield from (group for group in (Group.DENIED, Group.OFFICIAL_RESPONSE) if groups[group])
