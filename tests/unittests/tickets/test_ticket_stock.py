"""Stock: what is left of a ticket, and that nobody gets a place that is not there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.edge import Service
from app.extensions import db
from app.tickets import stock
from app.tickets.models import Ticket
from tests.unittests.client import ApiClient
from tests.unittests.factories.content import SocialLinkFactory
from tests.unittests.factories.events import EventFactory, EventFactoryBasic, give_role, in_days
from tests.unittests.factories.tickets import TicketFactory, TicketStockFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.statements import statements_sent


def test_places_are_taken_all_or_none(app: Service) -> None:
    ticket = TicketFactory(quantity=5)
    assert stock.take(ticket.id, 4)
    assert not stock.take(ticket.id, 2)
    assert stock.available([ticket.id]) == {ticket.id: 1}
    assert stock.take(ticket.id, 1)
    assert not stock.take(ticket.id, 1)


@pytest.mark.parametrize("number", [0, -1])
def test_nobody_takes_less_than_one_place(app: Service, number: int) -> None:
    ticket = TicketFactory()
    with pytest.raises(ValueError, match="at least one"):
        stock.take(ticket.id, number)
    assert stock.available([ticket.id]) == {ticket.id: 100}


def test_first_ticket_that_is_short_is_named(app: Service) -> None:
    plenty, few = TicketFactory(quantity=9), TicketFactory(quantity=2)
    assert stock.take_all({few.id: 2, plenty.id: 3}) is None
    assert stock.take_all({few.id: 1, plenty.id: 1}) == few.id


def test_places_given_back_can_be_taken_again(app: Service) -> None:
    ticket = TicketFactory(quantity=2)
    assert stock.take(ticket.id, 2)
    stock.give_back({ticket.id: 1})
    assert stock.available([ticket.id]) == {ticket.id: 1}


def test_database_refuses_to_sell_more_than_there_are_and_to_take_back_more_than_were_sold(app: Service) -> None:
    ticket = TicketStockFactory().ticket
    statement = text("UPDATE ticket_stocks SET taken = :number WHERE ticket_id = :id")
    for number in (-1, 101):
        with db.session.begin_nested() as savepoint:
            with pytest.raises(IntegrityError, match="not_oversold"):
                db.session.execute(statement, {"number": number, "id": ticket.id})
            savepoint.rollback()


def test_raised_quantity_can_be_sold(app: Service) -> None:
    ticket = TicketFactory(quantity=1)
    assert stock.take(ticket.id, 1)
    ticket.quantity = 3
    db.session.flush()
    assert stock.available([ticket.id]) == {ticket.id: 2}


def test_selling_does_not_change_the_version_of_the_ticket(app: Service) -> None:
    ticket = TicketFactory()
    before = ticket.version
    stock.take(ticket.id, 1)
    assert db.session.scalar(select(Ticket.version).where(Ticket.id == ticket.id)) == before


def test_parallel_buyers_never_get_more_than_there_are(committed_app: Service) -> None:
    tickets = [TicketFactory(quantity=7), TicketFactory(quantity=9)]
    wanted = [{tickets[0].id: 1, tickets[1].id: 1}, {tickets[1].id: 1, tickets[0].id: 1}]
    db.session.commit()

    def buy(number: int) -> bool:
        with committed_app.app_context():
            short = stock.take_all(wanted[number % 2])
            if short is None:
                db.session.commit()
            else:
                db.session.rollback()
            return short is None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(buy, range(24))) == 7
    assert stock.available(each.id for each in tickets) == {tickets[0].id: 0, tickets[1].id: 2}


def test_availability_lists_the_live_visible_tickets(api: ApiClient) -> None:
    event = EventFactoryBasic()
    first = TicketFactory(event=event, name="First", quantity=5, position=2)
    second = TicketFactory(event=event, name="Second", quantity=3, position=1)
    TicketFactory(event=event, is_hidden=True)
    TicketFactory(event=event, deleted_at=in_days(-1))
    TicketFactory()
    stock.take(first.id, 5)
    expected = [
        {"id": second.id, "name": "Second", "quantity": 3, "available": 3},
        {"id": first.id, "name": "First", "quantity": 5, "available": 0},
    ]
    for reference in (event.id, event.identifier):
        response = api.get(f"/v1/events/{reference}/tickets/availability")
        assert response.status_code == 200
        assert response.content_type == "application/json"
        assert response.json == expected


@pytest.mark.parametrize("reference", ["deadbeef", "999999999", "nothing"])
def test_availability_of_an_unknown_event_is_not_found(api: ApiClient, reference: str) -> None:
    response = api.get(f"/v1/events/{reference}/tickets/availability")
    assert response.status_code == 404
    assert response.json["errors"][0]["source"] == {"parameter": "event_id"}


def test_availability_costs_the_same_for_many_tickets(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = UserFactory()
    give_role(user, event, "owner")

    def statements() -> int:
        with statements_sent() as sent:
            assert api.get(f"/v1/events/{event.id}/tickets/availability", user=user).status_code == 200
        return len(sent)

    TicketFactory(event=event)
    one = statements()
    TicketFactory.create_batch(6, event=event)
    assert statements() == one


ON_SALE: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"is_hidden": True}, False),
    ({"deleted_at": in_days(-1)}, False),
    ({"sales_starts_at": in_days(1)}, False),
    ({"sales_ends_at": in_days(-0.1)}, False),
    ({"quantity": 0}, False),
]


@pytest.mark.parametrize(("values", "expected"), ON_SALE)
def test_ticket_is_on_sale_while_anybody_could_buy_it(app: Service, values: dict[str, Any], expected: bool) -> None:
    ticket = TicketFactory(**values)
    found = db.session.scalars(select(Ticket.id).where(stock.on_sale(in_days(0)))).all()
    assert (ticket.id in found) is expected


def test_sold_out_ticket_is_not_on_sale(app: Service) -> None:
    ticket = TicketFactory(quantity=1)
    assert db.session.scalars(select(Ticket.id).where(stock.on_sale(in_days(0)))).all() == [ticket.id]
    stock.take(ticket.id, 1)
    assert db.session.scalars(select(Ticket.id).where(stock.on_sale(in_days(0)))).all() == []


@pytest.mark.parametrize(("values", "expected"), ON_SALE)
def test_event_nobody_promotes_is_upcoming_while_it_sells_tickets(
    api: ApiClient, values: dict[str, Any], expected: bool
) -> None:
    event = EventFactory(original_image_url="https://example.com/a.png", logo_url="https://example.com/b.png")
    SocialLinkFactory(event=event)
    TicketFactory(event=event, **values)
    listed = api.get("/v1/events/upcoming").json
    assert (str(event.id) in [each["id"] for each in listed["data"]]) is expected
