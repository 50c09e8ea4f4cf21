"""Every job of this domain: importing them makes them known to the worker."""

from __future__ import annotations

from app.orders import attendee_tasks, delivery_tasks, order_tasks

__all__ = ["attendee_tasks", "delivery_tasks", "order_tasks"]
