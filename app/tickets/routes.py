"""Plain endpoints: how many tickets are left, and codes that nobody used."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import select

from app.events.models import Event
from app.events.urls import event_of_url
from app.extensions import db
from app.jsonapi import anyone, endpoint, json
from app.tickets import stock
from app.tickets.code_access import reader_of_codes
from app.tickets.code_rules import delete_unused
from app.tickets.models import Ticket

blueprint = Blueprint("tickets", __name__)


@endpoint(blueprint, "/v1/events/<event_id>/tickets/availability", access=anyone, load=event_of_url)
def ticket_availability(event: Event) -> Response:
    """How many are left of each ticket that anybody may see."""
    shown = select(Ticket.id, Ticket.name, Ticket.quantity).where(
        Ticket.event_id == event.id, Ticket.deleted_at.is_(None), Ticket.is_hidden.is_(False)
    )
    tickets = db.session.execute(shown.order_by(Ticket.position, Ticket.id)).all()
    left = stock.available(ticket.id for ticket in tickets)
    return json.answer([{**ticket._mapping, "available": left.get(ticket.id, 0)} for ticket in tickets])


@endpoint(
    blueprint,
    "/v1/events/<event_id>/discount-codes/delete-unused",
    access=reader_of_codes,
    methods=("DELETE",),
    load=event_of_url,
)
def delete_unused_discount_codes(event: Event) -> Response:
    """Delete for good the event's discount codes that no order ever named."""
    return json.answer({"success": True, "deletes": delete_unused(event)})
