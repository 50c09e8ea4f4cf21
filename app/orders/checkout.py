"""Placing an order: which attendees it is for, what it costs, and that there are seats for all of them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.events.access import coorganizer
from app.events.models import Event
from app.extensions import db
from app.jobs import defer
from app.jsonapi import Actor, Given
from app.jsonapi.errors import Conflict, Forbidden, NotFound, UnprocessableEntity
from app.orders.attendee_rules import new_identifier
from app.orders.editing import check_payment_mode
from app.orders.models import Attendee, InvoiceSeries, Order, OrderLine
from app.orders.order_tasks import complete_free_order
from app.orders.transitions import Party, move
from app.tickets.models import Ticket
from app.tickets.modules import check_modules
from app.tickets.schemas import DONATION, FREE
from app.tickets.stock import take_all

ATTENDEES = "/data/relationships/attendees"
MOST_ATTENDEES = 1000
# What an order may start as; any other status is reached from the first by a transition.
FIRST_STATUSES = ("pending", "initializing")


@dataclass(frozen=True)
class Line:
    """So many of one ticket at one price, each."""

    ticket: Ticket
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """What the line costs."""
        return self.price * self.quantity


def place_order(event: Event, attendee_ids: Sequence[Any], given: Given, *, actor: Actor) -> Order:
    """Order for attendees who have no order yet; the new order holds their seats.

    `given` are the order's own attributes. Status, amount and payment mode are the server's for buyers; what the
    event's team says about them is final. An order that costs nothing is completed by a job as soon as the
    transaction is committed. Raises NotFound, Forbidden, Conflict or UnprocessableEntity and then has to be
    rolled back.
    """
    is_team = coorganizer.allows(actor, event)
    attendees = _attendees_to_order(attendee_ids)
    _check_attendees(attendees, event, actor=actor, is_team=is_team)
    lines = _lines_of(attendees)
    _check_tickets(lines, event, actor=actor, is_team=is_team)
    final = _settled(event, lines, given, actor=actor, is_team=is_team)
    _take_seats(lines)
    order = _write(event, lines, attendees, final, actor=actor)
    _follow_up(order, given.get("status") if is_team else None)
    return order


def _attendees_to_order(ids: Sequence[Any]) -> list[Any]:
    """The attendees of these ids, held until the transaction ends, in the order of their ids; raises NotFound."""
    if not ids:
        raise UnprocessableEntity("A valid relationship with attendees resource is required", pointer=ATTENDEES)
    if len(ids) > MOST_ATTENDEES:
        raise UnprocessableEntity(f"An order is for {MOST_ATTENDEES} attendees at most.", pointer=ATTENDEES)
    known = {int(id_) for id_ in ids if str(id_).isascii() and str(id_).isdigit() and len(str(id_)) <= 18}
    columns = (Attendee.id, Attendee.identifier, Attendee.event_id, Attendee.ticket_id, Attendee.order_id)
    rows = db.session.execute(
        select(*columns, Attendee.created_by_id)
        .where(Attendee.id.in_(known), Attendee.deleted_at.is_(None))
        .order_by(Attendee.id)
        .with_for_update()
    ).all()
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


def _lines_of(attendees: Iterable[Any]) -> list[Line]:
    """One line per ticket, in the order of the tickets' ids, at the prices of now.

    The tickets are kept as they are until the order is written. Whoever changes a ticket holds its row before its
    stock, so an order does the same: the other way round, each would wait for the other.
    """
    numbers = Counter(attendee.ticket_id for attendee in attendees)
    wanted = select(Ticket).where(Ticket.id.in_(numbers)).order_by(Ticket.id)
    tickets = db.session.scalars(wanted.with_for_update(read=True, key_share=True))
    return [Line(ticket, numbers[ticket.id], price_of(ticket)) for ticket in tickets]


def price_of(ticket: Ticket) -> Decimal:
    """What one of this ticket costs; for a donation the least one may give."""
    if ticket.type in FREE:
        return Decimal(0)
    return ticket.min_price if ticket.type in DONATION else ticket.price or Decimal(0)


def _check_tickets(lines: Sequence[Line], event: Event, *, actor: Actor, is_team: bool) -> None:
    """Refuse what is not sold, or not now, or not so many; the event's team may sell what the public may not buy."""
    check_modules([line.ticket.type for line in lines], actor=actor)
    for line in lines:
        if line.ticket.deleted_at is not None:
            raise _refused(line, "is no longer offered")
    if is_team:
        return
    if event.state != "published":
        raise Conflict("The event is not published.", pointer="/data/relationships/event")
    for line in lines:
        _check_line(line)


def _check_line(line: Line) -> None:
    ticket, now = line.ticket, datetime.now(UTC)
    if ticket.is_hidden:
        raise _refused(line, "needs an access code")
    if now < ticket.sales_starts_at:
        raise _refused(line, "is not on sale yet")
    if now >= ticket.sales_ends_at:
        raise _refused(line, "is no longer on sale")
    if line.quantity < ticket.min_order:
        raise _refused(line, f"is sold from {ticket.min_order} at once")
    if line.quantity > ticket.max_order:
        raise _refused(line, f"is sold up to {ticket.max_order} at once")


def _refused(line: Line, why: str) -> UnprocessableEntity:
    return UnprocessableEntity(f'Ticket "{line.ticket.name}" {why}', source=_source(line))


def _source(line: Line) -> dict[str, str]:
    """Where the fault lies: among the attendees, at this ticket."""
    return {"pointer": ATTENDEES, "id": str(line.ticket.id)}


def _settled(event: Event, lines: Iterable[Line], given: Given, *, actor: Actor, is_team: bool) -> Given:
    """The order's attributes with amount, payment mode and first status as they will be stored."""
    final = {**given, "payment_mode": given.get("payment_mode") or "free", "status": FIRST_STATUSES[0]}
    final.pop("cancel_note", None)
    computed = sum((line.amount for line in lines), Decimal(0))
    if is_team:
        _check_own_amount(final)
        first = given.get("status") if given.get("status") in FIRST_STATUSES else FIRST_STATUSES[0]
        return {**final, "amount": final.get("amount", computed), "status": first}
    check_payment_mode(event, final["payment_mode"], computed)
    if computed == 0:
        _check_verified(actor)
    return {**final, "amount": computed}


def _check_own_amount(given: Given) -> None:
    if given["payment_mode"] != "free" and given.get("amount") is None:
        raise Conflict("Amount cannot be null for a paid order", pointer="/data/attributes/amount")


def _check_verified(actor: Actor) -> None:
    if actor.user.is_verified or current_app.config["ALLOW_UNVERIFIED_FREE_ORDERS"]:
        return
    source = {"pointer": "/data/relationships/user", "code": "unverified-user"}
    raise Forbidden("Unverified user cannot place free orders", source=source)


def _take_seats(lines: Sequence[Line]) -> None:
    """Hold the seats in the database, which lets nobody have more than there are; raises Conflict."""
    short = take_all({line.ticket.id: line.quantity for line in lines})
    for line in lines:
        if line.ticket.id == short:
            raise Conflict(f'Ticket "{line.ticket.name}" already sold out', source=_source(line))


def _write(event: Event, lines: Iterable[Line], attendees: Sequence[Any], final: Given, *, actor: Actor) -> Order:
    order = Order(
        **final,
        identifier=str(uuid.uuid4()),
        invoice_number=_next_invoice_number(event),
        currency=event.payment_currency,
        event_id=event.id,
        user_id=actor.id,
    )
    db.session.add(order)
    db.session.flush()
    rows = [
        {"order_id": order.id, "ticket_id": line.ticket.id, "quantity": line.quantity, "price": line.price}
        for line in lines
    ]
    db.session.execute(insert(OrderLine).values(rows))
    _attach(attendees, order)
    return order


def _next_invoice_number(event: Event) -> str:
    """The next number of the event's series, which has no gaps: a rolled-back order gives its number back."""
    series = upsert(InvoiceSeries).values(event_id=event.id, last_number=1)
    number = db.session.scalar(
        series.on_conflict_do_update(
            index_elements=[InvoiceSeries.event_id], set_={"last_number": InvoiceSeries.last_number + 1}
        ).returning(InvoiceSeries.last_number)
    )
    return f"O-{event.identifier.upper()}-{number:05d}"


def _attach(attendees: Sequence[Any], order: Order) -> None:
    """Give the attendees to the order, all in one statement whatever their number."""
    known: set[str] = set()
    for attendee in attendees:
        if attendee.identifier in known:
            _rename(attendee.id)
        known.add(attendee.identifier)
    db.session.execute(
        update(Attendee)
        .where(Attendee.id.in_([attendee.id for attendee in attendees]))
        .values(order_id=order.id)
        .execution_options(synchronize_session=False)
    )


def _rename(attendee_id: int) -> None:
    """Attendees draw their six digits alone; the rare two that meet in one order must not share a ticket code."""
    db.session.execute(
        update(Attendee)
        .where(Attendee.id == attendee_id)
        .values(identifier=new_identifier())
        .execution_options(synchronize_session=False)
    )


def _follow_up(order: Order, wanted: str | None) -> None:
    """Bring the order to the status its team wants, or have a job complete it when nothing is to be paid.

    A new order may get any status from the team; only what is stored is bound to the table of transitions.
    """
    if wanted is None and order.amount == 0:
        defer(complete_free_order, order_id=order.id)
    elif wanted is not None and wanted != order.status:
        move(order, wanted, by=Party.STAFF)
