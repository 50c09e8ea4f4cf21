"""Charging an order: one payment under way at a time, gone on with rather than started anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.adapters.payments import Outcome, ProviderRefused, ProviderUnavailable
from app.extensions import commit_step
from app.jsonapi import json
from app.jsonapi.errors import Conflict, ServiceUnavailable, UnprocessableEntity
from app.orders.models import Order
from app.orders.paying.asking import Forgotten, ask, withdraw
from app.orders.paying.attempts import (
    Attempt,
    ReturnPages,
    attempt_of,
    is_as_ordered,
    locked,
    new_payment,
    payment_under_way,
)
from app.orders.paying.payable import account_to_pay, check_unpaid
from app.orders.paying.settling import close_lost, record, record_refusal, usable_account
from app.payments.credentials import Account
from app.payments.models import UNDER_WAY, Payment

TOKEN = {"source": "stripe_token_id", "pointer": "/data/attributes/stripe"}
PAYPAL_ID = "/data/attributes/paypal-payment-id"
SUCCESS = "Charge successful"
UNCERTAIN = "The payment provider does not answer. Whether you have paid will be found out; you are not charged twice."
# An earlier payment that has to be concluded first, one that has ended at the provider, and the one that is wanted.
MOST_TRIES = 3


@dataclass(frozen=True)
class Offer:
    """How the payer wants to pay: the kind of payment, and what they bring for it.

    `source` is a card's token, or the id PayPal knows the payer by ("" where it is to be looked up); `names` is the
    provider's id of the payment as the client has it.
    """

    kind: str
    source: str | None = field(default=None, repr=False)
    names: str | None = None
    pages: ReturnPages | None = None
    is_start: bool = False

    @property
    def may_begin(self) -> bool:
        """Whether a payment is written down where there is none; a PayPal payment was started before it is charged."""
        return self.kind != "approval" or self.is_start


def pay(order_id: int, offer: Offer) -> tuple[Payment, Outcome | None]:
    """Bring the order's payment forward by what the payer offers; the payment, held, and the provider's answer.

    Raises Conflict where the order cannot be paid, UnprocessableEntity where the payer's offer is refused, and
    ServiceUnavailable where the outcome is unknown: then the next call goes on from here.
    """
    for _ in range(MOST_TRIES):
        attempt, is_wanted = _prepared(order_id, offer)
        commit_step()
        payment, outcome = _brought_forward(attempt, ask if is_wanted else withdraw)
        if payment.state == "succeeded" or (is_wanted and not _has_lapsed(payment, attempt, offer)):
            return payment, outcome
        still_under_way = payment.state in UNDER_WAY
        commit_step()
        if still_under_way:
            raise Conflict("An earlier payment of this order is still being processed.", parameter="id")
    raise ServiceUnavailable(UNCERTAIN)


def _prepared(order_id: int, offer: Offer) -> tuple[Attempt, bool]:
    """What is to be asked about next, written down, and whether that is what the payer offers now."""
    order = locked(order_id)
    account = account_to_pay(order)
    check_unpaid(order)
    payment = payment_under_way(order)
    if payment is not None and usable_account(payment, order) is None:
        close_lost(payment)
        payment = None
    if payment is None:
        return attempt_of(_begun(order, account, offer), order, account, offer.pages), True
    if not _is_offered(payment, order, account, offer):
        theirs = usable_account(payment, order)
        assert theirs is not None  # Looked at above.
        return attempt_of(payment, order, theirs), False
    if offer.kind == "approval" and not offer.is_start:
        payment.source = offer.source
    return attempt_of(payment, order, account, offer.pages), True


def _begun(order: Order, account: Account, offer: Offer) -> Payment:
    if not offer.may_begin:
        raise UnprocessableEntity("No PayPal payment was started for this order.", pointer=PAYPAL_ID)
    source = offer.source if offer.kind == "token" else None
    return new_payment(order, account, offer.kind, source=source)


def _is_offered(payment: Payment, order: Order, account: Account, offer: Offer) -> bool:
    """Whether the payment under way is the one the payer means; raises UnprocessableEntity for another's payment."""
    if payment.kind != offer.kind or not is_as_ordered(payment, order, account):
        return False
    if offer.names and offer.names != payment.provider_id:
        raise UnprocessableEntity("This PayPal payment was not started for this order.", pointer=PAYPAL_ID)
    return offer.kind != "token" or payment.source == offer.source


def _has_lapsed(payment: Payment, attempt: Attempt, offer: Offer) -> bool:
    """Whether what was started before can no longer be paid, so that a new one is to be started in its place."""
    starts = offer.kind == "intent" or offer.is_start
    return starts and attempt.provider_id is not None and payment.state in ("failed", "cancelled")


def _brought_forward(attempt: Attempt, how: Callable[[Attempt], Outcome | None]) -> tuple[Payment, Outcome | None]:
    """Ask the provider and record the answer; raises ServiceUnavailable where there is none."""
    try:
        outcome = how(attempt)
    except (ProviderRefused, Forgotten) as refused:
        return record_refusal(attempt, refused), None
    except ProviderUnavailable as error:
        raise ServiceUnavailable(UNCERTAIN) from error
    return record(attempt, outcome), outcome


# What the payer is told


def charge(order_id: int, offer: Offer) -> Payment:
    """Charge the order and say how that went in what the payment has `told`; raises like `pay`."""
    payment, outcome = pay(order_id, offer)
    if payment.state in ("failed", "cancelled"):
        raise _told_after_commit(UnprocessableEntity(payment.reason or "The payment was refused.", source=_at(offer)))
    if payment.state == "succeeded" and payment.order.status != "completed":  # type: ignore[attr-defined]
        why = payment.reason or "The order has ended and its seats are gone."
        raise _told_after_commit(Conflict(f"{why} Your payment goes back to you.", parameter="id"))
    if offer.kind == "intent" and outcome is not None:
        payment.told = True, json.dump(outcome.document).decode()
    elif payment.state == "succeeded":
        payment.told = True, SUCCESS
    elif offer.kind == "approval" and (outcome is None or outcome.transaction_id is None):
        raise _told_after_commit(UnprocessableEntity("The payer has not approved the payment.", source=_at(offer)))
    else:
        payment.told = False, "The payment is being processed."
    return payment


def _at(offer: Offer) -> dict[str, str]:
    return TOKEN if offer.kind in ("token", "intent") else {"pointer": PAYPAL_ID}


def _told_after_commit(error: Exception) -> Exception:
    """The error, once what led to it is stored: an answer of refusal takes back what its request did."""
    commit_step()
    return error


def start_approval(order_id: int, pages: ReturnPages | None = None) -> Payment:
    """A PayPal payment that the payer can approve at its `url`; the same one each time, as long as it can be paid.

    Raises like `pay`.
    """
    payment, _ = pay(order_id, Offer("approval", pages=pages, is_start=True))
    if payment.state in ("failed", "cancelled"):
        raise _told_after_commit(UnprocessableEntity(payment.reason or "PayPal refused.", pointer=""))
    return payment
