"""A crowd: everybody asks at the same moment, each on a connection of their own, and asks again until answered."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from bench.client import JSON, Answer, Connection, Request

PAUSE_SECONDS = 0.1
# Nobody has to wait that long; it ends a run in which something hangs.
PATIENCE_SECONDS = 120.0
RUNNING = b"is still running"  # What a repetition is told whose first request is not answered yet.
Noted = Callable[[Answer], object]


async def rush(port: int, requests: Sequence[Request], *, noted: Noted | None = None) -> list[Answer]:
    """Send all requests at once and return their answers in the same order; `noted` is called with each.

    A connection that breaks leaves open what became of its request, so it is sent again, as it was: with an
    `Idempotency-Key` it is done once. Raises TimeoutError when somebody is never answered.
    """
    opened = await asyncio.gather(*(Connection.open(port) for _ in requests))
    try:
        pairs = zip(requests, opened, strict=True)
        return await asyncio.gather(*(_insist(port, request, first, noted) for request, first in pairs))
    finally:
        for each in opened:
            each.close()


async def _insist(port: int, request: Request, first: Connection, noted: Noted | None) -> Answer:
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await _try(request, first, 1)
        attempt = 1
        while answer is None or RUNNING in answer.body:
            attempt += 1
            await asyncio.sleep(PAUSE_SECONDS)
            answer = await _try_anew(port, request, attempt)
    if noted is not None:
        noted(answer)
    return answer


async def _try(request: Request, connection: Connection, attempt: int) -> Answer | None:
    """The answer; None where the server hangs up instead."""
    numbered = dataclasses.replace(request, headers=(*request.headers, ("X-Attempt", str(attempt))))
    try:
        return await connection.ask(numbered.to_bytes())
    except OSError:
        return None


async def _try_anew(port: int, request: Request, attempt: int) -> Answer | None:
    try:
        connection = await Connection.open(port)
    except OSError:  # The server is being started again.
        return None
    try:
        return await _try(request, connection, attempt)
    finally:
        connection.close()


def cart(token: str, *items: dict[str, Any], key: str = "", **members: Any) -> Request:
    """The request of a buyer to create an order of these items, such as `{"id": 7, "quantity": 1}`."""
    headers = [("Authorization", f"JWT {token}"), ("Content-Type", JSON)]
    if key:
        headers.append(("Idempotency-Key", key))
    return Request("/v1/orders/create-order", "POST", orjson.dumps({"tickets": items, **members}), tuple(headers))
