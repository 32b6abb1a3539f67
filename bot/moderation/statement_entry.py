"""From what was typed into the form of a statement to the draft with that statement in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.claims import Claim
from bot.dates import Day, PartialDate
from bot.moderation.forms import Faults, Typed
from bot.moderation.ids import new_id
from bot.moderation.missing import at_fields, drafted
from bot.moderation.statement_form import NEW, NEW_ARTIFACTS
from bot.moderation.typed import line, pruned, speaker_of, text, with_speakers
from bot.rules import completed
from bot.sources import Artifact, ArtifactKind, Source, Speaker
from bot.statements import Citation, Kind, QuoteMode, State, Statement, Target, TargetKind
from bot.wording import catalogue

_STATEMENT: Final = (
    "kind", "text", "quote_mode", "part", "speaker", "anonymous", "anonymity_reason", "role", "on_behalf_of",
    "official", "original_text", "original_language", "said_on", "date_note", "told_to", "about",
)  # fmt: skip
_SOURCE: Final = ("publisher", "title", "url", "locator", "published_on", "retrieved_on", "excerpt")


def with_statement(
    typed: Typed, before: Claim, held: Statement | None, known: Iterable[Speaker], ending: str
) -> tuple[Claim, Faults]:
    """Return the draft with the statement that was typed, and what is wrong with it by names of fields.

    `held` is the statement that is changed, or None for a new one; `known` are speakers on file, and
    ids that are made here end in `ending`. Where there are faults the draft is not to be kept.
    """
    found = _unfit(typed)
    name = line(typed, "speaker")
    speaker = speaker_of(name, (*before.speakers, *known), ending) if name else None
    claim = with_speakers(before, [speaker] if speaker else [])
    claim, source, faults = _with_source(claim, typed, ending)
    found |= faults
    if found:
        return before, found
    claim, about = _with_target(claim, typed, ending)
    statement = _statement(typed, held, ending)
    statement = replace(
        statement,
        speaker=speaker.id if speaker else None,
        about=about if about is None or about.kind is not TargetKind.CLAIM else replace(about, id=claim.id),
        language=held.language if held else claim.language,
        citations=_citations(typed, held, source, claim),
    )
    others = tuple(statement if each.id == statement.id else each for each in claim.statements)
    claim = replace(claim, statements=others if held is not None else (*others, statement))
    claim = completed(pruned(claim))
    return claim, at_fields(drafted(claim), _places(claim, statement, source), known=drafted(before))


def _unfit(typed: Typed) -> Faults:
    """Return the fields that say against each other what no rule could tell apart."""
    say = catalogue().say
    if line(typed, "speaker") and line(typed, "anonymous"):
        return {"anonymous": say("fault.both_speakers")}
    if not line(typed, "speaker") and not line(typed, "anonymous"):
        return {"speaker": say("fault.no_speaker")}
    artifact, about = line(typed, "artifact"), typed.get("about", "")
    if about.startswith("new-") and not artifact:
        return {"artifact": say("fault.no_artifact")}
    return {}


def _statement(typed: Typed, held: Statement | None, ending: str) -> Statement:
    said = line(typed, "said_on")
    shown = State.DRAFT if held is None or held.state is State.WITHDRAWN else held.state
    return Statement(
        id=held.id if held else f"s-{ending}",
        kind=Kind(typed["kind"]),
        text=line(typed, "text") or "",
        quote_mode=QuoteMode(typed["quote_mode"]),
        part=line(typed, "part"),
        anonymous=line(typed, "anonymous"),
        anonymity_reason=line(typed, "anonymity_reason"),
        role=line(typed, "role"),
        on_behalf_of=line(typed, "on_behalf_of"),
        official=typed.get("official") == "yes",
        original_text=text(typed, "original_text"),
        original_language=line(typed, "original_language"),
        said_on=PartialDate(said) if said else None,
        date_note=line(typed, "date_note"),
        told_to=line(typed, "told_to"),
        venue=held.venue if held else None,
        superseded_by=held.superseded_by if held else None,
        state=State.WITHDRAWN if typed.get("standing") == "withdrawn" else shown,
    )


def _with_source(claim: Claim, typed: Typed, ending: str) -> tuple[Claim, Source | None, Faults]:
    """Return the draft with the source that was chosen or typed, that source, and what is wrong with it."""
    say = catalogue().say
    chosen = typed.get("source") or NEW
    excerpt = text(typed, "excerpt")
    if chosen != NEW:
        source = next((each for each in claim.sources if each.id == chosen), None)
        if source is None:
            return claim, None, {"source": say("fault.source_gone")}
        if excerpt is not None and excerpt != source.excerpt:
            if source.excerpt is not None and excerpt not in source.excerpt:
                # Another passage of the same text; what is quoted from the first one still rests on it.
                excerpt = f"{source.excerpt}\n{excerpt}"
            elif source.excerpt is not None:
                excerpt = source.excerpt
            source = replace(source, excerpt=excerpt, excerpt_sha256=None)
            sources = tuple(source if each.id == source.id else each for each in claim.sources)
            claim = replace(claim, sources=sources)
        return claim, source, {}
    publisher, title = line(typed, "publisher"), line(typed, "title")
    url, published, retrieved = (line(typed, each) for each in ("url", "published_on", "retrieved_on"))
    if not any((publisher, title, url, excerpt)):
        return claim, None, {}
    if not publisher or not title:
        return (
            claim,
            None,
            {each: say("form.required") for each in ("publisher", "title") if not line(typed, each)},
        )
    source = Source(
        id=new_id(publisher, ending),
        publisher=publisher,
        title=title,
        url=url,
        locator=line(typed, "locator") if url is None else None,
        published_on=PartialDate(published) if published else None,
        retrieved_on=Day(retrieved) if retrieved else None,
        excerpt=excerpt,
    )
    return replace(claim, sources=(*claim.sources, source)), source, {}


def _with_target(claim: Claim, typed: Typed, ending: str) -> tuple[Claim, Target | None]:
    """Return the draft with material that was named anew, and what the statement is about."""
    chosen = typed.get("about") or TargetKind.CLAIM
    kind, _, key = chosen.partition(":")
    name = line(typed, "artifact")
    if kind.removeprefix("new-") in NEW_ARTIFACTS and name:
        made = Artifact(id=new_id(name, ending), name=name, kind=ArtifactKind(kind.removeprefix("new-")))
        claim = replace(claim, artifacts=(*claim.artifacts, made))
        return claim, Target(kind=TargetKind.ARTIFACT, id=made.id)
    return claim, Target(kind=TargetKind(kind), id=key or claim.id)


def _citations(
    typed: Typed, held: Statement | None, source: Source | None, claim: Claim
) -> tuple[Citation, ...]:
    """Return the citations: the first one is the form's, the others stay."""
    others = held.citations[1:] if held else ()
    if source is None:
        return others
    first = held.citations[0] if held and held.citations else Citation(source=source.id)
    is_new = source.url is None and typed.get("source") in {NEW, "", None}
    del claim
    mine = replace(
        first,
        source=source.id,
        locator=None if is_new else line(typed, "locator"),
        relay=line(typed, "relay"),
    )
    return (mine, *(each for each in others if (each.source, each.locator) != (mine.source, mine.locator)))


def _places(claim: Claim, statement: Statement, source: Source | None) -> dict[str, str]:
    """Return the field of the form for each beginning of a path that a rule may name."""
    n = next(n for n, each in enumerate(claim.statements) if each.id == statement.id)
    path = f"statements[{n}]"
    places = {path: "text"} | {f"{path}.{name}": name for name in _STATEMENT}
    places[f"{path}.citations"] = "source"
    places[f"{path}.citations[0].locator"] = "locator"
    places[f"{path}.citations[0].relay"] = "relay"
    for m, each in enumerate(claim.sources):
        if source is not None and each.id == source.id:
            places |= {f"sources[{m}].{name}": name for name in _SOURCE}
            places[f"sources[{m}]"] = "source"
    for m, speaker in enumerate(claim.speakers):
        if speaker.id == statement.speaker:
            places[f"speakers[{m}]"] = "speaker"
    for m, artifact in enumerate(claim.artifacts):
        if statement.about is not None and artifact.id == statement.about.id:
            places[f"artifacts[{m}]"] = "artifact"
    return places
