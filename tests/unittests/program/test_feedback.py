"""Ratings of events by anybody, and of sessions by those who review them."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.program.models import Feedback
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.program import FeedbackFactory, SessionFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

BOTH = "Only one relationship between event and session is allowed"
NEITHER = "A valid relationship with event and session is required"


def new(user: Any, *, rating: object = 4, **rated: Any) -> Any:
    """A document of a new rating by that user."""
    linked = {name: linkage(name, row) for name, row in rated.items()}
    return document("feedback", relationships={"user": linkage("user", user), **linked}, rating=rating, comment="Good")


def ids(response: Any) -> list[str]:
    """The ids of a list's primary data."""
    assert response.status_code == 200, response.json
    return [each["id"] for each in response.json["data"]]


def test_anybody_with_an_account_rates_an_event_and_everybody_reads_it(api: ApiClient) -> None:
    event, user = EventFactoryBasic(), UserFactory(is_profile_public=True)
    assert api.post("/v1/feedbacks", new(user, event=event)).status_code == 401
    made = api.post("/v1/feedbacks", new(user, event=event, rating=4.567), user=user)
    assert made.status_code == 201
    assert made.json["data"]["attributes"] == {"rating": 4.57, "comment": "Good", "deleted-at": None}
    listed = api.get(f"/v1/events/{event.identifier}/feedbacks?include=user")
    assert ids(listed) == [made.json["data"]["id"]]
    assert listed.json["data"][0]["attributes"]["rating"] == 4.57
    author = listed.json["included"][0]["attributes"]
    assert "email" not in author


def test_author_is_the_caller_where_none_is_named(api: ApiClient) -> None:
    event, user = EventFactoryBasic(), UserFactory()
    sent = document("feedback", relationships={"event": linkage("event", event)}, rating=1)
    assert api.post("/v1/feedbacks", sent, user=user).status_code == 201
    assert db.session.query(Feedback).one().user_id == user.id


def test_author_is_the_caller_or_named_by_staff(api: ApiClient) -> None:
    event, user = EventFactoryBasic(), UserFactory()
    refused = api.post("/v1/feedbacks", new(user, event=event), user=UserFactory())
    assert refused.status_code == 404
    assert refused.json["errors"][0]["detail"] == f"User: {user.id} doesn't match auth key"
    assert refused.json["errors"][0]["source"] == {"parameter": "user_id"}
    assert api.post("/v1/feedbacks", new(user, event=event), user=AdminFactory()).status_code == 201


@pytest.mark.parametrize("rating", [None, 0, 0.999, 5.004, 6, "good", "NaN", True])
def test_rating_lies_between_one_and_five(api: ApiClient, rating: object) -> None:
    user, feedback = UserFactory(), FeedbackFactory(session=None, event=EventFactoryBasic())
    for refused in (
        api.post("/v1/feedbacks", new(user, event=EventFactoryBasic(), rating=rating), user=user),
        api.patch(f"/v1/feedbacks/{feedback.id}", document("feedback", feedback.id, rating=rating), user=feedback.user),
    ):
        assert refused.status_code == 422
        assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/rating"}


def test_exactly_one_of_event_and_session_is_rated(api: ApiClient) -> None:
    session = SessionFactory()
    user = role_of(session.event, "coorganizer")
    for sent, detail in ((new(user, event=session.event, session=session), BOTH), (new(user), NEITHER)):
        refused = api.post("/v1/feedbacks", sent, user=user)
        assert (refused.status_code, refused.json["errors"][0]["detail"]) == (422, detail)


def test_sessions_are_rated_by_their_team_alone(api: ApiClient) -> None:
    session = SessionFactory()
    for user in (UserFactory(), role_of(session.event, "moderator")):
        refused = api.post("/v1/feedbacks", new(user, session=session), user=user)
        assert refused.status_code == 403
        assert refused.json["errors"][0]["detail"] == "Event co-organizer access required"
    for role in ("coorganizer", "organizer", "owner"):
        user = role_of(session.event, role)
        assert api.post("/v1/feedbacks", new(user, session=session), user=user).status_code == 201


def test_what_cannot_be_read_cannot_be_rated(api: ApiClient) -> None:
    user = UserFactory()
    assert api.post("/v1/feedbacks", new(user, event=EventFactoryBasic(state="draft")), user=user).status_code == 404
    assert api.post("/v1/feedbacks", new(user, session=SessionFactory(state="draft")), user=user).status_code == 404


def test_everybody_rates_once(api: ApiClient) -> None:
    session = SessionFactory()
    user = role_of(session.event, "coorganizer")
    for rated in ({"session": session}, {"event": session.event}):
        assert api.post("/v1/feedbacks", new(user, **rated), user=user).status_code == 201
        refused = api.post("/v1/feedbacks", new(user, **rated), user=user)
        assert refused.status_code == 409
        assert refused.json["errors"][0]["source"] == {"pointer": f"/data/relationships/{next(iter(rated))}"}
    other = role_of(session.event, "coorganizer")
    assert api.post("/v1/feedbacks", new(other, session=session), user=other).status_code == 201


@pytest.fixture
def review() -> Any:
    """A rating of an accepted session by one of its team."""
    session = SessionFactory()
    return FeedbackFactory(session=session, user=role_of(session.event, "coorganizer"), comment="Secret")


@pytest.mark.parametrize("kind", ["anonymous", "stranger", "moderator", "creator"])
def test_reviews_are_hidden_on_every_path_from_who_is_not_on_the_team(api: ApiClient, review: Any, kind: str) -> None:
    session, event = review.session, review.session.event
    user = (
        {"anonymous": None, "stranger": UserFactory(), "creator": UserFactory()}.get(kind)
        if kind != "moderator"
        else role_of(event, kind)
    )
    if kind == "creator":
        session.creator = user
    assert api.get(f"/v1/feedbacks/{review.id}", user=user).status_code == 404
    assert ids(api.get(f"/v1/sessions/{session.id}/feedbacks", user=user)) == []
    linked = api.get(f"/v1/sessions/{session.id}/relationships/feedbacks", user=user)
    assert linked.json["data"] == []
    for path in (f"/v1/sessions/{session.id}", f"/v1/events/{event.id}/sessions"):
        included = api.get(path, query={"include": "feedbacks"}, user=user)
        assert included.json["included"] == []
    guess = [{"name": "feedbacks", "op": "any", "val": {"name": "comment", "op": "eq", "val": "Secret"}}]
    assert ids(api.get(f"/v1/events/{event.id}/sessions", query={"filter": guess}, user=user)) == []
    refused = api.get(f"/v1/users/{review.user_id}/feedbacks", user=user)
    assert refused.status_code == (401 if user is None else 403)
    change = document("feedback", review.id, rating=1)
    assert api.patch(f"/v1/feedbacks/{review.id}", change, user=user).status_code in (401, 404)
    assert api.delete(f"/v1/feedbacks/{review.id}", user=user).status_code in (401, 404)


def test_reviews_are_read_by_the_team_and_their_author(api: ApiClient, review: Any) -> None:
    session = review.session
    for user in (role_of(session.event, "coorganizer"), role_of(session.event, "owner"), review.user, AdminFactory()):
        assert api.get(f"/v1/feedbacks/{review.id}", user=user).status_code == 200
        assert ids(api.get(f"/v1/sessions/{session.id}/feedbacks", user=user)) == [str(review.id)]
        listed = api.get(f"/v1/events/{session.event_id}/sessions", query={"include": "feedbacks"}, user=user)
        assert [each["id"] for each in listed.json["included"]] == [str(review.id)]
    own = {
        "include": "session",
        "filter": [
            {
                "name": "session",
                "op": "has",
                "val": {
                    "name": "event",
                    "op": "has",
                    "val": {"name": "identifier", "op": "eq", "val": session.event.identifier},
                },
            }
        ],
    }
    assert ids(api.get(f"/v1/users/{review.user_id}/feedbacks", query=own, user=review.user)) == [str(review.id)]


def test_reviews_are_changed_by_their_author_while_on_the_team(api: ApiClient, review: Any) -> None:
    path, change = f"/v1/feedbacks/{review.id}", document("feedback", review.id, rating=2)
    for user in (role_of(review.session.event, "owner"), AdminFactory()):
        assert api.patch(path, change, user=user).status_code == 403
    assert api.patch(path, change, user=review.user).status_code == 200
    assert review.session.average_rating == 2
    former = FeedbackFactory(session=review.session)
    assert (
        api.patch(f"/v1/feedbacks/{former.id}", document("feedback", former.id, rating=2), user=former.user).status_code
        == 403
    )
    assert api.delete(f"/v1/feedbacks/{former.id}", user=former.user).status_code == 200


def test_ratings_of_events_are_changed_by_their_author_and_staff(api: ApiClient) -> None:
    feedback = FeedbackFactory(session=None, event=EventFactoryBasic())
    path = f"/v1/feedbacks/{feedback.id}"
    assert (
        api.patch(path, document("feedback", feedback.id, rating=1), user=role_of(feedback.event, "owner")).status_code
        == 403
    )
    for rating, user in ((2, feedback.user), (3, AdminFactory())):
        changed = api.patch(path, document("feedback", feedback.id, rating=rating), user=user)
        assert changed.json["data"]["attributes"]["rating"] == rating
    moved = document(
        "feedback", feedback.id, relationships={"event": linkage("event", EventFactoryBasic())}, comment=None
    )
    assert api.patch(path, moved, user=feedback.user).json["data"]["attributes"]["comment"] is None
    assert api.get(f"/v1/events/{feedback.event_id}/feedbacks").json["meta"]["count"] == 1


def test_ratings_are_deleted_for_good_and_the_average_follows(api: ApiClient, review: Any) -> None:
    session, id_, author = review.session, review.id, review.user
    FeedbackFactory(session=session, rating=1)
    db.session.commit()
    assert (session.average_rating, session.rating_count) == (2.5, 2)
    version = session.version
    assert api.delete(f"/v1/feedbacks/{id_}", user=author).status_code == 200
    assert db.session.query(Feedback).filter_by(id=id_).count() == 0
    assert (session.average_rating, session.rating_count) == (1, 1)
    assert session.version > version
    again = api.post("/v1/feedbacks", new(author, session=session), user=author)
    assert again.status_code == 201


def test_author_without_public_profile_is_told_to_the_team_alone(api: ApiClient) -> None:
    feedback = FeedbackFactory(session=None, event=EventFactoryBasic())
    path = f"/v1/feedbacks/{feedback.id}"
    for user in (None, UserFactory()):
        assert "user" not in api.get(path, user=user).json["data"]["relationships"]
        assert api.get(f"{path}/user", user=user).status_code in (401, 403)
        listed = api.get(f"/v1/events/{feedback.event_id}/feedbacks?include=user", user=user)
        assert listed.json["included"] == []
    for user in (feedback.user, role_of(feedback.event, "coorganizer"), AdminFactory()):
        assert api.get(f"{path}/user", user=user).json["data"]["id"] == str(feedback.user_id)


def test_ratings_of_drafts_are_hidden_with_them(api: ApiClient) -> None:
    feedback = FeedbackFactory(session=None, event=EventFactoryBasic())
    feedback.event.state = "draft"
    assert api.get(f"/v1/feedbacks/{feedback.id}").status_code == 404
    assert api.get(f"/v1/feedbacks/{feedback.id}", user=role_of(feedback.event, "owner")).status_code == 200


@pytest.mark.parametrize("path", ["/v1/sessions/{session}/feedbacks", "/v1/events/{event}/sessions"])
def test_forty_ratings_cost_as_many_statements_as_one(api: ApiClient, path: str) -> None:
    counts = []
    for number in (1, 40):
        session = SessionFactory()
        for _ in range(number):
            FeedbackFactory(session=session)
        user = UserFactory()
        give_role(user, session.event, "coorganizer")
        address = path.format(session=session.id, event=session.event_id)
        include = "user,session" if "feedbacks" in path else "feedbacks,feedbacks.user"
        with statements_sent() as sent:
            answer = api.get(address, query={"include": include, "page[size]": "0"}, user=user)
        assert len(answer.json["included"]) >= number
        counts.append(len(sent))
    assert counts[0] == counts[1]
