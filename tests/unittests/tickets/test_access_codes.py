"""Access codes by id: made, changed, deleted and listed; they open hidden tickets alone."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.tickets import uses
from app.tickets.models import AccessCode
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.tickets import AccessCodeFactory, TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of


def new_code(event: Any, *tickets: Any, **attributes: Any) -> Any:
    """A document of a new access code of the event."""
    values = {"code": "BACKSTAGE", "valid_from": "2020-01-01T00:00:00Z"} | attributes
    relationships = {"event": linkage("event", event), "tickets": [linkage("ticket", each) for each in tickets]}
    return document("access-code", relationships=relationships, **values)


def fault(response: Any) -> tuple[int, str, dict[str, Any]]:
    """Status, detail and source of an error."""
    error = response.json["errors"][0]
    return response.status_code, error["detail"], error["source"]


def ids(response: Any) -> set[str]:
    """The ids of a list's primary data."""
    assert response.status_code == 200, response.json
    return {each["id"] for each in response.json["data"]}


TICKETS = {"pointer": "/data/relationships/tickets"}


def test_coorganizer_makes_an_access_code_that_is_off_until_it_is_switched_on(api: ApiClient) -> None:
    ticket = TicketFactory(is_hidden=True)
    user = role_of(ticket.event, "coorganizer")
    made = api.post("/v1/access-codes", new_code(ticket.event, ticket), user=user)
    assert made.status_code == 201, made.json
    data = made.json["data"]
    shown = {name: data["attributes"][name] for name in ("is-active", "tickets-number", "min-quantity", "max-quantity")}
    assert shown == {"is-active": False, "tickets-number": None, "min-quantity": None, "max-quantity": None}
    for path in (
        f"/v1/users/{user.id}/access-codes",
        f"/v1/tickets/{ticket.id}/access-codes",
        f"/v1/events/{ticket.event.identifier}/access-codes",
    ):
        assert ids(api.get(path, user=user)) == {data["id"]}
    assert ids(api.get(f"/v1/access-codes/{data['id']}/tickets", user=user)) == {str(ticket.id)}


def test_marketer_may_be_named(api: ApiClient) -> None:
    event = EventFactoryBasic()
    marketer = role_of(event, "coorganizer")
    body = new_code(event)
    body["data"]["relationships"]["marketer"] = {"data": linkage("user", marketer)}
    made = api.post("/v1/access-codes", body, user=role_of(event, "organizer"))
    assert ids(api.get(f"/v1/users/{marketer.id}/access-codes", user=marketer)) == {made.json["data"]["id"]}


@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 201), ("admin", 201)])  # fmt: skip
def test_access_codes_are_made_by_the_team(api: ApiClient, rank: str | None, status: int) -> None:
    event = EventFactoryBasic()
    makers = {None: lambda: None, "stranger": UserFactory, "admin": AdminFactory}
    user = makers[rank]() if rank in makers else role_of(event, str(rank))
    answer = api.post("/v1/access-codes", new_code(event), user=user)
    assert answer.status_code == status
    if status == 403:
        assert fault(answer)[1] == "Minimum Organizer access required"


def test_access_code_is_for_hidden_tickets_of_its_event_on_every_way(api: ApiClient) -> None:
    public, stranger = TicketFactory(), TicketFactory(is_hidden=True)
    code = AccessCodeFactory(event=public.event)
    user, path = role_of(public.event, "coorganizer"), f"/v1/access-codes/{code.id}"
    unknown = {"type": "ticket", "id": "999999"}
    told = f"Ticket with id {public.id} is public. Access code cannot be applied to public tickets"
    for link, status, detail in (
        (linkage("ticket", public), 409, told),
        (unknown, 409, "Ticket with id 999999 does not exists"),
        # Hidden from this actor, it does not exist for them.
        (linkage("ticket", stranger), 409, f"Ticket with id {stranger.id} does not exists"),
    ):
        body = new_code(public.event)
        body["data"]["relationships"]["tickets"]["data"] = [link]
        for refused in (
            api.post("/v1/access-codes", body, user=user),
            api.patch(path, document("access-code", code.id, relationships={"tickets": [link]}), user=user),
            api.patch(f"{path}/relationships/tickets", {"data": [link]}, user=user),
            api.post(f"{path}/relationships/tickets", {"data": [link]}, user=user),
        ):
            assert fault(refused) == (status, detail, TICKETS)
    admins = api.patch(f"{path}/relationships/tickets", {"data": [linkage("ticket", stranger)]}, user=AdminFactory())
    assert fault(admins)[0::2] == (422, TICKETS)


@pytest.mark.parametrize(
    ("attributes", "at"),
    [
        ({"code": ""}, "code"),
        ({"valid_from": None}, "valid-from"),
        ({"valid_from": "2030-01-02T00:00:00Z", "valid_till": "2030-01-01T00:00:00Z"}, "valid-till"),
        ({"min_quantity": 3, "max_quantity": 2}, "min-quantity"),
        ({"max_quantity": 3, "tickets_number": 2}, "tickets-number"),
        ({"max_quantity": -1}, "max-quantity"),
        ({"tickets_number": 2**40}, "tickets-number"),
        ({"access_url": "nowhere"}, "access-url"),
    ],
)
def test_unsound_access_code_is_refused_where_the_fault_lies(
    api: ApiClient, attributes: dict[str, Any], at: str
) -> None:
    event = EventFactoryBasic()
    refused = api.post("/v1/access-codes", new_code(event, **attributes), user=role_of(event, "coorganizer"))
    assert fault(refused)[0::2] == (422, {"pointer": f"/data/attributes/{at}"})


@pytest.mark.parametrize("attributes", [
    {"min_quantity": 2, "max_quantity": 2, "tickets_number": 2}, {"min_quantity": 5, "max_quantity": 0},
    {"max_quantity": 5, "tickets_number": 0},
])  # fmt: skip
def test_equal_limits_and_zeros_are_sound(api: ApiClient, attributes: dict[str, Any]) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    assert api.post("/v1/access-codes", new_code(event, **attributes), user=user).status_code == 201


def test_access_code_is_unique_per_event_whatever_its_case(api: ApiClient) -> None:
    code = AccessCodeFactory(code="backstage")
    user = role_of(code.event, "coorganizer")
    taken = (409, "Access Code already exists", {"pointer": "/data/attributes/code"})
    assert fault(api.post("/v1/access-codes", new_code(code.event), user=user)) == taken
    other = AccessCodeFactory(event=code.event)
    change = document("access-code", other.id, code="BackStage")
    assert fault(api.patch(f"/v1/access-codes/{other.id}", change, user=user)) == taken
    assert api.delete(f"/v1/access-codes/{code.id}", user=user).status_code == 200
    assert api.post("/v1/access-codes", new_code(code.event), user=user).status_code == 201


def test_access_codes_are_read_by_the_team_alone(api: ApiClient) -> None:
    ticket = TicketFactory(is_hidden=True)
    code = AccessCodeFactory(event=ticket.event, tickets=[ticket])
    outsider = UserFactory()
    for path in (f"/v1/access-codes/{code.id}", f"/v1/access-codes/{code.id}/tickets"):
        assert api.get(path).status_code == 401
        assert fault(api.get(path, user=outsider))[:2] == (403, "Please verify your permission")
    assert api.get(f"/v1/events/{code.event_id}/access-codes", user=outsider).status_code == 403
    assert api.get(f"/v1/events/{code.event_id}?include=access-codes", user=outsider).json["included"] == []


def test_used_access_code_keeps_its_number_and_its_record(api: ApiClient) -> None:
    code = AccessCodeFactory(tickets_number=5)
    uses.take(code, 3)
    path, user = f"/v1/access-codes/{code.id}", role_of(code.event, "coorganizer")
    refused = api.patch(path, document("access-code", code.id, tickets_number=2), user=user)
    assert fault(refused)[0::2] == (409, {"pointer": "/data/attributes/tickets-number"})
    assert api.delete(f"{path}?permanent=true", user=AdminFactory()).status_code == 409
    assert api.delete(path, user=user).status_code == 200
    assert db.session.get(AccessCode, code.id) is not None
    assert uses.left(code) == 2
