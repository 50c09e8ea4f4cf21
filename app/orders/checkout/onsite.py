"""Selling at the door: the event's team orders so many tickets for people whose names nobody asks."""

from __future__ import annotations

from typing import Any

from app.events.models import Event
from app.jsonapi import Actor, Given
from app.jsonapi.errors import Conflict, UnprocessableEntity
from app.orders.checkout.booking import book, prepare
from app.orders.checkout.cart import Cart, check_cart
from app.orders.checkout.creating import add_attendees
from app.orders.checkout.loading import load_cart
from app.orders.checkout.placing import follow_up, settling
from app.orders.checkout.request import CartRequest, read_items
from app.orders.models import ONSITE_EMAIL, Order
from app.tickets.stock import available, take_all

POINTER = "/data/attributes/on-site-tickets"
NAMELESS = {"firstname": "onsite", "lastname": "attendee", "email": ONSITE_EMAIL}


def place_onsite_order(event: Event, tickets: Any, given: Given, *, actor: Actor) -> Order:
    """Order `tickets`, a list of `{"id", "quantity"}`, for nameless attendees; for the event's team.

    Raises NotFound, Conflict, Invalid or UnprocessableEntity and then has to be rolled back.
    """
    if not tickets:
        raise UnprocessableEntity("on_site_tickets info missing", pointer=POINTER)
    cart = load_cart(CartRequest(read_items(tickets, POINTER)), actor=actor, lock=True)
    if cart.event.id != event.id:
        raise UnprocessableEntity("Ticket belongs to a different Event", pointer=POINTER)
    check_cart(cart, actor=actor)
    around = prepare(cart)
    _take_seats(cart)
    booking = book(cart, around, settling(cart, given, actor), None, actor=actor)
    add_attendees(booking, NAMELESS, actor=actor)
    follow_up(booking.order, given.get("status"))
    return booking.order


def _take_seats(cart: Cart) -> None:
    short = take_all(cart.seats())
    if short is None:
        return
    line, left = cart.line_of(short), available([short])[short]
    detail = f'Ticket "{line.ticket.name}" already sold out. You can buy at most {left} tickets'
    raise Conflict(detail, source={"pointer": POINTER, "id": str(short)})
