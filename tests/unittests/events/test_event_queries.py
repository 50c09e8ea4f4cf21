"""Filters, sorting, paging and sparse fields on events, as the web client asks for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.extensions import db
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import (
    EventFactory,
    EventFactoryBasic,
    EventTopicFactory,
    EventTypeFactory,
    give_role,
)
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

START = datetime(2030, 6, 1, 10, tzinfo=UTC)


@pytest.fixture
def events() -> dict[str, Any]:
    """Four events that differ in what people look for."""
    music, chess = EventTopicFactory(name="Sounds"), EventTopicFactory(name="Boards")
    concert = EventTypeFactory(name="Concert of the tests")

    def event(name: str, day: int, **attributes: Any) -> Any:
        starts_at = START + timedelta(days=day)
        return EventFactoryBasic(name=name, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8), **attributes)

    return {
        "opera": event("Opera", 1, event_topic=music, event_type=concert, location_name="Wien", is_featured=True),
        "jam": event("Jam 50%", 2, event_topic=music, location_name="Ulm", online=True),
        "chess": event("Chess", 3, event_topic=chess, is_sessions_speakers_enabled=True, latitude=48.4),
        "talk": event("Talk", 4, timezone="Asia/Tokyo", is_sessions_speakers_enabled=True),
    }


def found(api: ApiClient, **query: Any) -> list[str]:
    """The names of the events, in their order."""
    response = api.get("/v1/events", query={"sort": "starts-at"} | query)
    assert response.status_code == 200, response.json
    return [row["attributes"]["name"] for row in response.json["data"]]


def condition(name: str, op: str, *value: Any) -> dict[str, Any]:
    return {"name": name, "op": op, **({"val": value[0]} if value else {})}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([], ["Opera", "Jam 50%", "Chess", "Talk"]),
        ([{"or": []}], ["Opera", "Jam 50%", "Chess", "Talk"]),
        ([condition("is-featured", "eq", True)], ["Opera"]),
        ([condition("is-featured", "eq", "true")], ["Opera"]),
        ([condition("is_sessions_speakers_enabled", "eq", True)], ["Chess", "Talk"]),
        ([condition("location_name", "ilike", "%ie%")], ["Opera"]),
        ([condition("location-name", "ilike", "%IE%")], ["Opera"]),
        ([condition("location-name", "eq", None)], ["Chess", "Talk"]),
        ([condition("location-name", "ne", None)], ["Opera", "Jam 50%"]),
        ([condition("location-name", "isnot", None)], ["Opera", "Jam 50%"]),
        ([condition("name", "ilike", "%\\%")], ["Jam 50%"]),
        ([condition("starts-at", "ge", "2030-06-04")], ["Chess", "Talk"]),
        ([condition("starts-at", "ge", "2030-06-04T00:00:00.000Z")], ["Chess", "Talk"]),
        ([condition("starts-at", "gt", "2030-06-04T12:00:00+02:00")], ["Talk"]),
        ([condition("ends-at", "lt", "2030-06-03T00:00:00Z")], ["Opera"]),
        ([condition("event-topic", "has", condition("name", "eq", "Sounds"))], ["Opera", "Jam 50%"]),
        ([condition("event-type", "has", condition("name", "ilike", "%concert%"))], ["Opera"]),
        ([condition("event-topic", "eq", None)], ["Talk"]),
        ([condition("event-topic", "ne", None)], ["Opera", "Jam 50%", "Chess"]),
        ([{"or": [condition("name", "eq", "Opera"), condition("name", "eq", "Talk")]}], ["Opera", "Talk"]),
        (
            [{"and": [condition("online", "eq", False), {"or": [condition("latitude", "gt", 40), condition("timezone", "eq", "Asia/Tokyo")]}]}],
            ["Chess", "Talk"],
        ),
        ([{"not": condition("event-topic", "has", condition("name", "eq", "Sounds"))}], ["Chess", "Talk"]),
        ([condition("event-topic__name", "eq", "Boards")], ["Chess"]),
        ([condition("name", "in_", ["Opera", "Talk", "Nothing"])], ["Opera", "Talk"]),
        ([condition("tickets", "any", condition("name", "eq", "Standing"))], ["Jam 50%"]),
        ([condition("tickets", "eq", None)], ["Opera", "Chess", "Talk"]),
    ],
)  # fmt: skip
def test_filter_of_the_client_finds(
    api: ApiClient, events: dict[str, Any], filters: list[Any], names: list[str]
) -> None:
    TicketFactory(event=events["jam"], name="Standing")
    assert found(api, filter=filters) == names


@pytest.mark.parametrize(
    "wrong",
    [
        condition("password", "eq", "x"),
        condition("owner__password-hash", "eq", "x"),
        condition("owner__password_hash", "has", "x"),
        condition("owner", "has", condition("token-version", "eq", 0)),
        condition("name", "__class__", "x"),
        condition("starts-at", "ge", "tomorrow"),
        condition("document-links", "like", "%"),
        condition("chat-room-name", "eq", "x"),
        condition("tickets", "like", "x"),
    ],
)
def test_filter_by_what_events_do_not_show_is_refused(api: ApiClient, wrong: Any) -> None:
    response = api.get("/v1/events", query={"filter": [wrong]})
    (error,) = response.json["errors"]
    assert (error["status"], error["source"]) == (400, {"parameter": "filter"})


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("starts-at", ["Opera", "Jam 50%", "Chess", "Talk"]),
        ("-starts-at", ["Talk", "Chess", "Jam 50%", "Opera"]),
        ("name", ["Chess", "Jam 50%", "Opera", "Talk"]),
        ("-is_sessions_speakers_enabled,starts-at", ["Chess", "Talk", "Opera", "Jam 50%"]),
        ("event-topic.name,-starts-at", ["Chess", "Jam 50%", "Opera", "Talk"]),
    ],
)
def test_events_are_sorted(api: ApiClient, events: dict[str, Any], sort: str, names: list[str]) -> None:
    assert found(api, sort=sort) == names


def test_pages_of_the_front_page(api: ApiClient, events: dict[str, Any]) -> None:
    query = {
        "include": "event-topic,event-sub-topic,event-type",
        "sort": "starts-at",
        "page[size]": "3",
        "page[number]": "2",
    }
    page = api.get("/v1/events", query=query).json
    assert [row["attributes"]["name"] for row in page["data"]] == ["Talk"]
    assert page["meta"]["count"] == 4
    assert page["data"][0]["relationships"]["event-topic"]["data"] is None


def test_sparse_fields_leave_what_was_asked_for(api: ApiClient, events: dict[str, Any]) -> None:
    query = {"fields[event]": "name,starts_at,chat-room-name,event-type", "page[size]": "1"}
    (row,) = api.get("/v1/events", query=query).json["data"]
    assert row["attributes"].keys() == {"name", "starts-at", "chat-room-name"}
    assert row["relationships"].keys() == {"event-type"}


def test_include_reaches_four_relationships_deep(api: ApiClient) -> None:
    event = EventFactory()
    path = f"/v1/events/{event.id}"
    deep = "event-topic.event-sub-topics.event-topic.events"
    included = api.get(path, query={"include": deep}).json["included"]
    assert {row["type"] for row in included} == {"event-topic", "event-sub-topic"}
    assert api.get(path, query={"include": f"{deep}.owner"}).status_code == 400
    assert api.get(path, query={"include": "speakers-call,sessions.track,video-stream"}).status_code == 200
    assert api.get(path, query={"include": "nothing"}).status_code == 400


def test_every_relationship_has_links_below_the_identifier(api: ApiClient) -> None:
    event = EventFactory()
    row = api.get(f"/v1/events/{event.id}", user=role_of(event, "owner")).json["data"]
    base = f"/v1/events/{event.identifier}"
    assert (row["id"], row["links"]) == (str(event.id), {"self": base})
    for name, each in row["relationships"].items():
        assert each["links"] == {"self": f"{base}/relationships/{name}", "related": f"{base}/{name}"}


def test_times_come_out_in_utc_whatever_the_zone_of_the_event(api: ApiClient) -> None:
    tokyo = EventFactoryBasic(timezone="Asia/Tokyo", starts_at=datetime(2020, 6, 1, tzinfo=UTC))
    attributes = api.get(f"/v1/events/{tokyo.id}").json["data"]["attributes"]
    assert (attributes["starts-at"], attributes["timezone"]) == ("2020-06-01T00:00:00Z", "Asia/Tokyo")


def test_statements_do_not_depend_on_the_number_of_events(api: ApiClient) -> None:
    user = UserFactory()
    include = "event-topic,event-type,owner,organizers,registrars,roles.user,roles.role,tickets"
    paths = {"/v1/events": 2, f"/v1/events?include={include}": 11, f"/v1/users/{user.id}/events": 3}
    counted: list[list[int]] = []
    for number in (1, 6):
        for _ in range(number):
            event = EventFactory()
            for role in ("owner", "organizer", "registrar"):
                role_of(event, role)
            TicketFactory(event=event)
        counts = []
        for path in paths:
            with statements_sent() as sent:
                assert api.get(path, user=user).status_code == 200
            counts.append(len(sent))
        counted.append(counts)
    assert counted[0] == counted[1]
    for count, most in zip(counted[0], paths.values(), strict=True):
        # Besides these: who asks, their roles, and noting that they were here.
        assert count <= most + 3


def test_unchanged_events_answer_304_to_whoever_saw_them(api: ApiClient, events: dict[str, Any]) -> None:
    for path in ("/v1/events?page[size]=2", f"/v1/events/{events['opera'].identifier}"):
        tag = api.get(path).headers["ETag"]
        with statements_sent() as sent:
            assert api.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert len(sent) <= 2
        organizer = role_of(events["opera"], "owner")
        assert api.get(path, user=organizer, headers={"If-None-Match": tag}).status_code == 200
    events["opera"].name = "Operetta"
    for path in ("/v1/events?page[size]=2", f"/v1/events/{events['opera'].identifier}"):
        assert api.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_what_an_event_points_at_costs_one_statement_each_also_for_the_first_reader(api: ApiClient) -> None:
    path = f"/v1/events/{EventFactory().identifier}?include=event-type,event-topic,event-sub-topic"
    for _reader in ("first", "second"):
        with statements_sent() as sent:
            types = {each["type"] for each in api.get(path).get_json()["included"]}
        assert types == {"event-type", "event-topic", "event-sub-topic"}
        assert len(sent) == 4


def test_what_is_included_is_the_newest_version(api: ApiClient) -> None:
    event = EventFactory()
    for name in ("Fair", "Festival", "Fair"):
        event.event_type.name = name
        db.session.flush()
        (included,) = api.get(f"/v1/events/{event.identifier}?include=event-type").get_json()["included"]
        assert included["attributes"]["name"] == name


def test_reader_who_gains_a_role_gets_a_new_answer(api: ApiClient) -> None:
    event, user = EventFactory(), UserFactory()
    paths = (f"/v1/events/{event.identifier}", "/v1/events")
    tags = {path: api.get(path, user=user).headers["ETag"] for path in paths}
    for path, tag in tags.items():
        assert api.get(path, user=user, headers={"If-None-Match": tag}).status_code == 304
    give_role(user, event, "owner")
    for path, tag in tags.items():
        assert api.get(path, user=user, headers={"If-None-Match": tag}).status_code == 200
