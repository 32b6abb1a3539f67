"""Every button of a reply, pressed by whoever may and whoever may not, before and after a restart."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Action, Button, decoded, encoded
from bot.store.ledger import Ledger
from tests.fakes.discord import FakeDiscord, FakeInteraction, FakeMessage, FakeUser, Kind, Trouble, people
from tests.handlers.discord.conftest import CLAIM, CLAIM_ID, UNKNOWN, Running, settled, until

CLOSE = "Mayor Pryle lied about the bridge limit"
"""What the sample ledger has something close to."""


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds in a ledger file."""
    with sqlite3.connect(file) as conn:
        found = conn.execute(query).fetchall()
    conn.close()
    return found


async def replied(server: FakeDiscord, asker: FakeUser, text: str = CLAIM) -> FakeMessage:
    """Return the public reply to a mention with `text`."""
    return await server.wait_for_reply(await server.mention(server.channel, asker, text))


async def looked_up(server: FakeDiscord, asker: FakeUser, text: str = CLAIM) -> FakeMessage:
    """Return the answer to `/claim check`, which `asker` alone sees."""
    asked = await server.command(asker, "claim", "check", options={"text": text})
    return await asked.wait_for_response()


async def press(server: FakeDiscord, message: FakeMessage, label: str, user: FakeUser) -> FakeInteraction:
    """Press the button with this label."""
    return await server.press(message, message.buttons[label], user)


async def test_the_full_record_is_paged_for_the_presser_alone(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """“Full record” opens a page for whoever presses; turning pages takes the place of that page."""
    other = server.add_user("bob")
    async with running():
        reply = await replied(server, asker)
        opened = await press(server, reply, "Full record", other)
        page = await opened.wait_for_response()
        assert opened.ephemeral
        assert page.viewer is other
        assert page.text.startswith("**Full record · page 1 of")
        first, seen = page.text, [page.text]
        while "Next page" in page.buttons:
            turned = await press(server, page, "Next page", other)
            await turned.wait_for_response()
            seen.append(page.text)
        assert len(seen) > 1
        turned = await press(server, page, "Previous page", other)
        await turned.wait_for_response()
    assert len(set(seen)) == len(seen)
    if len(seen) == 2:
        assert page.text == first
    assert len(server.posts) == 2
    assert reply.edits == []


async def test_the_full_record_of_a_private_answer_opens_beside_it(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """The answer that one looked up stays; its full record comes as a message of its own."""
    async with running():
        answer = await looked_up(server, asker)
        page = await (await press(server, answer, "Full record", asker)).wait_for_response()
    assert page is not answer
    assert page.ephemeral
    assert answer.edits == []


async def test_choices_are_noted(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """“This is my claim”, “Not my claim” and “None of these” are feedback on the question and its claims."""
    other = server.add_user("bob")
    async with running():
        same = await replied(server, asker)
        near = await replied(server, asker, CLOSE)
        assert near.text.startswith("**Closest on file")
        said = await (await press(server, same, "Not my claim", other)).wait_for_response()
        assert "not your claim" in said.text
        record = await (await press(server, near, "This is my claim", asker)).wait_for_response()
        assert "Full record" in record.text
        none = await (await press(server, near, "None of these", other)).wait_for_response()
        assert "none of these" in none.text
    noted = rows(ledger_file, "SELECT claim, choice FROM feedback")
    assert (CLAIM_ID, "not_mine") in noted
    assert {choice for _, choice in noted} == {"mine", "not_mine", "none"}


async def test_asking_the_moderators_counts_people(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """“Ask the moderators” is noted once a person, however often they press."""
    other = server.add_user("bob")
    async with running():
        reply = await replied(server, asker, UNKNOWN)
        said = [
            (await (await press(server, reply, "Ask the moderators", user)).wait_for_response()).text
            for user in (asker, other, asker)
        ]
    assert "already" in said[2]
    assert rows(ledger_file, "SELECT count(*) FROM demand") == [(2,)]


async def test_follow_stores_who_is_to_be_told(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """“Follow” stores the presser's id for the claim."""
    async with running():
        said = await (await press(server, await replied(server, asker), "Follow", asker)).wait_for_response()
    assert "follow this claim" in said.text
    assert rows(ledger_file, "SELECT claim, platform, address FROM follow") == [
        (CLAIM_ID, "discord", str(asker.id))
    ]


async def test_a_problem_is_reported_by_a_form(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """“Report a problem” opens a form at once; what is written is stored, “not my claim” as a pair too."""
    async with running():
        reply = await replied(server, asker)
        opened = await press(server, reply, "Report a problem", asker)
        form = await opened.wait_for_modal()
        choice, label = form.labels
        assert choice == "What is the problem?"
        sent = await server.submit(opened, {label: "The date is of another year."})
        said = await sent.wait_for_response()
        assert rows(ledger_file, "SELECT choice FROM feedback") == []
        opened = await press(server, reply, "Report a problem", asker)
        about = {choice: ["claim"], label: "I asked of a bridge."}
        await (await server.submit(opened, about)).wait_for_response()
    assert sent.ephemeral
    assert "Thank you" in said.text
    assert rows(ledger_file, "SELECT claim, text FROM problem") == [
        (CLAIM_ID, "The date is of another year."),
        (CLAIM_ID, "I asked of a bridge."),
    ]
    assert rows(ledger_file, "SELECT claim, choice FROM feedback") == [(CLAIM_ID, "not_mine")]


async def test_the_asker_dismisses_a_reply(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """Whoever asked may take the reply away; that is noted."""
    async with running():
        reply = await replied(server, asker)
        await press(server, reply, "Dismiss", asker)
        await until(lambda: reply.deleted)
    assert len(rows(ledger_file, "SELECT 1 FROM reply WHERE dismissed_at IS NOT NULL")) == 1


async def test_nobody_else_dismisses_a_reply(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """Somebody else who presses “Dismiss” is told, alone, that they may not."""
    other = server.add_user("bob")
    async with running():
        reply = await replied(server, asker)
        pressed = await press(server, reply, "Dismiss", other)
        said = await pressed.wait_for_followup()
    assert not reply.deleted
    assert said.viewer is other
    assert "Only the person who asked" in said.text


@pytest.mark.parametrize("by_role", [True, False])
async def test_a_moderator_dismisses_any_reply(
    server: FakeDiscord, asker: FakeUser, running: Running, *, by_role: bool
) -> None:
    """A moderator, by id or by a role, may take any reply away."""
    role = server.add_role("desk")
    moderator = server.add_user("mo", roles=(role,))
    names = (str(role.id),) if by_role else (str(moderator.id),)
    async with running(moderators=names):
        reply = await replied(server, asker)
        await press(server, reply, "Dismiss", moderator)
        await until(lambda: reply.deleted)


async def test_an_error_can_be_dismissed_by_whoever_got_it(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """A reply that shows no record is known as the asker's by the message that it replies to."""
    other = server.add_user("bob")
    async with running():
        reply = await replied(server, asker, "🙂")
        await (await press(server, reply, "Dismiss", other)).wait_for_followup()
        assert not reply.deleted
        await press(server, reply, "Dismiss", asker)
        await until(lambda: reply.deleted)


async def test_a_private_answer_is_dismissed_by_whoever_sees_it(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """What one person alone sees, that person may take away."""
    async with running():
        answer = await looked_up(server, asker)
        await press(server, answer, "Dismiss", asker)
        await until(lambda: answer.deleted)


async def test_sharing_posts_the_answer_once(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """“Share” posts the same answer for all, once however often it is pressed, and remembers it."""
    async with running():
        answer = await looked_up(server, asker)
        said = [await (await press(server, answer, "Share", asker)).wait_for_response() for _ in range(2)]
        (shared,) = [each for each in server.posts if not each.ephemeral]
        assert shared.text == answer.text
        assert "Share" not in shared.buttons
        assert (shared.pings, shared.unfurls) == (frozenset(), ())
        assert all("Shared" in each.text for each in said)
        assert len(rows(ledger_file, "SELECT 1 FROM reply")) == 1
        await press(server, shared, "Dismiss", asker)
        await until(lambda: shared.deleted)


async def test_a_share_pressed_again_much_later_is_the_same(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """When Discord has forgotten the nonce “Share” still posts once, unless what was shared is gone."""
    server.world.nonce_window = 0
    async with running():
        answer = await looked_up(server, asker)
        for _ in range(2):
            said = await (await press(server, answer, "Share", asker)).wait_for_response()
            assert "Shared" in said.text
        (shared,) = [each for each in server.posts if not each.ephemeral]
        await server.delete(shared)
        await (await press(server, answer, "Share", asker)).wait_for_response()
        (again,) = [each for each in server.posts if not each.ephemeral and not each.deleted]
    assert again is not shared


async def test_a_reply_dismissed_twice_is_no_error(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """Of two who dismiss a reply at the same time, the second is told of no error: it is gone."""
    async with running():
        reply = await replied(server, asker)
        for _ in range(2):
            await press(server, reply, "Dismiss", asker)
        await until(lambda: reply.deleted)
        page = await looked_up(server, asker)
    assert [each for each in server.posts if "error" in each.text] == []
    assert page.text
    assert len(rows(ledger_file, "SELECT 1 FROM reply WHERE dismissed_at IS NOT NULL")) == 1


async def test_a_checked_message_is_answered_where_it_stands(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """What was looked up from a message's menu is shared as a reply to that message."""
    message = await server.say(server.channel, server.owner, CLAIM)
    async with running():
        answer = await (await server.context_menu(asker, "Check this claim", message)).wait_for_response()
        await (await press(server, answer, "Share", asker)).wait_for_response()
    (shared,) = [each for each in server.posts if not each.ephemeral]
    assert shared.text == answer.text


async def test_a_page_of_a_record_is_shared_as_it_is_seen(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """“Share” on the second page of a record posts that page."""
    async with running():
        asked = await server.command(asker, "claim", "show", options={"claim": CLAIM_ID})
        page = await asked.wait_for_response()
        await (await press(server, page, "Next page", asker)).wait_for_response()
        await (await press(server, page, "Share", asker)).wait_for_response()
    (shared,) = [each for each in server.posts if not each.ephemeral]
    assert "page 2 of" in shared.text
    assert shared.text == page.text


async def test_each_page_of_a_record_can_be_shared(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """“Share” on one page and then on the next, which takes its place, posts both, each once."""
    async with running():
        asked = await server.command(asker, "claim", "show", options={"claim": CLAIM_ID})
        page = await asked.wait_for_response()
        for _ in range(2):
            await (await press(server, page, "Share", asker)).wait_for_response()
        await (await press(server, page, "Next page", asker)).wait_for_response()
        await (await press(server, page, "Share", asker)).wait_for_response()
    first, second = [each for each in server.posts if not each.ephemeral]
    assert "page 1 of" in first.text
    assert "page 2 of" in second.text
    assert all(len(str(each.nonce)) <= 25 for each in (first, second))


@pytest.mark.parametrize(("in_thread", "withheld"), [(False, 1 << 11), (True, 1 << 38)])
async def test_sharing_needs_leave_to_write(  # noqa: PLR0917 - fixtures and cases
    server: FakeDiscord,
    asker: FakeUser,
    running: Running,
    monkeypatch: pytest.MonkeyPatch,
    in_thread: bool,  # noqa: FBT001 - a case
    withheld: int,
) -> None:
    """Whoever may not write in a channel or a thread cannot have the bot write there; they are told."""
    channel = server.add_thread("bridge", server.channel) if in_thread else server.channel
    async with running():
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM}, channel=channel)
        answer = await asked.wait_for_response()
        monkeypatch.setattr(people, "MEMBERS_MAY", people.MEMBERS_MAY & ~withheld)
        said = await (await press(server, answer, "Share", asker)).wait_for_response()
    assert said.ephemeral
    assert "You may not write" in said.text
    assert [each for each in server.posts if not each.ephemeral] == []


async def test_sharing_where_the_bot_may_not_write_is_told(
    server: FakeDiscord, asker: FakeUser, running: Running
) -> None:
    """Where the bot may not write, whoever shares is told so, alone."""
    closed = server.add_channel("closed", writable=False)
    async with running():
        asked = await server.command(asker, "claim", "check", options={"text": CLAIM}, channel=closed)
        answer = await asked.wait_for_response()
        said = await (await press(server, answer, "Share", asker)).wait_for_response()
    assert "I may not write" in said.text


async def test_buttons_work_after_a_restart(
    server: FakeDiscord, asker: FakeUser, running: Running, ledger_file: Path
) -> None:
    """The buttons of an earlier process's reply, and a form that it opened, are answered by its successor."""
    async with running():
        reply = await replied(server, asker)
        opened = await press(server, reply, "Report a problem", asker)
        (_, label) = (await opened.wait_for_modal()).labels
    async with running():
        page = await (await press(server, reply, "Full record", asker)).wait_for_response()
        assert "Full record" in page.text
        sent = await server.submit(opened, {label: "written before, sent after"})
        assert "Thank you" in (await sent.wait_for_response()).text
    assert rows(ledger_file, "SELECT count(*) FROM problem") == [(1,)]


async def test_a_question_that_is_no_longer_kept_is_told(
    server: FakeDiscord, asker: FakeUser, running: Running, sample_ledger: Ledger
) -> None:
    """When the text has gone, what needs it is answered with a sentence; the record is still shown."""
    async with running():
        reply = await replied(server, asker, CLOSE)
        await settled(sample_ledger)
        await sample_ledger.privacy().remove_old(time.time() + 1)
        none = await (await press(server, reply, "None of these", asker)).wait_for_response()
        record = await (await press(server, reply, "Full record", asker)).wait_for_response()
    assert "no longer kept" in none.text
    assert "Full record" in record.text


async def test_more_claims_are_listed(server: FakeDiscord, asker: FakeUser, running: Running) -> None:
    """“More claims” lists all that is near what was asked, for the presser alone."""
    async with running():
        reply = await replied(server, asker, CLOSE)
        report = decoded(reply.buttons["Report a problem"])
        assert report is not None
        more = encoded(Button(action=Action.MORE, question=report.question))
        row = next(each for each in reply.components if each["type"] == 1)
        row["components"][0]["custom_id"] = more
        pressed = await server.press(reply, more, asker)
        listed = await pressed.wait_for_response()
    assert pressed.ephemeral
    assert listed.text.startswith("**2 claims on file")


@pytest.mark.parametrize(
    "custom_id",
    [
        "vote:1",
        "cc:",
        "cc:record::x:",
        "cc:nothing:q:0:c",
        encoded(Button(action=Action.RECORD, claim="no-such")),
    ],
)
async def test_an_unknown_button_is_answered(
    server: FakeDiscord, asker: FakeUser, running: Running, custom_id: str
) -> None:
    """A button of another time, or one that names nothing, is answered with a sentence."""
    async with running():
        reply = await replied(server, asker)
        row = next(each for each in reply.components if each["type"] == 1)
        row["components"][0]["custom_id"] = custom_id
        said = await (await server.press(reply, custom_id, asker)).wait_for_response()
    assert said.ephemeral
    assert "no longer in use" in said.text or "There is no claim" in said.text


async def test_a_failed_answer_to_a_press_is_told_or_logged(
    server: FakeDiscord, asker: FakeUser, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Where Discord refuses what a press is answered with, it is logged under a reference."""
    async with running():
        reply = await replied(server, asker)
        server.troubles.next(Trouble(Kind.BLOCKED), method="PATCH", path="/webhooks/*")
        said = await (await press(server, reply, "Follow", asker)).wait_for_response()
    references = [each.__dict__["ref"] for each in caplog.records if "ref" in each.__dict__]
    assert len(references) == 1
    assert references[0] in said.text


async def test_a_press_that_is_too_late_is_no_error(
    server: FakeDiscord, asker: FakeUser, running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """A press that was told of too late cannot be answered; that is a warning, and the bot goes on."""
    async with running():
        reply = await replied(server, asker)
        server.world.response_deadline = 0.0
        await press(server, reply, "Follow", asker)
        await until(lambda: "too late" in caplog.text)
        server.world.response_deadline = 3.0
        await (await press(server, reply, "Follow", asker)).wait_for_response()
