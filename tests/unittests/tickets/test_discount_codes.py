"""Discount codes by id: made and read, by those who may and as the rules allow."""

from __future__ import annotations

from typing import Any

import pytest

from app.events.models import Event
from app.extensions import db
from app.tickets.models import DiscountCode
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.tickets import DiscountCodeFactory, DiscountCodeTicketFactory, TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent
from tests.unittests.tickets.code_documents import event_code, fault, ids, new_code, paid_ticket, pointer

# Made


def test_coorganizer_makes_a_ticket_code_with_sensible_limits(api: ApiClient) -> None:
    ticket = paid_ticket()
    user = role_of(ticket.event, "coorganizer")
    made = api.post("/v1/discount-codes", new_code(ticket.event, ticket, marketer="x"), user=user)
    assert made.status_code == 201
    data = made.json["data"]
    shown = {
        name: data["attributes"][name]
        for name in ("code", "value", "is-active", "min-quantity", "max-quantity", "tickets-number")
    }
    assert shown == {
        "code": "SUMMER", "value": 10, "is-active": True, "min-quantity": 1, "max-quantity": 100, "tickets-number": None,
    }  # fmt: skip
    assert set(data["relationships"]) == {"event", "tickets", "marketer"}
    code = db.session.get(DiscountCode, int(data["id"]))
    assert code is not None
    assert code.marketer_id == user.id
    assert [each.id for each in code.tickets] == [ticket.id]
    assert ids(api.get(f"/v1/users/{user.id}/discount-codes", user=user)) == {data["id"]}
    assert ids(api.get(f"/v1/tickets/{ticket.id}/discount-codes", user=user)) == {data["id"]}
    assert ids(api.get(f"/v1/discount-codes/{data['id']}/tickets", user=user)) == {str(ticket.id)}


@pytest.mark.parametrize(
    ("attributes", "limits"),
    [
        ({"tickets_number": 7}, (7, 1, 7)),
        ({"tickets_number": 0}, (0, 0, 0)),
        ({"min_quantity": 150}, (None, 150, 150)),
        ({"max_quantity": -1}, (None, 1, None)),
        ({"max_quantity": None, "min_quantity": None}, (None, None, None)),
        ({"min_quantity": 3, "max_quantity": 3, "tickets_number": 3}, (3, 3, 3)),
    ],
)
def test_limits_that_are_not_given_fit_those_that_are(
    api: ApiClient, attributes: dict[str, Any], limits: tuple[Any, ...]
) -> None:
    event = EventFactoryBasic()
    made = api.post("/v1/discount-codes", new_code(event, **attributes), user=role_of(event, "coorganizer"))
    assert made.status_code == 201, made.json
    shown = made.json["data"]["attributes"]
    assert tuple(shown[name] for name in ("tickets-number", "min-quantity", "max-quantity")) == limits


@pytest.mark.parametrize(
    ("attributes", "status", "at"),
    [
        ({"used_for": None}, 409, "used-for"),
        ({"used_for": "party"}, 409, "used-for"),
        ({"code": "  "}, 422, "code"),
        ({"code": "10/20"}, 422, "code"),
        ({"code": "Delete-Unused"}, 422, "code"),
        ({"code": None}, 422, "code"),
        ({"type": "gift"}, 422, "type"),
        ({"value": None}, 422, "value"),
        ({"value": -1}, 422, "value"),
        ({"value": 100.5}, 422, "value"),
        ({"type": "amount", "value": -0.01}, 422, "value"),
        ({"min_quantity": 3, "max_quantity": 2}, 422, "min-quantity"),
        ({"min_quantity": 101, "max_quantity": 100}, 422, "min-quantity"),
        ({"max_quantity": 5, "tickets_number": 4}, 422, "tickets-number"),
        ({"min_quantity": 5, "max_quantity": None, "tickets_number": 4}, 422, "tickets-number"),
        ({"min_quantity": -1}, 422, "min-quantity"),
        ({"max_quantity": -2}, 422, "max-quantity"),
        ({"tickets_number": -1}, 422, "tickets-number"),
        ({"discount_url": "javascript:1"}, 422, "discount-url"),
        ({"valid_from": "2030-02-01T00:00:00Z", "valid_till": "2030-01-01T00:00:00Z"}, 422, "valid-till"),
        ({"valid_from": "2030-01-01T00:00:00Z", "valid_till": "2030-01-01T00:00:00Z"}, 422, "valid-till"),
        # Nine o'clock in Tokyo is before one o'clock in London, though the figures say otherwise.
        ({"valid_from": "2030-01-01T01:00:00Z", "valid_till": "2030-01-01T09:00:00+09:00"}, 422, "valid-till"),
        ({"valid_from": "2999-01-01T00:00:00Z"}, 422, "valid-till"),
    ],
)
def test_unsound_code_is_refused_where_the_fault_lies(
    api: ApiClient, attributes: dict[str, Any], status: int, at: str
) -> None:
    event = EventFactoryBasic()
    refused = api.post("/v1/discount-codes", new_code(event, **attributes), user=role_of(event, "coorganizer"))
    assert (refused.status_code, refused.json["errors"][0]["source"]) == (status, pointer(at))


@pytest.mark.parametrize("attributes", [
    {"value": 0}, {"value": 100}, {"type": "amount", "value": 20}, {"min_quantity": 2, "max_quantity": 2},
    {"valid_from": "2030-01-01T09:00:00+09:00", "valid_till": "2030-01-01T00:00:01Z"},
])  # fmt: skip
def test_sound_limits_are_taken(api: ApiClient, attributes: dict[str, Any]) -> None:
    ticket = paid_ticket(event=EventFactoryBasic(ends_at="2031-01-01T00:00:00Z"))
    user = role_of(ticket.event, "coorganizer")
    assert api.post("/v1/discount-codes", new_code(ticket.event, ticket, **attributes), user=user).status_code == 201


@pytest.mark.parametrize(
    ("ticket_values", "attributes", "source"),
    [
        ({"type": "free", "price": 0}, {}, pointer("tickets", "relationships")),
        ({"type": "free", "price": 0}, {"type": "amount"}, pointer("tickets", "relationships")),
        ({"type": "donation", "price": None}, {}, pointer("tickets", "relationships")),
        ({"type": "paid", "price": 20}, {"type": "amount", "value": 20.01}, pointer("value")),
    ],
)
def test_discount_is_on_what_costs_that_much(
    api: ApiClient, ticket_values: dict[str, Any], attributes: dict[str, Any], source: dict[str, str]
) -> None:
    ticket = TicketFactory(**ticket_values)
    user = role_of(ticket.event, "coorganizer")
    refused = api.post("/v1/discount-codes", new_code(ticket.event, ticket, **attributes), user=user)
    assert (refused.status_code, refused.json["errors"][0]["source"]) == (422, source)


def test_tickets_of_a_code_are_of_its_event_on_every_way(api: ApiClient) -> None:
    ticket, stranger = paid_ticket(), paid_ticket()
    user = role_of(ticket.event, "coorganizer")
    code = DiscountCodeTicketFactory(event=ticket.event)
    both = {"data": [linkage("ticket", ticket), linkage("ticket", stranger)]}
    path = f"/v1/discount-codes/{code.id}"
    for refused in (
        api.post("/v1/discount-codes", new_code(ticket.event, stranger), user=user),
        api.patch(path, document("discount-code", code.id, relationships={"tickets": both["data"]}), user=user),
        api.patch(f"{path}/relationships/tickets", both, user=user),
        api.post(f"{path}/relationships/tickets", both, user=user),
    ):
        assert fault(refused)[0::2] == (422, pointer("tickets", "relationships"))
    unknown = {"data": [{"type": "ticket", "id": "999999"}]}
    assert api.patch(f"{path}/relationships/tickets", unknown, user=user).status_code == 404


@pytest.mark.parametrize(
    ("rank", "status"), [(None, 401), ("registrar", 403), ("stranger", 403), ("coorganizer", 201), ("admin", 201)]
)
def test_ticket_codes_are_made_by_the_team(api: ApiClient, rank: str | None, status: int) -> None:
    event = EventFactoryBasic()
    people = {None: None, "stranger": UserFactory, "admin": AdminFactory}
    user = people[rank]() if people.get(rank) else role_of(event, rank) if rank and rank not in people else None
    answer = api.post("/v1/discount-codes", new_code(event), user=user)
    assert answer.status_code == status
    if status == 403:
        assert fault(answer)[1] == "You are not authorized"


def test_ticket_code_needs_its_event(api: ApiClient) -> None:
    body = document("discount-code", code="A", type="percent", value=1, used_for="ticket")
    refused = api.post("/v1/discount-codes", body, user=UserFactory())
    assert fault(refused) == (
        422, "A valid relationship with event resource is required", pointer("event", "relationships"),
    )  # fmt: skip


def test_code_is_unique_per_event_whatever_its_case(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory(code="Summer")
    user = role_of(code.event, "coorganizer")
    taken = (409, "Discount Code already exists", pointer("code"))
    assert fault(api.post("/v1/discount-codes", new_code(code.event, code=" sUMMER "), user=user)) == taken
    other = DiscountCodeTicketFactory(event=code.event)
    change = document("discount-code", other.id, code="SUMMER")
    assert fault(api.patch(f"/v1/discount-codes/{other.id}", change, user=user)) == taken
    own = document("discount-code", code.id, code="SUMMER")
    assert api.patch(f"/v1/discount-codes/{code.id}", own, user=user).status_code == 200
    elsewhere = EventFactoryBasic()
    assert api.post("/v1/discount-codes", new_code(elsewhere), user=role_of(elsewhere, "owner")).status_code == 201
    assert api.delete(f"/v1/discount-codes/{code.id}", user=user).status_code == 200
    assert api.post("/v1/discount-codes", new_code(code.event), user=user).status_code == 201
    back = document("discount-code", code.id, deleted_at=None)
    restored = api.patch(f"/v1/discount-codes/{code.id}?get_trashed=true", back, user=AdminFactory())
    assert fault(restored) == taken


# Event codes


def test_admin_makes_an_event_code_and_the_events_point_at_it(api: ApiClient) -> None:
    events, admin = [EventFactoryBasic(), EventFactoryBasic()], AdminFactory()
    made = api.post("/v1/discount-codes", event_code(*events), user=admin)
    assert made.status_code == 201, made.json
    data = made.json["data"]
    assert set(data["relationships"]) == {"event", "tickets", "events"}
    assert ids(api.get(f"/v1/discount-codes/{data['id']}/events", user=admin)) == {str(each.id) for each in events}
    for event in events:
        assert api.get(f"/v1/events/{event.identifier}/discount-code", user=admin).json["data"]["id"] == data["id"]
    refused = api.post("/v1/discount-codes", event_code(events[0], code="ANOTHER"), user=admin)
    assert fault(refused) == (
        422, "A Discount Code already exists for the provided Event ID", pointer("events", "relationships"),
    )  # fmt: skip
    assert api.delete(f"/v1/discount-codes/{data['id']}", user=admin).status_code == 200
    assert api.get(f"/v1/events/{events[0].id}/discount-code", user=admin).status_code == 404
    assert api.post("/v1/discount-codes", event_code(events[0]), user=admin).status_code == 201


def test_event_code_may_name_its_only_event_like_a_ticket_code_and_has_no_tickets(api: ApiClient) -> None:
    ticket, admin = paid_ticket(), AdminFactory()
    made = api.post("/v1/discount-codes", new_code(ticket.event, ticket, used_for="event"), user=admin)
    assert made.status_code == 201, made.json
    code = db.session.get(DiscountCode, int(made.json["data"]["id"]))
    assert code is not None
    assert (code.event_id, code.tickets) == (None, [])
    assert [each.id for each in code.events] == [ticket.event_id]


def test_event_codes_are_for_administrators(api: ApiClient) -> None:
    event = EventFactoryBasic()
    owner = role_of(event, "owner")
    refused = api.post("/v1/discount-codes", event_code(event), user=owner)
    assert fault(refused)[:2] == (403, "Please verify your permission or check your relationship")
    code = DiscountCodeFactory(events=[event])
    path = f"/v1/discount-codes/{code.id}"
    change = document("discount-code", code.id, is_active=False)
    for answer in (api.get(path, user=owner), api.patch(path, change, user=owner), api.delete(path, user=owner)):
        assert fault(answer)[:2] == (403, "Please verify your permission")
    assert fault(api.get(f"/v1/events/{event.id}/discount-code", user=owner))[:2] == (
        403, "You must be admin to view event discount code details",
    )  # fmt: skip
    assert api.get(f"/v1/events/{event.id}?include=discount-code", user=owner).json["included"] == []
    assert api.patch(path, change, user=AdminFactory()).status_code == 200


def test_events_of_an_event_code_are_replaced(api: ApiClient) -> None:
    first, second, admin = EventFactoryBasic(), EventFactoryBasic(), AdminFactory()
    code = DiscountCodeFactory(events=[first])
    path = f"/v1/discount-codes/{code.id}/relationships/events"
    assert api.patch(path, {"data": [linkage("event", second)]}, user=admin).status_code == 200
    assert [db.session.get(Event, each.id).discount_code_id for each in (first, second)] == [None, code.id]  # type: ignore[union-attr]
    taken = EventFactoryBasic(discount_code_id=DiscountCodeFactory().id)
    refused = api.post(path, {"data": [linkage("event", taken)]}, user=admin)
    assert fault(refused)[0] == 422
    unknown = api.post(path, {"data": [{"type": "event", "id": "999999"}]}, user=admin)
    assert fault(unknown) == (422, "Event does not exist", pointer("events", "relationships"))


def test_event_code_and_ticket_code_of_an_event_are_not_spelt_alike(api: ApiClient) -> None:
    event, admin = EventFactoryBasic(), AdminFactory()
    code = DiscountCodeFactory(code="both", events=[event])
    taken = (409, "Discount Code already exists", pointer("code"))
    assert fault(api.post("/v1/discount-codes", new_code(event, code="BOTH"), user=admin)) == taken
    DiscountCodeTicketFactory(code="ticket", event=event)
    change = document("discount-code", code.id, code="Ticket")
    assert fault(api.patch(f"/v1/discount-codes/{code.id}", change, user=admin)) == taken


# Read


def test_codes_of_an_event_are_for_its_team_and_its_event_code_for_administrators(api: ApiClient) -> None:
    event = EventFactoryBasic(discount_code_id=DiscountCodeFactory().id)
    code = DiscountCodeTicketFactory(event=event)
    path = f"/v1/events/{event.identifier}/discount-codes"
    assert ids(api.get(path, user=role_of(event, "coorganizer"))) == {str(code.id)}
    assert ids(api.get(path, user=AdminFactory())) == {str(code.id), str(event.discount_code_id)}
    included = api.get(f"/v1/events/{event.id}?include=discount-codes", user=AdminFactory()).json["included"]
    assert {each["id"] for each in included} == {str(code.id), str(event.discount_code_id)}
    assert api.get(path).status_code == 401
    for outsider in (UserFactory(), role_of(event, "registrar")):
        assert fault(api.get(path, user=outsider))[:2] == (403, "Event organizer access required")
        assert api.get(f"/v1/discount-codes/{code.id}", user=outsider).status_code == 403
        assert api.get(f"/v1/discount-codes/{code.id}/tickets", user=outsider).status_code == 403
    assert api.get(f"/v1/events/{event.id}?include=discount-codes").json["included"] == []


def test_all_codes_are_listed_to_administrators(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory()
    assert ids(api.get("/v1/discount-codes", user=AdminFactory())) == {str(code.id)}
    assert fault(api.get("/v1/discount-codes", user=role_of(code.event, "owner")))[:2] == (
        403,
        "You are not authorized",
    )
    assert api.get("/v1/discount-codes").status_code == 401


def test_number_of_statements_does_not_grow_with_the_codes(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    api.get("/v1/events", user=user)  # Notes that they were here, which is not noted again so soon.
    counts = []
    for _ in range(2):
        for _ in range(3):
            DiscountCodeTicketFactory(event=event, tickets=[paid_ticket(event=event)])
        with statements_sent() as sent:
            answer = api.get(f"/v1/events/{event.id}/discount-codes?include=tickets,marketer,event", user=user)
        assert answer.status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_codes_of_a_draft_are_hidden_with_it(api: ApiClient) -> None:
    code = DiscountCodeTicketFactory(event=EventFactoryBasic(state="draft"))
    outsider = UserFactory()
    for path in (f"/v1/discount-codes/{code.id}", f"/v1/events/{code.event_id}/discount-codes/{code.code}"):
        assert api.get(path, user=outsider).status_code == 404
        assert api.get(path, user=role_of(code.event, "coorganizer")).status_code == 200
