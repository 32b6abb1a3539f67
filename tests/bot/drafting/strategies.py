"""Articles and drafts of any kind, for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.dates import PartialDate
from bot.drafting.drafts import Article, Draft, DraftArtifact, Handling, Said, Span
from bot.sources import ArtifactKind, CustodyAction
from bot.statements import Kind, QuoteMode

TEXT = """\
Rosa Lindt, the mayor of Aldermouth, said on Tuesday, July 8: “The bridge will close.”
“It is not true,” said Omar Said, a spokesman for the union. “Nobody asked us — ‘never’.
A recording of the meeting was obtained by the Harbour Gazette in 2024.
"""

texts = st.just(TEXT) | st.text(max_size=120) | st.text(alphabet="“”\"'‘’ ab.\n…[]", max_size=60)
numbers = st.integers(min_value=-5, max_value=300)
spans = st.builds(lambda start, end: Span(start=start, end=end), numbers, numbers) | st.just(
    Span(start=0, end=86)
)
words = (
    st.sampled_from(
        [
            "The bridge will close.",
            "It is not true … Nobody asked us",
            "said on Tuesday, July 8: “The bridge will close.”",
            "“The bridge will open.”",
            "Rosa Lindt",
            "the union",
            "Harbour Gazette",
            "mayor of Aldermouth",
            "Vlad Nobody",
            "",
        ]
    )
    | st.text(max_size=40)
    | st.text(alphabet="“”\"'‘’‴″`´ ab.…[]", max_size=20)
)
maybe = st.none() | words
dates = st.none() | st.sampled_from(["2025-07-08", "2024", "2025-13-01", "soon", ""]).map(PartialDate)
articles = st.builds(Article, text=texts, published_on=dates)
statements = st.builds(
    Said,
    kind=st.sampled_from(Kind),
    text=words,
    quote_mode=st.sampled_from(QuoteMode),
    passage=spans,
    speaker=maybe,
    speaker_at=st.none() | spans,
    described=maybe,
    role=maybe,
    on_behalf_of=maybe,
    said_on=dates,
    date_basis=st.none() | spans,
    told_to=maybe,
    relay=maybe,
    answers=st.none() | st.integers(min_value=-2, max_value=5),
    about_artifact=st.booleans(),
)
artifacts = st.builds(
    DraftArtifact,
    name=words,
    kind=st.sampled_from(ArtifactKind),
    passage=spans,
    custody=st.lists(
        st.builds(Handling, action=st.sampled_from(CustodyAction), by=words, passage=spans), max_size=3
    ).map(tuple),
)
drafts = st.builds(
    Draft,
    claim=words,
    passage=spans,
    statements=st.lists(statements, max_size=4).map(tuple),
    artifact=st.none() | artifacts,
)
