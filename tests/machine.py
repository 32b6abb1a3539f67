"""A machine of random deeds on a ledger, forged ones and races included: members of every role at once.

It knows what ought to be refused by the role alone; what the deeds may leave behind is for
`tests.invariants` to judge.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bot.claims import Claim, Relation, RelationKind
from bot.dates import Day
from bot.errors import BadInputError, NotAllowedError
from bot.moderation.deeds import LEAST, Deed
from bot.moderation.disputes import Dispute, DisputeKind
from bot.moderation.members import Member, Role, highest
from bot.sources import Speaker
from bot.statements import State, Statement
from bot.store.ledger import Ledger
from bot.store.moderation import Moderation
from tests.entries import artifact, claim, source, speaker, statement

WORKSPACES: Final = ("", "home", "away")
TWO_PERSON: Final = {"": True, "home": True, "away": False}
MOST_CLAIMS: Final = 14
"""Entries of a workspace that are begun; few, so that deeds meet on the same ones."""
MOST_STATEMENTS: Final = 5
AUTHORS: Final = frozenset({Deed.SUBMIT, Deed.EDIT, Deed.DISCARD})
"""What only a proposal's author does."""

PEOPLE: Final = tuple(
    Member(
        workspace=workspace,
        key=f"slack:T{workspace}:U{role.upper()}{n}",
        name=f"{role.title()} {n}",
        role=role,
        configured=role,
    )
    for workspace in WORKSPACES
    for role in Role
    for n in range(1 if role in {Role.READER, Role.ADMIN} else 2)
)

FIT: Final = {deed: [each for each in PEOPLE if each.may(least)] for deed, least in LEAST.items()}

Run = Callable[[Moderation], Awaitable[Any]]


class Machine:
    """Random deeds from one seed. `done` counts what was carried out, `refused` what was not."""

    def __init__(self, path: Path, ledgers: tuple[Ledger, Ledger], seed: int) -> None:
        self._file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        self._sides = tuple(each.moderation() for each in ledgers)
        self._chance = random.Random(seed)
        self._disputes: list[str] = []
        self._given: dict[tuple[str, str], Role] = {}
        self._serial = 0
        self.done: Counter[Deed] = Counter()
        self.refused: Counter[Deed] = Counter()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    async def step(self) -> None:
        """Do one random deed, or two at once on two connections."""
        count = 2 if self._chance.random() < 0.25 else 1
        deeds = [await self._deed() for _ in range(count)]
        if count == 2 and self._chance.random() < 0.4:
            # The same deed from both sides: only one of them can be the first.
            deeds[1] = deeds[0]
        sides = self._chance.sample(self._sides, count)
        outcomes = await asyncio.gather(
            *(run(side) for (_, _, run), side in zip(deeds, sides, strict=True)), return_exceptions=True
        )
        for (by, deed, _), outcome in zip(deeds, outcomes, strict=True):
            self._judge(by, deed, outcome, is_alone=count == 1)

    def _judge(self, by: Member, deed: Deed, outcome: Any, *, is_alone: bool) -> None:
        if isinstance(outcome, BadInputError | NotAllowedError):
            self.refused[deed] += 1
            return
        if isinstance(outcome, BaseException):
            raise outcome
        self.done[deed] += 1
        if is_alone:
            assert self._role(by).rank >= LEAST[deed].rank, f"{by.role} was let do {deed}"

    def _role(self, by: Member) -> Role:
        return highest((by.configured or by.role, self._given.get((by.workspace, by.key), Role.READER)))

    def _member(self, deed: Deed) -> Member:
        """Return somebody who may do `deed`, and one time in six anybody."""
        return self._chance.choice(PEOPLE if self._chance.random() < 1 / 6 else FIT[deed])

    async def _deed(self) -> tuple[Member, Deed, Run]:
        deed = self._chance.choices(
            (
                Deed.ADD, Deed.EDIT, Deed.SUBMIT, Deed.APPROVE, Deed.CHANGES, Deed.DECLINE, Deed.DISCARD,
                Deed.KEEP, Deed.WITHDRAW, Deed.REVERT, Deed.MERGE, Deed.RELATE, Deed.UNDO, Deed.DISPUTE,
                Deed.RESOLVE, Deed.ROLES,
            ),
            (20, 8, 8, 30, 2, 2, 2, 3, 4, 4, 5, 4, 7, 2, 3, 2),
        )[0]  # fmt: skip
        by = self._member(deed)
        if deed in AUTHORS and self._chance.random() < 0.8:
            authors = self._column("SELECT author FROM proposal WHERE state IN ('draft', 'changes_asked')")
            by = next((each for each in PEOPLE if each.key in authors[-1:]), by)
        make: dict[Deed, Callable[[Member], Awaitable[Run]]] = {
            Deed.ADD: self._begin,
            Deed.EDIT: self._amend,
            Deed.ROLES: self._give_role,
            Deed.DISPUTE: self._dispute,
        }
        return by, deed, await make[deed](by) if deed in make else self._plain(by, deed)

    def _plain(self, by: Member, deed: Deed) -> Run:
        """Return a deed on what is there already, sometimes on what is another's or nobody's."""
        proposal, claim_, other = self._proposal(by, deed), self._claim(by), self._claim(by)
        reason = self._chance.choice(("because", "because", "because", " "))
        two_person = TWO_PERSON[by.workspace]
        speakers = [f"v{by.workspace}-{self._chance.randrange(3)}" for _ in range(2)]
        at = time.time() + self._chance.choice((0, 0, 0, 601))
        kind = self._chance.choice(list(RelationKind))
        revisions = self._column("SELECT n FROM revision WHERE claim = ? ORDER BY n", claim_)
        revision = self._chance.choice([*revisions, self._serial])
        is_speakers = self._chance.random() < 0.3
        dispute = self._chance.choice(self._disputes or ["none"])
        runs: dict[Deed, Run] = {
            Deed.SUBMIT: lambda side: side.submit(by, proposal, reason.strip() or None),
            Deed.APPROVE: lambda side: side.approve(by, proposal, two_person=two_person),
            Deed.CHANGES: lambda side: side.ask_changes(by, proposal, reason),
            Deed.DECLINE: lambda side: side.decline(by, proposal, reason),
            Deed.DISCARD: lambda side: side.discard(by, proposal),
            Deed.KEEP: lambda side: side.keep(by, claim_),
            Deed.WITHDRAW: lambda side: side.withdraw(by, claim_, reason),
            Deed.REVERT: lambda side: side.revert(by, claim_, revision, reason),
            Deed.MERGE: lambda side: (
                side.merge_speakers(by, speakers[0], speakers[1], reason, two_person=two_person)
                if is_speakers
                else side.merge_claims(by, claim_, other, reason)
            ),
            Deed.RELATE: lambda side: side.relate(by, claim_, kind, other, reason, two_person=two_person),
            Deed.UNDO: lambda side: side.undo(by, at),
            Deed.RESOLVE: lambda side: side.settle_dispute(by, dispute, reason),
        }
        return runs[deed]

    def _column(self, query: str, *values: object) -> list[Any]:
        return [row[0] for row in self._file.execute(query, values)]

    def _proposal(self, by: Member, deed: Deed) -> str:
        """Return a proposal that the deed can be done on, or now and then any that ever was."""
        if self._chance.random() < 0.1:
            return str(self._chance.choice([*self._column("SELECT id FROM proposal"), "none"]))
        if deed in AUTHORS:
            query = """SELECT id FROM proposal WHERE author = ? AND state IN ('draft', 'in_review',
                'changes_asked') ORDER BY changed_at DESC LIMIT 6"""
            return str(self._chance.choice(self._column(query, by.key) or ["none"]))
        query = """SELECT id FROM proposal WHERE workspace = ? AND state = 'in_review'
            ORDER BY changed_at DESC LIMIT 6"""
        return str(self._chance.choice(self._column(query, by.workspace) or ["none"]))

    def _claim(self, by: Member) -> str:
        own = self._column("SELECT id FROM claim WHERE workspace = ?", by.workspace)
        if self._chance.random() < 0.1 or not own:
            own = [*self._column("SELECT id FROM claim"), "none"]
        return str(self._chance.choice(own))

    async def _begin(self, by: Member) -> Run:
        """Begin an entry or a change of one, and as a rule hand it in at once."""
        own = self._column("SELECT id FROM claim WHERE workspace = ?", by.workspace)
        key = self._claim(by)
        held = await self._sides[0].held(by.workspace, key)
        if held is None or (len(own) < MOST_CLAIMS and self._chance.random() < 0.5):
            self._serial += 1
            key = f"{by.workspace or 'house'}-{self._serial}"
            if self._chance.random() < 0.05:
                key = self._claim(PEOPLE[self._chance.randrange(len(PEOPLE))])
            base, document = 0, self._changed(self._new(by, key), by)
        else:
            base, document = held[0], self._changed(held[1], by)
        if self._chance.random() < 0.05:
            base = self._chance.randrange(0, 2 * self._serial + 2)
        is_handed_in = self._chance.random() < 0.85
        merges = self._claim(by) if self._chance.random() < 0.02 else None

        async def run(side: Moderation) -> None:
            begun = await side.begin(by, document, base=base, merges=merges)
            if is_handed_in:
                await side.submit(by, begun.id, "because")

        return run

    async def _amend(self, by: Member) -> Run:
        key = self._proposal(by, Deed.EDIT)
        held = await self._sides[1].proposal(by.workspace, key)
        document = self._changed(held.claim if held else self._new(by, "none"), by)

        async def run(side: Moderation) -> None:
            await side.amend(by, key, document)
            await side.submit(by, key, None)

        return run

    async def _give_role(self, by: Member) -> Run:
        whom = self._chance.choice([each for each in PEOPLE if each.workspace == by.workspace])
        role = self._chance.choice((Role.READER, Role.READER, Role.REVIEWER, Role.MODERATOR))

        async def run(side: Moderation) -> None:
            await side.give_role(by, whom.key, whom.name, role)
            self._given[by.workspace, whom.key] = role

        return run

    async def _dispute(self, by: Member) -> Run:
        given = Dispute(
            claim=self._claim(by),
            who="the mayor",
            kind=DisputeKind.LEGAL,
            what="That was another bridge.",
            received_on=Day("2026-11-20"),
            frozen=self._chance.random() < 0.7,
        )

        async def run(side: Moderation) -> None:
            self._disputes = [*self._disputes[-1:], (await side.take_dispute(by, given)).id]

        return run

    def _new(self, by: Member, key: str) -> Claim:
        return claim(
            id=key,
            text=f"The mayor of Marsh had bridge {key} closed.",
            workspace=by.workspace,
            state=State.DRAFT,
            last_reviewed_on=None,
            statements=(self._statement(by, key),),
            speakers=(self._speaker(by, 0),),
        )

    def _statement(self, by: Member, key: str) -> Statement:
        self._serial += 1
        return statement(
            id=f"s-{key}-{self._serial}", about=None, speaker=f"v{by.workspace}-0", state=State.DRAFT
        )

    def _speaker(self, by: Member, n: int) -> Speaker:
        """Return a speaker of the workspace's as they stand on file."""
        key = f"v{by.workspace}-{n}"
        names = self._column("SELECT name FROM speaker WHERE id = ?", key)
        return speaker(id=key, name=names[0] if names else "Ada Quill")

    def _changed(self, held: Claim, by: Member) -> Claim:
        """Return `held` with one to three changes, of which some are forged and some break a rule."""
        for _ in range(self._chance.randrange(1, 4)):
            change = self._chance.choice(FAIR if self._chance.random() < 0.93 else FORGED)
            held = change(self, held, by)
        return held

    def text(self, held: Claim, _: Member) -> Claim:
        """Say something else."""
        return replace(held, text=f"The mayor of Marsh had {self._chance.randrange(10**6)} bridges closed.")

    def told(self, held: Claim, _: Member) -> Claim:
        """Change one statement."""
        told = f"the council of {self._chance.randrange(1800, 2020)}"
        return replace(
            held,
            statements=tuple(
                replace(each, told_to=told) if not n else each for n, each in enumerate(held.statements)
            ),
        )

    def more(self, held: Claim, by: Member) -> Claim:
        """Add a statement, of a speaker of the workspace's, whom other entries may name too."""
        if len(held.statements) >= MOST_STATEMENTS:
            return held
        n = self._chance.randrange(3)
        known = {each.id: each for each in held.speakers}
        voice = known.get(f"v{by.workspace}-{n}") or self._speaker(by, n)
        added = replace(self._statement(by, held.id), speaker=voice.id)
        return replace(
            held,
            statements=(*held.statements, added),
            speakers=tuple((known | {voice.id: voice}).values()),
            sources=held.sources or (source(),),
        )

    def less(self, held: Claim, _: Member) -> Claim:
        """Withdraw a statement."""
        *others, last = held.statements or (statement(),)
        return replace(held, statements=(*others, replace(last, state=State.WITHDRAWN, superseded_by=None)))

    def renamed(self, held: Claim, _: Member) -> Claim:
        """Give a speaker another name, which all entries show that share it."""
        name = f"Ada {self._chance.randrange(1000)} Quill"
        return replace(
            held,
            speakers=tuple(
                replace(each, name=name) if not n else each for n, each in enumerate(held.speakers)
            ),
        )

    def embargoed(self, held: Claim, _: Member) -> Claim:
        """Set or lift an embargo."""
        return replace(held, embargo_until=self._chance.choice((None, Day("2020-01-01"), Day("9999-12-31"))))

    def related(self, held: Claim, by: Member) -> Claim:
        """Lead to another entry, at times to one that is not there to be led to."""
        relation = Relation(kind=self._chance.choice(list(RelationKind)), to=self._claim(by))
        return replace(held, relations=tuple(dict.fromkeys((*held.relations, relation)))[-3:])

    def taped(self, held: Claim, by: Member) -> Claim:
        """Rest on a recording, or on none."""
        made = artifact(id=f"tape-{by.workspace}", custody=())
        return replace(held, artifacts=() if held.artifacts else (made,))

    def forged_workspace(self, held: Claim, _: Member) -> Claim:
        """Say that the entry is somebody else's."""
        return replace(held, workspace=self._chance.choice(WORKSPACES))

    def forged_state(self, held: Claim, _: Member) -> Claim:
        """Say that it is vetted, gone, or another one."""
        return replace(
            held, state=self._chance.choice(list(State)), merged_into=self._chance.choice((None, "home-0"))
        )

    def forged_loss(self, held: Claim, _: Member) -> Claim:
        """Leave a statement out that is on file."""
        return replace(held, statements=held.statements[1:])

    def forged_theft(self, held: Claim, _: Member) -> Claim:
        """Take a statement, a speaker's name or a source from others."""
        stolen = self._chance.choice([*self._column("SELECT id FROM statement"), "none"])
        taken = tuple(replace(each, id=stolen) for each in held.statements[:1])
        return replace(
            held,
            statements=(*taken, *held.statements[1:]),
            speakers=tuple(replace(each, name="Nobody at all") for each in held.speakers),
            sources=tuple(replace(each, title=f"Of {self._serial}") for each in held.sources),
        )

    def forged_rule(self, held: Claim, _: Member) -> Claim:
        """Break a rule of the ledger."""
        return replace(held, allegation=True, living_person=True)


FAIR: Final[tuple[Callable[[Machine, Claim, Member], Claim], ...]] = (
    Machine.text, Machine.told, Machine.more, Machine.more, Machine.less, Machine.renamed,
    Machine.embargoed, Machine.related, Machine.taped,
)  # fmt: skip
FORGED: Final[tuple[Callable[[Machine, Claim, Member], Claim], ...]] = (
    Machine.forged_workspace, Machine.forged_state, Machine.forged_loss, Machine.forged_theft,
    Machine.forged_rule,
)  # fmt: skip
