"""Money that comes when the order is over, or is not what the order asks for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from app.extensions import commit_step, db
from app.orders.models import Attendee, Order
from app.orders.paying import charging, reconciling
from app.orders.paying.asking import ask
from app.orders.paying.charging import Offer
from app.orders.transitions import Party, move
from app.payments.models import Payment
from tests.unittests.client import document
from tests.unittests.factories.events import in_days
from tests.unittests.factories.payments import StripeAuthorizationFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.paying.steps import IN_BROWSER, INTENTS, PRICE, Shop, payments, refunds
from tests.unittests.orders.paying.test_browser_payments import intent_of, paid_in_browser
from tests.unittests.orders.steps import error, queued_jobs


def expire(order: Order) -> None:
    """End the order as the clock does."""
    move(db.session.get_one(Order, order.id), "expired", by=Party.SERVICE)
    db.session.commit()


def test_order_that_expired_is_completed_when_its_seats_are_still_free(shop: Shop, deliver: Deliver) -> None:
    order, _ = paid_in_browser(shop)
    expire(order)
    assert shop.taken() == 0
    deliver()
    db.session.refresh(order)
    assert (order.status, order.paid_via, shop.taken()) == ("completed", "stripe", 1)
    assert refunds() == []


def test_payment_in_the_last_moment_counts_though_the_clock_has_not_marked_the_order(
    shop: Shop, deliver: Deliver
) -> None:
    order, _ = paid_in_browser(shop)
    order.expires_at = in_days(-0.01)
    db.session.flush()
    assert shop.charge(order, stripe="tok_visa").status_code == 409
    assert shop.plain(order, "verify").get_json() == {"payment_status": "succeeded"}
    mails = deliver()
    db.session.refresh(order)
    assert (order.status, order.expires_at, shop.taken()) == ("completed", None, 1)
    assert refunds() == []
    assert not [mail for mail in mails if "expired" in str(mail["Subject"]).lower()]


def test_money_for_seats_that_are_sold_goes_back_and_the_buyer_is_told(shop: Shop, deliver: Deliver) -> None:
    order, _ = paid_in_browser(shop)
    expire(order)
    shop.ticket.quantity = 1
    db.session.flush()
    shop.ordered()
    mails = deliver()
    db.session.refresh(order)
    assert (order.status, order.paid_via, order.transaction_id, shop.taken()) == ("expired", None, None, 1)
    assert [(each.cause, each.state, each.amount) for each in refunds()] == [("too late", "succeeded", PRICE)]
    subjects = [str(mail["Subject"]) for mail in mails if mail["To"].addresses[0].addr_spec == shop.buyer.email]
    assert sorted(subjects) == [
        f"EUR 19.99 went back to you for {shop.event.name}",
        f"Your order for {shop.event.name} has expired",
        f"Your payment for {shop.event.name} goes back to you",
    ]


def test_money_for_an_order_that_was_cancelled_goes_back(shop: Shop, deliver: Deliver) -> None:
    order, _ = paid_in_browser(shop)
    move(db.session.get_one(Order, order.id), "cancelled", by=Party.BUYER)
    db.session.commit()
    deliver()
    db.session.refresh(order)
    assert (order.status, shop.taken()) == ("cancelled", 0)
    assert [(each.cause, each.state) for each in refunds()] == [("cancelled", "succeeded")]


def test_order_that_ends_can_no_longer_be_paid(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    expire(order)
    assert queued_jobs() == ["send_expiry", "pursue_payment"]
    deliver()
    assert not shop.providers.confirm(intent["client_secret"]).ok
    assert [each.state for each in payments()] == ["cancelled"]


def test_approval_that_waits_for_an_order_that_ended_is_dropped(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered("paypal")
    shop.approved(order)
    expire(order)
    deliver()
    assert [each.state for each in payments()] == ["cancelled"]
    assert not [each for each in shop.providers.requests() if each["path"].endswith("/execute")]


def test_card_charged_without_our_knowing_is_given_back_when_the_order_has_ended(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    shop.providers.fault("/stripe/v1/charges", drop=True)
    assert shop.charge(order).status_code == 503
    move(db.session.get_one(Order, order.id), "cancelled", by=Party.BUYER)
    db.session.commit()
    deliver()
    assert [(each.state, each.paid, each.refunded) for each in payments()] == [("succeeded", PRICE, PRICE)]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [({"amount": Decimal(1)}, {}), ({"currency": "USD"}, {}), ({}, {"amount": PRICE + 5}), ({}, {"currency": "CHF"})],
)
def test_money_that_is_not_what_the_order_asks_for_never_completes_it(
    shop: Shop, deliver: Deliver, asked: dict[str, Any], wanted: dict[str, Any]
) -> None:
    order = shop.ordered(**asked)
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    shop.providers.confirm(intent["client_secret"])
    for name, value in ({"amount": PRICE, "currency": "EUR"} | wanted).items():
        setattr(order, name, value)
    db.session.flush()
    reconciling.pursue(payments()[0].id)
    deliver()
    db.session.refresh(order)
    assert (order.status, order.paid_via) == ("pending", None)
    (refund,) = refunds()
    paid = {"amount": PRICE, "currency": "EUR"} | asked
    assert (refund.cause, refund.state, refund.amount, refund.currency) == (
        "not as ordered",
        "succeeded",
        *paid.values(),
    )


def test_payment_whose_account_is_gone_completes_nothing(shop: Shop) -> None:
    order, _ = paid_in_browser(shop)
    db.session.execute(update(Payment).values(account="acct_of_others"))
    reconciling.pursue(payments()[0].id)
    db.session.refresh(order)
    assert (order.status, [each.state for each in payments()]) == ("pending", ["failed"])


def test_second_payment_of_a_paid_order_goes_back(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    attempt, _ = charging._prepared(order.id, Offer("token", source="tok_visa"))
    commit_step()
    outcome = ask(attempt)
    db.session.execute(update(Order).values(status="completed", paid_via="stripe", transaction_id="ch_other"))
    charging.record(attempt, outcome)
    deliver()
    assert [(each.cause, each.state) for each in refunds()] == [("paid twice", "succeeded")]
    assert db.session.get_one(Order, order.id).transaction_id == "ch_other"


def test_open_payments_of_open_orders_are_left_to_their_payers(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    reconciling.pursue(payments()[0].id)
    assert [each.state for each in payments()] == ["waiting"]
    assert shop.asked(f"{INTENTS}/{intent['id']}/cancel") == 0


def test_seats_that_cannot_be_held_again_leave_no_trace(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered(number=2)
    intent = intent_of(shop.charge(order, **IN_BROWSER))
    shop.providers.confirm(intent["client_secret"])
    expire(order)
    shop.ticket.quantity = 1
    db.session.flush()
    deliver()
    db.session.refresh(order)
    assert (order.status, shop.taken()) == ("expired", 0)
    assert all(attendee.deleted_at for attendee in attendees_of(order))


def attendees_of(order: Order) -> list[Any]:
    """Everybody who was to attend by the order."""
    return list(db.session.scalars(select(Attendee).where(Attendee.order_id == order.id)))


def test_payment_to_the_platform_counts_after_the_event_was_connected(shop: Shop, deliver: Deliver) -> None:
    order, _ = paid_in_browser(shop)
    StripeAuthorizationFactory(event=shop.event, stripe_secret_key="sk_test_own", stripe_user_id="acct_own")
    db.session.flush()
    reconciling.pursue(payments()[0].id)
    db.session.refresh(order)
    assert (order.status, [each.state for each in payments()]) == ("completed", ["succeeded"])


def test_account_that_calls_itself_the_platform_is_not_taken_for_it(shop: Shop) -> None:
    StripeAuthorizationFactory(event=shop.event, stripe_secret_key="sk_test_own", stripe_user_id="platform")
    order = shop.ordered()
    assert shop.charge(order).status_code == 201
    assert [each.account for each in payments()] == [f"event {shop.event.id}"]


@pytest.mark.parametrize("status", ["placed", "pending"])
def test_order_that_an_admin_turned_back_is_not_charged_again(shop: Shop, status: str) -> None:
    order = shop.ordered()
    assert shop.charge(order).status_code == 201
    order.status = status
    db.session.flush()
    answer = shop.charge(order)
    assert (answer.status_code, error(answer)["detail"]) == (409, "The order is paid already")
    assert len(payments()) == 1


def test_order_whose_money_went_back_is_charged_when_an_admin_opens_it_again(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    assert shop.charge(order).status_code == 201
    staff, path = shop.person("admin"), f"/v1/orders/{order.id}"
    for status in ("cancelled", "pending"):
        assert shop.api.patch(path, document("order", order.id, status=status), user=staff).status_code == 200
        deliver()
    assert shop.charge(order).status_code == 201
    assert [each.paid - each.refunded for each in payments()] == [0, PRICE]
