"""The wire form of orders and attendees."""

from __future__ import annotations

from app.orders.schemas.attendees import AttendeeSchema
from app.orders.schemas.orders import OrderSchema

__all__ = ["AttendeeSchema", "OrderSchema"]
