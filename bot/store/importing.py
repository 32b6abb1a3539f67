"""Reading many claims into the ledger in one transaction, and naming every line that cannot be read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable

from bot.claims import Claim
from bot.errors import BadInputError, Refusal, RefusedError
from bot.exchange import claim_from_line
from bot.records import record
from bot.statements import State
from bot.store import telling
from bot.store.frozen import is_frozen
from bot.store.reading import whole_claim
from bot.store.revisions import Change
from bot.store.sharing import shared_rows
from bot.store.writing import Saved, save_claim


@record
class BadLine:
    """A line that was not imported: its number, counted from 1, and what is wrong with it."""

    number: int
    refusals: tuple[Refusal, ...]

    def __str__(self) -> str:
        return "\n".join(f"line {self.number}: {each}" for each in self.refusals)


@record
class Imported:
    """What an import did. `hidden` counts the claims that nobody vouched for and no reader sees yet."""

    created: int
    amended: int
    unchanged: int
    hidden: int
    bad: tuple[BadLine, ...]


class ImportFailedError(BadInputError):
    """At least one line was bad, so none was imported."""

    def __init__(self, bad: tuple[BadLine, ...]) -> None:
        super().__init__("\n".join(str(each) for each in bad))
        self.bad = bad


def import_lines(  # noqa: PLR0917
    conn: sqlite3.Connection,
    lines: Callable[[], Iterable[bytes]],
    change: Change,
    vouched: bool,  # noqa: FBT001
    keep_going: bool,  # noqa: FBT001
    progress: Callable[[int], None],
) -> Imported:
    """Save the claim of each line within the caller's transaction.

    `lines` gives the lines from the first one on, each time it is called: a claim may be related to one
    that a later line brings, so which relations lead nowhere is known at the end only, and the lines
    that hold them are then left out in another pass. `progress` is called, on the thread of the
    connection, with the number of lines read so far.

    Raises:
        ImportFailedError: A line is bad and `keep_going` is not set; the caller undoes the transaction.
    """
    bad: dict[int, BadLine] = {}
    while True:
        conn.execute("SAVEPOINT pass")
        counts = dict.fromkeys(Saved, 0)
        hidden = 0
        newly: list[str] = []
        read = _Read()
        for number, line in enumerate(lines(), 1):
            progress(number)
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not text.strip() or number in bad:
                continue
            conn.execute("SAVEPOINT line")
            try:
                claim = claim_from_line(text)
                read.check(claim)
                saved = save_claim(conn, claim, change, vouched=vouched)
                refuse_frozen(conn, claim, saved)
            except RefusedError as error:
                conn.execute("ROLLBACK TO line")
                bad[number] = BadLine(number=number, refusals=error.refusals)
            else:
                read.keep(claim, number)
                counts[saved] += 1
                if vouched and saved is not Saved.UNCHANGED and claim.state is State.VETTED:
                    newly.append(claim.id)
                hidden += is_hidden(conn, claim)
            conn.execute("RELEASE line")
        dangling = _dangling(conn, read)
        bad |= dangling
        if not dangling or not keep_going:
            break
        conn.execute("ROLLBACK TO pass")
        conn.execute("RELEASE pass")
        # Lines that lead to a line which now falls out fall out with it, all in one pass.
        bad |= read.leading_to(conn, dangling)
    conn.execute("RELEASE pass")
    _tell(conn, newly, time.time())
    faults = tuple(bad[number] for number in sorted(bad))
    if faults and not keep_going:
        raise ImportFailedError(faults)
    return Imported(
        created=counts[Saved.CREATED],
        amended=counts[Saved.AMENDED],
        unchanged=counts[Saved.UNCHANGED],
        hidden=hidden,
        bad=faults,
    )


def refuse_frozen(conn: sqlite3.Connection, claim: Claim, saved: Saved) -> None:
    """Refuse a change of an entry that an open dispute holds, unless it withdraws it."""
    if saved is Saved.AMENDED and claim.state is not State.WITHDRAWN and is_frozen(conn, claim.id):
        wrong = f"“{claim.id}” is frozen while a dispute about it is open"
        right = "close the dispute first (counterclaim queue), or leave the entry out"
        raise RefusedError((Refusal(field="id", wrong=wrong, right=right),))


def _tell(conn: sqlite3.Connection, vetted: Iterable[str], now: float) -> None:
    """Let those who asked the moderators be told of what was vetted, in the transaction that vets it."""
    if conn.execute("SELECT 1 FROM unanswered WHERE state = 'open' LIMIT 1").fetchone() is None:
        return
    for key in vetted:
        claim = whole_claim(conn, key)
        if claim is not None:
            telling.vetted(conn, claim, now)


class _Read:
    """What the lines so far have brought, so that a later line cannot quietly say something else."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._relations: dict[int, tuple[str, ...]] = {}
        self._shared: dict[tuple[str, str], tuple[int, object]] = {}

    def check(self, claim: Claim) -> None:
        """Refuse a claim that stands on an earlier line, or that differs from one in what they share."""
        faults = []
        if claim.id in self.lines:
            faults.append(stands_twice(claim.id, self.lines[claim.id]))
        for field, each in shared_rows(claim):
            line, held = self._shared.get((field.partition("[")[0], each.id), (0, each))
            if held != each:
                faults.append(differs_between(field, each.id, line))
        if faults:
            raise RefusedError(tuple(faults))

    def keep(self, claim: Claim, number: int) -> None:
        """Remember what line `number` brought."""
        self.lines[claim.id] = number
        self._relations[number] = tuple(each.to for each in claim.relations)
        for field, each in shared_rows(claim):
            self._shared[field.partition("[")[0], each.id] = (number, each)

    def leading_to(self, conn: sqlite3.Connection, gone: dict[int, BadLine]) -> dict[int, BadLine]:
        """Return the lines whose relations lead, by however many steps, to claims of the lines `gone`.

        A claim that was on file before stays there when its line falls out.
        """
        on_file = {row["id"] for row in conn.execute("SELECT id FROM claim")}
        sources: dict[str, list[int]] = {}
        for number, targets in self._relations.items():
            for each in targets:
                sources.setdefault(each, []).append(number)
        names = {number: key for key, number in self.lines.items()}
        found: dict[int, BadLine] = {}
        left = list(gone)
        while left:
            key = names[left.pop()]
            for number in () if key in on_file else sources.get(key, ()):
                if number not in found and number not in gone:
                    found[number] = BadLine(
                        number=number, refusals=(missing_claim(self._relations[number].index(key), key),)
                    )
                    left.append(number)
        return found


def stands_twice(key: str, line: int) -> Refusal:
    """Return what is wrong with the claim `key` of a line where `line` has one of that id too."""
    return Refusal(field="id", wrong=f"“{key}” stands on line {line} too", right="keep one of them")


def differs_between(field: str, key: str, line: int) -> Refusal:
    """Return what is wrong with a shared row of a line where `line` has another one of that id."""
    right = "write the same values on both lines, or give one another id"
    return Refusal(field=field, wrong=f"“{key}” differs from the one on line {line}", right=right)


def missing_claim(position: int, key: str) -> Refusal:
    """Return what is wrong with a relation that leads to no claim."""
    return Refusal(
        field=f"relations[{position}].to",
        wrong=f"there is no claim “{key}” in the good lines of the file or on file",
        right="name a claim that is there, or leave the relation out",
    )


def is_hidden(conn: sqlite3.Connection, claim: Claim) -> bool:
    """Say whether the file calls the claim vetted and the ledger does not."""
    row = conn.execute("SELECT state FROM claim WHERE id = ?", (claim.id,)).fetchone()
    return claim.state is State.VETTED and row["state"] != State.VETTED


def _dangling(conn: sqlite3.Connection, read: _Read) -> dict[int, BadLine]:
    """Return the lines whose relations lead to a claim that is not there."""
    rows = conn.execute(
        """SELECT claim, position, "to" FROM relation
            WHERE "to" NOT IN (SELECT id FROM claim) ORDER BY claim, position"""
    )
    faults: dict[int, list[Refusal]] = {}
    for row in rows:
        fault = missing_claim(row["position"], row["to"])
        faults.setdefault(read.lines[row["claim"]], []).append(fault)
    return {number: BadLine(number=number, refusals=tuple(each)) for number, each in faults.items()}
