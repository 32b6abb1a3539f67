"""Addresses that may be fetched for somebody else: public web pages, and nothing of the house.

Pure: what an address says, and whether a number is one of the public internet. Every spelling that two
programs could read differently is refused rather than read, so that what is checked is what is reached.
Nothing here opens a connection or asks a name server.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias
from urllib.parse import quote, urlsplit

from bot.addresses import MAX_LENGTH
from bot.errors import BadInputError
from bot.records import record
from bot.wording import catalogue

IPAddress: TypeAlias = IPv4Address | IPv6Address

PORTS: Final = {"http": 80, "https": 443}
"""The schemes that are fetched, each with its port."""

_V4_SHUT: Final = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "100.64.0.0/10",  # behind a carrier's translation
        "168.63.129.16/32",  # the host of a machine in Azure's cloud, which only that machine reaches
        "192.0.0.0/24",  # protocol assignments, among them the few that ipaddress calls global
        "192.88.99.0/24",  # relays to IPv6
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_V6_OPEN: Final = IPv6Network("2000::/3")
"""All that is given out of IPv6; what holds an IPv4 address stands outside, but for some of the next ones."""
_V6_SHUT: Final = tuple(
    IPv6Network(each)
    for each in (
        "2001::/23",  # Teredo, benchmarks, identifiers
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",  # documentation
    )
)
# RFC 6761 and 6762, ICANN's reserved names, and what routers and clouds use inside.
_INSIDE: Final = frozenset(
    {"alt", "arpa", "corp", "domain", "example", "home", "host", "internal", "intranet", "invalid", "lan"}
    | {"local", "localdomain", "localhost", "mail", "onion", "private", "test", "workgroup"}
)
_METADATA: Final = frozenset({"metadata.goog", "metadata.google.com", "instance-data.ec2.internal"})
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_LONGEST_HOST: Final = 253
_PATH: Final = "/%:@!$&'()*+,;=~-._"


@record
class Target:
    """Where a fetch goes: `host` in lower case ASCII without a dot at the end, or a number in its plain form.

    `path` and `query` are percent-encoded.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def number(self) -> IPAddress | None:
        """The host as a number, where it is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def url(self) -> str:
        """The address in full."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}{f'?{self.query}' if self.query else ''}"


def is_public(number: IPAddress) -> bool:
    """Say whether `number` belongs to the public internet, and nothing is hidden in it.

    Beyond `ipaddress`'s `is_global` (IANA's registries of special purpose addresses) no number that maps,
    embeds or translates another one: IPv4-mapped and -compatible, NAT64, 6to4, Teredo.
    """
    if not number.is_global or number.is_multicast or number.is_reserved:
        return False
    if isinstance(number, IPv4Address):
        return not any(number in each for each in _V4_SHUT)
    return number.scope_id is None and number in _V6_OPEN and not any(number in each for each in _V6_SHUT)


def target(url: str, *, ports: Collection[int] = (), hosts: Collection[str] = ()) -> Target:
    """Return where a fetch of `url` goes.

    `ports` are ports that may stand in the address beside the scheme's own; with `hosts`, only they and
    what is below them may be fetched.

    Raises:
        BadInputError: It is no address, or none that may be fetched; the sentence says why.
    """
    text = url.strip(" ")
    if not 0 < len(text) <= MAX_LENGTH or not _is_plain(text):
        raise _refused("spelling")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _refused("spelling") from None
    if parts.scheme not in PORTS:
        raise _refused("scheme")
    if not host or not text[len(parts.scheme) :].startswith("://"):
        raise _refused("spelling")
    if "@" in parts.netloc:
        raise _refused("credentials")
    named = _host(host, parts.netloc)
    number = port if port is not None else PORTS[parts.scheme]
    if number != PORTS[parts.scheme] and number not in ports:
        raise _refused("port")
    if hosts and not any(named == each or named.endswith(f".{each}") for each in hosts):
        raise _refused("not_listed")
    path, query = quote(parts.path or "/", safe=_PATH), quote(parts.query, safe=f"{_PATH}?")
    return Target(scheme=parts.scheme, host=named, port=number, path=path, query=query)


def _is_plain(text: str) -> bool:
    """Say whether every character is one that all programs take for itself."""
    if "\\" in text or any(each.isspace() for each in text):
        return False
    # Controls, formats (zero-width), surrogates, private use and what is not assigned.
    return not any(unicodedata.category(each)[0] == "C" for each in text)


def _host(host: str, netloc: str) -> str:
    """Return the host in the form in which it is reached."""
    if netloc.startswith("["):
        return _six(host)
    if "%" in host:
        raise _refused("host")
    named = _ascii(host).removesuffix(".")
    labels = named.split(".")
    if not named or len(named) > _LONGEST_HOST or not all(_LABEL.fullmatch(each) for each in labels):
        raise _refused("host")
    # The rule of the URL standard: where the last label is a number, all of it is taken for IPv4.
    if labels[-1].isdecimal() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        return _four(named)
    if len(labels) == 1 or labels[-1] in _INSIDE or named in _METADATA:
        raise _refused("inside")
    return named


def _ascii(host: str) -> str:
    """Return an international name as it stands in the name system."""
    lower = host.lower()
    if lower.isascii():
        return lower
    # Wide digits, circled letters, other full stops: what only folding makes a name of was meant to deceive.
    if unicodedata.normalize("NFKC", lower) != lower or re.search("[\u3002\uff0e\uff61\u0307]", lower):
        raise _refused("host")
    try:
        return lower.encode("idna").decode("ascii")
    except UnicodeError:
        raise _refused("host") from None


def _four(named: str) -> str:
    try:
        number = IPv4Address(named)
    except ValueError:
        # Decimal, octal, hexadecimal or short: read one way here and another way there.
        raise _refused("number") from None
    return str(number)


def _six(host: str) -> str:
    try:
        number = IPv6Address(host)
    except ValueError:
        raise _refused("number") from None
    if number.scope_id is not None:
        raise _refused("inside")
    return str(number)


def _refused(why: str) -> BadInputError:
    return BadInputError(catalogue().say(f"fetch.{why}"))
