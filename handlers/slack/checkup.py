"""What `counterclaim doctor` looks at on Slack: both tokens, and the scopes against the manifest.

Asks Slack without Slack's library, so that a check is one call and one answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.config import Settings
from handlers.checks import Answered, Check, Inquiry, Outcome
from handlers.slack import manifest

BOT: Final = "Slack bot token"
SCOPES: Final = "Slack scopes"
APP: Final = "Slack app token"

_REINSTALL: Final = (
    "api.slack.com/apps → your app → OAuth & Permissions → Reinstall to Workspace, "
    "then copy the new token (xoxb-…) to SLACK_BOT_TOKEN"
)
_COPY: Final = (
    "api.slack.com/apps → your app → OAuth & Permissions → copy the Bot User OAuth Token (xoxb-…) "
    "to SLACK_BOT_TOKEN"
)
_GENERATE: Final = (
    "api.slack.com/apps → your app → Basic Information → App-Level Tokens → Generate, with the scope "
    f"{manifest.CONNECT_SCOPE}, and copy it (xapp-…) to SLACK_APP_TOKEN"
)


async def checkup(settings: Settings, inquiry: Inquiry) -> tuple[Check, ...]:
    """Return the checks of Slack; the one of scopes is skipped where Slack does not know the token."""
    return (*await _bot(settings, inquiry), await _app(settings, inquiry))


async def _bot(settings: Settings, inquiry: Inquiry) -> tuple[Check, ...]:
    secret = settings.secrets.get("SLACK_BOT_TOKEN")
    skipped = Check(name=SCOPES, outcome=Outcome.SKIPPED, says="not known without a token that Slack accepts")
    if secret is None:
        missing = Check(name=BOT, outcome=Outcome.FAILED, says="SLACK_BOT_TOKEN is not set", fix=_COPY)
        return missing, skipped
    answered = await inquiry.ask("POST", _url(settings, "auth.test"), f"Bearer {secret.reveal()}")
    fault = _fault(BOT, answered, _COPY)
    if fault is not None:
        return fault, skipped
    if "bot_id" not in answered.body:
        says = "it is not the token of a bot"
        return Check(name=BOT, outcome=Outcome.FAILED, says=says, fix=_COPY), skipped
    team, user = (str(answered.body.get(key, "?")) for key in ("team", "user"))
    known = Check(name=BOT, outcome=Outcome.OK, says=f"works in {team} as {user}")
    reaction, grouped = settings.slack.reaction is not None, bool(manifest.groups(settings.slack))
    return known, _scopes(answered, manifest.scopes(reaction=reaction, grouped=grouped))


def _scopes(answered: Answered, wanted: Sequence[manifest.Scope]) -> Check:
    header = answered.headers.get("x-oauth-scopes")
    if header is None:
        says = "Slack's answer does not say which are granted"
        return Check(name=SCOPES, outcome=Outcome.SKIPPED, says=says)
    granted = {each.strip() for each in header.split(",")}
    missing = [each for each in wanted if each.name not in granted]
    if not missing:
        return Check(name=SCOPES, outcome=Outcome.OK, says="all that the manifest asks for are granted")
    names = ", ".join(f"{each.name} ({each.why})" for each in missing)
    outcome = Outcome.FAILED if any(each.needed for each in missing) else Outcome.NOTE
    return Check(name=SCOPES, outcome=outcome, says=f"not granted: {names}", fix=_REINSTALL)


async def _app(settings: Settings, inquiry: Inquiry) -> Check:
    secret = settings.secrets.get("SLACK_APP_TOKEN")
    if secret is None:
        return Check(name=APP, outcome=Outcome.FAILED, says="SLACK_APP_TOKEN is not set", fix=_GENERATE)
    url = _url(settings, "apps.connections.open")
    answered = await inquiry.ask("POST", url, f"Bearer {secret.reveal()}")
    return _fault(APP, answered, _GENERATE) or Check(
        name=APP, outcome=Outcome.OK, says="Slack opens a socket for it"
    )


def _fault(name: str, answered: Answered, fix: str) -> Check | None:
    """Return what a call came to grief with; `fix` is what to do where the token is at fault."""
    if answered.body.get("ok") is True:
        return None
    if answered.error is not None:
        fix = "check this machine's network, and api_url under [slack]"
        return Check(name=name, outcome=Outcome.FAILED, says=f"Slack: {answered.error}", fix=fix)
    error = str(answered.body.get("error", f"status {answered.status}"))[:60]
    if not answered.body or error in {"ratelimited", "internal_error", "fatal_error"}:
        fix = "wait a minute and try again; status.slack.com tells of outages"
    return Check(name=name, outcome=Outcome.FAILED, says=f"Slack refuses it: {error}", fix=fix)


def _url(settings: Settings, method: str) -> str:
    return f"{settings.slack.api_url.rstrip('/')}/{method}"
