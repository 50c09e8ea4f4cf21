"""Accounts that are deleted and restored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.edge import Service
from app.extensions import db
from app.users import services
from app.users.models import User
from app.users.tokens import access_token
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.users import AdminFactory, MailedTokenFactory, UserFactory


def test_deleted_account_is_gone_and_its_address_is_free(api: ApiClient) -> None:
    user, admin = UserFactory(email="gone@example.com"), AdminFactory()
    MailedTokenFactory(user=user, secret="the secret")
    token = {"Authorization": f"JWT {access_token(user)}"}
    response = api.delete(f"/v1/users/{user.id}", user=user)
    assert (response.status_code, response.json["meta"]["message"]) == (200, "Object successfully deleted")
    assert (user.email, user.deleted_at is None) == ("gone@example.com.deleted", False)
    assert api.get(f"/v1/users/{user.id}", headers=token).status_code == 401
    assert api.get(f"/v1/users/{user.id}", user=admin).status_code == 404
    assert api.get(f"/v1/users/{user.id}", user=admin, query={"get_trashed": "true"}).status_code == 200
    listed = api.get("/v1/users", user=admin).json["meta"]["count"]
    trashed = api.get("/v1/users", user=admin, query={"get_trashed": "true"}).json["meta"]["count"]
    assert trashed == listed + 1
    assert api.plain("POST", "/v1/auth/verify-email", {"token": "the secret"}).status_code == 400


def test_addresses_of_deleted_accounts_never_collide(api: ApiClient) -> None:
    users = []
    for _ in range(3):
        user = UserFactory(email="again@example.com")
        api.delete(f"/v1/users/{user.id}", user=user)
        users.append(user.email)
    assert users == ["again@example.com" + ".deleted" * count for count in (1, 2, 3)]


def restore(api: ApiClient, user: User, *, actor: User, **attributes: Any) -> Any:
    given = document("user", user.id, deleted_at=None, **attributes)
    return api.patch(f"/v1/users/{user.id}", given, user=actor, query={"get_trashed": "true"})


@pytest.fixture
def deleted(app: Service) -> User:
    return UserFactory(email="back@example.com.deleted", deleted_at=datetime.now(UTC))


def test_staff_restore_an_account_with_its_address(api: ApiClient, deleted: User) -> None:
    assert restore(api, deleted, actor=UserFactory()).status_code == 403
    assert restore(api, deleted, actor=AdminFactory()).status_code == 200
    assert (deleted.email, deleted.deleted_at, deleted.is_verified) == ("back@example.com", None, True)


def test_restoring_needs_the_trash_to_be_asked_for(api: ApiClient, deleted: User) -> None:
    given = document("user", deleted.id, deleted_at=None)
    assert api.patch(f"/v1/users/{deleted.id}", given, user=AdminFactory()).status_code == 404


def test_account_whose_address_was_taken_is_restored_once_it_has_another(api: ApiClient, deleted: User) -> None:
    UserFactory(email="Back@example.com")
    admin = AdminFactory()
    (error,) = restore(api, deleted, actor=admin, email=deleted.email).json["errors"]
    assert (error["status"], error["source"]["pointer"]) == (403, "/data/attributes/email")
    assert error["detail"] == "This email is already registered! Manually edit and then try restoring"
    assert restore(api, deleted, actor=admin, email="other@example.com").status_code == 200
    assert (deleted.email, deleted.deleted_at) == ("other@example.com", None)


def test_account_is_not_deleted_by_patch(api: ApiClient) -> None:
    user = UserFactory()
    given = document("user", user.id, deleted_at="2020-01-01T00:00:00Z")
    assert api.patch(f"/v1/users/{user.id}", given, user=AdminFactory()).status_code == 200
    assert user.deleted_at is None


def test_account_that_is_needed_is_not_deleted(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    needed, other = UserFactory(), UserFactory()
    ids, reason = [needed.id], "Users associated with events cannot be deleted"
    monkeypatch.setattr(services, "_obstacles", [])
    services.add_obstacle(lambda user: reason if user.id in ids else None)
    for query in ({}, {"permanent": "true"}):
        response = api.delete(f"/v1/users/{needed.id}", user=AdminFactory(), query=query)
        assert response.status_code == 403
        assert response.json["errors"][0]["detail"] == reason
    assert (needed.deleted_at, needed.email.endswith(".deleted")) == (None, False)
    assert api.delete(f"/v1/users/{other.id}", user=other).status_code == 200


def test_only_staff_delete_for_good(api: ApiClient) -> None:
    user = UserFactory()
    path, query = f"/v1/users/{user.id}", {"permanent": "true"}
    assert api.delete(path, user=user, query=query).status_code == 403
    id_ = user.id
    assert api.delete(path, user=AdminFactory(), query=query).status_code == 200
    assert db.session.scalar(select(User.id).where(User.id == id_)) is None


def test_user_of_linkage_has_to_exist(api: ApiClient, deleted: User) -> None:
    user = UserFactory()
    for other in (deleted.id, 999999999):
        given = document("user-email", relationships={"user": linkage("user", other)}, email_address="x@example.com")
        assert api.post("/v1/user-emails", given, user=user).status_code == 404
