"""What requests are made of: identifiers, entity tags, tokens and waiting attendees of the running service."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import psycopg

from bench.client import JSON, Request, fetch
from bench.database import PASSWORD, plain_address

SIGN_IN = "/auth/session"


@dataclass(frozen=True)
class Waiting:
    """An attendee who waits for an order."""

    id: int
    event_id: int
    ticket_id: int
    buyer: str


class Samples:
    """Reads samples from the loaded database and the service on that port."""

    def __init__(self, url: str, port: int) -> None:
        self.port, self.url = port, url
        rows = self._rows("SELECT identifier FROM events ORDER BY identifier LIMIT 500")
        self.identifiers: list[str] = [identifier for (identifier,) in rows]
        self.buyers = [
            email for (email,) in self._rows("SELECT email FROM users WHERE email LIKE 'buyer-%' ORDER BY id")
        ]

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(plain_address(self.url)) as connection:
            return connection.execute(statement.encode()).fetchall()

    def waiting(self, ticket: str = "Free admission") -> list[Waiting]:
        """Attendees without an order, by tickets of this name; in an order that keeps parallel requests apart."""
        rows = self._rows(
            "SELECT attendees.id, attendees.event_id, ticket_id, users.email FROM attendees "
            "JOIN users ON users.id = created_by_id JOIN tickets ON tickets.id = ticket_id "
            f"WHERE order_id IS NULL AND tickets.name = '{ticket}' ORDER BY md5(attendees.id::text)"
        )
        return [Waiting(*row) for row in rows]

    @cached_property
    def days(self) -> list[int]:
        """The five free tickets that everybody wants at once."""
        return [id_ for (id_,) in self._rows("SELECT id FROM tickets WHERE name LIKE 'Day _' ORDER BY id")]

    @cached_property
    def scheduled(self) -> dict[int, str]:
        """The identifiers of events by how many sessions they schedule."""
        rows = self._rows("SELECT split_part(name, ' ', 3), identifier FROM events WHERE name LIKE 'Schedule of %'")
        return {int(number): identifier for number, identifier in rows}

    def tag(self, path: str) -> str:
        """The entity tag of the service's answer at this address."""
        return asyncio.run(fetch(self.port, Request(path))).header("ETag")

    @cached_property
    def tokens(self) -> dict[str, str]:
        """An access token of each buyer."""
        return {email: self._token(email) for email in self.buyers}

    def _token(self, email: str) -> str:
        answer = asyncio.run(fetch(self.port, sign_in(email)))
        token: str = orjson.loads(answer.body)["access_token"]
        return token


def sign_in(email: str) -> Request:
    """The request by which this user signs in."""
    body = orjson.dumps({"username": email, "password": PASSWORD})
    return Request(SIGN_IN, "POST", body, (("Content-Type", JSON),))
