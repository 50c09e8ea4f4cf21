"""Card payments by Stripe, with the credentials of one account: an organizer's, or the platform's.

Two ways to pay: a token from the client is charged at once (`charge`), or the client confirms a PaymentIntent with
its `client_secret` (`start`), which cards that ask their owner need. Repeating a call with the same key is harmless
for the 24 hours Stripe remembers keys; after them a token is used up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from stripe import (
    DEFAULT_API_BASE,
    DEFAULT_CONNECT_API_BASE,
    HTTPClient,
    SignatureVerificationError,
    StripeClient,
    WebhookSignature,
)

from app.adapters.payments.http import ask
from app.adapters.payments.minor_units import minor_units
from app.adapters.payments.stripe_answers import (
    answered,
    outcome_of_charge,
    outcome_of_intent,
    payment_key,
    refund_outcome,
)
from app.adapters.payments.types import (
    InvalidSignature,
    Outcome,
    PaymentRequest,
    ProviderRefused,
    RefundOutcome,
    StripeGrant,
    WebhookEvent,
)

INTENT = "pi_"
SIGNATURE_SECONDS = 300  # A message older than that may be a recorded one, sent again.


class StripePayments:
    """Payments to the account that the secret key belongs to; each instance has a client and settings of its own.

    `api_url` and `connect_url` are Stripe's own when None; `timeout` is in seconds and holds for each request.
    """

    def __init__(
        self, secret_key: str, *, api_url: str | None = None, connect_url: str | None = None, timeout: float = 10.0
    ) -> None:
        self._client = StripeClient(
            secret_key,
            base_addresses={"api": api_url or DEFAULT_API_BASE, "connect": connect_url or DEFAULT_CONNECT_API_BASE},
            http_client=_Requests(timeout),
            max_network_retries=0,  # Whether to repeat is decided by who knows what it is for.
        )

    def charge(self, request: PaymentRequest, token: str) -> Outcome:
        """Charge the card behind a token: a customer is made with it, then charged.

        Raises ProviderRefused when the card is declined or the token unknown, and ProviderUnavailable when the outcome
        is unknown: the same call again finds it out.
        """
        with answered():
            customer = self._client.v1.customers.create(
                {"source": token, "description": f"Order {request.order}", "metadata": _metadata(request)},
                {"idempotency_key": f"{request.key}-customer"},
            )
            charge = self._client.v1.charges.create(
                _payment(request, customer=customer.id),
                {"idempotency_key": f"{request.key}-charge"},
            )
            return outcome_of_charge(charge.to_dict())

    def start(self, request: PaymentRequest) -> Outcome:
        """Make a PaymentIntent for a card; the client confirms it with the `client_secret` in the document."""
        with answered():
            intent = self._client.v1.payment_intents.create(
                _payment(request, payment_method_types=["card"]),
                {"idempotency_key": f"{request.key}-intent"},
            )
            return outcome_of_intent(intent.to_dict())

    def look_up(self, payment_id: str, /) -> Outcome:
        """How a charge (ch_…) or a PaymentIntent (pi_…) stands.

        Raises PaymentUnknown, or ProviderUnavailable whatever else goes wrong: reading refuses no payment.
        """
        with answered(reading=True):
            if payment_id.startswith(INTENT):
                intent = self._client.v1.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
                return outcome_of_intent(intent.to_dict())
            return outcome_of_charge(self._client.v1.charges.retrieve(payment_id).to_dict())

    def cancel(self, payment_id: str) -> Outcome:
        """Keep a PaymentIntent from being paid; returns how it stands then.

        That is `refused` when it can no longer be paid, `succeeded` when it was paid just before.
        """
        try:
            with answered():
                return outcome_of_intent(self._client.v1.payment_intents.cancel(payment_id).to_dict())
        except ProviderRefused:
            return self.look_up(payment_id)

    def refund(self, payment_id: str, /, key: str, amount: Decimal, currency: str) -> RefundOutcome:
        """Give back an amount of a charge or a PaymentIntent; raises ProviderRefused when that is more than is left."""
        target = "payment_intent" if payment_id.startswith(INTENT) else "charge"
        part: Any = {target: payment_id, "amount": minor_units(amount, currency), "metadata": {"refund_key": key}}
        with answered():
            refund = self._client.v1.refunds.create(part, {"idempotency_key": f"{key}-refund"})
            return refund_outcome(refund.to_dict())

    def look_up_refund(self, refund_id: str, /) -> RefundOutcome:
        """How a refund stands; raises PaymentUnknown when there is none of that id."""
        with answered(reading=True):
            return refund_outcome(self._client.v1.refunds.retrieve(refund_id).to_dict())

    def exchange_code(self, code: str) -> StripeGrant:
        """The credentials an organizer grants the platform; raises ProviderRefused when the code is wrong or used."""
        with answered():
            grant = self._client.oauth.token({"grant_type": "authorization_code", "code": code}).to_dict()
            return StripeGrant(
                secret_key=str(grant["access_token"]),
                publishable_key=str(grant["stripe_publishable_key"]),
                refresh_token=str(grant["refresh_token"]),
                user_id=str(grant["stripe_user_id"]),
                email=grant.get("stripe_email"),  # Stripe tells it for some kinds of accounts only.
            )


def verify_webhook(payload: bytes, signature: str, secret: str) -> WebhookEvent:
    """The event in a message signed with our secret; `signature` is the header Stripe-Signature.

    Raises InvalidSignature when somebody else made it, when it is older than five minutes, or when it is no event.
    """
    try:
        WebhookSignature.verify_header(payload, signature, secret, SIGNATURE_SECONDS)
        event = json.loads(payload)
        about = event["data"]["object"]
        return WebhookEvent(
            id=str(event["id"]),
            type=str(event["type"]),
            account=event.get("account"),
            object=about,
            payment_key=payment_key(about),
        )
    except SignatureVerificationError as error:
        raise InvalidSignature(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidSignature("The message is no event.") from error


def _metadata(request: PaymentRequest) -> dict[str, str]:
    return {"order": request.order, "key": request.key}


def _payment(request: PaymentRequest, **more: Any) -> Any:
    """What charges and PaymentIntents have in common; the library has a type of its own for each."""
    return {
        **more,
        "amount": minor_units(request.amount, request.currency),
        "currency": request.currency.lower(),
        "metadata": _metadata(request),
        **({"description": request.description} if request.description else {}),
    }


class _Requests(HTTPClient):
    """How Stripe's library makes its requests here: with a limit of time that holds."""

    name = "requests"

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self._timeout = timeout

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """Content, status and headers of the answer; raises ProviderUnavailable when there is none."""
        answer = ask(method, url, headers or {}, post_data, self._timeout)
        return answer.content.decode(), answer.status_code, answer.headers

    def close(self) -> None:
        """Nothing stays open between requests."""
