"""How the parts of one entry name each other: every reference leads somewhere, nothing lies about unused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.claims import Claim
from bot.errors import Refusal
from bot.folding import fold, fold_typography
from bot.rules.texts import identifier, shown, with_article
from bot.statements import TargetKind

# The list of the entry that a target of each kind stands in, and what one item of it is called.
_LISTS: Final = {
    TargetKind.STATEMENT: ("statements", "statement"),
    TargetKind.ARTIFACT: ("artifacts", "artifact"),
    TargetKind.SOURCE: ("sources", "source"),
}


def reference_refusals(claim: Claim) -> Iterator[Refusal]:
    """Yield what is wrong with the ids and references of an entry."""
    yield from _repeats(claim)
    yield from _dangling(claim)
    yield from _unused(claim)
    yield from _circles(
        "statements", "superseded_by", {each.id: each.superseded_by for each in claim.statements}
    )
    yield from _circles("speakers", "merged_into", {each.id: each.merged_into for each in claim.speakers})
    yield from _relations(claim)


def _repeats(claim: Claim) -> Iterator[Refusal]:
    """Ids and wordings that stand twice where each may stand once."""
    for name in ("statements", "speakers", "sources", "artifacts", "requests"):
        held = getattr(claim, name)
        if len(held) < 2:  # noqa: PLR2004 - one stands once
            continue
        ids = [each.id for each in held]
        yield from _twice(ids, (f"{name}[{n}].id" for n in range(len(ids))), "give each its own id")
    concerned = (f"concerns[{n}]" for n in range(len(claim.concerns)))
    yield from _twice(claim.concerns, concerned, "name each speaker once")
    for n, statement in enumerate(claim.statements):
        if len(statement.citations) < 2:  # noqa: PLR2004 - the same
            continue
        cited = [f"{each.source} {each.locator or ''}".rstrip() for each in statement.citations]
        places = (f"statements[{n}].citations[{place}]" for place in range(len(cited)))
        yield from _twice(cited, places, "cite each place in a source once")
    drop = "leave it out: case, quotation marks and spaces make no other wording"
    if claim.aliases:
        wordings = [_wording(each) for each in (claim.text, *claim.aliases)]
        paths = ("text" if not n else f"aliases[{n - 1}]" for n in range(len(wordings)))
        yield from _twice(wordings, paths, drop)
    for n, speaker in enumerate(claim.speakers):
        if not speaker.aliases:
            continue
        names = (speaker.name, *speaker.aliases)
        paths = (
            f"speakers[{n}].aliases[{place - 1}]" if place else f"speakers[{n}].name"
            for place in range(len(names))
        )
        yield from _twice(names, paths, "leave it out: it is there already")


def _wording(text: str) -> str:
    return fold(text) or fold_typography(text)


def _twice(values: Sequence[str], paths: Iterable[str], right: str) -> Iterator[Refusal]:
    """Refuse each of `values` that stood before; `paths` says where each stands."""
    if len(values) < 2 or len(set(values)) == len(values):  # noqa: PLR2004 - one value stands once
        return
    first: dict[str, str] = {}
    for path, value in zip(paths, values, strict=True):
        if value in first:
            yield Refusal(field=path, wrong=f"“{shown(value)}” stands in {first[value]} already", right=right)
        first.setdefault(value, path)


def _dangling(claim: Claim) -> Iterator[Refusal]:
    """References to what is not in the entry."""
    speakers = {each.id for each in claim.speakers}
    sources = {each.id for each in claim.sources}
    statements = {each.id for each in claim.statements}
    references: list[tuple[str, str | None, set[str], str, str]] = []
    for n, speaker in enumerate(claim.concerns):
        references.append((f"concerns[{n}]", speaker, speakers, "speaker", "speakers"))
    for n, each in enumerate(claim.speakers):
        references.append((f"speakers[{n}].merged_into", each.merged_into, speakers, "speaker", "speakers"))
    for n, statement in enumerate(claim.statements):
        path = f"statements[{n}]"
        references.append((f"{path}.speaker", statement.speaker, speakers, "speaker", "speakers"))
        references.append(
            (f"{path}.superseded_by", statement.superseded_by, statements, "statement", "statements")
        )
        references += [
            (f"{path}.citations[{place}].source", citation.source, sources, "source", "sources")
            for place, citation in enumerate(statement.citations)
        ]
    for n, artifact in enumerate(claim.artifacts):
        references += [
            (f"artifacts[{n}].custody[{place}].source", step.source, sources, "source", "sources")
            for place, step in enumerate(artifact.custody)
        ]
    for path, value, known, noun, where in references:
        if value is not None and value not in known:
            yield Refusal(
                field=path,
                wrong=f"“{shown(value)}” is not a {noun} of this entry",
                right=f"add it to {where}, or name one that stands there",
            )
    yield from _targets(claim)


def _targets(claim: Claim) -> Iterator[Refusal]:
    for n, statement in enumerate(claim.statements):
        path, about = f"statements[{n}].about", statement.about
        if about is None:
            continue
        if about.kind is TargetKind.CLAIM:
            if about.id != claim.id:
                yield Refusal(
                    field=path,
                    wrong=f"“{shown(about.id)}” is not this claim",
                    right=f"write the claim's own id, “{shown(claim.id)}”, or leave about out",
                )
            continue
        where, noun = _LISTS[about.kind]
        if about.id not in {each.id for each in getattr(claim, where)}:
            yield Refusal(
                field=path,
                wrong=f"“{shown(about.id)}” is not {with_article(noun)} of this entry",
                right=f"name one of its {where}, or add it there",
            )
        elif about.kind is TargetKind.STATEMENT and about.id == statement.id:
            yield Refusal(
                field=path, wrong="a statement cannot be about itself", right="name the other statement"
            )


def _unused(claim: Claim) -> Iterator[Refusal]:
    """Speakers and sources that nothing in the entry names. Artifacts belong to the claim itself."""
    heard = {each.speaker for each in claim.statements} | {each.merged_into for each in claim.speakers}
    heard |= set(claim.concerns)
    read = {each.source for statement in claim.statements for each in statement.citations}
    read |= {step.source for artifact in claim.artifacts for step in artifact.custody if step.source}
    read |= {
        each.about.id for each in claim.statements if each.about and each.about.kind is TargetKind.SOURCE
    }
    for n, speaker in enumerate(claim.speakers):
        if speaker.id not in heard:
            yield Refusal(
                field=f"speakers[{n}]",
                wrong=f"nothing in this entry names “{shown(speaker.id)}”",
                right="name it in a statement or in concerns, or leave it out",
            )
    for n, source in enumerate(claim.sources):
        if source.id not in read:
            yield Refusal(
                field=f"sources[{n}]",
                wrong=f"nothing in this entry names “{shown(source.id)}”",
                right="cite it in a statement or in a step of custody, or leave it out",
            )


def _circles(where: str, name: str, leads: Mapping[str, str | None]) -> Iterator[Refusal]:
    """References of one kind that lead back to where they began."""
    if not any(leads.values()):
        return
    # Each item has one reference at most, so what is left after taking away all ends are circles.
    left = {key: value for key, value in leads.items() if value in leads}
    into = Counter(left.values())
    free = [key for key in left if not into[key]]
    while free:
        value = left.pop(free.pop())
        into[value] -= 1
        if value is not None and not into[value] and value in left:
            free.append(value)
    for n, key in enumerate(leads):
        if key in left:
            yield Refusal(
                field=f"{where}[{n}].{name}",
                wrong=f"“{shown(key)}” leads back to itself",
                right="name the one that stands at the end",
            )


def _relations(claim: Claim) -> Iterator[Refusal]:
    for n, relation in enumerate(claim.relations):
        path = f"relations[{n}].to"
        if (fault := identifier(relation.to)) is not None:
            yield Refusal(field=path, wrong=fault[0], right=fault[1])
        elif relation.to == claim.id:
            yield Refusal(
                field=path, wrong="a claim has no relation to itself", right="write the other claim's id"
            )
    pairs = [f"{each.kind} {each.to}" for each in claim.relations]
    places = (f"relations[{n}]" for n in range(len(pairs)))
    yield from _twice(pairs, places, "leave it out: it is there already")
