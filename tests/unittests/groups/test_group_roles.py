"""Invitations to run a group: who sends, sees and takes them back, what is mailed, and how they are accepted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.extensions import db
from app.groups.models import UsersGroupsRoles
from app.users.mailed_tokens import fingerprint
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import RoleFactory, in_days
from tests.unittests.factories.groups import GroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.groups.gathering import ids_of, organizer_of, refusal_of

TOKEN = "a-mailed-token"
OWNER_ONLY = (403, "Owner access is required.")


def invitation(group: Any, email: str = "grace@example.com", role: str = "organizer") -> Any:
    """A document that asks somebody to hold a role in the group."""
    relationships = {"group": linkage("group", group), "role": linkage("role", RoleFactory(name=role))}
    return document("users-groups-role", relationships=relationships, email=email, accepted=True, token="mine")


def invite(api: ApiClient, user: Any, *args: Any) -> TestResponse:
    """The answer to asking somebody."""
    return api.post("/v1/users-groups-roles", invitation(*args), user=user)


def accept(api: ApiClient, user: Any, token: object = TOKEN) -> TestResponse:
    """The answer to accepting."""
    return api.plain("POST", "/v1/users-groups-roles/accept-invite", {"data": {"token": token}}, user=user)


def invited(user: Any, **values: Any) -> UsersGroupsRoles:
    """An invitation that was mailed to this user's address with TOKEN."""
    made: UsersGroupsRoles = UsersGroupsRolesFactory(email=user.email, secret_hash=fingerprint(TOKEN), **values)
    return made


# Sending


def test_owner_invites_and_the_mail_alone_holds_the_token(api: ApiClient, deliver: Any) -> None:
    group, account = GroupFactory(name="Book <circle>"), UserFactory(email="Grace@example.com")
    made = invite(api, group.user, group, " grace@example.com ")
    assert made.status_code == 201, made.json
    assert made.json["data"]["attributes"] == {"email": "grace@example.com", "accepted": False}
    row = db.session.get_one(UsersGroupsRoles, int(made.json["data"]["id"]))
    assert (row.user_id, row.accepted) == (account.id, False)
    (mail,) = deliver()
    assert mail["To"] == "grace@example.com"
    assert "Book &lt;circle&gt;" in mail.get_body(("html",)).get_content()
    found = re.search(
        r"https://www\.example\.com/group-invites\?token=([\w-]+)", mail.get_body(("plain",)).get_content()
    )
    assert found
    assert row.secret_hash == fingerprint(found[1])
    assert found[1] not in made.get_data(as_text=True)


def test_others_do_not_invite_and_only_organizers_are_asked(api: ApiClient) -> None:
    group = GroupFactory()
    for user in (organizer_of(group), GroupFactory().user, UserFactory()):
        assert refusal_of(invite(api, user, group)) == OWNER_ONLY
    assert invite(api, None, group).status_code == 401
    for role in ("owner", "coorganizer"):
        refused = invite(api, group.user, group, "grace@example.com", role)
        assert refusal_of(refused) == (403, "Only organizer role is allowed.")
        assert refused.json["errors"][0]["source"]["pointer"] == "/data/relationships/role"


@pytest.mark.parametrize("missing", ["group", "role"])
def test_invitation_names_its_group_and_role(api: ApiClient, missing: str) -> None:
    group = GroupFactory()
    body = invitation(group)
    del body["data"]["relationships"][missing]
    refused = api.post("/v1/users-groups-roles", body, user=group.user)
    assert refusal_of(refused) == (422, f"A valid relationship with {missing} resource is required")


def test_address_is_invited_once_to_a_group(api: ApiClient) -> None:
    group, other = GroupFactory(), GroupFactory()
    assert invite(api, group.user, group).status_code == 201
    refused = invite(api, group.user, group, "GRACE@example.com")
    assert refusal_of(refused) == (409, "Role Invite has already been sent for this email.")
    assert refused.json["errors"][0]["source"] == {"pointer": "/data"}
    assert invite(api, other.user, other).status_code == 201
    for email in (None, "nobody", '"a b"@example.com'):
        assert invite(api, group.user, group, email).json["errors"][0]["status"] == "422"


def test_invitation_is_sent_again_with_a_token_that_replaces_the_first(api: ApiClient, deliver: Any) -> None:
    group = GroupFactory()
    row = db.session.get_one(UsersGroupsRoles, int(invite(api, group.user, group).json["data"]["id"]))
    first, row.expires_at = row.secret_hash, in_days(-1)
    path = f"/v1/group-role-invites/{row.id}/resend-invite"
    for user, refused in (
        (organizer_of(group), OWNER_ONLY),
        (UserFactory(), (403, "Group owner or organizer access required")),
    ):
        assert refusal_of(api.plain("POST", path, user=user)) == refused
    sent = api.plain("POST", path, user=group.user)
    assert sent.json == {"success": True, "message": "Invite resent successfully"}
    db.session.refresh(row)
    assert row.secret_hash != first
    assert row.expires_at > in_days(6)
    assert len(deliver()) == 1
    row.accepted, row.user = True, UserFactory(email=row.email)
    assert api.plain("POST", path, user=group.user).status_code == 409
    assert (
        api.plain("POST", "/v1/group-role-invites/99999999999999999999/resend-invite", user=group.user).status_code
        == 404
    )
    assert api.plain("POST", path).status_code == 401


def test_mails_of_one_person_and_to_one_address_are_limited(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_MAIL", "2 per hour")
    group = GroupFactory()
    statuses = [invite(api, group.user, group, f"{name}@limits.example").status_code for name in "cde"]
    assert statuses == [201, 201, 429]


# Reading and removing


def test_members_and_staff_see_who_runs_a_group(api: ApiClient) -> None:
    group = GroupFactory()
    organizer, asked = organizer_of(group), UserFactory()
    pending = UsersGroupsRolesFactory(group=group, user=asked)
    for path in (f"/v1/groups/{group.id}/roles", f"/v1/groups/{group.id}/users-groups-roles"):
        for user in (group.user, organizer, AdminFactory()):
            assert len(ids_of(api.get(path, user=user))) == 3
        assert [api.get(path, user=user).status_code for user in (None, asked, UserFactory())] == [401, 403, 403]
    detail = f"/v1/users-groups-roles/{pending.id}"
    for user, status in ((organizer, 200), (AdminFactory(), 200), (asked, 403), (UserFactory(), 403), (None, 401)):
        assert api.get(detail, user=user).status_code == status
    assert api.get(f"/v1/groups/{group.id}?include=roles", user=asked).json["included"] == []
    found = [{"name": "roles", "op": "any", "val": {"name": "email", "op": "eq", "val": asked.email}}]
    assert ids_of(api.get("/v1/groups", query={"filter": found}, user=asked)) == []
    assert ids_of(api.get("/v1/groups", query={"filter": found}, user=organizer)) == [group.id]


def test_owner_takes_roles_back_and_members_leave(api: ApiClient) -> None:
    group = GroupFactory()
    first, second = organizer_of(group), organizer_of(group)
    rows = {each.user_id: f"/v1/users-groups-roles/{each.id}" for each in db.session.query(UsersGroupsRoles)}
    assert refusal_of(api.delete(rows[second.id], user=first)) == OWNER_ONLY
    assert api.delete(rows[first.id], user=first).status_code == 200
    assert api.delete(rows[second.id], user=group.user).status_code == 200
    owner = api.delete(rows[group.user_id], user=group.user)
    assert refusal_of(owner) == (403, "You cannot remove the owner of the group.")
    assert api.patch(rows[group.user_id], document("users-groups-role"), user=group.user).status_code == 405


def test_invitation_that_was_taken_back_is_not_mailed(api: ApiClient, deliver: Any) -> None:
    group = GroupFactory()
    made = invite(api, group.user, group)
    assert api.delete(f"/v1/users-groups-roles/{made.json['data']['id']}", user=group.user).status_code == 200
    assert deliver() == []


# Accepting


def test_accepting_proves_the_address_and_works_once(api: ApiClient) -> None:
    user = UserFactory(is_verified=False, email="Grace@Example.com")
    row = invited(user)
    row.email = "grace@example.com"
    answer = accept(api, user)
    expected = {"email": row.email, "group": row.group_id, "name": user.full_name, "role": "organizer"}
    assert answer.json == expected
    db.session.refresh(row)
    assert (row.accepted, row.user_id, user.is_verified) == (True, user.id, True)
    assert refusal_of(accept(api, user))[0] == 409


def test_token_is_worth_nothing_to_others_or_later(api: ApiClient) -> None:
    user, stranger = UserFactory(), UserFactory()
    row = invited(user)
    assert refusal_of(accept(api, stranger)) == (403, "current user is not invitee")
    user.email = "moved@example.com"
    assert refusal_of(accept(api, user)) == (404, "User corresponding to role invite not Found")
    user.email, row.expires_at = row.email, in_days(-1)
    assert refusal_of(accept(api, user)) == (404, "Role Invite Not Found")
    row.expires_at, row.group.deleted_at = in_days(1), in_days(-1)
    assert refusal_of(accept(api, user)) == (404, "Role Invite Not Found")
    for token in (None, 7, "", ["a"], {"a": 1}):
        assert accept(api, user, token).status_code == 422
    for token in ("other", "a\x00b", "a" * 100_000):
        assert accept(api, user, token).status_code == 404
    assert accept(api, None).status_code == 401
    assert row.accepted is False
