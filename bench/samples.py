"""What requests are made of: identifiers, entity tags and tokens of the running service."""

from __future__ import annotations

import asyncio

import psycopg

from bench.client import Request, fetch
from bench.database import plain_address


class Samples:
    """Reads samples from the loaded database and the service on that port."""

    def __init__(self, url: str, port: int) -> None:
        self.port = port
        with psycopg.connect(plain_address(url)) as connection:
            rows = connection.execute("SELECT identifier FROM events ORDER BY identifier LIMIT 500").fetchall()
        self.identifiers: list[str] = [identifier for (identifier,) in rows]

    def tag(self, path: str) -> str:
        """The entity tag of the service's answer at this address."""
        return asyncio.run(fetch(self.port, Request(path))).header("ETag")
