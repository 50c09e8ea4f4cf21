"""Fetching what others name: nothing but the public internet, never more or longer than asked for."""

from __future__ import annotations

import gzip
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from flask import Flask

from app.adapters.fetching import AddressRefused, ContentRefused, NotFetched, Unreachable, fetch
from app.adapters.fetching.addresses import is_public_address
from tests.unittests.serving import served

LIMIT = 100_000


class Pages(BaseHTTPRequestHandler):
    """A server on this machine that answers by what the path says."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["Host"]))
        self.close_connection = True
        with suppress(OSError):  # Who fetches may leave at any time.
            getattr(self, self.path[1:].partition("?")[0].partition("/")[0])()

    def log_message(self, *_: Any) -> None:
        return

    def _send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers and "Transfer_Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def small(self) -> None:
        self._send(200, b"content")

    def empty(self) -> None:
        self._send(200)

    def exact(self) -> None:
        self._send(200, b"x" * LIMIT)

    def chunked(self) -> None:
        self._send(200, b"3\r\ncon\r\n4\r\ntent\r\n0\r\n\r\n", Transfer_Encoding="chunked")

    def endless_chunks(self) -> None:
        self._send(200, Transfer_Encoding="chunked")
        while True:
            self.wfile.write(b"2710\r\n" + b"x" * 10_000 + b"\r\n")

    def unmeasured(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while True:
            self.wfile.write(b"x" * 10_000)

    def too_large(self) -> None:
        self._send(200, b"x" * (LIMIT + 1))

    def lies_short(self) -> None:
        self._send(200, b"x" * (LIMIT + 1), Content_Length="5")

    def lies_long(self) -> None:
        self._send(200, b"con", Content_Length="7")

    def lies_negative(self) -> None:
        self._send(200, b"x" * (LIMIT + 1), Content_Length="-1")

    def bomb(self) -> None:
        self._send(200, gzip.compress(b"x" * 50_000_000), Content_Encoding="gzip")

    def absent(self) -> None:
        self._send(404, b"none")

    def moved_nowhere(self) -> None:
        self._send(302)

    def drips_body(self) -> None:
        self._send(200, Content_Length="1000")
        self._drip(b"x" * 1000)

    def drips_headers(self) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-Header: 1\r\n" * 100)

    def continues(self) -> None:
        self._drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    def _drip(self, data: bytes) -> None:
        for byte in data:
            self.wfile.write(bytes([byte]))
            time.sleep(0.01)

    def noise(self) -> None:
        self.wfile.write(b"\x00\xff SSH-2.0\r\n" * 10)

    def hops(self) -> None:
        """/hops/3 leads to /hops/2, and so on to /small."""
        left = int(self.path.rpartition("/")[2])
        self._send(302, Location=f"/hops/{left - 1}" if left > 1 else "/small")

    def to(self) -> None:
        self._send(302, Location=self.path.partition("?")[2])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(Pages) as port:
        yield port


@pytest.fixture
def here(plain_app: Flask, port: int) -> str:
    """The server's address, from which the operator lets us fetch."""
    plain_app.config["FETCH_ALLOWED_HOSTS"] = (f"127.0.0.1:{port}",)
    Pages.asked.clear()
    return f"http://127.0.0.1:{port}"


def outcome(url: str, seconds: float = 5) -> bytes | type[NotFetched]:
    """What is fetched, or how it was refused."""
    try:
        return fetch(url, limit=LIMIT, seconds=seconds)
    except NotFetched as error:
        return type(error)


def test_content_is_fetched_in_every_form_servers_send_it_in_but_never_too_much(here: str) -> None:
    expected: dict[str, bytes | type[NotFetched]] = {
        "/small": b"content", "/empty": b"", "/exact": b"x" * LIMIT, "/chunked": b"content",
        "/small?a=%20&b=ü": b"content", "/hops/3": b"content",
        "/hops/4": ContentRefused, "/too_large": ContentRefused, "/unmeasured": ContentRefused,
        "/endless_chunks": ContentRefused, "/lies_negative": ContentRefused, "/bomb": ContentRefused,
        "/absent": ContentRefused, "/moved_nowhere": ContentRefused,
        "/lies_short": b"xxxxx", "/lies_long": Unreachable, "/noise": Unreachable,
    }  # fmt: skip
    assert {path: outcome(here + path) for path in expected} == expected


def test_redirects_are_checked_like_first_addresses(here: str, port: int) -> None:
    for location, expected in {
        f"http://127.0.0.1:{port}/small": b"content",
        "//10.0.0.1/a.png": AddressRefused,
        "http://169.254.169.254/latest/meta-data/": AddressRefused,
        f"http://localhost:{port}/small": AddressRefused,
        "http://[::1]/": AddressRefused,
        "https://127.0.0.1/": AddressRefused,
        "file:///etc/passwd": AddressRefused,
        "gopher://127.0.0.1/": AddressRefused,
        "http://a:b@127.0.0.1/": AddressRefused,
    }.items():
        assert outcome(f"{here}/to?{location}") == expected, location


@pytest.mark.parametrize("path", ["/drips_body", "/drips_headers", "/continues"])
def test_server_that_drips_is_left_when_the_time_is_over(here: str, path: str) -> None:
    started = time.monotonic()
    assert outcome(here + path, seconds=0.3) is Unreachable
    assert time.monotonic() - started < 2


def test_only_public_hosts_at_usual_ports_are_asked(plain_app: Flask, port: int) -> None:
    Pages.asked.clear()
    hosts = (
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "0", "0.0.0.0",
        "localhost", "LOCALHOST", "１２７.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "2852039166", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]", "[fe80::1]", "[fd00:ec2::254]", "[ff02::1]", "[2002:7f00:1::]", "[64:ff9b::a00:1]",
        "[64:ff9b:1::a00:1]", "[::127.0.0.1]", "[2001:0:7f00:1::]", "[fec0::1]",
    )  # fmt: skip
    answers = {host: outcome(f"http://{host}/") for host in hosts}
    assert {host: answer for host, answer in answers.items() if answer != AddressRefused} == {}
    # Whether these have an address at all is for the machine's resolver to say.
    assert {outcome(f"http://{host}/") for host in ("localhost.", "[fe80::1%25lo]")} <= {AddressRefused, Unreachable}
    urls = (
        f"http://127.0.0.1:{port}/small", "http://example.com:22/", "https://example.com:8443/", "http://example.com:0/",
        "http://example.com:99999/", "ftp://example.com/", "file:///etc/passwd", "data:image/png;base64,AAAA",
        "http://user@example.com/", "http://user:secret@example.com/", "http://@example.com/", "http:///a", "", "x",
        "http://exam\tple.com/", "http://example.com/a b", "http://example.com/\r\nHost: x", "http://example.com\\@x/",
        "http://[::1", "http://" + "a" * 64 + ".com/", "http://example.com/" + "a" * 9000, "//example.com/",
    )  # fmt: skip
    answers = {url: outcome(url) for url in urls}
    assert {url: answer for url, answer in answers.items() if answer != AddressRefused} == {}
    assert Pages.asked == []


def test_public_addresses_are_told_from_all_others() -> None:
    public = (
        "93.184.215.14",
        "1.1.1.1",
        "2606:2800:21f:cb07::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::",
    )
    assert [each for each in public if not is_public_address(each)] == []


def test_name_is_resolved_once_and_the_checked_machine_is_asked_under_its_name(plain_app: Flask, port: int) -> None:
    plain_app.config["FETCH_ALLOWED_HOSTS"] = (f"localhost:{port}",)
    Pages.asked.clear()
    with SEEN.watching():
        assert outcome(f"http://localhost:{port}/small") == b"content"
    lookups = [host for event, host in SEEN.events if event == "socket.getaddrinfo"]
    connects = {host for event, host in SEEN.events if event == "socket.connect"}
    assert lookups == ["localhost"]
    assert connects <= {"127.0.0.1", "::1"}
    assert Pages.asked == [("/small", f"localhost:{port}")]


class Seen:
    """What the interpreter itself tells about lookups and connections while it is watched."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self._on = False
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self._on and event == "socket.getaddrinfo":
            self.events.append((event, str(arguments[0])))
        elif self._on and event == "socket.connect":
            self.events.append((event, str(arguments[1][0])))

    def watching(self) -> Seen:
        self.events.clear()
        return self

    def __enter__(self) -> None:
        self._on = True

    def __exit__(self, *_: object) -> None:
        self._on = False


SEEN = Seen()
