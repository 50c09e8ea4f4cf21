"""What payment providers are asked and what they answer, in words that are the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

PaymentState = Literal["succeeded", "waiting", "refused"]
RefundState = Literal["succeeded", "pending", "failed"]


class ProviderRefused(Exception):
    """The provider said no and means it: a declined card, a wrong code. Nothing was charged.

    `reason` is in the provider's words, for people; `code` is the provider's name of it, where it has one.
    """

    def __init__(self, reason: str, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class ProviderUnavailable(Exception):
    """The provider is down, slow or answers rubbish: whether it did what it was asked is unknown."""


class CredentialsRefused(ProviderUnavailable):
    """The provider does not take our credentials, so that it cannot be asked how a payment stands either."""


class PaymentUnknown(Exception):
    """The provider knows no such payment or refund."""


class InvalidSignature(Exception):
    """A message says that it comes from a provider and does not."""


@dataclass(frozen=True)
class PaymentRequest:
    """A payment we want: `key` is ours and makes repeating harmless, `order` is the identifier it is matched by."""

    key: str
    amount: Decimal
    currency: str
    order: str
    description: str


@dataclass(frozen=True)
class Card:
    """The card that paid, as receipts show it."""

    brand: str
    last4: str
    exp_month: str
    exp_year: str


@dataclass(frozen=True)
class Outcome:
    """How a payment stands at its provider.

    `order` and `key` are what the provider kept of our request, `payee` is who gets the money, `transaction_id` the
    charge or sale once there is one, `url` the page on which the payer approves, `document` the provider's own JSON.
    A payment that its payer approved and nobody executed yet is `waiting` and `is_approved`. One of which money went
    back, by whomever, stays `succeeded` and `is_returned`; only PayPal's tell that.
    """

    state: PaymentState
    id: str
    amount: Decimal
    currency: str
    order: str | None = None
    key: str | None = None
    payee: str | None = None
    transaction_id: str | None = None
    reason: str | None = None
    card: Card | None = None
    url: str | None = None
    is_approved: bool = False
    is_returned: bool = False
    document: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class RefundOutcome:
    """How a refund stands at its provider."""

    state: RefundState
    id: str
    amount: Decimal
    currency: str
    reason: str | None = None


@dataclass(frozen=True)
class WebhookEvent:
    """What a provider tells by itself: `object` is its JSON of a payment or refund, `payment_key` ours if it has it.

    `account` names the connected account it is about; None for the platform's own.
    """

    id: str
    type: str
    account: str | None
    object: dict[str, Any] = field(repr=False)
    payment_key: str | None = None


@dataclass(frozen=True)
class StripeGrant:
    """What an organizer's authorization code is exchanged for."""

    secret_key: str = field(repr=False)
    publishable_key: str
    refresh_token: str = field(repr=False)
    user_id: str
    email: str | None = None


class Payments(Protocol):
    """What every provider can be asked.

    All raise ProviderUnavailable when the answer is unknown and PaymentUnknown when there is no such payment; what
    changes something raises ProviderRefused when the provider declines.
    """

    def look_up(self, payment_id: str, /) -> Outcome:
        """How a payment stands."""

    def refund(self, transaction_id: str, /, key: str, amount: Decimal, currency: str) -> RefundOutcome:
        """Give an amount of a payment back, named by its transaction; repeating it with the same key does it once."""

    def look_up_refund(self, refund_id: str, /) -> RefundOutcome:
        """How a refund stands."""
