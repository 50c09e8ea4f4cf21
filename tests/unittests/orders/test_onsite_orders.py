"""Orders at the door: so many tickets for nameless attendees, by the event's team."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.orders.models import Attendee, Order, OrderLine
from tests.unittests.client import document, linkage
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.steps import Sale, attributes, error


def sell(sale: Sale, tickets: Any, *, user: str = "coorganizer", **values: Any) -> TestResponse:
    """POST an on-site order as that person."""
    body = document("order", relationships={"event": linkage("event", sale.event)}, on_site_tickets=tickets, **values)
    return sale.api.post("/v1/orders", body, user=sale.person(user), query={"onsite": "true"})


@pytest.mark.parametrize("number", [1, 3])
def test_each_ticket_makes_an_attendee(sale: Sale, number: int) -> None:
    response = sell(sale, [{"id": str(sale.ticket.id), "quantity": str(number)}], status="completed")
    assert response.status_code == 201, response.json
    assert attributes(response)["status"] == "completed"
    people = db.session.scalars(select(Attendee)).all()
    assert [(each.firstname, each.lastname, each.email) for each in people] == [
        ("onsite", "attendee", "example@example.com")
    ] * number
    assert sale.taken() == number


def test_price_follows_from_the_tickets_unless_the_team_says_another(sale: Sale) -> None:
    paid = TicketFactory(event=sale.event, type="paid", price=Decimal(20))
    sale.event.can_pay_onsite = True
    items = [{"id": paid.id, "quantity": 2}, {"id": sale.ticket.id, "quantity": 1}]
    assert attributes(sell(sale, items))["amount"] == 40
    assert attributes(sell(sale, items, amount=30, payment_mode="onsite"))["amount"] == 30
    assert db.session.scalar(select(func.sum(OrderLine.quantity))) == 6


def test_hidden_tickets_and_drafts_are_sold_by_the_team(sale: Sale) -> None:
    sale.event.state, sale.ticket.is_hidden = "draft", True
    assert sell(sale, [{"id": sale.ticket.id, "quantity": 1}]).status_code == 201


@pytest.mark.parametrize("tickets", [None, []])
def test_tickets_are_needed(sale: Sale, tickets: Any) -> None:
    response = sell(sale, tickets)
    assert (response.status_code, error(response)["detail"]) == (422, "on_site_tickets info missing")
    assert error(response)["source"]["pointer"] == "/data/attributes/on-site-tickets"


@pytest.mark.parametrize(
    ("item", "place"),
    [({"quantity": 1}, "id"), ({"id": 1, "quantity": 0}, "quantity"), ({"id": 1, "quantity": -1}, "quantity")],
)
def test_item_that_cannot_be_read_is_named(sale: Sale, item: Any, place: str) -> None:
    response = sell(sale, [item])
    pointer = f"/data/attributes/on-site-tickets/0/{place}"
    assert (response.status_code, error(response)["source"]["pointer"]) == (422, pointer)


def test_more_than_there_are_is_refused_with_what_is_left(sale: Sale) -> None:
    sale.ticket.quantity = 3
    response = sell(sale, [{"id": sale.ticket.id, "quantity": 4}])
    assert response.status_code == 409
    assert error(response)["detail"].endswith("already sold out. You can buy at most 3 tickets")
    assert (sale.taken(), db.session.scalar(select(func.count()).select_from(Attendee))) == (0, 0)


def test_tickets_of_another_event_are_refused(sale: Sale) -> None:
    response = sell(sale, [{"id": TicketFactory().id, "quantity": 1}])
    assert (response.status_code, error(response)["detail"]) == (422, "Ticket belongs to a different Event")


def test_outsiders_order_for_attendees_only(sale: Sale) -> None:
    response = sell(sale, [{"id": sale.ticket.id, "quantity": 1}], user="buyer")
    assert (response.status_code, error(response)["source"]["pointer"]) == (422, "/data/relationships/attendees")
    assert db.session.scalar(select(func.count()).select_from(Order)) == 0


def test_nobody_writes_to_the_address_that_stands_for_none(sale: Sale, deliver: Deliver) -> None:
    sell(sale, [{"id": sale.ticket.id, "quantity": 2}], status="completed")
    assert "example@example.com" not in {mail["To"] for mail in deliver()}
