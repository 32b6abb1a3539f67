"""The verbs of questions on an open ledger: each one operation, whole in itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

from bot.answers import Answer
from bot.questions import Incoming, Job, Place, Platform, Posted, Way
from bot.records import record
from bot.store import feedback, inbox, lately
from bot.store.connections import Connection
from bot.store.people import person_hash
from bot.views import HOUSE, View


@record
class Reply:
    """A reply on file: its question, whether the person asked it, and whether it was dismissed."""

    question: str
    is_askers: bool
    dismissed: bool


class Questions:
    """The questions on a ledger. Times are seconds since the epoch, taken when a verb is called."""

    def __init__(self, reader: Connection, writer: Connection) -> None:
        self._reader = reader
        self._writer = writer

    async def receive(self, incoming: Incoming, owner: str) -> Job | None:
        """Write an incoming message down and take it on; None where it is on file already."""
        return await self._writer.write(inbox.receive, incoming, owner, time.time())

    async def take(self, platform: Platform, owner: str, limit: int) -> tuple[Job, ...]:
        """Take on the oldest messages that nobody has, at most `limit`."""
        if not await self._reader.read(inbox.is_due, platform, time.time()):
            return ()
        return await self._writer.write(inbox.take, platform, owner, time.time(), limit)

    async def take_over(self, is_gone: Callable[[str], bool]) -> None:
        """Free the messages of processes that are gone, before their leases run out."""
        owners = await self._reader.read(inbox.owners)
        gone = tuple(each for each in owners if is_gone(each))
        if gone:
            await self._writer.write(inbox.free, gone)

    async def release(self, job: Job, wait: float, *, tried: bool = True) -> None:
        """Give a message back for `wait` seconds; unless it was `tried`, that does not count as a try."""
        await self._writer.write(inbox.release, job, time.time(), wait, tried=tried)

    async def refuse(self, job: Job, sentence: str) -> None:
        """Note that a message is to be answered with `sentence`, also by a later try."""
        await self._writer.write(inbox.refuse, job, sentence)

    async def renew(self, job: Job, owner: str) -> bool:
        """Begin the lease of a message anew; False where it is no longer this process's to answer."""
        return await self._writer.write(inbox.renew, job, owner, time.time())

    async def finish(
        self, job: Job, posted: Posted | None, answer: Answer | None, text: str | None = None
    ) -> None:
        """Cross a message off and remember the reply; without `posted`, drop it."""
        await self._writer.write(inbox.finish, job, posted, answer, text, time.time())

    async def ask(self, place: Place, person: str, way: Way, text: str, *, mark: str | None = None) -> str:
        """Write down a question that is answered to its asker alone, and return its id.

        With a `mark` of what it is about, the same person's question has the same id each time.
        """
        return await self._writer.write(inbox.ask, place, person, way, text, time.time(), mark)

    async def remember(self, place: Place, question: str, posted: Posted, answer: Answer) -> None:
        """Remember a reply that was shared from an answer to its asker alone."""
        await self._writer.write(inbox.remember, place, question, posted, answer, time.time())

    async def may_use(self, question: str, platform: Platform, person: str) -> bool:
        """Say whether the buttons of a question's answer are this person's to press."""
        return await self._reader.read(inbox.may_use, question, platform, person)

    async def text(self, question: str) -> str | None:
        """Return what was asked, or None where it is not known or no longer kept."""
        return await self._reader.read(inbox.question_text, question)

    async def is_askers(self, question: str, platform: Platform, person: str) -> bool:
        """Say whether `person` asked the question, whether or not its reply is on file."""
        return await self._reader.read(_is_askers, question, platform, person)

    async def reply(self, place: Place, message: str, person: str) -> Reply | None:
        """Return the reply that stands in `place` as `message`, as it concerns `person`."""
        return await self._reader.read(_reply, place, message, person)

    async def shared_as(self, place: Place, question: str) -> str | None:
        """Return the id of the message that answers `question` in `place`, unless it was dismissed."""
        return await self._reader.read(inbox.shared_as, place, question)

    async def waiting(self) -> int:
        """Return how many messages wait for their reply."""
        return await self._reader.read(inbox.waiting)

    async def ahead(self, job: Job) -> int:
        """Return how many messages of the same channel came before this one and wait for their reply."""
        return await self._reader.read(inbox.ahead, job)

    async def channels(self, platform: Platform, tenant: str, since: float, most: int) -> tuple[str, ...]:
        """Return the channels in which somebody asked since the time `since`, the latest first."""
        return await self._reader.read(lately.channels, platform, tenant, since, most)

    async def threads(
        self, platform: Platform, tenant: str, since: float, most: int
    ) -> tuple[tuple[str, str], ...]:
        """Return channel and thread of the replies posted since the time `since`, the latest first."""
        return await self._reader.read(lately.threads, platform, tenant, since, most)

    async def newest(self, platform: Platform, tenant: str, since: float) -> float | None:
        """Return when a message that asks was received last; None where that was before `since`."""
        return await self._reader.read(lately.newest, platform, tenant, since)

    async def choose(
        self, question: str, claims: tuple[str, ...], platform: Platform, person: str, choice: feedback.Choice
    ) -> bool:
        """Note what somebody said of the claims that answered a question; False where it is not known."""
        return await self._writer.write(
            feedback.choose, question, claims, platform, person, choice, time.time()
        )

    async def follow(self, claim: str, place: Place, address: str, view: View) -> bool:
        """Note who follows a claim; False where they did already, or `view` does not show it."""
        return await self._writer.write(feedback.follow, claim, place, address, view, time.time())

    async def unfollow(self, claim: str, place: Place, address: str) -> bool:
        """Note who no longer follows a claim; False where they did not."""
        return await self._writer.write(feedback.unfollow, claim, place, address)

    async def report(  # noqa: PLR0917
        self,
        question: str | None,
        claim: str | None,
        platform: Platform,
        person: str,
        text: str | None,
        workspace: str = HOUSE,
    ) -> bool:
        """Note a problem that somebody reports; False where the moderators have muted them."""
        return await self._writer.write(
            feedback.report, question, claim, platform, person, text, workspace, time.time()
        )

    async def feedback_counts(self, view: View) -> tuple[feedback.Counts, ...]:
        """Return what readers said of each entry that the workspace of `view` keeps or sees."""
        return await self._reader.read(feedback.feedback_counts, view)

    async def dismiss(self, place: Place, message: str) -> None:
        """Note that a reply was taken away."""
        await self._writer.write(feedback.dismiss, place, message, time.time())

    async def setting(self, name: str) -> str | None:
        """Return a setting of this ledger, such as the hash of the commands that were last registered."""
        return await self._reader.read(feedback.setting, name)

    async def set(self, name: str, value: str) -> None:
        """Write a setting of this ledger."""
        await self._writer.write(feedback.set_setting, name, value)


def _is_askers(conn: sqlite3.Connection, question: str, platform: Platform, person: str) -> bool:
    row = conn.execute("SELECT person FROM question WHERE id = ?", (question,)).fetchone()
    return row is not None and row["person"] == person_hash(conn, platform, person)


def _reply(conn: sqlite3.Connection, place: Place, message: str, person: str) -> Reply | None:
    row = inbox.reply_of(conn, place, message)
    if row is None:
        return None
    # A reader's connection cannot make the key; without one nobody has asked yet.
    return Reply(
        question=row["question"],
        is_askers=row["person"] == person_hash(conn, place.platform, person),
        dismissed=row["dismissed_at"] is not None,
    )
