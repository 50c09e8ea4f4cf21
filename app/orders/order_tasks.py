"""Jobs that bring orders forward, or to their end."""

from __future__ import annotations

from app.jobs import defer, job, periodic
from app.orders import expiry, services


@job()
def complete_free_order(order_id: int) -> None:
    """Complete an order for which nothing is to be paid."""
    services.complete_free_order(order_id)


@periodic("* * * * *")
@job(queueing_lock="expire_orders")
def expire_orders(timestamp: int) -> None:
    """End orders whose time is over; every minute, and again at once while there are more than fit into one run."""
    if expiry.expire_orders() == expiry.AT_ONCE:
        defer(expire_orders, timestamp=timestamp)
