"""Signing up: what an account is made of, and what of it a stranger cannot choose."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from app.edge import Service
from app.extensions import db
from app.jobs import jobs
from app.users.models import User
from app.users.passwords import is_password
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory

PASSWORD = "correct horse"


def signed_up(api: ApiClient, *, user: User | None = None, **attributes: Any) -> Any:
    given = {"email": "new@example.com", "password": PASSWORD, **attributes}
    return api.post("/v1/users", document("user", **given), user=user)


def only_error(response: Any) -> dict[str, Any]:
    (error,) = response.json["errors"]
    return error


def test_stranger_signs_up_and_is_shown_the_account(api: ApiClient) -> None:
    response = signed_up(api, email=" New@Example.com ", was_registered_with_order=False)
    assert response.status_code == 201
    made = response.json["data"]
    assert response.headers["Location"] == f"/v1/users/{made['id']}"
    assert made["attributes"]["email"] == "New@Example.com"
    assert "password" not in made["attributes"]
    defaults = {"is-verified", "is-admin", "is-super-admin", "is-blocked", "is-profile-public", "is-user-owner"}
    assert {made["attributes"][name] for name in defaults} == {False}
    stored = db.session.get(User, int(made["id"]))
    assert stored is not None
    assert stored.password_hash.startswith("$argon2id$")
    assert is_password(PASSWORD, stored.password_hash)


@pytest.mark.parametrize(
    ("attributes", "status", "pointer", "detail"),
    [
        ({"password": "seven77"}, 422, "password", "Password should be at least 8 characters long"),
        ({"password": None}, 422, "password", "Password should be at least 8 characters long"),
        ({"password": "x" * 1025}, 422, "password", "Password should be at most 1024 characters long"),
        ({"email": "TAKEN@example.com"}, 409, "email", "Email already exists"),
        ({"email": " taken@example.com"}, 409, "email", "Email already exists"),
        ({"is_verified": True}, 422, "is-verified", "You are not allowed to submit this field"),
        ({"email": "no address"}, "422", "email", "Not a valid email address."),
        ({"email": '"a b"@example.com'}, "422", "email", "Not a valid email address."),
        ({"email": "a" * 250 + "@example.com"}, "422", "email", "Not a valid email address."),
        ({"email": "nul\x00@example.com"}, "422", "email", "Not a valid string."),
        ({"email": None}, "422", "email", "Field may not be null."),
        ({"password": 12345678}, "422", "password", "Not a valid string."),
    ],
)  # fmt: skip
def test_unfit_sign_up_is_refused(
    api: ApiClient, attributes: dict[str, Any], status: int | str, pointer: str, detail: str
) -> None:
    UserFactory(email="Taken@Example.com")
    error = only_error(signed_up(api, **attributes))
    assert (error["status"], error["detail"]) == (status, detail)
    assert error["source"]["pointer"] == f"/data/attributes/{pointer}"


@pytest.mark.parametrize("missing", ["email", "password"])
def test_sign_up_needs_address_and_password(api: ApiClient, missing: str) -> None:
    attributes = {"email": "new@example.com", "password": PASSWORD}
    del attributes[missing]
    error = only_error(api.post("/v1/users", document("user", **attributes)))
    assert (error["status"], error["source"]["pointer"]) == ("422", f"/data/attributes/{missing}")


RANKS = {
    "is_admin": {"admin", "super admin"},
    "is_super_admin": {"super admin"},
    "is_sales_admin": {"admin", "super admin"},
    "is_marketer": {"admin", "super admin"},
    "is_blocked": {"admin", "super admin"},
    "is_verified": {"admin", "super admin"},
}
READ_ONLY = {
    "facebook_id": 5, "is_rocket_chat_registered": True, "is_user_owner": True, "token_version": 7, "version": 7,
    "created_at": "2001-01-01T00:00:00Z", "last_accessed_at": "2001-01-01T00:00:00Z", "password_hash": "x",
    "icon_image_url": "https://example.com/icon.png", "deleted_at": "2001-01-01T00:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize("rank", ["stranger", "user", "admin", "super admin"])
@pytest.mark.parametrize("attribute", [name for name in RANKS if name != "is_verified"])
def test_rank_is_given_by_those_who_have_it_only(api: ApiClient, rank: str, attribute: str) -> None:
    factory = {"user": UserFactory, "admin": AdminFactory, "super admin": SuperAdminFactory}.get(rank)
    response = signed_up(api, user=factory() if factory else None, **{attribute: True})
    made = db.session.get(User, int(response.json["data"]["id"]))
    assert getattr(made, attribute) is (rank in RANKS[attribute])


@pytest.mark.parametrize("attribute", READ_ONLY)
def test_read_only_attribute_of_sign_up_is_ignored(api: ApiClient, attribute: str) -> None:
    response = signed_up(api, user=SuperAdminFactory(), **{attribute: READ_ONLY[attribute]})
    assert response.status_code == 201
    made = db.session.get(User, int(response.json["data"]["id"]))
    assert getattr(made, attribute) != READ_ONLY[attribute]
    assert is_password(PASSWORD, made.password_hash)
    assert made.deleted_at is None


def test_address_of_a_deleted_account_can_sign_up_again(api: ApiClient) -> None:
    user = UserFactory(email="again@example.com")
    assert api.delete(f"/v1/users/{user.id}", user=user).status_code == 200
    assert signed_up(api, email="again@example.com").status_code == 201


def test_of_two_simultaneous_sign_ups_one_is_refused(committed_app: Service) -> None:
    barrier = threading.Barrier(4)

    def sign_up(email: str) -> tuple[int, str]:
        with committed_app.app_context():
            barrier.wait()
            response = signed_up(ApiClient(committed_app), email=email)
            return response.status_code, response.json.get("errors", [{}])[0].get("detail", "")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(sign_up, ["one@example.com", "ONE@example.com", "One@Example.com", "one@example.COM"]))
    assert sorted(answers) == [(201, "")] + [(409, "Email already exists")] * 3
    assert len(db.session.scalars(select(User)).all()) == 1


def test_refused_sign_up_defers_no_mail(api: ApiClient) -> None:
    UserFactory(email="taken@example.com")
    signed_up(api, email="taken@example.com")
    waiting = db.session.connection().exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar()
    assert waiting == 0
    assert "app.users.mails.send_welcome" in jobs.tasks
