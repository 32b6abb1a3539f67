"""What the tests of keeping the ledger from Slack have in common: who may do what, and finding buttons."""

from __future__ import annotations

import json
from typing import Any, Final

from bot.moderation.deeds import Deed, decoded
from tests.fakes.slack import ASKER, Ephemeral, FakeSlack, Interaction, Message, OpenView, Submission

READER: Final = "U0READER"
CONTRIBUTOR: Final = ASKER
REVIEWER: Final = "U0OTHER"
MODERATOR: Final = "U0MODERATOR"
ROLES: Final = {"contributors": (CONTRIBUTOR,), "reviewers": (REVIEWER,), "moderators": (MODERATOR,)}
"""Keys of `[slack]` by which three people have a role."""

BRIDGE: Final = "The harbour bridge at Fen was closed for a week in May 2026"
STATEMENT: Final = {
    "kind": "assertion",
    "speaker": "Ada Quill",
    "quote_mode": "paraphrase",
    "text": "The bridge was closed for a week.",
    "publisher": "Fen Courier",
    "title": "Bridge reopens",
    "url": "https://courier.example/bridge",
    "excerpt": "Mayor Ada Quill told the council that the bridge had been closed for a week.",
    "retrieved_on": "2026-05-20",
    "said_on": "2026-05-19",
    "role": "mayor of Fen",
}
"""What is typed into the form of a statement that can be vetted."""

Shown = Message | Ephemeral | OpenView


def blocks(shown: Shown) -> list[dict[str, Any]]:
    """Return the blocks of a message or of a view as it stands now."""
    return shown.view["blocks"] if isinstance(shown, OpenView) else shown.blocks


def words(shown: Shown) -> str:
    """Return all that a message or a view says, as JSON."""
    return json.dumps(blocks(shown), ensure_ascii=False)


def button(shown: Shown, deed: Deed, *, ref: str | None = None) -> str:
    """Return what stands for the first button of a deed, on `ref` where that is given."""
    known = []
    for block in blocks(shown):
        for element in block.get("elements", []):
            do = decoded(element.get("action_id", ""))
            if do is not None and do.deed is deed and ref in {None, do.ref}:
                return str(element["action_id"])
            known.append(element.get("action_id"))
    raise LookupError(f"no {deed} among {known}: {words(shown)[:2_000]}")


def field(view: OpenView, name: str) -> str:
    """Return the id of the block that asks for a field."""
    ids = [str(each.get("block_id", "")) for each in view.view["blocks"] if each["type"] == "input"]
    return next(each for each in ids if each.rpartition(":")[2] == name)


def element(view: OpenView, name: str) -> dict[str, Any]:
    """Return the element of the block that asks for a field."""
    wanted = field(view, name)
    found: dict[str, Any] = next(
        each["element"] for each in view.view["blocks"] if each.get("block_id") == wanted
    )
    return found


async def fill_in(slack: FakeSlack, view: OpenView, typed: dict[str, Any]) -> Submission:
    """Type into a form, by the names of its fields, and submit it; menus that suggest are asked first."""
    for name, text in typed.items():
        if element(view, name)["type"] == "external_select" and text:
            await slack.suggest(view, field(view, name), text)
    return await slack.submit(view, {field(view, name): text for name, text in typed.items()})


async def opened(slack: FakeSlack, interaction: Interaction, count: int) -> OpenView:
    """Return the view that an interaction, which was acked, opened as the `count`th of all."""
    assert interaction.acked
    return await slack.wait_for_view(count)
