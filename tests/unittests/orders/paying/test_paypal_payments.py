"""Paying by PayPal: started, approved by the payer, compared, executed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import requests

from app.adapters.payments import PaymentRequest
from app.edge import Service
from app.extensions import db
from app.orders.models import Order
from app.users.tokens import access_token
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.paying.steps import PRICE, Shop, payments, refunds
from tests.unittests.orders.steps import attributes, error

PAYMENTS = "/paypal/v1/payments/payment"
PAYER, CLIENT = "STANDINPAYER", "sk_test_standin"


def executions(shop: Shop) -> int:
    """How often money was taken, or tried to be."""
    return len([each for each in shop.providers.requests(PAYMENTS) if each["path"].endswith("/execute")])


def foreign(shop: Shop, **changes: Any) -> str:
    """A payment that is approved and not this shop's order's: the payer's own idea of what to pay, and to whom."""
    wanted = {"amount": PRICE, "currency": "EUR", "order": "none", "payee": "organizer@example.com"} | changes
    request = PaymentRequest("key", wanted["amount"], wanted["currency"], wanted["order"], "")
    pages = {"return_url": "https://www.example.com/a", "cancel_url": "https://www.example.com/b"}
    started = shop.providers.paypal(client="sk_test_standin").start(request, payee=wanted["payee"], **pages)
    assert started.url is not None
    shop.providers.approve(started.url)
    return started.id


def test_approved_payment_is_executed_and_completes_the_order(shop: Shop) -> None:
    order = shop.ordered("paypal")
    payment_id = shop.approved(order)
    answer = shop.charge(order, paypal_payer_id=PAYER, paypal_payment_id=payment_id)
    assert (answer.status_code, attributes(answer)) == (201, {"status": True, "message": "Charge successful"})
    db.session.refresh(order)
    assert (order.status, order.paid_via, order.brand) == ("completed", "paypal", None)
    (payment,) = payments()
    assert (payment.paid, payment.paid_currency, order.transaction_id) == (PRICE, "EUR", payment.transaction_id)


@pytest.mark.parametrize("offer", [{}, {"paypal_payer_id": "", "paypal_payment_id": ""}, {"stripe": None}])
def test_neither_token_nor_names_are_needed(shop: Shop, offer: dict[str, Any]) -> None:
    order = shop.ordered("paypal")
    shop.approved(order)
    assert shop.charge(order, **(offer or {"stripe": None})).status_code == 201
    assert executions(shop) == 1


def test_money_is_to_go_to_the_organizer_and_the_amount_is_exact(shop: Shop) -> None:
    order = shop.ordered("paypal")
    shop.approved(order)
    (call,) = [each for each in shop.providers.requests(PAYMENTS) if each["path"] == PAYMENTS]
    (transaction,) = call["fields"]["transactions"]
    assert transaction["amount"] == {"total": "19.99", "currency": "EUR"}
    assert (transaction["payee"], transaction["custom"]) == ({"email": "organizer@example.com"}, order.identifier)


def test_payment_is_started_once_and_named_again(shop: Shop) -> None:
    order = shop.ordered("paypal")
    pages = {"return_url": "https://www.example.com/back", "cancel_url": "https://www.example.com/no"}
    first = shop.plain(order, "create-paypal-payment", **pages).get_json()
    assert first["status"] is True
    assert shop.plain(order, "create-paypal-payment", **pages).get_json() == first
    assert len(payments()) == 1
    approved = shop.providers.approve(first["url"])
    assert approved.headers["Location"].startswith("https://www.example.com/back?")


def test_what_the_payer_has_not_approved_is_not_executed(shop: Shop) -> None:
    order = shop.ordered("paypal")
    assert shop.charge(order, stripe=None).status_code == 422  # Nothing was started.
    payment_id = shop.plain(order, "create-paypal-payment").get_json()["payment_id"]
    answer = shop.charge(order, paypal_payer_id=PAYER, paypal_payment_id=payment_id)
    assert (answer.status_code, error(answer)["detail"]) == (422, "The payer has not approved the payment.")
    assert [each.state for each in payments()] == ["waiting"]
    shop.approved(order)
    assert shop.charge(order, paypal_payer_id=PAYER, paypal_payment_id=payment_id).status_code == 201


def test_another_payment_than_the_one_started_for_the_order_is_never_executed(shop: Shop) -> None:
    cheap, dear = shop.ordered("paypal", amount=1), shop.ordered("paypal")
    other = shop.approved(cheap)
    shop.approved(dear)
    for payment_id in (other, foreign(shop), foreign(shop, amount=Decimal(1)), "none"):
        answer = shop.charge(dear, paypal_payer_id=PAYER, paypal_payment_id=payment_id)
        assert (answer.status_code, error(answer)["source"]["pointer"]) == (422, "/data/attributes/paypal-payment-id")
    assert executions(shop) == 0
    db.session.refresh(dear)
    assert dear.status == "pending"


def test_payment_started_before_the_order_changed_is_not_executed(shop: Shop) -> None:
    order = shop.ordered("paypal")
    shop.approved(order)
    order.amount = PRICE + 1
    db.session.flush()
    assert shop.charge(order, stripe=None).status_code == 422
    assert executions(shop) == 0


def test_declined_payer_is_told_and_can_start_again(shop: Shop) -> None:
    order = shop.ordered("paypal")
    shop.approved(order, payment="declined")
    answer = shop.charge(order, stripe=None)
    assert (answer.status_code, "declined" in error(answer)["detail"]) == (422, True)
    shop.approved(order)
    assert shop.charge(order, stripe=None).status_code == 201
    assert [each.state for each in payments()] == ["failed", "succeeded"]


@pytest.mark.parametrize("fault", [{"drop": True}, {"late": 1.5}, {"status": 500}], ids=str)
def test_execution_whose_outcome_is_unknown_is_found_out(shop: Shop, deliver: Deliver, fault: dict[str, Any]) -> None:
    order = shop.ordered("paypal")
    shop.approved(order)
    shop.providers.fault(f"{PAYMENTS}/*/execute", **fault)
    assert shop.charge(order, stripe=None).status_code == 503
    assert shop.charge(order, stripe=None).status_code == 201
    assert [(each.state, each.paid) for each in payments()] == [("succeeded", PRICE)]
    assert refunds() == []


def test_event_without_address_and_platform_without_keys_are_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = shop.ordered("paypal")
    monkeypatch.setitem(shop.api.app.config, "PAYMENT_STANDINS_URL", None)
    answer = shop.plain(order, "create-paypal-payment")
    assert error(answer)["detail"] == "Payments through Paypal have not been configured on the platform"
    shop.event.paypal_email = None
    assert shop.plain(order, "create-paypal-payment").status_code == 409


def test_what_cannot_be_read_or_may_not_be_asked_is_refused(shop: Shop) -> None:
    order = shop.ordered("paypal")
    path = f"/v1/orders/{order.identifier}/create-paypal-payment"
    for body in ({}, {"data": {}}, {"data": {"attributes": []}}, {"data": {"attributes": {"return-url": 1}}}):
        answer = shop.api.plain("POST", path, body, user=shop.buyer)
        assert (answer.status_code, error(answer)["detail"]) == (400, "Bad Request Error")
    for action in ("create-paypal-payment", "verify-mobile-paypal-payment"):
        assert shop.plain(order, action, user=shop.stranger).status_code == 403
    assert shop.plain(shop.ordered("stripe"), "create-paypal-payment").status_code == 409


def test_provider_that_is_away_is_told_without_failing(shop: Shop) -> None:
    shop.providers.fault(PAYMENTS, status=503)
    answer = shop.plain(shop.ordered("paypal"), "create-paypal-payment")
    assert (answer.status_code, answer.get_json()["status"]) == (200, False)


# Payments of the payer's own app


def paid_in_app(shop: Shop, order: Order, **changes: Any) -> str:
    """A payment that an app started and executed for the order."""
    payment_id = foreign(shop, order=order.identifier, **changes)
    shop.providers.paypal(client="sk_test_standin").execute(payment_id)
    return payment_id


def reported(shop: Shop, order: Order, payment_id: str) -> Any:
    """What is answered to an app that names its payment."""
    return shop.plain(order, "verify-mobile-paypal-payment", payment_id=payment_id).get_json()


def test_payment_of_an_app_completes_the_order_it_is_for(shop: Shop) -> None:
    order = shop.ordered("paypal")
    shop.plain(order, "create-paypal-payment")
    assert reported(shop, order, paid_in_app(shop, order)) == {"status": True, "error": None}
    db.session.refresh(order)
    assert (order.status, order.paid_via) == ("completed", "paypal")


def test_payment_of_an_app_counts_once(shop: Shop) -> None:
    order, other = shop.ordered("paypal"), shop.ordered("paypal")
    payment_id = paid_in_app(shop, order)
    assert reported(shop, order, payment_id)["status"] is True
    assert reported(shop, other, payment_id) == {"status": False, "error": "Payment has been used already"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"amount": Decimal(1)}, "The payment is EUR 1.00 instead of EUR 19.99."),
        ({"currency": "USD"}, "The payment is in USD instead of EUR."),
        ({"payee": "thief@example.com"}, "The payment goes to somebody else."),
    ],
)
def test_payment_of_an_app_that_is_not_as_ordered_is_refused_and_left_alone(
    shop: Shop, changes: dict[str, Any], fault: str
) -> None:
    order = shop.ordered("paypal")
    assert reported(shop, order, paid_in_app(shop, order, **changes)) == {"status": False, "error": fault}
    db.session.refresh(order)
    assert (order.status, payments(), refunds()) == ("pending", [], [])


def test_payment_of_an_app_that_is_unknown_or_not_executed_is_refused(shop: Shop) -> None:
    order = shop.ordered("paypal")
    assert reported(shop, order, "PAYID-none") == {"status": False, "error": "Payment Not Found"}
    waiting = foreign(shop, order=order.identifier)
    assert reported(shop, order, waiting) == {"status": False, "error": "Payment not approved"}


def test_payment_of_an_app_that_was_given_back_completes_nothing(shop: Shop) -> None:
    order = shop.ordered("paypal")
    payment_id = paid_in_app(shop, order)
    paypal = shop.providers.paypal(client="sk_test_standin")
    paypal.refund(paypal.look_up(payment_id).transaction_id or "", "by hand", Decimal(1), "EUR")
    assert reported(shop, order, payment_id) == {"status": False, "error": "Payment has been given back"}
    db.session.refresh(order)
    assert (order.status, payments()) == ("pending", [])


def test_payment_of_an_app_that_is_reported_for_many_orders_at_once_completes_one(
    committed_app: Service, committed_shop: Shop
) -> None:
    shop = committed_shop
    identifiers = [shop.ordered("paypal").identifier for _ in range(4)]
    token, start = access_token(shop.buyer), Barrier(4)
    db.session.commit()
    # A payment of the payer's app need not name an order.
    payment_id = unnamed(shop)

    def report(identifier: str) -> Any:
        client = committed_app.test_client()
        body = {"data": {"attributes": {"payment-id": payment_id}}}
        start.wait(10)
        path, headers = f"/v1/orders/{identifier}/verify-mobile-paypal-payment", {"Authorization": f"JWT {token}"}
        answer = client.post(path, json=body, headers=headers)
        return answer.status_code, answer.get_json()["error"]

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(report, identifiers), key=str)
    assert answers == [(200, "Payment has been used already")] * 3 + [(200, None)]


def unnamed(shop: Shop) -> str:
    """A payment that an app started and executed without saying what for."""
    address, headers = f"{shop.providers.url}{PAYMENTS}", {}
    signed = requests.post(f"{shop.providers.url}/paypal/v1/oauth2/token", auth=(CLIENT, CLIENT), timeout=5)
    headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
    transaction = {"amount": {"total": str(PRICE), "currency": "EUR"}, "payee": {"email": "organizer@example.com"}}
    pages = {"return_url": "https://www.example.com/a", "cancel_url": "https://www.example.com/b"}
    wanted = {"intent": "sale", "transactions": [transaction], "redirect_urls": pages}
    payment = requests.post(address, json=wanted, headers=headers, timeout=5).json()
    shop.providers.approve(next(link["href"] for link in payment["links"] if link["rel"] == "approval_url"))
    requests.post(f"{address}/{payment['id']}/execute", json={"payer_id": PAYER}, headers=headers, timeout=5)
    return str(payment["id"])


@pytest.mark.parametrize("address", ["http://[", "http://[::1", "https://a b/", "https://a.example/\r\nX: y"])
def test_address_that_is_none_is_refused(shop: Shop, address: str) -> None:
    answer = shop.plain(shop.ordered("paypal"), "create-paypal-payment", return_url=address)
    assert (answer.status_code, error(answer)["detail"]) == (400, "Bad Request Error")
