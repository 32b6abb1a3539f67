"""The right of reply: a request put into an entry, and what came of it made a statement."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.claims import Claim, Outcome, ResponseRequest
from bot.dates import Day, PartialDate
from bot.moderation.forms import Faults, Typed
from bot.moderation.ids import new_id
from bot.moderation.missing import at_fields, drafted
from bot.moderation.typed import line, text, with_speakers
from bot.rules import completed
from bot.sources import Medium, Source, Speaker
from bot.statements import Citation, Kind, QuoteMode, State, Statement, Target, TargetKind
from bot.wording import catalogue

KINDS: Final = {
    Outcome.ANSWERED: Kind.RESPONSE,
    Outcome.NO_COMMENT: Kind.NO_COMMENT,
    Outcome.DECLINED: Kind.DECLINED,
    Outcome.NO_RESPONSE: Kind.NO_RESPONSE,
}
"""The kind of statement that each outcome of a request becomes."""

_REQUEST: Final = ("asked", "how", "asked_on", "due_on", "note")
_STATEMENT: Final = ("text", "quote_mode", "said_on", "official")
_SOURCE: Final = ("publisher", "title", "url", "excerpt")


def with_request(typed: Typed, claim: Claim, ending: str) -> tuple[Claim, Faults]:
    """Return `claim` with the request that was typed, and what is wrong with it by names of fields."""
    due = line(typed, "due_on")
    made = ResponseRequest(
        id=f"r-{ending}",
        asked=line(typed, "asked") or "",
        how=line(typed, "how") or "",
        asked_on=Day(line(typed, "asked_on") or ""),
        due_on=Day(due) if due else None,
        note=line(typed, "note"),
    )
    claim = replace(claim, requests=(*claim.requests, made))
    path = f"requests[{len(claim.requests) - 1}]"
    places = {f"{path}.{name}": name for name in _REQUEST} | {path: "asked", "response_not_sought": "asked"}
    return claim, at_fields(drafted(claim), places)


def with_outcome(
    typed: Typed, claim: Claim, speaker: Speaker, today: str, ending: str
) -> tuple[Claim, Faults]:
    """Return `claim` with the request ended and the statement that its outcome is, and what is wrong.

    `speaker` is whoever was asked. Words that came to us are their own source.
    """
    say = catalogue().say
    place = next((n for n, each in enumerate(claim.requests) if each.id == typed.get("request")), None)
    if place is None or claim.requests[place].outcome is not Outcome.PENDING:
        return claim, {"request": say("fault.not_pending")}
    request, outcome = claim.requests[place], Outcome(typed["outcome"])
    words = line(typed, "text")
    if outcome is Outcome.ANSWERED and words is None:
        return claim, {"text": say("fault.needs_words")}
    if not line(typed, "url") and (line(typed, "publisher") is None) != (line(typed, "title") is None):
        return claim, {
            each: say("form.required") for each in ("publisher", "title") if line(typed, each) is None
        }
    source = _source(typed, request, words, today, ending)
    mode = QuoteMode(typed.get("quote_mode") or QuoteMode.PARAPHRASE) if words else QuoteMode.PARAPHRASE
    statement = Statement(
        id=f"s-{ending}",
        kind=KINDS[outcome],
        text=words or say(f"outcome_text.{outcome}", name=speaker.name),
        quote_mode=mode,
        about=Target(kind=TargetKind.CLAIM, id=claim.id),
        speaker=speaker.id,
        official=typed.get("official") == "yes",
        language=claim.language,
        said_on=PartialDate(line(typed, "said_on") or ""),
        state=State.DRAFT,
        citations=(Citation(source=source.id),),
    )
    ended = replace(request, outcome=outcome)
    claim = replace(
        with_speakers(claim, [speaker]),
        requests=(*claim.requests[:place], ended, *claim.requests[place + 1 :]),
        statements=(*claim.statements, statement),
        sources=(*claim.sources, source),
    )
    claim = completed(claim)
    return claim, at_fields(drafted(claim), _places(claim, statement, source))


def _source(typed: Typed, request: ResponseRequest, words: str | None, today: str, ending: str) -> Source:
    """Return where the outcome can be read: what was named, else our own correspondence."""
    say = catalogue().say
    url, publisher, title = (line(typed, each) for each in ("url", "publisher", "title"))
    excerpt = text(typed, "excerpt")
    if url is None and publisher is None:
        return Source(
            id=new_id("correspondence", ending),
            publisher=say("outcome_source.publisher"),
            title=say("outcome_source.title", name=request.asked),
            locator=say("outcome_source.locator", how=request.how),
            retrieved_on=Day(today),
            medium=Medium.DOCUMENT,
            # What came to us is the text itself.
            excerpt=excerpt or words,
        )
    return Source(
        id=new_id(publisher or request.asked, ending),
        publisher=publisher or request.asked,
        title=title or say("outcome_source.title", name=request.asked),
        url=url,
        locator=None if url else say("outcome_source.locator", how=request.how),
        retrieved_on=Day(today),
        excerpt=excerpt,
    )


def _places(claim: Claim, statement: Statement, source: Source) -> dict[str, str]:
    n = next(n for n, each in enumerate(claim.statements) if each.id == statement.id)
    m = next(m for m, each in enumerate(claim.sources) if each.id == source.id)
    places = {f"statements[{n}].{name}": name for name in _STATEMENT}
    places |= {f"sources[{m}].{name}": name for name in _SOURCE}
    return {f"statements[{n}]": "text"} | places | {f"sources[{m}]": "url"}
