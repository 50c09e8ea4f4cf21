"""Holds that end: by the job, at once when somebody asks, and once only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.orders import order_tasks
from app.orders.models import Attendee, Order
from app.site.models import Setting
from tests.unittests.client import document
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.orders.steps import Sale, attributes, queued_jobs


def hold(sale: Sale, status: str = "initializing", *, minutes: int = -1, number: int = 1, **values: Any) -> Order:
    """The buyer's open order, whose time is over by default."""
    order: Order = order_with_attendees(sale.ticket, number, user=sale.buyer, status=status, **values)
    order.expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
    db.session.flush()
    return order


def run_job() -> None:
    """What the worker does each minute."""
    order_tasks.expire_orders(timestamp=0)
    db.session.expire_all()


def availability(sale: Sale) -> int:
    """How many the public is told are left."""
    path = f"/v1/events/{sale.event.identifier}/tickets/availability"
    found: int = sale.api.get(path).json[0]["available"]
    return found


@pytest.mark.parametrize("status", ["initializing", "pending"])
def test_job_ends_what_is_over_frees_its_seats_and_tells_the_buyer(sale: Sale, status: str) -> None:
    over, running = hold(sale, status, number=2), hold(sale, status, minutes=1)
    run_job()
    assert (over.status, running.status, sale.taken()) == ("expired", status, 1)
    assert queued_jobs() == ["send_expiry"]
    run_job()
    assert (sale.taken(), queued_jobs()) == (1, ["send_expiry"])


@pytest.mark.parametrize("status", ["placed", "completed", "cancelled", "expired"])
def test_concluded_orders_do_not_expire(sale: Sale, status: str) -> None:
    order = hold(sale)
    order.status = status
    run_job()
    assert (order.status, queued_jobs()) == (status, [])


def test_pending_orders_have_longer_and_free_ones_wait_for_nobody(sale: Sale) -> None:
    db.session.scalars(select(Setting)).one().order_expiry_time = 20
    sale.event.can_pay_by_bank = True
    order = hold(sale, amount=Decimal(5), payment_mode="bank")
    order.expires_at = datetime.now(UTC) + timedelta(minutes=1)
    body = document("order", order.id, status="pending")
    assert sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.buyer).status_code == 200
    assert order.expires_at - order.created_at == timedelta(minutes=50)
    sale.order(sale.attendee())
    free = db.session.scalars(select(Order).order_by(Order.id.desc())).first()
    assert free is not None
    assert (free.status, free.expires_at) == ("pending", None)


def test_seats_of_what_is_over_are_free_before_the_job_comes(sale: Sale) -> None:
    sale.ticket.quantity = 3
    hold(sale, number=3)
    assert (availability(sale), sale.taken()) == (3, 3)
    body = {"tickets": [{"id": sale.ticket.id, "quantity": 2}]}
    response = sale.api.plain("POST", "/v1/orders/create-order", body, user=sale.stranger)
    assert response.status_code == 200, response.json
    assert (availability(sale), sale.taken()) == (1, 2)
    assert db.session.scalars(select(Order.status).order_by(Order.id)).all() == ["expired", "initializing"]


def test_attendees_can_be_entered_for_seats_of_what_is_over(sale: Sale) -> None:
    sale.ticket.quantity = 1
    hold(sale)
    assert sale.order(sale.attendee(user=sale.stranger), user=sale.stranger).status_code == 201


def test_buyer_concludes_nothing_whose_time_is_over(sale: Sale) -> None:
    order = hold(sale)
    for status in ("pending", "completed"):
        body = document("order", order.id, status=status)
        assert sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.buyer).status_code == 403
    person = db.session.scalars(select(Attendee)).one()
    named = document("attendee", person.id, firstname="Ada")
    assert sale.api.patch(f"/v1/attendees/{person.id}", named, user=sale.buyer).status_code == 422
    db.session.refresh(order)
    assert (order.status, sale.taken()) == ("initializing", 1)


def test_admin_takes_seats_of_what_is_over_anew(sale: Sale) -> None:
    order = hold(sale, number=2)
    body = document("order", order.id, status="completed")
    assert attributes(sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.admin))["status"] == "completed"
    assert (sale.taken(), order.expires_at) == (2, None)
    assert list(db.session.scalars(select(Attendee.deleted_at))) == [None, None]


def test_order_that_is_opened_again_has_the_time_of_a_new_one(sale: Sale) -> None:
    order = hold(sale, amount=Decimal(5), payment_mode="bank")
    order.created_at = datetime.now(UTC) - timedelta(days=2)
    order.status, order.expires_at = "placed", None
    body = document("order", order.id, status="pending")
    assert attributes(sale.api.patch(f"/v1/orders/{order.id}", body, user=sale.owner))["status"] == "pending"
    run_job()
    assert (order.status, sale.taken()) == ("pending", 1)
    assert order.expires_at > datetime.now(UTC) + timedelta(minutes=40)
