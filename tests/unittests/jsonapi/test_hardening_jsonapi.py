"""What hostile requests may not do, on any resource."""

from __future__ import annotations

import random
import string
from typing import Any

import pytest

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactory, give_role
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory

# Longer than an index entry, and too irregular to be compressed into one.
LONG = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=12_000))


@pytest.mark.parametrize(
    "condition",
    [
        {"name": "id", "op": "like", "val": "1%"},
        {"name": "id", "op": "contains", "val": "1"},
        {"name": "id", "op": "eq", "field": "name"},
        {"name": "name", "op": "eq", "field": "id"},
    ],
)
def test_an_id_is_not_compared_as_a_text(api: ApiClient, condition: Any) -> None:
    response = api.get("/v1/events", query={"filter": [condition]})
    assert (response.status_code, response.json["errors"][0]["source"]) == (400, {"parameter": "filter"})


def test_an_id_is_compared_with_numbers(api: ApiClient) -> None:
    event, other = EventFactory(), EventFactory()
    found = api.get("/v1/events", query={"filter": [{"name": "id", "op": "gt", "val": str(event.id)}]}).json["data"]
    assert [item["id"] for item in found] == [str(other.id)]


@pytest.mark.parametrize("number", [1e30, 2**63, -(2**64), 10**40])
def test_a_number_that_could_not_be_shown_again_is_refused(api: ApiClient, number: float) -> None:
    event = EventFactory()
    links = [{"name": "Map", "link": "https://example.com", "sizes": [{"x": number}]}]
    body = document("event", event.id, document_links=links)
    response = api.patch(f"/v1/events/{event.id}", body, user=AdminFactory())
    assert (response.status_code, response.json["errors"][0]["status"]) == (422, "422")
    assert api.get(f"/v1/events/{event.id}").status_code == 200


def test_a_text_too_long_for_its_index_is_refused_as_a_value(api: ApiClient) -> None:
    user = UserFactory()
    made = api.post("/v1/events", document("event", name=LONG, timezone="UTC"), user=user)
    renamed = api.patch(f"/v1/users/{user.id}", document("user", user.id, last_name=LONG), user=user)
    assert (made.status_code, renamed.status_code) == (422, 422)


def test_an_identifier_with_a_null_character_is_nobodys_whether_or_not_the_row_was_written_before(
    api: ApiClient,
) -> None:
    event = EventFactory()
    path = f"/v1/events/{event.identifier}"
    statuses = [api.get(each).status_code for each in (f"{path}%00", path, path, f"{path}%00")]
    assert statuses == [404, 200, 200, 404]


def test_what_is_read_after_a_write_is_what_the_database_keeps(api: ApiClient) -> None:
    event, user = EventFactory(can_pay_onsite=True), UserFactory()
    give_role(user, event, "owner")
    ticket = TicketFactory(event=event, type="paid", price=10)
    path = f"/v1/tickets/{ticket.id}"
    assert api.patch(path, document("ticket", ticket.id, price=12.34567), user=user).status_code == 200
    assert api.get(path, user=user).json["data"]["attributes"]["price"] == 12.346


def test_a_negated_filter_tells_nothing_of_what_is_hidden_on_a_row_of_nobody(api: ApiClient) -> None:
    reader = UserFactory()
    ticket = TicketFactory()
    order = OrderFactory(event=ticket.event, user=None, company="Secret")
    AttendeeFactory(ticket=ticket, order=order, email=reader.email)
    counts = []
    for guess in ("Secret", "Other"):
        hidden = {"not": {"name": "company", "op": "eq", "val": guess}}
        query = {"filter": [{"name": "order", "op": "has", "val": hidden}]}
        counts.append(api.get(f"/v1/orders/{order.id}/attendees", user=reader, query=query).json["meta"]["count"])
    assert counts == [1, 1]
