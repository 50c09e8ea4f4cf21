"""Orders and attendees over HTTP."""

from __future__ import annotations

from app.orders import sales
from app.orders.resources import attendees, charges, orders, refunds, statistics, tags

__all__ = ["attendees", "charges", "orders", "refunds", "sales", "statistics", "tags"]
