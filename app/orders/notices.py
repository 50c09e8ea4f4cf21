"""The notifications about an order: to its buyer, to those who attend by it, and to those who answer for its event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.events.access import ORGANIZER
from app.events.reaching import team_of
from app.extensions import db
from app.messages.notifying import Target, notify
from app.orders.models import Attendee, Order
from app.orders.papers import sold_order
from app.users.models import User


def announce_purchase(order_id: int) -> None:
    """Tell buyer, attendees and organizers that tickets were bought; each once, however often this runs."""
    order = sold_order(order_id)
    if order is None:
        return
    about = _about(order, "purchased")
    actors = [{"id": order.user.id, "name": order.user.full_name}] if order.user else []
    for type_, user_ids in (
        ("ticket_purchased", _buyer(order)),
        ("ticket_purchased_attendee", _attendees(order)),
        ("ticket_purchased_organizer", _organizers(order)),
    ):
        notify(user_ids, type=type_, occasion=order.identifier, target=about, actors=actors)


def announce_cancellation(order_id: int, moment: str) -> None:
    """Tell buyer and organizers of the cancellation at that moment; who cancelled is not told."""
    order = db.session.get(Order, order_id)
    if order is None:
        return
    about, occasion = _about(order, "cancelled"), f"{order.identifier} {moment}"
    notify(_buyer(order), type="ticket_cancelled", occasion=occasion, target=about)
    notify(_organizers(order), type="ticket_cancelled_organizer", occasion=occasion, target=about)


def _about(order: Order, action: str) -> Target:
    event = order.event
    facts: dict[str, Any] = {
        "order": {"id": order.id, "identifier": order.identifier},
        "event": {"id": event.id, "identifier": event.identifier, "name": event.name},
    }
    return Target(type="Order", id=order.id, action=action, facts=facts)


def _buyer(order: Order) -> list[int]:
    return [order.user.id] if order.user is not None and order.user.deleted_at is None else []


def _attendees(order: Order) -> Sequence[int]:
    """The accounts of those who attend, but the buyer's; an address counts once it is proven."""
    attending = (
        select(User.id)
        .join(Attendee, func.lower(Attendee.email) == func.lower(User.email))
        .where(Attendee.order_id == order.id, Attendee.deleted_at.is_(None))
        .where(User.is_verified, User.deleted_at.is_(None), User.id.is_distinct_from(order.user_id))
    )
    return db.session.scalars(attending).all()


def _organizers(order: Order) -> Sequence[int]:
    """Owner and organizers of the event."""
    return [user.id for user in team_of(order.event_id, ORGANIZER)]
