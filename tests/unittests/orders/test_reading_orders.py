"""Reading orders: the same people see the same things on every path."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.orders.models import Attendee, Order
from tests.unittests.client import ApiClient
from tests.unittests.factories.orders import AttendeeFactory, order_with_attendees
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.orders.steps import Sale, attributes, error, statements_of_requests

PEOPLE = ("stranger", "registrar", "buyer", "attendee", "coorganizer", "organizer", "owner", "admin")
READERS = ("buyer", "attendee", "coorganizer", "organizer", "owner", "admin")
BILLING = ("address", "city", "tax-business-info", "last4", "transaction-id", "order-notes", "is-billing-enabled")


@pytest.fixture
def sale(api: ApiClient) -> Sale:
    """An event with a completed order of the buyer for two attendees, one of whom has an account."""
    sale = Sale(api)
    sale.attendee_user = UserFactory(email="Grace@Example.com")  # type: ignore[attr-defined]
    order = order_with_attendees(sale.ticket, 1, user=sale.buyer, status="completed", city="Oslo")
    AttendeeFactory(order=order, ticket=sale.ticket, email="grace@example.COM")
    return sale


def person(sale: Sale, name: str | None) -> Any:
    return sale.attendee_user if name == "attendee" else sale.person(name)  # type: ignore[attr-defined]


def the_order() -> Order:
    return db.session.scalars(select(Order)).one()


@pytest.mark.parametrize("name", [None, *PEOPLE])
@pytest.mark.parametrize("reference", ["id", "identifier"])
def test_order_is_read_by_its_people(sale: Sale, name: str | None, reference: str) -> None:
    response = sale.api.get(f"/v1/orders/{getattr(the_order(), reference)}", user=person(sale, name))
    assert response.status_code == (401 if name is None else 200 if name in READERS else 403)
    if name in ("stranger", "registrar"):
        assert error(response)["detail"] == "You can only access your orders or your event's orders"


@pytest.mark.parametrize("name", [None, *PEOPLE])
@pytest.mark.parametrize("path", ["event", "tickets", "attendees", "relationships/event", "relationships/attendee"])
def test_what_belongs_to_an_order_is_read_by_the_same_people(sale: Sale, name: str | None, path: str) -> None:
    response = sale.api.get(f"/v1/orders/{the_order().identifier}/{path}", user=person(sale, name))
    assert response.status_code == (401 if name is None else 200 if name in READERS else 403)


@pytest.mark.parametrize("name", READERS)
def test_attendee_of_an_order_sees_only_their_own_row_and_no_buyer(sale: Sale, name: str) -> None:
    order, user = the_order(), person(sale, name)
    is_mere = name == "attendee"
    base = f"/v1/orders/{order.identifier}"
    assert sale.api.get(f"{base}/attendees", user=user).json["meta"]["count"] == (1 if is_mere else 2)
    whole = sale.api.get(base, user=user, query={"include": "attendees,user"}).json
    assert len([item for item in whole["included"] if item["type"] == "attendee"]) == (1 if is_mere else 2)
    assert len([item for item in whole["included"] if item["type"] == "user"]) == (0 if is_mere else 1)
    assert ("user" in whole["data"]["relationships"]) is not is_mere
    assert sale.api.get(f"{base}/user", user=user).status_code == (403 if is_mere else 200)
    assert sale.api.get(f"{base}/relationships/user", user=user).status_code == (403 if is_mere else 200)
    assert all((field in whole["data"]["attributes"]) is not is_mere for field in BILLING)


def test_attendee_is_known_by_a_verified_address_only(sale: Sale) -> None:
    sale.attendee_user.is_verified = False  # type: ignore[attr-defined]
    user = person(sale, "attendee")
    assert sale.api.get(f"/v1/orders/{the_order().id}", user=user).status_code == 403
    assert sale.api.get(f"/v1/users/{user.id}/orders", user=user).json["meta"]["count"] == 0


def test_removed_attendee_has_no_order(sale: Sale) -> None:
    user = person(sale, "attendee")
    attendee = db.session.scalars(select(Attendee).where(Attendee.email == "grace@example.COM")).one()
    sale.api.delete(f"/v1/attendees/{attendee.id}", user=sale.owner)
    assert sale.api.get(f"/v1/orders/{the_order().id}", user=user).status_code == 403
    assert sale.api.get(f"/v1/users/{user.id}/orders", user=user).json["meta"]["count"] == 0


@pytest.mark.parametrize("name", [None, *PEOPLE])
def test_all_orders_are_listed_for_admins_only(sale: Sale, name: str | None) -> None:
    response = sale.api.get("/v1/orders", user=person(sale, name))
    assert response.status_code == (401 if name is None else 200 if name == "admin" else 403)


@pytest.mark.parametrize("name", [None, *PEOPLE])
def test_orders_of_an_event_are_listed_for_its_team(sale: Sale, name: str | None) -> None:
    team = ("coorganizer", "organizer", "owner", "admin")
    for reference in (sale.event.id, sale.event.identifier):
        response = sale.api.get(f"/v1/events/{reference}/orders", user=person(sale, name))
        assert response.status_code == (401 if name is None else 200 if name in team else 403)


def test_draft_has_no_orders_for_outsiders(sale: Sale) -> None:
    sale.event.state = "draft"
    assert sale.api.get(f"/v1/events/{sale.event.id}/orders", user=sale.stranger).status_code == 404
    assert sale.api.get(f"/v1/events/{sale.event.id}/orders", user=sale.owner).json["meta"]["count"] == 1


@pytest.mark.parametrize(("name", "count"), [("buyer", 1), ("attendee", 1), ("stranger", 0), ("owner", 0)])
def test_people_list_what_they_bought_and_attend(sale: Sale, name: str, count: int) -> None:
    user = person(sale, name)
    response = sale.api.get(f"/v1/users/{user.id}/orders", user=user, query={"include": "event,attendees.ticket"})
    assert response.json["meta"]["count"] == count
    assert sale.api.get(f"/v1/users/{user.id}/orders", user=sale.admin).json["meta"]["count"] == count
    other = sale.buyer if name != "buyer" else sale.stranger
    assert sale.api.get(f"/v1/users/{user.id}/orders", user=other).status_code == 403


def test_buyer_who_also_attends_has_the_order_once(sale: Sale) -> None:
    AttendeeFactory(order=the_order(), ticket=sale.ticket, email=sale.buyer.email)
    response = sale.api.get(f"/v1/users/{sale.buyer.id}/orders", user=sale.buyer)
    assert (response.json["meta"]["count"], len(response.json["data"])) == (1, 1)


@pytest.mark.parametrize("name", ["buyer", "attendee", "owner", "admin"])
def test_order_is_reached_from_its_attendee(sale: Sale, name: str) -> None:
    attendee = db.session.scalars(select(Attendee).where(Attendee.email == "grace@example.COM")).one()
    response = sale.api.get(f"/v1/attendees/{attendee.id}/order", user=person(sale, name))
    assert attributes(response)["identifier"] == the_order().identifier
    assert sale.api.get(f"/v1/attendees/{attendee.id}/order", user=sale.stranger).status_code == 403


def test_hidden_ticket_is_shown_to_those_who_hold_it(sale: Sale) -> None:
    hidden = TicketFactory(event=sale.event, is_hidden=True)
    order = order_with_attendees(hidden, user=sale.buyer)
    response = sale.api.get(f"/v1/orders/{order.identifier}/tickets", user=sale.buyer)
    assert [item["id"] for item in response.json["data"]] == [str(hidden.id)]


@pytest.mark.parametrize("field", ["city", "transaction-id"])
def test_what_an_attendee_may_not_see_they_cannot_filter_or_sort_by(sale: Sale, field: str) -> None:
    user = person(sale, "attendee")
    path = f"/v1/users/{user.id}/orders"
    condition = [{"name": field, "op": "like", "val": "%"}]
    assert sale.api.get(path, user=user, query={"filter": condition}).json["meta"]["count"] == 0
    condition = [{"name": "status", "op": "eq", "val": "completed"}]
    assert sale.api.get(path, user=user, query={"filter": condition, "sort": field}).json["meta"]["count"] == 1


def test_orders_are_filtered_and_sorted_as_the_client_does(sale: Sale) -> None:
    conditions = [
        {
            "and": [
                {"name": "status", "op": "eq", "val": "completed"},
                {"name": "event", "op": "has", "val": {"name": "name", "op": "ilike", "val": "%conf%"}},
            ]
        }
    ]
    query = {"filter": conditions, "sort": "event.starts-at", "include": "event,attendees.ticket,user"}
    response = sale.api.get(f"/v1/users/{sale.buyer.id}/orders", user=sale.buyer, query=query)
    assert (response.status_code, response.json["meta"]["count"]) == (200, 1)


def test_team_sees_the_address_of_who_bought(sale: Sale) -> None:
    path = f"/v1/orders/{the_order().identifier}/user"
    assert attributes(sale.api.get(path, user=sale.coorganizer))["email"] == sale.buyer.email


def test_number_of_orders_does_not_change_the_number_of_statements(sale: Sale) -> None:
    path, query = f"/v1/events/{sale.event.id}/orders", {"include": "attendees,user,event,tickets"}
    statements(sale, path, query)  # The first request of a while also notes when somebody was here.
    few = statements(sale, path, query)
    for _ in range(5):
        order_with_attendees(sale.ticket, 2)
    assert statements(sale, path, query) == few


def statements(sale: Sale, path: str, query: dict[str, Any]) -> int:
    with statements_of_requests() as counted:
        assert sale.api.get(path, user=sale.owner, query=query).status_code == 200
    return len(counted)
