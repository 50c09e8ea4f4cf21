"""Many buyers at once want the last tickets: each from a connection of its own."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from app.edge import Service
from app.extensions import db
from app.orders.checkout import booking
from app.orders.models import Attendee, InvoiceSeries, Order
from app.tickets.models import Ticket, TicketStock
from app.users.models import User
from app.users.tokens import access_token
from tests.unittests.client import JSON_API, document, linkage
from tests.unittests.factories.orders import AttendeeFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory

BUYERS, SEATS = 10, 4


@pytest.fixture
def ticket(committed_app: Service) -> Ticket:
    """A ticket of which there are fewer than people who want one."""
    ticket: Ticket = TicketFactory(quantity=SEATS, name="Last seats")
    db.session.commit()
    return ticket


def wishes(ticket: Ticket, *others: Ticket) -> list[tuple[str, Any]]:
    """For each buyer a token and the document of an order of one of each ticket."""
    made = []
    for _ in range(BUYERS):
        user: User = UserFactory()
        people = [AttendeeFactory(ticket=each, created_by_id=user.id) for each in (ticket, *others)]
        relationships = {
            "event": linkage("event", ticket.event),
            "attendees": [linkage("attendee", person) for person in people],
        }
        made.append((access_token(user), document("order", relationships=relationships)))
    db.session.commit()
    return made


def order_all_at_once(app: Service, orders: list[tuple[str, Any]]) -> list[tuple[int, Any]]:
    """Send every order at the same moment; the status and document of each answer."""
    start = Barrier(len(orders))

    def order(token: str, body: Any) -> tuple[int, Any]:
        client = app.test_client()
        start.wait()
        headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API}
        response = client.post("/v1/orders", json=body, headers=headers)
        return response.status_code, response.get_json(force=True)

    with ThreadPoolExecutor(len(orders)) as pool:
        return list(pool.map(lambda wish: order(*wish), orders))


def sold() -> int:
    """How many attendees have an order."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Attendee.order_id.is_not(None))) or 0


def look_before_taking(numbers: Mapping[int, int]) -> int | None:
    """What the guard replaces: count what is sold, and sell when that is fewer than there are."""
    for ticket_id, number in numbers.items():
        held = select(func.count()).where(Attendee.ticket_id == ticket_id, Attendee.order_id.is_not(None))
        quantity = select(Ticket.quantity).where(Ticket.id == ticket_id)
        if (db.session.scalar(held) or 0) + number > (db.session.scalar(quantity) or 0):
            return ticket_id
        time.sleep(0.2)
    return None


def test_without_the_guard_more_is_sold_than_there_is(
    committed_app: Service, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "take_all", look_before_taking)
    order_all_at_once(committed_app, wishes(ticket))
    assert sold() > SEATS


def test_exactly_what_there_is_is_sold_and_losers_are_told_which_ticket(committed_app: Service, ticket: Ticket) -> None:
    answers = order_all_at_once(committed_app, wishes(ticket))
    assert Counter(status for status, _ in answers) == {201: SEATS, 409: BUYERS - SEATS}
    details = {body["errors"][0]["detail"] for status, body in answers if status == 409}
    assert details == {'Ticket "Last seats" already sold out'}
    assert sold() == SEATS
    assert db.session.scalars(select(TicketStock.taken)).one() == SEATS
    assert db.session.scalars(select(InvoiceSeries.last_number)).one() == SEATS


def test_buyers_of_several_tickets_do_not_wait_for_each_other_for_ever(committed_app: Service, ticket: Ticket) -> None:
    plenty = TicketFactory(event=ticket.event)
    orders = wishes(ticket, plenty)
    for number, (_, body) in enumerate(orders):
        if number % 2:
            body["data"]["relationships"]["attendees"]["data"].reverse()
    answers = order_all_at_once(committed_app, orders)
    assert Counter(status for status, _ in answers) == {201: SEATS, 409: BUYERS - SEATS}
    db.session.rollback()
    assert dict(db.session.execute(select(TicketStock.ticket_id, TicketStock.taken)).all()) == {
        ticket.id: SEATS,
        plenty.id: SEATS,
    }


def test_attendee_is_ordered_for_once_however_often_at_once(committed_app: Service, ticket: Ticket) -> None:
    wish = wishes(ticket)[0]
    answers = order_all_at_once(committed_app, [wish] * 6)
    assert Counter(status for status, _ in answers) == {201: 1, 409: 5}
    assert db.session.scalar(select(func.count()).select_from(Order)) == 1


def test_seats_of_an_order_that_many_cancel_at_once_are_freed_once(committed_app: Service, ticket: Ticket) -> None:
    (token, body), other = wishes(ticket)[:2]
    for wish in ((token, body), other):
        assert order_all_at_once(committed_app, [wish])[0][0] == 201
    db.session.rollback()
    identifier = db.session.scalars(select(Order.identifier).order_by(Order.id).limit(1)).one()
    start = Barrier(6)

    def cancel(_: int) -> int:
        start.wait()
        headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API}
        changes = document("order", 1, status="cancelled")
        answer = committed_app.test_client().patch(f"/v1/orders/{identifier}", json=changes, headers=headers)
        return answer.status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(cancel, range(6))) == [200] + [403] * 5
    db.session.rollback()
    assert db.session.scalars(select(TicketStock.taken)).one() == 1
    assert sold() == 2  # Both attendees keep their orders; one of them is removed.
