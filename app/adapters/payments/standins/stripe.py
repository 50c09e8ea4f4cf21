"""The Stripe stand-in: customers, charges, PaymentIntents, refunds, and OAuth of connected accounts.

What is asked by one secret key is never seen by another, as with Stripe's accounts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NoReturn

from app.adapters.payments.minor_units import WITH_THREE
from app.adapters.payments.standins.answering import Answering, Asked, Refusal, new_id
from app.adapters.payments.standins.store import Store

DECLINED = "Your card was declined."
TOKENS = {"tok_visa": "visa", "tok_mastercard": "mastercard", "tok_chargeCustomerFail": "declined"}
METHODS = {"pm_card_visa": "visa", "pm_card_mastercard": "mastercard", "pm_card_chargeDeclined": "declined"}
LAST4 = {"visa": "4242", "mastercard": "4444", "declined": "0341"}
CODE = "ac_standin"
GRANT = {
    "access_token": "sk_test_standin_connected",
    "livemode": False,
    "refresh_token": "rt_standin",
    "token_type": "bearer",
    "stripe_publishable_key": "pk_test_standin_connected",
    "stripe_user_id": "acct_standin",
    "scope": "read_write",
}
UNCONFIRMED = ("requires_payment_method", "requires_confirmation", "requires_action")

Announce = Callable[[str, str, dict[str, Any]], None]


def error(status: int, message: str, *, kind: str = "invalid_request_error", **more: Any) -> Refusal:
    """A refusal in Stripe's form."""
    return Refusal(status, {"error": {"type": kind, "message": message, **more}})


def declined(charge: str | None = None) -> Refusal:
    """What Stripe says about a card that its bank does not want to be charged."""
    more = {"code": "card_declined", "decline_code": "generic_decline", **({"charge": charge} if charge else {})}
    return error(402, DECLINED, kind="card_error", **more)


class StripeStandin:
    """Stripe's objects and what can be done with them.

    `announce` sends an event: whose it is, its type, and the object it is about.
    """

    def __init__(self, store: Store, announce: Announce) -> None:
        self._store = store
        self._announce = announce
        self.routes: dict[tuple[str, str], Answering] = {
            ("POST", "customers"): self.create_customer,
            ("GET", "customers/*"): lambda asked: self._find(asked, asked.identifier, "customer"),
            ("POST", "charges"): self.create_charge,
            ("GET", "charges/*"): lambda asked: self._find(asked, asked.identifier, "charge"),
            ("POST", "payment_intents"): self.create_intent,
            ("GET", "payment_intents/*"): self.retrieve_intent,
            ("POST", "payment_intents/*/confirm"): self.confirm_intent,
            ("POST", "payment_intents/*/cancel"): self.cancel_intent,
            ("POST", "refunds"): self.create_refund,
            ("GET", "refunds/*"): lambda asked: self._find(asked, asked.identifier, "refund"),
        }

    def _find(self, asked: Asked, identifier: str, kind: str, param: str = "id", status: int = 404) -> dict[str, Any]:
        found = self._store.get(asked.account, identifier)
        if found is None or found["object"] != kind:
            text = f"No such {kind}: '{identifier}'"
            raise error(status, text, code="resource_missing", param=param)
        return found

    def create_customer(self, asked: Asked) -> dict[str, Any]:
        """A customer, with the card behind a token if there is one."""
        token = asked.text("source")
        if token == "tok_chargeDeclined":  # noqa: S105  # Stripe's name for a card that is refused already here.
            raise declined()
        if token is not None and token not in TOKENS:
            raise error(400, f"No such token: '{token}'", code="resource_missing", param="source")
        return self._keep(
            asked,
            new_id("cus_", 14),
            "customer",
            default_source=new_id("card_") if token else None,
            brand=TOKENS.get(token or ""),
            description=asked.text("description"),
            metadata=_metadata(asked),
        )

    def create_charge(self, asked: Asked) -> dict[str, Any]:
        """A charge of a customer's card, or of a token."""
        amount, currency = _amount(asked), _currency(asked)
        customer = asked.text("customer")
        if customer:
            brand = self._find(asked, customer, "customer", "customer", 400)["brand"]
        else:
            brand = TOKENS.get(asked.text("source") or "")
        if not brand:
            raise error(402, "Cannot charge a customer that has no active card", kind="card_error", code="missing")
        if brand == "declined":
            raise declined(new_id("ch_"))
        return self._charge(asked, amount, currency, brand, customer=customer)

    def _charge(self, asked: Asked, amount: int, currency: str, brand: str, **more: Any) -> dict[str, Any]:
        charge = self._keep(
            asked,
            new_id("ch_"),
            "charge",
            **{
                "amount": amount,
                "amount_captured": amount,
                "amount_refunded": 0,
                "captured": True,
                "currency": currency,
                "description": asked.text("description"),
                "failure_code": None,
                "failure_message": None,
                "metadata": _metadata(asked),
                "paid": True,
                "payment_intent": None,
                "payment_method_details": _card(brand),
                "refunded": False,
                "status": "succeeded",
                **more,
            },
        )
        self._announce(asked.account, "charge.succeeded", charge)
        return charge

    def create_intent(self, asked: Asked) -> dict[str, Any]:
        """A PaymentIntent that waits for a card."""
        identifier = new_id("pi_")
        intent = self._keep(
            asked,
            identifier,
            "payment_intent",
            amount=_amount(asked),
            amount_received=0,
            cancellation_reason=None,
            client_secret=f"{identifier}_secret_{new_id('', 25)}",
            currency=_currency(asked),
            description=asked.text("description"),
            last_payment_error=None,
            latest_charge=None,
            metadata=_metadata(asked),
            payment_method=None,
            payment_method_types=["card"],
            status="requires_payment_method",
        )
        return self.confirm_intent(_about(asked, identifier)) if asked.text("confirm") == "true" else intent

    def retrieve_intent(self, asked: Asked) -> dict[str, Any]:
        """A PaymentIntent, with its latest charge where that is asked for."""
        intent = self._find(asked, asked.identifier, "payment_intent")
        wanted = [value for name, value in asked.fields.items() if name.startswith("expand[")]
        if "latest_charge" in wanted and intent["latest_charge"]:
            intent["latest_charge"] = self._find(asked, intent["latest_charge"], "charge")
        return intent

    def confirm_intent(self, asked: Asked) -> dict[str, Any]:
        """Pay a PaymentIntent with a test card."""
        intent = self._open_intent(asked, "confirm")
        method = asked.text("payment_method") or intent["payment_method"]
        if method is None:
            raise error(400, "You cannot confirm this PaymentIntent because it's missing a payment method.")
        if method not in METHODS:
            raise error(400, f"No such PaymentMethod: '{method}'", code="resource_missing", param="payment_method")
        if METHODS[method] == "declined":
            self._fail(asked, intent)
        details = {name: intent[name] for name in ("description", "metadata")}
        charge = self._charge(
            asked, intent["amount"], intent["currency"], METHODS[method], payment_intent=intent["id"], **details
        )
        paid = {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
        intent.update(paid, latest_charge=charge["id"], payment_method=method)
        return self._changed(asked, intent, "payment_intent.succeeded")

    def _fail(self, asked: Asked, intent: dict[str, Any]) -> NoReturn:
        refusal = declined()
        intent.update(status="requires_payment_method", last_payment_error=refusal.body["error"])
        self._changed(asked, intent, "payment_intent.payment_failed")
        raise Refusal(402, {"error": {**refusal.body["error"], "payment_intent": intent}})

    def cancel_intent(self, asked: Asked) -> dict[str, Any]:
        """Let a PaymentIntent never be paid."""
        intent = self._open_intent(asked, "cancel")
        intent.update(status="canceled", cancellation_reason=asked.text("cancellation_reason"))
        return self._changed(asked, intent, "payment_intent.canceled")

    def _open_intent(self, asked: Asked, verb: str) -> dict[str, Any]:
        intent = self._find(asked, asked.identifier, "payment_intent")
        if intent["status"] not in UNCONFIRMED:
            text = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
            raise error(400, text, code="payment_intent_unexpected_state")
        return intent

    def create_refund(self, asked: Asked) -> dict[str, Any]:
        """Give back a charge or a part of it, never more than is left of it."""
        charge = self._refunded_charge(asked)
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            raise error(400, f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        amount = _amount(asked) if "amount" in asked.fields else left
        if amount > left:
            text = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            raise error(400, text, param="amount")
        refund = self._keep(
            asked,
            new_id("re_"),
            "refund",
            amount=amount,
            charge=charge["id"],
            currency=charge["currency"],
            metadata=_metadata(asked),
            payment_intent=charge["payment_intent"],
            status="succeeded",
        )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._announce(asked.account, "refund.created", refund)
        self._changed(asked, charge, "charge.refunded")
        self._announce(asked.account, "refund.updated", refund)
        return refund

    def _refunded_charge(self, asked: Asked) -> dict[str, Any]:
        identifier = asked.text("charge")
        if identifier:
            return self._find(asked, identifier, "charge", "charge")
        intent = self._find(asked, asked.text("payment_intent") or "", "payment_intent", "payment_intent")
        if not intent["latest_charge"]:
            raise error(400, "This PaymentIntent does not have a successful charge to refund.")
        return self._find(asked, intent["latest_charge"], "charge")

    def _keep(self, asked: Asked, identifier: str, kind: str, **members: Any) -> dict[str, Any]:
        document = {"id": identifier, "object": kind, "created": int(time.time()), "livemode": False, **members}
        self._store.put(asked.account, document)
        return document

    def _changed(self, asked: Asked, document: dict[str, Any], event: str) -> dict[str, Any]:
        self._store.put(asked.account, document)
        self._announce(asked.account, event, document)
        return document


def exchange_code(asked: Asked) -> dict[str, Any]:
    """The credentials of the connected account for the one code there is."""
    if asked.text("grant_type") != "authorization_code" or asked.text("code") != CODE:
        text = f"Authorization code does not exist: {asked.text('code')}"
        raise Refusal(400, {"error": "invalid_grant", "error_description": text})
    return dict(GRANT)


def _about(asked: Asked, identifier: str) -> Asked:
    return Asked(asked.account, asked.fields, asked.host, identifier)


def _amount(asked: Asked) -> int:
    text = asked.text("amount") or ""
    if not text.isdecimal() or int(text) < 1:
        raise error(400, f"Invalid positive integer: {text}", param="amount", code="parameter_invalid_integer")
    if (asked.text("currency") or "").upper() in WITH_THREE and not text.endswith("0"):
        raise error(400, "Amounts in this currency have to end in zero.", param="amount")
    return int(text)


def _currency(asked: Asked) -> str:
    currency = asked.text("currency") or ""
    if len(currency) != 3 or not currency.isalpha():
        raise error(400, f"Invalid currency: {currency}", param="currency")
    return currency.lower()


def _metadata(asked: Asked) -> dict[str, str]:
    prefix = "metadata["
    return {name[len(prefix) : -1]: value for name, value in asked.fields.items() if name.startswith(prefix)}


def _card(brand: str) -> dict[str, Any]:
    card = {"brand": brand, "last4": LAST4[brand], "exp_month": 12, "exp_year": time.gmtime().tm_year + 2}
    return {"type": "card", "card": {**card, "country": "US", "funding": "credit"}}
