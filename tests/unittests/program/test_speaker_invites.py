"""Invitations to speak: who sends them, what they say to whom, and how they are answered once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.extensions import db
from app.messages.models import Notification
from app.program.models import Session, Speaker, SpeakerInvite
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import SessionFactory, SpeakerFactory, SpeakerInviteFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import (
    CLOSED,
    calling_event,
    event_with_speakers,
    first_error,
    ids_of,
    speaker_document,
)
from tests.unittests.program.hours import times
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

ANSWERS = ("accept", "reject")


def invite_document(session: Any, email: str = "grace@example.com", **attributes: Any) -> Any:
    """A document of a new invitation to this session."""
    relationships = {"session": linkage("session", session), "event": linkage("event", session.event)}
    return document("speaker-invite", relationships=relationships, email=email, **attributes)


def proposed(**values: Any) -> Any:
    """A session that its creator has proposed."""
    return SessionFactory(event=event_with_speakers(), creator=UserFactory(), state="pending", **values)


def invited(session: Any = None, **values: Any) -> tuple[SpeakerInvite, Any]:
    """An open invitation, and the account of who is asked."""
    user = UserFactory()
    return SpeakerInviteFactory(session=session or proposed(), email=user.email, **values), user


def answer(api: ApiClient, invite: SpeakerInvite, how: str, user: Any, method: str = "GET") -> TestResponse:
    """The answer to accepting or rejecting."""
    return api.plain(method, f"/v1/speaker-invites/{invite.id}/{how}-invite", user=user)


def speakers_of(session_id: int) -> list[int]:
    """The ids of the speakers of a session."""
    return [each.id for each in db.session.get_one(Session, session_id).speakers]


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


# Answering


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_invitee_accepts_and_joins_the_session(api: ApiClient, method: str) -> None:
    invite, user = invited()
    speaker = SpeakerFactory(event=invite.event, email=user.email.upper())
    done = answer(api, invite, "accept", user, method)
    assert (done.status_code, done.json) == (
        200,
        {
            "email": user.email,
            "event": invite.event_id,
            "event_identifier": invite.event.identifier,
            "session": invite.session_id,
            "speaker": speaker.id,
            "name": user.full_name,
        },
    )
    assert speakers_of(invite.session_id) == [speaker.id]
    assert (invite.status, invite.secret_hash, speaker.user_id) == ("accepted", None, user.id)
    assert api.get(f"/v1/sessions/{invite.session_id}", user=user).status_code == 200


@pytest.mark.parametrize("how", ANSWERS)
def test_only_the_invitee_answers(api: ApiClient, how: str) -> None:
    invite, user = invited()
    for other in (invite.session.creator, role_of(invite.event, "owner"), AdminFactory()):
        assert first_error(answer(api, invite, how, other))[:2] == (403, "Invitee access is required.")
    assert answer(api, invite, how, None).status_code == 401
    user.is_verified = False
    assert first_error(answer(api, invite, how, user))[:2] == (403, "Please verify your Email")
    unknown = SpeakerInvite(id=10**12)
    assert answer(api, unknown, how, user).status_code == 404
    assert api.get(f"/v1/speaker-invites/x/{how}-invite", user=user).status_code == 404
    assert (invite.status, speakers_of(invite.session_id)) == ("pending", [])


@pytest.mark.parametrize("how", ANSWERS)
@pytest.mark.parametrize("values", [{"status": "accepted"}, {"status": "rejected"}, {"expires_at": in_days(-1)}])
def test_answered_and_expired_invitations_are_not_answered(api: ApiClient, how: str, values: dict[str, Any]) -> None:
    invite, user = invited(**values)
    SpeakerFactory(event=invite.event, email=user.email)
    status, _, pointer = first_error(answer(api, invite, how, user))
    assert (status, pointer) == (409, "/data/status")
    assert speakers_of(invite.session_id) == []


def test_invitee_without_a_profile_is_told_and_may_make_one_although_the_call_has_closed(api: ApiClient) -> None:
    session = SessionFactory(event=calling_event(CLOSED), creator=UserFactory())
    invite, user = invited(session)
    told = (404, "Speaker corresponding to speaker invite not Found")
    assert first_error(answer(api, invite, "accept", user))[:2] == told
    assert invite.status == "pending"
    made = api.post("/v1/speakers", speaker_document(session.event), user=user)
    assert made.status_code == 201
    assert answer(api, invite, "accept", user).json["speaker"] == int(made.json["data"]["id"])


def test_invitee_declines_without_a_profile(api: ApiClient) -> None:
    invite, user = invited()
    declined = answer(api, invite, "reject", user)
    assert declined.json == {"success": True, "message": "Speaker Invite rejected"}
    assert (invite.status, invite.secret_hash) == ("rejected", None)
    assert api.get(f"/v1/sessions/{invite.session_id}", user=user).status_code == 404


def test_head_answers_nothing(api: ApiClient) -> None:
    invite, user = invited()
    for how in ANSWERS:
        assert answer(api, invite, how, user, "HEAD").status_code == 405
    assert invite.status == "pending"


def test_profile_that_others_made_under_the_address_becomes_the_invitees(api: ApiClient) -> None:
    invite, user = invited()
    squatter = UserFactory(email="squatter@example.com")
    speaker = SpeakerFactory(event=invite.event, email=user.email, user=squatter)
    assert answer(api, invite, "accept", user).status_code == 200
    assert db.session.get_one(Speaker, speaker.id).user_id == user.id
    assert api.get(f"/v1/sessions/{invite.session_id}", user=squatter).status_code == 404


def test_speaker_who_is_elsewhere_at_that_time_does_not_join(api: ApiClient) -> None:
    event = event_with_speakers()
    invite, user = invited(SessionFactory(event=event, **times(event, 10, 12)))
    taken = SessionFactory(event=event, **times(event, 11, 13))
    SpeakerFactory(event=event, email=user.email, sessions=[taken])
    status, detail, _ = first_error(answer(api, invite, "accept", user))
    assert (status, str(taken.id) in detail) == (409, True)
    assert invite.status == "pending"


def test_locked_session_is_not_joined(api: ApiClient) -> None:
    invite, user = invited(proposed(is_locked=True))
    SpeakerFactory(event=invite.event, email=user.email)
    assert first_error(answer(api, invite, "accept", user))[:2] == (403, "Locked sessions cannot be edited")


def test_who_was_added_meanwhile_accepts_too(api: ApiClient) -> None:
    invite, user = invited()
    speaker = SpeakerFactory(event=invite.event, email=user.email, sessions=[invite.session])
    assert answer(api, invite, "accept", user).status_code == 200
    assert speakers_of(invite.session_id) == [speaker.id]


# By the token of the mail


def by_token(api: ApiClient, how: str, token: object, user: Any) -> TestResponse:
    """The answer to a token."""
    return api.plain("POST", f"/v1/speaker-invites/{how}-invite", {"data": {"token": token}}, user=user)


def test_token_lets_whoever_reads_the_mailbox_join_with_a_profile_of_their_own(api: ApiClient) -> None:
    invite, _ = invited(secret_hash=fingerprint("s3cret"))
    reader = UserFactory(is_verified=False)
    assert by_token(api, "accept", "s3cret", None).status_code == 401
    assert first_error(by_token(api, "accept", "s3cret", reader))[0] == 404
    speaker = SpeakerFactory(event=invite.event, email=reader.email, user=reader)
    others = SpeakerFactory(event=invite.event, email=invite.email)
    done = by_token(api, "accept", "s3cret", reader)
    assert done.json["speaker"] == speaker.id
    assert (invite.status, others.user_id, speakers_of(invite.session_id)) == ("accepted", None, [speaker.id])


@pytest.mark.parametrize("how", ANSWERS)
def test_token_works_once_and_until_it_expires(api: ApiClient, how: str) -> None:
    invite, user = invited(secret_hash=fingerprint("s3cret"))
    SpeakerFactory(event=invite.event, email=user.email, user=user)
    unknown = (404, "Speaker Invite Not Found", "/data/token")
    invite.expires_at = in_days(-1)
    assert first_error(by_token(api, how, "s3cret", user)) == unknown
    invite.expires_at = in_days(1)
    assert by_token(api, how, "s3cret", user).status_code == 200
    assert first_error(by_token(api, how, "s3cret", user)) == unknown
    assert first_error(by_token(api, how, "guess", user)) == unknown


@pytest.mark.parametrize("body", [None, [], {}, {"data": []}, {"data": {"token": ""}}, {"data": {"token": 5}}])
def test_token_is_asked_for(api: ApiClient, body: Any) -> None:
    answered = api.request(
        "POST",
        "/v1/speaker-invites/accept-invite",
        user=UserFactory(),
        data="null" if body is None else None,
        json_body=body,
    )
    status, _, pointer = first_error(answered)
    assert (status, pointer) == (422, "/data/token")


def test_answers_cost_the_same_however_many_speak(api: ApiClient) -> None:
    costs = []
    for count in (0, 8):
        invite, user = invited()
        for _ in range(count):
            SpeakerFactory(event=invite.event, sessions=[invite.session])
        SpeakerFactory(event=invite.event, email=user.email)
        with statements_sent() as sent:
            assert answer(api, invite, "accept", user).status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_of_answers_given_at_one_time_one_counts(committed_app: Service) -> None:
    invite, user = invited()
    speaker = SpeakerFactory(event=invite.event, email=user.email)
    session_id, speaker_id = invite.session_id, speaker.id
    paths = [f"/v1/speaker-invites/{invite.id}/{how}-invite" for how in ANSWERS * 3]
    db.session.commit()
    assert user.id
    db.session.expunge_all()

    def give(path: str) -> tuple[str, int]:
        with committed_app.app_context():
            client = ApiClient(committed_app)
            return path, client.plain("GET", path, user=db.session.merge(user, load=False)).status_code

    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(give, paths))
    assert sorted(status for _, status in answers) == [200] + [409] * (len(paths) - 1)
    (counted,) = (path for path, status in answers if status == 200)
    is_accepted = "accept" in counted
    assert db.session.query(SpeakerInvite).one().status == ("accepted" if is_accepted else "rejected")
    assert speakers_of(session_id) == ([speaker_id] if is_accepted else [])
