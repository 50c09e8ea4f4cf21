"""Bringing orders forward as people ask for it, with the job that concludes those that wait for nobody."""

from __future__ import annotations

from app.jobs import defer
from app.orders import order_tasks
from app.orders.models import Order
from app.orders.transitions import Party, is_free, move


def advance(order: Order, target: str, *, by: Party) -> None:
    """Bring an order to another status; one that is pending and free is completed by a job. Raises like `move`."""
    move(order, target, by=by)
    if target == "pending":
        complete_if_free(order)


def complete_if_free(order: Order) -> None:
    """Have an open order completed, as soon as the transaction is committed, for which nothing is to be paid."""
    if is_free(order):
        defer(order_tasks.complete_free_order, order_id=order.id)
