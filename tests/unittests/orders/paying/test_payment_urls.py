"""Where a new order is paid: `payment-url`."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import select, text

from app.edge import Service
from app.extensions import db
from app.orders.models import Order
from app.users.tokens import access_token
from tests.unittests.client import JSON_API, document, linkage
from tests.unittests.orders.paying.steps import Shop, payments
from tests.unittests.orders.steps import attributes

PAYMENTS = "/paypal/v1/payments/payment"


def url_of(shop: Shop, order: Order, query: str = "", user: Any = None) -> Any:
    """The payment-url that a GET of the order shows."""
    return attributes(shop.api.get(f"/v1/orders/{order.id}{query}", user=user or shop.buyer)).get("payment-url")


def placed(shop: Shop, mode: str) -> Any:
    """The attributes of a new order."""
    answer = shop.order(shop.attendee(), payment_mode=mode)
    assert answer.status_code == 201, answer.json
    return attributes(answer)


def test_card_order_says_that_a_card_is_to_be_asked_for(shop: Shop) -> None:
    assert placed(shop, "stripe")["payment-url"] == "stripe://payment"


def test_paypal_order_can_be_paid_at_its_url(shop: Shop) -> None:
    order = placed(shop, "paypal")
    approved = shop.providers.approve(order["payment-url"])
    assert approved.headers["Location"].startswith(
        f"{shop.api.app.config['FRONTEND_URL']}/orders/{order['identifier']}/view?paymentId="
    )
    found = db.session.scalars(select(Order)).one()
    assert shop.charge(found, stripe=None).status_code == 201
    db.session.refresh(found)
    assert (found.status, found.payment_url) == ("completed", None)


@pytest.mark.parametrize("mode", ["bank", "free"])
def test_what_is_not_paid_through_a_provider_has_none(shop: Shop, mode: str) -> None:
    shop.event.can_pay_by_bank = True
    if mode == "free":
        shop.ticket.type, shop.ticket.price = "free", 0
    assert placed(shop, mode)["payment-url"] is None


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"late": 1.5}], ids=str)
def test_order_stands_while_paypal_is_away_and_gets_its_url_later(shop: Shop, fault: dict[str, Any]) -> None:
    shop.providers.fault(PAYMENTS, **fault)
    order = placed(shop, "paypal")
    assert (order["status"], order["payment-url"]) == ("pending", None)
    found = db.session.scalars(select(Order)).one()
    assert url_of(shop, found) is None
    assert url_of(shop, found, "?regenerate=true").startswith(shop.providers.url)
    assert len(payments()) == 1
    assert shop.taken() == 1


def test_order_stands_where_the_event_has_no_address_to_be_paid_to(shop: Shop) -> None:
    shop.event.paypal_email = None
    assert placed(shop, "paypal")["payment-url"] is None


def test_url_is_renewed_for_buyer_and_team_until_the_order_is_completed(shop: Shop) -> None:
    order = shop.ordered()
    assert url_of(shop, order) is None
    assert url_of(shop, order, "?regenerate=true", shop.owner) == "stripe://payment"
    assert url_of(shop, order, "?regenerate=true") == "stripe://payment"
    assert shop.charge(order).status_code == 201
    assert url_of(shop, order, "?regenerate=true") is None


def test_stranger_renews_nothing(shop: Shop) -> None:
    order = shop.ordered("paypal")
    assert shop.api.get(f"/v1/orders/{order.id}?regenerate=true", user=shop.stranger).status_code == 403
    assert (payments(), shop.providers.requests()) == ([], [])


def test_nothing_is_held_while_paypal_is_asked_for_a_new_order(committed_app: Service, committed_shop: Shop) -> None:
    attendee, token = committed_shop.attendee(), access_token(committed_shop.buyer)
    db.session.commit()
    relationships = {"event": linkage("event", committed_shop.event), "attendees": [linkage("attendee", attendee)]}
    body = document("order", relationships=relationships, payment_mode="paypal")
    committed_shop.providers.fault(PAYMENTS, delay=0.8)

    def place() -> None:
        headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API}
        committed_app.test_client().post("/v1/orders", json=body, headers=headers)

    placing = threading.Thread(target=place)
    placing.start()
    deadline = time.monotonic() + 10
    while not committed_shop.asked(PAYMENTS):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    db.session.rollback()
    # Fails at once where somebody else holds the row.
    order = db.session.scalars(select(Order).with_for_update(nowait=True)).one()
    assert order.status == "pending"
    db.session.execute(text("SELECT * FROM ticket_stocks FOR UPDATE NOWAIT"))
    db.session.rollback()
    placing.join()
    assert db.session.scalars(select(Order.payment_url)).one()
