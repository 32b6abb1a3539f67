"""What one person sees alone on Slack: the command, the shortcut, and what pressing each button does."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from pathlib import Path

import aiosqlite
import pytest

from bot.actions import Action, Button, decoded, encoded
from tests.fakes.slack import (
    ALL_SCOPES,
    ASKER,
    GENERAL,
    Answered,
    Call,
    Ephemeral,
    FakeSlack,
    Fault,
    Interaction,
    Kind,
    Message,
    pings,
)
from tests.handlers.slack.conftest import CLAIM, CLAIM_ID, UNKNOWN, Running

CLOSE = "Trump would bomb Moscow"


def key(shown: Message | Ephemeral, action: Action) -> str:
    """Return what stands for the button with this action in a message."""
    for block in shown.blocks:
        for element in block.get("elements", []):
            button = decoded(element.get("action_id", ""))
            if button is not None and button.action is action:
                return str(element["action_id"])
    raise LookupError(f"no {action} under: {shown.text[:200]}")


async def seen(interaction: Interaction, count: int = 1) -> Ephemeral:
    """Return what the person saw alone for an interaction, which was acked."""
    response = await interaction.response(count)
    assert interaction.acked
    assert response.kind is Answered.EPHEMERAL
    assert isinstance(response.message, Ephemeral)
    assert pings(response.message) == []
    return response.message


async def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """Return what stands in the ledger."""
    async with aiosqlite.connect(path) as db:
        return [tuple(row) for row in await db.execute_fetchall(query)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"check {CLAIM}", "On record"),
        (CLAIM, "On record"),
        (f"check {UNKNOWN}", "Nothing on file"),
        ("check", "/claim check TEXT"),
        (f"show {CLAIM_ID}", "Full record"),
        ("show no-such-claim", "There is no claim “no-such-claim” on file."),
        ("search moscow", CLAIM_ID),
        ("search xyzzy", "Nothing on file has these words"),
        (f"history {CLAIM_ID}", "History of the entry"),
        ("history no-such-claim", "There is no claim"),
        (f"follow {CLAIM_ID}", "You follow this claim now"),
        ("follow &lt;nothing&gt;", "There is no claim “&lt;nothing&gt;” on file."),
        ("help", "/claim history ID"),
        ("", "/claim follow ID"),
        ("shwo it", "/claim show ID"),
    ],
)
async def test_the_command_answers_its_person_alone(
    slack: FakeSlack, running: Running, text: str, expected: str
) -> None:
    """Each use of the command is acked and answered to its person alone."""
    async with running():
        shown = await seen(await slack.command("/claim", text))
    assert expected in shown.text
    assert slack.messages == []
    assert slack.calls["auth.test"] == 1


async def test_a_command_of_an_older_manifest_is_answered(slack: FakeSlack, running: Running) -> None:
    """A command that is not known here is acked and answered with the help card."""
    async with running():
        shown = await seen(await slack.command("/factcheck", "anything"))
    assert "/claim check TEXT" in shown.text


async def test_the_shortcut_answers_alone_and_shares_below_the_message(
    slack: FakeSlack, running: Running
) -> None:
    """“Check this claim” answers one person; shared, the answer stands in the thread of the message."""
    slack.space.scopes = ALL_SCOPES - {"channels:history", "groups:history"}
    said = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running():
        shown = await seen(await slack.shortcut("check_claim", ASKER, said))
        assert shown.text.startswith("On record")
        assert slack.messages == []
        press = await slack.press(shown, key(shown, Action.SHARE))
        shared = await slack.wait_for_message()
        assert (await press.response()).kind is Answered.REPLACED
    assert shared.thread_ts == said.ts
    assert shared.text.startswith("On record")
    assert shown.text == "Shared."


async def test_the_shortcut_reads_the_title_of_a_link(slack: FakeSlack, running: Running) -> None:
    """On a message that is a link alone, the shortcut asks for the title that Slack unfurled."""
    link = "https://news.example/2025/07/audio"
    unfurled = {"title": CLAIM, "original_url": link, "from_url": link}
    said = slack.say(GENERAL, "U0OTHER", f"<{link}>", attachments=[unfurled])
    async with running():
        shown = await seen(await slack.shortcut("check_claim", ASKER, said))
    assert shown.text.startswith("On record")


async def test_sharing_where_the_bot_is_not_says_so(slack: FakeSlack, running: Running) -> None:
    """Where the bot is no member, “Share” says what to do and leaves the answer as it is."""
    slack.space.add_channel("C0AWAY", member=False)
    async with running():
        shown = await seen(await slack.command("/claim", f"check {CLAIM}", channel="C0AWAY"))
        press = await slack.press(shown, key(shown, Action.SHARE))
        told = await seen(press)
    assert "Invite me" in told.text
    assert slack.messages == []


async def test_a_shared_page_is_remembered(slack: FakeSlack, running: Running, tmp_path: Path) -> None:
    """A full record that was shared is on file as a reply, and its sharer may dismiss it."""
    async with running():
        shown = await seen(await slack.command("/claim", f"show {CLAIM_ID}"))
        await slack.press(shown, key(shown, Action.SHARE))
        shared = await slack.wait_for_message()
        assert shared.text.startswith("Full record")
        assert shared.thread_ts is None
        await slack.wait_until(lambda: shown.text == "Shared.")
        await slack.press(shared, key(shared, Action.DISMISS))
        await slack.wait_until(lambda: shared.deleted)
    found = await rows(
        tmp_path / "sample.db", "SELECT reply.message, claim FROM reply JOIN reply_claim USING (message)"
    )
    assert found == [(shared.ts, CLAIM_ID)]


async def test_full_record_follow_and_report_after_a_restart(
    slack: FakeSlack, running: Running, tmp_path: Path
) -> None:
    """The buttons of a reply work in another process than the one that posted it."""
    async with running():
        ts = await slack.mention(GENERAL, ASKER, CLAIM)
        reply = await slack.wait_for_message()
    async with running():
        page = await seen(await slack.press(reply, key(reply, Action.RECORD), "U0OTHER"))
        assert page.text.startswith("Full record")
        assert page.thread_ts == ts
        told = await seen(await slack.press(reply, key(reply, Action.FOLLOW), "U0OTHER"))
        assert "You follow this claim now" in told.text
        told = await seen(await slack.press(reply, key(reply, Action.FOLLOW), "U0OTHER"))
        assert "already" in told.text
        await slack.press(reply, key(reply, Action.REPORT), "U0OTHER")
        form = await slack.wait_for_view()
        done = await slack.submit(form, {"problem": "The date is wrong."})
        assert done.acked
        assert done.view is not None
        assert "Thank you" in json.dumps(done.view.view)
        assert await rows(tmp_path / "sample.db", "SELECT choice FROM feedback") == []
        await slack.press(reply, key(reply, Action.REPORT), "U0OTHER")
        form = await slack.wait_for_view(count=2)
        about = {"problem": "I asked of a bridge.", "wrong": "claim"}
        assert (await slack.submit(form, about)).acked
    path = tmp_path / "sample.db"
    assert await rows(path, "SELECT claim, platform, address FROM follow") == [(CLAIM_ID, "slack", "U0OTHER")]
    assert await rows(path, "SELECT claim, text FROM problem") == [
        (CLAIM_ID, "The date is wrong."),
        (CLAIM_ID, "I asked of a bridge."),
    ]
    assert await rows(path, "SELECT claim, choice FROM feedback") == [(CLAIM_ID, "not_mine")]
    assert len(slack.replies_to(ts)) == 1


async def test_pages_are_turned_in_place(slack: FakeSlack, running: Running) -> None:
    """The next page of a full record takes the place of the one that was pressed on."""
    async with running():
        shown = await seen(await slack.command("/claim", f"show {CLAIM_ID}"))
        button = Button(action=Action.RECORD, claim=CLAIM_ID, page=1)
        # The sample's records have one page; a press for a page beyond it shows the last.
        row = next(each for each in shown.blocks if each["type"] == "actions")
        row["elements"][0]["action_id"] = encoded(button)
        press = await slack.press(shown, encoded(button))
        response = await press.response()
    assert response.kind is Answered.REPLACED
    assert shown.text.startswith("Full record")


async def test_feedback_is_noted(slack: FakeSlack, running: Running, tmp_path: Path) -> None:
    """“Not my claim” and “Ask the moderators” are noted for the question, and the person is told."""
    async with running():
        await slack.mention(GENERAL, ASKER, CLAIM)
        reply = await slack.wait_for_message()
        told = await seen(await slack.press(reply, key(reply, Action.NOT_MINE)))
        assert "not your claim" in told.text
        await slack.mention(GENERAL, ASKER, UNKNOWN)
        nothing = await slack.wait_for_message(2)
        told = await seen(await slack.press(nothing, key(nothing, Action.ASK)))
        assert told.text.startswith("Noted")
        told = await seen(await slack.press(nothing, key(nothing, Action.ASK)))
        assert "already" in told.text
    path = tmp_path / "sample.db"
    assert await rows(path, "SELECT claim, choice FROM feedback") == [(CLAIM_ID, "not_mine")]
    assert await rows(path, "SELECT count(*) FROM demand") == [(1,)]


async def test_what_is_only_close_can_be_chosen_or_not(
    slack: FakeSlack, running: Running, tmp_path: Path
) -> None:
    """Under what is only close stand “This is my claim” and “None of these”, and both are noted."""
    async with running():
        await slack.mention(GENERAL, ASKER, CLOSE)
        reply = await slack.wait_for_message()
        assert reply.text.startswith("Closest on file")
        page = await seen(await slack.press(reply, key(reply, Action.MINE)))
        assert page.text.startswith("Full record")
        told = await seen(await slack.press(reply, key(reply, Action.NONE), "U0OTHER"))
        assert "none of these" in told.text
    found = await rows(tmp_path / "sample.db", "SELECT DISTINCT choice FROM feedback ORDER BY choice")
    assert found == [("mine",), ("none",)]


@pytest.mark.parametrize(("user", "may"), [(ASKER, True), ("U0MODERATOR", True), ("U0OTHER", False)])
@pytest.mark.parametrize("text", [CLAIM, "@@@ ???"])
async def test_only_the_asker_and_moderators_dismiss(
    slack: FakeSlack, running: Running, user: str, text: str, *, may: bool
) -> None:
    """A reply is taken away by its asker or a moderator; anybody else is told so, alone."""
    async with running(moderators=("U0MODERATOR",)):
        await slack.mention(GENERAL, ASKER, text)
        reply = await slack.wait_for_message()
        press = await slack.press(reply, key(reply, Action.DISMISS), user)
        if may:
            await slack.wait_until(lambda: reply.deleted)
        else:
            told = await seen(press)
            assert "Only the person who asked" in told.text
    assert reply.deleted is may


async def test_an_answer_for_one_person_is_dismissed_by_that_person(
    slack: FakeSlack, running: Running
) -> None:
    """What one person sees alone goes away when that person dismisses it."""
    async with running():
        shown = await seen(await slack.command("/claim", f"check {CLAIM}"))
        press = await slack.press(shown, key(shown, Action.DISMISS))
        assert (await press.response()).kind is Answered.DELETED


@pytest.mark.parametrize("action", ["cc:gone:Q:0:claim", "vote-up", "cc:record::0:no-such-claim"])
async def test_an_old_or_strange_button_gets_a_kind_sentence(
    slack: FakeSlack, running: Running, action: str
) -> None:
    """A button that means nothing any more is answered with a sentence."""
    async with running():
        await slack.mention(GENERAL, ASKER, CLAIM)
        reply = await slack.wait_for_message()
        row = next(each for each in reply.blocks if each["type"] == "actions")
        row["elements"][0]["action_id"] = action
        told = await seen(await slack.press(reply, action))
    assert told.text in {
        "This button is no longer in use. Please ask again.",
        "There is no claim “no-such-claim” on file.",
    }


async def test_a_forgotten_question_is_said_to_be_forgotten(
    slack: FakeSlack, running: Running, tmp_path: Path
) -> None:
    """Where the text of a question is no longer kept, a button that needs it says so."""
    async with running():
        await slack.mention(GENERAL, ASKER, UNKNOWN)
        reply = await slack.wait_for_message()
        await slack.wait_settled()
        async with aiosqlite.connect(tmp_path / "sample.db") as db:
            await db.execute("UPDATE question SET text = NULL")
            await db.commit()
        told = await seen(await slack.press(reply, key(reply, Action.ASK)))
    assert "no longer kept" in told.text


async def test_an_unforeseen_error_is_told_with_a_reference(
    slack: FakeSlack, running: Running, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Where something fails that nobody foresaw, the person gets a reference id that the log has too."""
    async with running():
        async with aiosqlite.connect(tmp_path / "sample.db") as db:
            await db.execute("DROP TABLE follow")
            await db.commit()
        told = await seen(await slack.command("/claim", f"follow {CLAIM_ID}"))
    reference = told.text.rstrip(".").rsplit(" ", 1)[-1]
    assert "There was an error here" in told.text
    assert reference in {getattr(each, "ref", None) for each in caplog.records}


async def test_an_answer_whose_address_fails_once_is_sent_again(slack: FakeSlack, running: Running) -> None:
    """A 5xx from the address for answers is tried once more."""
    slack.faults.append(Fault(kind=Kind.ERROR, method="respond"))  # type: ignore[union-attr]
    async with running():
        shown = await seen(await slack.command("/claim", "help"))
    assert "/claim check TEXT" in shown.text


async def test_pressing_share_twice_posts_once(slack: FakeSlack, running: Running) -> None:
    """Two presses at the same moment share once."""
    slack.faults.append(Fault(kind=Kind.SLOW, seconds=0.2))  # type: ignore[union-attr]
    async with running():
        shown = await seen(await slack.command("/claim", f"check {CLAIM}"))
        button = key(shown, Action.SHARE)
        presses = await asyncio.gather(slack.press(shown, button), slack.press(shown, button))
        await slack.wait_until(lambda: shown.text == "Shared.")
        await asyncio.gather(*(each.response() for each in presses))
    assert len(slack.messages) == 1
    told = [each.message.text for press in presses for each in press.responses if each.message]
    assert sorted(told) == ["It is being shared already. Please wait a moment.", "Shared."]


@pytest.mark.parametrize("is_threaded", [True, False])
@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.ERROR_AFTER])
async def test_a_share_whose_ok_was_lost_is_shared(
    slack: FakeSlack, running: Running, kind: Kind, *, is_threaded: bool
) -> None:
    """A shared answer that was posted is seen to stand there, in a thread or not, and said to be shared."""
    said = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running():
        asking = slack.shortcut("check_claim", ASKER, said) if is_threaded else None
        shown = await seen(await (asking or slack.command("/claim", f"check {CLAIM}")))
        slack.faults.append(Fault(kind=kind, method="chat.postMessage"))  # type: ignore[union-attr]
        press = await slack.press(shown, key(shown, Action.SHARE))
        assert (await press.response()).kind is Answered.REPLACED
    assert shown.text == "Shared."
    assert [each.thread_ts for each in slack.messages] == [said.ts if is_threaded else None]


async def test_a_share_that_was_not_posted_is_said_to_be_so(slack: FakeSlack, running: Running) -> None:
    """A shared answer that stands nowhere is said not to be posted, and can be shared again."""
    async with running():
        shown = await seen(await slack.command("/claim", f"check {CLAIM}"))
        slack.faults.append(Fault(kind=Kind.CUT_BEFORE, method="chat.postMessage"))  # type: ignore[union-attr]
        told = await seen(await slack.press(shown, key(shown, Action.SHARE)))
        assert "could not be posted" in told.text
        await slack.press(shown, key(shown, Action.SHARE))
        await slack.wait_until(lambda: shown.text == "Shared.")
    assert len(slack.messages) == 1


@pytest.mark.parametrize("kind", [Kind.CUT_AFTER, Kind.ERROR_AFTER])
@pytest.mark.parametrize("lacking", [{"channels:history", "groups:history"}, {"groups:history"}])
async def test_a_lost_ok_where_nobody_may_look_is_left_open(
    slack: FakeSlack, running: Running, kind: Kind, lacking: set[str]
) -> None:
    """Where the bot may not read the channel, a share whose ok was lost is not said to be unposted."""
    slack.space.scopes = ALL_SCOPES - lacking
    slack.space.add_channel("C0CLOSED", kind="private")
    async with running():
        shown = await seen(await slack.command("/claim", f"check {CLAIM}", channel="C0CLOSED"))
        slack.faults.append(Fault(kind=kind, method="chat.postMessage"))  # type: ignore[union-attr]
        told = await seen(await slack.press(shown, key(shown, Action.SHARE)))
    assert "may or may not have been posted" in told.text
    assert "Look in the channel" in told.text
    assert shown.text.startswith("On record")


@pytest.mark.parametrize("text", [f"check {CLAIM}", f"show {CLAIM_ID}"])
async def test_a_second_press_finds_what_the_first_one_posted(
    slack: FakeSlack, running: Running, text: str, tmp_path: Path
) -> None:
    """Where the ok and the look were lost, pressing again finds the answer or page, after a restart too."""

    def lost(call: Call) -> Fault | None:
        if call.method == "chat.postMessage":
            return Fault(kind=Kind.CUT_AFTER)
        is_second = call.method == "conversations.history" and call.number == 2
        return Fault(kind=Kind.ERROR, method=call.method) if is_second else None

    async with running():
        shown = await seen(await slack.command("/claim", text))
        slack.faults = lost
        told = await seen(await slack.press(shown, key(shown, Action.SHARE)))
        assert "may or may not have been posted" in told.text
    slack.faults = deque()
    async with running():
        press = await slack.press(shown, key(shown, Action.SHARE))
        assert (await press.response()).kind is Answered.REPLACED
    assert shown.text == "Shared."
    (shared,) = slack.messages
    assert await rows(tmp_path / "sample.db", "SELECT message FROM reply") == [(shared.ts,)]


async def test_two_pages_of_a_record_are_two_shares(slack: FakeSlack, running: Running) -> None:
    """A page that is looked up anew can be shared anew: only the same press is the same share."""
    async with running():
        for _ in range(2):
            shown = await seen(await slack.command("/claim", f"show {CLAIM_ID}"))
            press = await slack.press(shown, key(shown, Action.SHARE))
            assert (await press.response()).kind is Answered.REPLACED
    assert len(slack.messages) == 2
