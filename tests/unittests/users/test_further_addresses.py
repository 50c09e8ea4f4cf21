"""Further e-mail addresses of users."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from app.edge import Service
from app.extensions import db
from app.users.models import User, UserEmail
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.users import AdminFactory, UserEmailFactory, UserFactory


@pytest.fixture
def people(app: Service) -> dict[str, User | None]:
    return {"anonymous": None, "stranger": UserFactory(), "itself": UserFactory(), "admin": AdminFactory()}


def add(api: ApiClient, user: User | None, *, of: User | None = None, **attributes: Any) -> Any:
    given = {"email_address": "other@example.com", "type": "home", **attributes}
    relationships = {"user": linkage("user", of or user)}
    return api.post("/v1/user-emails", document("user-email", relationships=relationships, **given), user=user)


def test_user_adds_an_address(api: ApiClient) -> None:
    user = UserFactory()
    response = add(api, user, email_address=" Other@example.com ")
    assert response.status_code == 201
    made = response.json["data"]
    assert made["attributes"] == {
        "email-address": "Other@example.com", "type": "home", "user-id": user.id, "deleted-at": None,
    }  # fmt: skip
    listed = api.get(f"/v1/users/{user.id}/alternate-emails", user=user)
    assert [item["id"] for item in listed.json["data"]] == [made["id"]]


def test_nobody_adds_addresses_for_others(api: ApiClient, people: dict[str, User]) -> None:
    for actor, status in (("anonymous", 401), ("stranger", 403), ("admin", 403)):
        assert add(api, people[actor], of=people["itself"]).status_code == status


@pytest.mark.parametrize("address", ["other@example.com", "OTHER@Example.com", "main@example.com", " Main@example.com"])
def test_same_address_is_taken_once(api: ApiClient, address: str) -> None:
    UserEmailFactory(email_address="Other@example.com")
    response = add(api, UserFactory(email="main@example.com"), email_address=address)
    (error,) = response.json["errors"]
    assert (error["status"], error["detail"]) == (409, "Email already exists")
    assert error["source"]["pointer"] == "/data/attributes/email-address"


def test_answer_does_not_tell_who_has_an_account(api: ApiClient) -> None:
    UserFactory(email="main@example.com")
    assert add(api, UserFactory(), email_address="main@example.com").status_code == 201


def test_address_of_a_deleted_row_is_free(api: ApiClient) -> None:
    UserEmailFactory(email_address="other@example.com", deleted_at=datetime.now(UTC))
    assert add(api, UserFactory()).status_code == 201


@pytest.mark.parametrize(
    ("attributes", "pointer"),
    [({"email_address": "none"}, "email-address"), ({"email_address": None}, "email-address"), ({"type": "x"}, "type")],
)
def test_unfit_address_is_refused(api: ApiClient, attributes: dict[str, Any], pointer: str) -> None:
    (error,) = add(api, UserFactory(), **attributes).json["errors"]
    assert (error["status"], error["source"]["pointer"]) == ("422", f"/data/attributes/{pointer}")


def test_address_needs_its_user(api: ApiClient) -> None:
    given = document("user-email", email_address="other@example.com")
    (error,) = api.post("/v1/user-emails", given, user=UserFactory()).json["errors"]
    assert (error["status"], error["source"]["pointer"]) == (422, "/data/relationships/user")


@pytest.mark.parametrize(("actor", "status"), [("anonymous", 401), ("stranger", 403), ("itself", 200), ("admin", 200)])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/user-emails/{}", "/v1/user-emails/{}/user", "/v1/alternate-emails/{}/user"])
def test_address_and_its_user_are_reached_by_the_user_and_staff(
    api: ApiClient, people: dict[str, User], path: str, method: str, actor: str, status: int
) -> None:
    row = UserEmailFactory(user=people["itself"])
    type_, target = ("user", people["itself"]) if path.endswith("/user") else ("user-email", row)
    body = document(type_, target.id) if method == "PATCH" else None
    response = api.request(method, path.format(row.id), json_body=body, user=people[actor])
    assert response.status_code == status
    if method == "GET" and status == 200:
        assert response.json["data"]["id"] == str(target.id)


@pytest.mark.parametrize(
    ("actor", "everybodys", "own"),
    [("anonymous", 401, 401), ("stranger", 403, 403), ("itself", 403, 200), ("admin", 200, 200)],
)
def test_lists_of_addresses(api: ApiClient, people: dict[str, User], actor: str, everybodys: int, own: int) -> None:
    row = UserEmailFactory(user=people["itself"])
    listed = api.get("/v1/admin/user-emails", user=people[actor])
    assert listed.status_code == everybodys
    assert str(row.id) in [item["id"] for item in listed.json.get("data", [])] or everybodys != 200
    assert api.get(f"/v1/users/{people['itself'].id}/alternate-emails", user=people[actor]).status_code == own
    assert api.get("/v1/user-emails", user=people["admin"]).status_code == 405


def test_addresses_are_included_with_their_user(api: ApiClient) -> None:
    user = UserFactory()
    row = UserEmailFactory(user=user)
    response = api.get(f"/v1/users/{user.id}", user=user, query={"include": "alternate-emails"})
    assert [item["id"] for item in response.json["included"]] == [str(row.id)]


def test_address_keeps_its_user(api: ApiClient) -> None:
    row, other = UserEmailFactory(), UserFactory()
    given = document(
        "user-email", row.id, relationships={"user": linkage("user", other)}, user_id=other.id, type="work"
    )
    assert api.patch(f"/v1/user-emails/{row.id}", given, user=row.user).status_code == 200
    assert row.user_id != other.id


def test_changed_and_restored_addresses_are_unique_too(api: ApiClient) -> None:
    user, admin = UserFactory(), AdminFactory()
    row, gone = UserEmailFactory(user=user), UserEmailFactory(deleted_at=datetime.now(UTC), email_address="a@b.example")
    UserEmailFactory(email_address="A@b.example")
    path = f"/v1/user-emails/{row.id}"
    assert api.patch(path, document("user-email", row.id, email_address="a@B.example"), user=user).status_code == 409
    assert (
        api.patch(path, document("user-email", row.id, email_address=row.email_address.upper()), user=user).status_code
        == 200
    )
    restored = document("user-email", gone.id, deleted_at=None)
    trash = {"get_trashed": "true"}
    assert api.patch(f"/v1/user-emails/{gone.id}", restored, user=admin, query=trash).status_code == 409
    gone.email_address = "free@example.com"
    assert api.patch(f"/v1/user-emails/{gone.id}", restored, user=admin, query=trash).status_code == 200
    assert gone.deleted_at is None


def test_of_two_simultaneous_additions_one_is_refused(committed_app: Service) -> None:
    users = [UserFactory().id, UserFactory().id]
    db.session.commit()
    barrier = threading.Barrier(2)

    def attempt(user_id: int) -> int:
        with committed_app.app_context():
            user = db.session.get(User, user_id)
            barrier.wait()
            return int(add(ApiClient(committed_app), user).status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, users)) == [201, 409]
    assert db.session.query(UserEmail).count() == 1
