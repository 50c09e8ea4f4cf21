"""Comparing open payments and refunds with their providers: what browsers and messages have not told is found out."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.adapters.payments import ProviderRefused
from app.extensions import commit_step, db
from app.orders.models import Order
from app.orders.paying.asking import Forgotten, ask, withdraw
from app.orders.paying.attempts import Attempt, attempt_of, locked
from app.orders.paying.settling import close_lost, record, record_refusal, usable_account
from app.payments.models import REFUNDS_UNDER_WAY, UNDER_WAY, Payment, Refund

log = logging.getLogger("app.payments")

# Requests that are still at it are left alone.
QUIET_FOR = timedelta(minutes=1)
AT_ONCE = 500  # As many are asked about in one run.


def quiet_payments() -> list[int]:
    """The ids of payments under way that nobody has asked about for a while, the longest waiting first."""
    return _quiet(Payment, UNDER_WAY)


def quiet_refunds() -> list[int]:
    """The same of refunds."""
    return _quiet(Refund, REFUNDS_UNDER_WAY)


def _quiet(model: Any, states: tuple[str, ...]) -> list[int]:
    statement = select(model.id).where(model.state.in_(states), model.asked_at < datetime.now(UTC) - QUIET_FOR)
    return list(db.session.scalars(statement.order_by(model.asked_at).limit(AT_ONCE)))


def pursue(payment_id: int) -> None:
    """Find out how a payment stands and record it; one of an order that ended is withdrawn where that is possible.

    Raises ProviderUnavailable to be called again.
    """
    attempt = _attempt(payment_id)
    commit_step()
    if attempt is None:
        return
    try:
        outcome = ask(attempt) if attempt.is_wanted else withdraw(attempt)
    except (ProviderRefused, Forgotten) as refused:
        record_refusal(attempt, refused)
    else:
        record(attempt, outcome)


def _attempt(payment_id: int) -> Attempt | None:
    """What is to be asked; None for a payment that is settled, or given up now."""
    order_id = db.session.scalar(select(Payment.order_id).where(Payment.id == payment_id))
    if order_id is None:
        return None
    order = locked(order_id)
    payment = db.session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment.state not in UNDER_WAY:
        return None
    account = usable_account(payment, order)
    if account is None:
        close_lost(payment)
        return None
    return attempt_of(payment, order, account)


def payment_named(key: str | None, *provider_ids: str) -> int | None:
    """The id of the payment a provider's message is about: by our key, or by the provider's ids."""
    if key is not None:
        found = db.session.scalar(select(Payment.id).where(Payment.key == key))
        if found is not None:
            return found
    by_id = Payment.provider_id.in_(provider_ids) | Payment.transaction_id.in_(provider_ids)
    return db.session.scalar(select(Payment.id).where(Payment.provider == "stripe", by_id).limit(1))


def open_payments_of(order: Order) -> list[int]:
    """The ids of an order's payments whose outcome is not known."""
    return list(
        db.session.scalars(select(Payment.id).where(Payment.order_id == order.id, Payment.state.in_(UNDER_WAY)))
    )
