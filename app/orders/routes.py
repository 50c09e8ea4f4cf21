"""The files of orders, and sending their mails again."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Flask, Response, send_file
from sqlalchemy import select

from app.extensions import db
from app.jsonapi import current_actor, endpoint, json, logged_in, require
from app.jsonapi.errors import Conflict, NotFound, UnprocessableEntity
from app.jsonapi.lookup import matches
from app.limits.spending import client_address, spend
from app.orders import attendee_routes, checkout_routes
from app.orders.access import answerable, mail_sender, readable_papers, readable_ticket, receipt_sender
from app.orders.attendee_access import themselves
from app.orders.description import attendees_of
from app.orders.invoices import extract_file, invoice_file
from app.orders.kept_files import PDF
from app.orders.lookup import order_of_url
from app.orders.models import SOLD, Attendee, Order
from app.orders.papers import own_tickets_file, summary_file, ticket_file
from app.orders.paying import routes as paying
from app.orders.services import mail_again

blueprint = Blueprint("orders", __name__)


def init_app(app: Flask) -> None:
    """Mount the plain routes of attendees, carts and payments too."""
    for routes in (attendee_routes, checkout_routes, paying):
        app.register_blueprint(routes.blueprint)


def attendee_of_url(id: str) -> Attendee:
    """The attendee with this id, for somebody who is signed in."""
    require(logged_in)
    statement = select(Attendee).where(
        matches(Attendee, id), Attendee.deleted_at.is_(None), Attendee.order_id.is_not(None)
    )
    attendee = db.session.scalars(statement).first()
    if attendee is None:
        raise NotFound(f"Attendee: {id} not found", parameter="id")
    return attendee


@endpoint(blueprint, "/v1/orders/attendees/<id>.pdf", access=readable_ticket, load=attendee_of_url)
def attendee_ticket(attendee: Attendee) -> Response:
    """An attendee's ticket."""
    assert attendee.order is not None
    _check_sold(attendee.order)
    pdf = ticket_file(attendee.order, attendee, attendee.ticket)
    return _download(pdf, f"ticket-{attendee.identifier}.pdf")


@endpoint(blueprint, "/v1/orders/<identifier>/tickets-pdf", access=readable_papers, load=order_of_url)
def order_tickets(order: Order) -> Response:
    """The tickets of an order."""
    return _file_of(order)


# The client asks for an order's file at the address of a ticket; a UUID tells the two apart.
@endpoint(blueprint, "/v1/tickets/<uuid:identifier>", access=readable_papers, load=order_of_url)
def tickets_of_order(order: Order) -> Response:
    """The same file as `tickets-pdf`."""
    return _file_of(order)


def _file_of(order: Order) -> Response:
    """All tickets with the summary for the buyer and the team; for an attendee their own tickets only."""
    _check_sold(order)
    actor = current_actor()
    if answerable.allows(actor, order):
        return _download(summary_file(order), f"order-{order.invoice_number}.pdf")
    own = [entry for entry in attendees_of(order) if themselves.allows(actor, entry[0])]
    return _download(own_tickets_file(order, own), f"tickets-{order.invoice_number}.pdf")


@endpoint(blueprint, "/v1/orders/invoices/<identifier>", access=readable_papers, load=order_of_url)
def order_invoice(order: Order) -> Response:
    """The invoice; attendees, whom billing and payment do not concern, get it without these."""
    _check_sold(order, "invoice")
    is_whole = answerable.allows(current_actor(), order)
    return _download(invoice_file(order) if is_whole else extract_file(order), f"invoice-{order.invoice_number}.pdf")


def _check_sold(order: Order, what: str = "tickets") -> None:
    if order.status not in SOLD:
        raise Conflict(f"The order is {order.status}: it has no {what}.", parameter="order_identifier")


def _download(pdf: bytes, filename: str) -> Response:
    return send_file(BytesIO(pdf), PDF, as_attachment=True, download_name=filename)


@endpoint(blueprint, "/v1/attendees/send-receipt", access=logged_in, methods=("POST",))
def send_receipt() -> Response:
    """Mail buyer and attendees their tickets once more."""
    identifier = _member(json.body(), "order-identifier")
    if not identifier:
        raise UnprocessableEntity("Order identifier missing", pointer="/order-identifier")
    order = _order_named(identifier, "/order-identifier")
    require(receipt_sender, order)
    if order.status != "completed":
        return json.answer({"error": "Cannot send receipt for an incomplete order"}, 409)
    spend("RATE_LIMIT_RESEND_ADDRESS", client_address())
    spend("RATE_LIMIT_RESEND", f"receipt {order.identifier}")
    mail_again(order)
    return json.answer({"message": "receipt sent to attendees"})


@endpoint(blueprint, "/v1/orders/resend-email", access=logged_in, methods=("POST",))
def resend_email() -> Response:
    """Mail the attendees of an order their tickets once more."""
    data = json.body()
    data = data.get("data") if isinstance(data, dict) else None
    order = _order_named(_member(data, "order"), "/data/order")
    require(mail_sender, order)
    if order.status not in SOLD:
        detail = "You cannot resend confirmation for an order that is not placed or completed"
        raise UnprocessableEntity(detail, pointer="/data/order")
    spend("RATE_LIMIT_RESEND_ADDRESS", client_address())
    spend("RATE_LIMIT_RESEND", f"resend {_counted_for(order, _member(data, 'user'))}")
    mail_again(order)
    return json.answer({"status": True, "message": f"The tickets of order {order.identifier} are mailed again."})


def _counted_for(order: Order, email: str) -> str:
    """On whose account mails are counted: that of the given address, and the buyer's where it is none of the order."""
    people = {attendee.email.lower() for attendee, _ in attendees_of(order) if attendee.email}
    buyer = order.user.email if order.user else order.identifier
    return email if email.strip().lower() in people else buyer


def _member(body: Any, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""


def _order_named(identifier: str, pointer: str) -> Order:
    """The order with this identifier; raises NotFound that points at the member of the body which named it."""
    statement = select(Order).where(Order.identifier == identifier.replace("\x00", ""), Order.deleted_at.is_(None))
    order = db.session.scalars(statement).first()
    if order is None:
        raise NotFound("Order not found", pointer=pointer)
    return order
