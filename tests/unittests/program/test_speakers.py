"""Speakers: who becomes one, under which address, and what they say to whom."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.program.models import Speaker
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, in_days
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
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

SECRETS = {
    "email": "grace@example.com",
    "mobile": "+49 30 1234",
    "address": "Torstraße 1",
    "heard_from": "A friend",
    "speaking_experience": "Some",
    "sponsorship_required": "Travel",
    "gender": "Woman",
    "is_email_overridden": False,
}
SECRET_NAMES = {name.replace("_", "-") for name in SECRETS}


def stored(response: Any) -> Speaker:
    """The speaker that was written."""
    assert response.status_code in (200, 201), response.json
    return db.session.get_one(Speaker, int(response.json["data"]["id"]))


# New speakers


def test_caller_becomes_the_speaker_under_their_own_address(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    response = api.post("/v1/speakers", speaker_document(event, email="other@example.com"), user=user)
    made = stored(response)
    assert (made.email, made.user_id, made.is_email_overridden) == (user.email, user.id, False)
    shown = response.json["data"]["attributes"]
    expected = {"name": "Ada", "email": user.email, "is-featured": False, "order": 0, "thumbnail-image-url": None}
    assert {name: shown[name] for name in expected} == expected
    assert response.headers["Location"] == f"/v1/speakers/{made.id}"


def test_nobody_speaks_without_signing_in(api: ApiClient) -> None:
    assert api.post("/v1/speakers", speaker_document(calling_event())).status_code == 401


def test_event_of_a_speaker_is_named_by_id_or_identifier_and_required(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    body = document("speaker", relationships={"event": linkage("event", event.identifier)}, name="Ada")
    assert stored(api.post("/v1/speakers", body, user=user)).event_id == event.id
    missing = api.post("/v1/speakers", document("speaker", name="Ada"), user=user)
    assert first_error(missing)[2] == "/data/relationships/event"


@pytest.mark.parametrize("kind", ["user", "speaker of another event"])
def test_draft_does_not_exist_for_outsiders_who_would_speak_there(api: ApiClient, kind: str) -> None:
    draft, user = calling_event(state="draft"), UserFactory()
    if kind != "user":
        SpeakerFactory(user=user)
    answer = first_error(api.post("/v1/speakers", speaker_document(draft), user=user))
    assert answer == (404, f"Event: {draft.id} not found", "event_id")


def test_event_without_speakers_takes_none_of_anybody(api: ApiClient) -> None:
    event = EventFactoryBasic()
    for user in (UserFactory(), role_of(event, "owner"), AdminFactory()):
        answer = first_error(api.post("/v1/speakers", speaker_document(event), user=user))
        assert answer == (403, "Speakers are disabled for this Event", "")


def test_invited_people_become_speakers_also_when_the_call_has_closed(api: ApiClient) -> None:
    event = calling_event(CLOSED)
    invited, unproven, late, answered = UserFactory(), UserFactory(is_verified=False), UserFactory(), UserFactory()
    session = SessionFactory(event=event)
    SpeakerInviteFactory(session=session, email=invited.email.upper())
    SpeakerInviteFactory(session=session, email=unproven.email)
    SpeakerInviteFactory(session=session, email=late.email, expires_at=in_days(-1))
    SpeakerInviteFactory(session=session, email=answered.email, status="rejected")
    assert api.post("/v1/speakers", speaker_document(event), user=invited).status_code == 201
    for user in (unproven, late, answered):
        assert api.post("/v1/speakers", speaker_document(event), user=user).status_code == 403
    other = calling_event(CLOSED)
    assert api.post("/v1/speakers", speaker_document(other), user=invited).status_code == 403


def test_invitation_to_speak_does_not_let_one_propose_after_the_end(api: ApiClient) -> None:
    event, invited = calling_event(CLOSED), UserFactory()
    SpeakerInviteFactory(session=SessionFactory(event=event), email=invited.email)
    body = document("session", relationships={"event": linkage("event", event)}, title="Engines")
    assert api.post("/v1/sessions", body, user=invited).status_code == 403


# Addresses


def test_organizer_enters_a_speaker_under_any_address_or_none(api: ApiClient) -> None:
    event = event_with_speakers()
    organizer, known, unproven = role_of(event, "organizer"), UserFactory(), UserFactory(is_verified=False)
    for email, expected, account in (
        ("grace@example.com", "grace@example.com", None),
        (known.email.upper(), known.email.upper(), known.id),
        (unproven.email, unproven.email, None),
        ("", organizer.email, organizer.id),
    ):
        made = stored(api.post("/v1/speakers", speaker_document(event, email=email), user=organizer))
        assert (made.email, made.user_id) == (expected, account)
    overridden = speaker_document(event, email="x@example.com", is_email_overridden=True)
    for _ in range(2):
        made = stored(api.post("/v1/speakers", overridden, user=organizer))
        assert (made.email, made.user_id, made.is_email_overridden) == (None, None, True)


@pytest.mark.parametrize("role", [None, "coorganizer", "moderator"])
def test_nobody_below_organizer_overrides_an_address(api: ApiClient, role: str | None) -> None:
    event = calling_event()
    user = UserFactory() if role is None else role_of(event, role)
    refused = (403, "Organizer access required to override email", "/data/attributes/is_email_overridden")
    body = speaker_document(event, is_email_overridden=True)
    assert first_error(api.post("/v1/speakers", body, user=user)) == refused
    own = SpeakerFactory(event=event, email=user.email, user=user)
    change = document("speaker", own.id, is_email_overridden=True)
    assert first_error(api.patch(f"/v1/speakers/{own.id}", change, user=user)) == refused


def test_address_speaks_once_at_an_event_whatever_its_case(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    SpeakerFactory(event=event, email=user.email.upper())
    refused = (403, "Speaker with this Email ID already exists", "")
    assert first_error(api.post("/v1/speakers", speaker_document(event), user=user)) == refused
    assert api.post("/v1/speakers", speaker_document(calling_event()), user=user).status_code == 201
    other, organizer = SpeakerFactory(event=event), role_of(event, "organizer")
    change = document("speaker", other.id, email=user.email)
    assert first_error(api.patch(f"/v1/speakers/{other.id}", change, user=organizer)) == refused


def test_address_of_a_deleted_speaker_is_free_and_the_old_one_does_not_come_back_beside_it(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    gone = SpeakerFactory(event=event, email=user.email, user=user)
    assert api.delete(f"/v1/speakers/{gone.id}", user=user).status_code == 200
    assert api.post("/v1/speakers", speaker_document(event), user=user).status_code == 201
    restored = document("speaker", gone.id, deleted_at=None)
    response = api.patch(f"/v1/speakers/{gone.id}?get_trashed=true", restored, user=AdminFactory())
    assert first_error(response)[:2] == (403, "Speaker with this Email ID already exists")


def test_speaker_who_changes_their_address_gets_that_of_their_account(api: ApiClient) -> None:
    user = UserFactory()
    speaker = SpeakerFactory(event=event_with_speakers(), email="old@example.com", user=user)
    change = document("speaker", speaker.id, email="victim@example.com", name="Grace")
    made = stored(api.patch(f"/v1/speakers/{speaker.id}", change, user=user))
    assert (made.name, made.email, made.user_id) == ("Grace", user.email, user.id)


def test_coorganizer_does_not_move_a_speaker_to_another_address(api: ApiClient) -> None:
    speaker = SpeakerFactory(event=event_with_speakers(), email="grace@example.com")
    user = role_of(speaker.event, "coorganizer")
    change = document("speaker", speaker.id, email="other@example.com", name="Grace")
    made = stored(api.patch(f"/v1/speakers/{speaker.id}", change, user=user))
    assert (made.name, made.email) == ("Grace", "grace@example.com")


def test_organizer_moves_a_speaker_to_the_account_that_has_proven_the_address(api: ApiClient) -> None:
    former, latter = UserFactory(), UserFactory()
    speaker = SpeakerFactory(event=event_with_speakers(), email=former.email, user=former)
    organizer, path = role_of(speaker.event, "organizer"), f"/v1/speakers/{speaker.id}"
    made = stored(api.patch(path, document("speaker", speaker.id, email=latter.email), user=organizer))
    assert (made.email, made.user_id) == (latter.email, latter.id)
    made = stored(api.patch(path, document("speaker", speaker.id, is_email_overridden=True), user=organizer))
    assert (made.email, made.user_id, made.is_email_overridden) == (None, None, True)
    # The stored override stays until it is taken back.
    made = stored(api.patch(path, document("speaker", speaker.id, email=latter.email, name="Grace"), user=organizer))
    assert (made.name, made.email, made.user_id) == ("Grace", None, None)
    undone = document("speaker", speaker.id, email=latter.email, is_email_overridden=False)
    made = stored(api.patch(path, undone, user=organizer))
    assert (made.email, made.user_id, made.is_email_overridden) == (latter.email, latter.id, False)


# Who reads what


def shown_to(api: ApiClient, speaker: Speaker, user: Any) -> set[str]:
    """The private attributes this user sees, the same by every path."""
    id_ = str(speaker.id)
    event = f"/v1/events/{speaker.event.identifier}"
    found = [
        api.get(f"/v1/speakers/{id_}", user=user).json["data"],
        api.get(f"{event}/speakers", user=user).json["data"][0],
        api.get(f"{event}?include=speakers", user=user).json["included"][0],
        api.get(f"{event}/sessions?include=speakers", user=user).json["included"][0],
        api.get(f"/v1/sessions/{speaker.sessions[0].id}/speakers", user=user).json["data"][0],
    ]
    assert {each["id"] for each in found} == {id_}
    seen = [SECRET_NAMES & each["attributes"].keys() for each in found]
    assert all(each == seen[0] for each in seen), seen
    return seen[0]


def test_addresses_are_for_the_speaker_and_the_team_on_every_path(api: ApiClient) -> None:
    event = event_with_speakers()
    speaker = SpeakerFactory(event=event, sessions=[SessionFactory(event=event)], **SECRETS)
    colleague = UserFactory()
    SpeakerFactory(event=event, user=colleague, sessions=[SessionFactory(event=event, state="pending")])
    for user in (None, UserFactory(), colleague, UserFactory(email="Grace@example.com", is_verified=False)):
        assert shown_to(api, speaker, user) == set()
    for role in ("track_organizer", "moderator", "registrar"):
        shown = api.get(f"/v1/speakers/{speaker.id}", user=role_of(event, role)).json["data"]
        assert not SECRET_NAMES & shown["attributes"].keys()
        assert "user" not in shown["relationships"]


def test_proven_address_and_coorganizers_see_everything(api: ApiClient) -> None:
    event = event_with_speakers()
    speaker = SpeakerFactory(event=event, sessions=[SessionFactory(event=event)], **SECRETS)
    for user in (UserFactory(email="Grace@example.com"), role_of(event, "coorganizer"), AdminFactory()):
        assert shown_to(api, speaker, user) == SECRET_NAMES
        assert api.get(f"/v1/speakers/{speaker.id}/user", user=user).status_code == 404  # There is none.


def test_account_behind_a_speaker_is_no_way_to_an_address(api: ApiClient) -> None:
    event, account = event_with_speakers(), UserFactory()
    speaker = SpeakerFactory(event=event, user=account, sessions=[SessionFactory(event=event)])
    path = f"/v1/speakers/{speaker.id}"
    for user, status in ((None, 401), (UserFactory(), 403), (role_of(event, "moderator"), 403)):
        assert api.get(f"{path}/user", user=user).status_code == status
        assert api.get(f"{path}/relationships/user", user=user).status_code == status
        assert api.get(f"{path}?include=user", user=user).json["included"] == []
        conditions = [{"name": "user", "op": "has", "val": {"name": "id", "op": "eq", "val": account.id}}]
        answer = api.get(f"/v1/events/{event.id}/speakers", query={"filter": conditions}, user=user)
        assert answer.json["meta"]["count"] == 0
    shown = api.get(f"{path}/user", user=role_of(event, "coorganizer")).json["data"]
    assert (shown["id"], "email" in shown["attributes"]) == (str(account.id), False)
    assert api.get(f"{path}/user", user=account).json["data"]["attributes"]["email"] == account.email


@pytest.mark.parametrize("name", ["email", "mobile", "address", "heard-from", "gender"])
def test_filter_and_sort_tell_strangers_nothing_of_what_they_do_not_see(api: ApiClient, name: str) -> None:
    event = event_with_speakers()
    speaker = SpeakerFactory(event=event, sessions=[SessionFactory(event=event)], **SECRETS)
    condition = {"name": name, "op": "like", "val": "%"}
    nested = {"name": "speakers", "op": "any", "val": condition}
    for user, count in ((None, 0), (UserFactory(), 0), (role_of(event, "owner"), 1)):
        found = api.get(f"/v1/events/{event.id}/speakers", query={"filter": [condition]}, user=user)
        assert found.json["meta"]["count"] == count
        found = api.get(f"/v1/events/{event.id}/sessions", query={"filter": [nested]}, user=user)
        assert found.json["meta"]["count"] == count
    own = api.get(
        f"/v1/events/{event.id}/speakers",
        query={"filter": [{"name": "email", "op": "eq", "val": speaker.email}]},
        user=UserFactory(email=speaker.email),
    )
    assert ids_of(own) == {str(speaker.id)}


def test_others_see_only_the_answers_that_everybody_may_read(api: ApiClient) -> None:
    event = event_with_speakers()
    answers, public = {"diet": "Vegan", "motto": "Try"}, {"motto": "Try"}
    speaker = SpeakerFactory(
        event=event,
        sessions=[SessionFactory(event=event)],
        complex_field_values=answers,
        public_field_values=public,
    )
    for user, expected in ((None, public), (UserFactory(), public), (role_of(event, "coorganizer"), answers)):
        shown = api.get(f"/v1/speakers/{speaker.id}", user=user).json["data"]["attributes"]
        assert shown["complex-field-values"] == expected


@pytest.mark.parametrize("state", ["draft", "pending", "rejected", "canceled", "withdrawn"])
def test_speakers_of_unpublished_sessions_are_seen_by_their_people_and_the_team(api: ApiClient, state: str) -> None:
    event, creator, account = event_with_speakers(), UserFactory(), UserFactory()
    session = SessionFactory(event=event, state=state, creator=creator)
    speaker = SpeakerFactory(event=event, sessions=[session], user=account)
    lists = (f"/v1/events/{event.id}/speakers", f"/v1/speakers/{speaker.id}/sessions")
    for user in (None, UserFactory(), role_of(event_with_speakers(), "owner")):
        assert api.get(f"/v1/speakers/{speaker.id}", user=user).status_code == 404
        assert ids_of(api.get(lists[0], user=user)) == set()
    for user in (creator, account, role_of(event, "registrar"), AdminFactory()):
        assert api.get(f"/v1/speakers/{speaker.id}", user=user).status_code == 200
        assert ids_of(api.get(lists[0], user=user)) == {str(speaker.id)}
        assert ids_of(api.get(lists[1], user=user)) == {str(session.id)}
        assert ids_of(api.get(f"/v1/sessions/{session.id}/speakers", user=user)) == {str(speaker.id)}


def test_deleted_session_makes_no_speaker_public(api: ApiClient) -> None:
    event = event_with_speakers()
    SpeakerFactory(event=event, sessions=[SessionFactory(event=event, deleted_at=in_days(-1))])
    assert ids_of(api.get(f"/v1/events/{event.id}/speakers")) == set()


def test_speakers_of_a_user_are_for_the_user_and_staff(api: ApiClient) -> None:
    event, user = event_with_speakers(), UserFactory()
    speaker = SpeakerFactory(event=event, user=user, sessions=[SessionFactory(event=event)])
    for asking, status in ((None, 401), (UserFactory(), 403), (role_of(event, "owner"), 403)):
        assert api.get(f"/v1/users/{user.id}/speakers", user=asking).status_code == status
    for asking in (user, AdminFactory()):
        assert ids_of(api.get(f"/v1/users/{user.id}/speakers", user=asking)) == {str(speaker.id)}


# Changes


def test_texts_of_speakers_are_cleaned(api: ApiClient) -> None:
    event, user = calling_event(), UserFactory()
    names = ("short-biography", "long-biography", "speaking-experience", "sponsorship-required")
    dirty = '<b>Hi</b><script>x</script><a href="http://x.example">y</a>'
    made = api.post("/v1/speakers", speaker_document(event, **dict.fromkeys(names, dirty)), user=user)
    assert {made.json["data"]["attributes"][name] for name in names} == {"<b>Hi</b>y"}


@pytest.mark.parametrize(("name", "value"), [("is_featured", True), ("order", 5)])
def test_place_and_prominence_are_the_teams(api: ApiClient, name: str, value: object) -> None:
    event, user = calling_event(), UserFactory()
    made = stored(api.post("/v1/speakers", speaker_document(event, **{name: value}), user=user))
    assert getattr(made, name) != value
    for asking, expected in ((user, False), (role_of(event, "coorganizer"), True)):
        change = document("speaker", made.id, **{name: value})
        changed = stored(api.patch(f"/v1/speakers/{made.id}", change, user=asking))
        assert (getattr(changed, name) == value) is expected


def test_only_the_speaker_and_the_team_change_and_delete(api: ApiClient) -> None:
    event, account = event_with_speakers(), UserFactory()
    session = SessionFactory(event=event, creator=UserFactory())
    speaker = SpeakerFactory(event=event, sessions=[session], user=account, email="grace@example.com")
    colleague = UserFactory()
    SpeakerFactory(event=event, sessions=[session], user=colleague)
    other_event = UserFactory()
    SpeakerFactory(user=other_event)
    path, change = f"/v1/speakers/{speaker.id}", document("speaker", speaker.id, name="Changed")
    of_that_address = UserFactory(email="Grace@example.com", is_verified=False)
    strangers = [None, UserFactory(), colleague, other_event, session.creator, role_of(event, "moderator")]
    for user in [*strangers, of_that_address]:
        expected = 401 if user is None else 403
        assert api.patch(path, change, user=user).status_code == expected
        assert api.delete(path, user=user).status_code == expected
    of_that_address.is_verified = True
    for user in (account, role_of(event, "coorganizer"), of_that_address):
        assert api.patch(path, change, user=user).status_code == 200
    assert api.delete(path, user=account).status_code == 200
    assert api.get(path, user=account).status_code == 404


def test_speaker_is_deleted_by_delete_alone(api: ApiClient) -> None:
    speaker = SpeakerFactory()
    change = document("speaker", speaker.id, deleted_at=in_days(0).isoformat())
    assert api.patch(f"/v1/speakers/{speaker.id}", change, user=AdminFactory()).status_code == 200
    assert api.get(f"/v1/speakers/{speaker.id}", user=AdminFactory()).status_code == 200


def test_lists_of_speakers_cost_the_same_whatever_their_length(api: ApiClient) -> None:
    costs = []
    for count in (2, 12):
        event = event_with_speakers()
        for _ in range(count):
            SpeakerFactory(event=event, user=UserFactory(), sessions=[SessionFactory(event=event)])
        user = UserFactory()
        SpeakerFactory(event=event, user=user, sessions=[SessionFactory(event=event, state="pending")])
        with statements_sent() as sent:
            response = api.get(f"/v1/events/{event.id}/speakers?include=sessions,user,event", user=user)
        assert response.json["meta"]["count"] == count + 1
        costs.append(len(sent))
    assert costs[0] == costs[1]
