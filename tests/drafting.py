"""An invented article, drafts of it as they are found, and any drafts whatever."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.dates import Day, PartialDate
from bot.drafting.drafts import Article, Draft, DraftArtifact, Handling, Said, Span
from bot.sources import ArtifactKind, CustodyAction
from bot.statements import Kind, QuoteMode

TEXT = """The county of Fen had the old bridge closed on Tuesday, and the mayor blames the county.

“The county knew of the cracks for two years,” Ana Reyes, the mayor of Fen, told the Fen Courier on
8 July 2025.

Piet Vos, a spokesman for the county, denied that it had known. “We heard of it last week,” he said.

The mayor relies on a recording that a clerk at the harbour office made. Vos said that he could not tell
whether the recording is genuine.

Asked by the Fen Courier, the ministry of roads did not comment."""
ARTICLE = Article(
    text=TEXT,
    title="Mayor blames county for bridge",
    publisher="Fen Courier",
    url="https://courier.fen.example.org/bridge",
    published_on=PartialDate("2025-07-09"),
    retrieved_on=Day("2026-11-22"),
)


def span(words: str) -> Span:
    """Return where `words` stand in the article."""
    start = TEXT.index(words)
    return Span(start=start, end=start + len(words))


ASSERTED = Said(
    kind=Kind.ASSERTION,
    text="The county knew of the cracks for two years,",
    quote_mode=QuoteMode.VERBATIM,
    passage=span(TEXT.split("\n\n")[1]),
    speaker="Ana Reyes",
    role="the mayor of Fen",
    said_on=PartialDate("2025-07-08"),
    date_basis=span("8 July 2025"),
    told_to="the Fen Courier",
)
DENIED = Said(
    kind=Kind.DENIAL,
    text="Piet Vos denied that it had known. “We heard of it last week,” he said.",
    quote_mode=QuoteMode.PARTIAL,
    passage=span(TEXT.split("\n\n")[2]),
    speaker="Piet Vos",
    role="a spokesman for the county",
    on_behalf_of="the county",
    answers=0,
)
DOUBTED = Said(
    kind=Kind.AUTHENTICITY_CHALLENGE,
    text="Vos could not tell whether the recording is genuine.",
    quote_mode=QuoteMode.PARAPHRASE,
    passage=span(TEXT.split("\n\n")[3]),
    speaker="Piet Vos",
    about_artifact=True,
)
SILENT = Said(
    kind=Kind.NO_COMMENT,
    text="The ministry of roads did not comment.",
    quote_mode=QuoteMode.PARAPHRASE,
    passage=span(TEXT.split("\n\n")[4]),
    speaker="the ministry of roads",
    told_to="the Fen Courier",
)
DRAFT = Draft(
    claim="The county of Fen knew of cracks in the old bridge for two years.",
    passage=span(TEXT.split("\n\n")[1]),
    statements=(ASSERTED, DENIED, DOUBTED, SILENT),
    artifact=DraftArtifact(
        name="recording of the county's meeting",
        kind=ArtifactKind.AUDIO,
        passage=span("a recording that a clerk at the harbour office made"),
        custody=(
            Handling(
                action=CustodyAction.RECORDED,
                by="a clerk at the harbour office",
                passage=span("a recording that a clerk at the harbour office made"),
            ),
        ),
    ),
    notes=("The words “for ever” are not in the article.",),
)

_SPANS = st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))).map(
    lambda ends: Span(start=min(ends), end=max(ends))
)
_WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["Ana Reyes", "Piet Vos", "officials", "a clerk at the harbour office", "“We heard of it”", "  "]
    ),
    _SPANS.map(lambda each: each.of(TEXT)),
    st.just("x" * 5_000),
)
_DATES = st.none() | st.sampled_from(
    ["2025-07-08", "2025-07", "2025", "2026-01-01", "2025-02-30", "soon"]
).map(PartialDate)
SAID = st.builds(
    Said,
    kind=st.sampled_from(Kind),
    text=_WORDS,
    quote_mode=st.sampled_from(QuoteMode),
    passage=_SPANS,
    speaker=st.none() | _WORDS,
    described=st.none() | _WORDS,
    role=st.none() | _WORDS,
    on_behalf_of=st.none() | _WORDS,
    said_on=_DATES,
    told_to=st.none() | _WORDS,
    relay=st.none() | _WORDS,
    answers=st.none() | st.integers(-2, 5),
    about_artifact=st.booleans(),
)
ARTIFACTS = st.none() | st.builds(
    DraftArtifact,
    name=_WORDS,
    kind=st.sampled_from(ArtifactKind),
    passage=_SPANS,
    custody=st.lists(
        st.builds(Handling, action=st.sampled_from(CustodyAction), by=_WORDS, passage=_SPANS), max_size=3
    ).map(tuple),
)
DRAFTS = st.builds(
    Draft,
    claim=_WORDS,
    passage=_SPANS,
    statements=st.lists(SAID, max_size=5).map(tuple),
    artifact=ARTIFACTS,
)
"""Drafts as no check would let them through."""
ARTICLES = st.builds(
    Article,
    text=st.just(TEXT) | st.just(TEXT + "\n" + "The council met again. " * 400),
    title=_WORDS,
    publisher=_WORDS,
    url=st.none()
    | st.sampled_from(["https://a.example.org/x", "ftp://a", "http://u@h", "http://[", "not one"]),
    published_on=_DATES,
    retrieved_on=st.none() | st.just(Day("2026-11-22")),
)
