"""Cards that are asked for in the browser, by a PaymentIntent, and Stripe's messages about them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.orders.models import Order
from app.payments.models import ProviderEvent
from tests.unittests.client import document
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.paying.steps import IN_BROWSER, INTENTS, PRICE, Shop, payments, refunds
from tests.unittests.orders.steps import attributes, error, queued_jobs
from tests.unittests.providers import signed_event


def intent_of(answer: TestResponse) -> dict[str, Any]:
    """The PaymentIntent in the message of a charge."""
    assert answer.status_code == 201, answer.json
    told = attributes(answer)
    assert told["status"] is True
    intent: dict[str, Any] = json.loads(told["message"])
    return intent


def test_intent_is_started_once_and_given_again(shop: Shop) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    assert intent["client_secret"]
    assert (intent["amount"], intent["currency"], intent["metadata"]["order"]) == (1999, "eur", order.identifier)
    assert intent_of(shop.charge(order, **IN_BROWSER))["id"] == intent["id"]
    assert shop.asked(INTENTS) == 1
    db.session.refresh(order)
    assert order.status == "pending"


def test_intent_whose_start_was_not_answered_is_not_started_twice(shop: Shop) -> None:
    order = shop.ordered()
    shop.providers.fault(INTENTS, drop=True)
    assert shop.charge(order, **IN_BROWSER).status_code == 503
    intent_of(shop.charge(order, **IN_BROWSER))
    assert len({call["key"] for call in shop.providers.requests(INTENTS) if call["method"] == "POST"}) == 1


def test_confirmed_intent_completes_the_order_when_it_is_verified(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    assert shop.plain(order, "verify").get_json() == {"payment_status": "requires_payment_method"}
    assert shop.providers.confirm(intent["client_secret"]).ok
    assert shop.plain(order, "verify").get_json() == {"payment_status": "succeeded"}
    db.session.refresh(order)
    assert (order.status, order.paid_via, order.last4) == ("completed", "stripe", "4242")
    mails = len(deliver())
    assert shop.plain(order, "verify").get_json() == {"payment_status": "succeeded"}
    assert len(deliver()) == mails


def test_refused_card_leaves_the_intent_to_be_confirmed_by_another(shop: Shop) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    shop.providers.confirm(intent["client_secret"], "pm_card_chargeDeclined")
    assert shop.plain(order, "verify").get_json() == {"payment_status": "requires_payment_method"}
    again = intent_of(shop.charge(order, **IN_BROWSER))
    assert again["id"] == intent["id"]
    shop.providers.confirm(again["client_secret"])
    assert intent_of(shop.charge(order, **IN_BROWSER))["status"] == "succeeded"
    db.session.refresh(order)
    assert order.status == "completed"


def test_verify_says_nothing_of_orders_without_a_payment(shop: Shop) -> None:
    assert shop.plain(shop.ordered("bank"), "verify").get_json() == {"payment_status": None}
    assert shop.plain(shop.ordered(), "verify", user=shop.stranger).status_code == 403
    assert shop.api.plain("POST", "/v1/orders/999999/verify", {}, user=shop.buyer).status_code == 404


def test_card_token_takes_the_place_of_an_intent_that_can_no_longer_be_paid_then(shop: Shop) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    assert attributes(shop.charge(order))["status"] is True
    assert not shop.providers.confirm(intent["client_secret"]).ok
    assert [(each.kind, each.state) for each in payments()] == [("intent", "cancelled"), ("token", "succeeded")]


def test_card_token_is_not_charged_when_the_intent_was_confirmed_meanwhile(shop: Shop) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    shop.providers.confirm(intent["client_secret"])
    assert attributes(shop.charge(order))["status"] is True
    assert [(each.kind, each.state) for each in payments()] == [("intent", "succeeded")]
    assert refunds() == []


def test_intent_of_another_amount_is_replaced(shop: Shop) -> None:
    order = shop.ordered()
    first = intent_of(shop.charge(order, **IN_BROWSER))
    order.amount = PRICE + 1
    db.session.flush()
    second = intent_of(shop.charge(order, **IN_BROWSER))
    assert (second["amount"], second["id"] == first["id"]) == (2099, False)
    assert not shop.providers.confirm(first["client_secret"]).ok


# Messages


def told(shop: Shop, payload: bytes, signature: str) -> int:
    """The status of our answer to a message."""
    headers = {"Stripe-Signature": signature}
    answer = shop.api.request(
        "POST", "/v1/webhooks/stripe", data=payload, headers=headers, content_type="application/json"
    )
    return answer.status_code


def paid_in_browser(shop: Shop) -> tuple[Order, dict[str, Any]]:
    """An order whose buyer has paid and never came back, with the intent."""
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    shop.providers.confirm(intent["client_secret"])
    return order, intent


def test_signed_message_completes_the_order_whose_buyer_never_came_back(shop: Shop, deliver: Deliver) -> None:
    order, intent = paid_in_browser(shop)
    assert told(shop, *signed_event("payment_intent.succeeded", intent)) == 200
    deliver()
    db.session.refresh(order)
    assert (order.status, order.paid_via) == ("completed", "stripe")


def test_message_is_handled_once_however_often_it_comes(shop: Shop, deliver: Deliver) -> None:
    _, intent = paid_in_browser(shop)
    message = signed_event("payment_intent.succeeded", intent)
    for _ in range(3):
        assert told(shop, *message) == 200
    assert queued_jobs() == ["pursue_payment"]
    mails = len(deliver())
    assert told(shop, *message) == 200
    assert (queued_jobs(), len(deliver())) == ([], mails)
    assert len(db.session.scalars(select(ProviderEvent)).all()) == 1


def test_messages_may_come_in_any_order(shop: Shop, deliver: Deliver) -> None:
    order, intent = paid_in_browser(shop)
    for kind in (
        "payment_intent.succeeded",
        "charge.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.created",
    ):
        assert told(shop, *signed_event(kind, intent)) == 200
        deliver()
    db.session.refresh(order)
    assert (order.status, len(payments()), refunds()) == ("completed", 1, [])


def test_message_alone_completes_nothing(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    forged = intent | {"status": "succeeded", "amount_received": 1999}
    assert told(shop, *signed_event("payment_intent.succeeded", forged)) == 200
    deliver()
    db.session.refresh(order)
    assert order.status == "pending"


def test_message_about_nothing_of_ours_is_taken_and_ignored(shop: Shop) -> None:
    assert told(shop, *signed_event("charge.succeeded", {"id": "ch_of_others", "metadata": {}})) == 200
    assert queued_jobs() == []


def test_message_that_somebody_else_signed_is_refused(shop: Shop) -> None:
    _, intent = paid_in_browser(shop)
    assert told(shop, *signed_event("payment_intent.succeeded", intent, secret="whsec_of_others")) == 400
    payload, signature = signed_event("payment_intent.succeeded", intent)
    assert told(shop, payload.replace(b"1999", b"1"), signature) == 400
    assert told(shop, payload, "") == 400
    assert (queued_jobs(), db.session.scalars(select(ProviderEvent)).all()) == ([], [])


def test_without_a_secret_no_message_is_believed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(shop.api.app.config, "STRIPE_WEBHOOK_SECRET", None)
    assert told(shop, *signed_event("charge.succeeded", {"id": "ch_1"}, secret="")) == 400


def test_charge_says_what_the_client_is_to_send(shop: Shop) -> None:
    order = shop.ordered()
    answer = shop.api.post(f"/v1/orders/{order.identifier}/charge", {"data": {"attributes": {}}}, user=shop.buyer)
    assert answer.status_code == 400
    answer = shop.api.post(f"/v1/orders/{order.identifier}/charge", document("order"), user=shop.buyer)
    assert (answer.status_code, error(answer)["source"]["pointer"]) == (409, "/data/type")
