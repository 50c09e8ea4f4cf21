"""Invitations to work on an event: who sends them to whom, what they say, and who takes them back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.events.invites.models import RoleInvite
from app.extensions import db
from app.messages.models import Notification
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.events.invitations import INVITES, invite, invite_document, role_id, token_of
from tests.unittests.factories.events import EventFactoryBasic, RoleFactory, in_days
from tests.unittests.factories.team import RoleInviteFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import first_error, ids_of
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

# Sending

SENT_ALREADY = (409, "Role Invite has already been sent for this email.", "/data")


def test_nobody_invites_above_their_own_rank(api: ApiClient, someone: Any) -> None:
    event = EventFactoryBasic()
    no_organizer, no_owner = (403, "Organizer access is required."), (403, "Owner access is required.")
    table: dict[str, dict[str, Any]] = {
        "anonymous": {"organizer": (401, "Sign in to do this."), "owner": (401, "Sign in to do this.")},
        "user": {"attendee": no_organizer, "owner": no_organizer},
        "registrar": {"registrar": no_organizer},
        "moderator": {"moderator": no_organizer},
        "track_organizer": {"track_organizer": no_organizer},
        "coorganizer": {"coorganizer": no_organizer, "registrar": no_organizer},
        "organizer": {"organizer": 201, "coorganizer": 201, "registrar": 201, "attendee": 201, "owner": no_owner},
        "owner": {"organizer": 201, "track_organizer": 201, "moderator": 201, "owner": 201},
        "admin": {"organizer": 201, "owner": 201},
    }
    for kind, roles in table.items():
        user = someone(event, kind)
        for role, expected in roles.items():
            answer = invite(api, event, role, f"{kind}.{role}@example.com", by=user)
            found = answer.status_code if answer.status_code == 201 else first_error(answer)[:2]
            assert found == expected, (kind, role)


def test_invitation_shows_everything_but_its_token(api: ApiClient) -> None:
    event = EventFactoryBasic()
    body = invite_document(event, email=" Grace@example.com ", status="accepted", hash="mine", created_at=None)
    made = api.post(INVITES, body, user=role_of(event, "organizer"))
    assert made.status_code == 201, made.json
    shown = made.json["data"]["attributes"]
    assert shown.pop("created-at")
    assert shown == {"email": "Grace@example.com", "role-name": "organizer", "status": "pending"}
    assert made.headers["Location"] == f"/v1/role-invites/{made.json['data']['id']}"


def test_invitation_without_the_name_of_its_role_takes_it_from_there(api: ApiClient) -> None:
    event = EventFactoryBasic()
    for number, name in enumerate(({}, {"role_name": None})):
        body = invite_document(event, "moderator", f"x{number}@example.com")
        del body["data"]["attributes"]["role-name"]
        body["data"]["attributes"] |= {key.replace("_", "-"): value for key, value in name.items()}
        made = api.post(INVITES, body, user=role_of(event, "organizer"))
        assert made.json["data"]["attributes"]["role-name"] == "moderator"


def test_unsound_invitation_is_refused(api: ApiClient) -> None:
    event, guide = EventFactoryBasic(), RoleFactory(name="guide")
    user, draft = role_of(event, "organizer"), EventFactoryBasic(state="draft")
    mismatch = (422, "Role id do not match role name", "/data/attributes/role")
    attributes: list[tuple[dict[str, Any], Any]] = [
        ({"email": None}, ("422", "/data/attributes/email")),
        ({"email": "nobody"}, ("422", "/data/attributes/email")),
        ({"email": '"a b"@example.com'}, ("422", "/data/attributes/email")),
        ({"email": "a\x00b@example.com"}, ("422", "/data/attributes/email")),
        ({"email": 5}, ("422", "/data/attributes/email")),
        ({"role_name": "king"}, ("422", "/data/attributes/role-name")),
        ({"role_name": ["owner"]}, ("422", "/data/attributes/role-name")),
        ({"role_name": "moderator"}, (mismatch[0], mismatch[2])),
    ]
    for given, expected in attributes:
        error = first_error(api.post(INVITES, invite_document(event, **given), user=user))
        assert (error[0], error[2]) == expected, given
    relationships: list[tuple[str, Any, Any]] = [
        ("role", None, (422, "/data/relationships/role")),
        ("role", linkage("role", 10**15), (404, "role_id")),
        ("role", linkage("role", 10**30), (404, "role_id")),
        ("event", None, (422, "/data/relationships/event")),
        ("event", linkage("event", draft), (404, "event_id")),
    ]
    for name, value, expected in relationships:
        body = invite_document(event)
        body["data"]["relationships"][name] = {"data": value}
        error = first_error(api.post(INVITES, body, user=user))
        assert (error[0], error[2]) == expected, (name, value)
        del body["data"]["relationships"][name]
        assert first_error(api.post(INVITES, body, user=user))[2] == f"/data/relationships/{name}"
    for name in ("organizer", None):
        body = invite_document(event, role_name=name)
        body["data"]["relationships"]["role"] = {"data": linkage("role", guide)}
        assert first_error(api.post(INVITES, body, user=user)) == mismatch
    assert db.session.query(RoleInvite).count() == 0


def test_address_is_asked_once_and_its_owner_again_to_own_the_event(api: ApiClient) -> None:
    event = EventFactoryBasic()
    owner = role_of(event, "owner")
    table: list[tuple[str, str, str, Any]] = [
        ("pending", "organizer", "organizer", SENT_ALREADY),
        ("pending", "organizer", "moderator", SENT_ALREADY),
        ("pending", "organizer", "owner", SENT_ALREADY),
        ("accepted", "organizer", "registrar", SENT_ALREADY),
        ("accepted", "organizer", "owner", 201),
        ("pending", "owner", "organizer", SENT_ALREADY),
        ("pending", "owner", "owner", SENT_ALREADY),
        ("accepted", "owner", "organizer", SENT_ALREADY),
        ("accepted", "owner", "owner", SENT_ALREADY),
        ("declined", "organizer", "organizer", 201),
    ]
    for number, (status, role, wanted, expected) in enumerate(table):
        email = f"Grace{number}@example.com"
        RoleInviteFactory(event=event, email=email, role_name=role, status=status)
        answer = invite(api, event, wanted, email.upper().replace("EXAMPLE.COM", "example.com"), by=owner)
        found = answer.status_code if answer.status_code == 201 else first_error(answer)
        assert found == expected, (status, role, wanted)
        db.session.query(RoleInvite).filter_by(event=event).delete()
    RoleInviteFactory(email="elsewhere@example.com")
    assert invite(api, event, "organizer", "elsewhere@example.com", by=owner).status_code == 201


def test_what_was_not_answered_in_time_makes_room(api: ApiClient) -> None:
    event = EventFactoryBasic()
    RoleInviteFactory(event=event, email="grace@example.com", expires_at=in_days(-1))
    other = RoleInviteFactory(email="grace@example.com", expires_at=in_days(-1))
    made = invite(api, event, "moderator", "GRACE@example.com", by=role_of(event, "organizer"))
    assert made.status_code == 201
    assert set(db.session.scalars(select(RoleInvite.id))) == {int(made.json["data"]["id"]), other.id}


def test_event_is_offered_to_one_at_a_time(api: ApiClient) -> None:
    event = EventFactoryBasic()
    owner = role_of(event, "owner")
    kept = {
        RoleInviteFactory(event=event, role_name="owner", email=owner.email, status="accepted").id,
        RoleInviteFactory(event=event).id,
        RoleInviteFactory(role_name="owner").id,
    }
    RoleInviteFactory(event=event, role_name="owner")
    made = invite(api, event, "owner", "grace@example.com", by=owner)
    assert set(db.session.scalars(select(RoleInvite.id))) == kept | {int(made.json["data"]["id"])}


def test_whoever_makes_an_event_has_accepted_to_own_it(api: ApiClient) -> None:
    user = UserFactory()
    body = document("event", name="New", timezone="UTC")
    event_id = api.post("/v1/events", body, user=user).json["data"]["id"]
    (shown,) = api.get(f"/v1/events/{event_id}/role-invites?include=role", user=user).json["data"]
    assert shown["attributes"].items() >= {"email": user.email, "role-name": "owner", "status": "accepted"}.items()
    assert shown["relationships"]["role"]["data"]["id"] == str(role_id("owner"))
    found = db.session.query(RoleInvite).one()
    assert (found.user_id, found.secret_hash) == (user.id, None)


# Mail and notification


def test_mail_holds_a_token_that_is_stored_as_a_hash(api: ApiClient, deliver: Any) -> None:
    event, account = EventFactoryBasic(name="Engines & <b>Looms</b>"), UserFactory(email="grace@example.com")
    user = role_of(event, "organizer")
    user.first_name, user.last_name = "Charles", "Babbage"
    made = invite(api, event, "track_organizer", "GRACE@example.com", by=user)
    (mail,) = deliver()
    assert mail["To"] == "GRACE@example.com"
    text = mail.get_body(("plain",)).get_content()
    assert "Charles Babbage invites you to work on this event as Track Organizer" in text
    assert "<b>Looms</b>" not in mail.get_body(("html",)).get_content()
    token = token_of(mail)
    assert db.session.query(RoleInvite).one().secret_hash == fingerprint(token)
    assert token not in made.get_data(as_text=True)
    (told,) = db.session.query(Notification)
    assert (told.user_id, told.content["type"], told.content["role"]) == (account.id, "event_role", "track_organizer")
    assert told.content["event"]["identifier"] == event.identifier
    assert token not in str(told.content)


def test_account_that_has_not_proven_the_address_is_not_notified(api: ApiClient, deliver: Any) -> None:
    event = EventFactoryBasic()
    UserFactory(email="grace@example.com", is_verified=False)
    invite(api, event, "organizer", "grace@example.com", by=role_of(event, "owner"))
    assert len(deliver()) == 1
    assert db.session.query(Notification).count() == 0


def test_invitation_that_was_taken_back_is_not_mailed(api: ApiClient, deliver: Any) -> None:
    event = EventFactoryBasic()
    owner = role_of(event, "owner")
    made = invite(api, event, "organizer", "grace@example.com", by=owner)
    assert api.delete(f"{INVITES}/{made.json['data']['id']}", user=owner).status_code == 200
    assert deliver() == []


def test_mails_of_one_person_and_to_one_address_are_limited(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_MAIL", "2 per hour")
    event = EventFactoryBasic()
    user = role_of(event, "organizer")
    answers = [invite(api, event, "moderator", f"{name}@team.example", by=user).status_code for name in ("a", "b", "c")]
    assert answers == [201, 201, 429]
    for status in (201, 201, 429):
        other = EventFactoryBasic()
        answer = invite(api, other, "moderator", "often@team.example", by=role_of(other, "owner"))
        assert answer.status_code == status
    again = RoleInviteFactory(event=event)
    resent = [api.plain("POST", f"{INVITES}/{again.id}/resend-invite", user=AdminFactory()) for _ in range(3)]
    assert [each.status_code for each in resent] == [200, 200, 429]


def test_sent_again_it_has_another_token_and_as_much_time_as_at_first(api: ApiClient, deliver: Any) -> None:
    invited = RoleInviteFactory(secret_hash=fingerprint("former"), expires_at=in_days(-3))
    path = f"{INVITES}/{invited.id}/resend-invite"
    answer = api.plain("POST", path, user=role_of(invited.event, "coorganizer"))
    assert (answer.status_code, answer.json) == (200, {"success": True, "message": "Invite resent successfully"})
    assert in_days(0.9) < invited.expires_at < in_days(1.1)
    (mail,) = deliver()
    assert invited.secret_hash == fingerprint(token_of(mail)) != fingerprint("former")
    for status in ("accepted", "declined"):
        invited.status = status
        refused = first_error(api.plain("POST", path, user=role_of(invited.event, "organizer")))
        assert refused == (409, f"Role Invite is already {status}.", "/data/status")
    for user, expected in ((None, 401), (UserFactory(), 403), (role_of(invited.event, "registrar"), 403)):
        assert api.plain("POST", path, user=user).status_code == expected
    for unknown in (10**12, 10**30, "x"):
        assert api.plain("POST", f"{INVITES}/{unknown}/resend-invite", user=AdminFactory()).status_code == 404
    assert len(deliver()) == 1


# Reading and taking back


def test_invitations_are_read_by_those_who_run_the_event(api: ApiClient, someone: Any) -> None:
    event = EventFactoryBasic()
    one, _ = RoleInviteFactory(event=event), RoleInviteFactory()
    address = someone(event, "user")
    address.email = one.email
    statuses = {"anonymous": 401, "user": 403, "registrar": 403, "moderator": 403, "coorganizer": 200, "admin": 200}
    readers = {kind: someone(event, kind) for kind in statuses} | {"invitee": address}
    for kind, user in readers.items():
        for path in (f"{INVITES}/{one.id}", f"/v1/events/{event.identifier}/role-invites?include=role,event"):
            answer = api.get(path, user=user)
            assert answer.status_code == statuses.get(kind, 403), (kind, path)
        condition = {"name": "role-invites", "op": "any", "val": {"name": "email", "op": "like", "val": "%"}}
        found = api.get("/v1/events", query={"filter": [condition]}, user=user).json["meta"]["count"]
        included = api.get(f"/v1/events/{event.id}?include=role-invites", user=user)
        sees = statuses.get(kind) == 200
        assert (found > 0, one.email in included.get_data(as_text=True)) == (sees, sees), kind
    team = readers["coorganizer"]
    assert ids_of(api.get(f"/v1/events/{event.id}/role-invites", user=team)) == {str(one.id)}
    assert api.get(INVITES, user=AdminFactory()).status_code == 405
    body = document("role-invite", one.id, email="x@example.com", status="accepted")
    assert api.patch(f"{INVITES}/{one.id}", body, user=AdminFactory()).status_code == 405
    event.state = "draft"
    for path in (f"{INVITES}/{one.id}", f"/v1/events/{event.id}/role-invites"):
        assert api.get(path, user=readers["user"]).status_code == 404
        assert api.get(path, user=team).status_code == 200
    event.deleted_at = in_days(-1)
    assert api.get(f"{INVITES}/{one.id}", user=team).status_code == 404


def test_organizers_take_an_invitation_back_until_it_is_accepted(api: ApiClient) -> None:
    event = EventFactoryBasic()
    for status in ("pending", "declined", "accepted"):
        one = RoleInviteFactory(event=event, status=status)
        path = f"{INVITES}/{one.id}"
        assert api.delete(path, user=role_of(event, "coorganizer")).status_code == 403
        answer = api.delete(path, user=role_of(event, "organizer"))
        if status != "accepted":
            assert answer.status_code == 200
            continue
        refused = (409, "You cannot delete an accepted role invite.", "/data/status")
        assert first_error(answer) == refused
        assert first_error(api.delete(f"{path}?permanent=true", user=AdminFactory())) == refused


def test_list_costs_the_same_however_many_are_asked(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user, costs = role_of(event, "owner"), []
    for _ in range(2):
        for role in ("organizer", "moderator", "registrar"):
            RoleInviteFactory(event=event, role_name=role)
        with statements_sent() as sent:
            assert api.get(f"/v1/events/{event.id}/role-invites?include=role,event", user=user).status_code == 200
        costs.append(len(sent))
    assert costs[0] == costs[1]
