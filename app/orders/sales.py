"""What an event has sold, as its team sees it on the event: amounts and tickets by the orders' status."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.access import coorganizer
from app.events.models import Event
from app.events.schemas import EventSchema
from app.jsonapi import Int, Number
from app.jsonapi.batched import Batched
from app.orders.models import Order, OrderLine

SHOWN = ("completed", "placed", "pending")
Sales = dict[str, float]


def _learn(session: Session, ids: set[int]) -> dict[int, Sales]:
    """Amounts and seats per event and status; seats are summed per order first, so that no amount counts twice."""
    seats = (
        select(OrderLine.order_id, func.sum(OrderLine.quantity).label("seats")).group_by(OrderLine.order_id).subquery()
    )
    statement = (
        select(Order.event_id, Order.status, func.sum(Order.amount), func.coalesce(func.sum(seats.c.seats), 0))
        .join(seats, seats.c.order_id == Order.id, isouter=True)
        .where(Order.event_id.in_(ids), Order.status.in_(SHOWN), Order.deleted_at.is_(None))
        .group_by(Order.event_id, Order.status)
    )
    found: dict[int, Sales] = {id_: {} for id_ in ids}
    for event_id, status, amount, number in session.execute(statement):
        found[event_id] |= {f"{status}_order_sales": float(amount), f"{status}_order_tickets": int(number)}
    return found


_sales = Batched[Sales](_learn, {})


def _attribute(name: str) -> property:
    return property(lambda event: _sales.of(event).get(name, 0))


def _declare(name: str, kind: type[Number] | type[Int]) -> None:
    """Give events an attribute that only their team sees, computed when it is shown."""
    setattr(Event, name, _attribute(name))
    field: Any = kind(dump_only=True, visible_to=coorganizer, metadata={"volatile": True})
    EventSchema.declare(name, field)


for _status in SHOWN:
    _declare(f"{_status}_order_sales", Number)
    _declare(f"{_status}_order_tickets", Int)
