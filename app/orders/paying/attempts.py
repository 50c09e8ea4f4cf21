"""Payments about to be asked for: found or written under the order's lock, then asked without it.

An attempt carries everything the provider is asked with as plain values, so that asking needs no database.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.adapters.payments import PaymentRequest
from app.extensions import db
from app.jsonapi.errors import NotFound
from app.orders.models import ENDED, Order
from app.orders.paying.payable import amount_to_ask, currency_of
from app.payments.credentials import Account
from app.payments.models import UNDER_WAY, Payment


@dataclass(frozen=True)
class ReturnPages:
    """Where a payer's browser goes from the provider's page: after approving, and after giving up."""

    approved: str
    given_up: str


@dataclass(frozen=True)
class Attempt:
    """One payment as it was when it was written down, and the account it goes to.

    `is_wanted` says whether the order still waits to be paid; for one that ended, nothing new is to be asked for.
    """

    payment_id: int
    order_id: int
    kind: str
    state: str
    provider_id: str | None
    payee: str
    age_seconds: float
    is_wanted: bool
    request: PaymentRequest
    pages: ReturnPages
    account: Account = field(repr=False)
    source: str | None = field(repr=False)


def locked(order_id: int) -> Order:
    """The order as it is now, deleted or not, held until the transaction ends; raises NotFound."""
    statement = select(Order).where(Order.id == order_id).with_for_update()
    order = db.session.scalars(statement.execution_options(populate_existing=True)).first()
    if order is None:
        raise NotFound(f"Order: {order_id} not found", parameter="order_identifier")
    return order


def payment_under_way(order: Order) -> Payment | None:
    """The order's one payment whose outcome is not known yet; the order is held."""
    statement = select(Payment).where(Payment.order_id == order.id, Payment.state.in_(UNDER_WAY))
    return db.session.scalars(statement.execution_options(populate_existing=True)).first()


def new_payment(order: Order, account: Account, kind: str, **values: Any) -> Payment:
    """Write down that the order is about to be paid; the order is held and has no payment under way."""
    provider = order.payment_mode
    payment = Payment(
        order_id=order.id,
        provider=provider,
        kind=kind,
        key=uuid.uuid4().hex,
        account=account.name,
        amount=amount_to_ask(order, provider),
        currency=currency_of(order),
        state="started",
        **values,
    )
    db.session.add(payment)
    db.session.flush()
    return payment


def is_as_ordered(payment: Payment, order: Order, account: Account) -> bool:
    """Whether a payment written down before is what the order would ask for now."""
    wanted = (order.payment_mode, amount_to_ask(order, payment.provider), currency_of(order), account.name)
    return wanted == (payment.provider, payment.amount, payment.currency, payment.account)


def attempt_of(payment: Payment, order: Order, account: Account, pages: ReturnPages | None = None) -> Attempt:
    """What is to be asked about this payment; notes that it is asked now."""
    now = datetime.now(UTC)
    payment.asked_at = now
    db.session.flush()
    return Attempt(
        payment_id=payment.id,
        order_id=order.id,
        kind=payment.kind,
        state=payment.state,
        provider_id=payment.provider_id,
        payee=payment.account,
        age_seconds=(now - payment.created_at).total_seconds(),
        is_wanted=order.deleted_at is None and order.status not in ENDED,
        request=PaymentRequest(payment.key, payment.amount, payment.currency, order.identifier, _description(order)),
        pages=pages or pages_of(order),
        account=account,
        source=payment.source,
    )


def pages_of(order: Order) -> ReturnPages:
    """The pages of the web client for an order that is paid, and for one that is not."""
    base = f"{current_app.config['FRONTEND_URL']}/orders/{order.identifier}"
    return ReturnPages(f"{base}/view", f"{base}/pending")


def _description(order: Order) -> str:
    return f"Order {order.invoice_number} for {order.event.name}"
