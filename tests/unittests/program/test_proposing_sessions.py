"""New sessions: who may propose one, when, and what becomes of what is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.program.models import Session
from tests.unittests.client import ApiClient, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.program import (
    MicrolocationFactory,
    SessionTypeFactory,
    SpeakerFactory,
    SpeakersCallFactory,
    TrackFactory,
)
from tests.unittests.factories.users import UserFactory
from tests.unittests.program.hours import hour
from tests.unittests.program.sessions import conference, fault, propose
from tests.unittests.ranks import role_of


def proposed(answer: Any) -> Session:
    """The row of the session that was made."""
    assert answer.status_code == 201, answer.json
    return db.session.get_one(Session, int(answer.json["data"]["id"]))


def test_proposal_is_a_draft_of_its_author(api: ApiClient) -> None:
    user = UserFactory()
    session = proposed(propose(api, conference(), user))
    assert (session.state, session.creator_id, session.submitted_at) == ("draft", user.id, None)
    assert (session.is_locked, session.is_mail_sent) == (False, False)


def test_proposal_that_is_handed_in_at_once_knows_when(api: ApiClient) -> None:
    session = proposed(propose(api, conference(), UserFactory(), state="pending"))
    assert session.state == "pending"
    assert session.submitted_at is not None


def test_proposal_needs_a_title_and_an_event(api: ApiClient) -> None:
    event, user = conference(), UserFactory()
    assert fault(propose(api, event, user, title=None)) == (422, "/data/attributes/title")
    assert fault(propose(api, event, user, title=" ")) == (422, "/data/attributes/title")
    answer = propose(api, event, user, relationships={"event": None})
    assert fault(answer) == (422, "/data/relationships/event")
    assert answer.json["errors"][0]["detail"] == "A valid relationship with event resource is required"


def test_stranger_has_to_sign_in_and_prove_an_address(api: ApiClient) -> None:
    event = conference()
    assert propose(api, event, None).status_code == 401
    refused = propose(api, event, UserFactory(is_verified=False))
    assert refused.status_code == 403
    assert refused.json["errors"][0]["detail"] == "Please verify your Email"


def test_event_without_sessions_takes_none_of_anybody(api: ApiClient) -> None:
    event = EventFactoryBasic(is_sessions_speakers_enabled=False)
    for user in (UserFactory(), role_of(event, "owner")):
        answer = propose(api, event, user)
        assert fault(answer) == (403, "")
        assert answer.json["errors"][0]["detail"] == "Sessions are disabled for this Event"


def test_draft_event_is_unknown_to_all_but_its_team(api: ApiClient) -> None:
    event = conference(state="draft")
    assert fault(propose(api, event, UserFactory())) == (404, "event_id")
    assert propose(api, event, role_of(event, "coorganizer")).status_code == 201


@pytest.mark.parametrize(
    ("call", "hash", "status"),
    [
        (None, None, 403),
        ({"starts_at": in_days(1)}, None, 403),
        ({"ends_at": in_days(-0.5)}, None, 403),
        ({"privacy": "private", "hash": "sesame"}, None, 403),
        ({"privacy": "private", "hash": "sesame"}, "sesam", 403),
        ({"privacy": "private", "hash": "sesame"}, "sesame", 201),
        ({}, None, 201),
    ],
)
def test_call_for_speakers_is_enforced_but_for_the_team(
    api: ApiClient, call: dict[str, Any] | None, hash: str | None, status: int
) -> None:
    event = EventFactoryBasic(is_sessions_speakers_enabled=True)
    if call is not None:
        SpeakersCallFactory(event=event, **call)
    assert propose(api, event, UserFactory(), hash=hash).status_code == status
    assert propose(api, event, role_of(event, "coorganizer")).status_code == 201


def test_outsiders_do_not_schedule_and_decide(api: ApiClient) -> None:
    event = conference()
    sent = {"starts_at": hour(event, 1).isoformat(), "ends_at": hour(event, 2).isoformat(), "is_locked": True}
    room = {"microlocation": linkage("microlocation", MicrolocationFactory(event=event))}
    session = proposed(propose(api, event, UserFactory(), state="accepted", relationships=room, **sent))
    assert (session.starts_at, session.ends_at, session.microlocation_id) == (None, None, None)
    assert (session.is_locked, session.state) == (False, "draft")


def test_organizer_makes_a_session_with_its_place_in_the_schedule(api: ApiClient) -> None:
    event = conference()
    room, track, type_ = (make(event=event) for make in (MicrolocationFactory, TrackFactory, SessionTypeFactory))
    speakers = SpeakerFactory.create_batch(2, event=event)
    linked = {
        "microlocation": linkage("microlocation", room),
        "track": linkage("track", track),
        "session-type": linkage("session-type", type_),
        "speakers": linkage("speaker", *speakers),
    }
    times = {"starts_at": hour(event, 1).isoformat(), "ends_at": hour(event, 2).isoformat()}
    organizer = role_of(event, "organizer")
    session = proposed(propose(api, event, organizer, state="accepted", is_locked=True, relationships=linked, **times))
    assert (session.microlocation_id, session.track_id, session.session_type_id) == (room.id, track.id, type_.id)
    assert {speaker.id for speaker in session.speakers} == {speaker.id for speaker in speakers}
    assert (session.state, session.is_locked, session.starts_at) == ("accepted", True, hour(event, 1))


@pytest.mark.parametrize(
    ("name", "type_", "factory"),
    [
        ("track", "track", TrackFactory),
        ("session-type", "session-type", SessionTypeFactory),
        ("microlocation", "microlocation", MicrolocationFactory),
        ("speakers", "speaker", SpeakerFactory),
    ],
)
def test_what_is_linked_belongs_to_the_same_event(api: ApiClient, name: str, type_: str, factory: Any) -> None:
    event, other = conference(), conference()
    user = role_of(event, "owner")
    foreign = factory(event=other) if name != "speakers" else factory(event=other, user=user)
    value = linkage(type_, foreign)
    answer = propose(api, event, user, relationships={name: [value] if name == "speakers" else value})
    assert fault(answer) == (422, f"/data/relationships/{name}")


def test_sessions_begin_in_the_future_and_end_after_they_begin(api: ApiClient) -> None:
    event = conference()
    user = role_of(event, "coorganizer")
    assert fault(propose(api, event, user, starts_at=in_days(-1).isoformat())) == (422, "/data/attributes/starts-at")
    begins = hour(event, 2)
    times = {"starts_at": begins.isoformat(), "ends_at": (begins - timedelta(minutes=1)).isoformat()}
    assert fault(propose(api, event, user, **times)) == (422, "/data/attributes/ends-at")


def test_proposal_answers_what_the_event_asks_also_as_a_draft(api: ApiClient) -> None:
    event = conference()
    for name in ("shortAbstract", "stage"):
        CustomFormFactory(event=event, form="session", field_identifier=name, is_required=True)
    CustomFormFactory(event=event, form="session", field_identifier="mood", is_public=True)
    for user in (UserFactory(), role_of(event, "owner")):
        refused = propose(api, event, user)
        assert refused.status_code == 422
        pointers = {each["source"]["pointer"] for each in refused.json["errors"]}
        assert {"/data/attributes/short-abstract"} <= pointers
        assert len(refused.json["errors"]) > 1
    answers = {"stage": "big", "mood": "calm", "nobody-asks": "this"}
    session = proposed(propose(api, event, UserFactory(), short_abstract="Short.", complex_field_values=answers))
    assert session.complex_field_values == {"stage": "big", "mood": "calm"}
    assert session.public_field_values == {"mood": "calm"}


def test_others_are_invited_instead_of_being_added_by_those_who_propose(api: ApiClient) -> None:
    event, user = conference(), UserFactory()
    themselves, other = SpeakerFactory(event=event, user=user), SpeakerFactory(event=event)
    # Everybody reads of the other speaker.
    propose(
        api,
        event,
        role_of(event, "owner"),
        state="accepted",
        relationships={"speakers": [linkage("speaker", other)]},
    )
    answer = propose(api, event, user, relationships={"speakers": linkage("speaker", themselves, other)})
    assert fault(answer) == (403, "/data/relationships/speakers")
    session = proposed(propose(api, event, user, relationships={"speakers": [linkage("speaker", themselves)]}))
    assert [speaker.id for speaker in session.speakers] == [themselves.id]


def test_what_only_the_service_knows_is_ignored(api: ApiClient) -> None:
    sent = {"favourite_count": 5, "average_rating": 5, "is_mail_sent": True, "deleted_at": in_days(0).isoformat()}
    session = proposed(propose(api, conference(), UserFactory(), submitted_at=in_days(-3).isoformat(), **sent))
    assert (session.favourite_count, session.average_rating, session.is_mail_sent) == (0, None, False)
    assert (session.deleted_at, session.submitted_at) == (None, None)


def test_texts_of_sessions_are_cleaned(api: ApiClient) -> None:
    answer = propose(api, conference(), UserFactory(), long_abstract='<b>Bold</b><script>alert("x")</script>')
    assert proposed(answer).long_abstract == "<b>Bold</b>"
    assert db.session.scalars(select(Session)).one()
