"""What was ordered for an event or by a ticket: tickets, orders and sales by the orders' status.

Statistics are events and tickets seen from another side. They have no table: their rows are read from those of
events and tickets, with the same ids, and what they say is counted when it is shown, for a whole page at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session, foreign, relationship, remote, synonym

from app.events.models import Event
from app.jsonapi.batched import Batched
from app.jsonapi.model import Row, SoftDeleted
from app.orders.models import Order, OrderLine
from app.tickets.models import Ticket

# Orders that are being filled in have no name here; they count in the total alone.
SHOWN = ("draft", "cancelled", "pending", "expired", "placed", "completed")
Counts = dict[str, Any]
Statistics = dict[str, Counts]

# What a line was sold for, without tax and fee.
_SOLD_FOR = OrderLine.price * OrderLine.quantity - OrderLine.discount_amount
_COUNTED = (
    Order.status,
    func.coalesce(func.sum(OrderLine.quantity), 0),
    func.count(Order.id.distinct()),
    func.coalesce(func.sum(_SOLD_FOR), 0),
)


def nothing_ordered() -> Statistics:
    """Statistics without any order."""
    return {name: dict.fromkeys(("total", *SHOWN), 0) for name in ("tickets", "orders", "sales")}


def _summed(ids: set[int], found: Iterable[Any]) -> dict[int, Statistics]:
    """Statistics by id, from rows of id, status, and what was counted for it."""
    made = {id_: nothing_ordered() for id_ in ids}
    for id_, status, tickets, orders, sales in found:
        for name, number in (("tickets", int(tickets)), ("orders", orders), ("sales", sales)):
            counts = made[id_][name]
            counts["total"] += number
            if status in counts:
                counts[status] = number
    return made


def _of_events(session: Session, ids: set[int]) -> dict[int, Statistics]:
    counted = (
        select(Order.event_id, *_COUNTED)
        .join(OrderLine, OrderLine.order_id == Order.id, isouter=True)
        .where(Order.event_id.in_(ids), Order.deleted_at.is_(None))
        .group_by(Order.event_id, Order.status)
    )
    offered = (
        select(Ticket.event_id, func.sum(Ticket.quantity))
        .where(Ticket.event_id.in_(ids), Ticket.deleted_at.is_(None))
        .group_by(Ticket.event_id)
    )
    made = _summed(ids, session.execute(counted))
    numbers = {event_id: int(number) for event_id, number in session.execute(offered)}
    for id_, statistics in made.items():
        statistics["tickets"]["max"] = numbers.get(id_, 0)
    return made


def _of_tickets(session: Session, ids: set[int]) -> dict[int, Statistics]:
    counted = (
        select(OrderLine.ticket_id, *_COUNTED)
        .join(Order, OrderLine.order_id == Order.id)
        .where(OrderLine.ticket_id.in_(ids), Order.deleted_at.is_(None))
        .group_by(OrderLine.ticket_id, Order.status)
    )
    return _summed(ids, session.execute(counted))


_events = Batched[Statistics](_of_events, nothing_ordered())
_tickets = Batched[Statistics](_of_tickets, nothing_ordered())


def _counts(source: Batched[Statistics], name: str) -> property:
    return property(lambda row: source.of(row)[name])


class EventOrderStatistics(Row, SoftDeleted):
    """The orders of an event in numbers; the id is the event's."""

    __tablename__ = None
    __table__ = select(Event.id, Event.identifier, Event.version, Event.deleted_at).subquery("event_order_statistics")

    event_id = synonym("id")
    tickets, orders, sales = (_counts(_events, name) for name in ("tickets", "orders", "sales"))


class TicketOrderStatistics(Row, SoftDeleted):
    """The orders of a ticket in numbers; the id is the ticket's, which is also what it is identified by."""

    __tablename__ = None
    __table__ = (
        select(Ticket.id, cast(Ticket.id, Text).label("identifier"), Ticket.event_id, Ticket.version, Ticket.deleted_at)
        .join(Event, Ticket.event_id == Event.id)
        .where(Event.deleted_at.is_(None))
        .subquery("ticket_order_statistics")
    )

    tickets, orders, sales = (_counts(_tickets, name) for name in ("tickets", "orders", "sales"))


def _leads_to(statistics: Any, model: Any) -> Any:
    """The relationship from a row to its statistics."""
    return relationship(
        statistics,
        primaryjoin=lambda: foreign(model.id) == remote(statistics.id),
        uselist=False,
        viewonly=True,
        lazy="raise",
    )


Event.order_statistics = _leads_to(EventOrderStatistics, Event)  # type: ignore[attr-defined]
Ticket.order_statistics = _leads_to(TicketOrderStatistics, Ticket)  # type: ignore[attr-defined]
