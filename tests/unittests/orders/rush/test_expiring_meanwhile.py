"""All seats are held by orders whose time is over when two hundred clients come, and the job that ends those runs, too."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy import select, update

from app.extensions import db
from app.orders import order_tasks
from app.orders.models import Order
from app.tickets.models import Ticket
from bench.books import faults
from tests.unittests.factories.orders import order_with_attendees
from tests.unittests.orders.rush.market import Market
from tests.unittests.orders.rush.test_last_seats import SEATS, identifiers, new_ticket, wishes

SEATS_EACH = 2


def hold_all_seats(market: Market, ticket_id: int) -> list[int]:
    """Orders over all seats of the ticket, whose time is over; their ids."""
    with market.session():
        ticket = db.session.get_one(Ticket, ticket_id)
        made = [order_with_attendees(ticket, SEATS_EACH, status="initializing") for _ in range(SEATS // SEATS_EACH)]
        over = {"expires_at": datetime.now(UTC) - timedelta(minutes=1)}
        db.session.execute(update(Order).where(Order.event_id == ticket.event_id).values(**over))
        return [order.id for order in made]


def run_job_until(done: Event, market: Market) -> None:
    """What workers do, without a pause, and once more in the end."""
    is_last = False
    while not is_last:
        is_last = done.wait(0.01)
        with market.session():
            order_tasks.expire_orders(timestamp=0)


def expiry_mails(market: Market, order_ids: list[int]) -> Counter[int]:
    """How often each order's buyer is told that its time is over."""
    told = "SELECT (args->>'order_id')::int FROM procrastinate_jobs WHERE task_name LIKE '%.send_expiry'"
    return Counter(id_ for id_ in market.ask(told) if id_ in order_ids)


def test_seats_that_are_over_are_freed_once_and_sold_once(market: Market) -> None:
    ticket_id, done = new_ticket(market), Event()
    over = hold_all_seats(market, ticket_id)
    with ThreadPoolExecutor(2) as workers:
        running = [workers.submit(run_job_until, done, market) for _ in range(2)]
        try:
            answered = market.rush(wishes(market, ticket_id))
        finally:
            done.set()
        for each in running:
            each.result()
    assert {each.status for each in answered} <= {200, 409}
    with market.session():
        assert set(db.session.scalars(select(Order.status).where(Order.id.in_(over)))) == {"expired"}
    assert expiry_mails(market, over) == Counter(over)
    losers = [wish for wish, each in zip(wishes(market, ticket_id), answered, strict=True) if each.status == 409]
    answered += market.rush(losers)  # Who came a moment before a seat was freed.
    assert len(identifiers(answered)) == SEATS
    assert market.ask("SELECT taken FROM ticket_stocks WHERE ticket_id = %s", ticket_id) == [SEATS]
    assert faults(market.url) == {}
