"""Who comes across which event: drafts, private events and deleted ones, on every path that leads to an event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.events.models import Event
from app.extensions import db
from app.tickets.models import Ticket
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactory, EventFactoryBasic, give_role
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory

OUTSIDERS = ("anonymous", "user")
MEMBERS = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "registrar")
STAFF = ("admin", "super_admin")

Document = dict[str, Any]
Someone = Callable[[Any, str], Any]


def has_data(document: Document) -> bool:
    return bool(document["data"])


def includes_event(document: Document) -> bool:
    return any(row["type"] == "event" for row in document.get("included", ()))


def named(event: Event) -> str:
    return f'[{{"name": "name", "op": "eq", "val": "{event.name}"}}]'


def with_such_events(event: Event) -> str:
    return f'[{{"name": "events", "op": "any", "val": {{"name": "name", "op": "eq", "val": "{event.name}"}}}}]'


# What one comes across without having been told of the event.
LISTED: dict[str, Callable[[Document], bool]] = {
    "/v1/events": has_data,
    "/v1/events?filter={named}": has_data,
    "/v1/event-types/{type}/events": has_data,
    "/v1/event-topics/{topic}/events": has_data,
    "/v1/event-sub-topics/{sub_topic}/events": has_data,
    "/v1/event-types/{type}?include=events": includes_event,
    "/v1/event-topics?include=event-sub-topics.events": includes_event,
    "/v1/event-types/{type}/relationships/events": has_data,
    "/v1/event-types?filter={with_such_events}": has_data,
    "/v1/events/{id}": has_data,
    "/v1/events/{id}?include=event-type": has_data,
    "/v1/events/{id}/event-type": has_data,
    "/v1/events/{id}/owner": has_data,
    "/v1/events/{id}/tickets": has_data,
    "/v1/events/{id}/relationships/event-type": has_data,
}
# What whoever knows the identifier, or something of the event, can follow.
TOLD: dict[str, Callable[[Document], bool]] = {
    "/v1/events/{identifier}": has_data,
    "/v1/events/{identifier}/event-type": has_data,
    "/v1/events/{identifier}/event-topic": has_data,
    "/v1/events/{identifier}/organizers": has_data,
    "/v1/events/{identifier}/tickets": has_data,
    "/v1/events/{identifier}/relationships/owner": has_data,
    "/v1/tickets/{ticket}": has_data,
    "/v1/tickets/{ticket}?include=event": includes_event,
    "/v1/tickets/{ticket}/event": has_data,
    "/v1/tickets/{ticket}/relationships/event": has_data,
}
EVERY_PATH = LISTED | TOLD


@pytest.fixture
def event() -> Event:
    """A published event with something on every path."""
    made: Event = EventFactory()
    TicketFactory(event=made)
    give_role(UserFactory(), made, "owner")
    give_role(UserFactory(), made, "organizer")
    return made


def finds(api: ApiClient, path: str, event: Event, user: Any, **query: Any) -> bool:
    """Whether this user comes to the event on this path; where not, the answer tells nothing of it."""
    address, _, search = path.partition("?")
    values = {"id": event.id, "identifier": event.identifier, "type": event.event_type_id}
    values |= {"topic": event.event_topic_id, "sub_topic": event.event_sub_topic_id}
    values |= {"ticket": db.session.scalars(select(Ticket.id).where(Ticket.event_id == event.id)).one()}
    values |= {"named": named(event), "with_such_events": with_such_events(event)}
    given = dict(pair.split("=", 1) for pair in search.split("&") if pair)
    asked = {name: value.format(**values) for name, value in given.items()} | query
    response = api.get(address.format(**values), user=user, query=asked)
    assert response.status_code in (200, 404), response.json
    return response.status_code == 200 and EVERY_PATH[path](response.json)


def found_on(api: ApiClient, event: Event, user: Any) -> set[str]:
    """The paths on which this user comes to the event."""
    return {path for path in EVERY_PATH if finds(api, path, event, user)}


@pytest.mark.parametrize("kind", [*OUTSIDERS, "owner", "admin"])
def test_published_public_event_is_found_by_everybody(
    api: ApiClient, event: Event, someone: Someone, kind: str
) -> None:
    assert found_on(api, event, someone(event, kind)) == set(EVERY_PATH)


@pytest.mark.parametrize("kind", [*OUTSIDERS, *MEMBERS, *STAFF])
def test_draft_is_found_only_by_those_who_work_on_it(api: ApiClient, event: Event, someone: Someone, kind: str) -> None:
    event.state = "draft"
    assert found_on(api, event, someone(event, kind)) == (set() if kind in OUTSIDERS else set(EVERY_PATH))


@pytest.mark.parametrize("kind", [*OUTSIDERS, "coorganizer", "registrar", "admin"])
def test_private_event_is_found_by_outsiders_only_where_they_were_told_of_it(
    api: ApiClient, event: Event, someone: Someone, kind: str
) -> None:
    event.privacy = "private"
    assert found_on(api, event, someone(event, kind)) == set(TOLD if kind in OUTSIDERS else EVERY_PATH)


@pytest.mark.parametrize("kind", [*OUTSIDERS, "owner", *STAFF])
def test_deleted_event_is_found_by_nobody(api: ApiClient, event: Event, someone: Someone, kind: str) -> None:
    event.deleted_at = datetime.now(UTC)
    assert found_on(api, event, someone(event, kind)) == set()


@pytest.mark.parametrize("kind", [*OUTSIDERS, "owner", *STAFF])
def test_deleted_event_is_shown_to_staff_who_ask_for_it(
    api: ApiClient, event: Event, someone: Someone, kind: str
) -> None:
    event.deleted_at = datetime.now(UTC)
    user, asked = someone(event, kind), {"get_trashed": "true"}
    for path in ("/v1/events", "/v1/events/{id}", "/v1/events/{identifier}"):
        assert finds(api, path, event, user, **asked) == (kind in STAFF)


@pytest.mark.parametrize("change", [{"state": "draft"}, {"privacy": "private"}, {"deleted_at": datetime.now(UTC)}])
def test_event_one_may_not_list_is_not_counted(api: ApiClient, change: dict[str, Any]) -> None:
    shown = EventFactory()
    EventFactoryBasic(event_type=shown.event_type, **change)
    for path in ("/v1/events", f"/v1/event-types/{shown.event_type_id}/events"):
        assert api.get(path).json["meta"]["count"] == 1


@pytest.mark.parametrize("reference", ["0", "999999999999999999999", "ffffffff", "nothing", "a%00b"])
def test_unknown_event_answers_404_naming_the_id(api: ApiClient, reference: str) -> None:
    response = api.get(f"/v1/events/{reference}")
    (error,) = response.json["errors"]
    assert (response.status_code, error["status"], error["source"]) == (404, 404, {"parameter": "id"})
    nested = api.get(f"/v1/events/{reference}/tickets")
    assert (nested.status_code, nested.json["errors"][0]["source"]) == (404, {"parameter": "event_id"})


def test_head_hides_what_get_hides(api: ApiClient, event: Event) -> None:
    event.state = "draft"
    assert api.request("HEAD", f"/v1/events/{event.identifier}").status_code == 404


def test_list_asked_for_by_role_needs_a_token(api: ApiClient, event: Event) -> None:
    assert api.get("/v1/events?withRole=true").status_code == 401
    assert api.get("/v1/events?withRole=true", user=UserFactory()).status_code == 200
