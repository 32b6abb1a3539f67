"""Merging doubles, and relating claims: what makes one entry of two, or says how they stand to each other."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from bot.claims import Claim, Relation, RelationKind, ResponseRequest
from bot.errors import RefusedError
from bot.folding import fold, fold_typography
from bot.moderation.deeds import Deed
from bot.moderation.members import Member
from bot.moderation.proposals import Proposal
from bot.sources import Artifact, Source, Speaker
from bot.statements import State, Statement, TargetKind
from bot.store import members, proposals
from bot.store.deeds import change_at_once, vet
from bot.store.faults import cannot
from bot.store.frozen import refuse_frozen
from bot.store.reading import whole_claim
from bot.store.revisions import Change, newest
from bot.store.rows import from_row
from bot.store.standing import editable, shown
from bot.store.writing import save_claim

_Row = TypeVar("_Row", Speaker, Source, Artifact)


def merge_claims(  # noqa: PLR0917 - a function of one hop takes its values by place
    conn: sqlite3.Connection, by: Member, key: str, into: str, reason: str, now: float
) -> Proposal:
    """Propose that the claim `key` ends in the claim `into`, with all that it has on file.

    When that is approved, the one ends, and its id leads to the other.
    """
    members.authorise(conn, by, Deed.MERGE)
    if key == into:
        raise cannot("merge_itself")
    ending, staying = editable(conn, by, key), editable(conn, by, into)
    for each in (ending, staying):
        if each.state is not State.VETTED:
            raise cannot("not_live", claim=each.id, state=each.state.replace("_", " "))
    refuse_frozen(conn, key, into)
    why = members.reasoned(reason)
    begun = proposals.begin(conn, by, merged(ending, staying), newest(conn), why, key, None, now)
    return proposals.submit(conn, by, begun.id, None, now)


def merged(ending: Claim, staying: Claim) -> Claim:
    """Return the claim `staying` with the wordings, the record and the relations of `ending`."""
    wordings = {_wording(each) for each in (staying.text, *staying.aliases)}
    aliases = list(staying.aliases)
    for each in (ending.text, *ending.aliases):
        if _wording(each) not in wordings:
            wordings.add(_wording(each))
            aliases.append(each)
    relations = list(staying.relations)
    for relation in ending.relations:
        if relation.to != staying.id and relation not in relations:
            relations.append(relation)
    requests = (*staying.requests, *(_renamed(each) for each in ending.requests))
    not_sought = staying.response_not_sought or ending.response_not_sought
    return replace(
        staying,
        aliases=tuple(aliases),
        allegation=staying.allegation or ending.allegation,
        living_person=staying.living_person or ending.living_person,
        response_not_sought=None if requests else not_sought,
        concerns=tuple(dict.fromkeys((*staying.concerns, *ending.concerns))),
        statements=(*staying.statements, *_copies(ending, staying)),
        speakers=_together(staying.speakers, ending.speakers),
        sources=_together(staying.sources, ending.sources),
        artifacts=_together(staying.artifacts, ending.artifacts),
        relations=tuple(each for each in relations if each.to != ending.id),
        requests=requests,
    )


def end_in(conn: sqlite3.Connection, ending: Claim, into: str, change: Change) -> None:
    """End a claim in another one, to which its id leads from now on, and the relations of others with it."""
    save_claim(conn, replace(ending, state=State.SUPERSEDED, merged_into=into), change, vouched=True)
    rows = conn.execute('SELECT DISTINCT claim FROM relation WHERE "to" = ? ORDER BY claim', (ending.id,))
    for row in rows.fetchall():
        other = whole_claim(conn, row["claim"])
        if other is None or other.workspace != ending.workspace:
            continue
        led = dict.fromkeys(
            replace(each, to=into) if each.to == ending.id else each for each in other.relations
        )
        relations = tuple(each for each in led if each.to != other.id)
        save_claim(conn, replace(other, relations=relations), change, vouched=True)


def merge_speakers(  # noqa: PLR0917
    conn: sqlite3.Connection,
    by: Member,
    key: str,
    into: str,
    reason: str,
    two_person: bool,  # noqa: FBT001
    now: float,
) -> Proposal | None:
    """Say that one speaker is another, under whose name every entry shows both from then on.

    At once, or under the two-person rule as a proposal: of one entry that names the speaker, as a change
    of the row that it shares with the others.
    """
    members.authorise(conn, by, Deed.MERGE)
    if key == into:
        raise cannot("merge_itself")
    speaker = _speaker(conn, by, key)
    final = _speaker(conn, by, into)
    for each in (speaker, final):
        if each.merged_into is not None:
            raise cannot("speaker_merged", speaker=each.id, into=each.merged_into)
    rows = _entries_with(conn, key)
    if any(row["workspace"] != by.workspace for row in rows):
        raise cannot("speaker_shared", speaker=shown(key))
    refuse_frozen(conn, *(row["id"] for row in rows))
    # A proposal is of an entry that readers see: approving it must not bring another one back.
    choice = [row["id"] for row in rows if not two_person or row["state"] == State.VETTED]
    if not choice:
        raise cannot("speaker_unseen", speaker=shown(key))
    first = whole_claim(conn, choice[0])
    assert first is not None  # noqa: S101 - the row names it
    renamed = replace(speaker, merged_into=into)
    others = tuple(each for each in first.speakers if each.id not in {key, into})
    claim = replace(first, speakers=(*others, renamed, final))
    why = members.reasoned(reason)
    if two_person:
        begun = proposals.begin(conn, by, claim, newest(conn), why, None, None, now)
        return proposals.submit(conn, by, begun.id, None, now)
    change_at_once(conn, by, Deed.MERGE, claim, why, now)
    return None


def entries_renamed(conn: sqlite3.Connection, claim: Claim) -> dict[str, tuple[str, ...]]:
    """Return the ids of the entries of each speaker that `claim`, not on file like this, merges."""
    found = {}
    for each in claim.speakers:
        row = conn.execute("SELECT merged_into FROM speaker WHERE id = ?", (each.id,)).fetchone()
        if each.merged_into is not None and row is not None and row["merged_into"] != each.merged_into:
            found[each.id] = tuple(one["id"] for one in _entries_with(conn, each.id))
    return found


def readers_entries(conn: sqlite3.Connection, claim: Claim) -> dict[str, int]:
    """Return how many vetted entries of its workspace have each speaker that `claim` merges."""
    query = f"""SELECT count(*) FROM claim_speaker JOIN claim ON claim.id = claim_speaker.claim
        WHERE claim_speaker.id = ? AND claim.workspace = ? AND claim.state = '{State.VETTED}'"""
    return {
        key: conn.execute(query, (key, claim.workspace)).fetchone()[0] for key in entries_renamed(conn, claim)
    }


def relate(  # noqa: PLR0917
    conn: sqlite3.Connection,
    by: Member,
    key: str,
    kind: RelationKind,
    to: str,
    reason: str,
    two_person: bool,  # noqa: FBT001
    now: float,
) -> Proposal | None:
    """Say how one claim stands to another: at once, or under the two-person rule as a proposal."""
    members.authorise(conn, by, Deed.RELATE)
    claim = editable(conn, by, key)
    refuse_frozen(conn, key)
    relation = Relation(kind=kind, to=to)
    if relation in claim.relations:
        raise cannot("related_already")
    related = replace(claim, relations=(*claim.relations, relation))
    why = members.reasoned(reason)
    if two_person or claim.state is not State.VETTED:
        begun = proposals.begin(conn, by, related, newest(conn), why, None, None, now)
        return proposals.submit(conn, by, begun.id, None, now)
    faults = tuple(proposals.strangers(conn, related, proposals.day_of(now)))
    if faults:
        raise RefusedError(faults)
    start = newest(conn)
    change_at_once(conn, by, Deed.RELATE, related, why, now)
    vet(conn, key, by.key, by.key, since=start)
    return None


def _copies(ending: Claim, staying: Claim) -> list[Statement]:
    """Return the vetted statements of `ending` under new ids, with the statements that they name.

    What `staying` has already, word for word, is not copied.
    """
    rows = {each.id: each for each in ending.statements}
    wanted = {each.id for each in ending.statements if each.state is State.VETTED}
    while further := {name for each in wanted for name in _names(rows[each])} - wanted:
        wanted |= further
    held = {_content(each): each.id for each in staying.statements}
    ids = {each: held.get(_content(rows[each])) or f"m-{secrets.token_hex(8)}" for each in wanted}
    present = {each.id for each in staying.statements}
    return [
        _copied(each, ids, staying.id)
        for each in ending.statements
        if each.id in wanted and ids[each.id] not in present
    ]


def _names(statement: Statement) -> set[str]:
    """Return the ids of the statements that `statement` names."""
    about = statement.about
    named = {about.id} if about and about.kind is TargetKind.STATEMENT else set()
    return named | ({statement.superseded_by} if statement.superseded_by else set())


def _content(statement: Statement) -> Statement:
    """Return what a statement says, apart from its own id and what it points at within the entry."""
    about = None if statement.about and statement.about.kind is TargetKind.CLAIM else statement.about
    return replace(statement, id="", about=about)


def _copied(statement: Statement, ids: dict[str, str], claim: str) -> Statement:
    about = statement.about
    if about is not None and about.kind is TargetKind.STATEMENT:
        about = replace(about, id=ids[about.id])
    elif about is not None and about.kind is TargetKind.CLAIM:
        about = replace(about, id=claim)
    return replace(
        statement,
        id=ids[statement.id],
        about=about,
        superseded_by=ids[statement.superseded_by] if statement.superseded_by else None,
    )


def _renamed(request: ResponseRequest) -> ResponseRequest:
    return replace(request, id=f"m-{secrets.token_hex(8)}")


def _together(ours: Iterable[_Row], theirs: Iterable[_Row]) -> tuple[_Row, ...]:
    return tuple(({each.id: each for each in theirs} | {each.id: each for each in ours}).values())


def _wording(text: str) -> str:
    return fold(text) or fold_typography(text)


def _entries_with(conn: sqlite3.Connection, speaker: str) -> list[sqlite3.Row]:
    """Return id, workspace and state of the claims that have a speaker, in the order of the ledger."""
    return conn.execute(
        "SELECT claim.id, claim.workspace, claim.state FROM claim_speaker"
        " JOIN claim ON claim.id = claim_speaker.claim WHERE claim_speaker.id = ? ORDER BY claim.n",
        (speaker,),
    ).fetchall()


def _speaker(conn: sqlite3.Connection, by: Member, key: str) -> Speaker:
    """Return a speaker that entries of one's own workspace have.

    Raises:
        BadInputError: They have none with this id; of other workspaces nothing is told.
    """
    row = conn.execute(
        "SELECT speaker.* FROM speaker JOIN claim_speaker USING (id)"
        " JOIN claim ON claim.id = claim_speaker.claim WHERE speaker.id = ? AND claim.workspace = ? LIMIT 1",
        (key, by.workspace),
    ).fetchone()
    if row is None:
        raise cannot("no_speaker", speaker=shown(key))
    return from_row(Speaker, row)
