"""Signing in, tokens, and what ends a session."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from app.edge import Service
from app.extensions import db
from app.users.models import User
from app.users.passwords import hash_password
from app.users.tokens import access_token, refresh_token
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.users import AdminFactory, UserFactory

PASSWORD = "correct horse"
SIGN_IN = ["/auth/session", "/v1/auth/login"]


def sign_in(api: ApiClient, email: str, password: str = PASSWORD, **members: Any) -> Any:
    return api.plain("POST", "/auth/session", {"username": email, "password": password, **members})


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def bearing(token: str, prefix: str = "JWT") -> dict[str, str]:
    return {"Authorization": f"{prefix} {token}"}


def status_with(api: ApiClient, token: str) -> int:
    return api.get("/v1/users/user-details/get-user-id", headers=bearing(token)).status_code


@pytest.fixture
def user(app: Service) -> User:
    return UserFactory(email="Ada@Example.com", password=PASSWORD)


@pytest.mark.parametrize("path", SIGN_IN)
@pytest.mark.parametrize("name", ["email", "username"])
@pytest.mark.parametrize("email", ["Ada@Example.com", "ada@example.COM", " ada@example.com "])
def test_sign_in_gives_both_tokens(api: ApiClient, user: User, path: str, name: str, email: str) -> None:
    response = api.plain("POST", path, {name: email, "password": PASSWORD})
    assert response.status_code == 200
    assert set(response.json) == {"access_token", "refresh_token"}
    assert claims(response.json["access_token"])["identity"] == user.id
    assert api.get(f"/v1/users/{user.id}", headers=bearing(response.json["access_token"])).status_code == 200


@pytest.mark.parametrize(
    ("members", "minutes"),
    [({}, 24 * 60), ({"remember-me": True, "include-in-response": True}, 90), ({"remember-me": False}, 24 * 60)],
)
def test_access_token_lives_as_long_as_the_sign_in_asks(
    api: ApiClient, user: User, members: dict[str, Any], minutes: int
) -> None:
    token = claims(sign_in(api, user.email, **members).json["access_token"])
    assert token["exp"] - token["iat"] == minutes * 60
    assert token["fresh"] is True


@pytest.mark.parametrize("path", SIGN_IN)
@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"username": "ada@example.com", "password": "wrong horse"}, 401, "Invalid Credentials"),
        ({"username": "nobody@example.com", "password": PASSWORD}, 401, "Invalid Credentials"),
        ({"username": "nul\x00@example.com", "password": PASSWORD}, 401, "Invalid Credentials"),
        ({"username": "ada@example.com", "password": "nul\x00"}, 401, "Invalid Credentials"),
        ({"username": "ada@example.com", "password": "x" * 100_000}, 401, "Invalid Credentials"),
        ({"username": "ada@example.com"}, 400, "username or password missing"),
        ({"password": PASSWORD}, 400, "username or password missing"),
        ({"username": ["ada@example.com"], "password": PASSWORD}, 400, "username or password missing"),
        ({}, 400, "username or password missing"),
        ([], 400, "username or password missing"),
        ("text", 400, "username or password missing"),
    ],
)  # fmt: skip
def test_refused_sign_in_is_told_in_the_form_clients_show(
    api: ApiClient, user: User, path: str, body: Any, status: int, text: str
) -> None:
    response = api.plain("POST", path, body)
    assert (response.status_code, response.json) == (status, {"error": text})


def test_broken_json_is_told_in_that_form_too(api: ApiClient) -> None:
    response = api.request("POST", "/auth/session", data="{", content_type="application/json")
    assert (response.status_code, response.json) == (400, {"error": "The body is not valid JSON."})


def test_blocked_user_is_told_so_only_with_the_right_password(api: ApiClient, user: User) -> None:
    user.is_blocked = True
    assert sign_in(api, user.email).json == {"error": "Admin has marked this account as spam"}
    assert sign_in(api, user.email, "wrong horse").json == {"error": "Invalid Credentials"}


def test_deleted_user_is_answered_like_a_stranger(api: ApiClient, user: User) -> None:
    user.deleted_at = datetime.now(UTC)
    assert sign_in(api, user.email).json == {"error": "Invalid Credentials"}


def test_account_without_password_cannot_be_signed_in_to(api: ApiClient) -> None:
    user = UserFactory()
    assert user.password_hash == "!"
    assert sign_in(api, user.email, "!").status_code == 401


def test_hash_made_with_other_parameters_is_renewed_at_sign_in(
    api: ApiClient, app: Service, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = user.password_hash
    monkeypatch.setitem(app.config, "ARGON2_TIME_COST", 2)
    assert sign_in(api, user.email).status_code == 200
    assert "t=2" in user.password_hash
    assert before != user.password_hash
    assert hash_password(PASSWORD).split("$")[3] == user.password_hash.split("$")[3]
    assert sign_in(api, user.email).status_code == 200


# Tokens


@pytest.mark.parametrize("prefix", ["JWT", "Bearer", "jwt", "BEARER"])
def test_both_prefixes_are_taken(api: ApiClient, user: User, prefix: str) -> None:
    response = api.get("/v1/users/user-details/get-user-id", headers=bearing(access_token(user), prefix))
    assert response.json == {"user_id": user.id}


def broken_headers(user: User) -> dict[str, str]:
    token = access_token(user)
    head, payload, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    deep = base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=").decode()
    foreign = jwt.encode({**claims(token)}, "another secret that is long enough", algorithm="HS256")
    return {
        "no prefix": token,
        "other prefix": f"Basic {token}",
        "prefix only": "JWT",
        "two parts": f"JWT {head}.{payload}",
        "not signed": f"JWT {none}.{payload}.",
        "no signature": f"JWT {head}.{payload}.",
        "of another key": f"JWT {foreign}",
        "of another user": f"JWT {head}.{base64.urlsafe_b64encode(json.dumps({'identity': 1}).encode()).decode()}.{signature}",
        "nested": f"JWT {head}.{deep}.{signature}",
        "nested head": f"JWT {deep}.{payload}.{signature}",
        "long": "JWT " + "a" * 20_000,
        "no token": "JWT null",
        "not ascii": "JWT \u00e4\u00f6\u00fc",
        "bytes": "JWT \xff.\xfe.\xfd",
        "refresh token": f"JWT {refresh_token(user)}",
        "expired": f"JWT {access_token(user, minutes=-1)}",
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/event-types"),
        ("GET", "/v1/event-types/1"),
        ("POST", "/v1/event-types"),
        ("GET", "/v1/users/1"),
        ("POST", "/v1/users"),
        ("GET", "/v1/users/user-details/get-user-id"),
        ("POST", "/v1/auth/change-password"),
        ("POST", "/v1/auth/verify-email"),
        ("POST", "/auth/session"),
        ("POST", "/v1/auth/logout"),
    ],
)  # fmt: skip
def test_broken_token_is_401_on_every_kind_of_route(api: ApiClient, user: User, method: str, path: str) -> None:
    for what, header in broken_headers(user).items():
        response = api.request(method, path, json_body={"data": {}}, headers={"Authorization": header})
        assert response.status_code == 401, what
        if "/auth/" in path:
            assert set(response.json) == {"error"}, what
        else:
            (error,) = response.json["errors"]
            assert (error["status"], error["source"]) == (401, {"parameter": "Authorization"}), what


def test_expired_token_is_told_apart(api: ApiClient, user: User) -> None:
    response = api.get("/v1/users/1", headers=bearing(access_token(user, minutes=-1)))
    assert response.json["errors"][0]["detail"] == "Token has expired"


@pytest.mark.parametrize("change", [{"is_blocked": True}, {"deleted_at": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_token_of_a_blocked_or_deleted_user_is_401(api: ApiClient, user: User, change: dict[str, Any]) -> None:
    token, renewal = access_token(user), refresh_token(user)
    for name, value in change.items():
        setattr(user, name, value)
    assert status_with(api, token) == 401
    assert api.plain("POST", "/v1/auth/token/refresh", headers=bearing(renewal)).status_code == 401


# Refreshing


@pytest.mark.parametrize("prefix", ["JWT", "Bearer"])
def test_refresh_token_gives_an_access_token_that_is_not_fresh(api: ApiClient, user: User, prefix: str) -> None:
    renewal = refresh_token(user)
    response = api.plain("POST", "/v1/auth/token/refresh", {"refresh_token": renewal}, headers=bearing(renewal, prefix))
    assert set(response.json) == {"access_token"}
    token = claims(response.json["access_token"])
    assert (token["identity"], token["fresh"], token["exp"] - token["iat"]) == (user.id, False, 90 * 60)
    assert status_with(api, response.json["access_token"]) == 200


def test_refresh_token_may_come_in_the_body_alone(api: ApiClient, user: User) -> None:
    response = api.plain("POST", "/v1/auth/token/refresh", {"refresh_token": refresh_token(user)})
    assert response.status_code == 200


def test_refreshing_needs_a_refresh_token(api: ApiClient, user: User) -> None:
    path, token = "/v1/auth/token/refresh", access_token(user)
    assert api.plain("POST", path, headers=bearing(token)).json == {"error": "Only refresh tokens are allowed"}
    assert api.plain("POST", path, {"refresh_token": token}).status_code == 401
    assert api.plain("POST", path).status_code == 401
    assert api.plain("POST", path, headers={"Authorization": "Basic x"}).status_code == 401
    assert api.plain("POST", path, {"refresh_token": 5}).status_code == 401


# What ends sessions


def test_sign_out_ends_every_session(api: ApiClient, user: User) -> None:
    first, second = (sign_in(api, user.email).json for _ in range(2))
    response = api.plain("POST", "/v1/auth/logout", headers=bearing(first["access_token"]))
    assert (response.status_code, response.json) == (200, {"success": True})
    for session in (first, second):
        assert status_with(api, session["access_token"]) == 401
        renewal = bearing(session["refresh_token"])
        assert api.plain("POST", "/v1/auth/token/refresh", headers=renewal).status_code == 401
    assert sign_in(api, user.email).status_code == 200


def test_signing_out_twice_is_no_error(api: ApiClient) -> None:
    assert api.plain("POST", "/v1/auth/logout").json == {"success": True}


def test_blacklisting_ends_every_session(api: ApiClient, user: User) -> None:
    token, renewal = access_token(user), refresh_token(user)
    assert api.plain("POST", "/v1/auth/blacklist", headers=bearing(token)).status_code == 200
    assert status_with(api, token) == 401
    assert api.plain("POST", "/v1/auth/token/refresh", headers=bearing(renewal)).status_code == 401
    assert api.plain("POST", "/v1/auth/blacklist").json == {"error": "Sign in to do this."}


def test_block_ends_every_session_for_good(api: ApiClient, user: User) -> None:
    admin, token = AdminFactory(), access_token(user)
    for blocked in (True, False):
        response = api.patch(f"/v1/users/{user.id}", document("user", user.id, is_blocked=blocked), user=admin)
        assert response.json["data"]["attributes"]["is-blocked"] is blocked
        assert status_with(api, token) == 401
    assert sign_in(api, user.email).status_code == 200


# Fresh sign-ins


def test_fresh_sign_in_gives_a_fresh_token_to_the_same_user_only(api: ApiClient, user: User) -> None:
    other = UserFactory(password="another horse")
    stale = bearing(access_token(user, fresh=False))
    body = {"email": user.email, "password": PASSWORD}
    response = api.plain("POST", "/v1/auth/fresh-login", body, headers=stale)
    assert set(response.json) == {"access_token"}
    assert claims(response.json["access_token"])["fresh"] is True
    other_body = {"email": other.email, "password": "another horse"}
    refused = api.plain("POST", "/v1/auth/fresh-login", other_body, headers=stale)
    assert (refused.status_code, refused.json) == (401, {"error": "Invalid Credentials"})
    assert api.plain("POST", "/v1/auth/fresh-login", body).status_code == 401


# Reading is noted


def test_reading_notes_the_last_access_now_and_then(api: ApiClient, user: User) -> None:
    api.get("/v1/event-types", user=user)
    first = user.last_accessed_at
    assert first is not None
    api.get("/v1/event-types", user=user)
    assert user.last_accessed_at == first
    user.last_accessed_at = first - timedelta(hours=1)
    db.session.commit()
    api.get("/v1/event-types", user=user)
    assert user.last_accessed_at > first


def test_writing_does_not_change_the_version_that_is_written_upon(api: ApiClient, user: User) -> None:
    user.last_accessed_at = datetime.now(UTC) - timedelta(hours=1)
    db.session.commit()
    known = {"If-Match": f'W/"{user.version}-read"'}
    change = document("user", user.id, contact="+49 30 1234")
    assert api.patch(f"/v1/users/{user.id}", change, user=user, headers=known).status_code == 200
    assert api.patch(f"/v1/users/{user.id}", change, user=user, headers=known).status_code == 412
