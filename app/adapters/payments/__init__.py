"""Payment providers: plain requests in, plain outcomes out. Stand-ins for them are in `standins/`."""

from app.adapters.payments.types import (
    Card,
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
    "InvalidSignature",
    "Outcome",
    "PaymentRequest",
    "PaymentState",
    "PaymentUnknown",
    "Payments",
    "ProviderRefused",
    "ProviderUnavailable",
    "RefundOutcome",
    "RefundState",
    "StripeGrant",
    "WebhookEvent",
]
