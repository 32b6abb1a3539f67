"""A strict Slack on loopback, for tests and benchmarks that run the real slack_bolt and slack_sdk.

    async with FakeSlack() as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        ...                                     # start the bot, with slack.app_token for its socket
        await slack.wait_connected()
        ts = await slack.mention("C0GENERAL", "U0ASKER", "the moon is made of cheese")
        reply = await slack.wait_for_message()
        assert reply.thread_ts == ts and pings(reply) == []
        assert slack.violations == []

It refuses what Slack refuses, with Slack's errors, and notes in `violations` what only a mistake in the
program can cause. The other side may be another process: it needs the address and the two tokens. Channels
`C0GENERAL` and `C0NEWS` and users `U0ASKER`, `U0OTHER`, `U0MODERATOR` are there; `slack.space` has
`add_channel`, `add_user` and `usergroups` for more.

It differs from Slack on purpose in three places: an `action_id` may stand only once in a whole message; an
event waits for an open connection rather than being lost while there is none; `faults` decides about rate
limits, so none is met that a test did not ask for.
"""

from tests.fakes.slack.core import ASKER, GENERAL
from tests.fakes.slack.events import Event
from tests.fakes.slack.faults import USUAL, Call, Fault, Faults, Kind, seeded
from tests.fakes.slack.filling import Filling
from tests.fakes.slack.interactions import CommandResult, Interaction, Submission
from tests.fakes.slack.pings import pings
from tests.fakes.slack.records import (
    Answered,
    Channel,
    Ephemeral,
    Message,
    OpenView,
    Refused,
    Response,
    Via,
)
from tests.fakes.slack.sockets import Delivery, Disconnect
from tests.fakes.slack.workspace import ALL_SCOPES

__all__ = [
    "ALL_SCOPES",
    "ASKER",
    "GENERAL",
    "USUAL",
    "Answered",
    "Call",
    "Channel",
    "CommandResult",
    "Delivery",
    "Disconnect",
    "Ephemeral",
    "Event",
    "FakeSlack",
    "Fault",
    "Faults",
    "Interaction",
    "Kind",
    "Message",
    "OpenView",
    "Refused",
    "Response",
    "Submission",
    "Via",
    "pings",
    "seeded",
]


class FakeSlack(Filling):
    """A running Slack; use it as an asynchronous context manager.

    Args (keywords):
        scopes: what the bot was granted; all that it may ask for by default.
        deep: whether `slack_sdk.models` checks every payload too; a benchmark turns it off.
        ack_seconds: how long an envelope waits for its ack.
        retry_delays: seconds before each redelivery of an event.
        trigger_seconds: how long a trigger id lives.
        port: on loopback; any free one by default.

    Attributes beside those of `Core` and the drivers: `bot_token`, `app_token`, `api_url`; `sockets`
    (`drop_every`, `refuse_next_handshakes`, `answer_pings`, `given_up`, …); `site` (`revoked`,
    `connect_error`, `met`); `space` (`assistant_error`, `usergroups`, `channels`, …).
    """
