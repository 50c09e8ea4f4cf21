"""What PayPal answers, in the words of `types.py`: payments, refunds, and every way of saying no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

from paypalrestsdk import exceptions as paypal

from app.adapters.payments.answers import translated
from app.adapters.payments.types import (
    CredentialsRefused,
    Outcome,
    PaymentState,
    PaymentUnknown,
    ProviderRefused,
    ProviderUnavailable,
    RefundOutcome,
    RefundState,
)

PAYMENTS: dict[str, PaymentState] = {
    "created": "waiting",
    "in_progress": "waiting",
    "pending": "waiting",
    "approved": "waiting",  # Executed; its sale tells whether the money came.
    "failed": "refused",
    "canceled": "refused",
    "expired": "refused",
}
SALES: dict[str, PaymentState] = {
    "completed": "succeeded",
    "partially_refunded": "succeeded",
    "refunded": "succeeded",
    "pending": "waiting",
    "denied": "refused",
}
RETURNED = ("partially_refunded", "refunded")
REFUNDS: dict[str, RefundState] = {
    "completed": "succeeded",
    "pending": "pending",
    "failed": "failed",
    "cancelled": "failed",
}


def answered(*, reading: bool = False) -> AbstractContextManager[None]:
    """Around a call of PayPal's library and the reading of its answer; see `translated`."""
    return translated("PayPal", paypal.ConnectionError, _meaning, reading=reading)


def _meaning(error: paypal.ConnectionError) -> Exception:
    told = _told(error.content)
    if isinstance(error, paypal.UnauthorizedAccess | paypal.ForbiddenAccess):
        return CredentialsRefused(_reason(told))
    if isinstance(error, paypal.ResourceNotFound) and "name" in told:
        return PaymentUnknown(_reason(told))
    if isinstance(error, paypal.BadRequest | paypal.ResourceInvalid) and "name" in told:
        return ProviderRefused(_reason(told), code=str(told["name"]))
    return ProviderUnavailable(f"PayPal answers {error.response.status_code}.")


def _told(content: Any) -> dict[str, Any]:
    """PayPal's own JSON of an error; empty where something else answered in its place."""
    try:
        told = json.loads(content)
    except (TypeError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _reason(told: Mapping[str, Any]) -> str:
    details = told.get("details")
    issues = [str(each.get("issue")) for each in details if isinstance(each, dict)] if isinstance(details, list) else []
    message = told.get("message") or told.get("error_description") or told.get("name")
    return " ".join([str(message or "PayPal refused without saying why."), *issues])


def outcome_of(payment: Mapping[str, Any]) -> Outcome:
    """How a payment stands. One with several transactions is none of ours: raises PaymentUnknown."""
    if len(payment["transactions"]) != 1:
        raise PaymentUnknown("The payment is for more than one thing.")
    transaction = payment["transactions"][0]
    sale = _sale_of(transaction)
    amount = (sale or transaction)["amount"]
    payee = transaction.get("payee") or {}
    return Outcome(
        state=_state(payment, sale),
        id=payment["id"],
        amount=Decimal(amount["total"]),
        currency=amount["currency"],
        order=transaction.get("custom"),
        key=transaction.get("invoice_number"),
        payee=payee.get("email") or payee.get("merchant_id"),
        transaction_id=sale["id"] if sale else None,
        reason=payment.get("failure_reason") or (sale or {}).get("reason_code"),
        url=_approval_page(payment),
        is_approved=payment["state"] == "approved" or _has_payer(payment),
        is_returned=sale is not None and sale["state"] in RETURNED,
        document=dict(payment),
    )


def refund_outcome(refund: Mapping[str, Any]) -> RefundOutcome:
    """How a refund stands."""
    return RefundOutcome(
        state=REFUNDS[refund["state"]],
        id=refund["id"],
        amount=abs(Decimal(refund["amount"]["total"])),
        currency=refund["amount"]["currency"],
        reason=refund.get("reason_code"),
    )


def _state(payment: Mapping[str, Any], sale: Mapping[str, Any] | None) -> PaymentState:
    state = PAYMENTS[payment["state"]]
    return SALES[sale["state"]] if sale and payment["state"] == "approved" else state


def _sale_of(transaction: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((each["sale"] for each in transaction.get("related_resources") or () if "sale" in each), None)


def _has_payer(payment: Mapping[str, Any]) -> bool:
    return bool(((payment.get("payer") or {}).get("payer_info") or {}).get("payer_id"))


def _approval_page(payment: Mapping[str, Any]) -> str | None:
    return next((link["href"] for link in payment.get("links") or () if link.get("rel") == "approval_url"), None)
