"""Attendees: who changes and removes them, and what becomes of their places."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.edge import Service
from app.extensions import db
from app.orders import attendee_rules, attendee_tasks
from app.orders.models import Attendee
from app.site.models import Setting
from app.tickets import stock
from app.users.models import User
from tests.unittests.attendance import Sale, fault
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import in_days
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of

FORBIDDEN_UPDATE = "Only admin or that user itself can update attendee info"


# Changing

UPDATES = {
    "anonymous": 401, "stranger": 403, "unverified namesake": 403, "buyer": 200, "moderator": 403,
    "track_organizer": 403, "registrar of another event": 403, "registrar": 200, "coorganizer": 200, "admin": 200,
}  # fmt: skip


@pytest.mark.parametrize(("rank", "status"), UPDATES.items())
def test_attendee_of_an_order_in_the_making_is_changed_by_buyer_and_staff(
    api: ApiClient, rank: str, status: int
) -> None:
    sale = Sale("initializing")
    change = document("attendee", sale.attendee.id, firstname="Changed")
    response = api.patch(f"/v1/attendees/{sale.attendee.id}", change, user=sale.people[rank])
    assert response.status_code == status
    name = db.session.get_one(Attendee, sale.attendee.id).firstname
    # The event's people may write, but only the check-in.
    assert name == ("Changed" if rank in ("buyer", "admin") else "Grace")
    if status == 403:
        assert response.json["errors"][0]["detail"] == FORBIDDEN_UPDATE


@pytest.mark.parametrize("status", ["pending", "placed", "completed"])
@pytest.mark.parametrize("rank", ["buyer", "coorganizer", "admin"])
def test_attendee_of_an_order_that_is_made_stays_as_they_are(api: ApiClient, status: str, rank: str) -> None:
    sale = Sale(status)
    change = document("attendee", sale.attendee.id, firstname="Changed")
    expected = (
        422,
        "Attendee can't be updated because the corresponding order is not in initializing state",
        "/data/id",
    )
    assert fault(api.patch(f"/v1/attendees/{sale.attendee.id}", change, user=sale.people[rank])) == expected


@pytest.mark.parametrize(("rank", "name"), [("creator", "Changed"), ("coorganizer", "Changed"), ("registrar", "Grace")])
def test_attendee_without_an_order_is_changed_by_creator_and_team(api: ApiClient, rank: str, name: str) -> None:
    creator = UserFactory()
    attendee = AttendeeFactory(created_by_id=creator.id)
    user = creator if rank == "creator" else role_of(attendee.event, rank)
    change = document("attendee", attendee.id, firstname="Changed")
    response = api.patch(f"/v1/attendees/{attendee.id}", change, user=user)
    assert response.status_code == 200
    assert response.json["data"]["attributes"]["firstname"] == name


def test_full_document_of_the_client_changes_nothing_it_may_not(api: ApiClient) -> None:
    sale = Sale("initializing")
    path = f"/v1/attendees/{sale.attendee.id}"
    shown = api.get(path, user=sale.people["buyer"]).json["data"]
    body = {"data": {"type": "attendee", "id": shown["id"], "attributes": shown["attributes"] | {"city": "Bonn"}}}
    response = api.patch(path, body, user=sale.people["buyer"])
    assert response.status_code == 200
    assert response.json["data"]["attributes"] == shown["attributes"] | {"city": "Bonn"}


# Removing


DELETES = {
    "anonymous": 401, "stranger": 403, "buyer": 403, "moderator": 403, "registrar of another event": 403,
    "registrar": 200, "coorganizer": 200, "owner": 200, "admin": 200,
}  # fmt: skip


@pytest.mark.parametrize(("rank", "status"), DELETES.items())
def test_removing_an_attendee_frees_the_place_once(api: ApiClient, rank: str, status: int) -> None:
    sale = Sale()
    ticket_id, path = sale.attendee.ticket_id, f"/v1/attendees/{sale.attendee.id}"
    assert stock.available([ticket_id]) == {ticket_id: 4}
    assert api.delete(path, user=sale.people[rank]).status_code == status
    left = 5 if status == 200 else 4
    assert stock.available([ticket_id]) == {ticket_id: left}
    if status != 200:
        return
    assert api.delete(path, user=sale.people[rank]).status_code == 404
    assert api.get(path, user=sale.people["buyer"]).status_code == 404
    attendee_rules.remove_attendees_of(sale.order)
    trashed = api.delete(path, user=sale.people["admin"], query={"get_trashed": "true", "permanent": "true"})
    assert trashed.status_code == 200
    assert stock.available([ticket_id]) == {ticket_id: 5}


def test_refused_removal_says_so(api: ApiClient) -> None:
    sale = Sale()
    for rank, method in (("buyer", "DELETE"), ("stranger", "DELETE"), ("stranger", "GET")):
        refused = api.request(method, f"/v1/attendees/{sale.attendee.id}", user=sale.people[rank])
        assert fault(refused)[:2] == (403, "You are not authorized to access this.")
        assert refused.json["errors"][0]["source"]["source"] == "User"


def test_removing_an_attendee_without_an_order_frees_nothing(api: ApiClient) -> None:
    attendee = AttendeeFactory(ticket__quantity=3)
    stock.take(attendee.ticket_id, 1)
    assert api.delete(f"/v1/attendees/{attendee.id}", user=AdminFactory()).status_code == 200
    assert stock.available([attendee.ticket_id]) == {attendee.ticket_id: 2}


def test_admin_restores_an_attendee_while_there_is_a_place(api: ApiClient) -> None:
    sale = Sale()
    admin, ticket_id = sale.people["admin"], sale.attendee.ticket_id
    path, restoring = f"/v1/attendees/{sale.attendee.id}", document("attendee", sale.attendee.id, deleted_at=None)
    trashed = {"get_trashed": "true"}
    assert api.delete(path, user=admin).status_code == 200
    assert stock.take(ticket_id, 5)
    assert api.patch(path, restoring, user=admin, query=trashed).status_code == 409
    stock.give_back({ticket_id: 2})
    assert api.patch(path, restoring, user=sale.people["owner"], query=trashed).status_code == 404
    assert api.patch(path, restoring, user=admin, query=trashed).status_code == 200
    assert stock.available([ticket_id]) == {ticket_id: 1}
    assert api.delete(path, user=admin).status_code == 200
    sale.order.status = "cancelled"
    db.session.flush()
    assert api.patch(path, restoring, user=admin, query=trashed).status_code == 409


def test_patch_deletes_no_attendee(api: ApiClient) -> None:
    sale = Sale("initializing")
    change = document("attendee", sale.attendee.id, deleted_at="2020-01-01T00:00:00Z", firstname="Ada")
    assert api.patch(f"/v1/attendees/{sale.attendee.id}", change, user=sale.people["admin"]).status_code == 200
    assert db.session.get_one(Attendee, sale.attendee.id).deleted_at is None


def test_ending_an_order_gives_all_its_places_back(api: ApiClient) -> None:
    sale = Sale()
    other = TicketFactory(event=sale.attendee.event, quantity=2)
    AttendeeFactory.create_batch(2, ticket=other, order=sale.order)
    tickets = (sale.attendee.ticket_id, other.id)
    assert stock.available(tickets) == {tickets[0]: 4, tickets[1]: 0}
    for _ in range(2):
        attendee_rules.remove_attendees_of(sale.order)
        assert stock.available(tickets) == {tickets[0]: 5, tickets[1]: 2}
    live = select(func.count()).select_from(Attendee).where(Attendee.deleted_at.is_(None))
    assert db.session.scalar(live) == 0


def test_attendees_nobody_ordered_for_are_removed_after_the_time_orders_have(api: ApiClient) -> None:
    db.session.scalars(select(Setting)).one().order_expiry_time = 20
    long_ago, lately = (datetime.now(UTC) - timedelta(minutes=minutes) for minutes in (21, 19))
    forgotten = AttendeeFactory(created_at=long_ago)
    recent = AttendeeFactory(created_at=lately)
    ordered = AttendeeFactory(created_at=long_ago, order=OrderFactory(), ticket__quantity=3)
    kept = {recent.id, ordered.id}
    assert forgotten.id not in kept
    attendee_tasks.delete_forgotten_attendees(timestamp=0)
    assert set(db.session.scalars(select(Attendee.id))) == kept
    assert stock.available([ordered.ticket_id]) == {ordered.ticket_id: 2}


def test_place_is_freed_once_however_often_it_is_asked_at_once(committed_app: Service) -> None:
    sale = Sale()
    ticket_id, path, admin_id = sale.attendee.ticket_id, f"/v1/attendees/{sale.attendee.id}", sale.people["admin"].id
    db.session.commit()

    def remove(_: int) -> int:
        with committed_app.app_context():
            return ApiClient(committed_app).delete(path, user=db.session.get_one(User, admin_id)).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(remove, range(4))) == [200, 404, 404, 404]
    assert stock.available([ticket_id]) == {ticket_id: 5}


KEEPS_ACCOUNT: list[tuple[str, dict[str, Any], bool]] = [
    ("completed", {}, True),
    ("placed", {}, True),
    ("pending", {}, True),
    ("initializing", {}, True),
    ("cancelled", {}, False),
    ("expired", {}, False),
    ("completed", {"starts_at": in_days(-2), "ends_at": in_days(-1)}, False),
    ("completed", {"starts_at": None, "ends_at": None}, True),
]


@pytest.mark.parametrize(("status", "dates", "kept"), KEEPS_ACCOUNT)
def test_account_of_who_attends_a_coming_event_is_kept(
    api: ApiClient, status: str, dates: dict[str, Any], kept: bool
) -> None:
    sale = Sale(status)
    for name, value in dates.items():
        setattr(sale.attendee.event, name, value)
    user = sale.people["unverified namesake"]
    response = api.delete(f"/v1/users/{user.id}", user=user)
    assert response.status_code == (403 if kept else 200)
    if kept:
        assert response.json["errors"][0]["detail"] == "Users associated with orders cannot be deleted"
