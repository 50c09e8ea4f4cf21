"""Deciding that money goes back: the refund is written with what causes it, and a job asks the provider for it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import select

from app.adapters.payments import payable
from app.extensions import db
from app.jobs import defer
from app.money import decimals_of
from app.orders.models import Attendee, Order, OrderLine
from app.orders.paying import refund_tasks
from app.orders.transitions import when_ended
from app.payments.models import Payment, Refund


def give_back(payment: Payment, amount: Decimal, cause: str) -> Refund | None:
    """Give back an amount of a payment, at most what is left of it; None where nothing is left.

    The row of the payment is held, and the database refuses refunds of more than was paid.
    """
    db.session.flush()
    db.session.refresh(payment, with_for_update=True)
    amount = min(amount, payment.paid - payment.refunded)
    if amount <= 0:
        return None
    assert payment.paid_currency is not None  # It is set with what was paid.
    refund = Refund(
        payment_id=payment.id,
        order_id=payment.order_id,
        amount=amount,
        currency=payment.paid_currency,
        cause=cause,
        key=uuid.uuid4().hex,
    )
    db.session.add(refund)
    db.session.flush()
    defer(refund_tasks.pursue_refund, refund_id=refund.id, queueing_lock=f"refund {refund.id}")
    return refund


@when_ended
def give_all_back(order: Order) -> None:
    """Give back what was paid for an order that ends; what was paid without a provider is the organizer's matter."""
    for payment in payments_of(order):
        give_back(payment, payment.paid, "cancelled")


def payments_of(order: Order) -> Sequence[Payment]:
    """What was paid for an order through providers."""
    statement = select(Payment).where(Payment.order_id == order.id, Payment.state == "succeeded").order_by(Payment.id)
    return db.session.scalars(statement).all()


def has_payments(order: Order) -> bool:
    """Whether anybody ever tried to pay the order through a provider."""
    return db.session.scalar(select(Payment.id).where(Payment.order_id == order.id).limit(1)) is not None


def refund_attendee(attendee: Attendee) -> Refund | None:
    """Give back what one attendee of a completed order cost; the attendee is about to be removed.

    The order is held until the transaction ends. None where nothing was paid through a provider.
    """
    if attendee.order_id is None or attendee.deleted_at is not None:
        return None
    order = db.session.get_one(Order, attendee.order_id, with_for_update=True, populate_existing=True)
    paid = [each for each in payments_of(order) if each.paid > each.refunded] if order.status == "completed" else ()
    if not paid:
        return None
    share = shares_of(order, paid[0])[attendee.id]
    return give_back(paid[0], share, "attendee removed")


def shares_of(order: Order, payment: Payment) -> dict[int, Decimal]:
    """What of a payment each attendee of the order cost, by attendee's id; together exactly what was paid.

    An attendee's price less their discount decides, so that taxes and fees are shared out in the same proportion.
    Shares are cut to what the currency and the provider have, and the last attendee gets the rest.
    """
    weights = _weights(order)
    total, currency = payment.paid, payment.paid_currency or ""
    whole = sum(weights.values(), Decimal(0))
    if whole == 0:
        weights, whole = dict.fromkeys(weights, Decimal(1)), Decimal(len(weights))
    shares = {id_: _cut(total * weight / whole, currency, payment.provider) for id_, weight in weights.items()}
    last = max(shares)
    shares[last] += total - sum(shares.values())
    return shares


def _cut(amount: Decimal, currency: str, provider: str) -> Decimal:
    """The amount with no more decimals than can be given back, never more than it was."""
    decimals = decimals_of(currency)
    cut = amount.quantize(Decimal(1).scaleb(-decimals), ROUND_DOWN)
    if provider == "stripe" and payable(cut, currency) != cut:
        cut = amount.quantize(Decimal(1).scaleb(1 - decimals), ROUND_DOWN)
    return cut


def _weights(order: Order) -> dict[int, Decimal]:
    """What each attendee was to pay before taxes and fees, by attendee's id; those who are removed count too."""
    statement = select(Attendee.id, Attendee.ticket_id, Attendee.is_discount_applied)
    attendees = db.session.execute(statement.where(Attendee.order_id == order.id).order_by(Attendee.id)).all()
    lines = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)).all()
    weights: dict[int, Decimal] = {}
    for line in lines:
        theirs = [each for each in attendees if each.ticket_id == line.ticket_id and each.id not in weights]
        weights |= _weights_on(line, theirs[: line.quantity])
    # Who stands on no line (added by hand) has cost nothing.
    return {each.id: weights.get(each.id, Decimal(0)) for each in attendees}


def _weights_on(line: OrderLine, attendees: Sequence[object]) -> dict[int, Decimal]:
    """The same on one line: its discount goes to those it was given to, or else to all of them alike."""
    entitled = [each for each in attendees if getattr(each, "is_discount_applied", None)] or attendees
    discount = line.discount_amount / len(entitled) if entitled else Decimal(0)
    return {
        each.id: max(line.price - (discount if each in entitled else 0), Decimal(0))  # type: ignore[attr-defined]
        for each in attendees
    }
