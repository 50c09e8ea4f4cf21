"""Events that people mark, which is nobody's business but their own."""

from __future__ import annotations

from typing import Any

from app.events.models import UserFavouriteEvent
from app.extensions import db
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, UserFavouriteEventFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.statements import statements_sent

PATH = "/v1/user-favourite-events"


def new(event: Any) -> Any:
    """A document that marks the event."""
    return document("user-favourite-event", relationships={"event": linkage("event", event)})


def test_user_marks_an_event_once_and_takes_the_mark_back_by_the_events_id(api: ApiClient) -> None:
    UserFavouriteEventFactory()  # So that marks and events are numbered differently.
    event, user = EventFactoryBasic(), UserFactory()
    made = api.post(PATH, new(event), user=user)
    assert made.status_code == 201
    for reference in (event.id, event.identifier):
        found = api.get(f"{PATH}/{reference}?include=event,user", user=user)
        assert found.json["data"]["id"] == made.json["data"]["id"]
        assert {each["type"] for each in found.json["included"]} == {"event", "user"}
    refused = api.post(PATH, new(event), user=user)
    assert (refused.status_code, refused.json["errors"][0]["detail"]) == (409, "Event already favourited")
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/relationships/event"}
    assert api.delete(f"{PATH}/{event.id}", user=user).status_code == 200
    assert api.get(f"{PATH}/{event.id}", user=user).status_code == 404
    assert api.post(PATH, new(event), user=user).status_code == 201


def test_strangers_to_the_service_are_told_that_only_users_mark_events(api: ApiClient) -> None:
    refused = api.post(PATH, new(EventFactoryBasic()))
    assert (refused.status_code, refused.json["errors"][0]["detail"]) == (
        403,
        "Only Authorized Users can favourite an event",
    )


def test_mark_is_made_of_the_caller_whoever_is_named(api: ApiClient) -> None:
    event, user = EventFactoryBasic(), UserFactory()
    sent = document(
        "user-favourite-event", relationships={"event": linkage("event", event), "user": linkage("user", UserFactory())}
    )
    assert api.post(PATH, sent, user=user).status_code == 201
    assert db.session.query(UserFavouriteEvent).one().user_id == user.id


def test_events_that_cannot_be_read_cannot_be_marked(api: ApiClient) -> None:
    assert api.post(PATH, new(EventFactoryBasic(state="draft")), user=UserFactory()).status_code == 404


def test_marks_of_others_are_not_found_by_the_event(api: ApiClient) -> None:
    mark = UserFavouriteEventFactory()
    for user in (UserFactory(), AdminFactory()):
        assert api.get(f"{PATH}/{mark.event_id}", user=user).status_code == 404
        assert api.delete(f"{PATH}/{mark.event_id}", user=user).status_code == 404
    for reference in ("999999", "nowhere", "1" * 30):
        assert api.get(f"{PATH}/{reference}", user=mark.user).status_code == 404
    assert api.get(f"{PATH}/{mark.event_id}").status_code == 401


def test_marks_of_a_user_are_for_them_and_staff_and_all_for_staff(api: ApiClient) -> None:
    mark = UserFavouriteEventFactory()
    UserFavouriteEventFactory()
    path = f"/v1/users/{mark.user_id}/favourite-events"
    for address in (path, f"/v1/users/{mark.user_id}/user-favourite-events"):
        assert api.get(address).status_code == 401
        assert api.get(address, user=UserFactory()).status_code == 403
        for user in (mark.user, AdminFactory()):
            assert [each["id"] for each in api.get(address, user=user).json["data"]] == [str(mark.id)]
    assert api.get(PATH, user=mark.user).status_code == 403
    assert api.get(PATH, user=AdminFactory()).json["meta"]["count"] == 2


def test_forty_marks_cost_as_many_statements_as_one(api: ApiClient) -> None:
    counts = []
    for number in (1, 40):
        user = UserFactory()
        for _ in range(number):
            UserFavouriteEventFactory(user=user)
        with statements_sent() as sent:
            listed = api.get(f"/v1/users/{user.id}/favourite-events?include=event&page[size]=0", user=user)
        assert len(listed.json["included"]) == number
        counts.append(len(sent))
    assert counts[0] == counts[1]
