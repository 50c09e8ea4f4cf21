"""Tickets: who sees them, on every path there is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.tickets import TicketFactory, TicketTagFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

SEES_HIDDEN = {
    None: False, "stranger": False, "registrar": False, "moderator": False, "track_organizer": False,
    "coorganizer": True, "organizer": True, "owner": True, "admin": True,
}  # fmt: skip


@pytest.mark.parametrize(("rank", "sees"), SEES_HIDDEN.items())
def test_hidden_ticket_is_shown_to_the_team_only_on_every_path(api: ApiClient, rank: str | None, sees: bool) -> None:
    event = EventFactoryBasic()
    hidden = TicketFactory(event=event, is_hidden=True, name="Sponsors")
    shown = TicketFactory(event=event, name="Everybody")
    tag = TicketTagFactory(event=event, tickets=[hidden, shown])
    user = {None: lambda: None, "stranger": UserFactory, "admin": AdminFactory}.get(
        rank, lambda: role_of(event, str(rank))
    )()
    expected = {"Sponsors", "Everybody"} if sees else {"Everybody"}

    def names(objects: list[Any]) -> set[str]:
        return {each["attributes"]["name"] for each in objects if each["type"] == "ticket"}

    assert api.get(f"/v1/tickets/{hidden.id}", user=user).status_code == (200 if sees else 404)
    for path in (f"/v1/events/{event.identifier}/tickets", f"/v1/ticket-tags/{tag.id}/tickets"):
        listed = api.get(path, user=user).json
        assert names(listed["data"]) == expected
        assert listed["meta"]["count"] == len(expected)
    included = api.get(f"/v1/events/{event.id}", user=user, query={"include": "tickets"}).json
    assert names(included["included"]) == expected
    deep = api.get(f"/v1/tickets/{shown.id}", user=user, query={"include": "ticket-tags.tickets"}).json
    assert names(deep["included"]) | {"Everybody"} == expected
    linked = api.get(f"/v1/ticket-tags/{tag.id}/relationships/tickets", user=user).json
    assert len(linked["data"]) == len(expected)
    asked = [{"name": "tickets", "op": "any", "val": {"name": "name", "op": "eq", "val": "Sponsors"}}]
    found = api.get(f"/v1/events/{event.id}/ticket-tags", user=user, query={"filter": asked}).json
    assert found["meta"]["count"] == int(sees)


def test_tickets_of_a_draft_are_hidden_with_it(api: ApiClient) -> None:
    ticket = TicketFactory(event__state="draft")
    tag = TicketTagFactory(event=ticket.event, tickets=[ticket])
    paths = [
        f"/v1/tickets/{ticket.id}",
        f"/v1/ticket-tags/{tag.id}",
        f"/v1/ticket-tags/{tag.id}/tickets",
        f"/v1/events/{ticket.event.id}/tickets",
        f"/v1/events/{ticket.event.identifier}/ticket-tags",
        f"/v1/events/{ticket.event.identifier}/tickets/availability",
    ]
    team = role_of(ticket.event, "coorganizer")
    for path in paths:
        assert api.get(path).status_code == 404, path
        assert api.get(path, user=UserFactory()).status_code == 404, path
        assert api.get(path, user=team).status_code == 200, path


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 200)])
def test_tickets_are_written_by_the_team_only(api: ApiClient, method: str, rank: str | None, status: int) -> None:
    ticket = TicketFactory()
    user = None if rank is None else UserFactory()
    if rank not in (None, "stranger"):
        give_role(user, ticket.event, str(rank))
    body = document("ticket", ticket.id, description="Changed") if method == "PATCH" else None
    assert api.request(method, f"/v1/tickets/{ticket.id}", json_body=body, user=user).status_code == status


def test_number_of_statements_does_not_depend_on_the_number_of_tickets(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "organizer")

    def statements() -> int:
        with statements_sent() as sent:
            path = f"/v1/events/{event.id}/tickets"
            response = api.get(path, user=user, query={"include": "ticket-tags.tickets,event"})
        assert response.status_code == 200
        return len(sent)

    TicketTagFactory(event=event, tickets=[TicketFactory(event=event)])
    few = statements()
    for number in range(5):
        TicketTagFactory(event=event, tickets=[TicketFactory(event=event, is_hidden=bool(number % 2))])
    assert statements() == few
