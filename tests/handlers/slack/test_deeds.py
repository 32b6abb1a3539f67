"""Keeping the ledger from Slack, over real sockets: from a form to a vetted entry, and back."""

from __future__ import annotations

from collections import deque

import pytest

from bot.moderation.deeds import Deed, Do, decoded, encoded
from bot.store.ledger import Ledger
from handlers.slack import fields
from tests.fakes.slack import ALL_SCOPES, GENERAL, Answered, Ephemeral, FakeSlack, Fault, Kind, OpenView
from tests.handlers.slack.conftest import CLAIM_ID, Running
from tests.handlers.slack.keeping import (
    BRIDGE,
    CONTRIBUTOR,
    MODERATOR,
    READER,
    REVIEWER,
    ROLES,
    STATEMENT,
    button,
    element,
    field,
    fill_in,
    opened,
    words,
)


@pytest.fixture(autouse=True)
def _readers(slack: FakeSlack) -> None:
    slack.space.add_user(READER)


async def drafted(slack: FakeSlack) -> OpenView:
    """Let the contributor begin an entry with one statement, and return the modal with the draft."""
    before = len(slack.views)
    form = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), before + 1)
    await fill_in(slack, form, {})
    await slack.press(form, button(form, Deed.STATEMENT), CONTRIBUTOR)
    await slack.wait_until(lambda: form.view["callback_id"] == "deed_form")
    done = await fill_in(slack, form, STATEMENT)
    assert done.action == "update"
    return form


async def handed_in(slack: FakeSlack) -> str:
    """Let the contributor hand an entry in, and return the id of the proposal."""
    modal = await drafted(slack)
    name = button(modal, Deed.SUBMIT)
    await slack.press(modal, name, CONTRIBUTOR)
    await slack.wait_until(lambda: name not in words(modal))
    do = decoded(name)
    assert do is not None
    return do.ref


async def answered(slack: FakeSlack, text: str) -> str:
    """Ask in public and return the reply."""
    before = len(slack.messages)
    await slack.mention(GENERAL, READER, text)
    return (await slack.wait_for_message(before + 1)).text


async def alone(slack: FakeSlack, text: str, *, user: str) -> Ephemeral:
    """Use the command and return what its person sees alone."""
    done = await slack.command("/claim", text, user)
    shown = (await done.response()).message
    assert done.acked
    assert isinstance(shown, Ephemeral)
    return shown


async def test_from_a_form_to_an_answer_and_back(slack: FakeSlack, running: Running) -> None:
    """An entry is typed in, mended at the field, handed in, approved by another, answered, withdrawn."""
    async with running(**ROLES):
        form = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), 1)
        assert element(form, "text")["initial_value"] == BRIDGE
        done = await fill_in(slack, form, {})
        assert done.action == "update"
        assert BRIDGE in words(form)
        await slack.press(form, button(form, Deed.STATEMENT), CONTRIBUTOR)
        await slack.wait_until(lambda: form.view["callback_id"] == "deed_form")
        done = await fill_in(slack, form, {**STATEMENT, "said_on": "last May"})
        assert done.action == "errors"
        assert list(done.errors) == [field(form, "said_on")]
        done = await fill_in(slack, form, STATEMENT)
        assert done.action == "update"
        assert "Ada Quill" in words(form)
        name = button(form, Deed.SUBMIT)
        await slack.press(form, name, CONTRIBUTOR)
        await slack.wait_until(lambda: name not in words(form))
        assert "Nothing on file" in await answered(slack, BRIDGE)
        queue = await alone(slack, "queue", user=REVIEWER)
        press = await slack.press(queue, button(queue, Deed.REVIEW), REVIEWER)
        assert (await press.response()).kind is Answered.REPLACED
        assert "Ada Quill" in words(queue)
        approve = button(queue, Deed.APPROVE)
        press = await slack.press(queue, approve, REVIEWER)
        assert (await press.response()).kind is Answered.EPHEMERAL
        reply = await answered(slack, BRIDGE)
        assert reply.startswith("On record")
        assert "Ada Quill" in reply
        # A second press, by anybody, changes nothing.
        press = await slack.press(queue, approve, MODERATOR)
        assert "approved" in (await press.response()).body["text"]
        found = (await alone(slack, "search harbour", user=READER)).text.split("\n")
        key = found[2].partition(",")[0]
        told = await alone(slack, f"withdraw {key} The source was taken back.", user=MODERATOR)
        assert key in told.text
        assert "Nothing on file" in await answered(slack, BRIDGE)
    assert slack.calls["chat.postMessage"] == 3


async def test_the_author_cannot_approve(slack: FakeSlack, running: Running) -> None:
    """Whoever handed an entry in cannot vet it, where another person may."""
    async with running(**{**ROLES, "reviewers": (REVIEWER, CONTRIBUTOR)}):
        proposal = await handed_in(slack)
        card = await alone(slack, f"review {proposal}", user=CONTRIBUTOR)
        press = await slack.press(card, button(card, Deed.APPROVE), CONTRIBUTOR)
        told = await press.response()
        assert "another person" in told.body["text"] or "Somebody else" in told.body["text"]
        assert "Nothing on file" in await answered(slack, BRIDGE)


@pytest.mark.parametrize("deed", [Deed.APPROVE, Deed.WITHDRAW, Deed.QUEUE, Deed.ADD, Deed.ROLES])
async def test_a_forged_button_is_refused(
    slack: FakeSlack, running: Running, sample_ledger: Ledger, deed: Deed
) -> None:
    """A reader who presses a button that was made by hand is told which role it takes; nothing is done."""
    revision = await sample_ledger.revision()
    async with running(**ROLES):
        shown = await alone(slack, "search moscow", user=READER)
        forged = encoded(Do(deed=deed, ref=CLAIM_ID))
        key = {"type": "button", "action_id": forged, "text": {"type": "plain_text", "text": "Press"}}
        shown.blocks.append({"type": "actions", "elements": [key]})
        press = await slack.press(shown, forged, READER)
        told = (await press.response()).body["text"]
    assert "role" in told
    assert slack.views == []
    assert await sample_ledger.revision() == revision


async def test_a_forged_form_is_refused(slack: FakeSlack, running: Running) -> None:
    """A form that somebody else opened cannot be submitted in their place."""
    async with running(**ROLES):
        form = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), 1)
        done = await slack.submit(form, {}, MODERATOR)
        assert done.action == "update"
        assert BRIDGE not in words(form)
        drafts = await alone(slack, "drafts", user=MODERATOR)
    assert BRIDGE not in drafts.text


async def test_add_to_the_ledger_is_filled_in(slack: FakeSlack, running: Running) -> None:
    """On a message, “Add to the ledger” opens the form with what it says and where it stands."""
    said = slack.say(GENERAL, READER, f"{BRIDGE} &amp; then <https://fen.example/a|opened>")
    async with running(**ROLES):
        form = await opened(slack, await slack.shortcut("add_entry", CONTRIBUTOR, said), 1)
        assert element(form, "text")["initial_value"] == f"{BRIDGE} & then opened"
        assert f"p{said.ts.replace('.', '')}" in words(form)
        refused = await slack.shortcut("add_entry", READER, said)
        assert "role" in (await refused.response()).body["text"]


async def test_a_form_that_is_closed_can_be_gone_on_with(slack: FakeSlack, running: Running) -> None:
    """What was typed into a form that is closed half-way is offered again, as far as Slack sends it."""
    story = "The bridges of Fen"
    async with running(**ROLES):
        form = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), 1)
        assert await slack.close(form, {field(form, "story"): story}) is not None
        drafts = await alone(slack, "drafts", user=CONTRIBUTOR)
        assert BRIDGE in drafts.text
        go_on = next(
            each["action_id"]
            for block in drafts.blocks
            for each in block.get("elements", [])
            if str(each.get("action_id", "")).startswith("cf:")
        )
        again = await opened(slack, await slack.press(drafts, go_on, CONTRIBUTOR), 2)
        assert element(again, "story")["initial_value"] == story
        assert element(again, "text")["initial_value"] == BRIDGE
        # Without what was typed, the form as it was opened is kept.
        assert await slack.close(again, with_values=False) is not None
        again = await opened(slack, await slack.press(drafts, go_on, CONTRIBUTOR), 3)
        assert element(again, "story")["initial_value"] == story


async def test_speakers_and_claims_are_suggested(slack: FakeSlack, running: Running) -> None:
    """A menu offers what was typed, then who is on file; for another claim it offers claims by their text."""
    async with running(**ROLES):
        form = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), 1)
        await fill_in(slack, form, {})
        await slack.press(form, button(form, Deed.STATEMENT), CONTRIBUTOR)
        await slack.wait_until(lambda: form.view["callback_id"] == "deed_form")
        options = await slack.suggest(form, field(form, "speaker"), "Putin")
        values = [each["value"] for each in options]
        assert values[0] == "Putin"
        assert "Vladimir Putin" in values
        assert values[-1] == fields.NOTHING
        merging = await opened(slack, await slack.command("/claim", f"merge {CLAIM_ID}", MODERATOR), 2)
        options = await slack.suggest(merging, field(merging, "into"), "moscow")
        assert CLAIM_ID in [each["value"] for each in options]


async def test_what_takes_long_is_announced(slack: FakeSlack, running: Running) -> None:
    """Where the form would come too late for Slack, a modal opens at once and the form follows in it."""
    slack.space.usergroups["S0DESK"] = [CONTRIBUTOR]
    slack.faults = deque([Fault(kind=Kind.SLOW, method="usergroups.users.list", seconds=2.0)])
    async with running(contributors=("S0DESK",)):
        modal = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), 1)
        assert "submit" not in modal.view
        await slack.wait_until(lambda: modal.view["callback_id"] == "deed_form")
        assert element(modal, "text")["initial_value"] == BRIDGE
    # Handed in to a process that knows no groups yet, it is answered in time all the same.
    slack.faults = deque([Fault(kind=Kind.SLOW, method="usergroups.users.list", seconds=2.0)])
    async with running(contributors=("S0DESK",)):
        done = await fill_in(slack, modal, {})
        assert done.acked
        assert done.action == "update"
        await slack.wait_until(lambda: BRIDGE in words(modal))
        button(modal, Deed.STATEMENT)


async def test_a_form_that_came_too_late_is_one_press_away(slack: FakeSlack, running: Running) -> None:
    """Where Slack opens a form no more, its person is given a button to it, and what was typed is kept."""
    slack.space.trigger_seconds = -1.0
    async with running(**ROLES):
        shown = await alone(slack, f"add {BRIDGE}", user=CONTRIBUTOR)
        (go_on,) = [each["action_id"] for each in shown.blocks[-1]["elements"]]
        slack.space.trigger_seconds = 3.0
        form = await opened(slack, await slack.press(shown, go_on, CONTRIBUTOR), 1)
    assert element(form, "text")["initial_value"] == BRIDGE


async def test_a_user_group_gives_its_role(slack: FakeSlack, running: Running) -> None:
    """Who is in a group with a role has it; Slack is asked once for both of them."""
    slack.space.usergroups["S0DESK"] = [REVIEWER]
    async with running(reviewers=("S0DESK",)):
        assert "role" not in (await alone(slack, "drafts", user=REVIEWER)).text
        assert "role" in (await alone(slack, "drafts", user=READER)).text
    assert slack.calls["usergroups.users.list"] == 1


async def test_a_group_that_cannot_be_read_gives_no_role(
    slack: FakeSlack, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Where Slack does not tell who is in a group, nobody has a role by it, and the log says so."""
    slack.space.usergroups["S0DESK"] = [REVIEWER]
    slack.space.scopes = ALL_SCOPES - {"usergroups:read"}
    async with running(reviewers=("S0DESK",)):
        assert "role" in (await alone(slack, "drafts", user=REVIEWER)).text
    assert "S0DESK could not be read: missing_scope" in caplog.text


async def test_the_home_tab_shows_what_waits_and_stays_fresh(slack: FakeSlack, running: Running) -> None:
    """The tab shows what waits; a deed done from it is gone from it without opening it again."""
    async with running(**ROLES):
        proposal = await handed_in(slack)
        await slack.home_opened(REVIEWER)
        home = await slack.wait_for_view(2)
        assert home.kind == "home"
        assert BRIDGE in words(home)
        review = button(home, Deed.REVIEW, ref=proposal)
        card = await opened(slack, await slack.press(home, review, REVIEWER), 3)
        assert "Ada Quill" in words(card)
        await slack.press(card, button(card, Deed.APPROVE), REVIEWER)
        await slack.wait_until(lambda: review not in words(home))
        assert (await answered(slack, BRIDGE)).startswith("On record")


async def test_the_home_tab_is_made_for_anybody(slack: FakeSlack, running: Running) -> None:
    """A reader who opens the tab is told what it takes to see more; the tab of messages is left alone."""
    async with running(**ROLES):
        await slack.home_opened(READER, tab="messages")
        await slack.home_opened(READER)
        home = await slack.wait_for_view()
        assert home.kind == "home"
        assert "role" in words(home)
        await slack.wait_settled()
    assert slack.calls["views.publish"] == 1


async def test_the_home_tab_turns_its_pages(slack: FakeSlack, running: Running) -> None:
    """A press for the next page changes the tab itself."""
    async with running(**ROLES):
        await slack.home_opened(REVIEWER)
        home = await slack.wait_for_view()
        turn = encoded(Do(deed=Deed.QUEUE, page=1))
        key = {"type": "button", "action_id": turn, "text": {"type": "plain_text", "text": "Next page"}}
        home.view["blocks"].append({"type": "actions", "elements": [key]})
        await slack.press(home, turn, REVIEWER)
        await slack.wait_until(lambda: slack.calls["views.publish"] == 2)
        await slack.wait_settled()
    assert len(slack.views) == 1


async def test_a_record_opens_above_the_card(slack: FakeSlack, running: Running) -> None:
    """A record that is looked at from a modal stands above it, turns in place, and cannot be shared."""
    async with running(**ROLES):
        modal = await drafted(slack)
        look = f"cc:record::0:{CLAIM_ID}"
        key = {"type": "button", "action_id": look, "text": {"type": "plain_text", "text": "Full record"}}
        modal.view["blocks"].append({"type": "actions", "elements": [key]})
        record = await opened(slack, await slack.press(modal, look, CONTRIBUTOR), 2)
        assert record.previous == modal.id
        assert "Full record" in words(record)
        assert "cc:share" not in words(record)
        assert "cc:follow" in words(record)
        record.view["blocks"].append({"type": "actions", "elements": [key]})
        version = record.hash
        await slack.press(record, look, CONTRIBUTOR)
        await slack.wait_until(lambda: record.hash != version)
    assert len(slack.views) == 2


async def test_too_much_is_told_at_the_form(slack: FakeSlack, running: Running) -> None:
    """Whoever does too much at a time is told so beside what was typed, which stays."""
    async with running(limits={"person": 1}, **ROLES):
        form = await opened(slack, await slack.command("/claim", f"add {BRIDGE}", CONTRIBUTOR), 1)
        while "a minute" not in (await alone(slack, "drafts", user=CONTRIBUTOR)).text:
            pass
        done = await fill_in(slack, form, {})
    assert done.action == "errors"
    assert list(done.errors) == [field(form, "text")]
    assert "a minute" in done.errors[field(form, "text")]


async def test_help_names_what_somebody_may_do(slack: FakeSlack, running: Running) -> None:
    """The help card has the verbs of the role that its reader has, and no others."""
    async with running(**ROLES):
        for user, verbs in ((READER, ()), (CONTRIBUTOR, ("add",)), (MODERATOR, ("add", "queue", "withdraw"))):
            said = (await alone(slack, "help", user=user)).text
            assert "/claim check TEXT" in said
            assert tuple(each for each in ("add", "queue", "withdraw") if f"claim {each}," in said) == verbs
