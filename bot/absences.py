"""What is not on file: computed from the absence of rows, and worded as that and no more.

That a row is absent says nothing of what somebody did or did not do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.claims import Claim, Outcome, ResponseRequest
from bot.display import tidy_or_none
from bot.sources import Artifact, CustodyAction
from bot.statements import Group, Kind, Statement, TargetKind
from bot.voices import Voices
from bot.wording import Catalogue, date_words


def absences(claim: Claim, shown: Sequence[Statement], voices: Voices, words: Catalogue) -> tuple[str, ...]:
    """Return what is not on file about `claim`, in words, each once.

    `shown` are the statements that the record shows. An official response counts as on file too where
    an official assertion or denial is.
    """
    found = [
        *_groups(shown, words),
        *_response(claim, shown, words),
        *_replies(claim, shown, voices, words),
        *_authentications(claim, shown, words),
    ]
    return tuple(dict.fromkeys(found))


def _groups(shown: Sequence[Statement], words: Catalogue) -> Iterator[str]:
    groups = {each.group for each in shown}
    if Group.ASSERTED not in groups:
        yield words.say("absent.assertion")
    if Group.DENIED not in groups:
        yield words.say("absent.denial")


def _response(claim: Claim, shown: Sequence[Statement], words: Catalogue) -> Iterator[str]:
    stances = {Group.ASSERTED, Group.DENIED}
    if any(
        each.group is Group.OFFICIAL_RESPONSE or (each.official and each.group in stances) for each in shown
    ):
        return
    reason = tidy_or_none(claim.response_not_sought)
    if reason:
        yield words.say("absent.not_sought", reason=reason.rstrip("."))
    else:
        yield words.say("absent.official_response")


def _replies(claim: Claim, shown: Sequence[Statement], voices: Voices, words: Catalogue) -> Iterator[str]:
    heard = {voices.of(each).casefold() for each in shown}
    heard |= {each.on_behalf_of.casefold() for each in shown if each.on_behalf_of}
    asked: set[str] = set()
    for request in claim.requests:
        name = voices.name(request.asked) or tidy_or_none(request.asked)
        is_open = request.outcome in {Outcome.PENDING, Outcome.NO_RESPONSE}
        if name and is_open and name.casefold() not in heard:
            asked.add(name.casefold())
            yield _answer(name, request, words)
    for concerned in dict.fromkeys(claim.concerns):
        speaker = voices.final(concerned)
        name = voices.name(concerned)
        if speaker and name and not voices.called(speaker) & (heard | asked):
            yield words.say("absent.reply", name=name)


def _answer(name: str, request: ResponseRequest, words: Catalogue) -> str:
    asked = date_words(words, request.asked_on)
    if request.due_on is None:
        return words.say("absent.answer", name=name, asked=asked)
    return words.say("absent.answer_due", name=name, asked=asked, due=date_words(words, request.due_on))


def _authentications(claim: Claim, shown: Sequence[Statement], words: Catalogue) -> Iterator[str]:
    supported = {
        each.about.id
        for each in shown
        if each.kind is Kind.AUTHENTICITY_SUPPORT and each.about and each.about.kind is TargetKind.ARTIFACT
    }
    for artifact in claim.artifacts:
        name = tidy_or_none(artifact.name)
        if name and artifact.id not in supported and not _is_authenticated(artifact):
            yield words.say("absent.authentication", name=name)


def _is_authenticated(artifact: Artifact) -> bool:
    return any(each.action is CustodyAction.AUTHENTICATED for each in artifact.custody)
