"""Changing sessions: states, locks, times, and what they are linked with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from app.extensions import db
from app.program.models import STATES, Session
from app.program.sessions.states import DECIDER, SPEAKER
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.program import MicrolocationFactory, SessionFactory, SpeakerFactory, TrackFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.hours import Slot, hour, times
from tests.unittests.program.sessions import change, conference, fault
from tests.unittests.ranks import role_of


@pytest.fixture
def event(api: ApiClient) -> Any:
    """A conference."""
    return conference()


@pytest.mark.parametrize(
    ("kind", "moves"),
    [
        ("organizer", DECIDER),
        ("owner", DECIDER),
        ("admin", DECIDER),
        ("coorganizer", SPEAKER),
        ("creator", SPEAKER),
        ("speaker", SPEAKER),
    ],
)
@pytest.mark.parametrize("state", STATES)
def test_states_move_by_the_map_of_whoever_moves_them(
    api: ApiClient, event: Any, kind: str, moves: Any, state: str
) -> None:
    creator = UserFactory()
    user = {"admin": AdminFactory, "creator": lambda: creator, "speaker": UserFactory}.get(
        kind, lambda: role_of(event, kind)
    )()
    for to in STATES:
        # Also after the session is over, when the original looked away.
        session = SessionFactory(event=event, state=state, creator=creator)
        if kind == "speaker":
            SpeakerFactory(event=event, user=user, sessions=[session], email=f"{to}@example.com")
        answer = change(api, session, user, state=to)
        if to == state or to in moves[state]:
            assert answer.json["data"]["attributes"]["state"] == to, (state, to)
        else:
            assert fault(answer) == (409, "/data/attributes/state")
            (error,) = answer.json["errors"]
            assert f'from "{state}" to "{to}"' in error["detail"]
            assert (error["source"]["from"], error["source"]["to"]) == (state, to)
            assert error["source"]["allowed"] == list(moves[state])
            assert all(name in error["detail"] for name in moves[state])


def test_handing_in_a_draft_is_noted(api: ApiClient, event: Any) -> None:
    session = SessionFactory(event=event, state="draft", creator=UserFactory())
    before = session.last_modified_at
    assert change(api, session, session.creator, state="pending").status_code == 200
    assert session.submitted_at is not None
    assert session.last_modified_at > before


@pytest.mark.parametrize("kind", ["stranger", "moderator", "registrar"])
def test_others_do_not_change_sessions(api: ApiClient, event: Any, kind: str) -> None:
    user = UserFactory() if kind == "stranger" else role_of(event, kind)
    session = SessionFactory(event=event)
    assert change(api, session, user, title="Mine").status_code == 403
    assert api.delete(f"/v1/sessions/{session.id}", user=user).status_code == 403
    assert change(api, session, None, title="Mine").status_code == 401
    hidden = SessionFactory(event=event, state="draft")
    expected = 404 if kind == "stranger" else 403
    assert change(api, hidden, user, title="Mine").status_code == expected


def test_unknown_session_is_not_found(api: ApiClient) -> None:
    assert api.patch("/v1/sessions/99", document("session", 99), user=UserFactory()).status_code == 404


@pytest.mark.parametrize("kind", ["creator", "coorganizer"])
def test_locked_session_is_the_organizers_alone(api: ApiClient, event: Any, kind: str) -> None:
    session = SessionFactory(event=event, creator=UserFactory(), is_locked=True)
    user = session.creator if kind == "creator" else role_of(event, kind)
    answer = change(api, session, user, title="Other", is_locked=False)
    assert fault(answer) == (403, "/data/attributes/is-locked")
    assert answer.json["errors"][0]["detail"] == "Locked sessions cannot be edited"
    assert fault(api.delete(f"/v1/sessions/{session.id}", user=user)) == (403, "/data/attributes/is-locked")
    linked = api.patch(f"/v1/sessions/{session.id}/relationships/track", {"data": None}, user=user)
    assert fault(linked) == (403, "/data/attributes/is-locked")
    organizer = role_of(event, "organizer")
    assert change(api, session, organizer, title="Other", is_locked=False).status_code == 200
    assert (session.title, session.is_locked) == ("Other", False)
    # Who may not lock sends the lock nevertheless, as clients do.
    assert change(api, session, user, title="Third", is_locked=True).status_code == 200
    assert (session.title, session.is_locked) == ("Third", False)


def test_session_stays_with_its_event(api: ApiClient, event: Any) -> None:
    session, other = SessionFactory(event=event), conference()
    owner = role_of(event, "owner")
    relationships = {"event": linkage("event", other)}
    assert change(api, session, owner, title="New", relationships=relationships).status_code == 200
    assert (session.title, session.event_id) == ("New", event.id)
    path = f"/v1/sessions/{session.id}/relationships/event"
    assert api.patch(path, {"data": linkage("event", other)}, user=owner).status_code == 405


def test_client_that_sends_everything_back_changes_nothing(api: ApiClient, event: Any) -> None:
    session = SessionFactory(event=event, creator=UserFactory(), **times(event, 1, 2))
    before = session.version, session.last_modified_at
    shown = api.get(f"/v1/sessions/{session.id}", user=session.creator).json["data"]
    sent = {"data": {name: shown[name] for name in ("type", "id", "attributes")}}
    answer = api.patch(f"/v1/sessions/{session.id}", sent, user=session.creator)
    assert answer.status_code == 200
    assert (session.version, session.last_modified_at) == before


def test_proposers_do_not_schedule(api: ApiClient, event: Any, slot: Slot) -> None:
    session = slot(event, 1, 2, creator=UserFactory())
    room = MicrolocationFactory(event=event)
    sent = {"starts_at": hour(event, 5).isoformat(), "ends_at": hour(event, 6).isoformat()}
    linked = {"microlocation": linkage("microlocation", room)}
    assert change(api, session, session.creator, title="New", relationships=linked, **sent).status_code == 200
    assert (session.title, session.starts_at, session.microlocation_id) == ("New", hour(event, 1), None)
    path = f"/v1/sessions/{session.id}/relationships/microlocation"
    assert api.patch(path, {"data": linked["microlocation"]}, user=session.creator).status_code == 403


def moved(session: Any, start: float, end: float, room: Any) -> dict[str, Any]:
    """What the scheduler sends to move a session."""
    linked = linkage("microlocation", room) if room is not None else None
    span = {name: moment.isoformat() for name, moment in times(session.event, start, end).items()}
    return {**span, "relationships": {"microlocation": linked}}


def test_scheduler_moves_a_session_by_a_partial_change(api: ApiClient, event: Any) -> None:
    session, room = SessionFactory(event=event, title="Knots"), MicrolocationFactory(event=event)
    user = role_of(event, "coorganizer")
    assert change(api, session, user, **moved(session, 1, 2, room)).status_code == 200
    assert (session.starts_at, session.ends_at) == (hour(event, 1), hour(event, 2))
    assert (session.microlocation_id, session.title, session.state) == (room.id, "Knots", "accepted")
    answer = change(api, session, user, starts_at=None, ends_at=None, relationships={"microlocation": None})
    assert answer.status_code == 200
    assert (session.starts_at, session.ends_at, session.microlocation_id) == (None, None, None)


def test_room_that_is_taken_is_refused_naming_the_other_session(api: ApiClient, event: Any, slot: Slot) -> None:
    room, user = MicrolocationFactory(event=event, name="Hall"), role_of(event, "coorganizer")
    first = slot(event, 1, 3, microlocation=room, title="First")
    second = SessionFactory(event=event)
    answer = change(api, second, user, **moved(second, 2, 4, room))
    assert fault(answer) == (409, "/data/relationships/microlocation")
    (error,) = answer.json["errors"]
    assert error["source"]["session"] == str(first.id)
    assert '"First"' in error["detail"]
    assert second.starts_at is None
    assert change(api, second, user, **moved(second, 3, 4, room)).status_code == 200
    # The relationship's own address obeys the same.
    third = slot(event, 1, 2)
    path = f"/v1/sessions/{third.id}/relationships/microlocation"
    linked = api.patch(path, {"data": linkage("microlocation", room)}, user=user)
    assert linked.status_code == 409
    assert linked.json["errors"][0]["source"]["session"] == str(first.id)


@pytest.mark.parametrize(
    ("zone", "starts_at", "ends_at"),
    [
        ("America/New_York", "0001-01-01T00:00Z", "0001-01-01T01:00Z"),
        ("Asia/Tokyo", "9999-12-31T22:00Z", "9999-12-31T23:00Z"),
    ],
)
def test_room_that_is_taken_in_the_calendars_first_or_last_hours_is_refused_too(
    api: ApiClient, zone: str, starts_at: str, ends_at: str
) -> None:
    event = EventFactoryBasic(timezone=zone, starts_at=None, ends_at=None)
    room, user = MicrolocationFactory(event=event), role_of(event, "coorganizer")
    span = {"starts_at": datetime.fromisoformat(starts_at), "ends_at": datetime.fromisoformat(ends_at)}
    first, second = SessionFactory(event=event, microlocation=room, **span), SessionFactory(event=event, **span)
    path = f"/v1/sessions/{second.id}/relationships/microlocation"
    answer = api.patch(path, {"data": linkage("microlocation", room)}, user=user)
    assert fault(answer) == (409, "/data/relationships/microlocation")
    assert answer.json["errors"][0]["source"]["session"] == str(first.id)


def test_session_outside_its_event_is_refused(api: ApiClient, event: Any) -> None:
    session = SessionFactory(event=event)
    answer = change(api, session, role_of(event, "coorganizer"), **moved(session, -2, -1, None))
    assert fault(answer) == (409, "/data/attributes/starts-at")


def test_speaker_in_two_places_is_refused_naming_the_other_session(api: ApiClient, event: Any, slot: Slot) -> None:
    speaker = SpeakerFactory(event=event, name="Ada")
    first, second = slot(event, 1, 3, speakers=[speaker], title="First"), slot(event, 2, 4)
    path = f"/v1/sessions/{second.id}/relationships/speakers"
    user = role_of(event, "coorganizer")
    for method in (api.post, api.patch):
        answer = method(path, {"data": [linkage("speaker", speaker)]}, user=user)
        assert fault(answer) == (409, "/data/relationships/speakers")
        assert answer.json["errors"][0]["source"]["session"] == str(first.id)


def test_linkage_of_speakers_is_added_to_and_taken_from(api: ApiClient, event: Any) -> None:
    session, user = SessionFactory(event=event, creator=UserFactory()), role_of(event, "coorganizer")
    ada, grace = SpeakerFactory.create_batch(2, event=event)
    path = f"/v1/sessions/{session.id}/relationships/speakers"
    for method, given, left in (
        (api.post, [ada], {ada.id}),
        (api.post, [grace], {ada.id, grace.id}),
        (api.delete, [ada], {grace.id}),
        (api.patch, [ada], {ada.id}),
    ):
        answer = method(path, {"data": [linkage("speaker", each) for each in given]}, user=user)
        assert answer.status_code == 200, answer.json
        assert {speaker.id for speaker in session.speakers} == left
    for unknown in ("9" * 19, "9" * 5000, "9\0"):
        body = {"data": [{"type": "speaker", "id": unknown}]}
        assert api.post(path, body, user=user).status_code == 404
    foreign = SpeakerFactory(event=conference(), sessions=[SessionFactory()])
    assert api.post(path, {"data": [linkage("speaker", grace)]}, user=session.creator).status_code in (403, 404)
    assert api.post(path, {"data": [linkage("speaker", foreign)]}, user=user).status_code in (404, 422)


def test_linkage_of_the_track_obeys_the_rules_of_the_session(api: ApiClient, event: Any) -> None:
    session, track = SessionFactory(event=event, creator=UserFactory()), TrackFactory(event=event)
    path = f"/v1/sessions/{session.id}/relationships/track"
    assert api.patch(path, {"data": linkage("track", track)}, user=UserFactory()).status_code == 403
    foreign = TrackFactory(event=conference())
    answer = api.patch(path, {"data": linkage("track", foreign)}, user=session.creator)
    assert fault(answer) == (422, "/data/relationships/track")
    assert api.patch(path, {"data": linkage("track", track)}, user=session.creator).status_code == 200
    assert session.track_id == track.id


def test_proposer_completes_the_answers_with_the_first_change_and_the_team_need_not(api: ApiClient, event: Any) -> None:
    session = SessionFactory(event=event, creator=UserFactory(), short_abstract=None)
    CustomFormFactory(event=event, form="session", field_identifier="shortAbstract", is_required=True)
    CustomFormFactory(event=event, form="session", field_identifier="seats", type="number")
    refused = change(api, session, session.creator, title="New")
    assert refused.status_code == 422
    assert change(api, session, session.creator, title="New", short_abstract="Short.").status_code == 200
    session.short_abstract = None
    user = role_of(event, "coorganizer")
    assert change(api, session, user, title="Newer").status_code == 200
    assert change(api, session, user, complex_field_values={"seats": "many"}).status_code == 422


def test_staff_restore_what_was_deleted_and_nobody_deletes_by_a_change(api: ApiClient, event: Any) -> None:
    session = SessionFactory(event=event, creator=UserFactory())
    path, admin = f"/v1/sessions/{session.id}", AdminFactory()
    assert change(api, session, admin, deleted_at=in_days(0).isoformat()).status_code == 200
    assert session.deleted_at is None
    assert api.delete(path, user=session.creator).status_code == 200
    assert api.get(path).status_code == 404
    restored = document("session", session.id, deleted_at=None)
    assert api.patch(f"{path}?get_trashed=true", restored, user=session.creator).status_code == 404
    assert api.patch(f"{path}?get_trashed=true", restored, user=admin).status_code == 200
    assert api.get(path).status_code == 200


def test_restored_session_takes_its_room_only_if_it_is_free(api: ApiClient, event: Any, slot: Slot) -> None:
    room, admin = MicrolocationFactory(event=event), AdminFactory()
    gone = slot(event, 1, 2, microlocation=room)
    assert api.delete(f"/v1/sessions/{gone.id}", user=admin).status_code == 200
    slot(event, 1, 2, microlocation=room)
    restored = document("session", gone.id, deleted_at=None)
    assert api.patch(f"/v1/sessions/{gone.id}?get_trashed=true", restored, user=admin).status_code == 409


def test_only_one_of_two_changes_of_the_same_version_is_kept(api: ApiClient, event: Any) -> None:
    session, user = SessionFactory(event=event), role_of(event, "organizer")
    tag = api.get(f"/v1/sessions/{session.id}", user=user).headers["ETag"]
    for title, status in (("First", 200), ("Second", 412)):
        body = document("session", session.id, title=title)
        answer = api.patch(f"/v1/sessions/{session.id}", body, user=user, headers={"If-Match": tag})
        assert answer.status_code == status
    assert db.session.get_one(Session, session.id).title == "First"
