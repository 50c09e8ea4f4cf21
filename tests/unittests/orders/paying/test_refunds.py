"""Money that goes back when a paid order is cancelled, deleted, or loses an attendee."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.adapters.payments import ProviderUnavailable
from app.edge import Service
from app.extensions import db
from app.orders.models import Attendee, Order, OrderLine
from app.orders.paying import refunding
from app.orders.paying.payment_tasks import reconcile
from app.orders.paying.returning import give_back, shares_of
from app.payments.models import Payment, Refund
from tests.unittests.client import document
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory, OrderLineFactory
from tests.unittests.factories.payments import PaymentFactory, RefundFactory, StripeAuthorizationFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.paying.steps import PRICE, REFUNDS, Shop, payments, refunds
from tests.unittests.orders.steps import queued_jobs


def paid(shop: Shop, mode: str = "stripe", **values: Any) -> Order:
    """An order that its buyer has paid."""
    order = shop.ordered(mode, **values)
    if mode == "paypal":
        shop.approved(order)
    assert shop.charge(order).status_code == 201
    return order


def cancel(shop: Shop, order: Order, person: str = "owner", **attributes: Any) -> int:
    """The status of a PATCH that cancels the order."""
    sent = document("order", order.id, status="cancelled", **attributes)
    return shop.api.patch(f"/v1/orders/{order.id}", sent, user=shop.person(person)).status_code


@pytest.mark.parametrize("mode", ["stripe", "paypal"])
def test_cancelled_paid_order_is_paid_back_and_the_buyer_told(shop: Shop, deliver: Deliver, mode: str) -> None:
    order = paid(shop, mode)
    assert cancel(shop, order, cancel_note="It rains.") == 200
    assert [(each.state, each.amount) for each in refunds()] == [("requested", PRICE)]
    mails = deliver()
    (refund,) = refunds()
    assert (refund.state, refund.cause, refund.currency, refund.attempts) == ("succeeded", "cancelled", "EUR", 1)
    assert any(str(mail["Subject"]).startswith("EUR 19.99 went back to you") for mail in mails)
    (payment,) = payments()
    found = shop.providers.stripe() if mode == "stripe" else shop.providers.paypal(client="sk_test_standin")
    assert found.look_up_refund(refund.provider_id or "").amount == payment.paid == payment.refunded


def test_deleted_paid_order_is_paid_back(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    assert shop.api.delete(f"/v1/orders/{order.id}", user=shop.admin).status_code == 200
    deliver()
    assert [each.state for each in refunds()] == ["succeeded"]


def test_order_with_payments_is_never_deleted_for_good(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    address = f"/v1/orders/{order.id}?permanent=true"
    assert shop.api.delete(address, user=shop.admin).status_code == 409
    assert cancel(shop, order) == 200
    deliver()
    assert shop.api.delete(address, user=shop.admin).status_code == 409
    assert [each.state for each in refunds()] == ["succeeded"]


def test_order_that_an_admin_expires_is_paid_back(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    sent = document("order", order.id, status="expired")
    assert shop.api.patch(f"/v1/orders/{order.id}", sent, user=shop.admin).status_code == 200
    deliver()
    assert [each.state for each in refunds()] == ["succeeded"]


def test_buyer_cannot_get_their_money_back_by_themselves(shop: Shop) -> None:
    order = paid(shop)
    assert cancel(shop, order, "buyer") == 403
    assert refunds() == []


@pytest.mark.parametrize("mode", ["bank", "cheque", "onsite", "free"])
def test_what_was_not_paid_through_a_provider_is_not_paid_back_by_one(shop: Shop, deliver: Deliver, mode: str) -> None:
    order = shop.ordered(mode, status="completed", amount=0 if mode == "free" else PRICE)
    assert cancel(shop, order) == 200
    deliver()
    assert (refunds(), shop.providers.requests()) == ([], [])


def test_cancelling_an_unpaid_order_pays_nothing_back(shop: Shop, deliver: Deliver) -> None:
    order = shop.ordered()
    shop.charge(order, stripe="tok_chargeDeclined")
    assert cancel(shop, order, "buyer") == 200
    deliver()
    assert refunds() == []


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"drop": True}, {"late": 1.5}, {"body": "?", "status": 200}], ids=str
)
def test_refund_whose_outcome_is_unknown_is_asked_for_again_and_given_once(shop: Shop, fault: dict[str, Any]) -> None:
    order = paid(shop)
    cancel(shop, order)
    (refund,) = refunds()
    shop.providers.fault(REFUNDS, **fault)
    with pytest.raises(ProviderUnavailable):
        refunding.pursue(refund.id)
    refunding.pursue(refund.id)
    assert [(each.state, each.attempts) for each in refunds()] == [("succeeded", 2)]
    charge = shop.providers.stripe().look_up(payments()[0].provider_id or "")
    assert charge.document["amount_refunded"] == 1999


def test_reconciliation_takes_up_refunds_that_were_left(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    cancel(shop, order)
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    db.session.execute(update(Refund).values(asked_at=text("now() - interval '5 minutes'")))
    reconcile(0)
    deliver()
    assert [each.state for each in refunds()] == ["succeeded"]


def test_refund_that_the_provider_refuses_is_told_to_the_team(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    payment = payments()[0]
    shop.providers.stripe().refund(payment.provider_id or "", "by hand", PRICE, "EUR")
    cancel(shop, order)
    mails = deliver()
    (refund,) = refunds()
    assert (refund.state, "already been refunded" in (refund.reason or "")) == ("failed", True)
    assert payments()[0].refunded == 0
    told = [mail for mail in mails if "could not be given back" in str(mail["Subject"])]
    assert [mail["To"].addresses[0].addr_spec for mail in told] == [shop.owner.email]


def test_refund_nobody_answered_for_a_day_is_left_to_the_team(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    cancel(shop, order)
    db.session.execute(update(Refund).values(created_at=text("now() - interval '2 days'")))
    deliver()
    assert [each.state for each in refunds()] == ["failed"]
    assert shop.asked(REFUNDS) == 0


# Single attendees


def remove(shop: Shop, attendee: Any, person: str = "owner") -> int:
    """The status of a DELETE of the attendee."""
    return shop.api.delete(f"/v1/attendees/{attendee.id}", user=shop.person(person)).status_code


def people_of(order: Order) -> list[Attendee]:
    """The attendees of the order, the first first."""
    return list(db.session.scalars(select(Attendee).where(Attendee.order_id == order.id).order_by(Attendee.id)))


def test_removed_attendee_is_paid_back_and_the_order_stays(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop, number=3)
    assert remove(shop, people_of(order)[0]) == 200
    deliver()
    db.session.refresh(order)
    assert (order.status, shop.taken()) == ("completed", 2)
    assert [(each.cause, each.state, each.amount) for each in refunds()] == [("attendee removed", "succeeded", PRICE)]
    assert cancel(shop, order) == 200
    deliver()
    assert [each.amount for each in refunds()] == [PRICE, PRICE * 2]
    (payment,) = payments()
    assert payment.refunded == payment.paid == PRICE * 3


def test_who_stands_at_the_door_strikes_off_without_paying_back(shop: Shop) -> None:
    order = paid(shop)
    assert remove(shop, people_of(order)[0], "registrar") == 200
    assert refunds() == []


def test_attendee_is_paid_back_once(shop: Shop) -> None:
    order = paid(shop, number=2)
    first = people_of(order)[0]
    assert remove(shop, first) == 200
    assert remove(shop, first) == 404
    assert len(refunds()) == 1


@pytest.mark.parametrize(
    ("total", "lines", "shares"),
    [
        # Three of one price with a fee; a percentage of nothing round; the last gets the rest.
        ("61.17", [("19.99", 3, "0")], ["20.39", "20.39", "20.39"]),
        ("10.00", [("3.33", 3, "0")], ["3.33", "3.33", "3.34"]),
        # Two prices, tax added in proportion.
        ("47.60", [("10.00", 2, "0"), ("20.00", 1, "0")], ["11.90", "11.90", "23.80"]),
        # A discount on one line.
        ("35.00", [("10.00", 2, "5.00"), ("20.00", 1, "0")], ["7.50", "7.50", "20.00"]),
        # Nobody cost anything by their line, and yet something was paid: a free amount of the team's.
        ("10.00", [("0", 2, "0")], ["5.00", "5.00"]),
    ],
)
def test_shares_add_up_to_what_was_paid(shop: Shop, total: str, lines: Any, shares: list[str]) -> None:
    order = OrderFactory(event=shop.event, amount=Decimal(total), payment_mode="stripe", status="completed")
    for price, number, discount in lines:
        ticket = TicketFactory(event=shop.event)
        OrderLineFactory(
            order=order, ticket=ticket, price=Decimal(price), quantity=number, discount_amount=Decimal(discount)
        )
        for _ in range(number):
            AttendeeFactory(order=order, ticket=ticket)
    payment = PaymentFactory(order=order, amount=Decimal(total), currency="EUR")
    found = shares_of(order, payment)
    assert [found[each.id] for each in people_of(order)] == [Decimal(share) for share in shares]
    assert sum(found.values()) == Decimal(total)


def test_discount_belongs_to_those_it_was_given_to(shop: Shop) -> None:
    order = shop.ordered(number=3, status="completed")
    db.session.execute(update(OrderLine).values(price=Decimal(10), discount_amount=Decimal(4)))
    first, *_ = people_of(order)
    first.is_discount_applied = True
    db.session.flush()
    payment = PaymentFactory(order=order, amount=Decimal(26), currency="EUR")
    assert sorted(shares_of(order, payment).values()) == [Decimal(6), Decimal(10), Decimal(10)]


def test_currency_that_has_three_decimals_is_shared_as_the_provider_counts(shop: Shop) -> None:
    order = shop.ordered(number=2, status="completed", amount=Decimal("1.230"), currency="BHD")
    payment = PaymentFactory(order=order, amount=Decimal("1.230"), currency="BHD")
    assert list(shares_of(order, payment).values()) == [Decimal("0.610"), Decimal("0.620")]


# Never more than was paid


def test_database_refuses_to_give_back_more_than_was_paid(shop: Shop) -> None:
    payment = PaymentFactory(amount=Decimal(10))
    RefundFactory(payment=payment, amount=Decimal(6))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        RefundFactory(payment=payment, amount=Decimal(5))
    db.session.expire_all()
    assert payment.refunded == 6


def test_failed_refund_can_be_asked_for_again(shop: Shop) -> None:
    payment = PaymentFactory(amount=Decimal(10))
    refund = RefundFactory(payment=payment, amount=Decimal(10), state="requested")
    assert give_back(payment, Decimal(10), "cancelled") is None
    refund.state = "failed"
    db.session.flush()
    assert give_back(payment, Decimal(99), "cancelled").amount == Decimal(10)  # type: ignore[union-attr]


def test_many_refunds_at_once_never_exceed_the_payment(committed_app: Service) -> None:
    payment_id = PaymentFactory(amount=Decimal(10)).id
    db.session.commit()
    start = Barrier(6)

    def ask(_: int) -> bool:
        with committed_app.app_context():
            start.wait()
            made = give_back(db.session.get_one(Payment, payment_id), Decimal(4), "cancelled")
            db.session.commit()
            db.session.remove()
            return made is not None

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(6))) == 3
    assert sum(each.amount for each in refunds()) == 10
    assert payments()[0].refunded == 10


# Who sees them


@pytest.mark.parametrize(
    ("person", "seen"),
    [("buyer", 1), ("coorganizer", 1), ("admin", 1), ("stranger", 0), ("registrar", 0), (None, 0)],
)
def test_refunds_are_seen_by_buyer_team_and_staff(shop: Shop, person: str | None, seen: int) -> None:
    order = paid(shop)
    cancel(shop, order)
    (refund,) = refunds()
    user = shop.person(person)
    listed = shop.api.get(f"/v1/orders/{order.identifier}/refunds", user=user)
    assert len(listed.json.get("data", ())) == seen  # type: ignore[union-attr]
    assert (shop.api.get(f"/v1/refunds/{refund.id}", user=user).status_code == 200) == bool(seen)


def test_refund_says_how_it_stands_and_nothing_of_keys(shop: Shop) -> None:
    order = paid(shop)
    cancel(shop, order)
    answer = shop.api.get(f"/v1/orders/{order.identifier}/refunds", user=shop.buyer)
    (shown,) = answer.json["data"]  # type: ignore[index]
    assert shown["attributes"] | {"created-at": None} == {
        "amount": 19.99, "currency": "EUR", "cause": "cancelled", "state": "requested", "reason": None,
        "created-at": None, "settled-at": None,
    }  # fmt: skip
    assert queued_jobs().count("pursue_refund") == 1


def connect(shop: Shop) -> None:
    """Have the event paid to an account of its own from now on."""
    StripeAuthorizationFactory(event=shop.event, stripe_secret_key="sk_test_own", stripe_user_id="acct_own")
    db.session.flush()


def test_what_was_paid_to_the_platform_goes_back_after_the_event_was_connected(shop: Shop, deliver: Deliver) -> None:
    order = paid(shop)
    connect(shop)
    assert cancel(shop, order) == 200
    deliver()
    assert [(each.state, each.reason) for each in refunds()] == [("succeeded", None)]


def test_attendee_is_paid_back_of_the_payment_that_has_not_gone_back_before(shop: Shop) -> None:
    order = shop.ordered(number=2)
    wrong = PaymentFactory(order_id=order.id, state="succeeded", paid=5, paid_currency="EUR", provider_id="ch_wrong")
    db.session.flush()
    give_back(wrong, Decimal(5), "not as ordered")
    assert shop.charge(order).status_code == 201
    (first, _) = db.session.scalars(select(Attendee).where(Attendee.order_id == order.id).order_by(Attendee.id))
    assert shop.api.delete(f"/v1/attendees/{first.id}", user=shop.person("owner")).status_code == 200
    assert [(each.cause, each.amount) for each in refunds()] == [("not as ordered", 5), ("attendee removed", PRICE)]
