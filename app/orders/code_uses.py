"""The uses of codes that an order's attendees hold, given back with their seats and taken anew with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.orders.models import Order
from app.tickets import uses
from app.tickets.models import AccessCode, DiscountCode


@dataclass(frozen=True)
class Uses:
    """How many attendees come by a discount, and how many by an access code."""

    discounts: int
    accesses: int


def uses_of(attendees: Iterable[Any]) -> Uses:
    """The uses that attendees hold, told by their flags."""
    rows = list(attendees)
    return Uses(
        discounts=sum(bool(row.is_discount_applied) for row in rows),
        accesses=sum(bool(row.is_access_code_applied) for row in rows),
    )


def take_uses(discount_code_id: int | None, access_code_id: int | None, wanted: Uses) -> bool:
    """Take uses of an order's codes, all or none; whether it worked. After a failure the caller rolls back."""
    held = (wanted.discounts, discount_code_id, DiscountCode), (wanted.accesses, access_code_id, AccessCode)
    return all(
        uses.take(db.session.get_one(kind, code_id), number) for number, code_id, kind in held if number and code_id
    )


def give_uses_back(order_id: int, held: Uses) -> None:
    """Give back what attendees of this order held; without uses nothing is asked or written."""
    if not held.discounts and not held.accesses:
        return
    codes = select(Order.discount_code_id, Order.access_code_id).where(Order.id == order_id)
    discount_code_id, access_code_id = db.session.execute(codes).one()
    if held.discounts and discount_code_id:
        uses.give_back(db.session.get_one(DiscountCode, discount_code_id), held.discounts)
    if held.accesses and access_code_id:
        uses.give_back(db.session.get_one(AccessCode, access_code_id), held.accesses)
