"""Giving money back through the provider: asked with no transaction open, recorded under the order's lock."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.adapters.payments import PaymentUnknown, ProviderRefused, RefundOutcome
from app.extensions import commit_step, db
from app.jobs import defer
from app.orders.models import Order
from app.orders.paying import mail_tasks
from app.payments.credentials import Account, account_named
from app.payments.models import REFUNDS_UNDER_WAY, Payment, Refund

log = logging.getLogger("app.payments")

# After so long without an answer the organizers have to see to a refund themselves: providers remember our keys for a
# day, and asking once more after that could give the money back twice. What they have accepted is waited for longer.
GIVEN_UP_AFTER = timedelta(hours=23)
PENDING_UP_TO = timedelta(days=30)


@dataclass(frozen=True)
class Wish:
    """A refund as it was when it was written down, and the account that gives the money."""

    refund_id: int
    order_id: int
    provider_id: str | None
    transaction_id: str
    key: str
    amount: Decimal
    currency: str
    account: Account = field(repr=False)


def pursue(refund_id: int) -> None:
    """Bring a refund forward; one that is settled stays as it is. Raises ProviderUnavailable to be called again."""
    wish = _wish(refund_id)
    commit_step()
    if wish is None:
        return
    try:
        outcome = _ask(wish)
    except (ProviderRefused, PaymentUnknown) as refused:
        _record(wish, "failed", str(refused), None)
    else:
        _record(wish, outcome.state, outcome.reason, outcome.id)


def _wish(refund_id: int) -> Wish | None:
    """What is to be asked for; None for a refund that is settled, or given up now."""
    refund = _held(refund_id)
    if refund is None or refund.state not in REFUNDS_UNDER_WAY:
        return None
    payment = refund.payment
    order = db.session.get_one(Order, refund.order_id)
    account = account_named(order.event, payment.provider, payment.account)
    if account is None:
        _settle(refund, "failed", "The account that was paid is no longer connected.")
        return None
    if datetime.now(UTC) - refund.created_at > (GIVEN_UP_AFTER if refund.provider_id is None else PENDING_UP_TO):
        _settle(refund, "failed", "The payment provider has not answered in time.")
        return None
    refund.attempts += 1
    refund.asked_at = datetime.now(UTC)
    return Wish(
        refund_id=refund.id,
        order_id=refund.order_id,
        provider_id=refund.provider_id,
        transaction_id=_refundable(payment),
        key=refund.key,
        amount=refund.amount,
        currency=refund.currency,
        account=account,
    )


def _refundable(payment: Payment) -> str:
    """By which name of theirs the provider gives a payment back: Stripe its own, PayPal the sale's."""
    name = payment.provider_id if payment.provider == "stripe" else payment.transaction_id
    assert name is not None  # What was paid has both.
    return name


def _ask(wish: Wish) -> RefundOutcome:
    payments = wish.account.payments
    if wish.provider_id is not None:
        return payments.look_up_refund(wish.provider_id)
    return payments.refund(wish.transaction_id, wish.key, wish.amount, wish.currency)


def _record(wish: Wish, state: str, reason: str | None, provider_id: str | None) -> None:
    refund = _held(wish.refund_id)
    if refund is None or refund.state not in REFUNDS_UNDER_WAY:
        return
    refund.provider_id = refund.provider_id or provider_id
    _settle(refund, state, reason)


def _settle(refund: Refund, state: str, reason: str | None) -> None:
    """Note how the refund stands; the people it concerns are told when that is final."""
    refund.state, refund.reason = state, reason
    if state in REFUNDS_UNDER_WAY:
        return
    refund.settled_at = datetime.now(UTC)
    db.session.flush()
    if state == "succeeded":
        defer(mail_tasks.send_refunded, refund_id=refund.id)
        return
    log.error("refund %s of order %s failed: %s", refund.id, refund.order_id, reason)
    defer(mail_tasks.send_refund_failed, refund_id=refund.id)


def _held(refund_id: int) -> Refund | None:
    """The refund as it is now, held with its order and in this order, as everywhere."""
    order_id = select(Refund.order_id).where(Refund.id == refund_id).scalar_subquery()
    db.session.execute(select(Order.id).where(Order.id == order_id).with_for_update())
    statement = select(Refund).where(Refund.id == refund_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).first()
