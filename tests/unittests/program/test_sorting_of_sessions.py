"""Rooms, tracks and session types, by which the sessions of an event are sorted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.program.models import RoomBooking, Session
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.program import (
    MicrolocationFactory,
    SessionFactory,
    SessionTypeFactory,
    TrackFactory,
)
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

# Path, type, factory, the session's relation, what a new one needs, and the lowest role that may make one.
SORTINGS: list[tuple[str, str, Any, str, dict[str, Any], str]] = [
    ("microlocations", "microlocation", MicrolocationFactory, "microlocation", {"name": "Hall"}, "coorganizer"),
    ("tracks", "track", TrackFactory, "track", {"name": "Web", "color": "#1f7a8c"}, "track_organizer"),
    (
        "session-types",
        "session-type",
        SessionTypeFactory,
        "session_type",
        {"name": "Talk", "length": "00:30"},
        "coorganizer",
    ),
]
REFUSED = {"coorganizer": "Co-organizer access is required.", "track_organizer": "Track-organizer access is required."}
each_sorting = pytest.mark.parametrize(
    ("path", "type_", "factory", "relation", "values", "role"), SORTINGS, ids=[each[1] for each in SORTINGS]
)


def new(type_: str, event: Any, **values: Any) -> Any:
    """A document of a new room, track or session type of the event."""
    return document(type_, relationships={"event": linkage("event", event)}, **values)


@each_sorting
def test_team_makes_them_and_everybody_reads_them(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    event = EventFactoryBasic()
    made = api.post(f"/v1/{path}", new(type_, event, **values), user=role_of(event, role))
    assert made.status_code == 201
    shown = made.json["data"]["attributes"]
    assert shown.items() >= {**values, "position": 0, "deleted-at": None}.items()
    for address in (f"/v1/events/{event.identifier}/{path}", f"/v1/events/{event.id}/{path}?sort=position"):
        assert [each["attributes"] for each in api.get(address).json["data"]] == [shown]
    assert api.get(made.headers["Location"]).json["data"]["attributes"] == shown


@each_sorting
def test_others_are_told_which_role_is_required(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    event = EventFactoryBasic()
    assert api.post(f"/v1/{path}", new(type_, event, **values)).status_code == 401
    for user in (UserFactory(), role_of(event, "moderator")):
        refused = api.post(f"/v1/{path}", new(type_, event, **values), user=user)
        assert (refused.status_code, refused.json["errors"][0]["detail"]) == (403, REFUSED[role])


@each_sorting
def test_those_of_drafts_are_hidden_with_them(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    row = factory(event=EventFactoryBasic(state="draft"))
    stranger = UserFactory()
    for address in (f"/v1/{path}/{row.id}", f"/v1/events/{row.event.identifier}/{path}"):
        assert api.get(address).status_code == 404
        assert api.get(address, user=stranger).status_code == 404
        assert api.get(address, user=role_of(row.event, "registrar")).status_code == 200
    unknown = api.post(f"/v1/{path}", new(type_, row.event, **values), user=stranger)
    assert unknown.status_code == 404


@each_sorting
def test_those_of_private_events_are_read_by_whoever_knows_the_event(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    row = factory(event=EventFactoryBasic(privacy="private"))
    listed = api.get(f"/v1/events/{row.event.identifier}/{path}")
    assert [each["id"] for each in listed.json["data"]] == [str(row.id)]


def test_list_of_all_tracks_leaves_out_those_of_private_events(api: ApiClient) -> None:
    private, public = TrackFactory(event=EventFactoryBasic(privacy="private")), TrackFactory()
    assert {each["id"] for each in api.get("/v1/tracks").json["data"]} == {str(public.id)}
    assert {each["id"] for each in api.get("/v1/tracks", user=AdminFactory()).json["data"]} == {
        str(public.id),
        str(private.id),
    }


@each_sorting
def test_event_is_required_and_stays(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    row, other = factory(), EventFactoryBasic()
    user = role_of(row.event, role)
    missing = api.post(f"/v1/{path}", document(type_, **values), user=user)
    assert missing.status_code == 422
    assert missing.json["errors"][0]["source"] == {"pointer": "/data/relationships/event"}
    moved = document(type_, row.id, relationships={"event": linkage("event", other)}, position=3)
    assert api.patch(f"/v1/{path}/{row.id}", moved, user=user).json["data"]["attributes"]["position"] == 3
    assert row.event_id != other.id


@each_sorting
def test_deleting_one_leaves_its_sessions_without_it(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    row = factory()
    times = {"starts_at": row.event.starts_at, "ends_at": in_days(31)}
    sessions = [SessionFactory(event=row.event, **{relation: row}, **(times if n == 0 else {})) for n in range(4)]
    versions = {each.id: each.version for each in sessions}
    assert api.delete(f"/v1/{path}/{row.id}", user=role_of(row.event, role)).status_code == 200
    for each in sessions:
        assert getattr(each, f"{relation}_id") is None
        assert each.deleted_at is None
        assert each.version > versions[each.id]
    assert db.session.scalars(select(RoomBooking)).all() == []
    assert api.get(f"/v1/{path}/{row.id}").status_code == 404


@each_sorting
def test_deleting_costs_as_many_statements_for_forty_sessions_as_for_one(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    counts = []
    for number in (1, 40):
        row = factory()
        for _ in range(number):
            SessionFactory(event=row.event, **{relation: row})
        user = role_of(row.event, role)
        with statements_sent() as sent:
            assert api.delete(f"/v1/{path}/{row.id}", user=user).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


@each_sorting
def test_deleted_ones_are_restored_by_staff_and_deleted_by_delete_alone(
    api: ApiClient, path: str, type_: str, factory: Any, relation: str, values: dict[str, Any], role: str
) -> None:
    row, admin = factory(), AdminFactory()
    session = SessionFactory(event=row.event, **{relation: row})
    by_patch = document(type_, row.id, deleted_at="2030-01-01T00:00:00Z")
    assert api.patch(f"/v1/{path}/{row.id}", by_patch, user=admin).status_code == 200
    assert (row.deleted_at, getattr(session, f"{relation}_id")) == (None, row.id)
    assert api.delete(f"/v1/{path}/{row.id}", user=admin).status_code == 200
    restored = api.patch(f"/v1/{path}/{row.id}?get_trashed=true", document(type_, row.id, deleted_at=None), user=admin)
    assert restored.status_code == 200
    assert api.get(f"/v1/{path}/{row.id}").status_code == 200


@pytest.mark.parametrize("color", ["#fff", "#FFFFFF", "#1f7a8c"])
def test_colors_have_three_or_six_digits(api: ApiClient, color: str) -> None:
    event = EventFactoryBasic()
    made = api.post("/v1/tracks", new("track", event, name="Web", color=color), user=role_of(event, "owner"))
    assert made.json["data"]["attributes"]["color"] == color


@pytest.mark.parametrize("color", ["", "fff", "#ff", "#ffff", "#fffff", "#ggg", "#ffffff\n", "red", "x#fff", 7])
def test_other_colors_are_refused(api: ApiClient, color: object) -> None:
    track = TrackFactory()
    user = role_of(track.event, "track_organizer")
    for refused in (
        api.post("/v1/tracks", new("track", track.event, name="Web", color=color), user=user),
        api.patch(f"/v1/tracks/{track.id}", document("track", track.id, color=color), user=user),
    ):
        assert refused.status_code == 422
        assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/color"}


@pytest.mark.parametrize(
    ("path", "type_", "factory", "attribute"),
    [
        ("tracks", "track", TrackFactory, "color"),
        ("tracks", "track", TrackFactory, "name"),
        ("session-types", "session-type", SessionTypeFactory, "length"),
        ("session-types", "session-type", SessionTypeFactory, "name"),
        ("microlocations", "microlocation", MicrolocationFactory, "name"),
    ],
)
def test_required_attribute_stays_when_absent_and_is_not_cleared(
    api: ApiClient, path: str, type_: str, factory: Any, attribute: str
) -> None:
    row = factory()
    user, before = role_of(row.event, "coorganizer"), getattr(row, attribute)
    assert api.patch(f"/v1/{path}/{row.id}", document(type_, row.id, position=1), user=user).status_code == 200
    assert getattr(row, attribute) == before
    refused = api.patch(f"/v1/{path}/{row.id}", document(type_, row.id, **{attribute: None}), user=user)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["source"] == {"pointer": f"/data/attributes/{attribute}"}
    values = {"name": "New", "color": "#fff", "length": "00:30"}
    del values[attribute]
    assert api.post(f"/v1/{path}", new(type_, row.event, **values), user=user).status_code == 422


@pytest.mark.parametrize(
    ("color", "font"),
    [("#fff", "#000000"), ("#ffffff", "#000000"), ("#ff0", "#000000"), ("#000", "#ffffff"), ("#1f7a8c", "#ffffff")],
)
def test_font_color_is_read_best_and_not_written(api: ApiClient, color: str, font: str) -> None:
    track = TrackFactory(color=color)
    sent = document("track", track.id, font_color="#123456", position=1)
    written = api.patch(f"/v1/tracks/{track.id}", sent, user=role_of(track.event, "track_organizer"))
    assert written.json["data"]["attributes"]["font-color"] == font


@pytest.mark.parametrize("length", ["0:30", "00:30", "23:59"])
def test_lengths_are_hours_and_minutes(api: ApiClient, length: str) -> None:
    event = EventFactoryBasic()
    sent = new("session-type", event, name="Talk", length=length)
    made = api.post("/v1/session-types", sent, user=role_of(event, "coorganizer"))
    assert made.json["data"]["attributes"]["length"] == length


@pytest.mark.parametrize("length", ["", "30", "00:60", "24:00", "1:5", "00:30:00", "-1:30", "half", "00:30\n", 30])
def test_other_lengths_are_refused(api: ApiClient, length: object) -> None:
    kind = SessionTypeFactory()
    user = role_of(kind.event, "coorganizer")
    for refused in (
        api.post("/v1/session-types", new("session-type", kind.event, name="Talk", length=length), user=user),
        api.patch(f"/v1/session-types/{kind.id}", document("session-type", kind.id, length=length), user=user),
    ):
        assert refused.status_code == 422
        assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/length"}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("latitude", 90.1),
        ("latitude", "north"),
        ("longitude", -181),
        ("floor", "first"),
        ("floor", 2**31),
        ("is-chat-enabled", "perhaps"),
    ],
)
def test_values_a_room_cannot_have_are_refused(api: ApiClient, attribute: str, value: object) -> None:
    room = MicrolocationFactory()
    sent = document("microlocation", room.id, **{attribute: value})
    refused = api.patch(f"/v1/microlocations/{room.id}", sent, user=role_of(room.event, "coorganizer"))
    assert refused.status_code == 422
    assert refused.json["errors"][0]["source"] == {"pointer": f"/data/attributes/{attribute}"}


def test_rooms_are_read_as_the_side_panel_of_the_web_client_does(api: ApiClient) -> None:
    room = MicrolocationFactory(name="Hall", is_chat_enabled=True)
    MicrolocationFactory(name="Attic", event=room.event, position=-1)
    query = {
        "include": "video-stream",
        "fields[microlocation]": "id,name,video_stream,position,is_chat_enabled,chat_room_name,is_global_event_room",
        "fields[video-stream]": "id,name",
        "sort": "position",
    }
    answer = api.get(f"/v1/events/{room.event.identifier}/microlocations", query=query)
    assert answer.status_code == 200
    assert [each["attributes"]["name"] for each in answer.json["data"]] == ["Attic", "Hall"]
    assert answer.json["data"][1]["attributes"] == {
        "name": "Hall",
        "position": 0,
        "is-chat-enabled": True,
        "chat-room-name": f"Hall-{room.id}",
        "is-global-event-room": False,
    }


def test_name_of_the_chat_room_follows_the_name_of_the_room(api: ApiClient) -> None:
    room = MicrolocationFactory(name="Hall")
    sent = document("microlocation", room.id, name="Attic", chat_room_name="Mine")
    changed = api.patch(f"/v1/microlocations/{room.id}", sent, user=role_of(room.event, "coorganizer"))
    assert changed.json["data"]["attributes"]["chat-room-name"] == f"Attic-{room.id}"


def test_sessions_that_overlap_in_a_room_are_booked_when_it_no_longer_allows_that_and_refused(api: ApiClient) -> None:
    event = EventFactoryBasic(is_overlap_allowed=True)
    room = MicrolocationFactory(event=event, is_overlap_allowed=True)
    times = {"starts_at": event.starts_at, "ends_at": event.ends_at}
    first, second = (SessionFactory(event=event, microlocation=room, **times) for _ in range(2))
    user, forbid = role_of(event, "coorganizer"), document("microlocation", room.id, is_overlap_allowed=False)
    refused = api.patch(f"/v1/microlocations/{room.id}", forbid, user=user)
    assert refused.status_code == 409
    error = refused.json["errors"][0]
    assert error["source"]["session"] in (str(first.id), str(second.id))
    assert f'"{room.name}"' in error["detail"]
    second.ends_at = second.starts_at + (event.ends_at - event.starts_at) / 4
    first.starts_at = second.ends_at
    assert api.patch(f"/v1/microlocations/{room.id}", forbid, user=user).status_code == 200
    assert len(db.session.scalars(select(RoomBooking)).all()) == 2
    assert db.session.scalars(select(Session.microlocation_id).distinct()).all() == [room.id]
