"""Every job of this domain: importing them makes them known to the worker."""

from __future__ import annotations

from app.orders import attendee_tasks, delivery_tasks, order_tasks
from app.orders.paying import mail_tasks, payment_tasks, refund_tasks

__all__ = ["attendee_tasks", "delivery_tasks", "mail_tasks", "order_tasks", "payment_tasks", "refund_tasks"]
