"""Whether an order is paid, asked of its provider now: clients ask each time they show the order."""

from __future__ import annotations

import logging

from sqlalchemy import select

from app.adapters.payments import Outcome, ProviderRefused, ProviderUnavailable
from app.extensions import commit_step, db
from app.jsonapi import Actor
from app.orders.paying.asking import Forgotten, ask
from app.orders.paying.attempts import attempt_of, locked, payment_under_way
from app.orders.paying.settling import record, record_refusal, usable_account
from app.orders.transitions import Party, is_paid_later, move
from app.payments.models import Payment

log = logging.getLogger("app.payments")


def payment_status(order_id: int, *, actor: Actor) -> str | None:
    """How the order's last payment stands, in its provider's words where they are known; None without a payment.

    A payment under way is looked up, and recorded with all that follows. Nothing new is asked for. There is nothing to
    ask about a pending order whose money comes after the tickets: its buyer's question places it.
    """
    order = locked(order_id)
    if order.status == "pending" and order.user_id == actor.id and is_paid_later(order) and not order.is_over:
        move(order, "placed", by=Party.SERVICE)
    payment = payment_under_way(order)
    account = usable_account(payment, order) if payment is not None else None
    if payment is None or account is None or payment.provider_id is None or payment.source is not None:
        commit_step()
        return _last_state(order_id)
    attempt = attempt_of(payment, order, account)
    commit_step()
    try:
        outcome = ask(attempt)
    except (ProviderRefused, Forgotten) as refused:
        return record_refusal(attempt, refused).state
    except ProviderUnavailable as error:
        log.warning("payment %s cannot be verified now: %s", attempt.payment_id, error)
        return attempt.state
    record(attempt, outcome)
    return _words(outcome)


def _words(outcome: Outcome) -> str:
    return str(outcome.document.get("status") or outcome.document.get("state") or outcome.state)


def _last_state(order_id: int) -> str | None:
    statement = select(Payment.state).where(Payment.order_id == order_id).order_by(Payment.id.desc()).limit(1)
    return db.session.scalar(statement)
