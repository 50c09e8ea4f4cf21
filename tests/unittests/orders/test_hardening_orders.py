"""Orders and attendees under races, odd states, and requests of people who mean no good."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.edge import Service
from app.extensions import db
from app.jsonapi.errors import Conflict
from app.messages.mailing import MAILING
from app.orders import attendee_rules
from app.orders.models import Attendee, Order
from app.tickets import stock
from app.tickets.models import Ticket
from app.users.models import User
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import give_role
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.conftest import Deliver
from tests.unittests.orders.steps import Sale, attributes, error, queued_jobs


@pytest.fixture
def real_sale(committed_app: Service) -> Sale:
    """An event on a database where several connections see each other."""
    made = Sale(ApiClient(committed_app))
    db.session.commit()
    return made


def until_somebody_waits(seconds: float = 10) -> None:
    """Wait until another connection waits for a lock that this one holds."""
    deadline = time.monotonic() + seconds
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    while not db.session.scalar(waiting):
        assert time.monotonic() < deadline
        time.sleep(0.05)
        db.session.execute(text("SELECT pg_stat_clear_snapshot()"))


def meanwhile(app: Service, act: Callable[[], Any]) -> Callable[[], Any]:
    """What runs the act on a connection of its own."""

    def run() -> Any:
        with app.app_context():
            return act()

    return run


def test_order_and_change_of_its_ticket_do_not_wait_for_each_other_for_ever(
    committed_app: Service, real_sale: Sale
) -> None:
    attendee, ticket_id = real_sale.attendee(), real_sale.ticket.id
    db.session.commit()
    attendee_id, event_id, buyer_id = attendee.id, real_sale.event.id, real_sale.buyer.id

    def place() -> int:
        buyer = db.session.get_one(User, buyer_id)
        return real_sale.order(attendee_id, user=buyer, event=event_id).status_code

    with ThreadPoolExecutor(1) as pool:
        # A change of the ticket has locked its row, and will look at its stock.
        db.session.execute(select(Ticket.id).where(Ticket.id == ticket_id).with_for_update())
        placing = pool.submit(meanwhile(committed_app, place))
        until_somebody_waits()
        assert stock.taken_of(ticket_id) == 0
        db.session.execute(update(Ticket).where(Ticket.id == ticket_id).values(quantity=1))
        db.session.commit()
        assert placing.result(timeout=10) == 201
    assert real_sale.taken() == 1


def test_attendee_is_not_restored_into_an_order_that_ends_meanwhile(committed_app: Service, real_sale: Sale) -> None:
    attendee = real_sale.attendee()
    db.session.commit()
    order_id = int(real_sale.order(attendee).json["data"]["id"])  # type: ignore[index]
    attendee_rules.remove_attendees_of(db.session.get_one(Order, order_id))
    db.session.commit()
    attendee_id = attendee.id

    def restore() -> str:
        try:
            attendee_rules.take_place_again(db.session.get_one(Attendee, attendee_id))
        except Conflict as refused:
            return refused.detail
        return "restored"

    with ThreadPoolExecutor(1) as pool:
        db.session.execute(update(Order).where(Order.id == order_id).values(status="cancelled"))
        restoring = pool.submit(meanwhile(committed_app, restore))
        until_somebody_waits()
        db.session.commit()
        assert restoring.result(timeout=10) == "The order of this attendee is over"
    assert real_sale.taken() == 0


def test_deleted_order_is_not_brought_back_to_hold_seats(sale: Sale) -> None:
    address = f"/v1/orders/{sale.order(sale.attendee()).json['data']['id']}"  # type: ignore[index]
    sale.api.delete(address, user=sale.admin)
    body = document("order", address.rpartition("/")[2], status="completed")
    response = sale.api.patch(address, body, user=sale.admin, query={"get_trashed": "true"})
    assert (response.status_code, error(response)["detail"]) == (409, "A deleted order stays as it is.")
    assert sale.taken() == 0


def test_order_is_deleted_for_good_only_after_its_end(sale: Sale) -> None:
    address = f"/v1/orders/{sale.order(sale.attendee()).json['data']['id']}"  # type: ignore[index]
    refused = sale.api.delete(address, user=sale.admin, query={"permanent": "true"})
    assert (refused.status_code, error(refused)["source"]) == (409, {"parameter": "permanent"})
    assert sale.taken() == 1
    sale.api.patch(address, document("order", address.rpartition("/")[2], status="cancelled"), user=sale.admin)
    assert "send_cancellation" in queued_jobs()
    assert sale.api.delete(address, user=sale.admin, query={"permanent": "true"}).status_code == 200
    assert sale.taken() == 0


def test_stranger_who_changes_an_order_is_refused_in_words_about_changing(sale: Sale) -> None:
    address = f"/v1/orders/{sale.order(sale.attendee()).json['data']['id']}"  # type: ignore[index]
    body = document("order", address.rpartition("/")[2], cancel_note="Mine now")
    response = sale.api.patch(address, body, user=sale.stranger)
    assert (response.status_code, error(response)["detail"]) == (403, "Access Forbidden")
    reading = sale.api.get(address, user=sale.stranger)
    assert error(reading)["detail"] == "You can only access your orders or your event's orders"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/attendees/send-receipt", {"order-identifier": "nope"}, "/order-identifier"),
        ("/v1/orders/resend-email", {"data": {"order": "nope"}}, "/data/order"),
    ],
)
def test_unknown_order_is_pointed_at_where_the_body_names_it(
    sale: Sale, path: str, body: dict[str, Any], pointer: str
) -> None:
    response = sale.api.plain("POST", path, body, user=sale.buyer)
    assert (response.status_code, error(response)["detail"]) == (404, "Order not found")
    assert error(response)["source"] == {"pointer": pointer}


def test_attendee_is_not_told_the_address_of_the_buyer(sale: Sale, deliver: Deliver) -> None:
    sale.buyer.first_name = sale.buyer.last_name = None
    sale.order(sale.attendee(email="guest@example.com"))
    (mail,) = [mail for mail in deliver() if "guest@example.com" in str(mail["To"])]
    assert sale.buyer.email not in mail.as_string()


def test_cancellation_is_not_mailed_to_a_deleted_account(sale: Sale, deliver: Deliver) -> None:
    order = attributes(sale.order(sale.attendee(email=None)))
    assert deliver()
    sale.buyer.deleted_at = sale.event.starts_at
    body = document("order", db.session.scalars(select(Order.id)).one(), status="cancelled")
    sale.api.patch(f"/v1/orders/{order['identifier']}", body, user=sale.owner)
    assert not [mail for mail in deliver() if "cancelled" in str(mail["Subject"])]


def test_address_that_cannot_be_written_to_keeps_no_one_else_of_the_team_uninformed(
    sale: Sale, deliver: Deliver
) -> None:
    give_role(UserFactory(email='"odd one"@example.com'), sale.event, "organizer")
    sale.order(sale.attendee())
    (notice,) = [mail for mail in deliver() if str(mail["Subject"]).startswith("New order")]
    assert sale.owner.email in str(notice["To"])
    assert sale.coorganizer.email in str(notice["Bcc"])


def test_mail_outlives_an_outage_of_the_mail_server_of_a_day() -> None:
    waits = [min(MAILING.first * 2**attempt, MAILING.longest) for attempt in range(MAILING.attempts - 1)]
    assert sum(wait.total_seconds() for wait in waits) > 24 * 60 * 60
