"""The wire form of orders and attendees."""

from __future__ import annotations

from app.orders.schemas.attendees import AttendeeSchema
from app.orders.schemas.orders import OrderSchema
from app.orders.schemas.payments import ChargeSchema, RefundSchema
from app.orders.schemas.tags import TagSchema

__all__ = ["AttendeeSchema", "ChargeSchema", "OrderSchema", "RefundSchema", "TagSchema"]
