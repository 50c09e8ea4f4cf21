"""The files of an order: a ticket for each attendee, the buyer's summary, and the invoice of what costs something.

They are made once and kept in the file store; a summary is made anew when what it tells has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.adapters.pdf import render_pdf
from app.adapters.storage import storage
from app.extensions import db
from app.orders.description import attendees_of, describe_attendees, describe_event, describe_order
from app.orders.invoices import invoice_file
from app.orders.kept_files import keep, kept
from app.orders.models import SOLD, Attendee, Order
from app.tickets.models import Ticket


def write_papers(order_id: int) -> Order | None:
    """Make what is missing of an order's files; the order, or None when it has no tickets to give (any more).

    What is made is written at the end at once, the order before its attendees: nobody waits meanwhile, and whoever
    ends the order takes the rows in the same order.
    """
    order = sold_order(order_id)
    if order is None:
        return None
    with db.session.no_autoflush:
        attendees = attendees_of(order)
        for attendee, ticket in attendees:
            ticket_key(order, attendee, ticket)
        told = _summary(order, attendees)
        if order.tickets_pdf_key != _summary_key(order, told):
            _write_summary(order, told)
        if order.amount:
            invoice_file(order)
    db.session.flush()
    return order


def sold_order(order_id: int) -> Order | None:
    """The order of this id, if it is one whose tickets are valid."""
    statement = select(Order).where(Order.id == order_id, Order.deleted_at.is_(None), Order.status.in_(SOLD))
    return db.session.scalars(statement).first()


def ticket_key(order: Order, attendee: Attendee, ticket: Ticket) -> str:
    """Where an attendee's ticket is kept; it is made if it never was."""
    if attendee.pdf_key is None:
        _write_ticket(order, attendee, ticket)
    assert attendee.pdf_key is not None
    return attendee.pdf_key


def ticket_file(order: Order, attendee: Attendee, ticket: Ticket) -> bytes:
    """An attendee's ticket as PDF, made if it is missing."""
    stored = kept(attendee.pdf_key)
    return stored if stored is not None else _write_ticket(order, attendee, ticket)


def summary_file(order: Order) -> bytes:
    """The buyer's summary as PDF, made if it is missing or tells what is no longer so."""
    told = _summary(order, attendees_of(order))
    stored = kept(order.tickets_pdf_key) if order.tickets_pdf_key == _summary_key(order, told) else None
    return stored if stored is not None else _write_summary(order, told)


def own_tickets_file(order: Order, attendees: Sequence[tuple[Attendee, Ticket]]) -> bytes:
    """The tickets of some of an order's attendees as one PDF, without what concerns its buyer; kept nowhere."""
    described = describe_order(order) | {"attendees": describe_attendees(order, attendees), "is_for_buyer": False}
    return render_pdf("orders/summary.html", described)


def _write_ticket(order: Order, attendee: Attendee, ticket: Ticket) -> bytes:
    """The same key each time, so that a run that is repeated after a crash leaves one file."""
    (described,) = describe_attendees(order, [(attendee, ticket)])
    event = describe_event(order.event)
    pdf = render_pdf("orders/ticket.html", {"event": event, "number": order.invoice_number, "attendee": described})
    key = f"orders/{order.identifier}/ticket-{attendee.id}.pdf"
    keep(key, pdf)
    attendee.pdf_key = key
    attendee.pdf_url = f"{current_app.config['PUBLIC_URL']}/v1/orders/attendees/{attendee.id}.pdf"
    return pdf


def _summary(order: Order, attendees: Sequence[tuple[Attendee, Ticket]]) -> dict[str, Any]:
    """What the buyer's summary tells."""
    return describe_order(order) | {"attendees": describe_attendees(order, attendees), "is_for_buyer": True}


def _summary_key(order: Order, told: dict[str, Any]) -> str:
    """Where a summary is kept: another place for each that tells something else, so that no stale one is found."""
    fingerprint = hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()[:16]
    return f"orders/{order.identifier}/summary-{fingerprint}.pdf"


def _write_summary(order: Order, told: dict[str, Any]) -> bytes:
    key, former = _summary_key(order, told), order.tickets_pdf_key
    pdf = keep(key, render_pdf("orders/summary.html", told))
    if former is not None and former != key:
        storage().delete(former)
    order.tickets_pdf_key = key
    order.tickets_pdf_url = f"{current_app.config['PUBLIC_URL']}/v1/orders/{order.identifier}/tickets-pdf"
    return pdf
