"""Attendees: who is entered for what, and who reads of whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.orders.models import Attendee
from app.site.models import Setting
from app.tickets import stock
from tests.unittests.attendance import Sale, fault, new_attendee
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.orders import AttendeeFactory, OrderFactory, order_with_attendees
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

# Entering


def test_user_enters_an_attendee(api: ApiClient) -> None:
    ticket, user = TicketFactory(), UserFactory()
    body = new_attendee(ticket, firstname="Grace", lastname="Hopper", email=" grace@example.com ", age_group="85+")
    response = api.post("/v1/attendees", body, user=user)
    assert response.status_code == 201, response.json
    shown = response.json["data"]["attributes"]
    assert shown["firstname"] == "Grace"
    assert shown["email"] == "grace@example.com"
    assert shown["ticket-id"] == str(ticket.id)
    assert re.fullmatch("[0-9a-f]{6}", shown["identifier"])
    flags = ("is-checked-in", "is-checked-out", "is-registered", "is-consent-of-refund-policy")
    assert [shown[flag] for flag in flags] == [False] * 4
    stored = db.session.scalars(select(Attendee)).one()
    assert (stored.created_by_id, stored.order_id, stored.event_id) == (user.id, None, ticket.event_id)


def test_entering_needs_an_account(api: ApiClient) -> None:
    assert api.post("/v1/attendees", new_attendee(TicketFactory())).status_code == 401


@pytest.mark.parametrize("missing", ["event", "ticket"])
def test_attendee_needs_an_event_and_a_ticket(api: ApiClient, missing: str) -> None:
    body = new_attendee(TicketFactory())
    del body["data"]["relationships"][missing]
    expected = (422, f"A valid relationship with {missing} resource is required", f"/data/relationships/{missing}")
    assert fault(api.post("/v1/attendees", body, user=UserFactory())) == expected


def test_ticket_that_cannot_be_had_is_invalid(api: ApiClient) -> None:
    event = EventFactoryBasic()
    hidden = TicketFactory(event=event, is_hidden=True)
    deleted = TicketFactory(event=event, deleted_at=in_days(-1))
    user = UserFactory()
    for ticket in (999999999, "x", hidden, deleted):
        body = new_attendee(ticket, event)
        expected = (422, "Invalid Ticket", "/data/relationships/ticket")
        assert fault(api.post("/v1/attendees", body, user=user)) == expected
    team = role_of(event, "coorganizer")
    assert api.post("/v1/attendees", new_attendee(hidden, event), user=team).status_code == 201


def test_holder_of_a_hidden_ticket_enters_nobody_else_for_it(api: ApiClient) -> None:
    ticket = TicketFactory(is_hidden=True)
    order = OrderFactory(event=ticket.event)
    AttendeeFactory(ticket=ticket, order=order)
    assert api.get(f"/v1/tickets/{ticket.id}", user=order.user).status_code == 200
    assert fault(api.post("/v1/attendees", new_attendee(ticket), user=order.user))[:2] == (422, "Invalid Ticket")


def test_buyer_sees_the_hidden_ticket_of_their_order_and_nobody_else_does(api: ApiClient) -> None:
    hidden = TicketFactory(is_hidden=True)
    TicketFactory(event=hidden.event, is_hidden=True)
    order = order_with_attendees(hidden)
    listed = api.get(f"/v1/orders/{order.identifier}/tickets", user=order.user).json
    assert [each["id"] for each in listed["data"]] == [str(hidden.id)]
    for user, number in ((order.user, 1), (UserFactory(), 0), (None, 0)):
        assert api.get(f"/v1/events/{hidden.event.id}/tickets", user=user).json["meta"]["count"] == number
    query = {"include": "attendees.ticket"}
    included = api.get(f"/v1/orders/{order.identifier}", user=order.user, query=query).json["included"]
    assert str(hidden.id) in {each["id"] for each in included if each["type"] == "ticket"}


def test_ticket_and_event_belong_together(api: ApiClient) -> None:
    body = new_attendee(TicketFactory(), EventFactoryBasic())
    expected = (422, "Ticket belongs to a different Event", "/data/relationships/ticket")
    assert fault(api.post("/v1/attendees", body, user=UserFactory())) == expected


def test_attendee_of_a_draft_is_entered_by_its_members_only(api: ApiClient) -> None:
    ticket = TicketFactory(event__state="draft")
    assert api.post("/v1/attendees", new_attendee(ticket), user=UserFactory()).status_code == 404
    team = role_of(ticket.event, "organizer")
    assert api.post("/v1/attendees", new_attendee(ticket), user=team).status_code == 201


def test_nobody_is_entered_for_a_sold_out_ticket(api: ApiClient) -> None:
    ticket = TicketFactory(name="Day pass", quantity=1)
    user = UserFactory()
    # A place is taken by an order, not by entering somebody.
    for _ in range(2):
        assert api.post("/v1/attendees", new_attendee(ticket), user=user).status_code == 201
    assert stock.take(ticket.id, 1)
    expected = (409, 'Ticket "Day pass" already sold out', "/data/attributes/ticket-id")
    assert fault(api.post("/v1/attendees", new_attendee(ticket), user=user)) == expected


SERVER_SET = {
    "identifier": "ffffff", "is_registered": True, "register_times": "2026-01-01T00:00:00Z",
    "is_discount_applied": True, "is_access_code_applied": True, "pdf_url": "http://evil.example/x.pdf",
    "ticket_id": "1", "deleted_at": "2026-01-01T00:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize("rank", ["buyer", "owner", "admin"])
def test_what_the_server_sets_cannot_be_written(api: ApiClient, rank: str) -> None:
    sale = Sale("initializing")
    user = sale.people[rank]
    made = api.post("/v1/attendees", new_attendee(sale.attendee.ticket, **SERVER_SET), user=user)
    assert made.status_code == 201
    path = f"/v1/attendees/{sale.attendee.id}"
    before = api.get(path, user=user).json["data"]["attributes"]
    assert api.patch(path, document("attendee", sale.attendee.id, **SERVER_SET), user=user).status_code == 200
    after = api.get(path, user=user).json["data"]["attributes"]
    for name, value in SERVER_SET.items():
        wire = name.replace("_", "-")
        assert made.json["data"]["attributes"][wire] != value
        assert after[wire] == before[wire]


def test_relationships_of_an_attendee_never_change(api: ApiClient) -> None:
    sale = Sale("initializing")
    other = TicketFactory()
    links = {
        "ticket": linkage("ticket", other),
        "event": linkage("event", other.event),
        "order": linkage("order", OrderFactory()),
        "user": linkage("user", UserFactory()),
    }
    held = (sale.attendee.ticket_id, sale.attendee.event_id, sale.attendee.order_id)
    path = f"/v1/attendees/{sale.attendee.id}"
    body = document("attendee", sale.attendee.id, relationships=links, firstname="Ada")
    assert api.patch(path, body, user=sale.people["buyer"]).status_code == 200
    stored = db.session.get_one(Attendee, sale.attendee.id)
    assert (stored.ticket_id, stored.event_id, stored.order_id) == held
    assert stored.firstname == "Ada"
    for name, data in links.items():
        response = api.patch(f"{path}/relationships/{name}", {"data": data}, user=sale.people["admin"])
        assert response.status_code == 405, name


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        (None, None),
        ({}, None),
        ({"diet": "vegan", "age": 31, "ok": True, "none": None}, {"diet": "vegan", "age": 31.0, "ok": True}),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, None),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}, ...),
        ({"a": {"b": 1}}, ...),
        ({"diet": ["vegan"]}, ...),
        ([1, 2], ...),
        ("text", ...),
    ],
)
def test_answers_to_custom_questions_are_a_short_flat_mapping(api: ApiClient, answers: Any, kept: Any) -> None:
    db.session.scalars(select(Setting)).one().max_complex_custom_fields = 4
    ticket, user = TicketFactory(), UserFactory()
    for name, type_ in {"diet": "text", "age": "number", "ok": "boolean"}.items():
        CustomFormFactory(event=ticket.event, field_identifier=name, type=type_)
    made = api.post("/v1/attendees", new_attendee(ticket, complex_field_values=answers), user=user)
    entered = AttendeeFactory(ticket=ticket, created_by_id=user.id)
    change = document("attendee", entered.id, complex_field_values=answers)
    changed = api.patch(f"/v1/attendees/{entered.id}", change, user=user)
    for response in (made, changed):
        if kept is ...:
            status, _, pointer = fault(response)
            assert (status, pointer) == (422, "/data/attributes/complex-field-values")
        else:
            assert response.json["data"]["attributes"]["complex-field-values"] == kept


def test_answers_are_dropped_where_the_event_asks_nothing(api: ApiClient) -> None:
    ticket = TicketFactory(event__is_ticket_form_enabled=False)
    response = api.post("/v1/attendees", new_attendee(ticket, complex_field_values={"a": 1}), user=UserFactory())
    assert response.status_code == 201
    assert response.json["data"]["attributes"]["complex-field-values"] is None


# Reading

READS = {
    "anonymous": 401, "stranger": 403, "unverified namesake": 403, "buyer": 200, "moderator": 403,
    "track_organizer": 403, "registrar of another event": 403, "registrar": 200, "coorganizer": 200,
    "organizer": 200, "owner": 200, "admin": 200,
}  # fmt: skip


@pytest.mark.parametrize(("rank", "status"), READS.items())
def test_attendee_is_read_by_those_concerned_on_every_path(api: ApiClient, rank: str, status: int) -> None:
    sale = Sale()
    user, attendee = sale.people[rank], sale.attendee
    reads = status == 200
    assert api.get(f"/v1/attendees/{attendee.id}", user=user).status_code == status
    assert api.get(f"/v1/attendees/{attendee.id}/relationships/ticket", user=user).status_code == status
    of_ticket = api.get(f"/v1/tickets/{attendee.ticket_id}/attendees", user=user)
    assert of_ticket.status_code == (200 if user else 401)
    if user:
        assert of_ticket.json["meta"]["count"] == int(reads)
        assert len(of_ticket.json["data"]) == int(reads)
    asked = {"include": "tickets.attendees"}
    included = api.get(f"/v1/events/{attendee.event_id}", user=user, query=asked).json["included"]
    assert sum(each["type"] == "attendee" for each in included) == int(reads)
    condition = {"name": "attendees", "op": "any", "val": {"name": "email", "op": "eq", "val": "grace@example.com"}}
    found = api.get(f"/v1/events/{attendee.event_id}/tickets", user=user, query={"filter": [condition]}).json
    assert found["meta"]["count"] == int(reads)


def test_attendee_with_a_verified_address_reads_of_themselves(api: ApiClient) -> None:
    sale = Sale()
    other = AttendeeFactory(ticket=sale.attendee.ticket, order=sale.order)
    user = sale.verify_namesake()
    assert api.get(f"/v1/attendees/{sale.attendee.id}", user=user).status_code == 200
    assert api.get(f"/v1/attendees/{other.id}", user=user).status_code == 403
    listed = api.get(f"/v1/orders/{sale.order.identifier}/attendees", user=user).json
    assert [each["id"] for each in listed["data"]] == [str(sale.attendee.id)]


EVENT_LIST = READS | {"buyer": 403, "registrar": 403}


@pytest.mark.parametrize(("rank", "status"), EVENT_LIST.items())
def test_attendees_of_an_event_are_listed_for_its_team_only(api: ApiClient, rank: str, status: int) -> None:
    sale = Sale()
    event, user = sale.attendee.event, sale.people[rank]
    for reference in (event.id, event.identifier):
        response = api.get(f"/v1/events/{reference}/attendees", user=user)
        assert response.status_code == status
        if status == 200:
            assert response.json["meta"]["count"] == 1
    shown = api.get(f"/v1/events/{event.id}", user=user).json["data"]["relationships"]
    assert ("attendees" in shown) is (status == 200)


def test_attendees_of_a_draft_are_not_found_by_outsiders(api: ApiClient) -> None:
    attendee = AttendeeFactory(ticket__event__state="draft")
    path = f"/v1/events/{attendee.event_id}/attendees"
    assert api.get(path, user=UserFactory()).status_code == 404
    assert api.get(path, user=role_of(attendee.event, "coorganizer")).status_code == 200


ORDER_LIST = {
    "anonymous": 401, "stranger": 403, "unverified namesake": 403, "buyer": 200, "registrar": 403,
    "coorganizer": 200, "admin": 200,
}  # fmt: skip


@pytest.mark.parametrize(("rank", "status"), ORDER_LIST.items())
def test_attendees_of_an_order_are_listed_for_buyer_and_team(api: ApiClient, rank: str, status: int) -> None:
    sale = Sale()
    AttendeeFactory(ticket=sale.attendee.ticket, order=sale.order)
    response = api.get(f"/v1/orders/{sale.order.identifier}/attendees", user=sale.people[rank])
    assert response.status_code == status
    if status == 200:
        assert response.json["meta"]["count"] == 2


def test_user_lists_attendees_with_their_verified_address_only(api: ApiClient) -> None:
    sale = Sale()
    AttendeeFactory(ticket=sale.attendee.ticket, order=sale.order)
    user = sale.people["unverified namesake"]
    path = f"/v1/users/{user.id}/attendees"
    assert api.get(path, user=user).json["data"] == []
    sale.verify_namesake()
    assert [each["id"] for each in api.get(path, user=user).json["data"]] == [str(sale.attendee.id)]
    assert api.get(path).status_code == 401
    for rank in ("stranger", "owner"):
        assert api.get(path, user=sale.people[rank]).status_code in (403, 404)
    assert api.get(path, user=sale.people["admin"]).json["meta"]["count"] == 1


def test_there_is_no_list_of_all_attendees(api: ApiClient) -> None:
    assert api.get("/v1/attendees", user=AdminFactory()).status_code == 405


def test_account_of_an_attendee_is_told_to_the_team_and_its_owner_only(api: ApiClient) -> None:
    sale = Sale()
    account = sale.verify_namesake()
    shown_to = {"coorganizer", "owner", "admin", "unverified namesake"}
    for rank in ("buyer", "registrar", "coorganizer", "owner", "admin", "unverified namesake"):
        path = f"/v1/attendees/{sale.attendee.id}"
        response = api.get(path, user=sale.people[rank], query={"include": "user"})
        assert response.status_code == 200
        included = [each["id"] for each in response.json["included"] if each["type"] == "user"]
        assert included == ([str(account.id)] if rank in shown_to else []), rank
        assert ("user" in response.json["data"]["relationships"]) is (rank in shown_to)
        status = 200 if rank in shown_to else 403
        assert api.get(f"{path}/relationships/user", user=sale.people[rank]).status_code == status
        assert api.get(f"{path}/user", user=sale.people[rank]).status_code == status, rank


def test_attendee_without_an_order_is_read_by_whoever_entered_them(api: ApiClient) -> None:
    user, other = UserFactory(), UserFactory()
    attendee = AttendeeFactory(created_by_id=user.id)
    assert api.get(f"/v1/attendees/{attendee.id}", user=user).status_code == 200
    assert api.get(f"/v1/attendees/{attendee.id}", user=other).status_code == 403
    # Once somebody has ordered for them, they are the buyer's.
    attendee.order = OrderFactory(event=attendee.event, user=other)
    db.session.flush()
    assert api.get(f"/v1/attendees/{attendee.id}", user=user).status_code == 403
    assert api.get(f"/v1/attendees/{attendee.id}", user=other).status_code == 200


def test_unknown_attendee_is_not_found(api: ApiClient) -> None:
    assert api.get("/v1/attendees/999999", user=UserFactory()).status_code == 404
    assert api.get("/v1/attendees/999999").status_code == 401


@pytest.mark.parametrize("include", ["", "ticket,order,user,event", "ticket.ticket-tags,order.attendees"])
def test_number_of_statements_does_not_depend_on_the_number_of_attendees(api: ApiClient, include: str) -> None:
    sale = Sale()
    event = sale.attendee.event

    def statements() -> int:
        with statements_sent() as sent:
            query = {"include": include} if include else None
            answer = api.get(f"/v1/events/{event.id}/attendees", user=sale.people["coorganizer"], query=query)
        assert answer.status_code == 200
        return len(sent)

    AttendeeFactory(ticket=sale.attendee.ticket)
    few = statements()
    for _ in range(3):
        ticket = TicketFactory(event=event)
        AttendeeFactory(ticket=ticket, order=OrderFactory(event=event), email=UserFactory().email)
    assert statements() == few
