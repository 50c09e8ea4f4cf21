"""Sessions that people mark, how many did, and who is told so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import SessionFactory, UserFavouriteSessionFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

PATH = "/v1/user-favourite-sessions"


def new(session: Any) -> Any:
    """A document that marks the session."""
    return document("user-favourite-session", relationships={"session": linkage("session", session)})


def ids(response: Any) -> list[str]:
    """The ids of a list's primary data."""
    assert response.status_code == 200, response.json
    return [each["id"] for each in response.json["data"]]


def test_user_marks_a_session_once_and_takes_the_mark_back(api: ApiClient) -> None:
    session, user = SessionFactory(), UserFactory()
    assert api.post(PATH, new(session)).status_code == 401
    made = api.post(PATH, new(session), user=user)
    assert made.status_code == 201
    shown = api.get(f"/v1/sessions/{session.id}?include=favourite", user=user).json
    assert shown["data"]["attributes"]["favourite-count"] == 1
    assert shown["data"]["relationships"]["favourite"]["data"]["id"] == made.json["data"]["id"]
    refused = api.post(PATH, new(session), user=user)
    assert (refused.status_code, refused.json["errors"][0]["detail"]) == (409, "Session already favourited")
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/relationships/session"}
    assert api.delete(f"{PATH}/{made.json['data']['id']}", user=user).status_code == 200
    assert api.get(f"/v1/sessions/{session.id}").json["data"]["attributes"]["favourite-count"] == 0


def test_user_is_the_caller_whoever_is_named(api: ApiClient) -> None:
    session, user, other = SessionFactory(), UserFactory(), UserFactory()
    sent = document(
        "user-favourite-session", relationships={"session": linkage("session", session), "user": linkage("user", other)}
    )
    made = api.post(PATH, sent, user=user)
    assert api.get(f"{PATH}/{made.json['data']['id']}/user", user=user).json["data"]["id"] == str(user.id)


def test_favourite_of_a_session_is_the_readers_own(api: ApiClient) -> None:
    mark = UserFavouriteSessionFactory()
    others = UserFavouriteSessionFactory(session=mark.session)
    for user, id_ in ((mark.user, mark.id), (others.user, others.id), (UserFactory(), None), (None, None)):
        shown = api.get(f"/v1/sessions/{mark.session_id}?include=favourite", user=user).json
        linked = shown["data"]["relationships"]["favourite"]["data"]
        assert (linked and linked["id"]) == (id_ and str(id_))


@pytest.mark.parametrize("values", [{"state": "draft"}, {"state": "pending"}, {"event__state": "draft"}])
def test_sessions_that_cannot_be_read_cannot_be_marked(api: ApiClient, values: dict[str, Any]) -> None:
    assert api.post(PATH, new(SessionFactory(**values)), user=UserFactory()).status_code == 404


def test_session_is_required(api: ApiClient) -> None:
    refused = api.post(PATH, document("user-favourite-session"), user=UserFactory())
    assert refused.status_code == 422
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/relationships/session"}


def test_marks_are_listed_by_session_and_event_without_those_who_have_no_public_profile(api: ApiClient) -> None:
    known = UserFavouriteSessionFactory(user=UserFactory(is_profile_public=True))
    hidden = UserFavouriteSessionFactory(session=known.session)
    event = known.session.event
    for path in (
        f"/v1/sessions/{known.session_id}/favourites",
        f"/v1/sessions/{known.session_id}/user-favourite-sessions",
        f"/v1/events/{event.identifier}/session-favourites",
        f"/v1/events/{event.id}/user-favourite-sessions",
    ):
        for user in (None, UserFactory(), role_of(event, "owner")):
            listed = api.get(path, query={"include": "user"}, user=user)
            assert ids(listed) == [str(known.id), str(hidden.id)]
            assert ["user" in each["relationships"] for each in listed.json["data"]] == [True, False]
            assert [each["id"] for each in listed.json["included"]] == [str(known.user_id)]
            assert "email" not in listed.json["included"][0]["attributes"]
        own = api.get(path, query={"include": "user"}, user=hidden.user)
        assert {each["id"] for each in own.json["included"]} == {str(known.user_id), str(hidden.user_id)}


def test_who_marked_a_session_is_not_found_out_by_a_filter(api: ApiClient) -> None:
    hidden = UserFavouriteSessionFactory(user=UserFactory(first_name="Zora"))
    guess = [{"name": "user", "op": "has", "val": {"name": "first-name", "op": "eq", "val": "Zora"}}]
    path = f"/v1/sessions/{hidden.session_id}/favourites"
    assert ids(api.get(path, query={"filter": guess})) == []
    assert ids(api.get(path, query={"filter": guess}, user=hidden.user)) == [str(hidden.id)]


def test_marks_of_sessions_that_cannot_be_read_are_not_listed(api: ApiClient) -> None:
    mark = UserFavouriteSessionFactory(user=UserFactory(is_profile_public=True))
    mark.session.state = "canceled"
    event = mark.session.event
    assert ids(api.get(f"/v1/events/{event.id}/session-favourites")) == []
    assert api.get(f"/v1/events/{event.id}?include=session-favourites").json["included"] == []
    assert ids(api.get(f"/v1/users/{mark.user_id}/favourite-sessions")) == []
    assert api.delete(f"{PATH}/{mark.id}", user=mark.user).status_code == 200


def test_marks_of_a_user_are_for_them_and_staff_unless_their_profile_is_public(api: ApiClient) -> None:
    mark = UserFavouriteSessionFactory()
    for name in ("favourite-sessions", "user-favourite-sessions"):
        path = f"/v1/users/{mark.user_id}/{name}"
        assert api.get(path).status_code == 401
        assert api.get(path, user=UserFactory()).status_code == 403
        assert ids(api.get(path, user=mark.user)) == ids(api.get(path, user=AdminFactory())) == [str(mark.id)]
    mark.user.is_profile_public = True
    assert ids(api.get(path)) == [str(mark.id)]


def test_single_mark_is_for_its_user_and_the_team(api: ApiClient) -> None:
    mark = UserFavouriteSessionFactory()
    path, event = f"{PATH}/{mark.id}", mark.session.event
    assert api.get(path).status_code == 401
    assert api.delete(path).status_code == 401
    for user in (UserFactory(), role_of(event, "moderator")):
        for refused in (api.get(path, user=user), api.delete(path, user=user)):
            assert refused.status_code == 403
            assert refused.json["errors"][0]["source"] == {"parameter": "user_id"}
    for user in (mark.user, role_of(event, "coorganizer"), AdminFactory()):
        assert api.get(path, user=user).status_code == 200
    assert api.delete(path, user=role_of(event, "coorganizer")).status_code == 200


def test_all_marks_are_for_staff(api: ApiClient) -> None:
    mark = UserFavouriteSessionFactory()
    assert api.get(PATH).status_code == 401
    assert api.get(PATH, user=mark.user).status_code == 403
    assert ids(api.get(PATH, user=AdminFactory())) == [str(mark.id)]


def test_sessions_are_sorted_by_how_often_they_were_marked(api: ApiClient) -> None:
    event = EventFactoryBasic()
    sessions = [SessionFactory(event=event) for _ in range(3)]
    for session, number in zip(sessions, (1, 3, 2), strict=True):
        for _ in range(number):
            UserFavouriteSessionFactory(session=session)
    order = ids(api.get(f"/v1/events/{event.id}/sessions?sort=-favourite-count,id"))
    assert order == [str(sessions[place].id) for place in (1, 2, 0)]


@pytest.mark.parametrize(
    "path",
    ["/v1/sessions/{session}/favourites?include=user", "/v1/events/{event}/sessions?include=favourite,favourites.user"],
)
def test_forty_marks_cost_as_many_statements_as_one(api: ApiClient, path: str) -> None:
    counts = []
    for number in (1, 40):
        session = SessionFactory()
        for _ in range(number):
            UserFavouriteSessionFactory(session=session, user=UserFactory(is_profile_public=True))
        address, reader = path.format(session=session.id, event=session.event_id), UserFactory()
        with statements_sent() as sent:
            assert len(api.get(f"{address}&page[size]=0", user=reader).json["included"]) >= number
        counts.append(len(sent))
    assert counts[0] == counts[1]
