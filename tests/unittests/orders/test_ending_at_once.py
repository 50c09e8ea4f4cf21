"""One order is ended in several ways at the same moment: each seat and each use of a code comes back once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text

from app.edge import Service
from app.extensions import db
from app.orders import expiry, order_tasks, papers
from app.orders.models import Order
from app.orders.transitions import Party, move
from app.runtime.processes import wait_until
from app.tickets.models import AccessCodeUses, DiscountCodeUses, TicketStock
from app.users.tokens import access_token
from bench.books import faults
from bench.database import plain_address
from tests.unittests.client import JSON_API, document
from tests.unittests.factories.events import give_role
from tests.unittests.factories.tickets import AccessCodeFactory, DiscountCodeTicketFactory, TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.orders.steps import queued_jobs

SEATS = 3
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
Act = Callable[[], int]


class Hall:
    """A hidden ticket with its codes, and people who hold seats of it by orders that used both."""

    def __init__(self, app: Service) -> None:
        self.app = app
        self.ticket = TicketFactory(type="paid", price=Decimal(20), is_hidden=True)
        self.ticket.event.payment_currency = "EUR"
        self.owner = UserFactory()
        give_role(self.owner, self.ticket.event, "owner")
        of_ticket = {"event": self.ticket.event, "tickets": [self.ticket], "tickets_number": 100}
        self.discount = DiscountCodeTicketFactory(type="amount", value=Decimal(5), **of_ticket)
        self.access = AccessCodeFactory(**of_ticket)
        db.session.commit()

    def send(self, method: str, path: str, body: Any, token: str) -> Any:
        """One request in a context, and with a connection, of its own."""
        headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API}
        with self.app.app_context():
            return self.app.test_client().open(path, method=method, json=body, headers=headers)

    def order(self, *, minutes: float) -> Order:
        """Somebody's new order, whose time is over in so many minutes."""
        item = {"id": self.ticket.id, "quantity": SEATS}
        body = {"tickets": [item], "discount-code": self.discount.id, "access-code": self.access.id}
        token = access_token(UserFactory())
        db.session.commit()
        answer = self.send("POST", "/v1/orders/create-order", body, token)
        assert answer.status_code == 200, answer.text
        order = db.session.get_one(Order, int(answer.get_json(force=True)["data"]["id"]))
        order.expires_at = datetime.now(UTC) + timedelta(minutes=minutes)
        db.session.commit()
        return order

    def counts(self) -> set[int]:
        """How many seats and uses of each code are taken, which is the same number."""
        db.session.rollback()
        counted = (TicketStock.taken, DiscountCodeUses.used, AccessCodeUses.used)
        return {db.session.scalars(select(each)).one() for each in counted}


@pytest.fixture
def hall(committed_app: Service) -> Hall:
    """A hall on a database of its own."""
    return Hall(committed_app)


def at_once(app: Service, *acts: Act) -> list[int]:
    """What each act gives; all start at the same moment."""
    start = Barrier(len(acts))

    def do(act: Act) -> int:
        with app.app_context():
            start.wait()
            done = act()
            db.session.commit()
            return done

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def run_job() -> int:
    """What the worker does each minute."""
    order_tasks.expire_orders(timestamp=0)
    return 0


@pytest.mark.parametrize(("minutes", "ended"), [(-1, "expired"), (5, "cancelled")])
def test_cancelled_expired_and_emptied_order_gives_everything_back_once(hall: Hall, minutes: int, ended: str) -> None:
    hall.order(minutes=5)  # Of somebody else: what came back twice would be theirs.
    order = hall.order(minutes=minutes)
    order_id, event_id, ticket_id = order.id, hall.ticket.event_id, hall.ticket.id
    buyer, owner = access_token(order.user), access_token(hall.owner)
    people = db.session.scalars(text("SELECT id FROM attendees WHERE order_id = :id"), {"id": order.id}).all()

    def cancel() -> int:
        body = document("order", order_id, status="cancelled")
        return int(hall.send("PATCH", f"/v1/orders/{order_id}", body, buyer).status_code)

    def remove(number: int) -> Act:
        return lambda: int(hall.send("DELETE", f"/v1/attendees/{people[number]}", None, owner).status_code)

    def buy() -> int:
        return expiry.release_due_holds(event_id, [ticket_id])

    answered = at_once(hall.app, cancel, cancel, run_job, run_job, buy, remove(0), remove(0), remove(1))
    assert set(answered) <= {0, 1, 200, 403, 404}, answered  # Nobody has to try again.
    at_once(hall.app, run_job)  # Who finds an order held by others leaves it to the next run.
    assert hall.counts() == {SEATS}
    assert db.session.get_one(Order, order_id).status == ended
    assert faults(hall.app.config["DATABASE_URL"]) == {}


def expire_without_guard(together: Barrier) -> Callable[..., int]:
    """What the guard replaces: end what was found to be over, whoever else has found it."""

    def expire(due: Any, _: Any) -> int:
        orders = db.session.scalars(due.order_by(Order.id)).all()
        together.wait()
        for order in orders:
            move(order, "expired", by=Party.SERVICE)
        return len(orders)

    return expire


def end_at_once(hall: Hall) -> Counter[str]:
    """Two buyers and two workers come upon the same order whose time is over; what was queued by that."""
    hall.order(minutes=5)
    hall.order(minutes=-1)
    wanted = (hall.ticket.event_id, [hall.ticket.id])
    at_once(hall.app, run_job, run_job, *[lambda: expiry.release_due_holds(*wanted)] * 2)
    db.session.rollback()
    return Counter(queued_jobs())


def test_without_the_guard_an_order_expires_several_times(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "_expire", expire_without_guard(Barrier(4)))
    assert end_at_once(hall)["send_expiry"] > 1


def test_order_expires_once_whoever_comes_upon_it(hall: Hall) -> None:
    assert end_at_once(hall)["send_expiry"] == 1
    assert hall.counts() == {SEATS}


def test_expiry_waits_for_whoever_removes_an_attendee_and_holds_nothing_they_need(hall: Hall) -> None:
    order_id = hall.order(minutes=-1).id
    with psycopg.connect(plain_address(hall.app.config["DATABASE_URL"])) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT id FROM attendees WHERE order_id = %s FOR UPDATE", (order_id,))
        expiring = pool.submit(at_once, hall.app, run_job)
        assert wait_until(_is_somebody_blocked, 30)
        other.execute("UPDATE ticket_stocks SET taken = taken WHERE ticket_id = %s", (hall.ticket.id,))
        other.commit()
        expiring.result()
    assert hall.counts() == {0}


def meets_whoever_ends(hall: Hall, order_id: int, act: Act) -> int:
    """What an act gives during which somebody, who holds the order already, takes its attendees."""
    with psycopg.connect(plain_address(hall.app.config["DATABASE_URL"])) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT id FROM orders WHERE id = %s FOR UPDATE", (order_id,))
        acting = pool.submit(at_once, hall.app, act)
        assert wait_until(_is_somebody_blocked, 30)
        other.execute("UPDATE attendees SET lastname = lastname WHERE order_id = %s", (order_id,))
        other.commit()
        return acting.result()[0]


def test_removing_and_restoring_an_attendee_waits_for_whoever_ends_the_order(hall: Hall) -> None:
    order_id, admin, owner = hall.order(minutes=5).id, AdminFactory(), access_token(hall.owner)
    staff = access_token(admin)
    db.session.commit()
    person = db.session.scalars(text("SELECT max(id) FROM attendees")).one()
    path, again = f"/v1/attendees/{person}", document("attendee", person, **{"deleted-at": None})

    def remove() -> int:
        return int(hall.send("DELETE", path, None, owner).status_code)

    def restore() -> int:
        return int(hall.send("PATCH", f"{path}?get_trashed=true", again, staff).status_code)

    assert [meets_whoever_ends(hall, order_id, act) for act in (remove, restore)] == [200, 200]
    assert hall.counts() == {SEATS}


def test_writing_the_papers_waits_for_whoever_ends_the_order(hall: Hall) -> None:
    order = hall.order(minutes=5)
    order_id, order.status = order.id, "completed"
    db.session.commit()

    def write() -> int:
        return int(papers.write_papers(order_id) is not None)

    assert meets_whoever_ends(hall, order_id, write) == 1
    keys = db.session.scalars(text("SELECT count(pdf_key) FROM attendees WHERE order_id = :id"), {"id": order_id})
    assert keys.one() == SEATS


def _is_somebody_blocked() -> bool:
    db.session.rollback()  # A transaction sees one state of the server's processes.
    return bool(db.session.scalar(text(BLOCKED)))
