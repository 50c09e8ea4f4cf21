"""The end of every way to order: seats and uses of codes are taken, the cart is priced, the order is written.

What is taken is taken in one order everywhere, so that two buyers never wait for each other: the tickets' rows, their
seats by ticket id, the discount code, the access code, the organizer's invoice series.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm.attributes import set_committed_value

from app.events.models import Event, Role, UsersEventsRoles
from app.extensions import db
from app.jsonapi import Actor, Given
from app.jsonapi.errors import UnprocessableEntity
from app.jsonapi.fields import LARGEST_AMOUNT
from app.money import rounded
from app.orders.checkout.cart import Cart, Line, sold_out
from app.orders.checkout.surroundings import Surroundings, surroundings_of
from app.orders.expiry import release_due_holds
from app.orders.models import CARD_URL, InvoiceSeries, Order, OrderLine
from app.orders.transitions import deadline
from app.tickets import uses
from app.tickets.codes import access_exhausted, covers
from app.tickets.models import DiscountCode
from app.tickets.pricing import Discount, PricedCart, PricedLine, Wanted, price_cart
from app.tickets.stock import take_all


@dataclass(frozen=True)
class BookedLine:
    """A line as it was written, with how many of its units the access code has bought."""

    id: int
    line: Line
    priced: PricedLine
    accessed: int


@dataclass(frozen=True)
class Booking:
    """An order that holds its seats and has no attendees yet."""

    order: Order
    lines: tuple[BookedLine, ...]


def price(cart: Cart, around: Surroundings, covered: int | None) -> PricedCart:
    """What the cart costs when its discount code covers so many units at most (None: all of its tickets).

    Raises UnprocessableEntity where that is more than can be stored.
    """
    discount = discount_of(cart, covered) if cart.discount_code is not None else None
    wanted = [Wanted(each.ticket.id, each.price, each.quantity, each.ticket.is_fee_absorbed) for each in cart.lines]
    currency = cart.event.payment_currency
    priced = price_cart(wanted, currency=currency, discount=discount, fee=around.fee, tax=around.tax)
    if max(priced.total, priced.sub_total + priced.discount) > LARGEST_AMOUNT:
        raise UnprocessableEntity(f"An order costs {LARGEST_AMOUNT:f} at most.", source=cart.lines[-1].source)
    return priced


def discount_of(cart: Cart, covered: int | None) -> Discount:
    """What the cart's discount code takes off, in the terms of pricing."""
    code = cart.discount_code
    assert code is not None
    tickets = frozenset(line.ticket.id for line in cart.lines if covers(code, line.ticket))
    return Discount(code.value, code.type == "percent", tickets, covered)


def units_to_cover(cart: Cart) -> int:
    """How many units of the cart its discount code is for."""
    code = cart.discount_code
    if code is None:
        return 0
    return sum(line.quantity for line in cart.lines if line.price > 0 and covers(code, line.ticket))


def prepare(cart: Cart) -> Surroundings:
    """What the cart's price depends on, after orders of its event whose time is over have let go of their seats."""
    around = surroundings_of(cart.event)
    if around.has_due_orders:
        release_due_holds(cart.event.id, cart.seats())
    return around


def book(
    cart: Cart, around: Surroundings, settle: Callable[[PricedCart], Given], covered: int | None, *, actor: Actor
) -> Booking:
    """Take the access code's uses, price the cart and write the order with its lines.

    The seats and the `covered` uses of the discount code are taken already. `settle` makes the order's own attributes
    of what the cart costs, or refuses; an amount among them replaces the computed one.
    """
    _take_access(cart)
    priced = price(cart, around, covered)
    order = _written(cart, settle(priced), priced, around, actor=actor)
    return Booking(order, _write_lines(cart, order, priced))


def take_seats(cart: Cart) -> None:
    """Hold the seats in the database, which lets nobody have more than there are; raises Conflict naming the line."""
    short = take_all(cart.seats())
    if short is not None:
        raise sold_out(cart.line_of(short))


def _take_access(cart: Cart) -> None:
    lines, code = cart.accessed(), cart.access_code
    if code is None or not lines or uses.take(code, sum(line.quantity for line in lines)):
        return
    raise access_exhausted(lines[0].ticket, uses.left(code) or 0)


def _written(cart: Cart, given: Given, priced: PricedCart, around: Surroundings, *, actor: Actor) -> Order:
    event, tax = cart.event, around.tax
    now = datetime.now(UTC)
    amount = rounded(given.get("amount", priced.total), event.payment_currency)
    order = Order(
        **{**given, "amount": amount},
        identifier=str(uuid.uuid4()),
        invoice_number=_next_invoice_number(event),
        currency=event.payment_currency,
        created_at=now,
        tax_name=tax.name if tax else None,
        tax_rate=tax.percent if tax else None,
        is_tax_included=tax is not None and tax.is_included,
        event_id=event.id,
        user_id=actor.id,
        **_codes_of(cart),
    )
    order.expires_at = deadline(order, around.hold, now)
    order.payment_url = CARD_URL if order.payment_mode == "stripe" and order.amount > 0 else None
    db.session.add(order)
    db.session.flush()
    code_id = order.discount_code_id
    set_committed_value(order, "discount_code_reference", None if code_id is None else str(code_id))  # As read anew.
    return order


def _codes_of(cart: Cart) -> Given:
    """The codes that took part in the order, and who brought the buyer here by theirs."""
    discount: DiscountCode | None = cart.discount_code if units_to_cover(cart) else None
    access = cart.access_code if cart.accessed() else None
    return {
        "discount_code_id": discount.id if discount else None,
        "access_code_id": access.id if access else None,
        "marketer_id": next((code.marketer_id for code in (discount, access) if code and code.marketer_id), None),
    }


def _next_invoice_number(event: Event) -> str:
    """The next number of the organizer's series, which has no gaps: a rolled-back order gives its number back."""
    values = {"event": event.id, "ownerless": f"E{event.id}"}
    name, number = db.session.execute(_counted(), values).one()
    return f"O-{name}-{number:05d}"


@cache
def _counted() -> Any:
    """The statement that counts on in the series of an event's organizer, made once."""
    owner = (
        select(cast(func.min(UsersEventsRoles.user_id), Text))
        .join(Role)
        .where(UsersEventsRoles.event_id == bindparam("event", type_=BigInteger), Role.name == "owner")
        .scalar_subquery()
    )
    table: Any = InvoiceSeries.__table__  # An insert of the model would take the parameters for a row.
    first = select(func.coalesce(owner, bindparam("ownerless", type_=Text)), literal(1))
    following = {"last_number": table.c.last_number + 1}
    series = upsert(table).from_select(["name", "last_number"], first)
    return series.on_conflict_do_update(index_elements=[table.c.name], set_=following).returning(
        table.c.name, table.c.last_number
    )


def _write_lines(cart: Cart, order: Order, priced: PricedCart) -> tuple[BookedLine, ...]:
    accessed = {line.ticket.id for line in cart.accessed()}
    by_price = {(line.ticket.id, line.price): line for line in cart.lines}
    rows: list[dict[str, Any]] = [
        {
            "order_id": order.id,
            "ticket_id": each.ticket_id,
            "quantity": each.quantity,
            "price": each.price,
            "discounted": each.covered,
            "unit_discount": each.unit_discount,
            "accessed": each.quantity if each.ticket_id in accessed else 0,
            "discount_amount": each.discount,
            "fee_amount": each.fee,
            "tax_amount": each.tax,
        }
        for each in priced.lines
    ]
    ids: Sequence[int] = db.session.scalars(
        insert(OrderLine).returning(OrderLine.id, sort_by_parameter_order=True), rows
    ).all()
    return tuple(
        BookedLine(id_, by_price[each.ticket_id, each.price], each, row["accessed"])
        for id_, each, row in zip(ids, priced.lines, rows, strict=True)
    )
