"""Passwords: checked, changed, reset by mail."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.edge import Service
from app.extensions import db
from app.users.mailed_tokens import fingerprint
from app.users.models import MailedToken, User
from app.users.passwords import is_password
from app.users.tokens import access_token, refresh_token
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.users import MailedTokenFactory, UserFactory
from tests.unittests.users.conftest import Outbox, link_in

OLD, NEW = "correct horse", "battery staple"


@pytest.fixture
def user(app: Service) -> User:
    return UserFactory(email="ada@example.com", password=OLD)


def change(api: ApiClient, token: str, **members: Any) -> Any:
    body = {"data": {"old-password": OLD, "new-password": NEW, **members}}
    return api.plain("POST", "/v1/auth/change-password", body, headers={"Authorization": f"JWT {token}"})


# Checking


@pytest.mark.parametrize(("password", "result"), [(OLD, True), (NEW, False), ("\x00", False)])
def test_password_is_verified(api: ApiClient, user: User, password: str, result: bool) -> None:
    response = api.plain("POST", "/v1/auth/verify-password", {"password": password}, user=user)
    assert (response.status_code, response.json) == (200, {"result": result})


def test_verifying_needs_a_password_and_a_user(api: ApiClient, user: User) -> None:
    assert api.plain("POST", "/v1/auth/verify-password", {}, user=user).status_code == 400
    assert api.plain("POST", "/v1/auth/verify-password", {"password": OLD}).status_code == 401


# Changing


def test_changed_password_ends_all_sessions_and_opens_a_new_one(api: ApiClient, user: User, outbox: Outbox) -> None:
    token, renewal = access_token(user), refresh_token(user)
    response = change(api, token)
    assert response.status_code == 200
    assert response.json.items() >= {
        "id": user.id, "email": "ada@example.com", "name": user.full_name, "password-changed": True,
    }.items()  # fmt: skip
    assert is_password(NEW, user.password_hash)
    assert change(api, token).json == {"error": "Token has been revoked"}
    old = {"Authorization": f"JWT {renewal}"}
    assert api.plain("POST", "/v1/auth/token/refresh", headers=old).status_code == 401
    new = {"Authorization": f"JWT {response.json['access_token']}"}
    assert api.get(f"/v1/users/{user.id}", headers=new).status_code == 200
    (mail,) = outbox()
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Your password was changed")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"old-password": NEW}, "Wrong Password. Please enter correct current password."),
        ({"old-password": "wrong horse", "new-password": "short"}, "Wrong Password. Please enter correct current password."),
        ({"new-password": OLD}, "Old and New passwords must be different"),
        ({"new-password": "seven77"}, "Password should have minimum 8 characters"),
        ({"new-password": "x" * 1025}, "Password should have maximum 1024 characters"),
        ({"new-password": None}, "new-password missing"),
        ({"old-password": {}}, "old-password missing"),
    ],
)  # fmt: skip
def test_refused_change_of_password(
    api: ApiClient, user: User, outbox: Outbox, members: dict[str, Any], text: str
) -> None:
    response = change(api, access_token(user), **members)
    assert (response.status_code, response.json) == (400, {"error": text})
    assert is_password(OLD, user.password_hash)
    assert outbox() == []


def test_changing_a_password_needs_a_fresh_token(api: ApiClient, user: User) -> None:
    response = change(api, access_token(user, fresh=False))
    assert (response.status_code, response.json) == (401, {"error": "Fresh token required"})
    assert api.plain("POST", "/v1/auth/change-password", {}).status_code == 401


def test_password_is_not_changed_by_patch(api: ApiClient, user: User) -> None:
    for given in (NEW, None):
        response = api.patch(f"/v1/users/{user.id}", document("user", user.id, password=given), user=user)
        assert response.status_code == 200
    assert is_password(OLD, user.password_hash)


# Resetting


def ask(api: ApiClient, email: object) -> Any:
    return api.plain("POST", "/v1/auth/reset-password", {"data": {"email": email}})


def reset(api: ApiClient, token: object, password: object = NEW) -> Any:
    return api.plain("PATCH", "/v1/auth/reset-password", {"data": {"token": token, "password": password}})


def test_password_is_reset_by_the_mailed_link_once(api: ApiClient, user: User, outbox: Outbox) -> None:
    user.is_verified = False
    session = access_token(user)
    assert ask(api, " ADA@example.com").status_code == 200
    (mail,) = outbox()
    page, token = link_in(mail)
    assert (mail["To"], mail["Subject"], page) == ("ada@example.com", "Set a new password", "/reset-password")
    response = reset(api, token)
    assert (response.status_code, response.json) == (
        200, {"id": user.id, "email": "ada@example.com", "name": user.full_name},
    )  # fmt: skip
    assert is_password(NEW, user.password_hash)
    assert user.is_verified
    headers = {"Authorization": f"JWT {session}"}
    assert api.get(f"/v1/users/{user.id}", headers=headers).status_code == 401
    again = reset(api, token, "yet another one")
    assert (again.status_code, again.json) == (404, {"error": "User not found"})


def test_account_made_with_an_order_gets_another_mail(api: ApiClient, user: User, outbox: Outbox) -> None:
    user.was_registered_with_order = True
    ask(api, user.email)
    (mail,) = outbox()
    assert mail["Subject"] == "Set the password of your account"
    assert reset(api, link_in(mail)[1]).status_code == 200


def test_only_a_hash_of_the_token_is_kept_anywhere(api: ApiClient, user: User, outbox: Outbox) -> None:
    ask(api, user.email)
    waiting = str(db.session.connection().exec_driver_sql("SELECT args FROM procrastinate_jobs").scalar())
    (mail,) = outbox()
    token = link_in(mail)[1]
    stored = db.session.scalars(select(MailedToken)).one()
    assert stored.secret_hash == fingerprint(token)
    assert token not in waiting
    assert token not in str(mail["Message-ID"])


def test_asking_again_voids_the_earlier_link(api: ApiClient, user: User, outbox: Outbox) -> None:
    ask(api, user.email)
    ask(api, user.email)
    first, second = (link_in(mail)[1] for mail in outbox())
    assert reset(api, first).status_code == 404
    assert reset(api, second).status_code == 200


@pytest.mark.parametrize("email", ["nobody@example.com", "blocked@example.com", "gone@example.com", "a\x00@b.example"])
def test_asking_tells_nothing_about_accounts_and_mails_none(api: ApiClient, outbox: Outbox, email: str) -> None:
    UserFactory(email="ada@example.com")
    UserFactory(email="blocked@example.com", is_blocked=True)
    UserFactory(email="gone@example.com", deleted_at=datetime.now(UTC))
    known, unknown = ask(api, "ada@example.com"), ask(api, email)
    assert known.json | {"email": email} == unknown.json
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert [mail["To"] for mail in outbox()] == ["ada@example.com"]


@pytest.mark.parametrize("email", [None, "", 5, ["ada@example.com"]])
def test_asking_needs_an_address(api: ApiClient, email: object) -> None:
    assert ask(api, email).status_code == 400


VOID = {
    "expired": {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
    "used": {"used_at": datetime(2020, 1, 1, tzinfo=UTC)},
    "of another purpose": {"purpose": "verify"},
    "of an address that changed": {"email": "former@example.com"},
}


@pytest.mark.parametrize("fault", VOID)
def test_void_token_resets_nothing(api: ApiClient, user: User, fault: str) -> None:
    MailedTokenFactory(user=user, secret="the secret", **{"purpose": "reset", **VOID[fault]})
    response = reset(api, "the secret")
    assert (response.status_code, response.json) == (404, {"error": "User not found"})
    assert is_password(OLD, user.password_hash)


@pytest.mark.parametrize("state", [{"is_blocked": True}, {"deleted_at": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_blocked_and_deleted_accounts_are_not_reset(api: ApiClient, state: dict[str, Any]) -> None:
    MailedTokenFactory(user=UserFactory(password=OLD, **state), purpose="reset", secret="the secret")
    assert reset(api, "the secret").status_code == 404


@pytest.mark.parametrize("token", [None, "", "unknown", 5, {}, "x" * 10_000, "\x00"])
def test_unknown_token_is_404(api: ApiClient, token: object) -> None:
    assert reset(api, token).status_code == 404


def test_refused_password_does_not_spend_the_token(api: ApiClient, user: User) -> None:
    MailedTokenFactory(user=user, purpose="reset", secret="the secret")
    assert reset(api, "the secret", "seven77").json == {"error": "Password should have minimum 8 characters"}
    assert reset(api, "the secret", None).status_code == 400
    assert reset(api, "the secret").status_code == 200


def test_change_of_password_voids_reset_links(api: ApiClient, user: User) -> None:
    MailedTokenFactory(user=user, purpose="reset", secret="the secret")
    assert change(api, access_token(user)).status_code == 200
    assert reset(api, "the secret").status_code == 404


def test_token_works_as_long_as_configured(api: ApiClient, app: Service, user: User, outbox: Outbox) -> None:
    ask(api, user.email)
    outbox()
    left = db.session.scalars(select(MailedToken.expires_at)).one() - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(minutes=app.config["PASSWORD_RESET_MINUTES"])


def test_of_two_simultaneous_uses_of_a_token_one_is_refused(committed_app: Service) -> None:
    MailedTokenFactory(purpose="reset", secret="the secret")
    db.session.commit()
    barrier = threading.Barrier(3)

    def attempt(number: int) -> int:
        with committed_app.app_context():
            barrier.wait()
            return int(reset(ApiClient(committed_app), "the secret", f"battery staple {number}").status_code)

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(attempt, range(3))) == [200, 404, 404]
