"""Calls for speakers: who makes them, what they tell whom, and when they take proposals."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.edge import Service
from app.extensions import db
from app.program.models import SpeakersCall
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.program import SpeakersCallFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import (
    ANNOUNCED,
    CLOSED,
    calling_event,
    event_with_speakers,
    first_error,
    speaker_document,
)
from tests.unittests.ranks import role_of

PRIVATE = {"privacy": "private", "hash": "s3cret"}


def call_document(event: Any, **attributes: Any) -> Any:
    """A document of a new call of this event that is open now; None leaves an attribute out."""
    values = {"starts_at": in_days(-1).isoformat(), "ends_at": in_days(7).isoformat()} | attributes
    kept = {name: value for name, value in values.items() if value is not None}
    return document("speakers-call", relationships={"event": linkage("event", event)}, **kept)


def test_coorganizer_makes_a_call_that_is_public_unless_they_say_otherwise(api: ApiClient) -> None:
    event = EventFactoryBasic()
    response = api.post("/v1/speakers-calls", call_document(event), user=role_of(event, "coorganizer"))
    assert response.status_code == 201, response.json
    shown = response.json["data"]["attributes"]
    expected = {"privacy": "public", "hash": None, "announcement": None, "soft-ends-at": None, "deleted-at": None}
    assert {name: shown[name] for name in expected} == expected


@pytest.mark.parametrize("role", ["track_organizer", "moderator", "registrar"])
def test_nobody_below_coorganizer_makes_changes_or_deletes_calls(api: ApiClient, role: str) -> None:
    call = SpeakersCallFactory()
    user = role_of(call.event, role)
    assert api.post("/v1/speakers-calls", call_document(EventFactoryBasic()), user=user).status_code == 403
    change = document("speakers-call", call.id, announcement="Mine")
    for path in (f"/v1/speakers-calls/{call.id}", f"/v1/events/{call.event.identifier}/speakers-call"):
        assert api.patch(path, change, user=user).status_code == 403
        assert api.delete(path, user=user).status_code == 403


def test_second_call_is_refused_until_the_first_is_deleted(api: ApiClient) -> None:
    call = SpeakersCallFactory()
    team = role_of(call.event, "coorganizer")
    refused = (409, "Speakers Call already exists for this event", "/data/relationships/event")
    assert first_error(api.post("/v1/speakers-calls", call_document(call.event), user=team)) == refused
    assert api.delete(f"/v1/events/{call.event_id}/speakers-call", user=team).status_code == 200
    assert api.post("/v1/speakers-calls", call_document(call.event), user=team).status_code == 201
    restored = document("speakers-call", call.id, deleted_at=None)
    response = api.patch(f"/v1/speakers-calls/{call.id}?get_trashed=true", restored, user=AdminFactory())
    assert first_error(response) == refused


def test_of_calls_made_at_one_time_one_stands(committed_app: Service) -> None:
    event = EventFactoryBasic()
    team, body = role_of(event, "owner"), call_document(event)
    db.session.commit()
    assert team.id
    db.session.expunge_all()

    def make(_: int) -> int:
        with committed_app.app_context():
            return ApiClient(committed_app).post("/v1/speakers-calls", body, user=team).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(make, range(4))) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("attributes", "status", "pointer"),
    [
        ({"ends_at": None}, "422", "ends-at"),
        ({"starts_at": None}, "422", "starts-at"),
        ({"ends_at": in_days(-2).isoformat()}, "422", "ends-at"),
        ({"privacy": "secret"}, "422", "privacy"),
        ({"ends_at": in_days(31).isoformat()}, 403, "ends-at"),
        ({"starts_at": in_days(31).isoformat(), "ends_at": in_days(32).isoformat()}, 403, "starts-at"),
    ],
)
def test_call_that_breaks_a_rule_is_refused(
    api: ApiClient, attributes: dict[str, Any], status: object, pointer: str
) -> None:
    event = EventFactoryBasic()
    team = role_of(event, "coorganizer")
    error = first_error(api.post("/v1/speakers-calls", call_document(event, **attributes), user=team))
    assert (error[0], error[2]) == (status, f"/data/attributes/{pointer}")
    if None in attributes.values():
        return
    call = SpeakersCallFactory(event=event)
    changed = api.patch(f"/v1/speakers-calls/{call.id}", document("speakers-call", call.id, **attributes), user=team)
    error = first_error(changed)
    assert (error[0], error[2]) == (status, f"/data/attributes/{pointer}")


def test_end_alone_is_compared_with_the_start_that_is_stored(api: ApiClient) -> None:
    call = SpeakersCallFactory()
    change = document("speakers-call", call.id, ends_at=in_days(-3).isoformat())
    response = api.patch(f"/v1/speakers-calls/{call.id}", change, user=role_of(call.event, "owner"))
    assert first_error(response) == ("422", "ends-at should be after starts-at", "/data/attributes/ends-at")


def test_call_is_not_deleted_by_writing_an_attribute(api: ApiClient) -> None:
    call = SpeakersCallFactory()
    change = document("speakers-call", call.id, deleted_at=in_days(0).isoformat())
    assert api.patch(f"/v1/speakers-calls/{call.id}", change, user=AdminFactory()).status_code == 200
    assert api.get(f"/v1/speakers-calls/{call.id}").status_code == 200


def test_event_without_a_call_is_answered_404(api: ApiClient) -> None:
    event = EventFactoryBasic()
    assert api.get(f"/v1/events/{event.identifier}/speakers-call").status_code == 404


def test_call_of_a_draft_is_hidden_on_every_path(api: ApiClient) -> None:
    call = SpeakersCallFactory(event=EventFactoryBasic(state="draft"))
    for user in (None, UserFactory()):
        assert api.get(f"/v1/speakers-calls/{call.id}", user=user).status_code == 404
        assert api.get(f"/v1/events/{call.event_id}/speakers-call", user=user).status_code == 404
        assert api.post("/v1/speakers-calls", call_document(call.event), user=user or UserFactory()).status_code == 404
    assert api.get(f"/v1/speakers-calls/{call.id}", user=role_of(call.event, "registrar")).status_code == 200


@pytest.mark.parametrize("by", ["anonymous", "user", "registrar"])
def test_hash_is_told_to_those_who_name_it(api: ApiClient, by: str) -> None:
    call = SpeakersCallFactory(**PRIVATE)
    user = {"anonymous": lambda: None, "user": UserFactory}.get(by, lambda: role_of(call.event, by))()
    for path in (f"/v1/speakers-calls/{call.id}", f"/v1/events/{call.event.identifier}/speakers-call"):
        for asked in ("", "?hash=", "?hash=s3cre", "?hash=S3CRET", "?hash=s3cret%00", "?hash=%ED%A0%80"):
            shown = api.get(path + asked, user=user)
            assert shown.status_code == 200
            assert shown.json["data"]["attributes"]["privacy"] == "private"
            assert "hash" not in shown.json["data"]["attributes"], asked
        assert api.get(f"{path}?hash=s3cret", user=user).json["data"]["attributes"]["hash"] == "s3cret"
        # What was shown to somebody else is not kept for those who ask without it.
        assert "hash" not in api.get(path, user=user).json["data"]["attributes"]


def test_team_reads_the_hash_without_naming_it(api: ApiClient) -> None:
    call = SpeakersCallFactory(**PRIVATE)
    for user in (role_of(call.event, "coorganizer"), AdminFactory()):
        shown = api.get(f"/v1/events/{call.event_id}/speakers-call", user=user).json["data"]["attributes"]
        assert shown["hash"] == "s3cret"


def test_hash_is_neither_included_nor_found_by_filters(api: ApiClient) -> None:
    call = SpeakersCallFactory(**PRIVATE)
    included = api.get(f"/v1/events/{call.event_id}?include=speakers-call&hash=s3cret").json["included"][0]
    assert (included["id"], "hash" in included["attributes"]) == (str(call.id), False)
    for op, value in (("eq", "s3cret"), ("like", "%"), ("ne", "x")):
        condition = {"name": "speakers-call", "op": "has", "val": {"name": "hash", "op": op, "val": value}}
        answer = api.get("/v1/events", query={"filter": [condition], "hash": "s3cret"})
        assert answer.json["meta"]["count"] == 0


def test_front_page_finds_events_whose_call_is_open_to_everybody(api: ApiClient) -> None:
    now = in_days(0).isoformat()
    wanted = calling_event()
    for other in ({"privacy": "private"}, CLOSED, ANNOUNCED, {"deleted_at": in_days(-1)}):
        calling_event(other)
    conditions = [
        {"name": "is-sessions-speakers-enabled", "op": "eq", "val": "true"},
        {
            "name": "speakers-call",
            "op": "has",
            "val": {
                "and": [
                    {"name": "announcement", "op": "ne", "val": None},
                    {"name": "privacy", "op": "eq", "val": "public"},
                    {"name": "starts-at", "op": "le", "val": now},
                    {"name": "ends-at", "op": "gt", "val": now},
                ]
            },
        },
    ]
    found = api.get("/v1/events", query={"filter": [{"and": conditions}], "include": "speakers-call"})
    assert [each["id"] for each in found.json["data"]] == [str(wanted.id)]
    assert [each["type"] for each in found.json["included"]] == ["speakers-call"]


@pytest.mark.parametrize(
    ("call", "query", "told"),
    [
        (None, "", "no call"),
        (CLOSED, "", "has closed"),
        (ANNOUNCED, "", "opens at"),
        ({"deleted_at": in_days(-1)}, "", "no call"),
        (PRIVATE, "", "private"),
        (PRIVATE, "?hash=guess", "private"),
        ({"privacy": "private", "hash": None}, "?hash=", "private"),
        (PRIVATE | CLOSED, "?hash=s3cret", "has closed"),
    ],
)
@pytest.mark.parametrize("type_", ["session", "speaker"])
def test_proposal_is_refused_where_the_call_is_not_open(
    api: ApiClient, type_: str, call: dict[str, Any] | None, query: str, told: str
) -> None:
    event = event_with_speakers() if call is None else calling_event(call)
    body = document(type_, relationships={"event": linkage("event", event)}, name="Ada", title="Engines")
    for user in (UserFactory(), role_of(event, "moderator")):
        status, detail, _ = first_error(api.post(f"/v1/{type_}s{query}", body, user=user))
        assert (status, told in detail) == (403, True), detail


@pytest.mark.parametrize(("call", "query"), [({}, ""), (PRIVATE, "?hash=s3cret")])
@pytest.mark.parametrize("type_", ["session", "speaker"])
def test_proposal_is_taken_by_an_open_call_and_by_a_private_one_with_its_hash(
    api: ApiClient, type_: str, call: dict[str, Any], query: str
) -> None:
    event = calling_event(call)
    body = document(type_, relationships={"event": linkage("event", event)}, name="Ada", title="Engines")
    response = api.post(f"/v1/{type_}s{query}", body, user=UserFactory())
    assert response.status_code == 201, response.json


@pytest.mark.parametrize("call", [None, CLOSED, ANNOUNCED, PRIVATE])
def test_team_proposes_at_any_time(api: ApiClient, call: dict[str, Any] | None) -> None:
    event = event_with_speakers() if call is None else calling_event(call)
    for user in (role_of(event, "coorganizer"), AdminFactory()):
        assert api.post("/v1/speakers", speaker_document(event), user=user).status_code == 201


def test_hash_is_written_by_those_who_read_it(api: ApiClient) -> None:
    event = EventFactoryBasic()
    team = role_of(event, "coorganizer")
    made = api.post("/v1/speakers-calls", call_document(event, privacy="private", hash="abc"), user=team)
    assert made.json["data"]["attributes"]["hash"] == "abc"
    change = document("speakers-call", made.json["data"]["id"], hash="def")
    path = f"/v1/events/{event.identifier}/speakers-call"
    assert api.patch(path, change, user=team).json["data"]["attributes"]["hash"] == "def"
    assert db.session.query(SpeakersCall).one().hash == "def"
