"""Who asks, looks up or presses too much on Slack, and how much one process has in hand."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from bot.actions import Action
from bot.store.ledger import Ledger
from handlers import answering
from tests.fakes.slack import ASKER, GENERAL, Call, FakeSlack, Fault, Kind
from tests.handlers.serving import settled
from tests.handlers.slack.conftest import CLAIM, CLAIM_ID, UNKNOWN, Running
from tests.handlers.slack.test_private import key, rows, seen

LOOK_UPS = (
    f"check {CLAIM}",
    CLAIM,
    f"show {CLAIM_ID}",
    "search moscow",
    f"history {CLAIM_ID}",
    f"follow {CLAIM_ID}",
)


def working() -> int:
    """Return how many tasks answer questions."""
    return sum("_work" in repr(task.get_coro()) for task in asyncio.all_tasks())


@pytest.mark.parametrize("text", LOOK_UPS)
async def test_every_look_up_counts(slack: FakeSlack, running: Running, text: str) -> None:
    """Whatever somebody looks up counts; beyond the limit they are told so, alone, each time."""
    async with running(limits={"person": 1}):
        shown = [(await seen(await slack.command("/claim", text))).text for _ in range(5)]
        other = await seen(await slack.command("/claim", text, user="U0OTHER"))
    assert ["please wait" in each for each in shown] == [False] * 3 + [True] * 2
    assert "please wait" not in other.text
    assert slack.messages == []


async def test_the_shortcut_counts_and_help_does_not(slack: FakeSlack, running: Running) -> None:
    """“Check this claim” is a look-up; the help card costs nothing and comes in any case."""
    said = slack.say(GENERAL, "U0OTHER", CLAIM)
    async with running(limits={"person": 1}):
        for _ in range(4):
            await seen(await slack.command("/claim", "help"))
        shown = [(await seen(await slack.shortcut("check_claim", ASKER, said))).text for _ in range(4)]
        card = await seen(await slack.command("/claim", "help"))
    assert ["please wait" in each for each in shown] == [False] * 3 + [True]
    assert "/claim check TEXT" in card.text


async def test_every_press_counts(slack: FakeSlack, running: Running) -> None:
    """Beyond the limit a press does nothing but say so, alone, whatever the button."""
    async with running(limits={"person": 1}):
        await slack.mention(GENERAL, ASKER, UNKNOWN)
        reply = await slack.wait_for_message()
        for _ in range(3):
            told = await seen(await slack.press(reply, key(reply, Action.ASK)))
            assert "please wait" not in told.text
        for action in (Action.ASK, Action.REPORT, Action.DISMISS):
            told = await seen(await slack.press(reply, key(reply, action)))
            assert "please wait" in told.text
    assert slack.views == []
    assert not reply.deleted


async def test_a_report_beyond_the_limit_keeps_what_was_written(
    slack: FakeSlack, running: Running, tmp_path: Path
) -> None:
    """A report counts too; the form stays open with its text, and says what to do beside the field."""
    async with running(limits={"person": 1}):
        await slack.mention(GENERAL, ASKER, CLAIM)
        reply = await slack.wait_for_message()
        await slack.press(reply, key(reply, Action.REPORT))
        form = await slack.wait_for_view()
        for _ in range(2):
            await seen(await slack.press(reply, key(reply, Action.FOLLOW)))
        sent = await slack.submit(form, {"problem": "The date is another."})
    assert sent.action == "errors"
    assert "please wait" in sent.errors["problem"]
    assert await rows(tmp_path / "sample.db", "SELECT * FROM problem") == []


async def test_a_question_beyond_the_queue_is_refused_when_it_comes(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """As many as may wait are answered, one refusal is told, the rest is dropped, and stays known."""
    slack.faults = lambda call: Fault(kind=Kind.SLOW, seconds=1.0) if call.number <= 4 else None
    async with running(limits={"queue": 4}):
        asked = [await slack.mention(GENERAL, ASKER, CLAIM) for _ in range(8)]
        await slack.wait_for_message(5)
        await settled(sample_ledger)
        for each in asked:
            await slack.deliver_again(each)
        await slack.wait_settled()
        await settled(sample_ledger)
        later = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_until(lambda: slack.replies_to(later))
    texts = [[reply.text for reply in slack.replies_to(each)] for each in asked]
    assert [len(each) for each in texts] == [1] * 5 + [0] * 3
    assert all(text.startswith("On record") for (text,) in texts[:4])
    assert "Many questions wait" in texts[4][0]


async def test_what_waits_on_the_work_list_counts_for_the_queue(
    slack: FakeSlack, running: Running, sample_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue of a channel is also what was left on the work list, not only what is in hand."""
    monkeypatch.setattr(answering, "IN_HAND", 2)
    slack.faults = lambda call: Fault(kind=Kind.SLOW, seconds=1.0) if call.number <= 2 else None
    async with running(limits={"queue": 6}):
        asked = [await slack.mention(GENERAL, ASKER, CLAIM) for _ in range(9)]
        await slack.wait_for_message(7)
        await settled(sample_ledger)
    texts = [reply.text for each in asked for reply in slack.replies_to(each)]
    assert sum(each.startswith("On record") for each in texts) == 6
    assert sum("Many questions wait" in each for each in texts) == 1


async def test_a_channel_that_has_to_wait_holds_up_no_other(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """While Slack makes one channel wait, what is asked in another is answered at once."""
    other = slack.space.add_channel("C0OTHER").id
    held = True

    def limited(call: Call) -> Fault | None:
        is_held = held and call.args.get("channel") == GENERAL
        return Fault(kind=Kind.LIMITED, retry_after=2) if is_held else None

    slack.faults = limited
    async with running():
        asked = [await slack.mention(GENERAL, ASKER, CLAIM) for _ in range(40)]
        ts = await slack.mention(other, ASKER, CLAIM)
        await slack.wait_until(lambda: slack.replies_to(ts), 1.5)
        assert len(slack.messages) == 1
        held = False
        await settled(sample_ledger)
    assert [len(slack.replies_to(each)) for each in asked] == [1] * 40


async def test_what_one_process_has_in_hand_is_bounded(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """However many ask at once, so many tasks work and no more; the rest is answered in its turn, once."""
    slack.faults = lambda call: Fault(kind=Kind.SLOW, seconds=0.3) if call.number <= 64 else None
    most = 0
    async with running():
        asked = []
        for _ in range(150):
            asked.append(await slack.mention(GENERAL, ASKER, CLAIM))
            most = max(most, working())
        async with asyncio.timeout(60):
            while len(slack.messages) < len(asked):
                most = max(most, working())
                await asyncio.sleep(0.01)
        await settled(sample_ledger)
    assert answering.AT_ONCE < most <= answering.IN_HAND
    assert [len(slack.replies_to(each)) for each in asked] == [1] * 150
    # What was only left for later was never tried, so nobody has to look for an earlier try.
    assert slack.calls["conversations.replies"] == 0


async def test_a_refusal_that_cannot_be_posted_stays_a_refusal(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """Where posting the sentence of a limit fails, the next try says the sentence, and answers nothing."""
    async with running(limits={"person": 1}):
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
        slack.faults = deque([Fault(kind=Kind.ERROR, status=503)])
        refused = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message(2)
        await settled(sample_ledger)
    (told,) = slack.replies_to(refused)
    assert slack.site.met[Kind.ERROR] == 1
    assert "please wait a little" in told.text


async def test_a_refusal_outlives_its_process(
    slack: FakeSlack, running: Running, sample_ledger: Ledger
) -> None:
    """A refusal that was not posted when the bot stopped is told by the next one, and nothing is answered."""
    async with running(limits={"person": 1}):
        await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_for_message()
        slack.faults = lambda call: Fault(kind=Kind.ERROR) if call.method == "chat.postMessage" else None
        refused = await slack.mention(GENERAL, ASKER, CLAIM)
        await slack.wait_until(lambda: slack.site.met[Kind.ERROR])
    slack.faults = deque()
    async with running(limits={"person": 1}):
        await slack.wait_for_message(2)
        await settled(sample_ledger)
    (told,) = slack.replies_to(refused)
    assert "please wait a little" in told.text
