"""Answers to invitations to work on an event: given by the token of the mail, for the account with that address."""

from __future__ import annotations

from typing import Any

import pytest

from app.events import team
from app.events.invites.models import RoleInvite
from app.events.models import Event, UsersEventsRoles
from app.extensions import db
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.events.invitations import INVITES, answered, held_by, invite, invited, role_id, token_of
from tests.unittests.factories.events import EventFactoryBasic, give_role, in_days
from tests.unittests.factories.team import RoleInviteFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.program.calling import first_error
from tests.unittests.ranks import role_of

UNKNOWN = (404, "Role Invite Not Found", "/data/token")
EXPIRED = (409, "Role Invite has expired.", "/data/status")
ANSWERS = ("user", "accept-invite", "decline-invite")


def test_whoever_was_asked_takes_the_role_without_signing_in(api: ApiClient, deliver: Any) -> None:
    event = EventFactoryBasic(state="draft")
    user, owner = UserFactory(email="Grace@example.com", is_verified=False), role_of(event, "owner")
    invite(api, event, "coorganizer", "grace@example.com", by=owner)
    (mail,) = deliver()
    token = token_of(mail)
    assert answered(api, "user", token).json == {"email": "grace@example.com"}
    assert api.get(f"/v1/events/{event.id}", user=user).status_code == 404
    done = answered(api, "accept-invite", token)
    expected = {
        "email": "grace@example.com",
        "event": event.id,
        "event_identifier": event.identifier,
        "name": user.full_name,
        "role": "coorganizer",
    }
    assert (done.status_code, done.json) == (200, expected)
    assert (held_by(user, event), user.is_verified) == ({"coorganizer"}, True)
    accepted = db.session.query(RoleInvite).one()
    assert (accepted.status, accepted.user_id) == ("accepted", user.id)
    assert api.get(f"/v1/events/{event.id}", user=user).status_code == 200


def test_accepting_twice_changes_nothing(api: ApiClient) -> None:
    one = invited(email="grace@example.com")
    user, other = UserFactory(email="grace@example.com"), UserFactory()
    done = answered(api, "accept-invite", user=user)
    one.expires_at, user.email, user.is_verified = in_days(-1), "moved@example.com", False
    other.email = "grace@example.com"
    for reader in (None, user):
        again = answered(api, "accept-invite", user=reader)
        assert (again.status_code, again.json) == (200, done.json)
    assert answered(api, "accept-invite", user=other).status_code == 403
    assert (held_by(user, one.event), held_by(other, one.event), user.is_verified) == ({"organizer"}, set(), False)
    refused = (409, "Role Invite is already accepted.", "/data/status")
    assert first_error(answered(api, "decline-invite")) == refused


def test_role_goes_to_the_account_with_the_address_alone(api: ApiClient) -> None:
    one = invited(email="grace@example.com")
    no_account = (404, "User corresponding to role invite not Found", "/data/token")
    UserFactory(email="grace@example.com.deleted", deleted_at=in_days(-1))
    assert first_error(answered(api, "accept-invite")) == no_account
    user = UserFactory(email="GRACE@example.com", is_blocked=True)
    assert first_error(answered(api, "accept-invite")) == no_account
    user.is_blocked = False
    for other in (role_of(one.event, "owner"), AdminFactory()):
        for how in ANSWERS[1:]:
            refused = first_error(answered(api, how, user=other))
            assert (refused[0], refused[2]) == (403, "/data/token")
    assert (one.status, held_by(user, one.event)) == ("pending", set())
    assert answered(api, "accept-invite", user=user).status_code == 200
    assert held_by(user, one.event) == {"organizer"}


def test_who_holds_the_role_already_accepts_too(api: ApiClient) -> None:
    one = invited()
    user = UserFactory(email=one.email)
    give_role(user, one.event, "organizer")
    assert answered(api, "accept-invite").status_code == 200
    assert held_by(user, one.event) == {"organizer"}


def test_who_does_not_want_the_role_declines_without_an_account(api: ApiClient) -> None:
    one = invited()
    done = answered(api, "decline-invite")
    assert (done.status_code, done.json) == (200, {"success": True, "message": "Role Invite declined"})
    assert (one.status, one.secret_hash) == ("declined", None)
    UserFactory(email=one.email)
    for how in ANSWERS:
        assert first_error(answered(api, how)) == UNKNOWN
    again = invite(api, one.event, "organizer", one.email, by=role_of(one.event, "owner"))
    assert again.status_code == 201


def test_token_that_is_no_longer_good_is_refused(api: ApiClient) -> None:
    one = invited()
    user = UserFactory(email=one.email)
    owner = role_of(one.event, "owner")

    def refusals() -> set[Any]:
        return {first_error(answered(api, how)) for how in ANSWERS}

    one.expires_at = in_days(-1)
    assert refusals() == {EXPIRED}
    one.expires_at = in_days(1)
    assert {first_error(answered(api, how, "guess")) for how in ANSWERS} == {UNKNOWN}
    one.event.deleted_at = in_days(-1)
    assert refusals() == {UNKNOWN}
    one.event.deleted_at = None
    assert api.plain("POST", f"{INVITES}/{one.id}/resend-invite", user=owner).status_code == 200
    assert refusals() == {UNKNOWN}
    one.secret_hash = fingerprint("token")
    assert api.delete(f"{INVITES}/{one.id}", user=owner).status_code == 200
    assert refusals() == {UNKNOWN}
    assert held_by(user, EventFactoryBasic()) == set()
    assert db.session.query(UsersEventsRoles).filter_by(user_id=user.id).count() == 0


def test_token_is_asked_for(api: ApiClient) -> None:
    for body in ([], {}, {"data": []}, {"data": {"token": ""}}, {"data": {"token": 5}}, {"data": {"token": None}}):
        for how in ANSWERS:
            refused = first_error(api.plain("POST", f"/v1/role_invites/{how}", body))
            assert (refused[0], refused[2]) == (422, "/data/token"), body
    assert api.request("POST", "/v1/role_invites/user", data="{").status_code == 400
    assert first_error(answered(api, "user", "\x00" * 9000)) == UNKNOWN
    assert api.plain("GET", "/v1/role_invites/accept-invite").status_code == 405


def test_tokens_are_not_guessed_without_end(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_TOKEN", "3 per hour")
    statuses = [answered(api, how, "guess").status_code for how in (*ANSWERS, *ANSWERS)]
    assert statuses == [404, 404, 404, 429, 429, 429]


# What becomes of a role that was accepted


def test_who_loses_a_role_may_be_asked_again_and_does_not_come_back_alone(api: ApiClient) -> None:
    event = EventFactoryBasic()
    owner = role_of(event, "owner")
    for how in ("removed", "left", "changed", "moved"):
        one = invited(event=event)
        user = UserFactory(email=one.email)
        assert answered(api, "accept-invite").status_code == 200
        if how == "moved":
            user.email = "moved@example.com"
        held = db.session.query(UsersEventsRoles).filter_by(user_id=user.id, event_id=event.id).one()
        path, kept = f"/v1/users-events-roles/{held.id}", RoleInviteFactory(event=event).id
        if how == "changed":
            body = document("users-events-roles", held.id, {"role": linkage("role", role_id("registrar"))})
            assert api.patch(path, body, user=owner).status_code == 200
        else:
            assert api.delete(path, user=user if how == "left" else owner).status_code == 200
        assert first_error(answered(api, "accept-invite")) == UNKNOWN, how
        assert held_by(user, event) == ({"registrar"} if how == "changed" else set())
        assert db.session.get(RoleInvite, kept) is not None
        assert invite(api, event, "organizer", user.email, by=owner).status_code == 201
        db.session.query(RoleInvite).delete()


# Handing an event over


def test_new_owner_makes_the_former_one_an_organizer(api: ApiClient) -> None:
    event = EventFactoryBasic()
    former, user = role_of(event, "owner"), UserFactory()
    RoleInviteFactory(event=event, role_name="owner", email=former.email, status="accepted", user=former)
    RoleInviteFactory(event=event, role_name="owner")
    kept = RoleInviteFactory(event=event).id, RoleInviteFactory(role_name="owner").id
    one = invited("owner", event=event, email=user.email)
    assert answered(api, "accept-invite").json["role"] == "owner"
    assert (held_by(former, event), held_by(user, event)) == ({"organizer"}, {"owner"})
    assert {each.id for each in db.session.query(RoleInvite)} == {one.id, *kept}
    shown = api.get(f"/v1/events/{event.id}?include=owner,organizers", user=former).json["data"]["relationships"]
    assert shown["owner"]["data"]["id"] == str(user.id)
    assert shown["organizers"]["data"] == [{"type": "user", "id": str(former.id)}]
    assert first_error(invite(api, event, "owner", "x@example.com", by=former))[0] == 403
    assert invite(api, event, "coorganizer", former.email, by=user).status_code == 201


def test_team_mate_becomes_owner_and_keeps_what_they_hold(api: ApiClient) -> None:
    event = EventFactoryBasic()
    former, mate = role_of(event, "owner"), role_of(event, "organizer")
    give_role(former, event, "organizer")
    RoleInviteFactory(event=event, email=mate.email, status="accepted", user=mate)
    assert invite(api, event, "owner", mate.email, by=former).status_code == 201
    db.session.query(RoleInvite).filter_by(role_name="owner").update({"secret_hash": fingerprint("token")})
    assert answered(api, "accept-invite", user=mate).status_code == 200
    assert (held_by(former, event), held_by(mate, event)) == ({"organizer"}, {"owner", "organizer"})


def test_event_without_an_owner_gets_one(api: ApiClient) -> None:
    one = invited("owner")
    user = UserFactory(email=one.email)
    assert answered(api, "accept-invite").status_code == 200
    assert held_by(user, one.event) == {"owner"}


def test_others_are_told_of_a_new_owner_and_of_nothing_else(api: ApiClient) -> None:
    told: list[int] = []

    @team.when_owner_changes
    def note(event: Event) -> None:
        told.append(event.id)

    try:
        event = EventFactoryBasic()
        owner = role_of(event, "owner")
        for role, email, expected in (
            ("organizer", None, []),
            ("owner", owner.email, []),
            ("owner", None, [event.id]),
        ):
            one = invited(role, event=event, **({"email": email} if email else {}))
            if email is None:
                UserFactory(email=one.email)
            assert answered(api, "accept-invite").status_code == 200
            assert answered(api, "accept-invite").status_code == 200
            assert told == expected
            one.secret_hash = None
    finally:
        team._owner_listeners.remove(note)
