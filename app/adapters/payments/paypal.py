"""Payments by PayPal: the payer approves on PayPal's page, then we execute what they approved."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from paypalrestsdk import Api
from paypalrestsdk.exceptions import UnauthorizedAccess

from app.adapters.payments.http import ask
from app.adapters.payments.paypal_answers import answered, outcome_of, refund_outcome
from app.adapters.payments.types import Outcome, PaymentRequest, ProviderRefused, RefundOutcome
from app.money import decimals_of, rounded

LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
ALREADY_EXECUTED = "PAYMENT_ALREADY_DONE"


class PayPalPayments:
    """Payments through one PayPal application; each instance has an Api object, and so an access token, of its own.

    `api_url` None means PayPal's live service, SANDBOX its test service; `timeout` is in seconds and holds for each
    request.
    """

    def __init__(self, client_id: str, secret: str, *, api_url: str | None = None, timeout: float = 10.0) -> None:
        endpoint = api_url or LIVE
        self._api = _Api(
            mode="live" if endpoint == LIVE else "sandbox",
            endpoint=endpoint,
            token_endpoint=endpoint,
            client_id=client_id,
            client_secret=secret,
        )
        self._api.timeout = timeout

    def start(self, request: PaymentRequest, *, payee: str | None, return_url: str, cancel_url: str) -> Outcome:
        """Make a payment that its payer approves at `.url`; then the browser goes to `return_url`.

        `payee` is the e-mail address or merchant id of who gets the money, the application's owner when None. Repeating
        it with the same key gives the same payment.
        """
        transaction = {
            "amount": _amount(request.amount, request.currency),
            "custom": request.order,
            "invoice_number": request.key,
            **({"description": request.description[:127]} if request.description else {}),
            **({"payee": _payee(payee)} if payee else {}),
        }
        payment = {
            "intent": "sale",
            "payer": {"payment_method": "paypal"},
            "redirect_urls": {"return_url": return_url, "cancel_url": cancel_url},
            "transactions": [transaction],
        }
        with answered():
            return outcome_of(self._api.post("v1/payments/payment", payment, {"PayPal-Request-Id": request.key}))

    def look_up(self, payment_id: str, /) -> Outcome:
        """How a payment stands; raises PaymentUnknown when there is none of that id."""
        with answered(reading=True):
            return outcome_of(self._api.get(f"v1/payments/payment/{_plain(payment_id)}"))

    def execute(self, payment_id: str, payer_id: str | None = None) -> Outcome:
        """Take the money of an approved payment; harmless to repeat. The payer is looked up when not given.

        Raises ProviderRefused when the payer did not approve it or cannot pay.
        """
        payer_id = payer_id or _payer_of(self.look_up(payment_id))
        headers = {"PayPal-Request-Id": f"{payment_id}-execute"}
        path = f"v1/payments/payment/{_plain(payment_id)}/execute"
        try:
            with answered():
                return outcome_of(self._api.post(path, {"payer_id": payer_id}, headers))
        except ProviderRefused as refused:
            if refused.code != ALREADY_EXECUTED:
                raise
            return self.look_up(payment_id)

    def refund(self, sale_id: str, /, key: str, amount: Decimal, currency: str) -> RefundOutcome:
        """Give back an amount of a sale, which is a payment's `transaction_id`."""
        body = {"amount": _amount(amount, currency)}
        with answered():
            answer = self._api.post(
                f"v1/payments/sale/{_plain(sale_id)}/refund", body, {"PayPal-Request-Id": f"{key}-refund"}
            )
            return refund_outcome(answer)

    def look_up_refund(self, refund_id: str, /) -> RefundOutcome:
        """How a refund stands; raises PaymentUnknown when there is none of that id."""
        with answered(reading=True):
            return refund_outcome(self._api.get(f"v1/payments/refund/{_plain(refund_id)}"))


def _amount(amount: Decimal, currency: str) -> dict[str, str]:
    return {"total": f"{rounded(amount, currency):.{decimals_of(currency)}f}", "currency": currency}


def _payee(payee: str) -> dict[str, str]:
    return {"email" if "@" in payee else "merchant_id": payee}


def _plain(identifier: str) -> str:
    """An identifier as part of a path; what is none cannot lead to other paths of PayPal."""
    return "".join(char for char in identifier if char.isascii() and (char.isalnum() or char in "-_")) or "none"


def _payer_of(outcome: Outcome) -> str:
    payer = outcome.document.get("payer") or {}
    payer_id = (payer.get("payer_info") or {}).get("payer_id")
    if not payer_id:
        raise ProviderRefused("The payer has not approved the payment.")
    return str(payer_id)


class _Api(Api):
    """The library's Api, made to keep a limit of time and to give up when a new token does not help either.

    The library waits for ever, and asks for new tokens for ever.
    """

    timeout = 10.0
    token_hash: Any

    def http_call(self, url: str, method: str, **kwargs: Any) -> Any:
        """The JSON of an answer; raises the library's exceptions for what is none, and ProviderUnavailable."""
        answer = ask(method, url, kwargs.get("headers", {}), kwargs.get("data"), self.timeout)
        return self.handle_response(answer, answer.content.decode())

    def request(self, url: str, method: str, body: Any = None, headers: Any = None, refresh_token: Any = None) -> Any:
        """A request with our access token; with a new one where the old one has ended."""
        had_token = self.token_hash is not None
        try:
            return self._request_once(url, method, body, headers or {})
        except UnauthorizedAccess:
            self.token_hash = None
            if not had_token:
                raise
            return self._request_once(url, method, body, headers or {})

    def _request_once(self, url: str, method: str, body: Any, headers: dict[str, str]) -> Any:
        data = None if method == "GET" else json.dumps(body)
        return self.http_call(url, method, data=data, headers={**self.headers(), **headers})
