"""The service with a guard taken away for those who ask for it: what the guard is for can then be seen.

Which one is said by the header `X-Unguarded`: `seats` or `uses` look first and write afterwards what they have read,
`answer` lets the server die after a first attempt is committed and before it is answered.
"""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from threading import Condition
from typing import Any

from flask import request
from sqlalchemy import select, update

from app.extensions import db
from app.orders.checkout import booking
from app.tickets import uses
from app.tickets.models import AccessCodeUses, DiscountCode, DiscountCodeUses, TicketStock
from app.wsgi import application as service

LONELY_SECONDS = 3.0
_take_all, _take, _take_up_to = booking.take_all, uses.take, uses.take_up_to


class Meeting:
    """Where two who have looked at the same thing wait for each other before they write."""

    def __init__(self) -> None:
        self._condition, self._arrived = Condition(), 0

    def wait(self) -> None:
        """Wait for the other one; who is the last of all goes on alone after a while."""
        with self._condition:
            self._arrived += 1
            pair = (self._arrived + 1) // 2
            self._condition.notify_all()
            if not self._condition.wait_for(lambda: self._arrived >= 2 * pair, LONELY_SECONDS):
                self._arrived += 1


_meetings: defaultdict[str, Meeting] = defaultdict(Meeting)


def _is_off(guard: str) -> bool:
    return request.headers.get("X-Unguarded") == guard


def take_all(numbers: Mapping[int, int]) -> int | None:
    """Take seats of which there were enough a moment ago."""
    if not _is_off("seats"):
        return _take_all(numbers)
    for ticket_id, number in sorted(numbers.items()):
        stock = TicketStock.ticket_id == ticket_id
        capacity, taken = db.session.execute(select(TicketStock.capacity, TicketStock.taken).where(stock)).one()
        if taken + number > capacity:
            return ticket_id
        _meetings[f"ticket {ticket_id}"].wait()
        db.session.execute(update(TicketStock).where(stock).values(taken=taken + number))
    return None


def take_up_to(code: uses.Code, number: int) -> int:
    """Take as many uses as there were a moment ago."""
    if not _is_off("uses"):
        return _take_up_to(code, number)
    kind: Any = DiscountCodeUses if isinstance(code, DiscountCode) else AccessCodeUses
    key = kind.discount_code_id if kind is DiscountCodeUses else kind.access_code_id
    capacity, used = db.session.execute(select(kind.capacity, kind.used).where(key == code.id)).one()
    had = min(number, capacity - used)
    if had:
        _meetings[f"{kind.__name__} {code.id}"].wait()
        db.session.execute(update(kind).where(key == code.id).values(used=used + had))
    return had


def take(code: uses.Code, number: int) -> bool:
    """Take uses, all or none, of which there were enough a moment ago."""
    return take_up_to(code, number) == number if _is_off("uses") else _take(code, number)


booking.take_all, uses.take_up_to, uses.take = take_all, take_up_to, take


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The service; it dies before it answers a first attempt whose client asked for that."""
    answer: Iterable[bytes] = service(environ, start_response)
    if environ.get("HTTP_X_UNGUARDED") == "answer" and environ.get("HTTP_X_ATTEMPT") == "1":
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
