"""What our Stripe adapter asks, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.adapters.payments import (
    Card,
    CredentialsRefused,
    PaymentRequest,
    PaymentUnknown,
    ProviderRefused,
    ProviderUnavailable,
    StripeGrant,
)
from tests.unittests.providers import Providers

RequestOf = Callable[..., PaymentRequest]
CHARGES, CUSTOMERS, INTENTS = "/stripe/v1/charges", "/stripe/v1/customers", "/stripe/v1/payment_intents"


def test_token_is_charged_through_a_customer(payment_standins: Providers, request_of: RequestOf) -> None:
    outcome = payment_standins.stripe().charge(request_of(), "tok_visa")
    assert (outcome.state, outcome.amount, outcome.currency) == ("succeeded", Decimal("61.17"), "EUR")
    assert (outcome.order, outcome.key, outcome.transaction_id) == ("o-1", "k1", outcome.id)
    assert outcome.id.startswith("ch_")
    assert isinstance(outcome.card, Card)
    assert (outcome.card.brand, outcome.card.last4, outcome.card.exp_month) == ("visa", "4242", "12")
    customer, charge = payment_standins.requests("/stripe/v1/")
    assert (customer["path"], customer["fields"]["source"], customer["key"]) == (CUSTOMERS, "tok_visa", "k1-customer")
    assert (charge["path"], charge["fields"]["amount"], charge["fields"]["currency"]) == (CHARGES, "6117", "eur")
    assert charge["key"] == "k1-charge"
    assert charge["fields"]["customer"].startswith("cus_")


def test_charge_that_is_looked_up_is_the_charge_that_was_made(
    payment_standins: Providers, request_of: RequestOf
) -> None:
    made = payment_standins.stripe().charge(request_of(currency="JPY", amount=Decimal(500)), "tok_visa")
    assert payment_standins.stripe().look_up(made.id) == made
    assert made.amount == Decimal(500)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("tok_chargeDeclined", "Your card was declined."),
        ("tok_chargeCustomerFail", "Your card was declined."),
        ("tok_nonsense", "No such token: 'tok_nonsense'"),
    ],
)
def test_refused_card_is_told_in_the_provider_s_words(
    payment_standins: Providers, request_of: RequestOf, token: str, reason: str
) -> None:
    with pytest.raises(ProviderRefused) as refused:
        payment_standins.stripe().charge(request_of(), token)
    assert refused.value.reason == reason


def test_other_card_after_a_refusal_takes_another_key(payment_standins: Providers, request_of: RequestOf) -> None:
    stripe = payment_standins.stripe()
    with pytest.raises(ProviderRefused):
        stripe.charge(request_of(), "tok_chargeDeclined")
    with pytest.raises(ProviderUnavailable, match="same parameters"):
        stripe.charge(request_of(), "tok_visa")
    assert stripe.charge(request_of(key="k2"), "tok_visa").state == "succeeded"


def test_intent_waits_for_the_browser_and_then_has_a_card(payment_standins: Providers, request_of: RequestOf) -> None:
    stripe = payment_standins.stripe()
    started = stripe.start(request_of())
    assert (started.state, started.transaction_id, started.card) == ("waiting", None, None)
    assert payment_standins.confirm(started.document["client_secret"]).status_code == 200
    paid = stripe.look_up(started.id)
    assert (paid.state, paid.amount, paid.order, paid.key) == ("succeeded", Decimal("61.17"), "o-1", "k1")
    assert paid.card is not None
    assert paid.card.last4 == "4242"
    assert stripe.look_up(paid.transaction_id or "").state == "succeeded"


def test_intent_with_a_declined_card_waits_for_another_one(payment_standins: Providers, request_of: RequestOf) -> None:
    stripe = payment_standins.stripe()
    started = stripe.start(request_of())
    declined = payment_standins.confirm(started.document["client_secret"], "pm_card_chargeDeclined")
    assert (declined.status_code, declined.json()["error"]["code"]) == (402, "card_declined")
    outcome = stripe.look_up(started.id)
    assert (outcome.state, outcome.reason, outcome.card) == ("waiting", "Your card was declined.", None)
    payment_standins.confirm(started.document["client_secret"])
    assert stripe.look_up(started.id).state == "succeeded"


def test_cancelled_intent_can_no_longer_be_paid(payment_standins: Providers, request_of: RequestOf) -> None:
    stripe = payment_standins.stripe()
    started = stripe.start(request_of())
    assert stripe.cancel(started.id).state == "refused"
    assert payment_standins.confirm(started.document["client_secret"]).status_code == 400
    assert stripe.cancel(started.id).state == "refused"


def test_cancelling_what_was_just_paid_says_so(payment_standins: Providers, request_of: RequestOf) -> None:
    stripe = payment_standins.stripe()
    started = stripe.start(request_of())
    payment_standins.confirm(started.document["client_secret"])
    assert stripe.cancel(started.id).state == "succeeded"


@pytest.mark.parametrize("way", ["charge", "intent"])
def test_refunds_never_exceed_what_was_paid(payment_standins: Providers, request_of: RequestOf, way: str) -> None:
    stripe = payment_standins.stripe()
    if way == "charge":
        paid = stripe.charge(request_of(), "tok_visa").id
    else:
        started = stripe.start(request_of())
        payment_standins.confirm(started.document["client_secret"])
        paid = started.id
    first = stripe.refund(paid, "r1", Decimal("20.00"), "EUR")
    assert (first.state, first.amount, first.currency) == ("succeeded", Decimal("20.00"), "EUR")
    assert stripe.look_up_refund(first.id) == first
    assert stripe.refund(paid, "r1", Decimal("20.00"), "EUR") == first
    with pytest.raises(ProviderRefused, match="greater than unrefunded"):
        stripe.refund(paid, "r2", Decimal("41.18"), "EUR")
    assert stripe.refund(paid, "r3", Decimal("41.17"), "EUR").state == "succeeded"
    with pytest.raises(ProviderRefused, match="already been refunded"):
        stripe.refund(paid, "r4", Decimal("0.01"), "EUR")


@pytest.mark.parametrize("identifier", ["ch_none", "pi_none"])
def test_payment_that_is_not_there_is_unknown(payment_standins: Providers, identifier: str) -> None:
    with pytest.raises(PaymentUnknown):
        payment_standins.stripe().look_up(identifier)
    with pytest.raises(PaymentUnknown):
        payment_standins.stripe().refund(identifier, "r1", Decimal(1), "EUR")
    with pytest.raises(PaymentUnknown):
        payment_standins.stripe().cancel("pi_none")
    with pytest.raises(PaymentUnknown):
        payment_standins.stripe().look_up_refund("re_none")


def test_payment_of_another_account_is_unknown(payment_standins: Providers, request_of: RequestOf) -> None:
    made = payment_standins.stripe().charge(request_of(), "tok_visa")
    with pytest.raises(PaymentUnknown):
        payment_standins.stripe("sk_test_other").look_up(made.id)


def test_code_is_exchanged_for_keys(payment_standins: Providers) -> None:
    grant = payment_standins.stripe().exchange_code("ac_standin")
    assert grant == StripeGrant(
        secret_key="sk_test_standin_connected",
        publishable_key="pk_test_standin_connected",
        refresh_token="rt_standin",
        user_id="acct_standin",
    )
    assert "sk_test_standin_connected" not in repr(grant)


def test_wrong_code_is_refused_in_the_provider_s_words(payment_standins: Providers) -> None:
    with pytest.raises(ProviderRefused, match="Authorization code does not exist: ac_other"):
        payment_standins.stripe().exchange_code("ac_other")


def test_lost_answer_and_repeated_call_charge_once(payment_standins: Providers, request_of: RequestOf) -> None:
    payment_standins.fault(CHARGES, drop=True)
    stripe = payment_standins.stripe()
    with pytest.raises(ProviderUnavailable):
        stripe.charge(request_of(), "tok_visa")
    outcome = stripe.charge(request_of(), "tok_visa")
    assert outcome.state == "succeeded"
    assert stripe.charge(request_of(), "tok_visa") == outcome


def test_lost_refund_and_repeated_call_give_back_once(payment_standins: Providers, request_of: RequestOf) -> None:
    stripe = payment_standins.stripe()
    paid = stripe.charge(request_of(), "tok_visa")
    payment_standins.fault("/stripe/v1/refunds", drop=True)
    with pytest.raises(ProviderUnavailable):
        stripe.refund(paid.id, "r1", Decimal("40.00"), "EUR")
    stripe.refund(paid.id, "r1", Decimal("40.00"), "EUR")
    assert stripe.look_up(paid.id).document["amount_refunded"] == 4000


CALLS: dict[str, Callable[[Any, PaymentRequest], Any]] = {
    "charge": lambda stripe, request: stripe.charge(request, "tok_visa"),
    "start": lambda stripe, request: stripe.start(request),
    "look up a charge": lambda stripe, request: stripe.look_up("ch_1"),
    "look up an intent": lambda stripe, request: stripe.look_up("pi_1"),
    "cancel": lambda stripe, request: stripe.cancel("pi_1"),
    "refund": lambda stripe, request: stripe.refund("ch_1", "r1", Decimal(1), "EUR"),
    "look up a refund": lambda stripe, request: stripe.look_up_refund("re_1"),
    "exchange a code": lambda stripe, request: stripe.exchange_code("ac_standin"),
}
TOLD = {"type": "api_error", "message": "Something went wrong."}
FAULTS: dict[str, dict[str, Any]] = {
    "an error of its own": {"status": 500, "body": json.dumps({"error": TOLD})},
    "a gateway's page": {"status": 502, "body": "<html>Bad gateway</html>"},
    "too many requests": {"status": 429, "body": json.dumps({"error": TOLD})},
    "a conflict": {"status": 409, "body": json.dumps({"error": TOLD})},
    "no JSON": {"status": 200, "body": "<html>"},
    "a list": {"status": 200, "body": "[]"},
    "an empty object": {"status": 200, "body": "{}"},
    "an unknown state": {
        "status": 200,
        "body": json.dumps({"id": "x", "status": "odd", "currency": "eur", "amount": 1}),
    },
    "a wrong address": {
        "status": 404,
        "body": json.dumps({"error": {"type": "invalid_request_error", "message": "Unrecognized request URL."}}),
    },
    "nothing": {"drop": True},
    "a redirect": {"status": 302, "body": ""},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_answer_that_says_nothing_leaves_the_outcome_unknown(
    payment_standins: Providers, request_of: RequestOf, call: str, fault: str
) -> None:
    payment_standins.fault("/stripe/*", times=9, **FAULTS[fault])
    with pytest.raises(ProviderUnavailable):
        CALLS[call](payment_standins.stripe(), request_of())


@pytest.mark.parametrize("call", CALLS)
def test_wrong_keys_are_told_apart(payment_standins: Providers, request_of: RequestOf, call: str) -> None:
    told = json.dumps({"error": {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_no"}})
    payment_standins.fault("/stripe/*", times=9, status=401, body=told)
    with pytest.raises(CredentialsRefused, match="Invalid API Key"):
        CALLS[call](payment_standins.stripe("sk_no"), request_of())


def test_each_adapter_has_a_key_of_its_own(payment_standins: Providers, request_of: RequestOf) -> None:
    first, second = payment_standins.stripe("sk_test_1"), payment_standins.stripe("sk_test_2")
    made = first.charge(request_of(), "tok_visa")
    assert second.charge(request_of(), "tok_visa").id != made.id
    assert first.look_up(made.id) == made
