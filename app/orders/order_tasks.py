"""Jobs that bring orders forward."""

from __future__ import annotations

from app.jobs import job
from app.orders import services


@job()
def complete_free_order(order_id: int) -> None:
    """Complete an order for which nothing is to be paid."""
    services.complete_free_order(order_id)
