"""Runs the cases against both servers by turns, so that whatever else the machine does falls on both alike."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from bench.cases import Case
from bench.client import Answer, Load, Request, fetch, press
from bench.servers import Server
from bench.usage import Usage, usage

ROUNDS = 3
WARM_UP_SECONDS = 0.7
LOG_SECONDS = 3.0
_numbers = count(1)


@dataclass
class Outcome:
    """What one server did in one case."""

    load: Load = field(default_factory=Load)
    usage: Usage = field(default_factory=Usage)

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return len(self.load.latencies) / self.load.seconds if self.load.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in ms that this share of the requests stayed under."""
        ordered = sorted(self.load.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0

    def cpu(self, seconds: float) -> float:
        """Milliseconds of processor time per request."""
        return seconds * 1000 / max(1, len(self.load.latencies))


@dataclass
class Measured:
    """A case's outcomes, by server, and what a single answer of the service took."""

    case: Case
    app: Outcome
    raw: Outcome | None
    statements: int
    size: int

    @property
    def ratio(self) -> float | None:
        """How many times more requests the raw server answers."""
        return self.raw.per_second / self.app.per_second if self.raw and self.app.per_second else None

    @property
    def cpu_ratio(self) -> float | None:
        """How many times more processor time the service and its database take."""
        if self.raw is None:
            return None
        return self.app.cpu(self.app.usage.total) / (self.raw.cpu(self.raw.usage.total) or 0.001)


@dataclass(frozen=True)
class Bench:
    """Both servers over one database."""

    app: Server
    raw: Server
    database_pid: int
    connections: int
    seconds: float

    def measure(self, case: Case, requests: Iterator[Request]) -> Measured:
        """Put load on both servers by turns; `requests` feeds both."""
        statements, answer = self.look(next(requests))
        outcomes = {server.name: Outcome() for server in self.servers(case)}
        for server in self.servers(case):
            self._press(server, case, requests, WARM_UP_SECONDS)
        for _ in range(ROUNDS):
            for server in self.servers(case):
                self._round(server, case, requests, outcomes[server.name])
        return Measured(case, outcomes["app"], outcomes.get("raw"), statements, len(answer.body))

    def servers(self, case: Case) -> tuple[Server, ...]:
        """Who answers: there is no raw 304, which is measured by the service's own full answer."""
        return (self.app,) if case.half_of else (self.app, self.raw)

    def _round(self, server: Server, case: Case, requests: Iterator[Request], outcome: Outcome) -> None:
        before = usage(server.pid, self.database_pid)
        outcome.load.add(self._press(server, case, requests, self.seconds / ROUNDS))
        outcome.usage += usage(server.pid, self.database_pid) - before

    def _press(self, server: Server, case: Case, requests: Iterator[Request], seconds: float) -> Load:
        following = lambda: next(requests, None)  # noqa: E731  # It is what iterators lack.
        connections = case.connections or self.connections
        return asyncio.run(press(server.port, following, case.expected, connections=connections, seconds=seconds))

    def look(self, request: Request) -> tuple[int, Answer]:
        """One request to the service: its SQL statements and its answer."""
        name = f"bench-{next(_numbers):06}"
        named = Request(request.path, request.method, request.body, (*request.headers, ("X-Request-Id", name)))
        answer = asyncio.run(fetch(self.app.port, named))
        return int(_log_line(self.app.log, name)["statements"]), answer

    def raw_answer(self, request: Request) -> Answer:
        """One request to the raw server."""
        return asyncio.run(fetch(self.raw.port, request))


def _log_line(log: Path, request_id: str) -> dict[str, Any]:
    """What the service logged about this request; the line comes a moment after the answer."""
    wanted, until = f'"request_id":"{request_id}"'.encode(), time.monotonic() + LOG_SECONDS
    while time.monotonic() < until:
        for line in reversed(log.read_bytes().splitlines()):
            if wanted in line:
                fields: dict[str, Any] = orjson.loads(line)
                return fields
        time.sleep(0.02)
    raise LookupError(f"{log} has no line about request {request_id}.")
