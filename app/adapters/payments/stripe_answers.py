"""What Stripe answers, in the words of `types.py`: payments, refunds, and every way of saying no."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from stripe import AuthenticationError, CardError, InvalidRequestError, PermissionError, StripeError, oauth_error

from app.adapters.payments.answers import translated
from app.adapters.payments.minor_units import amount_of
from app.adapters.payments.types import (
    Card,
    CredentialsRefused,
    Outcome,
    PaymentState,
    PaymentUnknown,
    ProviderRefused,
    ProviderUnavailable,
    RefundOutcome,
    RefundState,
)

CHARGES: dict[str, PaymentState] = {"succeeded": "succeeded", "pending": "waiting", "failed": "refused"}
INTENTS: dict[str, PaymentState] = {
    "succeeded": "succeeded",
    "canceled": "refused",
    "processing": "waiting",
    "requires_action": "waiting",
    "requires_capture": "waiting",
    "requires_confirmation": "waiting",
    "requires_payment_method": "waiting",
}
REFUNDS: dict[str, RefundState] = {
    "succeeded": "succeeded",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "failed",
}


def answered(*, reading: bool = False) -> AbstractContextManager[None]:
    """Around a call of Stripe's library and the reading of its answer; see `translated`."""
    return translated("Stripe", StripeError, _meaning, reading=reading)


def _meaning(error: StripeError) -> Exception:
    """A conflict of idempotency keys is no refusal: what was asked under the key before may have been carried out."""
    reason = error.user_message or "The payment provider refused without saying why."
    if isinstance(error, AuthenticationError | PermissionError | oauth_error.InvalidClientError):
        return CredentialsRefused(reason)
    if isinstance(error, CardError | oauth_error.OAuthError):
        return ProviderRefused(reason)
    if isinstance(error, InvalidRequestError) and error.http_status == 404:
        return PaymentUnknown(reason) if error.code == "resource_missing" else ProviderUnavailable(reason)
    if isinstance(error, InvalidRequestError):
        return ProviderRefused(reason)
    return ProviderUnavailable(reason)


def outcome_of_charge(charge: Mapping[str, Any]) -> Outcome:
    """How a charge stands."""
    currency = charge["currency"].upper()
    return Outcome(
        state=CHARGES[charge["status"]],
        id=charge["id"],
        amount=_amount(charge["amount"], currency),
        currency=currency,
        transaction_id=charge["id"],
        reason=charge.get("failure_message"),
        card=_card(charge),
        document=dict(charge),
        order=_kept(charge, "order"),
        key=_kept(charge, "key"),
    )


def outcome_of_intent(intent: Mapping[str, Any]) -> Outcome:
    """How a PaymentIntent stands; its card is known where the latest charge is expanded."""
    currency = intent["currency"].upper()
    state = INTENTS[intent["status"]]
    received = intent.get("amount_received") if state == "succeeded" else None
    latest = intent.get("latest_charge")
    return Outcome(
        state=state,
        id=intent["id"],
        amount=_amount(intent["amount"] if received is None else received, currency),
        currency=currency,
        transaction_id=latest["id"] if isinstance(latest, Mapping) else latest,
        reason=_why_not_paid(intent),
        card=_card(latest) if isinstance(latest, Mapping) and state == "succeeded" else None,
        document=dict(intent),
        order=_kept(intent, "order"),
        key=_kept(intent, "key"),
    )


def refund_outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    """How a refund stands."""
    currency = refund["currency"].upper()
    return RefundOutcome(
        state=REFUNDS[refund["status"]],
        id=refund["id"],
        amount=_amount(refund["amount"], currency),
        currency=currency,
        reason=refund.get("failure_reason"),
    )


def payment_key(document: Mapping[str, Any]) -> str | None:
    """Our key of a payment, from Stripe's JSON of it; None where we did not make it, and for refunds."""
    return _kept(document, "key")


def _kept(document: Mapping[str, Any], name: str) -> str | None:
    """What Stripe kept for us under a name."""
    value = (document.get("metadata") or {}).get(name)
    return None if value is None else str(value)


def _amount(units: Any, currency: str) -> Decimal:
    if not isinstance(units, int):
        raise TypeError(units)
    return amount_of(units, currency)


def _why_not_paid(intent: Mapping[str, Any]) -> str | None:
    """What went wrong at the last try, though another one may follow, or why the intent was cancelled."""
    error = intent.get("last_payment_error") or {}
    return error.get("message") or intent.get("cancellation_reason")


def _card(charge: Mapping[str, Any]) -> Card | None:
    card = (charge.get("payment_method_details") or {}).get("card")
    if not card:
        return None
    return Card(*(str(card[name]) for name in ("brand", "last4", "exp_month", "exp_year")))
