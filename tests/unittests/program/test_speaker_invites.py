"""Invitations to speak: who sends them, what they say to whom, and who takes them back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.extensions import db
from app.messages.models import Notification
from app.program.models import SpeakerInvite
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import SessionFactory, SpeakerFactory, SpeakerInviteFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import (
    event_with_speakers,
    first_error,
    ids_of,
)
from tests.unittests.program.invitations import answer, invite_document, invited, proposed
from tests.unittests.ranks import role_of

# Sending


def test_people_of_a_session_and_the_team_invite(api: ApiClient) -> None:
    session, speaker = proposed(), UserFactory()
    SpeakerFactory(event=session.event, email=speaker.email, sessions=[session])
    people = (session.creator, speaker, role_of(session.event, "coorganizer"), AdminFactory())
    for number, user in enumerate(people):
        made = api.post("/v1/speaker-invites", invite_document(session, f" x{number}@example.com "), user=user)
        assert made.status_code == 201, made.json
        assert made.json["data"]["attributes"] == {"email": f"x{number}@example.com", "status": "pending"}
        assert made.headers["Location"] == f"/v1/speaker-invites/{made.json['data']['id']}"


def test_others_do_not_invite(api: ApiClient) -> None:
    public, hidden = proposed(), proposed()
    public.state = "accepted"
    refused = (403, "Speaker access is required.", "")
    for user in (UserFactory(), role_of(public.event, "moderator")):
        assert first_error(api.post("/v1/speaker-invites", invite_document(public), user=user)) == refused
    assert api.post("/v1/speaker-invites", invite_document(public)).status_code == 401
    assert api.post("/v1/speaker-invites", invite_document(hidden), user=UserFactory()).status_code == 404


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"status": "accepted"}, (403, "Speaker Invite can not created with accepted status.")),
        ({"status": "rejected"}, (403, "Speaker Invite can not created with accepted status.")),
        ({"email": None}, ("422", "Missing data for required field.")),
        ({"email": "nobody"}, ("422", "Not a valid email address.")),
        ({"email": '"a b"@example.com'}, ("422", "Not a valid email address.")),
    ],
)
def test_unsound_invitation_is_refused(api: ApiClient, attributes: dict[str, Any], expected: Any) -> None:
    session = proposed()
    body = invite_document(session)
    body["data"]["attributes"] |= attributes
    if attributes.get("email", "") is None:
        del body["data"]["attributes"]["email"]
    assert first_error(api.post("/v1/speaker-invites", body, user=session.creator))[:2] == expected


@pytest.mark.parametrize("missing", ["session", "event"])
def test_invitation_names_its_session_and_the_event_of_that(api: ApiClient, missing: str) -> None:
    session = proposed()
    body = invite_document(session)
    other = linkage("event", event_with_speakers())
    body["data"]["relationships"]["event"]["data"] = other
    refused = first_error(api.post("/v1/speaker-invites", body, user=session.creator))
    assert (refused[0], refused[2]) == (422, "/data/relationships/session")
    del body["data"]["relationships"][missing]
    refused = first_error(api.post("/v1/speaker-invites", body, user=session.creator))
    assert (refused[0], refused[2]) == (422, f"/data/relationships/{missing}")


def test_who_speaks_already_is_not_invited_whatever_the_case_or_the_profile(api: ApiClient) -> None:
    session, account = proposed(), UserFactory()
    SpeakerFactory(event=session.event, email="grace@example.com", sessions=[session])
    SpeakerFactory(event=session.event, email="stage@example.com", user=account, sessions=[session])
    for email in ("Grace@Example.com", account.email, "stage@example.com"):
        refused = first_error(api.post("/v1/speaker-invites", invite_document(session, email), user=session.creator))
        assert refused == (403, "Invitee is already a speaker.", "/data")


def test_address_is_invited_once_at_a_time_and_again_when_it_did_not_answer(api: ApiClient) -> None:
    session = proposed()
    first = SpeakerInviteFactory(session=session, email="grace@example.com")
    body = invite_document(session, "GRACE@example.com")
    refused = (409, "Speaker Invite has already been sent for this email.", "/data")
    assert first_error(api.post("/v1/speaker-invites", body, user=session.creator)) == refused
    assert api.post("/v1/speaker-invites", invite_document(proposed()), user=AdminFactory()).status_code == 201
    first.expires_at = in_days(-1)
    assert api.post("/v1/speaker-invites", body, user=session.creator).status_code == 201


def test_locked_session_takes_invitations_of_organizers_alone(api: ApiClient) -> None:
    session = proposed(is_locked=True)
    for user, status in ((session.creator, 403), (role_of(session.event, "organizer"), 201)):
        assert api.post("/v1/speaker-invites", invite_document(session), user=user).status_code == status


def test_mail_names_the_inviter_and_holds_a_token_that_is_stored_as_a_hash(api: ApiClient, deliver: Any) -> None:
    session, account = proposed(title="Engines"), UserFactory(email="grace@example.com")
    session.creator.first_name, session.creator.last_name = "Charles", "Babbage"
    made = api.post("/v1/speaker-invites", invite_document(session), user=session.creator)
    (mail,) = deliver()
    assert mail["To"] == "grace@example.com"
    text = mail.get_body(("plain",)).get_content()
    assert "Charles Babbage" in text
    assert "Engines" in text
    link = (
        rf"https://www\.example\.com/e/{session.event.identifier}/cfs\?invite={made.json['data']['id']}&token=([\w-]+)"
    )
    found = re.search(link, text)
    assert found, text
    invite = db.session.query(SpeakerInvite).one()
    assert invite.secret_hash == fingerprint(found[1])
    assert found[1] not in str(made.json)
    (told,) = db.session.query(Notification)
    assert (told.user_id, told.content["type"]) == (account.id, "speaker_invite")
    assert told.content["session"] == {"id": session.id, "title": "Engines"}


def test_account_that_has_not_proven_the_address_is_not_notified(api: ApiClient, deliver: Any) -> None:
    session = proposed()
    UserFactory(email="grace@example.com", is_verified=False)
    api.post("/v1/speaker-invites", invite_document(session), user=session.creator)
    assert len(deliver()) == 1
    assert db.session.query(Notification).count() == 0


def test_invitation_that_was_taken_back_is_not_mailed(api: ApiClient, deliver: Any) -> None:
    session = proposed()
    made = api.post("/v1/speaker-invites", invite_document(session), user=session.creator)
    api.delete(f"/v1/speaker-invites/{made.json['data']['id']}", user=session.creator)
    assert deliver() == []


def test_mails_of_one_person_and_to_one_address_are_limited(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_MAIL", "2 per hour")
    session = proposed()
    statuses = [
        api.post("/v1/speaker-invites", invite_document(session, f"{name}@limits.example"), user=session.creator)
        for name in ("a", "b", "c")
    ]
    assert [each.status_code for each in statuses] == [201, 201, 429]
    assert "Retry-After" in statuses[2].headers
    for status in (201, 201, 429):
        other = proposed()
        body = invite_document(other, "often@limits.example")
        assert api.post("/v1/speaker-invites", body, user=other.creator).status_code == status


# Reading and taking back


def test_invitation_is_read_by_its_invitee_the_sessions_people_and_the_team(api: ApiClient) -> None:
    invite, user = invited()
    path = f"/v1/speaker-invites/{invite.id}"
    for reader in (user, invite.session.creator, role_of(invite.event, "coorganizer"), AdminFactory()):
        assert api.get(path, user=reader).status_code == 200
    strangers = (UserFactory(), role_of(invite.event, "moderator"))
    for reader in strangers:
        assert first_error(api.get(path, user=reader))[:2] == (403, "Speaker or Invitee access is required.")
    assert api.get(path).status_code == 401
    user.is_verified = False
    assert api.get(path, user=user).status_code == 403
    assert (
        api.patch(path, document("speaker-invite", invite.id, email="x@example.com"), user=AdminFactory()).status_code
        == 405
    )


def test_lists_of_invitations_hold_what_the_reader_may_read(api: ApiClient) -> None:
    invite, user = invited()
    other, _ = invited(SessionFactory(event=invite.event, state="accepted"))
    both, own = {str(invite.id), str(other.id)}, {str(invite.id)}
    by_event, by_session = (
        f"/v1/events/{invite.event.identifier}/speaker-invites",
        f"/v1/sessions/{invite.session_id}/speaker-invites",
    )
    team = role_of(invite.event, "coorganizer")
    expected = ((team, both), (user, own), (invite.session.creator, own), (UserFactory(), set()))
    for reader, ids in expected:
        assert ids_of(api.get(f"{by_event}?include=session,event", user=reader)) == ids
    assert api.get(by_event).status_code == 401
    for reader in (team, invite.session.creator):
        assert ids_of(api.get(by_session, user=reader)) == own
    assert api.get(by_session, user=user).status_code == 403
    public = f"/v1/sessions/{other.session_id}/speaker-invites"
    for reader, status in ((None, 401), (UserFactory(), 403)):
        assert api.get(public, user=reader).status_code == status
    assert api.get("/v1/speaker-invites", user=team).status_code == 403
    assert ids_of(api.get("/v1/speaker-invites", user=AdminFactory())) == both


def test_addresses_of_invited_people_reach_nobody_by_include_or_filter(api: ApiClient) -> None:
    invite, _ = invited(SessionFactory(event=event_with_speakers()))
    condition = {"name": "speaker-invites", "op": "any", "val": {"name": "email", "op": "like", "val": "%"}}
    for user in (None, UserFactory()):
        for path in (f"/v1/events/{invite.event_id}", f"/v1/sessions/{invite.session_id}"):
            assert api.get(f"{path}?include=speaker-invites", user=user).json["included"] == []
        for path in ("/v1/events", f"/v1/events/{invite.event_id}/sessions"):
            assert api.get(path, query={"filter": [condition]}, user=user).json["meta"]["count"] == 0


def test_invitations_of_drafts_and_deleted_sessions_are_hidden(api: ApiClient) -> None:
    invite, user = invited()
    invite.event.state = "draft"
    assert api.get(f"/v1/speaker-invites/{invite.id}", user=user).status_code == 404
    assert answer(api, invite, "accept", user).status_code == 404
    invite.event.state, invite.session.deleted_at = "published", in_days(-1)
    assert api.get(f"/v1/speaker-invites/{invite.id}", user=user).status_code == 404
    assert answer(api, invite, "accept", user).status_code == 404


def test_sessions_people_take_an_invitation_back_until_it_is_accepted(api: ApiClient) -> None:
    invite, user = invited()
    accepted, _ = invited(status="accepted")
    path = f"/v1/speaker-invites/{invite.id}"
    for reader in (user, role_of(invite.event, "registrar")):
        assert api.delete(path, user=reader).status_code == 403
    assert api.delete(path, user=invite.session.creator).status_code == 200
    refused = api.delete(f"/v1/speaker-invites/{accepted.id}", user=accepted.session.creator)
    assert (first_error(refused)[0], first_error(refused)[2]) == (409, "/data/status")
