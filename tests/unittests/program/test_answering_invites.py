"""Answers to invitations to speak: given once, by whoever was asked, signed in or by the token of the mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.edge import Service
from app.extensions import db
from app.program.models import Speaker, SpeakerInvite
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import SessionFactory, SpeakerFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import (
    CLOSED,
    calling_event,
    event_with_speakers,
    first_error,
    speaker_document,
)
from tests.unittests.program.hours import times
from tests.unittests.program.invitations import ANSWERS, answer, invited, proposed, speakers_of
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent


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
