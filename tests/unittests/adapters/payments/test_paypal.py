"""What our PayPal adapter asks, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import paypalrestsdk.api
import pytest

from app.adapters.payments import (
    CredentialsRefused,
    Outcome,
    PaymentRequest,
    PaymentUnknown,
    PayPalPayments,
    ProviderRefused,
    ProviderUnavailable,
)
from tests.unittests.providers import Providers

RequestOf = Callable[..., PaymentRequest]
URLS = {"return_url": "http://127.0.0.1:1/back?order=o-1", "cancel_url": "http://127.0.0.1:1/cancel"}
PAYEE = "organizer@example.com"
PAYMENTS = "/paypal/v1/payments/payment"


def start(paypal: PayPalPayments, request: PaymentRequest, payee: str | None = PAYEE) -> Outcome:
    return paypal.start(request, payee=payee, **URLS)


def paid(providers: Providers, request: PaymentRequest) -> Outcome:
    """A payment that was approved and executed."""
    paypal = providers.paypal()
    started = start(paypal, request)
    providers.approve(started.url or "")
    return paypal.execute(started.id)


def test_started_payment_waits_for_its_payer(payment_standins: Providers, request_of: RequestOf) -> None:
    outcome = start(payment_standins.paypal(), request_of())
    assert (outcome.state, outcome.is_approved, outcome.transaction_id) == ("waiting", False, None)
    assert (outcome.amount, outcome.currency, outcome.payee) == (Decimal("61.17"), "EUR", PAYEE)
    assert (outcome.order, outcome.key) == ("o-1", "k1")
    assert (outcome.url or "").startswith(f"{payment_standins.url}/paypal/approve?token=EC-")
    [asked] = payment_standins.requests(PAYMENTS)
    assert asked["key"] == "k1"
    assert asked["fields"]["redirect_urls"] == URLS


def test_started_twice_with_the_same_key_it_is_one_payment(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    assert start(paypal, request_of()) == start(paypal, request_of())
    assert start(paypal, request_of(key="k2")).id != start(paypal, request_of()).id


@pytest.mark.parametrize(
    ("amount", "currency", "total"), [("500", "JPY", "500"), ("19.9", "EUR", "19.90"), ("1500", "HUF", "1500")]
)
def test_amount_has_the_decimals_paypal_takes(
    payment_standins: Providers, request_of: RequestOf, amount: str, currency: str, total: str
) -> None:
    outcome = start(payment_standins.paypal(), request_of(amount=Decimal(amount), currency=currency))
    [asked] = payment_standins.requests(PAYMENTS)
    assert asked["fields"]["transactions"][0]["amount"] == {"total": total, "currency": currency}
    assert outcome.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("payee", "told", "named"),
    [
        (PAYEE, {"email": PAYEE}, PAYEE),
        ("MERCHANT1", {"merchant_id": "MERCHANT1"}, "MERCHANT1"),
        (None, None, "merchant@standin.example"),
    ],
)
def test_payee_is_named_by_address_or_merchant_id(
    payment_standins: Providers, request_of: RequestOf, payee: str | None, told: Any, named: str
) -> None:
    assert start(payment_standins.paypal(), request_of(), payee).payee == named
    [asked] = payment_standins.requests(PAYMENTS)
    assert asked["fields"]["transactions"][0].get("payee") == told


def test_approved_payment_waits_for_us(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    started = start(paypal, request_of())
    answer = payment_standins.approve(started.url or "")
    assert answer.status_code == 303
    token = (started.url or "").partition("token=")[2]
    expected = f"{URLS['return_url']}&paymentId={started.id}&token={token}&PayerID=STANDINPAYER"
    assert answer.headers["Location"] == expected
    looked_up = paypal.look_up(started.id)
    assert (looked_up.state, looked_up.is_approved, looked_up.transaction_id) == ("waiting", True, None)


@pytest.mark.parametrize("payer", [None, "STANDINPAYER"])
def test_executed_payment_is_paid(payment_standins: Providers, request_of: RequestOf, payer: str | None) -> None:
    paypal = payment_standins.paypal()
    started = start(paypal, request_of())
    payment_standins.approve(started.url or "")
    outcome = paypal.execute(started.id, payer)
    assert (outcome.state, outcome.amount, outcome.is_approved) == ("succeeded", Decimal("61.17"), True)
    assert outcome.transaction_id
    assert paypal.look_up(started.id) == outcome
    assert paypal.execute(started.id, payer) == outcome


def test_payment_that_was_executed_elsewhere_is_paid_too(payment_standins: Providers, request_of: RequestOf) -> None:
    done = paid(payment_standins, request_of())
    told = json.dumps({"name": "PAYMENT_ALREADY_DONE", "message": "Payment has been done already for this cart."})
    payment_standins.fault(f"{PAYMENTS}/*/execute", status=400, body=told)
    assert payment_standins.paypal().execute(done.id) == done


def test_unapproved_payment_is_not_executed(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    started = start(paypal, request_of())
    with pytest.raises(ProviderRefused, match="The payer has not approved the payment"):
        paypal.execute(started.id)
    with pytest.raises(ProviderRefused, match="Payer has not approved payment") as refused:
        paypal.execute(started.id, "STANDINPAYER")
    assert refused.value.code == "PAYMENT_NOT_APPROVED_FOR_EXECUTION"


def test_payer_who_cannot_pay_is_told_why(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    started = start(paypal, request_of())
    payment_standins.approve(started.url or "", payment="declined")
    with pytest.raises(ProviderRefused, match="declined by the processor or bank"):
        paypal.execute(started.id)


def test_refused_request_is_told_with_its_issues(payment_standins: Providers, request_of: RequestOf) -> None:
    with pytest.raises(ProviderRefused, match="Currency amount must be positive"):
        start(payment_standins.paypal(), request_of(amount=Decimal(0)))


def test_refunds_never_exceed_what_was_paid(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    sale = paid(payment_standins, request_of()).transaction_id or ""
    first = paypal.refund(sale, "r1", Decimal("20.00"), "EUR")
    assert (first.state, first.amount, first.currency) == ("succeeded", Decimal("20.00"), "EUR")
    assert paypal.look_up_refund(first.id) == first
    assert paypal.refund(sale, "r1", Decimal("20.00"), "EUR") == first
    with pytest.raises(ProviderRefused, match="exceeds"):
        paypal.refund(sale, "r2", Decimal("41.18"), "EUR")
    assert paypal.refund(sale, "r3", Decimal("41.17"), "EUR").state == "succeeded"
    with pytest.raises(ProviderRefused, match="already fully refunded"):
        paypal.refund(sale, "r4", Decimal("0.01"), "EUR")


def test_refunded_payment_stays_paid(payment_standins: Providers, request_of: RequestOf) -> None:
    done = paid(payment_standins, request_of())
    payment_standins.paypal().refund(done.transaction_id or "", "r1", Decimal("61.17"), "EUR")
    assert payment_standins.paypal().look_up(done.id).state == "succeeded"


def test_payment_that_is_not_there_is_unknown(payment_standins: Providers) -> None:
    paypal = payment_standins.paypal()
    with pytest.raises(PaymentUnknown):
        paypal.look_up("PAYID-NONE")
    with pytest.raises(PaymentUnknown):
        paypal.execute("PAYID-NONE")
    with pytest.raises(PaymentUnknown):
        paypal.refund("NONE", "r1", Decimal(1), "EUR")
    with pytest.raises(PaymentUnknown):
        paypal.look_up_refund("NONE")


@pytest.mark.parametrize("identifier", ["../../oauth2/token", "PAY/../x?y=1#z", "", "%2e%2e", "é"])
def test_identifier_leads_to_no_other_path(payment_standins: Providers, identifier: str) -> None:
    with pytest.raises(PaymentUnknown):
        payment_standins.paypal().look_up(identifier)
    asked = payment_standins.requests(f"{PAYMENTS}/")
    assert [each["path"].count("/") for each in asked] == [5]


@pytest.mark.parametrize("state", ["failed", "expired", "canceled"])
def test_failed_payment_is_refused_with_its_reason(
    payment_standins: Providers, request_of: RequestOf, state: str
) -> None:
    started = start(payment_standins.paypal(), request_of())
    payment = {**started.document, "state": state, "failure_reason": "PAYER_CANNOT_PAY"}
    payment_standins.fault(f"{PAYMENTS}/*", status=200, body=json.dumps(payment))
    outcome = payment_standins.paypal().look_up(started.id)
    assert (outcome.state, outcome.reason) == ("refused", "PAYER_CANNOT_PAY")


@pytest.mark.parametrize(("sale", "state"), [("pending", "waiting"), ("denied", "refused"), ("completed", "succeeded")])
def test_money_counts_when_the_sale_is_completed(
    payment_standins: Providers, request_of: RequestOf, sale: str, state: str
) -> None:
    document = paid(payment_standins, request_of()).document
    document["transactions"][0]["related_resources"][0]["sale"]["state"] = sale
    payment_standins.fault(f"{PAYMENTS}/*", status=200, body=json.dumps(document))
    assert payment_standins.paypal().look_up("PAYID-X").state == state


def test_payment_of_several_things_is_none_of_ours(payment_standins: Providers, request_of: RequestOf) -> None:
    document = start(payment_standins.paypal(), request_of()).document
    document["transactions"] *= 2
    payment_standins.fault(f"{PAYMENTS}/*", status=200, body=json.dumps(document))
    with pytest.raises(PaymentUnknown):
        payment_standins.paypal().look_up("PAYID-X")


def test_wrong_application_is_told_apart(payment_standins: Providers, request_of: RequestOf) -> None:
    with pytest.raises(CredentialsRefused, match="Client Authentication failed"):
        start(payment_standins.paypal("wrong"), request_of())


def test_ended_access_token_is_replaced_once(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    started = start(paypal, request_of())
    payment_standins.fault(f"{PAYMENTS}/*", status=401, body="{}")
    assert paypal.look_up(started.id).id == started.id
    assert len(payment_standins.requests("/paypal/v1/oauth2/token")) == 2
    payment_standins.fault(f"{PAYMENTS}/*", times=9, status=401, body="{}")
    with pytest.raises(CredentialsRefused):
        paypal.look_up(started.id)
    assert len(payment_standins.requests("/paypal/v1/oauth2/token")) == 3


def test_lost_answers_and_repeated_calls_pay_once(payment_standins: Providers, request_of: RequestOf) -> None:
    paypal = payment_standins.paypal()
    payment_standins.fault(PAYMENTS, drop=True)
    with pytest.raises(ProviderUnavailable):
        start(paypal, request_of())
    started = start(paypal, request_of())
    payment_standins.approve(started.url or "")
    payment_standins.fault(f"{PAYMENTS}/*/execute", drop=True)
    with pytest.raises(ProviderUnavailable):
        paypal.execute(started.id)
    outcome = paypal.execute(started.id)
    sale = outcome.transaction_id or ""
    payment_standins.fault("/paypal/v1/payments/sale/*/refund", drop=True)
    with pytest.raises(ProviderUnavailable):
        paypal.refund(sale, "r1", Decimal("40.00"), "EUR")
    assert paypal.refund(sale, "r1", Decimal("40.00"), "EUR").amount == Decimal("40.00")
    assert paypal.refund(sale, "r2", Decimal("21.17"), "EUR").state == "succeeded"


CALLS: dict[str, Callable[[PayPalPayments, PaymentRequest], Any]] = {
    "start": lambda paypal, request: start(paypal, request),
    "look up": lambda paypal, request: paypal.look_up("PAYID-X"),
    "execute": lambda paypal, request: paypal.execute("PAYID-X", "PAYER"),
    "refund": lambda paypal, request: paypal.refund("SALE", "r1", Decimal(1), "EUR"),
    "look up a refund": lambda paypal, request: paypal.look_up_refund("REFUND"),
}
FAULTS: dict[str, dict[str, Any]] = {
    "an error of its own": {
        "status": 500,
        "body": json.dumps({"name": "INTERNAL_SERVICE_ERROR", "message": "An error."}),
    },
    "a gateway's page": {"status": 502, "body": "<html>Bad gateway</html>"},
    "too many requests": {"status": 429, "body": json.dumps({"name": "RATE_LIMIT_REACHED"})},
    "a conflict": {"status": 409, "body": json.dumps({"name": "DUPLICATE_REQUEST_ID"})},
    "no JSON": {"status": 200, "body": "<html>"},
    "a list": {"status": 200, "body": "[]"},
    "an empty object": {"status": 200, "body": "{}"},
    "a page in place of a refusal": {"status": 400, "body": "<html>"},
    "a page in place of nothing": {"status": 404, "body": "<html>"},
    "an unknown state": {
        "status": 200,
        "body": json.dumps(
            {
                "id": "x",
                "state": "odd",
                "amount": {"total": "1", "currency": "EUR"},
                "transactions": [{"amount": {"total": "1", "currency": "EUR"}}],
            }
        ),
    },
    "nothing": {"drop": True},
    "a redirect": {"status": 302, "body": ""},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
def test_answer_that_says_nothing_leaves_the_outcome_unknown(
    payment_standins: Providers, request_of: RequestOf, call: str, fault: str
) -> None:
    payment_standins.fault("/paypal/v1/payments/*", times=9, **FAULTS[fault])
    with pytest.raises(ProviderUnavailable):
        CALLS[call](payment_standins.paypal(), request_of())


@pytest.mark.parametrize("fault", FAULTS)
def test_access_that_is_not_granted_leaves_the_outcome_unknown(
    payment_standins: Providers, request_of: RequestOf, fault: str
) -> None:
    payment_standins.fault("/paypal/v1/oauth2/token", times=9, **FAULTS[fault])
    with pytest.raises(ProviderUnavailable):
        start(payment_standins.paypal(), request_of())


def test_adapters_share_nothing(payment_standins: Providers, request_of: RequestOf) -> None:
    started = start(payment_standins.paypal(), request_of())
    other = PayPalPayments("other application", "secret", api_url=f"{payment_standins.url}/paypal", timeout=5)
    with pytest.raises(PaymentUnknown):
        other.look_up(started.id)
    assert paypalrestsdk.api.__api__ is None
