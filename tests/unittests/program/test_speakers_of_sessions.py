"""Who brings whom into a session, from the speaker's side and from the session's."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.program.models import Session, Speaker
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import SessionFactory, SpeakerFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import calling_event, event_with_speakers, first_error, speaker_document
from tests.unittests.program.hours import times
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

LOCKED = (403, "Locked sessions cannot be edited", "/data/attributes/is-locked")


def linked(sessions: list[Any]) -> Any:
    """The body of a relationship request for these sessions."""
    return {"data": [linkage("session", each) for each in sessions]}


def sessions_of(speaker: Any) -> list[int]:
    """The ids of the sessions a speaker is in."""
    return [session.id for session in db.session.get_one(Speaker, speaker.id).sessions]


def test_speaker_is_made_with_sessions_of_their_own(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    own = [SessionFactory(event=event, creator=user, state="draft") for _ in range(2)]
    response = api.post("/v1/speakers", speaker_document(event, own), user=user)
    assert response.status_code == 201, response.json
    assert sessions_of(db.session.query(Speaker).one()) == [each.id for each in own]


@pytest.mark.parametrize("state", ["accepted", "pending"])
def test_speaker_does_not_come_into_the_session_of_somebody_else(api: ApiClient, state: str) -> None:
    event, user = calling_event(), UserFactory()
    theirs = SessionFactory(event=event, creator=UserFactory(), state=state)
    parameter = "session_id" if state == "accepted" else "sessions_id"
    refused = (404, f"Session: {theirs.id} not found", parameter)
    assert first_error(api.post("/v1/speakers", speaker_document(event, [theirs]), user=user)) == refused
    speaker = SpeakerFactory(event=event, user=user, sessions=[SessionFactory(event=event)])
    path, body = f"/v1/speakers/{speaker.id}", linked([theirs])
    change = document("speaker", speaker.id, relationships={"sessions": body["data"]})
    for answer in (
        api.patch(path, change, user=user),
        api.patch(f"{path}/relationships/sessions", body, user=user),
        api.post(f"{path}/relationships/sessions", body, user=user),
    ):
        assert first_error(answer) == refused
    assert theirs.id not in sessions_of(speaker)


def test_speaker_of_a_session_brings_no_second_profile_into_it(api: ApiClient) -> None:
    event, user = event_with_speakers(), UserFactory()
    session = SessionFactory(event=event, creator=UserFactory())
    SpeakerFactory(event=event, user=user, sessions=[session])
    second = SpeakerFactory(event=event, user=user)
    answer = api.post(f"/v1/speakers/{second.id}/relationships/sessions", linked([session]), user=user)
    assert first_error(answer)[0] == 404


def test_sessions_and_speakers_of_two_events_do_not_meet(api: ApiClient) -> None:
    event, admin = event_with_speakers(), AdminFactory()
    foreign, speaker = SessionFactory(), SpeakerFactory(event=event)
    refused = (422, "/data/relationships/sessions")
    for answer in (
        api.post("/v1/speakers", speaker_document(event, [foreign]), user=admin),
        api.post(f"/v1/speakers/{speaker.id}/relationships/sessions", linked([foreign]), user=admin),
    ):
        status, _, pointer = first_error(answer)
        assert (status, pointer) == refused


def test_team_puts_anybody_into_any_session_of_the_event(api: ApiClient) -> None:
    event = event_with_speakers()
    speaker, session = SpeakerFactory(event=event), SessionFactory(event=event, creator=UserFactory(), state="pending")
    path = f"/v1/speakers/{speaker.id}/relationships/sessions"
    answer = api.post(path, linked([session]), user=role_of(event, "coorganizer"))
    assert answer.status_code == 200, answer.json
    assert sessions_of(speaker) == [session.id]
    outsider = role_of(event_with_speakers(), "owner")
    assert api.post(path, linked([session]), user=outsider).status_code == 404


def test_creator_of_a_session_brings_themselves_and_nobody_else(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    own = SpeakerFactory(event=event, user=user)
    other = SpeakerFactory(event=event, sessions=[SessionFactory(event=event)])
    session = SessionFactory(event=event, creator=user, state="pending")
    path = f"/v1/sessions/{session.id}"
    for speakers, status in (([other], 403), ([own, other], 403), ([own], 200)):
        change = document("session", session.id, relationships={"speakers": [linkage("speaker", x) for x in speakers]})
        assert api.patch(path, change, user=user).status_code == status
    assert [each.id for each in db.session.get_one(Session, session.id).speakers] == [own.id]


def test_speaker_leaves_a_session_and_sessions_that_are_deleted_stay_linked(api: ApiClient) -> None:
    event, user = event_with_speakers(), UserFactory()
    left, kept = SessionFactory(event=event), SessionFactory(event=event)
    gone = SessionFactory(event=event, deleted_at=in_days(-1))
    speaker = SpeakerFactory(event=event, user=user, sessions=[left, kept, gone])
    change = document("speaker", speaker.id, relationships={"sessions": [linkage("session", kept)]})
    assert api.patch(f"/v1/speakers/{speaker.id}", change, user=user).status_code == 200
    assert sessions_of(speaker) == [kept.id, gone.id]


def test_nobody_but_organizers_joins_or_leaves_a_locked_session(api: ApiClient) -> None:
    event, user = event_with_speakers(), UserFactory()
    locked = SessionFactory(event=event, creator=user, is_locked=True)
    inside, outside = SpeakerFactory(event=event, user=user, sessions=[locked]), SpeakerFactory(event=event, user=user)
    coorganizer, organizer = role_of(event, "coorganizer"), role_of(event, "organizer")
    for asking in (user, coorganizer):
        leaving = api.delete(f"/v1/speakers/{inside.id}/relationships/sessions", linked([locked]), user=asking)
        joining = api.post(f"/v1/speakers/{outside.id}/relationships/sessions", linked([locked]), user=asking)
        assert first_error(leaving) == first_error(joining) == LOCKED
        # What stays as it is may be sent again with everything else.
        same = document("speaker", inside.id, relationships=linked_as_relationship([locked]), name="Grace")
        assert api.patch(f"/v1/speakers/{inside.id}", same, user=asking).status_code == 200
    for speaker, method in ((inside, "DELETE"), (outside, "POST")):
        path = f"/v1/speakers/{speaker.id}/relationships/sessions"
        assert api.request(method, path, json_body=linked([locked]), user=organizer).status_code == 200


def test_speaker_leaves_a_locked_session_by_being_deleted_no_more_than_otherwise(api: ApiClient) -> None:
    event, user = event_with_speakers(), UserFactory()
    locked = SessionFactory(event=event, is_locked=True)
    gone = SessionFactory(event=event, is_locked=True, deleted_at=event.starts_at)
    inside, outside = (SpeakerFactory(event=event, user=user, sessions=[each]) for each in (locked, gone))
    for asking in (user, role_of(event, "coorganizer")):
        assert first_error(api.delete(f"/v1/speakers/{inside.id}", user=asking)) == LOCKED
    assert api.delete(f"/v1/speakers/{outside.id}", user=user).status_code == 200
    assert api.delete(f"/v1/speakers/{inside.id}", user=role_of(event, "organizer")).status_code == 200


def linked_as_relationship(sessions: list[Any]) -> dict[str, Any]:
    """The same for a document."""
    return {"sessions": [linkage("session", each) for each in sessions]}


def test_speaker_is_not_in_two_places_at_one_time(api: ApiClient) -> None:
    event, user = event_with_speakers(), UserFactory()
    taken = SessionFactory(event=event, **times(event, 10, 11))
    wanted = SessionFactory(event=event, creator=user, title="Engines", **times(event, 10.5, 12))
    speaker = SpeakerFactory(event=event, user=user, sessions=[taken])
    answer = api.post(f"/v1/speakers/{speaker.id}/relationships/sessions", linked([wanted]), user=user)
    status, detail, _ = first_error(answer)
    assert (status, str(taken.id) in detail) == (409, True), detail
    assert sessions_of(speaker) == [taken.id]


def test_linkage_costs_the_same_whatever_its_length(api: ApiClient) -> None:
    costs = []
    for count in (2, 9):
        event, user = event_with_speakers(), UserFactory()
        sessions = [SessionFactory(event=event, creator=user) for _ in range(count)]
        speaker = SpeakerFactory(event=event, user=user, sessions=sessions[:-1])
        change = document("speaker", speaker.id, relationships=linked_as_relationship(sessions))
        with statements_sent() as sent:
            assert api.patch(f"/v1/speakers/{speaker.id}", change, user=user).status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]
