"""Ordering so many of each ticket: blank attendees are made, to be filled in while the order is initializing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from app.extensions import db
from app.jsonapi import Actor, Given
from app.orders.attendee_rules import new_identifiers
from app.orders.checkout.booking import BookedLine, Booking, book, prepare, take_seats, units_to_cover
from app.orders.checkout.buyers import check_verified
from app.orders.checkout.cart import Cart, check_cart
from app.orders.checkout.loading import load_cart
from app.orders.checkout.request import CartRequest
from app.orders.models import Attendee, Order
from app.tickets import uses
from app.tickets.codes import QUOTE, check_discount_code, refused
from app.tickets.pricing import PricedCart


def create_order(request: CartRequest, *, actor: Actor) -> Order:
    """Hold what the request asks for in an `initializing` order of the actor's, with blank attendees.

    The discount code covers as many units as it has uses left, and the rest cost the full price. An amount is final
    where the event's team sends it. Raises NotFound, Forbidden, Conflict or UnprocessableEntity and then has to be
    rolled back.
    """
    cart = load_cart(request, actor=actor, lock=True)
    around = prepare(cart)
    check_cart(cart, actor=actor)
    check_discount(cart)
    take_seats(cart)
    covered = _take_discount(cart)
    booking = book(cart, around, _settled(cart, request, actor), covered, actor=actor)
    add_attendees(booking, {}, actor=actor)
    return booking.order


def _take_discount(cart: Cart) -> int | None:
    """How many units the discount code covers from now on; raises UnprocessableEntity where it has no use left."""
    wanted = units_to_cover(cart)
    if cart.discount_code is None or not wanted:
        return 0
    taken = uses.take_up_to(cart.discount_code, wanted)
    if not taken:
        raise refused(QUOTE.exhausted)
    return taken


def check_discount(cart: Cart) -> None:
    """Refuse a discount code that is good for nothing in this cart; raises UnprocessableEntity."""
    if cart.discount_code is not None:
        covered, now = units_to_cover(cart), datetime.now(UTC)
        check_discount_code(cart.discount_code, cart.event, covered, now, complaints=QUOTE, whole=False)


def _settled(cart: Cart, request: CartRequest, actor: Actor) -> Callable[[PricedCart], Given]:
    def settle(priced: PricedCart) -> Given:
        if cart.is_team:
            return {"status": "initializing"} | ({} if request.amount is None else {"amount": request.amount})
        if priced.total == 0:
            check_verified(actor)
        return {"status": "initializing"}

    return settle


def add_attendees(booking: Booking, values: Given, *, actor: Actor) -> None:
    """Make an attendee for each seat, all in one statement, with these values of their own."""
    identifiers = iter(new_identifiers(sum(each.priced.quantity for each in booking.lines)))
    rows = [
        {**seat, **values, "identifier": next(identifiers), "order_id": booking.order.id, "created_by_id": actor.id}
        for each in booking.lines
        for seat in seats_of(each)
    ]
    db.session.execute(insert(Attendee), rows)


def seats_of(booked: BookedLine) -> Iterator[dict[str, Any]]:
    """For each seat of a line what its attendee gets: the first ones have the discount."""
    for number in range(booked.priced.quantity):
        yield {
            "event_id": booked.line.ticket.event_id,
            "ticket_id": booked.line.ticket.id,
            "order_line_id": booked.id,
            "is_discount_applied": number < booked.priced.covered,
            "is_access_code_applied": number < booked.accessed,
        }
