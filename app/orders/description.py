"""An order in plain values, as files and mails tell of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from app.events.models import Event
from app.extensions import db
from app.orders.bill import bill_of, printed
from app.orders.models import Attendee, Order
from app.tickets.models import Ticket


def ticket_code(order: Order, attendee: Attendee) -> str:
    """What the QR code of a ticket says, and what is asked for at the door."""
    return f"{order.identifier}-{attendee.identifier}"


def name_of(attendee: Attendee) -> str:
    """The attendee's name, or what else is known of them."""
    return " ".join(filter(None, (attendee.firstname, attendee.lastname))) or attendee.email or "Guest"


def attendees_of(order: Order) -> Sequence[tuple[Attendee, Ticket]]:
    """The order's attendees, each with their ticket."""
    statement = (
        select(Attendee, Ticket)
        .join(Ticket, Attendee.ticket_id == Ticket.id)
        .where(Attendee.order_id == order.id, Attendee.deleted_at.is_(None))
        .order_by(Attendee.id)
    )
    return [(attendee, ticket) for attendee, ticket in db.session.execute(statement)]


def describe_event(event: Event) -> dict[str, Any]:
    """Name, time and place of an event; the place is None where none was given."""
    return {
        "name": event.name,
        "identifier": event.identifier,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "zone": event.timezone,
        "place": "Online" if event.online else event.location_name,
        "organizer": event.owner_name,
        "message": event.after_order_message,
    }


def describe_order(order: Order) -> dict[str, Any]:
    """An order with what it was charged, and the event it is for."""
    return {
        "event": describe_event(order.event),
        "number": order.invoice_number,
        "identifier": order.identifier,
        "placed_at": order.created_at,
        "buyer": order.user.full_name or order.user.email if order.user else "",
        "bill": printed(bill_of(order)),
    }


def describe_attendees(order: Order, attendees: Iterable[tuple[Attendee, Ticket]]) -> list[dict[str, Any]]:
    """What a ticket tells of each attendee."""
    return [
        {
            "name": name_of(attendee),
            "email": attendee.email,
            "company": attendee.company,
            "ticket": ticket.name,
            "code": ticket_code(order, attendee),
        }
        for attendee, ticket in attendees
    ]
