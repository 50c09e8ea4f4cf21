"""Ticket tags: labels that group an event's tickets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.tickets import TicketFactory, TicketTagFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.ranks import role_of


def tag_document(event: Any, *tickets: Any, name: str = "Early birds") -> Any:
    """A document of a new tag for these tickets."""
    tickets_linked = [linkage("ticket", ticket) for ticket in tickets]
    return document(
        "ticket-tag", relationships={"event": linkage("event", event), "tickets": tickets_linked}, name=name
    )


def ids(response: Any) -> set[str]:
    """The ids of a list's primary data."""
    return {each["id"] for each in response.json["data"]}


def test_coorganizer_tags_tickets(api: ApiClient) -> None:
    ticket = TicketFactory()
    user = role_of(ticket.event, "coorganizer")
    made = api.post("/v1/ticket-tags", tag_document(ticket.event, ticket), user=user)
    assert made.status_code == 201
    assert made.json["data"]["attributes"] == {"name": "Early birds", "deleted-at": None}
    tag_id = made.json["data"]["id"]
    assert ids(api.get(f"/v1/tickets/{ticket.id}/ticket-tags")) == {tag_id}
    assert ids(api.get(f"/v1/events/{ticket.event.identifier}/ticket-tags")) == {tag_id}
    assert ids(api.get(f"/v1/ticket-tags/{tag_id}/tickets")) == {str(ticket.id)}


@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 201)])
def test_tags_are_made_by_the_team_only(api: ApiClient, rank: str | None, status: int) -> None:
    event = EventFactoryBasic()
    user = None if rank is None else UserFactory()
    if rank not in (None, "stranger"):
        give_role(user, event, str(rank))
    assert api.post("/v1/ticket-tags", tag_document(event), user=user).status_code == status


def test_tags_are_changed_and_deleted_by_the_team_only(api: ApiClient) -> None:
    tag = TicketTagFactory()
    path, change = f"/v1/ticket-tags/{tag.id}", document("ticket-tag", tag.id, name="Late birds")
    for method in ("PATCH", "DELETE"):
        body = change if method == "PATCH" else None
        assert api.request(method, path, json_body=body).status_code == 401
        assert api.request(method, path, json_body=body, user=UserFactory()).status_code == 403
        assert api.request(method, path, json_body=body, user=role_of(tag.event, "coorganizer")).status_code == 200
    assert api.get(path).status_code == 404


def test_tag_name_is_unique_per_event_without_regard_to_case(api: ApiClient) -> None:
    tag = TicketTagFactory(name="Early birds")
    user = role_of(tag.event, "coorganizer")
    refused = api.post("/v1/ticket-tags", tag_document(tag.event, name="EARLY BIRDS"), user=user)
    assert refused.status_code == 409
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/name"}
    other = EventFactoryBasic()
    assert api.post("/v1/ticket-tags", tag_document(other), user=role_of(other, "coorganizer")).status_code == 201
    assert api.delete(f"/v1/ticket-tags/{tag.id}", user=user).status_code == 200
    assert api.post("/v1/ticket-tags", tag_document(tag.event), user=user).status_code == 201


def test_tag_and_ticket_belong_to_the_same_event(api: ApiClient) -> None:
    tag, stranger = TicketTagFactory(), TicketFactory()
    ticket = TicketFactory(event=tag.event)
    user = role_of(tag.event, "coorganizer")
    give_role(user, stranger.event, "coorganizer")
    both = {"data": [linkage("ticket", stranger)]}
    attempts = [
        api.post("/v1/ticket-tags", tag_document(tag.event, stranger), user=user),
        api.patch(f"/v1/ticket-tags/{tag.id}/relationships/tickets", both, user=user),
        api.post(f"/v1/ticket-tags/{tag.id}/relationships/tickets", both, user=user),
    ]
    for refused in attempts:
        assert refused.status_code == 422
        assert refused.json["errors"][0]["source"] == {"pointer": "/data/relationships/tickets"}
    foreign = TicketTagFactory(event=stranger.event)
    body = document("ticket", ticket.id, relationships={"ticket-tags": [linkage("ticket-tag", foreign)]})
    refused = api.patch(f"/v1/tickets/{ticket.id}", body, user=user)
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/relationships/ticket-tags"}


def test_tags_of_a_ticket_are_written_from_either_side(api: ApiClient) -> None:
    ticket = TicketFactory()
    first, second = TicketTagFactory(event=ticket.event), TicketTagFactory(event=ticket.event)
    user = role_of(ticket.event, "coorganizer")
    body = document("ticket", ticket.id, relationships={"ticket-tags": [linkage("ticket-tag", first)]})
    assert api.patch(f"/v1/tickets/{ticket.id}", body, user=user).status_code == 200
    assert ids(api.get(f"/v1/tickets/{ticket.id}/ticket-tags")) == {str(first.id)}
    added = {"data": [linkage("ticket", ticket)]}
    assert api.post(f"/v1/ticket-tags/{second.id}/relationships/tickets", added, user=user).status_code == 200
    assert ids(api.get(f"/v1/tickets/{ticket.id}/ticket-tags")) == {str(first.id), str(second.id)}
    removed = {"data": [linkage("ticket-tag", first)]}
    path = f"/v1/tickets/{ticket.id}/relationships/ticket-tags"
    assert api.delete(path, removed, user=user).status_code == 200
    assert ids(api.get(f"/v1/tickets/{ticket.id}/ticket-tags")) == {str(second.id)}
    assert api.patch(path, {"data": []}, user=UserFactory()).status_code == 403
