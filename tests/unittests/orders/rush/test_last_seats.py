"""Two hundred clients at once want fifty seats, over HTTP from the web server's processes."""

from __future__ import annotations

from collections import Counter

from bench.books import faults
from bench.client import Answer, Request
from bench.crowd import cart
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.orders.rush.market import BUYERS, Market, without

SEATS = 50
BUYERS_OF = "SELECT count(DISTINCT user_id) FROM orders JOIN tickets USING (event_id) WHERE tickets.id = %s"


def new_ticket(market: Market, seats: int = SEATS) -> int:
    """A ticket of an event of its own."""
    with market.session():
        made: int = TicketFactory(quantity=seats, name="Last seats").id
    return made


def wishes(market: Market, ticket_id: int) -> list[Request]:
    """Everybody wants one seat."""
    return [cart(token, {"id": ticket_id, "quantity": 1}) for token in market.tokens]


def identifiers(answered: list[Answer], status: int = 200) -> set[str]:
    """The orders people were told they have."""
    return {each.json()["data"]["attributes"]["identifier"] for each in answered if each.status == status}


def orders_of(market: Market, ticket_id: int) -> list[str]:
    """The identifiers of the orders of the ticket's event."""
    return market.ask(
        "SELECT identifier FROM orders WHERE event_id = (SELECT event_id FROM tickets WHERE id = %s) ORDER BY id",
        ticket_id,
    )


def check_sold(market: Market, ticket_id: int, answered: list[Answer]) -> None:
    """Everything is sold once, to whom it was told; the others were told which ticket is gone."""
    assert Counter(each.status for each in answered) == {200: SEATS, 409: BUYERS - SEATS}
    assert identifiers(answered) == set(orders_of(market, ticket_id))
    assert len(identifiers(answered)) == SEATS
    errors = [each.json()["errors"] for each in answered if each.status == 409]
    assert {(error["detail"], error["source"]["id"], error["source"]["pointer"]) for (error,) in errors} == {
        ('Ticket "Last seats" already sold out', str(ticket_id), "/tickets/0")
    }
    assert market.ask("SELECT taken FROM ticket_stocks WHERE ticket_id = %s", ticket_id) == [SEATS]
    assert market.ask(BUYERS_OF, ticket_id) == [SEATS]  # Nobody has two orders.
    assert market.ask("SELECT count(*) FROM attendees WHERE ticket_id = %s", ticket_id) == [SEATS]
    assert faults(market.url) == {}


def test_without_the_guard_more_is_sold_than_there_is(unguarded: Market) -> None:
    ticket_id = new_ticket(unguarded)
    answered = unguarded.rush([without("seats")(each) for each in wishes(unguarded, ticket_id)])
    assert len(orders_of(unguarded, ticket_id)) == Counter(each.status for each in answered)[200] > SEATS
    assert "tickets of which more are held than there are" in faults(unguarded.url)


def test_exactly_what_there_is_is_sold_and_losers_are_told_which_ticket(market: Market) -> None:
    ticket_id = new_ticket(market)
    check_sold(market, ticket_id, market.rush(wishes(market, ticket_id)))
