"""What happens to orders beside a change of status: free ones are completed, mails are sent again, some are deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from app.events.models import Event
from app.events.services import add_obstacle
from app.extensions import db
from app.jobs import defer
from app.orders import delivery_tasks
from app.orders.models import ENDED, OPEN, Order
from app.orders.transitions import Party, is_free, move
from app.tickets.code_rules import add_history
from app.tickets.models import DiscountCode


def complete_free_order(order_id: int) -> None:
    """Complete an open order that costs nothing; whatever became of it meanwhile is left alone."""
    order = locked_order(order_id)
    if order is not None and order.status in OPEN and is_free(order):
        move(order, "completed", by=Party.SERVICE)


def locked_order(order_id: int) -> Order | None:
    """The order as it is now, held until the transaction ends."""
    statement = select(Order).where(Order.id == order_id, Order.deleted_at.is_(None)).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).first()


def end_order(order: Order, note: str | None) -> None:
    """Prepare an order for its deletion: its seats become free, its people are told, with the note if there is one."""
    if note:
        order.cancel_note = note
    if order.status not in ENDED:
        move(order, "cancelled", by=Party.STAFF)


def mail_again(order: Order) -> None:
    """Have the tickets of a sold order mailed once more, to the buyer and to every attendee."""
    defer(delivery_tasks.write_papers, order_id=order.id, again=datetime.now(UTC).isoformat())


@add_obstacle
def _has_orders(event: Event) -> str | None:
    """What was sold for an event has to be found again, also when it was cancelled."""
    orders = select(Order.id).where(Order.event_id == event.id, Order.deleted_at.is_(None)).limit(1)
    return "Event associated with orders cannot be deleted" if db.session.scalar(orders) else None


@add_history
def _used_by_orders(model: Any) -> ColumnElement[bool]:
    """Codes that took part in an order are told of by it, whatever became of the order."""
    used = Order.discount_code_id if model is DiscountCode else Order.access_code_id
    return select(Order.id).where(used == model.id).correlate(model).exists()
