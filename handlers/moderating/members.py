"""People: who has which role here, and giving one."""

from __future__ import annotations

import re
from typing import Final

from bot.display import tidy
from bot.moderation.boards import heading, note
from bot.moderation.deed_forms import roles_form
from bot.moderation.deeds import Deed, Do
from bot.moderation.forms import Form, Typed
from bot.moderation.members import Member, Role
from bot.moderation.typed import line
from bot.paragraphs import SEPARATOR, Run, Shape, faint, paragraph, plain
from bot.wording import catalogue
from handlers.moderating.acting import Acting, said
from handlers.moderating.papers import About, Came, Paper
from handlers.outcomes import Board, Outcome

# A mention as Slack (<@U0123|name>) and Discord (<@123>, <@!123>) write it, or the bare id.
_PERSON: Final = re.compile(
    r"<@!?(?P<mention>[A-Z0-9]{1,30})(?:\|[^>]*)?>|(?P<bare>[A-Z0-9]{1,30})", re.ASCII
)


def person_of(text: str) -> str | None:
    """Return the id in a mention, or `text` itself where it is an id, or None."""
    found = _PERSON.fullmatch(text.strip())
    return (found["mention"] or found["bare"]) if found else None


async def roles(acting: Acting, do: Do, words: str) -> Outcome:
    """List who has which role; `PERSON ROLE NAME` gives one; `PERSON` alone asks for the rest."""
    del do
    given = words.split(None, 2)
    if not given:
        return await _list(acting)
    typed = {"person": given[0], "role": given[1].lower() if len(given) > 1 else ""}
    typed["name"] = given[2] if len(given) > 2 else ""  # noqa: PLR2004 - a name is not needed
    if typed["role"] in set(Role) and person_of(given[0]):
        came = await _given(acting, {}, typed)
        if not isinstance(came, dict):
            return came
    return await acting.open(roles_form(), {}, typed)


async def _list(acting: Acting) -> Outcome:
    say = catalogue().say
    rows = await acting.moderation.members(acting.workspace)
    made = [heading(say("board.roles"))]
    made += [paragraph(Shape.ITEM, *_row(each, say(f"role.{each.role}"))) for each in rows]
    if not rows:
        made.append(note(say("board.no_roles")))
    made.append(note(say("board.roles_configured")))
    return Board(paragraphs=tuple(made))


def _row(member: Member, role: str) -> tuple[Run, ...]:
    number = faint(tidy(member.key.rsplit(":", 1)[-1]))
    return (plain(tidy(member.name)), SEPARATOR, plain(role), SEPARATOR, number)


async def _roles_form(_: Acting, about: About, typed: Typed | None) -> Form:
    del about, typed
    return roles_form()


async def _given(acting: Acting, about: About, typed: Typed) -> Came:
    del about
    person = person_of(typed["person"])
    if person is None:
        return {"person": catalogue().say("fault.unknown_person")}
    name, role = line(typed, "name") or person, Role(typed["role"])
    await acting.moderation.give_role(acting.member, f"{acting.tenant}:{person}", name, role)
    return said("board.role_given", name=tidy(name), role=catalogue().say(f"role.{role}"))


PAPERS = {
    "roles": Paper(deed=Deed.ROLES, form=_roles_form, finish=_given),
}
DEEDS = {Deed.ROLES: roles}
