"""What is wrong with a set-up, and how to mend it: every check that can be made, each with one line.

Looks and changes nothing: a ledger of an older schema is not migrated, no message is sent, nothing is
registered.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bot.calibration import load
from bot.config import Settings
from bot.embedding import EmbeddingError, Meaning
from bot.errors import BadInputError, LedgerError
from bot.prompting import Outcome as Ending
from bot.prompting import prompt
from bot.sections import Embedding
from bot.store.connections import Connection, connect
from bot.store.feedback import setting as read_setting
from bot.store.migrating import STEPS, version
from bot.store.revisions import newest
from bot.store.vectors import state
from bot.store.verification import first_fault
from handlers.chat import chat
from handlers.checks import Check, Inquiry, Outcome
from handlers.embedders import close, meaning
from handlers.endings import MENDED, SAID

LEAST_FREE: Final = 200 * 2**20
"""Bytes of free disk that a ledger needs at least, for its log and the copy before a migration."""
MOST_SKEW: Final = 60.0
"""Seconds by which this clock may be off before dates on replies and leases of questions go wrong."""
MODEL_PATIENCE: Final = 5.0
MODEL_TRIAL: Final = 20.0
"""Seconds that a language model has for its round trip: the first one may have to load it."""
OPENAI: Final = "https://api.openai.com/v1"
_MEGABYTE: Final = 2**20
_OK: Final = 200
_UNAUTHORISED: Final = frozenset({401, 403})


async def examine(settings: Settings) -> tuple[Check, ...]:
    """Return all checks of this set-up, in the order in which one would mend it."""
    async with AsyncExitStack() as stack:
        inquiry = await stack.enter_async_context(Inquiry())
        checks = [_config(settings), _calibration(settings)]
        ledger, connection = await _opened(settings.ledger, stack)
        checks += ledger
        checks += [await _vectors(settings, connection), _disk(settings.ledger)]
        platforms = [
            *await _slack(settings, inquiry),
            *await _discord(settings, inquiry, connection),
            await _model(settings, inquiry),
        ]
        return (*checks, _clock(inquiry), *platforms)


def bad_config(error: BadInputError) -> Check:
    """Return the check of a configuration that cannot be used."""
    says = "; ".join(each.strip().rstrip(";:") for each in str(error).splitlines())
    fix = "mend the file; config.example.toml has every key"
    return Check(name="configuration", outcome=Outcome.FAILED, says=says, fix=fix)


def line(check: Check) -> str:
    """Return a check as one line for people."""
    fix = f". To mend it: {check.fix}" if check.fix else ""
    return f"{check.outcome.value:<8} {check.name}: {check.says}{fix}"


def document(checks: tuple[Check, ...]) -> dict[str, Any]:
    """Return all checks as they go into JSON."""
    return {"ok": is_well(checks), "checks": [asdict(each) for each in checks]}


def is_well(checks: tuple[Check, ...]) -> bool:
    """Say whether no check failed."""
    return not any(each.outcome is Outcome.FAILED for each in checks)


def _config(settings: Settings) -> Check:
    says = f"{settings.file} is right" if settings.file else "no file, so the defaults hold"
    return Check(name="configuration", outcome=Outcome.OK, says=says)


def _calibration(settings: Settings) -> Check:
    name = "calibration"
    try:
        held = load(settings.calibration)
    except BadInputError as error:
        fix = "counterclaim calibrate DIR, or leave out [matching] calibration"
        return Check(name=name, outcome=Outcome.FAILED, says=str(error).rstrip("."), fix=fix)
    where = settings.calibration or "the one that the program brings"
    return Check(name=name, outcome=Outcome.OK, says=f"{where}, of {held.date}")


async def _vectors(settings: Settings, connection: Connection | None) -> Check:
    """Return the check of matching by meaning: whether it can be done, and how far the vectors are."""
    name = "vectors"
    try:
        near = meaning(settings)
    except BadInputError as error:
        fix = 'install the extra, refit it (calibrate --vectors DIR), or set [matching] vectors = "off"'
        return Check(name=name, outcome=Outcome.FAILED, says=str(error).rstrip("."), fix=fix)
    if near is None:
        says = "none are used; claims are found by their words"
        return Check(name=name, outcome=Outcome.SKIPPED, says=says)
    found = [near.embedder.model, await _progress(near, connection)]
    if settings.embedder is Embedding.SERVICE:
        try:
            begun = time.monotonic()
            await asyncio.to_thread(near.embedder.embed, ["Does it answer?"])
            found.append(f"the service answers in {1000 * (time.monotonic() - begun):.0f} ms")
        except EmbeddingError as error:
            fix = "start the service, or mend [embedding]; claims are found by their words meanwhile"
            return Check(name=name, outcome=Outcome.FAILED, says=str(error).rstrip("."), fix=fix)
        finally:
            close(near.embedder)
    if near.weights is None:
        found.append("no weights are fitted for them, so they bring claims in and words judge")
        fix = "counterclaim calibrate --vectors DIR, with [matching] vectors_calibration set"
        return Check(name=name, outcome=Outcome.NOTE, says="; ".join(found), fix=fix)
    return Check(name=name, outcome=Outcome.OK, says="; ".join(found))


async def _progress(near: Meaning, connection: Connection | None) -> str:
    try:
        made = await connection.read(state, near.embedder.model) if connection else None
    except LedgerError:
        made = None
    if made is None:
        return "there is no ledger with vectors yet"
    says = f"{made.done:,} of {made.claims:,} claims have theirs"
    # Until the new ones are whole.
    return f"{says}; those of {made.others[0]} serve meanwhile" if made.others else says


async def _opened(path: Path, stack: AsyncExitStack) -> tuple[list[Check], Connection | None]:
    """Return the checks of the ledger and, where it can be read, a connection for reading."""
    # Opening a file that is not there would say less.
    if not path.is_file():
        return _no_ledger(f"there is no file {path}"), None
    try:
        connection = await connect(path, writable=False)
        stack.push_async_callback(connection.close)
        found = await connection.plain(version, path)
    except LedgerError as error:
        return _no_ledger(str(error).rstrip(".")), None
    if not found:
        return _no_ledger(f"{path} is empty"), None
    return [_writable(path), _migrations(found), await _chain(connection)], connection


def _no_ledger(says: str) -> list[Check]:
    fix = "counterclaim init makes a new one; [ledger] path names another"
    rest = (
        Check(name=each, outcome=Outcome.SKIPPED, says="there is no ledger to look at")
        for each in ("migrations", "chain")
    )
    return [Check(name="ledger", outcome=Outcome.FAILED, says=says, fix=fix), *rest]


def _writable(path: Path) -> Check:
    if os.access(path, os.R_OK | os.W_OK) and os.access(path.absolute().parent, os.W_OK | os.X_OK):
        return Check(name="ledger", outcome=Outcome.OK, says=f"{path} can be read and written")
    return Check(
        name="ledger",
        outcome=Outcome.FAILED,
        says=f"{path} or its folder cannot be written by this user",
        fix=f"sudo chown -R $(id -un) {path.absolute().parent}",
    )


def _migrations(found: int) -> Check:
    if found == len(STEPS):
        return Check(name="migrations", outcome=Outcome.OK, says=f"schema {found}, the newest")
    says = f"schema {found} of {len(STEPS)}"
    fix = "nothing to do: the next start migrates it, and copies it before"
    return Check(name="migrations", outcome=Outcome.NOTE, says=says, fix=fix)


async def _chain(connection: Connection) -> Check:
    fix = "restore the last backup (counterclaim backup makes them), and keep this file for comparison"
    try:
        broken = await connection.read(first_fault)
        revision = await connection.read(newest)
    except LedgerError as error:
        return Check(name="chain", outcome=Outcome.FAILED, says=str(error).rstrip("."), fix=fix)
    if broken is None:
        says = f"whole: {revision:,} revisions, each linked to the one before it"
        return Check(name="chain", outcome=Outcome.OK, says=says)
    where = f"broken at revision {broken.revision:,}" if broken.revision else "broken"
    return Check(name="chain", outcome=Outcome.FAILED, says=f"{where}: {broken.fault}", fix=fix)


def _disk(path: Path) -> Check:
    folder = path.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
        # A migration copies the ledger, and a backup does.
        needed = max(LEAST_FREE, 2 * path.stat().st_size if path.is_file() else 0)
    except OSError as error:
        says = f"{folder}: {error.strerror or type(error).__name__}"
        return Check(name="free disk", outcome=Outcome.FAILED, says=says, fix="make the folder")
    says = f"{free // _MEGABYTE:,} MB at {folder}"
    if free >= needed:
        return Check(name="free disk", outcome=Outcome.OK, says=says)
    fix = f"make room: at least {needed // _MEGABYTE:,} MB"
    return Check(name="free disk", outcome=Outcome.FAILED, says=says, fix=fix)


def _clock(inquiry: Inquiry) -> Check:
    if not inquiry.skews:
        says = "no service answered with its time, and there is no other to compare with"
        return Check(name="clock", outcome=Outcome.SKIPPED, says=says)
    # The one nearest to ours: where two disagree, the other one is wrong.
    skew = min(inquiry.skews, key=abs)
    if abs(skew) <= MOST_SKEW:
        return Check(name="clock", outcome=Outcome.OK, says=f"within {MOST_SKEW:.0f} s of the services' time")
    way = "behind" if skew > 0 else "ahead"
    says = f"{abs(skew):,.0f} s {way} of the services' time"
    fix = "let the system set it: sudo timedatectl set-ntp true"
    return Check(name="clock", outcome=Outcome.FAILED, says=says, fix=fix)


async def _slack(settings: Settings, inquiry: Inquiry) -> tuple[Check, ...]:
    if not settings.secrets.keys() & {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}:
        says = "no token, so Slack is not run (counterclaim manifest slack says how to get one)"
        return (Check(name="Slack", outcome=Outcome.SKIPPED, says=says),)
    from handlers.slack.checkup import checkup  # noqa: PLC0415 - only where Slack runs

    return await checkup(settings, inquiry)


async def _discord(settings: Settings, inquiry: Inquiry, connection: Connection | None) -> tuple[Check, ...]:
    if "DISCORD_TOKEN" not in settings.secrets:
        says = "no token, so Discord is not run (counterclaim manifest discord says how to get one)"
        return (Check(name="Discord", outcome=Outcome.SKIPPED, says=says),)
    from handlers.discord.checkup import checkup  # noqa: PLC0415 - only where Discord runs

    return await checkup(settings, inquiry, _settings_of(connection) if connection else None)


def _settings_of(connection: Connection) -> Callable[[str], Awaitable[str | None]]:
    async def setting(name: str) -> str | None:
        try:
            return await connection.read(read_setting, name)
        except LedgerError:
            # A ledger of an older schema keeps no settings yet.
            return None

    return setting


async def _model(settings: Settings, inquiry: Inquiry) -> Check:
    name, key = "model", settings.secrets.get("OPENAI_API_KEY")
    if settings.openai.model is not None:
        return await _asked_model(settings)
    if settings.openai.base_url is None and key is None:
        says = "none is configured, and none is needed"
        return Check(name=name, outcome=Outcome.SKIPPED, says=says)
    base = (settings.openai.base_url or OPENAI).rstrip("/")
    authorization = f"Bearer {key.reveal()}" if key else None
    answered = await inquiry.ask("GET", f"{base}/models", authorization, seconds=MODEL_PATIENCE)
    if answered.error is not None:
        fix = "start the service, or mend base_url under [openai]; answers do without it meanwhile"
        return Check(name=name, outcome=Outcome.FAILED, says=f"{base}: {answered.error}", fix=fix)
    if answered.status in _UNAUTHORISED:
        says, fix = f"{base} refuses the key", "set OPENAI_API_KEY to one that this service gave out"
        return Check(name=name, outcome=Outcome.FAILED, says=says, fix=fix)
    if answered.status != _OK:
        says = f"{base}/models answers with status {answered.status}"
        fix = "base_url under [openai] must end where the service's /models begins, mostly with /v1"
        return Check(name=name, outcome=Outcome.FAILED, says=says, fix=fix)
    return Check(name=name, outcome=Outcome.OK, says=f"{base} answers; no model of it is used")


async def _asked_model(settings: Settings) -> Check:
    """Return the check of the language model: one round trip."""
    name = "model"
    try:
        asked = prompt("trial")
    except BadInputError as error:
        says = "; ".join(str(error).splitlines())
        return Check(name=name, outcome=Outcome.FAILED, says=says, fix="install Counterclaim again")
    made = chat(settings)
    assert made is not None  # noqa: S101 - one is named
    try:
        await made.ready()
        begun = time.monotonic()
        reply = await made.ask(asked, {"word": "bridge"}, seconds=MODEL_TRIAL)
        took = time.monotonic() - begun
    finally:
        await made.close()
    where = f"{made.name} at {made.address}"
    if reply.outcome is not Ending.OK:
        fix = f"{MENDED[reply.outcome]}; answers do without it meanwhile"
        return Check(
            name=name, outcome=Outcome.FAILED, says=f"{where}: {_inside(SAID[reply.outcome])}", fix=fix
        )
    says = f"{where}: {_inside(SAID[reply.outcome])}, in {1000 * took:,.0f} ms"
    waits = settings.openai.timeout_seconds
    if took > waits:
        fix = "raise timeout_seconds under [openai], or take a faster model"
        says = f"{says}, and a question waits {waits:g} s for it at most"
        return Check(name=name, outcome=Outcome.NOTE, says=says, fix=fix)
    return Check(name=name, outcome=Outcome.OK, says=says)


def _inside(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
