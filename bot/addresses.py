"""Web addresses in one canonical form, so that a pasted link and a stored source meet.

Knows nothing of what stands at an address; nothing here opens a connection.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

MAX_LENGTH: Final = 2_000
"""Characters beyond which a text is not taken for an address."""

_TRACKING: Final = re.compile(
    r"utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_[ce]id|"
    r"_ga|_gl|_hsenc|_hsmi|mkt_tok|oly_(?:anon|enc)_id|vero_id|wickedid|ref_src|ref_url|cmpid|ns_\w+|"
    r"s_cid|at_medium|at_campaign|guccounter|guce_\w+|spm|smid|smtyp|si",
    re.ASCII | re.IGNORECASE,
)
"""Names of query parameters that say where a reader came from and never what is read."""


def canonical_address(url: str) -> str | None:
    """Return the one form under which addresses of the same page compare, or None for no web address.

    Beyond the normal form of RFC 3986 (by `url-normalize`): scheme `https`, no `www.` or `m.` in front
    of the host, no fragment, no user name, no tracking parameters, the other parameters in order, no
    slash at the end. The result is a key and is never shown or opened.
    """
    # Loaded on first use: most commands and most pastes have no address.
    from url_normalize import url_normalize  # noqa: PLC0415

    text = url.strip()
    if not 0 < len(text) <= MAX_LENGTH or any(each.isspace() for each in text):
        return None
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(url_normalize(text) or "")
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in {"http", "https"} or "." not in host:
        return None
    host = re.sub(r"^(?:www\d?|m|mobile|amp)\.(?=.+\..)", "", host)
    kept = [each for each in parts.query.split("&") if each and not _TRACKING.fullmatch(each.split("=")[0])]
    place = f"{host}:{port}" if port else host
    return urlunsplit(("https", place, parts.path.rstrip("/"), "&".join(sorted(kept)), ""))
