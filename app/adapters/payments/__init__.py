"""Payment providers: plain requests in, plain outcomes out. Stand-ins for them are in `standins/`."""

from app.adapters.payments.minor_units import payable
from app.adapters.payments.paypal import PayPalPayments
from app.adapters.payments.stripe import StripePayments, verify_webhook
from app.adapters.payments.types import (
    Card,
    CredentialsRefused,
    InvalidSignature,
    Outcome,
    PaymentRequest,
    Payments,
    PaymentState,
    PaymentUnknown,
    ProviderRefused,
    ProviderUnavailable,
    RefundOutcome,
    RefundState,
    StripeGrant,
    WebhookEvent,
)

__all__ = [
    "Card",
    "CredentialsRefused",
    "InvalidSignature",
    "Outcome",
    "PayPalPayments",
    "PaymentRequest",
    "PaymentState",
    "PaymentUnknown",
    "Payments",
    "ProviderRefused",
    "ProviderUnavailable",
    "RefundOutcome",
    "RefundState",
    "StripeGrant",
    "StripePayments",
    "WebhookEvent",
    "payable",
    "verify_webhook",
]
