"""What classifies events: types, topics, sub-topics and places."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import (
    EventFactory,
    EventFactoryBasic,
    EventLocationFactory,
    EventSubTopicFactory,
    EventTopicFactory,
    EventTypeFactory,
)
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.statements import statements_sent

WRITERS = [(lambda: None, 401, 401), (UserFactory, 403, 403), (AdminFactory, 201, 200)]


def body_of(type_: str, **attributes: Any) -> Any:
    """A new row of the type, under a topic of its own where it needs one."""
    topic = {"event-topic": linkage("event-topic", EventTopicFactory())} if type_ == "event-sub-topic" else None
    return document(type_, relationships=topic, **attributes)


@pytest.mark.parametrize(("make", "made", "written"), WRITERS)
@pytest.mark.parametrize(
    ("type_", "factory"),
    [("event-type", EventTypeFactory), ("event-topic", EventTopicFactory), ("event-sub-topic", EventSubTopicFactory)],
)
def test_everybody_reads_and_admins_write(
    api: ApiClient, type_: str, factory: Any, make: Any, made: int, written: int
) -> None:
    user, row = make(), factory()
    path = f"/v1/{type_}s/{row.id}"
    assert api.get(path, user=user).json["data"]["attributes"]["slug"] == row.slug
    assert api.post(f"/v1/{type_}s", body_of(type_, name="New"), user=user).status_code == made
    assert api.patch(path, document(type_, row.id, name="Renamed"), user=user).status_code == written
    assert api.delete(path, user=user).status_code == written
    if written == 200:
        assert api.get(path).status_code == 404


def test_places_are_named_by_admins(api: ApiClient) -> None:
    for make, made, _ in WRITERS:
        assert api.post("/v1/event-locations", document("event-location", name="Ulm"), user=make()).status_code == made


@pytest.mark.parametrize("type_", ["event-type", "event-topic", "event-sub-topic", "event-location"])
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Concert", "concert"),
        ("Camp, Trip, or Retreat", "camp-trip-or-retreat"),
        ("Film, Media & Entertainment", "film-media-entertainment"),
        ("Motorcycle/ATV", "motorcycle-atv"),
        ("Fête & Folie", "fête-folie"),
    ],
)
def test_slug_is_made_of_the_name(api: ApiClient, type_: str, name: str, slug: str) -> None:
    response = api.post(f"/v1/{type_}s", body_of(type_, name=name, slug="own"), user=AdminFactory())
    made = response.json["data"]["attributes"]["slug"]
    # Every installation has types and topics with some of these names already.
    assert made == slug or made.startswith(f"{slug}-")


@pytest.mark.parametrize("type_", ["event-type", "event-topic", "event-location"])
def test_taken_slug_gets_random_digits_and_stays_when_renamed(api: ApiClient, type_: str) -> None:
    admin = AdminFactory()
    first, second = (
        api.post(f"/v1/{type_}s", document(type_, name="Chess & Go"), user=admin).json["data"] for _ in range(2)
    )
    assert first["attributes"]["slug"] == "chess-go"
    kept, _, digits = second["attributes"]["slug"].rpartition("-")
    assert kept == "chess-go"
    assert len(digits) == 32
    assert int(digits, 16) >= 0
    if type_ != "event-location":
        renamed = api.patch(f"/v1/{type_}s/{first['id']}", document(type_, first["id"], name="Shogi"), user=admin)
        assert renamed.json["data"]["attributes"] == first["attributes"] | {"name": "Shogi"}


def test_slug_of_a_sub_topic_is_unique_in_its_topic(api: ApiClient) -> None:
    admin, here, there = AdminFactory(), EventTopicFactory(), EventTopicFactory()

    def slug(topic: Any) -> str:
        body = document("event-sub-topic", None, {"event-topic": linkage("event-topic", topic)}, name="Other")
        return str(api.post("/v1/event-sub-topics", body, user=admin).json["data"]["attributes"]["slug"])

    assert (slug(here), slug(there)) == ("other", "other")
    assert slug(here).startswith("other-")


def test_sub_topic_needs_its_topic(api: ApiClient) -> None:
    response = api.post("/v1/event-sub-topics", document("event-sub-topic", name="New"), user=AdminFactory())
    (error,) = response.json["errors"]
    assert (error["status"], error["source"]) == (422, {"pointer": "/data/relationships/event-topic"})
    assert error["detail"] == "A valid relationship with event-topic resource is required"
    assert api.get("/v1/event-sub-topics").status_code == 405


def test_topics_come_with_their_sub_topics(api: ApiClient) -> None:
    query = {"include": "event-sub-topics", "sort": "name", "page[size]": "0"}
    topics = api.get("/v1/event-topics", query=query).json
    assert topics["meta"]["count"] == len(topics["data"]) == 19
    music = next(row for row in topics["data"] if row["attributes"]["name"] == "Music")
    linked = {each["id"] for each in music["relationships"]["event-sub-topics"]["data"]}
    names = {row["attributes"]["name"] for row in topics["included"] if row["id"] in linked}
    assert {"Jazz", "Rock", "Other"} <= names
    related = api.get(f"/v1/event-topics/{music['id']}/event-sub-topics").json
    assert {row["id"] for row in related["data"]} == linked


def test_event_leads_to_what_classifies_it_and_back(api: ApiClient) -> None:
    event = EventFactory()
    for name in ("event-type", "event-topic", "event-sub-topic"):
        found = api.get(f"/v1/events/{event.identifier}/{name}").json["data"]
        assert found["id"] == str(getattr(event, f"{name.replace('-', '_')}_id"))
        back = api.get(f"/v1/{name}s/{found['id']}/events").json
        assert [row["id"] for row in back["data"]] == [str(event.id)]
    bare = EventFactoryBasic()
    for name in ("event-type", "event-topic", "event-sub-topic"):
        (error,) = api.get(f"/v1/events/{bare.identifier}/{name}").json["errors"]
        assert (error["status"], error["source"]) == (404, {"parameter": "event_id"})


def test_events_survive_the_sub_topic_they_were_about(api: ApiClient) -> None:
    event = EventFactory()
    assert api.delete(f"/v1/event-sub-topics/{event.event_sub_topic_id}", user=AdminFactory()).status_code == 200
    assert api.get(f"/v1/events/{event.identifier}").status_code == 200
    assert api.get(f"/v1/events/{event.identifier}/event-sub-topic").status_code == 404


def test_deleted_type_is_hidden_until_it_is_restored(api: ApiClient) -> None:
    admin, event = AdminFactory(), EventFactory()
    path = f"/v1/event-types/{event.event_type_id}"
    api.delete(path, user=admin)
    assert api.get(f"/v1/events/{event.id}/event-type").status_code == 404
    shown = api.get(f"/v1/events/{event.id}", query={"include": "event-type"}).json["data"]
    assert shown["relationships"]["event-type"]["data"] is None
    restored = document("event-type", event.event_type_id, deleted_at=None)
    assert api.patch(path, restored, user=admin, query={"get_trashed": "true"}).status_code == 200
    assert api.get(f"/v1/events/{event.id}/event-type").status_code == 200


# Places


def places(api: ApiClient, **query: str) -> Any:
    response = api.get("/v1/event-locations", query=query)
    assert response.status_code == 200
    return response.json


def test_places_are_the_six_that_most_published_events_name(api: ApiClient) -> None:
    for count, place in enumerate(("Ulm", "Berlin", "Wien", "Bern", "Oslo", "Riga", "Rome"), start=1):
        EventFactoryBasic.create_batch(count, searchable_location_name=place)
    EventFactoryBasic.create_batch(9, searchable_location_name="Hidden Draft", state="draft")
    EventFactoryBasic.create_batch(9, searchable_location_name="Secret Club", privacy="private")
    EventFactoryBasic.create_batch(9, searchable_location_name="Gone", deleted_at=EventFactoryBasic().starts_at)
    EventFactoryBasic.create_batch(9, searchable_location_name="")
    EventLocationFactory(name="Unused")
    found = places(api)
    assert [row["attributes"]["name"] for row in found["data"]] == ["Rome", "Riga", "Oslo", "Bern", "Wien", "Berlin"]
    assert [row["id"] for row in found["data"]] == ["0", "1", "2", "3", "4", "5"]
    assert found["data"][0]["attributes"]["slug"] == "rome"
    assert found["meta"]["count"] == 6


def test_there_are_no_places_without_events(api: ApiClient) -> None:
    assert places(api) | {"links": None} == {
        "data": [],
        "meta": {"count": 0},
        "links": None,
        "jsonapi": {"version": "1.0"},
    }


def test_places_are_paged_and_cost_one_statement(api: ApiClient) -> None:
    for place in ("Berlin", "Oslo", "Ulm"):
        EventFactoryBasic(searchable_location_name=place)
    with statements_sent() as sent:
        page = places(api, **{"page[size]": "2", "page[number]": "2"})
    assert [row["attributes"]["name"] for row in page["data"]] == ["Ulm"]
    assert page["meta"]["count"] == 3
    assert len(sent) == 1
