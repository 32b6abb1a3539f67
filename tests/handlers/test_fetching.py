"""Fetching a page: from the public internet alone, however an address is spelt and wherever it leads."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInputError
from bot.public_addresses import is_public, target
from bot.sections import FetchingSection
from handlers.fetching import MOST_BYTES, Fetcher, unpacked
from tests.handlers.sites import HOST, ON, Names, Site, answer, fetcher, moved, standing

PAGE = b"<html><title>The bridge</title><p>The mayor said so.</p></html>"

LOOPBACK = [
    "http://127.0.0.1/",
    "http://127.0.0.1:80/",
    "https://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0177.0.0.01/",
    "http://00000177.0.0.1/",
    "http://127.0.0.1./",
    "http://127.000.000.001/",
    "http://127.0.0.01/",
    "http://0x7F.1/",
    "http://0x7f.1/",
    "http://127.0x1/",
    "http://127.255.255.254/",
    "http://127.127.127.127/",
    "http://4294967295/",
    "http://4294967296/",
    "http://2130706433./",
    "http://0/",
    "http://0.0.0.0/",
    "http://0.0.0.0:80/",
    "http://0x0/",
    "http://00/",
    "http://0.0/",
    "http://0.1.2.3/",
    "http://0./",
    "http://1/",
    "http://127.0.0.1:80./",
    "http://127.0.0.1%2f/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://localhost:80/",
    "http://LocalHost.LocalDomain/",
    "http://foo.localhost/",
    "http://a.b.localhost./",
    "http://localhost.localdomain/",
    "http://ip6-localhost/",
    "http://loopback/",
    "http://127.0.0.1.localhost/",
    "http://printer/",
    "http://printer./",
    "http://router.lan/",
    "http://nas.local/",
    "http://x.home.arpa/",
    "http://db.internal/",
    "http://wiki.corp/",
    "http://wiki.intranet/",
    "http://x.test/",
    "http://x.invalid/",
    "http://x.onion/",
    "http://1.0.0.127.in-addr.arpa/",
    "http://kubernetes.default.svc.cluster.local/",
    "http://host.docker.internal/",
]
PRIVATE = [
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/",
    "http://168.63.129.16/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://192.0.0.1/",
    "http://192.0.0.192/",
    "http://192.0.0.9/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.9/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://239.1.1.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://0251.0376.0251.0376/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://169.254.43518/",
    "http://169.16689662/",
    "http://3232235777/",
    "http://10.1/",
    "http://192.168.257/",
    "http://metadata.google.internal/",
    "http://metadata.google.internal./computeMetadata/v1/",
    "http://metadata/",
    "http://metadata.goog/",
    "http://instance-data/",
    "http://instance-data.ec2.internal/",
    "http://METADATA.GOOGLE.INTERNAL/",
]
SIX = [
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[0000::0001]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:93.184.216.34]/",
    "http://[::127.0.0.1]/",
    "http://[::7f00:1]/",
    "http://[::a9fe:a9fe]/",
    "http://[::5db8:d822]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b::5db8:d822]/",
    "http://[64:ff9b:1::a9fe:a9fe]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[2002:c0a8:101::]/",
    "http://[2002:5db8:d822::1]/",
    "http://[2001:0:7f00:1::1]/",
    "http://[2001::1]/",
    "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "http://[fc00::1]/",
    "http://[fd00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[::1%25lo]/",
    "http://[2606:4700::1%25eth0]/",
    "http://[2606:4700::1%1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[ff0e::1]/",
    "http://[2001:db8::1]/",
    "http://[3fff::1]/",
    "http://[100::1]/",
    "http://[5f00::1]/",
    "http://[4000::1]/",
    "http://[2001:10::1]/",
    "http://[2001:20::1]/",
    "http://[2001:2::1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[::1",
    "http://::1/",
    "http://[::1].example.org/",
    "http://[127.0.0.1]/",
    "http://[localhost]/",
    "http://[v1.fe80::1]/",
    "http://[]/",
    "http://[::1]:80/",
    "http://[0:0:0:0:0:FFFF:7F00:0001]/",
    "http://[::ffff:0x7f.1]/",
]
SPELT = [
    "http://user@example.org/",
    "http://user:password@example.org/",
    "http://example.org@127.0.0.1/",
    "http://127.0.0.1@example.org/",
    "http://@127.0.0.1/",
    "http://example.org:80@127.0.0.1/",
    "http://example.org%40127.0.0.1/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\@127.0.0.1/",
    "http://127.0.0.1#.example.org/",
    "http://127.0.0.1?.example.org/",
    "http://127.0.0.1;.example.org/",
    "http://127.0.0.1,example.org/",
    "http:\\\\127.0.0.1\\",
    "http:/127.0.0.1/",
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "http:////127.0.0.1/",
    "//127.0.0.1/",
    "127.0.0.1",
    "example.org",
    "http://",
    "http://.",
    "http://..",
    "http://.example.org/",
    "http://example..org/",
    "http://example.org../",
    "http://-example.org/",
    "http://%31%32%37.0.0.1/",
    "http://%6c%6f%63%61%6c%68%6f%73%74/",
    "http://127%2e0%2e0%2e1/",
    "http://127.0.0.1%00.example.org/",
    "http://example.org%00@127.0.0.1/",
    "http://exa mple.org/",
    "http://example.org /",
    "http://127.0.0.1\t/",
    "ht\ntp://127.0.0.1/",
    "http://127.0.0.1\r\nHost: example.org/",
    "http://127.0.0.1\x00/",
    "http://\u202e127.0.0.1/",
    "http://127.0.0.1\u200b/",
    "http://local\u00adhost/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http://127\uff0e0\uff0e0\uff0e1/",
    "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3/",
    "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54/",
    "http://localho\u017ft/",
    "http://\U0001d7cf\U0001d7d0\U0001d7d5.0.0.1/",
    "http://\u0661\u0662\u0667.0.0.1/",
    "http://example.org:22/",
    "http://example.org:0/",
    "http://example.org:443/",
    "https://example.org:80/",
    "https://example.org:8443/",
    "http://example.org:8080/",
    "http://example.org:65536/",
    "http://example.org:-1/",
    "http://example.org:80:80/",
    "http://example.org:\u0668\u0660/",
    "http://example.org:80x/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "dict://127.0.0.1:11211/",
    "ldap://127.0.0.1/",
    "ws://example.org/",
    "javascript:alert(1)",
    "data:text/html,x",
    "jar:http://127.0.0.1!/",
    "unix:///var/run/docker.sock",
    "view-source:http://127.0.0.1/",
    "blob:http://127.0.0.1/",
    "netdoc:///etc/passwd",
    "httpx://example.org/",
    "http+unix://x/",
    "url:http://127.0.0.1/",
    "<http://127.0.0.1/>",
    "[a](http://127.0.0.1/)",
    "",
    " ",
    f"http://example.org/{'a' * 2_000}",
    f"http://{'a' * 64}.org/",
    f"http://{'a.' * 130}org/",
]
TRICKS = [*LOOPBACK, *PRIVATE, *SIX, *SPELT]
NAMED = {
    "public.example.net": ["127.0.0.1"],
    "10-0-0-1.example.net": ["10.0.0.1"],
    "metadata.example.net": ["169.254.169.254"],
    "mixed.example.net": ["93.184.216.34", "127.0.0.1"],
    "six.example.net": ["::1"],
    "mapped.example.net": ["::ffff:127.0.0.1"],
    "compatible.example.net": ["::127.0.0.1"],
    "nat64.example.net": ["64:ff9b::7f00:1"],
    "sixtofour.example.net": ["2002:7f00:1::"],
    "teredo.example.net": ["2001:0:7f00:1::1"],
    "unique.example.net": ["fd00:ec2::254"],
    "link.example.net": ["fe80::1%1"],
    "zero.example.net": ["0.0.0.0"],  # noqa: S104 - an address to be refused
    "carrier.example.net": ["100.64.0.1"],
    "many.example.net": ["224.0.0.1"],
}
"""Names of the public kind that stand for numbers inside."""


def test_there_are_many_tricks() -> None:
    """The table of address tricks has at least 120 of them, each once."""
    assert len(set(TRICKS)) == len(TRICKS)
    assert len(TRICKS) + len(NAMED) >= 120
    print(f"{len(TRICKS) + len(NAMED)} address tricks")  # noqa: T201 - the count is asked for


@pytest.mark.parametrize("url", TRICKS)
async def test_no_spelling_reaches_inside(url: str) -> None:
    """However an address is spelt, one that may not be fetched is refused before any name is asked for."""
    names = Names({})
    async with standing() as site:
        with pytest.raises(BadInputError) as caught:
            await Fetcher(ON, resolver=lambda: names).page(url)
        assert site.connections == 0
    assert names.asked == []
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize("name", NAMED)
async def test_no_name_leads_inside(name: str) -> None:
    """A name that stands for a number inside, be it one of several, is not connected to."""
    async with standing() as site:
        names = Names({name: [NAMED[name]]})
        with pytest.raises(BadInputError, match="does not lead to the public internet"):
            await Fetcher(ON, resolver=lambda: names, ports={site.port}).page(site.url("/", name))
        assert site.connections == 0


@pytest.mark.parametrize("to", ["", "/b", "http://127.0.0.1/", "http://[::1]/", "ftp://x.org/", *SPELT[:20]])
async def test_a_redirect_is_checked_like_an_address(to: str) -> None:
    """What a page leads on to is checked before it is asked; nothing inside is connected to."""
    async with standing() as site, standing() as inside:
        site.pages["/a"] = moved(to or f"http://127.0.0.1:{inside.port}/")
        with pytest.raises(BadInputError):
            await fetcher(site).page(site.url("/a"))
        assert inside.connections == 0


async def test_redirects_end() -> None:
    """Five redirects are followed, the sixth is not, and none brings a cookie or a referrer along."""
    async with standing() as site:
        for n in range(7):
            site.pages[f"/{n}"] = moved(f"/{n + 1}") if n < 5 else answer(PAGE)
        page = await fetcher(site).page(site.url("/0"))
        assert page.url == site.url("/5")
        assert len(site.asked) == 6
        assert not any("cookie" in each.lower() or "referer" in each.lower() for each in site.asked)
        site.pages["/5"] = moved("/6")
        with pytest.raises(BadInputError, match="leads on"):
            await fetcher(site).page(site.url("/0"))
        site.pages["/loop"] = moved("/loop", 308)
        with pytest.raises(BadInputError, match="leads on"):
            await fetcher(site).page(site.url("/loop"))


async def test_a_name_that_changes_its_mind_reaches_nothing() -> None:
    """A name that is public at first and stands for this machine later is refused at the later time."""
    async with standing("127.0.0.2") as site, standing() as inside:
        names = Names({HOST: [["127.0.0.2"], ["127.0.0.1"]]})
        site.pages["/a"] = moved(f"http://{HOST}:{site.port}/b")
        inside.pages["/b"] = answer(PAGE)
        with pytest.raises(BadInputError, match="does not lead to the public internet"):
            await fetcher(site, names, number="127.0.0.2").page(site.url("/a"))
        assert names.asked == [HOST, HOST]
        assert (site.connections, inside.connections) == (1, 0)


async def test_a_name_is_asked_for_once_a_connection() -> None:
    """The number that was checked is the one that is connected to: the name is not asked for again."""
    async with standing("127.0.0.2") as site:
        names = Names({HOST: [["127.0.0.2"], ["127.0.0.1"]]})
        site.pages["/a"] = answer(PAGE)
        page = await fetcher(site, names, number="127.0.0.2").page(site.url("/a"))
        assert (page.body, names.asked) == (PAGE, [HOST])


async def test_what_is_fetched_is_told_whole() -> None:
    """A page comes with its bytes, type, character set, address and day, asked for under our name."""
    async with standing() as site:
        site.pages["/a?b=%C3%A9"] = answer(PAGE, "text/html; charset=ISO-8859-1")
        page = await fetcher(site).page(site.url("/a?b=é#part"))
        assert (page.body, page.content_type, page.charset) == (PAGE, "text/html", "ISO-8859-1")
        assert len(page.retrieved_on) == len("2025-07-08")
        assert f"User-Agent: {ON.user_agent}" in site.asked[0]
        assert f"Host: {HOST}:{site.port}" in site.asked[0]


async def test_a_slow_page_is_given_up() -> None:
    """A page that drips a byte at a time is given up when the time for all together is over."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nContent-Type: text/html\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with standing() as site:
        site.pages["/a"] = drip
        with pytest.raises(BadInputError, match="takes longer than 0.3 seconds"):
            await fetcher(site, seconds=0.3).page(site.url("/a"))


BOMB = gzip.compress(b"\0" * (MOST_BYTES * 8), mtime=0)


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (answer(b"x" * 6_000_000), "more than 5 MB"),
        (b"HTTP/1.1 200 X\r\nContent-Type: text/html\r\n\r\n" + b"x" * 6_000_000, "more than 5 MB"),
        (answer(BOMB, Content_Encoding="gzip"), "more than 5 MB"),
        (answer(gzip.compress(BOMB, mtime=0), Content_Encoding="gzip, gzip"), "packed"),
        (answer(PAGE, Content_Encoding="br"), "packed"),
        (answer(PAGE, Content_Encoding="gzip"), "packed"),
        (answer(gzip.compress(PAGE, mtime=0)[:-9], Content_Encoding="gzip"), "packed"),
        (answer(PAGE, "image/png"), "Only pages"),
        (answer(PAGE, "application/octet-stream"), "Only pages"),
        (answer(PAGE, "text/html2"), "Only pages"),
        (answer(PAGE, ""), "Only pages"),
        (answer(PAGE, status=404), "answers with 404"),
        (answer(PAGE, status=206), "answers with 206"),
        (answer(PAGE, status=401), "answers with 401"),
        (answer(PAGE, status=500), "answers with 500"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "cannot be reached, or its answer cannot be read"),
        (b"", "cannot be reached, or its answer cannot be read"),
        (answer(PAGE)[:-5], "cannot be reached, or its answer cannot be read"),
    ],
)
async def test_what_cannot_be_used_is_refused_in_a_sentence(page: bytes, says: str) -> None:
    """Too much, packed in another way, of another type, an error: each is told in one sentence."""
    async with standing() as site:
        site.pages["/a"] = page
        with pytest.raises(BadInputError, match=says):
            await fetcher(site).page(site.url("/a"))


@pytest.mark.parametrize(
    ("body", "packing"),
    [
        (PAGE, "identity"),
        (gzip.compress(PAGE, mtime=0), "gzip"),
        (gzip.compress(PAGE, mtime=0), "x-gzip"),
        (zlib.compress(PAGE), "deflate"),
        (zlib.compress(PAGE, wbits=-15), "deflate"),
    ],
)
def test_a_packed_page_is_unpacked(body: bytes, packing: str) -> None:
    """What was asked for packed comes out as it was."""
    assert unpacked(body, packing) == PAGE


async def test_nothing_is_fetched_unless_it_is_turned_on() -> None:
    """As it comes, nothing is fetched, and with a list of hosts they alone and what is below them are."""
    async with standing() as site:
        site.pages["/a"] = answer(PAGE)
        with pytest.raises(BadInputError, match="not fetched here"):
            await fetcher(site, section=FetchingSection()).page(site.url("/a"))
        other = FetchingSection(enabled=True, hosts=("other.org",))
        with pytest.raises(BadInputError, match="not one of those"):
            await fetcher(site, section=other).page(site.url("/a"))
        with pytest.raises(BadInputError, match="not one of those"):
            await fetcher(site, section=other).page("http://another.org/")
        assert site.connections == 0
        own = FetchingSection(enabled=True, hosts=("example.org",))
        assert (await fetcher(site, section=own).page(site.url("/a"))).body == PAGE


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the environment says of proxies is followed."""
    async with standing() as site, standing() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        site.pages["/a"] = answer(PAGE)
        assert (await fetcher(site).page(site.url("/a"))).body == PAGE
        assert proxy.connections == 0


async def test_a_host_that_is_not_there_is_told() -> None:
    """A name that stands for nothing, and a port at which nobody answers, are told alike."""
    async with standing() as site:
        for names in (Names({}), Names({HOST: [[]]})):
            with pytest.raises(BadInputError):
                await fetcher(site, names).page(site.url("/"))
    gone = Site()
    gone.port = site.port
    with pytest.raises(BadInputError, match="cannot be reached"):
        await fetcher(gone).page(gone.url("/"))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://news.example.org/a", "news.example.org"),
        ("HTTPS://News.Example.ORG./a", "news.example.org"),
        (" http://example.org ", "example.org"),
        ("http://example.org:80/", "example.org"),
        ("https://münchen.de/", "xn--mnchen-3ya.de"),
        ("https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
        ("http://93.184.216.34/", "93.184.216.34"),
        ("http://[2606:4700::1111]/", "2606:4700::1111"),
        ("https://a_b.example.org/x?y=http://127.0.0.1/", "a_b.example.org"),
        ("http://example.org#@127.0.0.1:22/x@", "example.org"),
    ],
)
def test_a_public_address_is_read_as_it_is_meant(url: str, host: str) -> None:
    """What is an ordinary address in any browser is one here."""
    assert target(url).host == host
    assert target(target(url).url) == target(url)


@given(st.integers(0, 2**32 - 1) | st.integers(0, 2**128 - 1))
def test_no_number_is_public_that_is_not_global(value: int) -> None:
    """Whatever number is let through is global, and holds no other number."""
    number = ip_address(value)
    if is_public(number):
        assert number.is_global
        assert not number.is_private
        assert not number.is_loopback
        assert not number.is_link_local
        assert not number.is_multicast
        assert not number.is_reserved
        assert getattr(number, "ipv4_mapped", None) is None
        assert getattr(number, "sixtofour", None) is None
        assert getattr(number, "teredo", None) is None


HOSTS = st.lists(
    st.sampled_from(
        [
            *(
                "127",
                "0",
                "1",
                "0x7f",
                "0177",
                "localhost",
                "example",
                "org",
                "LOCAL",
                "[",
                "]",
                "::1",
                "%31",
            ),
            *("@", ":80", "\uff11", "\u3002", "ffff", "a", "-", "_", "/", "\\", "?", "#", "internal", "169"),
        ]
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=500)
@given(
    st.text(max_size=40)
    | st.builds(lambda parts, dot: f"http://{dot.join(parts)}/", HOSTS, st.sampled_from([".", ""]))
    | st.from_regex(r"https?://[ -~]{1,30}", fullmatch=True)
)
def test_any_text_is_an_address_or_a_sentence(url: str) -> None:
    """Whatever is given is refused, or is an address in a form that reads in one way."""
    try:
        found = target(url)
    except BadInputError:
        return
    assert found.scheme in {"http", "https"}
    assert found.port in {80, 443}
    assert found.url.isascii()
    assert not set("\\@%[] ") & set(found.host)
    assert target(found.url) == found
    last = found.host.rsplit(".", 1)[-1]
    if found.number is None:
        assert "." in found.host
        assert not last.isdecimal()
        assert last not in {"localhost", "local", "internal"}
