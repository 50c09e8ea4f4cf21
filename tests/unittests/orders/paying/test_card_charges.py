"""Charging an order's buyer by a card's token."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from tests.unittests.client import document
from tests.unittests.factories.payments import StripeAuthorizationFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.paying.steps import CHARGES, PRICE, Shop, payments, refunds
from tests.unittests.orders.steps import attributes, error

ENDED = "You cannot charge payments on a cancelled, expired or completed order"


def test_order_is_completed_by_a_charged_card(shop: Shop) -> None:
    order = shop.ordered()
    answer = shop.charge(order)
    assert answer.status_code == 201, answer.json
    assert attributes(answer) == {"status": True, "message": "Charge successful"}
    (included,) = answer.json["included"]  # type: ignore[index]
    linkage = answer.json["data"]["relationships"]["order"]["data"]  # type: ignore[index]
    assert linkage == {"type": "order", "id": str(order.id)} == {key: included[key] for key in ("type", "id")}
    seen = included["attributes"]
    assert (seen["status"], seen["paid-via"], seen["brand"], seen["last4"]) == ("completed", "stripe", "visa", "4242")
    assert all(seen[name] for name in ("exp-month", "exp-year", "completed-at", "transaction-id"))
    (payment,) = payments()
    assert (payment.state, payment.paid, payment.source) == ("succeeded", PRICE, None)


def test_amount_is_sent_in_the_smallest_unit_without_losing_any(shop: Shop) -> None:
    assert shop.charge(shop.ordered()).status_code == 201
    (call,) = shop.providers.requests(CHARGES)
    assert (call["fields"]["amount"], call["fields"]["currency"]) == ("1999", "eur")


def test_currency_without_decimals_is_not_multiplied(shop: Shop) -> None:
    assert shop.charge(shop.ordered(amount=500, currency="JPY")).status_code == 201
    (call,) = shop.providers.requests(CHARGES)
    assert (call["fields"]["amount"], call["fields"]["currency"]) == ("500", "jpy")


def test_refused_card_is_told_in_the_words_of_the_bank_and_leaves_the_order_payable(shop: Shop) -> None:
    order = shop.ordered()
    answer = shop.charge(order, stripe="tok_chargeDeclined")
    assert answer.status_code == 422
    assert error(answer)["detail"] == "Your card was declined."
    assert error(answer)["source"] == {"source": "stripe_token_id", "pointer": "/data/attributes/stripe"}
    db.session.refresh(order)
    assert (order.status, shop.taken()) == ("pending", 1)
    assert [payment.state for payment in payments()] == ["failed"]
    assert shop.charge(order).status_code == 201


@pytest.mark.parametrize("offer", [{"stripe": None}, {"paypal_payer_id": "x"}, {"stripe": ""}])
def test_missing_token_is_refused(shop: Shop, offer: dict[str, Any]) -> None:
    answer = shop.charge(shop.ordered(), **offer)
    assert (answer.status_code, error(answer)["detail"]) == (422, "stripe token is missing")
    assert error(answer)["source"]["pointer"] == "/data/attributes/stripe"
    assert payments() == []


@pytest.mark.parametrize(
    ("person", "status"), [("owner", 201), ("coorganizer", 201), ("admin", 201), ("registrar", 403), ("stranger", 403)]
)
def test_order_is_charged_for_its_buyer_its_team_and_staff_only(shop: Shop, person: str, status: int) -> None:
    answer = shop.charge(shop.ordered(), user=shop.person(person))
    assert answer.status_code == status
    assert shop.asked(CHARGES) == (status == 201)


def test_anonymous_and_unknown_are_told_apart(shop: Shop) -> None:
    order = shop.ordered()
    sent = document("charge", stripe="tok_visa")
    assert shop.api.post(f"/v1/orders/{order.identifier}/charge", sent).status_code == 401
    answer = shop.api.post("/v1/orders/999999/charge", sent, user=shop.buyer)
    assert (answer.status_code, error(answer)["source"]) == (404, {"parameter": "order_identifier"})
    assert shop.api.post(f"/v1/orders/{order.id}/charge", sent, user=shop.buyer).status_code == 201


@pytest.mark.parametrize("status", ["cancelled", "expired", "completed"])
def test_order_that_is_over_is_not_charged(shop: Shop, status: str) -> None:
    answer = shop.charge(shop.ordered(status=status))
    assert (answer.status_code, error(answer)["detail"]) == (409, ENDED)
    assert error(answer)["source"] == {"parameter": "id"}


@pytest.mark.parametrize(
    ("order", "event", "detail"),
    [
        ({"amount": 0}, {}, "You cannot charge payments on a free order"),
        ({}, {"can_pay_by_stripe": False}, "This event doesn't accept payments by Stripe"),
        ({"mode": "bank"}, {}, "An order with payment-mode bank is not paid through a payment provider"),
    ],
)
def test_order_that_cannot_be_charged_says_why(shop: Shop, order: Any, event: Any, detail: str) -> None:
    for name, value in event.items():
        setattr(shop.event, name, value)
    answer = shop.charge(shop.ordered(**order))
    assert (answer.status_code, error(answer)["detail"]) == (409, detail)
    assert payments() == []


def test_without_keys_there_is_nothing_to_charge_with(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shop.api.app.config, "PAYMENT_STANDINS_URL", None)
    answer = shop.charge(shop.ordered())
    assert (answer.status_code, error(answer)["detail"]) == (409, "Stripe credentials not found for the event.")


def test_event_is_paid_to_its_own_account(shop: Shop) -> None:
    StripeAuthorizationFactory(event=shop.event, stripe_secret_key="sk_test_own", stripe_user_id="acct_own")
    assert shop.charge(shop.ordered()).status_code == 201
    (payment,) = payments()
    assert payment.account == "acct_own"
    assert shop.providers.stripe("sk_test_own").look_up(payment.provider_id or "").state == "succeeded"


def test_completion_happens_once_and_the_second_charge_is_refused(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    assert shop.charge(order).status_code == 201
    mails = len(deliver())
    assert mails > 0
    assert shop.charge(order).status_code == 409
    assert len(deliver()) == mails
    assert (shop.asked(CHARGES), refunds()) == (1, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "completed"},
        {"amount": 0, "payment-mode": "free", "status": "completed"},
        {"status": "placed"},
        {"paid-via": "stripe", "transaction-id": "ch_1", "status": "completed"},
    ],
)
def test_buyer_never_completes_an_unpaid_order_whatever_they_send(shop: Shop, changes: dict[str, Any]) -> None:
    for status in ("initializing", "pending"):
        order = shop.ordered(status=status)
        answer = shop.api.patch(f"/v1/orders/{order.id}", document("order", order.id, **changes), user=shop.buyer)
        assert answer.status_code in (403, 422)
        db.session.refresh(order)
        assert (order.status, order.paid_via, order.amount) == (status, None, PRICE)


def test_token_is_encrypted_while_it_is_kept(shop: Shop) -> None:
    shop.providers.fault(CHARGES, status=500, body="?", times=1)
    assert shop.charge(shop.ordered()).status_code == 503
    (stored,) = db.session.scalars(text("SELECT source FROM payments"))
    assert b"tok_visa" not in bytes(stored)
    assert payments()[0].source == "tok_visa"


@pytest.mark.parametrize("key", ["sk_test_half\r\nX: y", "sk_test_half\n", "sk_test_half☃"])
def test_key_that_cannot_be_sent_is_not_logged(shop: Shop, caplog: pytest.LogCaptureFixture, key: str) -> None:
    StripeAuthorizationFactory(event=shop.event, stripe_secret_key=key, stripe_user_id="acct_own")
    assert shop.charge(shop.ordered()).status_code == 503
    assert caplog.records
    assert "sk_test_half" not in caplog.text


def test_order_of_less_than_a_cent_is_told_to_be_free(shop: Shop) -> None:
    answer = shop.charge(shop.ordered(amount=Decimal("0.004")))
    assert (answer.status_code, error(answer)["detail"]) == (409, "You cannot charge payments on a free order")
