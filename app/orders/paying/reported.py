"""PayPal payments that the payer's own app started and executed: looked up and compared before they count."""

from __future__ import annotations

from sqlalchemy import func, select

from app.adapters.payments import Outcome, PaymentUnknown, ProviderUnavailable
from app.extensions import commit_step, db
from app.jsonapi.errors import Conflict
from app.orders.paying.asking import flaw_of
from app.orders.paying.attempts import Attempt, attempt_of, locked, new_payment, payment_under_way
from app.orders.paying.charging import UNCERTAIN
from app.orders.paying.payable import account_to_pay, check_unpaid
from app.orders.paying.settling import record, set_aside
from app.payments.credentials import PayPalAccount
from app.payments.models import Payment

NOT_FOUND = "Payment Not Found"
USED = "Payment has been used already"
RETURNED = "Payment has been given back"
NOT_APPROVED = "Payment not approved"
NOT_COMPLETED = "Payment not completed"


def take_in(order_id: int, payment_id: str) -> str | None:
    """Complete the order by this payment of PayPal's; the fault where it is not the order's, None where all is well.

    Nothing is given back of a payment that does not fit: it may be anybody's. Raises Conflict where the order cannot
    be paid.
    """
    order = locked(order_id)
    account = account_to_pay(order)
    assert isinstance(account, PayPalAccount)  # The caller has seen the order's mode.
    commit_step()
    try:
        outcome = account.payments.look_up(payment_id)
    except PaymentUnknown:
        return NOT_FOUND
    except ProviderUnavailable:
        return UNCERTAIN
    return _incomplete(outcome) or _recorded(order_id, outcome)


def _incomplete(outcome: Outcome) -> str | None:
    if outcome.state == "succeeded":
        return RETURNED if outcome.is_returned else None
    return NOT_COMPLETED if outcome.is_approved and outcome.transaction_id else NOT_APPROVED


def _recorded(order_id: int, outcome: Outcome) -> str | None:
    order = locked(order_id)
    account = account_to_pay(order)
    check_unpaid(order)
    _alone_with(outcome.id)
    used = select(Payment.id).where(Payment.provider == "paypal", Payment.provider_id == outcome.id)
    if db.session.scalar(used) is not None:
        return USED
    other = payment_under_way(order)
    if other is not None and not set_aside(other):
        raise Conflict("Another payment of this order is under way.", parameter="id")
    payment = new_payment(order, account, "reported", provider_id=outcome.id)
    attempt = attempt_of(payment, order, account)
    fault = _fault(attempt, outcome)
    if fault is not None:
        db.session.delete(payment)
        db.session.flush()
        return fault
    settled = record(attempt, outcome)
    return None if order.status == "completed" else settled.reason or NOT_COMPLETED


def _alone_with(payment_id: str) -> None:
    """Keep other orders from taking in the same payment until the transaction ends; each holds its own row only."""
    number = func.hashtextextended(f"paypal payment {payment_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(number)))


def _fault(attempt: Attempt, outcome: Outcome) -> str | None:
    """What does not fit; a payment that names nobody as payee is not the event's."""
    return flaw_of(attempt, outcome) or (None if outcome.payee else "The payment goes to somebody else.")
