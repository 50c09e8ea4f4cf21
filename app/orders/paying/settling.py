"""Recording what a provider answered, under the order's lock, with all that follows: once, whoever learns it first."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.adapters.payments import Outcome, ProviderRefused
from app.extensions import db
from app.jobs import defer
from app.jsonapi.errors import ApiError
from app.money import money
from app.orders.models import Order
from app.orders.paying import mail_tasks
from app.orders.paying.asking import Forgotten, flaw_of
from app.orders.paying.attempts import Attempt, locked
from app.orders.paying.payable import amount_to_ask, currency_of, has_its_money
from app.orders.paying.returning import give_back
from app.orders.transitions import Party, move
from app.payments.credentials import Account, account_named
from app.payments.models import UNDER_WAY, Payment

log = logging.getLogger("app.payments")


def record(attempt: Attempt, outcome: Outcome | None) -> Payment:
    """Write down how the payment stands and let the order follow; a payment that is settled stays as it is.

    None means that it was withdrawn before anything was paid. The answer is the payment, held with its order until
    the transaction ends.
    """
    order, payment = _held(attempt)
    if payment.state not in UNDER_WAY:
        return payment
    if outcome is None:
        _close(payment, "cancelled", "It was withdrawn before it was paid.")
    elif outcome.state == "waiting":
        payment.state, payment.url = "waiting", outcome.url or payment.url
        payment.provider_id = payment.provider_id or outcome.id
        if payment.kind == "approval":  # The payer has to come back once more, before anything is executed.
            payment.source = None
    elif outcome.state == "refused":
        payment.provider_id = payment.provider_id or outcome.id
        _close(payment, "cancelled" if payment.kind == "intent" else "failed", outcome.reason)
    else:
        if order.is_over:  # Ended before the money counts, which would go back with the end.
            move(order, "expired", by=Party.SERVICE)
        _take(payment, outcome)
        _follow(order, payment, flaw_of(attempt, outcome))
    db.session.flush()
    return payment


def record_refusal(attempt: Attempt, refused: ProviderRefused | Forgotten) -> Payment:
    """Write down that nothing was paid, and why."""
    _, payment = _held(attempt)
    if payment.state in UNDER_WAY:
        _close(payment, "failed", str(refused))
        if isinstance(refused, Forgotten):
            log.error("payment %s of order %s cannot be found out: %s", payment.id, attempt.request.order, refused)
    db.session.flush()
    return payment


def usable_account(payment: Payment, order: Order) -> Account | None:
    """The account by which the provider can be asked about a payment; None where its keys are gone."""
    return account_named(order.event, payment.provider, payment.account)


def close_lost(payment: Payment) -> None:
    """Give up a payment whose account is no longer connected; the payment is held."""
    log.error("payment %s cannot be looked up: its account is no longer connected", payment.id)
    _close(payment, "failed", "The account that was to be paid is no longer connected.")
    db.session.flush()


def set_aside(payment: Payment) -> bool:
    """Drop a payment that only we could still bring about: one that waits for its payer at PayPal. It is held."""
    if payment.kind != "approval" or payment.source is not None:
        return False
    _close(payment, "cancelled", "Another payment took its place.")
    db.session.flush()
    return True


def _held(attempt: Attempt) -> tuple[Order, Payment]:
    """Order and payment as they are now; always locked in this order."""
    order = locked(attempt.order_id)
    statement = select(Payment).where(Payment.id == attempt.payment_id).with_for_update()
    return order, db.session.scalars(statement.execution_options(populate_existing=True)).one()


def _close(payment: Payment, state: str, reason: str | None) -> None:
    payment.state, payment.reason, payment.source = state, reason, None
    payment.settled_at = datetime.now(UTC)


def _take(payment: Payment, outcome: Outcome) -> None:
    """The money is there, whatever it is for."""
    _close(payment, "succeeded", None)
    payment.provider_id = payment.provider_id or outcome.id
    payment.transaction_id = outcome.transaction_id or outcome.id
    payment.paid, payment.paid_currency = outcome.amount, outcome.currency
    card = outcome.card
    if card is not None:
        payment.card = {
            "brand": card.brand, "last4": card.last4, "exp_month": card.exp_month, "exp_year": card.exp_year
        }  # fmt: skip
    db.session.flush()


def _follow(order: Order, payment: Payment, flaw: str | None) -> None:
    """Complete the order, or send the money back where it is not the order's, or comes too late."""
    flaw = flaw or _flaw_by_now(order, payment)
    cause = None
    if flaw is not None:
        payment.reason, cause = flaw, "not as ordered"
    elif order.status == "cancelled" or order.deleted_at is not None:
        cause = "cancelled"
    elif order.status == "completed" or has_its_money(order):
        cause = "paid twice"
    elif not _complete(order, payment):
        cause = "too late"
    if cause is None:
        return
    log.error("payment %s of order %s goes back: %s", payment.id, order.identifier, flaw or cause)
    give_back(payment, payment.paid, cause)
    defer(mail_tasks.send_payment_returned, payment_id=payment.id)


def _flaw_by_now(order: Order, payment: Payment) -> str | None:
    """What of the order has changed since the payment was asked for."""
    wanted = amount_to_ask(order, payment.provider), currency_of(order)
    if wanted == (payment.amount, payment.currency) or order.status in ("completed", "cancelled"):
        return None
    return f"The order costs {money(*wanted)} by now."


def _complete(order: Order, payment: Payment) -> bool:
    """Complete the order; False where it had expired and its seats are gone. Nothing of it is left then."""
    paid: dict[str, Any] = {"paid_via": payment.provider, "transaction_id": payment.transaction_id, "payment_url": None}
    try:
        with db.session.begin_nested():
            for name, value in {**paid, **(payment.card or {})}.items():
                setattr(order, name, value)
            move(order, "completed", by=Party.SERVICE)
    except ApiError as refused:
        log.warning("order %s is paid and cannot be completed: %s", order.identifier, refused.detail)
        return False
    return True
