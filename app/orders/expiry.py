"""Orders that are not concluded in time let go of their seats: by a job, and at once when somebody asks for seats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from app.extensions import db
from app.orders.models import OPEN, Attendee, Order
from app.orders.transitions import Party, move
from app.tickets import stock
from app.tickets.models import TicketStock

AT_ONCE = 100  # As many orders end in one transaction of the job, and fewer in that of somebody who waits.
WHILE_ONE_WAITS = 20


def is_due() -> ColumnElement[bool]:
    """The criterion for open orders whose time is over."""
    return and_(Order.status.in_(OPEN), Order.expires_at <= func.now(), Order.deleted_at.is_(None))


def expire_orders() -> int:
    """End orders whose time is over; how many were ended, and whoever is told `AT_ONCE` asks again."""
    return _expire(select(Order).where(is_due()).limit(AT_ONCE), ())


def release_due_holds(event_id: int, wanted: Iterable[int]) -> int:
    """End orders of an event whose time is over, before seats of the wanted tickets are taken."""
    due = select(Order).where(is_due(), Order.event_id == event_id).limit(WHILE_ONE_WAITS)
    return _expire(due, wanted)


def _expire(due: Select[Any], also_wanted: Iterable[int]) -> int:
    """End these orders, each in one place only: who finds one locked leaves it to whoever holds it.

    The attendees are locked before seats, as whoever removes one does, and all seats this transaction is going to
    change are locked at once and in the order of their tickets, so that it waits for nobody who waits for it.
    """
    orders = db.session.scalars(due.order_by(Order.id).with_for_update(skip_locked=True)).all()
    if not orders:
        return 0
    held = select(Attendee.ticket_id).where(Attendee.order_id.in_([order.id for order in orders]))
    tickets = {*also_wanted, *db.session.scalars(held.order_by(Attendee.id).with_for_update())}
    db.session.execute(
        select(TicketStock.ticket_id)
        .where(TicketStock.ticket_id.in_(tickets))
        .order_by(TicketStock.ticket_id)
        .with_for_update()
    )
    for order in orders:
        move(order, "expired", by=Party.SERVICE)
    return len(orders)


@stock.add_due_holds
def _seats_due() -> Any:
    """How many seats of a ticket are held by orders whose time is over: they count as free."""
    return (
        select(func.count())
        .select_from(Attendee)
        .join(Order, Attendee.order_id == Order.id)
        .where(Attendee.ticket_id == TicketStock.ticket_id, Attendee.deleted_at.is_(None), is_due())
        .correlate(TicketStock)
        .scalar_subquery()
    )
