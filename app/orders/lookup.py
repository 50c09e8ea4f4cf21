"""The order a URL means."""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db
from app.jsonapi import logged_in, require
from app.jsonapi.errors import NotFound
from app.jsonapi.lookup import matches
from app.orders.models import Order


def order_of_url(identifier: object) -> Order:
    """The order with this id or identifier, for somebody who is signed in; raises Unauthorized or NotFound."""
    require(logged_in)
    statement = select(Order).where(matches(Order, identifier), Order.deleted_at.is_(None))
    order = db.session.scalars(statement).first()
    if order is None:
        raise NotFound(f"Order: {identifier} not found", parameter="order_identifier")
    return order
