"""The small functions around accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.edge import Service
from app.extensions import db
from app.users.models import User
from app.users.passwords import is_password
from app.users.services import InvalidAccount, create_admin
from tests.unittests.client import ApiClient
from tests.unittests.factories.users import UserFactory


@pytest.mark.parametrize("path", ["/v1/users/check_email", "/v1/users/checkEmail"])
@pytest.mark.parametrize(
    ("email", "exists"),
    [("ada@example.com", True), (" ADA@example.com", True), ("x@example.com", False), ("gone@example.com", False), ("\x00", False)],
)  # fmt: skip
def test_client_learns_whether_an_address_has_an_account(api: ApiClient, path: str, email: str, exists: bool) -> None:
    UserFactory(email="Ada@example.com")
    UserFactory(email="gone@example.com", deleted_at=datetime.now(UTC))
    response = api.plain("POST", path, {"email": email})
    assert (response.status_code, response.json) == (200, {"exists": exists})


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": None}, {"email": 5}, [], None])
def test_check_of_no_address_is_422(api: ApiClient, body: Any) -> None:
    response = api.plain("POST", "/v1/users/check_email", body)
    assert (response.status_code, response.json) == (422, {"error": "Email field missing"})


def test_user_learns_their_own_id(api: ApiClient) -> None:
    user = UserFactory()
    assert api.get("/v1/users/user-details/get-user-id", user=user).json == {"user_id": user.id}
    assert api.get("/v1/users/user-details/get-user-id").status_code == 401


@pytest.mark.parametrize("path", ["/v1/auth/oauth/token/facebook", "/v1/auth/nothing"])
def test_what_is_not_served_under_auth_is_404_in_its_form(api: ApiClient, path: str) -> None:
    response = api.get(path)
    assert (response.status_code, set(response.json)) == (404, {"error"})


def test_admin_is_made_by_the_command_line(app: Service) -> None:
    create_admin(" root@example.com ", "correct horse")
    made = db.session.query(User).filter_by(email="root@example.com").one()
    assert (made.is_super_admin, made.is_admin, made.is_verified) == (True, True, True)
    assert is_password("correct horse", made.password_hash)


@pytest.mark.parametrize(
    ("email", "password", "reason"),
    [
        ("no address", "correct horse", "'no address' is not an e-mail address."),
        ("", "correct horse", "'' is not an e-mail address."),
        ("root@example.com", "short", "Password should be at least 8 characters long."),
        ("Taken@example.com", "correct horse", "There is an account of Taken@example.com already."),
    ],
)
def test_admin_of_bad_input_is_refused_in_a_sentence(app: Service, email: str, password: str, reason: str) -> None:
    UserFactory(email="taken@example.com")
    with pytest.raises(InvalidAccount) as refused:
        create_admin(email, password)
    assert str(refused.value) == reason
