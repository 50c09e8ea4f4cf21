"""Orders and attendees over HTTP."""

from __future__ import annotations

from app.orders import sales
from app.orders.resources import attendees, orders, statistics

__all__ = ["attendees", "orders", "sales", "statistics"]
