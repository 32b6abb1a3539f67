"""Those who keep the ledger from inside Discord, from an empty form to what readers see, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from bot.moderation.deeds import Deed, Do, encoded
from bot.moderation.members import Member, Role
from bot.store.ledger import Ledger
from handlers.discord import deed_commands, keeping
from handlers.discord.forms import FIELDS
from tests.fakes.discord import FakeDiscord, FakeInteraction, FakeMessage, FakeModal, FakeUser
from tests.handlers.discord.conftest import CLAIM_ID, Running, until
from tests.moderating import entry

TEXT = "The harbour at Fen was painted blue by a choir of retired dentists last winter"
ENTRY = {"text": TEXT, "story": "Fen harbour"}
STATEMENT = {
    "kind": ["assertion"],
    "speaker": "Ada Quill",
    "quote_mode": ["paraphrase"],
    "text": "The choir painted the harbour of Fen blue.",
    "publisher": "Fen Gazette",
    "title": "A blue harbour",
    "url": "https://gazette.example/harbour",
    "excerpt": "The choir painted the harbour blue, Ms Quill said.",
    "said_on": "2025-02-03",
    "role": "harbour master of Fen",
}
KEPT = "is kept"
Typed = Mapping[str, Sequence[str]]


class Desk:
    """People with roles: `ana` contributes, `ben` reviews by a role of the server, `mo` moderates."""

    def __init__(self, server: FakeDiscord) -> None:
        self.server = server
        role = server.add_role("desk")
        self.ana, self.mo = server.add_user("ana"), server.add_user("mo")
        self.ben = server.add_user("ben", roles=(role,))
        self.reader = server.add_user("rae")
        self.keys: dict[str, tuple[str, ...]] = {
            "contributors": (str(self.ana.id),),
            "reviewers": (str(role.id),),
            "moderators": (str(self.mo.id),),
        }

    async def press(self, message: FakeMessage, label: str, user: FakeUser) -> FakeInteraction:
        """Press the first button that has these words."""
        custom_id = next(key for name, key in message.buttons.items() if label in name)
        return await self.server.press(message, custom_id, user)

    async def filled(self, opened: FakeInteraction, answers: Typed) -> FakeMessage:
        """Fill in page after page, and return what comes of the last, or what is to be mended."""
        while True:
            form = await opened.wait_for_modal()
            assert len(form.inputs) <= FIELDS
            given = {name: value for name, value in answers.items() if name in form.inputs}
            message = await (await self.server.submit(form, given)).wait_for_response()
            assert message.viewer is opened.user
            if not any(label.startswith("Continue (") for label in message.buttons):
                return message
            opened = await self.press(message, "Continue (", opened.user)

    async def begun(self) -> FakeMessage:
        """Return the board of a new draft of ana's."""
        asked = await self.server.command(self.ana, "claim", "add", options={"text": TEXT})
        return await self.filled(asked, ENTRY)

    async def handed_in(self) -> None:
        """Let ana hand in an entry with one statement."""
        opened = await self.press(await self.begun(), "Add a statement", self.ana)
        draft = await self.filled(opened, STATEMENT)
        said = await (await self.press(draft, "Submit", self.ana)).wait_for_response()
        assert "review" in said.text

    async def approved(self) -> None:
        """Let ben approve what waits first."""
        queue = await (await self.server.command(self.ben, "claim", "queue")).wait_for_response()
        card = await (await self.press(queue, "Review", self.ben)).wait_for_response()
        assert "choir" in card.text
        said = await (await self.press(card, "Approve", self.ben)).wait_for_response()
        assert said.viewer is self.ben

    async def answer(self) -> FakeMessage:
        """Return the reply to a mention of the claim by a reader."""
        return await self.server.wait_for_reply(
            await self.server.mention(self.server.channel, self.reader, TEXT)
        )


@pytest.fixture
def desk(server: FakeDiscord) -> Desk:
    """Those who keep this ledger, and a reader."""
    return Desk(server)


def shown(form: FakeModal, name: str) -> str:
    """Return what stands in a text of a form."""
    return str(form.inputs[name].get("value") or "")


async def test_an_entry_goes_from_a_form_to_readers_and_back(desk: Desk, running: Running) -> None:
    """Added in pages, mended, reviewed by another member, answered in the channel, and withdrawn at once."""
    server = desk.server
    async with running(**desk.keys):
        assert "Nothing on file" in (await desk.answer()).text
        asked = await server.command(desk.ana, "claim", "add", options={"text": TEXT})
        assert shown(await asked.wait_for_modal(), "text") == TEXT
        faults = await desk.filled(asked, ENTRY | {"embargo_until": "tomorrow"})
        assert "Embargo until" in faults.text
        mending = await desk.press(faults, "Mend", desk.ana)
        form = await mending.wait_for_modal()
        assert shown(form, "embargo_until") == "tomorrow"
        draft = await (await server.submit(form, {"embargo_until": ""})).wait_for_response()
        assert draft is faults
        assert TEXT in draft.text

        opened = await desk.press(draft, "Add a statement", desk.ana)
        faults = await desk.filled(opened, STATEMENT | {"said_on": "3 February"})
        assert "Said on" in faults.text
        mending = await desk.press(faults, "Mend", desk.ana)
        assert shown(await mending.wait_for_modal(), "said_on") == "3 February"
        draft = await desk.filled(mending, {"said_on": "2025-02-03"})
        said = await (await desk.press(draft, "Submit", desk.ana)).wait_for_response()
        assert "review" in said.text
        assert "Nothing on file" in (await desk.answer()).text

        await desk.approved()
        reply = await desk.answer()
        assert reply.text.startswith("**On record")
        assert "Ada Quill" in reply.text

        claim = reply.buttons["Follow"].rpartition(":")[2]
        reason = {"claim": claim, "reason": "The gazette took the report back."}
        told = await server.command(desk.mo, "claim", "withdraw", options=reason)
        await told.wait_for_response()
        assert "Nothing on file" in (await desk.answer()).text
    assert all(each.ephemeral for each in server.posts if each.interaction is not None)


async def test_a_restart_between_the_pages_loses_nothing(desk: Desk, running: Running) -> None:
    """A form is gone on with after a restart: from the message, and from the list of drafts."""
    server = desk.server
    async with running(**desk.keys):
        asked = await server.command(desk.ana, "claim", "add")
        form = await asked.wait_for_modal()
        step = await (await server.submit(form, {"text": TEXT})).wait_for_response()
        assert KEPT in step.text
    async with running(**desk.keys):
        listed = await (await server.command(desk.ana, "claim", "drafts")).wait_for_response()
        assert TEXT in listed.text
        again = await (await desk.press(listed, "Continue", desk.ana)).wait_for_modal()
        assert shown(again, "text") == TEXT
        opened = await desk.press(step, "Continue (", desk.ana)
        draft = await desk.filled(opened, {})
        assert draft is step
    assert TEXT in draft.text


async def test_a_form_that_was_open_during_a_restart_is_taken_on(desk: Desk, running: Running) -> None:
    """What was opened by one process is handed in to the next."""
    async with running(**desk.keys):
        form = await (await desk.server.command(desk.ana, "claim", "add")).wait_for_modal()
    async with running(**desk.keys):
        step = await (await desk.server.submit(form, {"text": TEXT})).wait_for_response()
    assert KEPT in step.text


@pytest.mark.parametrize("deed", [Deed.APPROVE, Deed.DECLINE, Deed.REVIEW, Deed.WITHDRAW, Deed.ADD])
async def test_a_forged_button_is_refused(
    desk: Desk, running: Running, sample_ledger: Ledger, deed: Deed
) -> None:
    """A reader who presses what was never given to them is told which role it takes, and nothing is done."""
    async with running(**desk.keys):
        await desk.handed_in()
        (proposal,) = await sample_ledger.moderation().waiting("")
        reply = await desk.answer()
        row = next(each for each in reply.components if each["type"] == 1)
        row["components"][0]["custom_id"] = forged = encoded(Do(deed=deed, ref=proposal.id))
        pressed = await desk.server.press(reply, forged, desk.reader)
        said = await pressed.wait_for_response()
        assert await sample_ledger.moderation().waiting("") == (proposal,)
    assert said.viewer is desk.reader
    assert "role" in said.text


async def test_a_form_is_its_own_members_alone(desk: Desk, running: Running) -> None:
    """Somebody else who presses the button of a form, or sends it, is told that it is not there."""
    async with running(**desk.keys):
        asked = await desk.server.command(desk.ana, "claim", "add")
        form = await asked.wait_for_modal()
        reply = await desk.answer()
        row = next(each for each in reply.components if each["type"] == 1)
        row["components"][0]["custom_id"] = form.custom_id
        pressed = await desk.server.press(reply, form.custom_id, desk.ben)
        said = await pressed.wait_for_response()
        assert said.viewer is desk.ben
        assert not reply.edits
        forged = FakeModal(pressed, form.custom_id, form.title, form.components)
        sent = await desk.server.submit(forged, {"text": TEXT})
        assert (await sent.wait_for_response()).viewer is desk.ben
        draft = await desk.filled(asked, ENTRY)
    assert TEXT in draft.text


async def test_the_author_does_not_approve_their_own(desk: Desk, running: Running) -> None:
    """Where two people may review, whoever proposes an entry cannot vet it, whatever they press."""
    desk.keys["reviewers"] += (str(desk.ana.id),)
    async with running(**desk.keys):
        await desk.handed_in()
        queue = await (await desk.server.command(desk.ana, "claim", "queue")).wait_for_response()
        card = await (await desk.press(queue, "Review", desk.ana)).wait_for_response()
        said = await (await desk.press(card, "Approve", desk.ana)).wait_for_response()
        assert said is not card
        assert "Nothing on file" in (await desk.answer()).text


async def test_a_message_begins_an_entry(desk: Desk, running: Running) -> None:
    """“Add to the ledger” opens the form with what the message says and where it stands."""
    message = await desk.server.say(desk.server.channel, desk.reader, TEXT)
    async with running(**desk.keys):
        asked = await desk.server.context_menu(desk.ana, deed_commands.MENU, message)
        form = await asked.wait_for_modal()
        assert shown(form, "text") == TEXT
        step = await (await desk.server.submit(form, {})).wait_for_response()
        page = await (await desk.press(step, "Continue (", desk.ana)).wait_for_modal()
        refused = await desk.server.context_menu(desk.reader, deed_commands.MENU, message)
        assert "role" in (await refused.wait_for_response()).text
    link = f"https://discord.com/channels/{desk.server.guild.id}/{message.channel.id}/{message.id}"
    assert link in shown(page, "reason")


async def test_the_queue_is_paged_in_its_own_message(
    desk: Desk, running: Running, sample_ledger: Ledger
) -> None:
    """Another page of the queue takes the place of the one pressed on; a card stands beside it."""
    moderation = sample_ledger.moderation()
    author = Member(workspace="", key="discord:1:2", name="Cleo", role=Role.CONTRIBUTOR)
    for n in range(12):
        begun = await moderation.begin(author, entry(f"bridge-{n}"), base=0)
        await moderation.submit(author, begun.id, None)
    async with running(**desk.keys):
        queue = await (await desk.server.command(desk.ben, "claim", "queue")).wait_for_response()
        card = await (await desk.press(queue, "Review", desk.ben)).wait_for_response()
        assert card is not queue
        seen = [queue.text]
        while "Next page" in queue.buttons:
            turned = await desk.press(queue, "Next page", desk.ben)
            assert await turned.wait_for_response() is queue
            seen.append(queue.text)
        assert len(set(seen)) == len(seen) > 1
        turned = await desk.press(queue, "Previous page", desk.ben)
        assert await turned.wait_for_response() is queue
        assert queue.text == seen[-2]


async def test_a_role_counts_when_the_button_is_pressed(
    desk: Desk, running: Running, sample_ledger: Ledger
) -> None:
    """Whoever lost the role of the server after a card was shown cannot use its buttons any more."""
    async with running(**desk.keys):
        await desk.handed_in()
        queue = await (await desk.server.command(desk.ben, "claim", "queue")).wait_for_response()
        card = await (await desk.press(queue, "Review", desk.ben)).wait_for_response()
        desk.ben.roles = ()
        said = await (await desk.press(card, "Approve", desk.ben)).wait_for_response()
        assert "role" in said.text
        assert len(await sample_ledger.moderation().waiting("")) == 1


async def test_entries_and_speakers_are_suggested(desk: Desk, running: Running) -> None:
    """Options that take an entry suggest those that readers see, and speakers where those are merged."""
    async with running(**desk.keys):
        await desk.handed_in()
        suggest = desk.server.autocomplete
        claims = await suggest(desk.mo, "claim", "withdraw", option="claim", text="Moscow bomb")
        drafts = await suggest(desk.mo, "claim", "withdraw", option="claim", text="harbour choir dentists")
        speakers = await suggest(
            desk.mo, "claim", "merge", option="into", text="Trump", options={"what": "speaker"}
        )
    assert CLAIM_ID in [each["value"] for each in claims]
    assert "harbour" not in " ".join(each["name"] for each in drafts)
    assert any("Trump" in each["name"] for each in speakers)
    assert not {each["value"] for each in speakers} & {each["value"] for each in claims}


async def test_what_is_left_out_of_a_command_is_asked_for(desk: Desk, running: Running) -> None:
    """A command without its reason opens the form that asks for it; a role is given to whom was chosen."""
    async with running(admins=(str(desk.mo.id),), **desk.keys):
        asked = await desk.server.command(desk.mo, "claim", "withdraw", options={"claim": CLAIM_ID})
        assert "reason" in (await asked.wait_for_modal()).inputs
        given = {"person": desk.reader, "role": "reviewer"}
        said = await (await desk.server.command(desk.mo, "claim", "roles", options=given)).wait_for_response()
        assert "Rae" in said.text
        listed = await (await desk.server.command(desk.mo, "claim", "roles")).wait_for_response()
        assert str(desk.reader.id) in listed.text
        queue = await (await desk.server.command(desk.reader, "claim", "queue")).wait_for_response()
    assert "role" not in queue.text


async def test_a_slow_deed_is_answered_in_time(
    desk: Desk, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no time for a form to be the first response, a message leads to it."""
    monkeypatch.setattr(keeping, "PATIENCE", 0.0)
    async with running(**desk.keys):
        asked = await desk.server.command(desk.ana, "claim", "add", options={"text": TEXT})
        message = await asked.wait_for_response()
        assert asked.response is not None
        assert asked.response.kind == 5
        monkeypatch.undo()
        form = await (await desk.press(message, "Open the form", desk.ana)).wait_for_modal()
    assert shown(form, "text") == TEXT


async def test_nobody_has_a_role_of_the_server_in_a_direct_message(desk: Desk, running: Running) -> None:
    """Roles of the server do not follow into direct messages; ids of people do."""
    server = desk.server
    async with running(**desk.keys):
        asked = await server.command(
            desk.ben, "claim", "queue", channel=server.world.direct_channel(desk.ben)
        )
        assert "role" in (await asked.wait_for_response()).text
        own = await server.command(desk.mo, "claim", "queue", channel=server.world.direct_channel(desk.mo))
        assert "role" not in (await own.wait_for_response()).text


async def test_a_press_told_twice_is_done_once(desk: Desk, running: Running, sample_ledger: Ledger) -> None:
    """The same event told again does not hand a form in a second time."""
    async with running(**desk.keys):
        opened = await desk.press(await desk.begun(), "Add a statement", desk.ana)
        form = await opened.wait_for_modal()
        sent = await desk.server.submit(form, {n: v for n, v in STATEMENT.items() if n in form.inputs})
        await sent.wait_for_response()
        before = len(desk.server.refusals)
        desk.server.deliver_again(sent)
        await until(lambda: len(desk.server.refusals) > before)
        drafts = await sample_ledger.moderation().waiting("")
    assert drafts == ()


async def test_help_names_what_somebody_may_do(desk: Desk, running: Running) -> None:
    """The help card has the verbs of the role that its reader has, and no others."""
    async with running(**desk.keys):
        for user, is_shown in ((desk.reader, False), (desk.mo, True)):
            said = await (await desk.server.command(user, "claim", "help")).wait_for_response()
            assert "/claim check TEXT" in said.text
            assert ("/claim withdraw" in said.text) is is_shown
