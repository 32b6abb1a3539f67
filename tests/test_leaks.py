"""Leaks: every verb of the store is listed as one for readers or for editors, and shows what it may alone."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

import bot.store
from bot import desk
from bot.calibration import load
from bot.claims import Claim, Relation, RelationKind
from bot.dates import Day
from bot.errors import CounterclaimError
from bot.exchange import line_from_claim
from bot.moderation.disputes import Dispute, DisputeKind
from bot.moderation.members import Role
from bot.paste import clean
from bot.statements import Citation, State
from bot.store.ledger import Ledger, open_ledger
from bot.views import View, now
from tests.conftest import CHANGE
from tests.entries import artifact, claim, source, speaker, statement
from tests.moderating import ANA, BEN, FAR, HOME, MO, entry, member, submitted, vetted

Drive = Callable[[Ledger, View], Awaitable[object]]

MARK: Final = "Zyx"
"""Stands in every text that no reader may see."""
SHOWN: Final = "bridge"
HIDDEN: Final = ("withdrawn", "embargoed", "in-review", "draft", "declined", "far", "superseded")
"""The ids of the entries that no reader at home may see."""
HOMES: Final = (HOME, "", "elsewhere")


def text(key: str) -> str:
    """Return words that nobody may read."""
    return f"{MARK}{key.replace('-', '')} closed the old bridge of Marsh"


def hidden(key: str, **changes: Any) -> Claim:
    """Return an entry with the mark in whatever of it could be shown."""
    said = statement(
        id=f"s-{key}",
        about=None,
        speaker=f"v-{key}",
        text=text(key),
        citations=(Citation(source=f"b-{key}"),),
    )
    made = claim(
        id=key,
        text=text(key),
        aliases=(f"{MARK} had it closed: {key}",),
        story=f"{MARK} story",
        workspace=HOME,
        statements=(said,),
        speakers=(speaker(id=f"v-{key}", name=f"{MARK} Quill {key}"),),
        sources=(
            source(
                id=f"b-{key}",
                publisher=f"{MARK} Gazette",
                title=f"{MARK} title",
                url=f"https://{MARK.lower()}-{key}.example/bridge",
                excerpt=text(key),
                excerpt_sha256=None,
            ),
        ),
        artifacts=(artifact(id=f"tape-{key}", name=f"{MARK} tape", custody=()),),
        relations=(Relation(kind=RelationKind.NARROWS, to=SHOWN),),
    )
    return replace(made, **changes)


def shown() -> Claim:
    """Return an entry that readers see, with rows in it that they do not."""
    states = (State.WITHDRAWN, State.DRAFT, State.IN_REVIEW)
    parts = [hidden(f"part-{each}") for each in states]
    unseen = tuple(
        replace(each.statements[0], state=state) for each, state in zip(parts, states, strict=True)
    )
    visible = entry().statements[0]
    return claim(
        workspace=HOME,
        statements=(replace(visible, state=State.VETTED), *unseen),
        speakers=(speaker(), *(each for part in parts for each in part.speakers)),
        sources=(source(), *(each for part in parts for each in part.sources)),
    )


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """A ledger with one entry that readers at home see, and one of each sort that they do not."""
    async with open_ledger(tmp_path / "ledger.db", writable=True, create=True) as opened:
        moderation = opened.moderation()
        # First, so that what it shares with the entry that is shown was put on file by strangers.
        far = replace(
            hidden("far", relations=()),
            statements=(*hidden("far").statements, statement(id="s-f", about=None)),
        )
        far = replace(far, speakers=(*far.speakers, speaker()), sources=(*far.sources, source()))
        fay = replace(member("fay", Role.REVIEWER, "away"), name=f"{MARK} Fay")
        await vetted(moderation, far, by=replace(FAR, name=f"{MARK} Far"), approver=fay)
        await opened.save(shown(), CHANGE, vouched=True)
        await opened.save(hidden("embargoed", embargo_until=Day("9999-12-31")), CHANGE, vouched=True)
        await opened.save(hidden("in-review"), CHANGE, vouched=False)
        await opened.save(hidden("superseded", state=State.SUPERSEDED), CHANGE, vouched=True)
        await vetted(moderation, hidden("withdrawn"))
        await moderation.withdraw(MO, "withdrawn", f"{MARK} was meant")
        # Proposals: of new entries, and of the one that is shown.
        await moderation.begin(ANA, hidden("draft"), base=0, reason=f"{MARK} draft")
        declined = await submitted(moderation, ANA, hidden("declined"))
        await moderation.decline(BEN, declined.id, f"{MARK} no")
        held = await moderation.held(HOME, SHOWN)
        assert held is not None
        await submitted(moderation, ANA, replace(held[1], text=text("edit"), story=f"{MARK} edit"))
        leads = tuple(
            Relation(kind=RelationKind.CONTRADICTS, to=each)
            for each in ("withdrawn", "embargoed", "in-review", "superseded")
        )
        await opened.save(replace(held[1], relations=leads), CHANGE, vouched=True)
        await moderation.open_sheet(ANA, "entry", {"claim": MARK}, {"text": text("sheet")})
        await moderation.take_dispute(
            MO,
            Dispute(
                claim=SHOWN,
                who=f"{MARK} office",
                kind=DisputeKind.COMPLAINT,
                what=f"{MARK} what",
                received_on=Day("2026-11-20"),
            ),
        )
        yield opened


async def _lookups(ledger: Ledger, view: View) -> object:
    """Paste the wording, the links and the words of all that is hidden."""
    pastes = [text(each) for each in (*HIDDEN, "edit", "sheet", "part-draft")]
    pastes += [f"https://{MARK.lower()}-{each}.example/bridge" for each in (*HIDDEN, "part-withdrawn")]
    pastes += [MARK, "The mayor of Marsh had the old bridge closed.", "gazette.example/bridge"]
    found = [
        await ledger.lookup(clean(each), view=view, weights=load(), limit=50, every=every)
        for each in pastes
        if each
        for every in (False, True)
    ]
    # The paste itself is not of the ledger.
    return [(hit.claim, held) for each in found for hit, _, held in each.found]


async def _of_each(verb: Callable[[str], Awaitable[object]]) -> object:
    """Return what a verb gives for every id, those of the entries that are hidden included."""
    return [await verb(each) for each in (SHOWN, *HIDDEN)]


async def _claims(ledger: Ledger, view: View) -> object:
    whole = await _of_each(lambda key: ledger.claim(key, view=view))
    return whole, await _of_each(lambda key: ledger.claim(key, view=view, as_of=view.today))


async def _searches(ledger: Ledger, view: View) -> object:
    words = (MARK, text("far"), f"{MARK} Quill", "closed old bridge Marsh mayor", "Gazette")
    return [await ledger.search(each, view=view, limit=50) for each in words]


async def _histories(ledger: Ledger, view: View) -> object:
    return await _of_each(lambda key: ledger.history(key, view=view))


async def _exports(ledger: Ledger, view: View) -> object:
    return [line_from_claim(each) for each in await ledger.claims(public_on=view)]


async def _speakers(ledger: Ledger, view: View) -> object:
    moderation = ledger.moderation()
    return [await moderation.speakers(view, each) for each in ("", MARK, "quill")]


async def _revision(ledger: Ledger, _: View) -> object:
    return await ledger.revision()


async def _doubles(ledger: Ledger, view: View) -> object:
    return await ledger.doubles(0, since=None, least=0.0, view=view, weights=load())


READERS: Final[dict[str, Drive]] = {
    "Ledger.revision": _revision,
    "Ledger.lookup": _lookups,
    "Ledger.claim": _claims,
    "Ledger.search": _searches,
    "Ledger.history": _histories,
    "Ledger.claims": _exports,
    "Ledger.doubles": _doubles,
    "Moderation.speakers": _speakers,
}
"""The verbs that answer readers: driven below with all that is hidden."""

EDITORS: Final[dict[str, str]] = {
    "Ledger.verify": "tells the operator a revision's number and what is at fault with it",
    "Ledger.back_up": "copies the file for the operator",
    "Moderation.member": "tells a member their own role",
    "Moderation.names": "names people of a workspace, who have acted in it, to its members",
    "Moderation.members": "lists the roles of a workspace to its members",
    "Moderation.proposal": "shows a proposal to the workspace that it was made in",
    "Moderation.drafts": "shows a member their own proposals",
    "Moderation.waiting": "shows reviewers what waits in their workspace",
    "Moderation.held": "shows an entry to the editors of its own workspace, the house's as readers see it",
    "Moderation.renamed": "counts for reviewers the entries of their own workspace that a proposal touches",
    "Moderation.history": "tells reviewers who changed an entry of their own workspace, and no text of it",
    "Moderation.stale": "lists entries to the reviewers of their own workspace",
    "Moderation.is_frozen": "says yes or no of an entry that the caller has",
    "Moderation.sheet": "gives a member back what they typed",
    "Moderation.sheets": "gives a member back what they typed",
    "Moderation.disputes": "lists disputes to the moderators of the workspace",
    "Moderation.disputes_of": "lists the disputes about an entry to the moderators of the workspace",
    "Moderation.problems": "lists reports to the reviewers of the workspace",
    "Questions.take": "hands a process a message as it came from outside",
    "Questions.may_use": "says yes or no of a question's buttons",
    "Questions.text": "gives back what was asked, to whoever may use its buttons",
    "Questions.is_askers": "says yes or no of whoever asks",
    "Questions.reply": "tells which question a posted reply answers",
    "Questions.waiting": "counts messages",
    "Questions.ahead": "counts messages",
    "Questions.setting": "reads a setting of this program",
    "Questions.channels": "tells the program where it was asked of late",
    "Questions.threads": "tells the program where it replied of late",
    "Questions.newest": "tells the program when it was asked last",
    "Questions.shared_as": "tells the program the id under which a page is shared",
    "Questions.feedback_counts": "counts what readers said of entries, for the reviewers of the workspace",
    "Ledger.lessons": "gives the operator what readers said of answers, to fit the weights",
    "Moderation.due": "lists to a workspace the requests of its own entries",
    "Embeddings.lacking": "hands whoever makes vectors the wordings that have none",
    "Embeddings.filled": "counts changes",
    "Embeddings.newest": "counts changes",
    "Embeddings.count": "counts claims",
    "Embeddings.state": "counts claims, and names models",
    "Demand.unanswered": "lists to the reviewers of the workspace what people asked there",
    "Demand.wanted": "shows the reviewers of the workspace what people asked there",
    "Muting.is_muted": "says yes or no of whoever asks",
    "Privacy.stored": "tells a person how much is kept of them",
    "Deliveries.held": "gives the program the reply that it has to mend",
    "Deliveries.standing": "gives the program what may be shown of a reply's claims: driven in its own tests",
    "Deliveries.take": "hands the program what it has to tell",
    "Deliveries.waiting": "counts what has to be told",
    "Spending.spent": "counts a model's tokens",
    "Spending.spend": "counts a model's tokens",
}
"""The verbs that give something back to people with a role or to the program, each with its reason."""

WRITES: Final = frozenset({
    "Chain.created", "Chain.write", "MassImport.run", "Ledger.import_lines", "Imports.file",
    "Ledger.save", "Moderation.give_role", "Moderation.begin", "Moderation.amend",
    "Moderation.submit", "Moderation.discard", "Moderation.approve", "Moderation.ask_changes",
    "Moderation.decline", "Moderation.keep", "Moderation.withdraw", "Moderation.undo", "Moderation.revert",
    "Moderation.merge_claims", "Moderation.merge_speakers", "Moderation.relate", "Moderation.take_dispute",
    "Moderation.freeze_dispute", "Moderation.settle_dispute", "Moderation.settle_problem",
    "Moderation.open_sheet", "Moderation.type_into", "Moderation.close_sheet", "Questions.receive",
    "Questions.take_over", "Questions.release", "Questions.renew", "Questions.finish", "Questions.ask",
    "Questions.remember", "Questions.choose", "Questions.follow", "Questions.unfollow", "Questions.refuse",
    "Questions.report", "Questions.dismiss", "Questions.set", "Demand.ask", "Demand.drop", "Demand.note",
    "Muting.mute", "Muting.unmute", "Privacy.forget", "Privacy.remove_old", "Deliveries.clear",
    "Deliveries.configure", "Deliveries.finish", "Deliveries.finish_edits", "Deliveries.release",
    "Deliveries.renew", "Deliveries.take_over", "Embeddings.keep", "Embeddings.reached", "Embeddings.switch",
    "Ledger.keep_up", "Ledger.warm_up", "Ledger.renew",
})  # fmt: skip
"""The verbs that change something, and give back at most what their caller handed over or works on."""

HANDLES: Final = frozenset({
    "Ledger.questions", "Ledger.moderation", "Ledger.deliveries", "Ledger.demand", "Ledger.muting",
    "Ledger.privacy", "Ledger.vectors", "Ledger.imports", "Ledger.spending",
})  # fmt: skip
"""Not verbs: they give the verbs of another class."""


def verbs() -> set[str]:
    """Return every public method of every class of the store that is made on a connection."""
    found = set()
    for module in pkgutil.iter_modules(bot.store.__path__, "bot.store."):
        for name, cls in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if cls.__module__ != module.name or cls.__module__ == "bot.store.connections":
                continue
            hints = inspect.get_annotations(cls.__init__) if "__init__" in vars(cls) else {}
            if any("Connection" in str(each) for each in hints.values()):
                methods = inspect.getmembers(cls, inspect.isfunction)
                found |= {f"{name}.{each}" for each, _ in methods if not each.startswith("_")}
    return found


def test_every_verb_is_listed() -> None:
    """A new verb of the store belongs to readers, to editors or to what writes; each is in one list."""
    lists = (set(READERS), set(EDITORS), set(WRITES), set(HANDLES))
    assert set().union(*lists) == verbs()
    assert sum(map(len, lists)) == len(verbs())


@pytest.mark.parametrize("workspace", HOMES)
@pytest.mark.parametrize("verb", READERS)
async def test_verb_for_readers_shows_nothing_hidden(ledger: Ledger, verb: str, workspace: str) -> None:
    """Whatever a reader asks for, nothing that is withdrawn, embargoed, unvetted or another's comes back."""
    given = repr(await READERS[verb](ledger, now(workspace)))
    assert MARK.lower() not in given.lower()
    for key in HIDDEN:
        assert f"id='{key}'" not in given
        assert f"to='{key}'" not in given


async def test_what_may_be_seen_is_seen(ledger: Ledger) -> None:
    """The drives above would find something, were it not hidden."""
    for view, is_home in ((now(HOME), True), (now("elsewhere"), False)):
        for verb in set(READERS) - {"Ledger.revision", "Ledger.doubles"}:
            given = repr(await READERS[verb](ledger, view))
            assert ("bridge" in given or "quill" in given) is is_home, verb
    assert MARK in repr(await _speakers(ledger, now("away")))
    assert MARK in repr(await _lookups(ledger, now("away")))


@pytest.mark.parametrize("workspace", HOMES)
async def test_desk_shows_nothing_hidden(ledger: Ledger, workspace: str) -> None:
    """What is made of the store's answers holds nothing more than they do, refusals included."""
    view, weights = now(workspace), load()
    given: list[object] = []
    for key in (*HIDDEN, SHOWN):
        text = f"{key} closed the old bridge of Marsh"
        given.append(await desk.check(ledger, text, calibration=weights, view=view))
        given.append(await desk.near(ledger, text, calibration=weights, view=view))
        # What both have in common is the paste's own words.
        every = await desk.near(ledger, text, calibration=weights, view=view, every=True)
        given.append([(each.record, each.why.nearest) for each in every])
        given.append(await desk.matches(ledger, text, view=view))
        for verb in (desk.record, desk.changes):
            try:
                given.append(await verb(ledger, key, view=view))
            except CounterclaimError as error:
                given.append(str(error))
    assert MARK.lower() not in repr(given).lower()


@pytest.mark.parametrize("workspace", ["away", "elsewhere", ""])
async def test_editors_of_other_workspaces_see_nothing(ledger: Ledger, workspace: str) -> None:
    """What is on its way at home is not there for the editors of another workspace."""
    moderation = ledger.moderation()
    stranger = member("stranger", Role.ADMIN, workspace)
    given: list[object] = [await moderation.drafts(stranger), await moderation.sheets(stranger)]
    given += [await moderation.waiting(workspace), await moderation.disputes(workspace)]
    given += [await moderation.disputes_of(workspace, SHOWN)]
    given += [await moderation.problems(workspace), await moderation.members(workspace)]
    given += [each for each in await moderation.stale(workspace, "9999") if each.id != "far"]
    for key in (SHOWN, *HIDDEN):
        if (key, workspace) != ("far", "away"):
            given += [await moderation.held(workspace, key), *await moderation.history(workspace, key)]
    for proposal in (*await moderation.waiting(HOME), *await moderation.drafts(ANA)):
        given.append(await moderation.proposal(workspace, proposal.id))
    assert not any(given)
