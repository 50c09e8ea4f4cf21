"""Who sees which sessions, whichever way they come to them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.extensions import db
from app.program.models import PUBLIC_STATES, STATES
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic, give_role, in_days
from tests.unittests.factories.program import (
    MicrolocationFactory,
    SessionFactory,
    SessionTypeFactory,
    SpeakerFactory,
    SpeakerInviteFactory,
    TrackFactory,
)
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

PUBLIC = set(PUBLIC_STATES)


def one_of_each(**facts: Any) -> dict[str, Any]:
    """A session in each state, of one event, created by the same user."""
    facts = {"event": EventFactoryBasic(is_sessions_speakers_enabled=True), **facts}
    return {state: SessionFactory(state=state, **facts) for state in STATES}


def reader(kind: str, sessions: dict[str, Any]) -> Any:
    """Somebody who stands so to these sessions."""
    some = sessions["draft"]
    if kind in ("coorganizer", "track_organizer", "moderator", "registrar"):
        return role_of(some.event, kind)
    if kind == "creator":
        return some.creator
    made = AdminFactory() if kind == "admin" else UserFactory(is_verified=kind != "unproven address")
    if kind == "speaker":
        SpeakerFactory(event=some.event, user=made, sessions=list(sessions.values()))
    elif kind in ("proven address", "unproven address"):
        SpeakerFactory(event=some.event, email=made.email.upper(), sessions=list(sessions.values()))
    elif kind == "invited":
        for session in sessions.values():
            SpeakerInviteFactory(session=session, email=made.email)
    return None if kind == "anonymous" else made


SEES_ALL = ("creator", "speaker", "proven address", "invited", "registrar", "track_organizer", "coorganizer", "admin")


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/events/{event}/sessions"])
@pytest.mark.parametrize(
    ("kind", "seen"),
    [(kind, set(STATES)) for kind in SEES_ALL]
    + [(kind, PUBLIC) for kind in ("anonymous", "somebody else", "unproven address")],
)
def test_lists_and_details_show_the_same_sessions(api: ApiClient, path: str, kind: str, seen: set[str]) -> None:
    sessions = one_of_each(creator=UserFactory())
    user = reader(kind, sessions)
    db.session.commit()
    answer = api.get(path.format(event=sessions["draft"].event.identifier), user=user)
    assert {item["attributes"]["state"] for item in answer.json["data"]} == seen
    assert answer.json["meta"]["count"] == len(seen)
    for state, session in sessions.items():
        detail = api.get(f"/v1/sessions/{session.id}", user=user)
        assert (detail.status_code == 200) == (state in seen), state
        if state not in seen:
            assert detail.json["errors"][0]["detail"] == f"Session: {session.id} not found"


def test_sessions_of_a_draft_are_hidden_with_it_also_from_their_creator(api: ApiClient) -> None:
    session = SessionFactory(event=EventFactoryBasic(state="draft"), creator=UserFactory())
    for user in (None, session.creator):
        assert api.get(f"/v1/sessions/{session.id}", user=user).status_code == 404
        assert api.get("/v1/sessions", user=user).json["data"] == []
        assert (
            api.patch(f"/v1/sessions/{session.id}", document("session", session.id), user=session.creator).status_code
            == 404
        )


def test_list_of_all_sessions_is_without_those_of_private_events(api: ApiClient) -> None:
    session = SessionFactory(event=EventFactoryBasic(privacy="private"), creator=UserFactory())
    helper = role_of(session.event, "registrar")
    assert api.get("/v1/sessions").json["data"] == []
    assert len(api.get(f"/v1/events/{session.event.identifier}/sessions").json["data"]) == 1
    for user in (session.creator, helper):
        assert len(api.get("/v1/sessions", user=user).json["data"]) == 1


# What of a session is shown


def shown(api: ApiClient, session: Any, user: Any) -> dict[str, Any]:
    """The attributes of a session as somebody reads them."""
    attributes: dict[str, Any] = api.get(f"/v1/sessions/{session.id}", user=user).json["data"]["attributes"]
    return attributes


def test_notes_ratings_and_further_answers_are_not_for_everybody(api: ApiClient) -> None:
    session = SessionFactory(
        creator=UserFactory(),
        comments="Needs a projector",
        average_rating=Decimal("4.50"),
        rating_count=2,
        complex_field_values={"mood": "calm", "phone": "+49 30 1"},
        public_field_values={"mood": "calm"},
    )
    for_insiders, for_the_team = {"comments", "is-mail-sent"}, {"average-rating", "rating-count"}
    for user, seen in (
        (None, set()),
        (UserFactory(), set()),
        (session.creator, for_insiders),
        (role_of(session.event, "registrar"), for_insiders),
        (role_of(session.event, "coorganizer"), for_insiders | for_the_team),
        (AdminFactory(), for_insiders | for_the_team),
    ):
        attributes = shown(api, session, user)
        assert attributes.keys() & (for_insiders | for_the_team) == seen
        assert ("phone" in attributes["complex-field-values"]) == bool(seen)
        assert attributes["complex-field-values"]["mood"] == "calm"
        (listed,) = api.get("/v1/sessions", user=user).json["data"]
        assert listed["attributes"] == attributes


@pytest.mark.parametrize(
    "query",
    [
        {"filter": [{"name": "comments", "op": "ilike", "val": "%projector%"}]},
        {"filter": [{"name": "average-rating", "op": "gt", "val": 4}]},
        {"filter": [{"name": "creator", "op": "has", "val": {"name": "first-name", "op": "eq", "val": "Grace"}}]},
    ],
)
def test_filters_do_not_tell_what_is_not_shown(api: ApiClient, query: dict[str, Any]) -> None:
    session = SessionFactory(
        creator=UserFactory(first_name="Grace"), comments="A projector", average_rating=Decimal("4.50")
    )
    assert api.get("/v1/sessions", query=query).json["data"] == []
    helper = role_of(session.event, "coorganizer")
    assert len(api.get("/v1/sessions", query=query, user=helper).json["data"]) == 1


def test_who_made_a_session_is_told_to_insiders_without_the_address(api: ApiClient) -> None:
    session = SessionFactory(creator=UserFactory(email="grace@example.com", first_name="Grace"))
    path = f"/v1/sessions/{session.id}"
    for user in (None, UserFactory()):
        assert "creator" not in api.get(path, user=user).json["data"]["relationships"]
        for address in (f"{path}/creator", f"{path}/relationships/creator"):
            assert api.get(address, user=user).status_code in (401, 403)
        assert "grace@example.com" not in api.get(f"{path}?include=creator", user=user).get_data(as_text=True)
    helper = role_of(session.event, "registrar")
    answer = api.get(f"{path}?include=creator", user=helper)
    assert answer.json["included"][0]["attributes"]["first-name"] == "Grace"
    assert "grace@example.com" not in answer.get_data(as_text=True)


# Of users


def titles(answer: Any) -> set[str]:
    """The titles of the sessions in an answer."""
    assert answer.status_code == 200, answer.json
    return {item["attributes"]["title"] for item in answer.json["data"]}


def test_sessions_of_a_user_are_those_they_made_or_speak_in(api: ApiClient) -> None:
    user, event = UserFactory(email="ada@example.com"), EventFactoryBasic()
    SessionFactory(event=event, title="made", creator=user, state="draft")
    spoken = [SessionFactory(event=event, title=f"by {way}") for way in ("account", "address")]
    SpeakerFactory(event=event, user=user, sessions=spoken[:1])
    SpeakerFactory(event=event, email="ADA@example.com", sessions=spoken)
    SessionFactory(event=event, title="of somebody else")
    other = SessionFactory(title="elsewhere", creator=user)
    path, expected = f"/v1/users/{user.id}/sessions", {"made", "by account", "by address", "elsewhere"}
    assert titles(api.get(path, user=user)) == expected
    assert titles(api.get(path, user=AdminFactory())) == expected
    # A team sees those of its own event.
    assert titles(api.get(path, user=role_of(event, "coorganizer"))) == expected - {"elsewhere"}
    assert titles(api.get(path, user=role_of(other.event, "owner"))) == {"elsewhere"}
    assert api.get(path, user=UserFactory()).status_code == 403
    assert api.get(path, user=role_of(event, "registrar")).status_code == 403
    assert api.get(path).status_code == 401


def test_list_of_a_user_with_its_events_as_the_client_asks_for_it(api: ApiClient) -> None:
    user = UserFactory()
    session = SessionFactory(creator=user, state="pending")
    answer = api.get(f"/v1/users/{user.id}/sessions", user=user, query={"include": "event", "sort": "event.starts-at"})
    (item,) = answer.json["data"]
    assert item["relationships"]["event"]["data"] == {"type": "event", "id": str(session.event_id)}
    assert answer.json["included"][0]["type"] == "event"


def test_deleted_sessions_are_listed_to_staff_who_ask(api: ApiClient) -> None:
    session = SessionFactory(deleted_at=in_days(0), creator=UserFactory())
    path, asking = "/v1/sessions", {"get_trashed": "true"}
    for user, count in ((None, 0), (session.creator, 0), (AdminFactory(), 1)):
        assert len(api.get(path, user=user, query=asking).json["data"]) == count
        assert api.get(path, user=user).json["data"] == []


# What a list costs


@pytest.mark.parametrize("include", ["", "event,speakers,track,microlocation,session-type,creator"])
def test_list_takes_as_many_statements_for_forty_sessions_as_for_one(api: ApiClient, include: str) -> None:
    helper, used = UserFactory(), []
    api.get("/v1/sessions", user=helper)  # When somebody was last seen is noted once in a while.
    for number in (1, 40):
        event = EventFactoryBasic()
        give_role(helper, event, "coorganizer")
        for _ in range(number):
            SessionFactory(
                event=event,
                creator=UserFactory(),
                speakers=SpeakerFactory.create_batch(2, event=event),
                track=TrackFactory(event=event),
                microlocation=MicrolocationFactory(event=event),
                session_type=SessionTypeFactory(event=event),
            )
        db.session.commit()
        for user in (None, helper):
            query = {"include": include, "page[size]": "0"}
            with statements_sent() as sent:
                answer = api.get(f"/v1/events/{event.identifier}/sessions", user=user, query=query)
            assert answer.json["meta"]["count"] == number
            used.append(len(sent))
    assert used[:2] == used[2:], used
