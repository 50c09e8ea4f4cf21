"""One GET of an address that somebody else has named."""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urljoin

from flask import current_app

from app.adapters.fetching.addresses import Target, resolve, target_of
from app.adapters.fetching.errors import ContentRefused, Unreachable

SECONDS = 15.0
MOST_REDIRECTS = 3
CHUNK_BYTES = 65536
REDIRECTS = {301, 302, 303, 307, 308}
HEADERS = (
    "User-Agent: open-event-server\r\nAccept: image/*, */*;q=0.5\r\nAccept-Encoding: identity\r\nConnection: close"
)


def fetch(url: str, *, limit: int, seconds: float = SECONDS) -> bytes:
    """What the address answers, at most `limit` bytes, in `seconds` for all of it, redirects included.

    Every address on the way is checked anew, and the connection is made to the very machine that was checked. Raises
    AddressRefused, ContentRefused or Unreachable, all of them NotFetched; only the last one is worth a repetition.
    """
    deadline = time.monotonic() + seconds
    for _ in range(MOST_REDIRECTS + 1):
        content, url = _ask(url, limit, deadline)
        if content is not None:
            return content
    raise ContentRefused("too many redirects")


def _ask(url: str, limit: int, deadline: float) -> tuple[bytes | None, str]:
    """The content at this address; or none, and the address to ask instead."""
    allowed = current_app.config["FETCH_ALLOWED_HOSTS"]
    target = target_of(url, allowed)
    machines = resolve(target, allowed, deadline - time.monotonic())
    try:
        with _connected(target, machines, deadline) as connection:
            answer = _answer(connection, target, deadline)
            location = answer.getheader("Location")
            if answer.status in REDIRECTS and location:
                return None, urljoin(url, location)
            return _content(answer, limit), url
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{target.host} gave no whole answer") from error


@contextmanager
def _connected(target: Target, machines: list[tuple[Any, Any]], deadline: float) -> Iterator[socket.socket]:
    """A connection to the first of these machines that takes one, encrypted for https."""
    connection = _connection(machines, deadline)
    try:
        if target.scheme == "https":
            connection.settimeout(_left(deadline))
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=target.host)
        yield connection
    finally:
        connection.close()


def _connection(machines: list[tuple[Any, Any]], deadline: float) -> socket.socket:
    failure: OSError = OSError("no machine has this name")
    for family, address in machines:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def _answer(connection: socket.socket, target: Target, deadline: float) -> HTTPResponse:
    connection.settimeout(_left(deadline))
    connection.sendall(f"GET {target.path} HTTP/1.1\r\nHost: {target.authority}\r\n{HEADERS}\r\n\r\n".encode("ascii"))
    answer = HTTPResponse(_Readable(connection, deadline), method="GET")  # type: ignore[arg-type]
    answer.begin()
    return answer


def _content(answer: HTTPResponse, limit: int) -> bytes:
    """The whole body; raises ContentRefused as soon as it is known to be none that is wanted."""
    if answer.status != 200:
        raise ContentRefused(f"the answer is {answer.status}")
    if (answer.getheader("Content-Encoding") or "identity").strip().lower() != "identity":
        raise ContentRefused("the content is encoded")
    if (answer.length or 0) > limit:
        raise ContentRefused("the content is too large")
    content = bytearray()
    while chunk := answer.read(CHUNK_BYTES):
        content += chunk
        if len(content) > limit:
            raise ContentRefused("the content is too large")
    if answer.length:
        raise Unreachable("the content ends too soon")
    return bytes(content)


def _left(deadline: float) -> float:
    """Seconds until the deadline; raises TimeoutError when it is over."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the answer takes too long")
    return left


class _Readable:
    """What the library reads an answer from: a connection whose every byte has to come before one deadline.

    A timeout of the connection alone begins anew with each byte, and a server could drip for ever.
    """

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._raw = _Raw(connection, deadline)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._raw)


class _Raw(io.RawIOBase):
    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection, self._deadline = connection, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(_left(self._deadline))
        return self._connection.recv_into(buffer)
