"""Exhibitors: who sees them, which sessions they take part in, and their order."""

from __future__ import annotations

from typing import Any

import pytest

from app.events.content.models import Exhibitor
from app.extensions import db
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.content import ExhibitorFactory
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.program import SessionFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import first_error, ids_of
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent


def new(api: ApiClient, event: Any, user: Any, sessions: Any = None, **values: Any) -> Any:
    """The answer to a new exhibitor."""
    related = {"event": linkage("event", event)} | ({"sessions": sessions} if sessions is not None else {})
    return api.post("/v1/exhibitors", document("exhibitor", relationships=related, name="ACME", **values), user=user)


def linked(*sessions: Any) -> list[Any]:
    """Linkage to these sessions."""
    return [linkage("session", each) for each in sessions]


def test_new_exhibitor_waits_to_be_accepted(api: ApiClient) -> None:
    event = EventFactoryBasic()
    unset = dict.fromkeys(("status", "position", "enable-video-room", "url", "social-links", "contact-email"))
    made = new(api, event, role_of(event, "coorganizer"), thumbnail_image_url="https://x.example/y.png", **unset)
    assert made.status_code == 201, made.json
    shown = made.json["data"]["attributes"]
    assert (shown["status"], shown["position"], shown["enable-video-room"]) == ("pending", 0, False)
    assert shown["thumbnail-image-url"] is shown["social-links"] is None


def test_outsiders_come_across_accepted_exhibitors_alone_on_every_path(api: ApiClient) -> None:
    event = EventFactoryBasic()
    session = SessionFactory(event=event)
    accepted = ExhibitorFactory(event=event, sessions=[session], contact_email="booth@example.com")
    pending = ExhibitorFactory(event=event, sessions=[session], status="pending", name="Secret")
    by_name = {"filter": [{"name": "exhibitors", "op": "any", "val": {"name": "name", "op": "eq", "val": "Secret"}}]}
    outsiders = (None, UserFactory(), role_of(event, "registrar"), role_of(EventFactoryBasic(), "owner"))
    for user, seen in (
        *((user, {accepted}) for user in outsiders),
        *((user, {accepted, pending}) for user in (role_of(event, "coorganizer"), AdminFactory())),
    ):
        ids = {str(each.id) for each in seen}
        for parent in (f"/v1/events/{event.id}", f"/v1/sessions/{session.id}"):
            assert ids_of(api.get(f"{parent}/exhibitors", user=user)) == ids
            linkage_ = api.get(f"{parent}/relationships/exhibitors", user=user).json["data"]
            assert {each["id"] for each in linkage_} == ids
            included = api.get(f"{parent}?include=exhibitors", user=user).json["included"]
            assert {each["id"] for each in included} == ids
        assert ids_of(api.get("/v1/events", user=user, query=by_name)) == (
            {str(event.id)} if pending in seen else set()
        )
        assert api.get(f"/v1/exhibitors/{pending.id}", user=user).status_code == (200 if pending in seen else 404)
        for suffix in ("event", "sessions", "relationships/sessions"):
            answer = api.get(f"/v1/exhibitors/{pending.id}/{suffix}", user=user)
            assert answer.status_code == (200 if pending in seen else 404)
    shown = api.get(f"/v1/exhibitors/{accepted.id}").json["data"]["attributes"]
    assert shown["contact-email"] == "booth@example.com"
    event.state = "draft"
    assert api.get(f"/v1/exhibitors/{accepted.id}").status_code == 404


def test_exhibitor_shows_the_sessions_that_the_reader_may_see(api: ApiClient) -> None:
    event = EventFactoryBasic()
    public, proposed = SessionFactory(event=event), SessionFactory(event=event, state="pending")
    gone = SessionFactory(event=event, deleted_at=in_days(-1))
    exhibitor = ExhibitorFactory(event=event, sessions=[public, proposed, gone])
    for user, seen in ((None, {public}), (role_of(event, "moderator"), {public, proposed})):
        ids = {str(each.id) for each in seen}
        assert ids_of(api.get(f"/v1/exhibitors/{exhibitor.id}/sessions", user=user)) == ids
        document_ = api.get(f"/v1/exhibitors/{exhibitor.id}?include=sessions", user=user).json
        assert {each["id"] for each in document_["included"]} == ids
        assert {each["id"] for each in document_["data"]["relationships"]["sessions"]["data"]} == ids


def test_sessions_are_linked_by_the_exhibitor_and_are_of_one_event(api: ApiClient) -> None:
    event = EventFactoryBasic()
    first, second, foreign = SessionFactory(event=event), SessionFactory(event=event), SessionFactory()
    gone = SessionFactory(event=event, deleted_at=in_days(-1))
    user = role_of(event, "coorganizer")
    made = new(api, event, user, linked(first, first), status="accepted")
    id_ = made.json["data"]["id"]
    exhibitor = db.session.get_one(Exhibitor, id_)
    exhibitor.sessions.append(gone)
    path = f"/v1/exhibitors/{id_}/relationships/sessions"
    wrong = {"sessions": linked(foreign)}
    refused = [
        new(api, event, user, linked(first, foreign)),
        api.patch(f"/v1/exhibitors/{id_}", document("exhibitor", id_, wrong), user=user),
        *(api.request(verb, path, json_body={"data": linked(foreign)}, user=user) for verb in ("POST", "PATCH")),
    ]
    told = (422, f"Session {foreign.id} belongs to a different Event", "/data/relationships/sessions")
    assert [first_error(each) for each in refused] == [told] * 4
    assert api.post(path, {"data": linked(second)}, user=user).status_code == 200
    assert ids_of(api.get(f"/v1/sessions/{second.id}/exhibitors")) == {id_}
    # By the session nothing is linked.
    ignored = document("session", second.id, {"exhibitors": []}, title="Changed")
    assert api.patch(f"/v1/sessions/{second.id}", ignored, user=role_of(event, "owner")).status_code == 200
    assert api.patch(f"/v1/sessions/{second.id}/relationships/exhibitors", {"data": []}, user=user).status_code == 405
    assert api.delete(path, {"data": linked(first)}, user=user).status_code == 200
    assert {each.id for each in db.session.get_one(Exhibitor, id_).sessions} == {second.id, gone.id}
    assert api.delete(f"/v1/exhibitors/{id_}", user=user).status_code == 200
    assert api.get(f"/v1/sessions/{second.id}/exhibitors").json["meta"]["count"] == 0


def test_social_links_of_exhibitors_are_names_with_addresses(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    sound = [{"name": "website", "link": "https://acme.example", "is_custom": True}]
    assert new(api, event, user, social_links=sound).json["data"]["attributes"]["social-links"] == sound
    for wrong in (
        "x", {}, {"name": "a", "link": "https://a.example"}, ["x"], [None], [{"name": "a"}], [{"link": "https://a.example"}],
        [{"name": " ", "link": "https://a.example"}], [{"name": 1, "link": "https://a.example"}], [{"name": "a", "link": 1}],
        [*sound, {"name": "a", "link": "javascript:alert(1)"}], [{"name": "a\x00", "link": "https://a.example"}], 10**30,
    ):  # fmt: skip
        status, detail, pointer = first_error(new(api, event, user, social_links=wrong))
        assert (status, pointer) == ("422", "/data/attributes/social-links"), wrong
        assert detail


def test_exhibitors_take_the_places_they_are_given(api: ApiClient) -> None:
    event = EventFactoryBasic()
    first, second, third = (
        ExhibitorFactory(event=event, status=state) for state in ("pending", "accepted", "accepted")
    )
    foreign, user = ExhibitorFactory(), role_of(event, "coorganizer")
    path = f"/v1/events/{event.identifier}/reorder-exhibitors"

    def places() -> list[int]:
        return [db.session.get_one(Exhibitor, each.id).position for each in (first, second, third)]

    body = [{"exhibitor": str(first.id), "position": 2}, {"exhibitor": second.id, "position": 2}]
    answer = api.plain("POST", path, body, user=user)
    assert (answer.status_code, answer.json) == (200, {"success": True, "updates": {"2": 2}})
    assert places() == [2, 2, 0]
    strange = [{"exhibitor": third.id, "position": 7}, {"exhibitor": foreign.id, "position": 1}]
    assert first_error(api.plain("POST", path, strange, user=user))[::2] == (403, "event_id")
    for wrong in ({}, [{"exhibitor": third.id, "order": 1}], [{"exhibitor": third.id, "position": "1"}], body * 2):
        assert first_error(api.plain("POST", path, wrong, user=user))[::2] == (422, "/data")
    assert places() == [2, 2, 0]
    for other, status in ((None, 401), (UserFactory(), 403), (role_of(event, "moderator"), 403)):
        assert api.plain("POST", f"{path}?reset", user=other).status_code == status
    assert api.plain("POST", f"{path}?reset", user=user).json == {"success": True, "updates": 3}
    assert places() == [0, 0, 0]


@pytest.mark.parametrize("parent", ["events", "sessions"])
def test_exhibitors_with_their_sessions_cost_the_same_however_many(api: ApiClient, parent: str) -> None:
    costs = []
    for count in (1, 9):
        event = EventFactoryBasic()
        session = SessionFactory(event=event)
        for _ in range(count):
            ExhibitorFactory(event=event, sessions=[session])
        of = {"events": event, "sessions": session}[parent]
        with statements_sent() as sent:
            shown = api.get(f"/v1/{parent}/{of.id}/exhibitors?include=sessions")
        assert len(shown.json["data"]) == count
        costs.append(len(sent))
    assert costs[0] == costs[1]
