"""Providers that are down, slow or answer rubbish, crashes between the steps, and many requests at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.edge import Service
from app.extensions import commit_step, db
from app.orders.models import Order
from app.orders.paying import charging, reconciling
from app.orders.paying.asking import ask
from app.orders.paying.charging import Offer
from app.orders.paying.payment_tasks import reconcile
from app.payments.models import Payment
from app.users.tokens import access_token
from tests.unittests.client import JSON_API, document
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.paying.steps import CHARGES, IN_BROWSER, INTENTS, Shop, payments, refunds
from tests.unittests.orders.steps import attributes, error

FAULTS = {
    "down": {"status": 503, "body": "unavailable"},
    "talking rubbish": {"status": 200, "body": "<html>"},
    "silent until we have given up": {"delay": 1.5},
    "cut off after it has charged": {"drop": True},
    "answering after we have given up": {"late": 1.5},
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_charge_whose_outcome_is_unknown_is_gone_on_with_and_charges_once(shop: Shop, fault: str) -> None:
    order = shop.ordered()
    shop.providers.fault(CHARGES, **FAULTS[fault])
    answer = shop.charge(order)
    assert (answer.status_code, error(answer)["title"]) == (503, "Service Unavailable")
    assert "will be found out" in error(answer)["detail"]
    db.session.refresh(order)
    assert (order.status, [each.state for each in payments()]) == ("pending", ["started"])
    assert attributes(shop.charge(order))["status"] is True
    assert len({call["key"] for call in shop.providers.requests(CHARGES)}) == 1
    (payment,) = payments()
    assert (payment.state, refunds()) == ("succeeded", [])


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_reconciliation_finds_out_what_the_browser_never_learnt(shop: Shop, deliver: Deliver, fault: str) -> None:
    order = shop.ordered()
    shop.providers.fault(CHARGES, **FAULTS[fault])
    assert shop.charge(order).status_code == 503
    grow_old()
    reconcile(0)
    deliver()
    db.session.refresh(order)
    assert (order.status, order.paid_via) == ("completed", "stripe")
    assert len({call["key"] for call in shop.providers.requests(CHARGES)}) == 1


def test_another_card_is_charged_only_when_the_first_is_known_to_be_refused(shop: Shop) -> None:
    order = shop.ordered()
    shop.providers.fault("/stripe/v1/customers", status=503)
    assert shop.charge(order, stripe="tok_chargeDeclined").status_code == 503
    assert shop.charge(order, stripe="tok_mastercard").status_code == 201
    assert [(each.state, each.reason) for each in payments()] == [
        ("failed", "Your card was declined."),
        ("succeeded", None),
    ]
    db.session.refresh(order)
    assert order.brand == "mastercard"


def test_another_card_is_not_charged_when_the_first_turns_out_to_have_paid(shop: Shop) -> None:
    order = shop.ordered()
    shop.providers.fault(CHARGES, drop=True)
    assert shop.charge(order).status_code == 503
    assert shop.charge(order, stripe="tok_mastercard").status_code == 201
    assert [each.state for each in payments()] == ["succeeded"]
    db.session.refresh(order)
    assert order.brand == "visa"


def test_payment_that_nobody_can_find_out_any_more_is_given_up(shop: Shop) -> None:
    order = shop.ordered()
    shop.providers.fault(CHARGES, status=503)
    assert shop.charge(order).status_code == 503
    db.session.execute(update(Payment).values(created_at=text("now() - interval '2 days'")))
    reconciling.pursue(payments()[0].id)
    (payment,) = payments()
    assert (payment.state, payment.source) == ("failed", None)
    assert shop.charge(order).status_code == 201


def test_verify_tells_what_is_known_while_the_provider_is_down(shop: Shop) -> None:
    order = shop.ordered()
    assert shop.charge(order, **IN_BROWSER).status_code == 201
    shop.providers.fault(f"{INTENTS}/*", status=503)
    assert shop.plain(order, "verify").get_json() == {"payment_status": "waiting"}


# With real commits: several connections


def sent(app: Service, order: str, token: str, offer: dict[str, Any]) -> int:
    """The status of a charge, sent by a client of its own."""
    headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API}
    body = document("charge", **offer)
    return app.test_client().post(f"/v1/orders/{order}/charge", json=body, headers=headers).status_code


@pytest.mark.parametrize("tokens", [("tok_visa", "tok_visa"), ("tok_visa", "tok_mastercard")])
def test_double_click_charges_once(committed_app: Service, committed_shop: Shop, tokens: tuple[str, str]) -> None:
    order = committed_shop.ordered()
    db.session.commit()
    identifier, token = order.identifier, access_token(committed_shop.buyer)
    committed_shop.providers.fault(CHARGES, late=0.3)
    start = Barrier(4)

    def click(number: int) -> int:
        start.wait()
        return sent(committed_app, identifier, token, {"stripe": tokens[number % 2]})

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(click, range(4)))
    assert 201 in statuses
    assert set(statuses) <= {201, 409, 503}
    assert [each.state for each in payments()] == ["succeeded"]
    assert refunds() == []


def test_nothing_is_held_while_the_provider_is_asked(committed_app: Service, committed_shop: Shop) -> None:
    order = committed_shop.ordered()
    db.session.commit()
    identifier, order_id, token = order.identifier, order.id, access_token(committed_shop.buyer)
    committed_shop.providers.fault(CHARGES, delay=0.8)
    charging_ = threading.Thread(target=sent, args=(committed_app, identifier, token, {"stripe": "tok_visa"}))
    charging_.start()
    deadline = time.monotonic() + 10
    while not committed_shop.asked(CHARGES):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    db.session.rollback()
    # Fails at once where somebody else holds the row.
    db.session.scalars(select(Order).where(Order.id == order_id).with_for_update(nowait=True)).one()
    db.session.scalars(select(Payment).with_for_update(nowait=True)).one()
    open_ones = text(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND pid <> pg_backend_pid() AND datname = current_database()"
    )
    assert db.session.scalar(open_ones) == 0
    db.session.rollback()
    charging_.join()
    assert db.session.scalar(select(Order.status).where(Order.id == order_id)) == "completed"


def test_crash_after_asking_loses_no_payment(committed_app: Service, committed_shop: Shop) -> None:
    order = committed_shop.ordered()
    db.session.commit()
    attempt, _ = charging._prepared(order.id, Offer("token", source="tok_visa"))
    commit_step()
    assert ask(attempt).state == "succeeded"
    db.session.remove()  # The process is gone with what it learnt.
    (payment,) = payments()
    assert payment.state == "started"
    reconciling.pursue(payment.id)
    db.session.commit()
    assert [each.state for each in payments()] == ["succeeded"]
    assert db.session.scalars(select(Order.status)).one() == "completed"
    assert len({call["key"] for call in committed_shop.providers.requests(CHARGES)}) == 1


def test_answer_that_two_learn_is_recorded_once(committed_app: Service, committed_shop: Shop) -> None:
    order = committed_shop.ordered()
    db.session.commit()
    attempt, _ = charging._prepared(order.id, Offer("token", source="tok_visa"))
    commit_step()
    outcome = ask(attempt)
    start = Barrier(2)

    def record(_: int) -> str:
        with committed_app.app_context():
            start.wait()
            state = charging.record(attempt, outcome).state
            db.session.commit()
            db.session.remove()
            return state

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(record, range(2))) == ["succeeded", "succeeded"]
    papers = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%write_papers'")
    assert db.session.scalar(papers) == 1
    assert refunds() == []


def grow_old() -> None:
    """Let payments be left alone for long enough."""
    db.session.execute(update(Payment).values(asked_at=text("now() - interval '5 minutes'")))
    db.session.commit()
