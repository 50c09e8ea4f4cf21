"""A small HTTP client over asyncio's bare sockets, made to cost little beside what it measures.

Connections are kept alive, a request leaves in one write, and of an answer only status, length and body are read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

HOST = "127.0.0.1"
JSON = "application/json"
JSON_API = "application/vnd.api+json"
END_OF_HEAD = b"\r\n\r\n"
BODILESS = (204, 304)


@dataclass(frozen=True)
class Request:
    """What is sent: everything but the place it is sent to."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_json_api(self) -> bool:
        """Whether a JSON:API document is asked for, as the web client asks for it; else plain JSON."""
        return ("Content-Type", JSON) not in self.headers

    def to_bytes(self) -> bytes:
        """The request as it stands on the wire."""
        lines = [
            f"{self.method} {self.path} HTTP/1.1",
            f"Host: {HOST}",
            f"Accept: {JSON_API if self.is_json_api else JSON}",
        ]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join(lines).encode() + END_OF_HEAD + self.body


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, empty where it is missing."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return ""

    def json(self) -> Any:
        """The parsed body."""
        return orjson.loads(self.body)


class Connection(asyncio.Protocol):
    """One connection, with one request under way at a time."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._missing = 0  # Bytes of the body still to come; -1 while the head is not complete.
        self._answer: asyncio.Future[Answer] | None = None
        self._head, self._status = b"", 0

    @classmethod
    async def open(cls, port: int) -> Connection:
        """A connection to the server on that port; asyncio sets TCP_NODELAY."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, HOST, port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> Awaitable[Answer]:
        """Send a request and wait for its answer; raises ConnectionError when the server hangs up."""
        if self._transport.is_closing():
            raise ConnectionResetError("The server has closed the connection.")
        self._parts, self._missing = [], -1
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        if self._missing >= 0:
            self._missing -= len(data)
        else:
            self._read_head()
        if self._missing == 0:
            self._finish()

    def _read_head(self) -> None:
        received = b"".join(self._parts)
        head, separator, body = received.partition(END_OF_HEAD)
        if separator:
            self._head, self._status, self._parts = head, int(head[9:12]), [body]
            self._missing = _length(head, self._status) - len(body)
        else:
            self._parts = [received]

    def _finish(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(self._status, self._head, b"".join(self._parts)))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("The server closed the connection."))

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


def _length(head: bytes, status: int) -> int:
    if status in BODILESS:
        return 0
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    if not found:
        raise ValueError("The server's answer does not tell its length.")
    return int(rest.partition(b"\r\n")[0])


@dataclass
class Load:
    """What a time of load amounted to: seconds of each request, and whatever was not answered as expected."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    wrong: list[Answer] = field(default_factory=list)

    def add(self, other: Load) -> None:
        """Count a further time of load in."""
        self.seconds += other.seconds
        self.latencies += other.latencies
        self.wrong += other.wrong


async def press(
    port: int, following: Callable[[], Request | None], expected: int, *, connections: int, seconds: float
) -> Load:
    """Keep so many connections busy for that time; ends sooner when there is no following request."""
    load = Load()
    opened = [await Connection.open(port) for _ in range(connections)]
    started = time.perf_counter()
    try:
        await asyncio.gather(*(_busy(each, following, expected, started + seconds, load) for each in opened))
        load.seconds = time.perf_counter() - started
    finally:
        for each in opened:
            each.close()
    return load


async def _busy(
    connection: Connection, following: Callable[[], Request | None], expected: int, until: float, load: Load
) -> None:
    while (asked := time.perf_counter()) < until:
        request = following()
        if request is None:
            return
        answer = await connection.ask(request.to_bytes())
        load.latencies.append(time.perf_counter() - asked)
        if answer.status != expected:
            load.wrong.append(answer)


async def fetch(port: int, request: Request) -> Answer:
    """One request on a connection of its own."""
    connection = await Connection.open(port)
    try:
        return await connection.ask(request.to_bytes())
    finally:
        connection.close()
