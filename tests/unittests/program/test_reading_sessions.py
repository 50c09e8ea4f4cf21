"""Who sees which sessions, whichever way they come to them."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.program.models import PUBLIC_STATES, STATES
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import SessionFactory, SpeakerFactory, SpeakerInviteFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of

PUBLIC, HIDDEN = set(PUBLIC_STATES), set(STATES) - set(PUBLIC_STATES)


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
