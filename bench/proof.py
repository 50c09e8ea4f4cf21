"""The proof in large that nothing is sold or used too often: hundreds of clients at once, also while workers die.

What the same crowds get from a server without its guards is shown by the tests, in tests/unittests/orders/rush.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, cycle, islice
from typing import Any, LiteralString

import psutil
import psycopg

from bench.books import faults
from bench.client import Answer, Request
from bench.crowd import cart, rush
from bench.database import plain_address
from bench.samples import Samples
from bench.servers import Server

SUCCESS = 200
CROWDS = ((200, 50), (600, 200))  # So many clients, and how many of them can get what they want.
KINDS = 10  # Buyers of one ticket queue up for its seats; where a code is short they want different ones.

_TICKETS: LiteralString = """
    INSERT INTO tickets (event_id, name, type, price, max_price, quantity, is_hidden, sales_starts_at, sales_ends_at)
    SELECT events.id, %(name)s || ' ' || n, 'paid', 10, 0, %(seats)s, %(hidden)s, now() - interval '1 day', starts_at
    FROM generate_series(1, %(kinds)s) AS n, events WHERE events.id = (SELECT max(id) FROM events) RETURNING id
"""
_DISCOUNT: LiteralString = """
    INSERT INTO discount_codes (code, value, type, tickets_number, used_for, event_id)
    SELECT %s, 1, 'amount', %s, 'ticket', max(id) FROM events RETURNING id
"""
_ACCESS: LiteralString = """
    INSERT INTO access_codes (code, is_active, tickets_number, valid_from, event_id)
    SELECT %s, true, %s, now() - interval '1 day', max(id) FROM events RETURNING id
"""


class Proof:
    """Crowds that come to the service, and what they leave behind."""

    def __init__(self, app: Server, samples: Samples) -> None:
        self._app, self._samples, self._numbers = app, samples, count(1)

    def lines(self) -> Iterator[str]:
        """One line per crowd, and one that says whether everything adds up."""
        for clients, stock in CROWDS:
            yield self._line(f"{clients} clients, {stock} seats", self._seats(clients, stock), stock)
            yield self._line(f"{clients} clients, {stock} uses of a discount", self._discounts(clients, stock), stock)
            yield self._line(
                f"{clients} clients, {stock} uses of an access code", self._accesses(clients, stock), stock
            )
        yield self._line(f"{clients} clients, {stock} seats, workers killed", self._killed(clients, stock), stock)
        found = faults(self._samples.url)
        told = ", ".join(f"{number} {wrong}" for wrong, number in found.items()) or "no seat, use or number is amiss"
        yield f"- {'NOT MET' if found else 'met'}: the books: {told}"

    def _line(self, name: str, answered: tuple[list[Answer], float], stock: int) -> str:
        answers, seconds = answered
        statuses = Counter(each.status for each in answers)
        verdict = "met" if statuses[SUCCESS] == stock and max(statuses) < 500 else "NOT MET"
        told = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
        broken = next((f"; {each.body[:200]!r}" for each in answers if each.status >= 500), "")
        return f"- {verdict}: {name}: {told}, in {seconds:.1f} s{broken}"

    def _seats(self, clients: int, stock: int) -> tuple[list[Answer], float]:
        return self._rush(self._carts(clients, self._tickets(1, stock)))

    def _discounts(self, clients: int, uses: int) -> tuple[list[Answer], float]:
        tickets = self._tickets(KINDS, clients)
        code = self._code(_DISCOUNT, "discount", uses, tickets)
        return self._rush(self._carts(clients, tickets, discount_code=code))

    def _accesses(self, clients: int, uses: int) -> tuple[list[Answer], float]:
        tickets = self._tickets(KINDS, clients, hidden=True)
        code = self._code(_ACCESS, "access", uses, tickets)
        return self._rush(self._carts(clients, tickets, access_code=code))

    def _killed(self, clients: int, stock: int) -> tuple[list[Answer], float]:
        keyed = [
            dataclasses.replace(each, headers=(*each.headers, ("Idempotency-Key", str(uuid.uuid4()))))
            for each in self._carts(clients, self._tickets(1, stock))
        ]
        return self._rush(keyed, noted=Killer(self._app.pid, (stock // 4, stock)))

    def _rush(self, requests: Sequence[Request], **options: Any) -> tuple[list[Answer], float]:
        started = time.perf_counter()
        answers = asyncio.run(rush(self._app.port, requests, **options))
        return answers, time.perf_counter() - started

    def _carts(self, clients: int, tickets: list[int], **code: int) -> list[Request]:
        tokens = islice(cycle(self._samples.tokens.values()), clients)
        return [
            cart(token, {"id": ticket, "quantity": 1}, **code)
            for token, ticket in zip(tokens, cycle(tickets), strict=False)
        ]

    def _tickets(self, kinds: int, seats: int, *, hidden: bool = False) -> list[int]:
        values = {"name": f"Rush {next(self._numbers)}", "seats": seats, "hidden": hidden, "kinds": kinds}
        with psycopg.connect(plain_address(self._samples.url)) as connection:
            return [id_ for (id_,) in connection.execute(_TICKETS, values)]

    def _code(self, statement: LiteralString, kind: str, uses: int, tickets: list[int]) -> int:
        with psycopg.connect(plain_address(self._samples.url)) as connection:
            row = connection.execute(statement, (f"RUSH{next(self._numbers)}", uses)).fetchone()
            assert row is not None
            linking = f"INSERT INTO {kind}_codes_tickets ({kind}_code_id, ticket_id) SELECT %s, unnest(%s::bigint[])"
            connection.execute(linking.encode(), (row[0], tickets))
            code: int = row[0]
            return code


class Killer:
    """Kills one worker after the other, each at its count of answers."""

    def __init__(self, server_pid: int, at: Sequence[int]) -> None:
        self._answers = count(1)
        self._doomed = dict(zip(at, psutil.Process(server_pid).children(), strict=False))

    def __call__(self, _: Answer) -> None:
        doomed = self._doomed.get(next(self._answers))
        if doomed is not None:
            os.kill(doomed.pid, signal.SIGKILL)
