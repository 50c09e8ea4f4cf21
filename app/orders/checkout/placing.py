"""Ordering for attendees who were entered before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Text, Update, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from app.events.access import coorganizer
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor, Given
from app.jsonapi.errors import Conflict, Forbidden, NotFound, UnprocessableEntity
from app.jsonapi.lookup import id_of
from app.orders.advancing import complete_if_free
from app.orders.attendee_answers import check_further_answers
from app.orders.attendee_rules import new_identifiers
from app.orders.checkout.booking import Booking, book, prepare, take_seats, units_to_cover
from app.orders.checkout.buyers import check_verified
from app.orders.checkout.cart import Cart, Line, check_cart, price_of
from app.orders.checkout.creating import seats_of
from app.orders.checkout.request import MOST_SEATS
from app.orders.editing import check_payment_mode
from app.orders.models import Attendee, Order
from app.orders.transitions import Party, move
from app.tickets import uses
from app.tickets.codes import ORDER, check_discount_code, refused
from app.tickets.models import DiscountCode, Ticket
from app.tickets.pricing import PricedCart

ATTENDEES = "/data/relationships/attendees"
# What an order may start as; any other status is reached from the first by a transition.
FIRST_STATUSES = ("pending", "initializing")
# Made once, since making them takes longer than asking them.
_ATTENDEES = (
    select(
        Attendee.id,
        Attendee.identifier,
        Attendee.event_id,
        Attendee.ticket_id,
        Attendee.order_id,
        Attendee.created_by_id,
    )
    .where(Attendee.id.in_(bindparam("ids", expanding=True)), Attendee.deleted_at.is_(None))
    .order_by(Attendee.id)
    .with_for_update()
)
_TICKETS = (
    select(Ticket)
    .where(Ticket.id.in_(bindparam("ids", expanding=True)))
    .order_by(Ticket.id)
    .with_for_update(read=True, key_share=True)
)


def place_order(
    event: Event, attendee_ids: Sequence[Any], given: Given, *, discount_code: DiscountCode | None = None, actor: Actor
) -> Order:
    """Order for attendees who have no order yet; the new order holds their seats, and uses of the discount code.

    `given` are the order's own attributes. Status, amount and payment mode are the server's for buyers; what the
    event's team says about them is final, and a discount code it sends is ignored. An order that costs nothing is
    completed by a job as soon as the transaction is committed. Raises NotFound, Forbidden, Conflict or
    UnprocessableEntity and then has to be rolled back.
    """
    is_team = coorganizer.allows(actor, event)
    attendees = _attendees_to_order(attendee_ids)
    _check_attendees(attendees, event, actor=actor, is_team=is_team)
    if not is_team:
        check_further_answers(event, [attendee.id for attendee in attendees])
    cart = Cart(event, _lines_of(attendees, event), is_team, None if is_team else discount_code)
    around = prepare(cart)
    check_cart(cart, actor=actor)
    if cart.discount_code is not None:
        check_discount_code(cart.discount_code, event, units_to_cover(cart), datetime.now(UTC))
    take_seats(cart)
    _take_discount(cart)
    booking = book(cart, around, settling(cart, given, actor), None, actor=actor)
    _attach(attendees, booking)
    follow_up(booking.order, given.get("status") if is_team else None)
    return booking.order


def _attendees_to_order(ids: Sequence[Any]) -> list[Any]:
    """The attendees of these ids, held until the transaction ends, in the order of their ids; raises NotFound."""
    if not ids:
        raise UnprocessableEntity("A valid relationship with attendees resource is required", pointer=ATTENDEES)
    if len(ids) > MOST_SEATS:
        raise UnprocessableEntity(f"An order is for {MOST_SEATS} attendees at most.", pointer=ATTENDEES)
    known = {number for id_ in ids if (number := id_of(id_)) is not None}
    rows = db.session.execute(_ATTENDEES, {"ids": list(known)}).all()
    found = {str(row.id) for row in rows}
    for id_ in ids:
        if str(id_) not in found:
            raise NotFound(f"Attendee: {id_} not found", pointer=ATTENDEES)
    return list(rows)


def _check_attendees(attendees: Iterable[Any], event: Event, *, actor: Actor, is_team: bool) -> None:
    for attendee in attendees:
        if attendee.event_id != event.id:
            raise UnprocessableEntity(f"Attendee {attendee.id} belongs to a different Event", pointer=ATTENDEES)
        if attendee.created_by_id != actor.id and not is_team:
            raise Forbidden(f"Attendee {attendee.id} was entered by somebody else.", pointer=ATTENDEES)
        if attendee.order_id is not None:
            raise Conflict(f"Order already exists for attendee with id {attendee.id}", pointer=ATTENDEES)


def _lines_of(attendees: Iterable[Any], event: Event) -> tuple[Line, ...]:
    """One line per ticket, in the order of the tickets' ids, at the prices of now; donations at their least.

    The tickets are kept as they are until the order is written. Whoever changes a ticket holds its row before its
    stock, so an order does the same: the other way round, each would wait for the other.
    """
    numbers = Counter(attendee.ticket_id for attendee in attendees)
    tickets = db.session.scalars(_TICKETS, {"ids": list(numbers)})
    currency = event.payment_currency
    return tuple(Line(each, numbers[each.id], price_of(each, currency), ATTENDEES) for each in tickets)


def _take_discount(cart: Cart) -> None:
    """Take a use of the code for each unit it covers, all or none; raises UnprocessableEntity."""
    wanted = units_to_cover(cart)
    if cart.discount_code is not None and wanted and not uses.take(cart.discount_code, wanted):
        raise refused(ORDER.exhausted)


def settling(cart: Cart, given: Given, actor: Actor) -> Callable[[PricedCart], Given]:
    """Makes the order's attributes, with amount, payment mode and first status as they will be stored."""
    final = {**given, "payment_mode": given.get("payment_mode") or "free", "status": FIRST_STATUSES[0]}
    final.pop("cancel_note", None)

    def settle_for_team(priced: PricedCart) -> Given:
        if final["payment_mode"] != "free" and final.get("amount") is None:
            raise Conflict("Amount cannot be null for a paid order", pointer="/data/attributes/amount")
        return {**final, "status": given["status"]} if given.get("status") in FIRST_STATUSES else final

    def settle_for_buyer(priced: PricedCart) -> Given:
        check_payment_mode(cart.event, final["payment_mode"], priced.total)
        if priced.total == 0:
            check_verified(actor)
        return {**final, "amount": priced.total}

    return settle_for_team if cart.is_team else settle_for_buyer


def _attach(attendees: Sequence[Any], booking: Booking) -> None:
    """Give the attendees to the order and its lines, all in one statement whatever their number."""
    seats = {line.line.ticket.id: seats_of(line) for line in booking.lines}
    columns: dict[str, list[Any]] = defaultdict(list)
    for attendee, identifier in zip(attendees, _told_apart(attendees), strict=True):
        seat = next(seats[attendee.ticket_id])
        columns["id"].append(attendee.id)
        columns["identifier"].append(identifier)
        columns["line"].append(seat["order_line_id"])
        columns["discounted"].append(seat["is_discount_applied"])
    db.session.execute(_attaching(), {"order": booking.order.id, **{f"each_{name}": columns[name] for name in columns}})


@cache
def _attaching() -> Update:
    """The statement that gives attendees to an order, whose columns come as one array each; made once."""
    kinds = {"id": BigInteger, "identifier": Text, "line": BigInteger, "discounted": Boolean}
    arrays: dict[str, Any] = {name: bindparam(f"each_{name}", type_=ARRAY(kind)) for name, kind in kinds.items()}
    rows = select(*(func.unnest(array).label(name) for name, array in arrays.items())).subquery("given")
    changes = {
        "order_id": bindparam("order", type_=BigInteger),
        "order_line_id": rows.c.line,
        "identifier": rows.c.identifier,
        "is_discount_applied": rows.c.discounted,
    }
    attach = update(Attendee).where(Attendee.id == rows.c.id).values(changes)
    return attach.execution_options(synchronize_session=False)


def _told_apart(attendees: Sequence[Any]) -> list[str]:
    """The attendees' six digits, which they drew alone: the rare two that meet in one order get others."""
    taken = Counter(attendee.identifier for attendee in attendees)
    spare = iter([each for each in new_identifiers(2 * len(attendees)) if each not in taken])
    known: set[str] = set()
    found = []
    for attendee in attendees:
        found.append(next(spare) if attendee.identifier in known else attendee.identifier)
        known.add(attendee.identifier)
    return found


def follow_up(order: Order, wanted: str | None) -> None:
    """Bring the order to the status its team wants, or have a job complete it when nothing is to be paid.

    A new order may get any status from the team; only what is stored is bound to the table of transitions.
    """
    if wanted is None:
        complete_if_free(order)
    elif wanted != order.status:
        move(order, wanted, by=Party.STAFF)
