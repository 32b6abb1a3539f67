"""Files on a message, brought from Slack's own host with the bot's token, and from nowhere else.

Slack gives a file to whoever shows a token with `files:read`; without that it answers with a page to log in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from bot.errors import BadInputError
from bot.wording import catalogue
from handlers.articles import MOST_BYTES, Paper, paper_of
from handlers.drafting import Given

_KEPT_AT: Final = "files.slack.com"
_SECONDS: Final = 30.0
_OK: Final = 200


async def brought(file: Mapping[str, Any], token: str, api_url: str) -> Given:
    """Return the file that Slack describes by `file`, one of a message's `files`.

    Raises:
        BadInputError: It is too large, of another sort, not kept by Slack, or the bot may not read it.
    """
    name, kind = str(file.get("name") or ""), str(file.get("mimetype") or "")
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    if not url:
        # So Slack describes a file that the bot may not look at.
        raise _refused("draft.no_scope")
    paper = paper_of(name, kind)
    if int(file.get("size") or 0) > MOST_BYTES:
        raise _refused("paper.large")
    parts, own = urlsplit(url), urlsplit(api_url)
    # With another address of the API, as in tests, its host keeps the files. The token goes nowhere else.
    if (parts.scheme, parts.netloc) not in {("https", _KEPT_AT), (own.scheme, own.netloc)}:
        raise _refused("draft.no_file")
    try:
        body, answered = await _got(url, token)
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise _refused("draft.no_file") from None
    if body is None or (answered == "text/html" and paper is not Paper.HTML):
        raise _refused("draft.no_scope")
    return Given(body=body, name=name, content_type=kind)


async def _got(url: str, token: str) -> tuple[bytes | None, str]:
    """Return the body, at most one byte more than is read, and its type; None where Slack leads elsewhere."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout) as session,
        session.get(url, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False) as response,
    ):
        if response.status != _OK:
            return None, ""
        body = bytearray()
        async for chunk in response.content.iter_chunked(65_536):
            body += chunk
            if len(body) > MOST_BYTES:
                break
        return bytes(body), response.content_type


def _refused(key: str) -> BadInputError:
    return BadInputError(catalogue().say(key))
