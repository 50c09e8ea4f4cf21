"""Accounts: who sees and changes what of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, event, select

from app.edge import Service
from app.extensions import db
from app.jsonapi import Actor, Rule
from app.users import roles
from app.users.access import email_reader
from app.users.models import User
from app.users.schemas import UserSchema
from app.users.tokens import access_token, actor_of
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.events import EventFactoryBasic, RoleFactory, UsersEventsRolesFactory
from tests.unittests.factories.users import (
    AdminFactory,
    SuperAdminFactory,
    UserFactory,
)

PUBLIC = {
    "avatar-url", "first-name", "last-name", "public-name", "is-profile-public", "original-image-url",
    "thumbnail-image-url", "small-image-url", "icon-image-url",
}  # fmt: skip
NEVER = {"password", "password-hash", "token-version", "version"}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collects the SQL statements executed inside."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def people(app: Service) -> dict[str, User | None]:
    return {
        "anonymous": None,
        "stranger": UserFactory(),
        "itself": UserFactory(),
        "admin": AdminFactory(),
        "super admin": SuperAdminFactory(),
    }


# Reading


@pytest.mark.parametrize(
    ("actor", "detail", "unknown", "everybody"),
    [
        ("anonymous", 401, 401, 401),
        ("stranger", 403, 403, 403),
        ("itself", 200, 403, 403),
        ("admin", 200, 404, 200),
        ("super admin", 200, 404, 200),
    ],
)
def test_account_is_read_by_its_user_and_by_staff(
    api: ApiClient, people: dict[str, User], actor: str, detail: int, unknown: int, everybody: int
) -> None:
    for method in ("GET", "HEAD"):
        for path, status in (
            (f"/v1/users/{people['itself'].id}", detail),
            (f"/v1/users/{people['itself'].id}/relationships/alternate-emails", detail),
            (f"/v1/users/{people['itself'].id}/alternate-emails", detail),
            ("/v1/users/999999999", unknown),
            ("/v1/users/999999999/relationships/alternate-emails", unknown),
            ("/v1/users", everybody),
        ):
            assert api.request(method, path, user=people[actor]).status_code == status, (method, path)


@pytest.mark.parametrize("actor", ["itself", "admin"])
def test_account_shows_every_attribute_of_the_contract_and_no_secret(
    api: ApiClient, people: dict[str, User], actor: str
) -> None:
    attributes = api.get(f"/v1/users/{people['itself'].id}", user=people[actor]).json["data"]["attributes"]
    declared = {name.replace("_", "-") for name, field in UserSchema.attributes() if not field.load_only}
    assert set(attributes) == declared
    assert not set(attributes) & NEVER


@pytest.mark.parametrize(
    ("actor", "shows_email", "shows_all"),
    [("anonymous", False, False), ("stranger", False, False), ("itself", True, True), ("admin", True, True)],
)
def test_strangers_are_shown_the_public_part_where_another_resource_leads_to_a_user(
    api: ApiClient, people: dict[str, User], actor: str, shows_email: bool, shows_all: bool
) -> None:
    held = UsersEventsRolesFactory(
        user=people["itself"], event=EventFactoryBasic(state="published"), role=RoleFactory(name="owner")
    )
    included = api.get(f"/v1/events/{held.event_id}", user=people[actor], query={"include": "owner"}).json["included"]
    related = api.get(f"/v1/events/{held.event_id}/owner", user=people[actor]).json["data"]
    for shown in (*included, related):
        assert shown["id"] == str(people["itself"].id)
        names = set(shown["attributes"])
        assert (names > PUBLIC | {"email", "billing-phone"}) if shows_all else names == PUBLIC
        assert ("email" in names) is shows_email
        # Where their favourites are is told to all, as some may follow it; what they are is not.
        assert (set(shown["relationships"]) > {"favourite-sessions"}) is shows_all
        assert shows_all or set(shown["relationships"]) == {"favourite-sessions"}
        favourites = api.get(shown["relationships"]["favourite-sessions"]["links"]["related"], user=people[actor])
        assert (favourites.status_code == 200) is shows_all


def test_deleted_user_is_not_shown_where_another_resource_led_to_one(api: ApiClient) -> None:
    owner = UserFactory(deleted_at=datetime.now(UTC))
    held = UsersEventsRolesFactory(
        user=owner, event=EventFactoryBasic(state="published"), role=RoleFactory(name="owner")
    )
    response = api.get(f"/v1/events/{held.event_id}", query={"include": "owner"})
    assert response.json["data"]["relationships"]["owner"]["data"] is None
    assert response.json["included"] == []
    assert api.get(f"/v1/events/{held.event_id}/owner").status_code == 404


@pytest.mark.parametrize("attribute", ["email", "contact", "billing-phone"])
def test_private_attributes_are_no_oracle_through_relationships(api: ApiClient, attribute: str) -> None:
    owner = UserFactory(email="secret@example.com", contact="secret", billing_phone="secret")
    held = UsersEventsRolesFactory(
        user=owner, event=EventFactoryBasic(state="published"), role=RoleFactory(name="owner")
    )
    condition = {"name": "owner", "op": "has", "val": {"name": attribute, "op": "ilike", "val": "secret%"}}
    for actor, found in ((None, 0), (UserFactory(), 0), (owner, 1), (AdminFactory(), 1)):
        answer = api.get("/v1/events", user=actor, query={"filter": [condition]})
        assert [item["id"] for item in answer.json["data"]] == [str(held.event_id)] * found
    assert (
        api.get("/v1/events", query={"filter": [{**condition, "val": {"name": "is-admin", "val": True}}]}).json["data"]
        == []
    )


def test_what_belongs_to_a_user_is_followed_by_nobody_else(app: Service) -> None:
    """A domain that forgets to say so opens `/users/{id}/…` to everybody."""
    relations = app.extensions["jsonapi"].by_type["user"].relations()
    assert [name for name, relation in relations.items() if relation.metadata.get("visible_to") is None] == []


@pytest.mark.parametrize("name", ["password", "password_hash", "token_version", "nonsense"])
def test_secrets_cannot_be_filtered_or_sorted_by(api: ApiClient, name: str) -> None:
    admin = AdminFactory()
    assert (
        api.get("/v1/users", user=admin, query={"filter": [{"name": name, "op": "eq", "val": "x"}]}).status_code == 400
    )
    assert api.get("/v1/users", user=admin, query={"sort": name}).status_code == 400


def test_staff_find_users_by_address(api: ApiClient) -> None:
    wanted = UserFactory(email="wanted@example.com")
    conditions = [{"name": "email", "op": "ilike", "val": "%WANTED%"}]
    response = api.get("/v1/users", user=AdminFactory(), query={"filter": conditions})
    assert [item["id"] for item in response.json["data"]] == [str(wanted.id)]


class _SameFamily(Rule):
    """Users who share the last name."""

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return model.last_name == actor.user.last_name

    def allows(self, actor: Actor, row: Any) -> bool:
        return actor.user is not None and row.last_name == actor.user.last_name


def test_domains_above_may_show_addresses_to_further_people(app: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_reader, "_rules", list(email_reader._rules))
    user, relative, stranger = (UserFactory(last_name=name) for name in ("Byron", "Byron", "Babbage"))
    email_reader.add(_SameFamily())
    for actor, sees in ((actor_of(user), True), (actor_of(relative), True), (actor_of(stranger), False)):
        assert email_reader.allows(actor, user) is sees
        assert (
            bool(db.session.scalars(select(User).where(User.id == user.id, email_reader.rows(actor, User))).all())
            is sees
        )


# Changing

TEXTS = [
    "first_name", "last_name", "public_name", "contact", "company", "billing_contact_name", "billing_phone",
    "billing_state", "billing_country", "billing_tax_info", "billing_address", "billing_city", "billing_zip_code",
    "billing_additional_info", "language_prefrence", "details",
]  # fmt: skip
URLS = ["avatar_url", "facebook_url", "twitter_url", "instagram_url", "google_plus_url"]
EVERYBODY, STAFF, SUPER = {"itself", "admin", "super admin"}, {"admin", "super admin"}, {"super admin"}
WRITABLE: dict[str, tuple[Any, set[str]]] = {
    **dict.fromkeys(TEXTS, ("changed", EVERYBODY)),
    **dict.fromkeys(URLS, ("https://example.com/changed", EVERYBODY)),
    "is_profile_public": (True, EVERYBODY),
    "was_registered_with_order": (True, EVERYBODY),
    "email": ("changed@example.com", EVERYBODY),
    "is_admin": (True, STAFF),
    "is_sales_admin": (True, STAFF),
    "is_marketer": (True, STAFF),
    "is_blocked": (True, STAFF),
    "is_super_admin": (True, SUPER),
    # Read-only to all.
    "facebook_id": (5, set()),
    "is_rocket_chat_registered": (True, set()),
    "is_user_owner": (True, set()),
    "is_user_organizer": (True, set()),
    "is_user_coorganizer": (True, set()),
    "is_user_track_organizer": (True, set()),
    "is_user_moderator": (True, set()),
    "is_user_registrar": (True, set()),
    "created_at": ("2001-01-01T00:00:00Z", set()),
    "last_accessed_at": ("2001-01-01T00:00:00Z", set()),
    "deleted_at": ("2001-01-01T00:00:00Z", set()),
    "original_image_url": ("https://example.com/changed", set()),
    "thumbnail_image_url": ("https://example.com/changed", set()),
    "small_image_url": ("https://example.com/changed", set()),
    "icon_image_url": ("https://example.com/changed", set()),
    "token_version": (99, set()),
    "password_hash": ("changed", set()),
}


def test_table_of_writable_attributes_is_complete() -> None:
    names = {name for name, _ in UserSchema.attributes()}
    # The password has tests of its own, and so has verification by staff.
    assert names - {"password", "is_verified"} <= set(WRITABLE)


@pytest.mark.parametrize("actor", ["itself", "admin", "super admin"])
@pytest.mark.parametrize("attribute", WRITABLE)
def test_attribute_is_written_by_those_who_may(
    api: ApiClient, people: dict[str, User], actor: str, attribute: str
) -> None:
    user, (value, writers) = people["itself"], WRITABLE[attribute]
    before = {name: getattr(user, name) for name in WRITABLE}
    path = f"/v1/users/{user.id}"
    assert api.patch(path, document("user", user.id, **{attribute: value}), user=people[actor]).status_code == 200
    after = {name: getattr(user, name) for name in WRITABLE}
    assert (after[attribute] == value) == (actor in writers)
    unnamed = set(WRITABLE) - {attribute, "last_accessed_at", "token_version"}
    assert {name: after[name] for name in unnamed} == {name: before[name] for name in unnamed}


@pytest.mark.parametrize(
    ("actor", "status"), [("anonymous", 401), ("stranger", 403), ("itself", 200), ("admin", 200), ("super admin", 200)]
)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_account_is_written_by_its_user_and_by_staff(
    api: ApiClient, people: dict[str, User], method: str, actor: str, status: int
) -> None:
    user = people["itself"]
    body = document("user", user.id, contact="changed") if method == "PATCH" else None
    response = api.request(method, f"/v1/users/{user.id}", json_body=body, user=people[actor])
    assert response.status_code == status
    if status == 403:
        assert response.json["errors"][0]["detail"] == "You are not authorized to update this information."


def test_admin_can_neither_change_nor_delete_a_super_admin(api: ApiClient) -> None:
    admin, above = AdminFactory(), SuperAdminFactory()
    path = f"/v1/users/{above.id}"
    assert api.patch(path, document("user", above.id, is_blocked=True), user=admin).status_code == 403
    assert api.delete(path, user=admin).status_code == 403
    assert api.get(path, user=admin).status_code == 200
    assert api.delete(path, user=SuperAdminFactory()).status_code == 200


def test_verification_is_granted_by_staff_alone(api: ApiClient) -> None:
    user = UserFactory(is_verified=False)
    path = f"/v1/users/{user.id}"
    refused = api.patch(path, document("user", user.id, is_verified=True), user=user)
    (error,) = refused.json["errors"]
    assert (error["status"], error["source"]["pointer"]) == (403, "/data/attributes/is-verified")
    assert error["detail"] == "Admin access is required to update this information."
    unchanged = document("user", user.id, is_verified=False, contact="x")
    assert api.patch(path, unchanged, user=user).status_code == 200
    assert api.patch(path, document("user", user.id, is_verified=True), user=AdminFactory()).status_code == 200
    assert user.is_verified


def test_client_may_send_back_everything_it_was_shown(api: ApiClient) -> None:
    user = UserFactory(is_profile_public=True, details="<b>Hi</b>")
    path = f"/v1/users/{user.id}"
    shown = api.get(path, user=user).json["data"]
    version = user.version
    sent = {"data": {**shown, "attributes": {**shown["attributes"], "password": None, "contact": "new"}}}
    response = api.patch(path, sent, user=user)
    assert response.status_code == 200
    now = response.json["data"]["attributes"]
    assert {**shown["attributes"], "contact": "new"} == now
    assert user.version > version


def test_rank_lost_is_lost_at_once(api: ApiClient) -> None:
    admin, token = AdminFactory(), {}
    token["Authorization"] = f"JWT {access_token(admin)}"
    assert api.get("/v1/users", headers=token).status_code == 200
    api.patch(f"/v1/users/{admin.id}", document("user", admin.id, is_admin=False), user=SuperAdminFactory())
    assert api.get("/v1/users", headers=token).status_code == 403


def test_details_are_cleaned(api: ApiClient) -> None:
    user = UserFactory()
    details = '<script>alert(1)</script><b>bold</b> <a href="https://example.com">link</a>'
    api.patch(f"/v1/users/{user.id}", document("user", user.id, details=details), user=user)
    assert user.details == "<b>bold</b> link"


# Roles held anywhere


def test_roles_held_anywhere_are_told_with_as_many_statements_for_one_user_as_for_many(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, organizer = AdminFactory(), UserFactory()
    held = select(User.id, User.last_name).where(User.last_name.in_(["owner", "moderator"]))
    monkeypatch.setattr(roles, "_sources", [held, held])
    organizer.last_name = "moderator"
    shown = api.get(f"/v1/users/{organizer.id}", user=admin).json["data"]["attributes"]
    assert [name for name in shown if name.startswith("is-user-") and shown[name]] == ["is-user-moderator"]
    counted, token = [], {"Authorization": f"JWT {access_token(admin)}"}
    for _ in range(2):
        db.session.commit()
        with statements() as found:
            assert api.get("/v1/users", headers=token, query={"page[size]": "0"}).status_code == 200
        counted.append(len(found))
        UserFactory.create_batch(5, last_name="owner")
    assert counted[0] == counted[1]


def test_answer_changes_with_the_roles(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    user = UserFactory(last_name="owner")
    tag = api.get(f"/v1/users/{user.id}", user=user).headers["ETag"]
    known = {"If-None-Match": tag}
    assert api.get(f"/v1/users/{user.id}", user=user, headers=known).status_code == 304
    monkeypatch.setattr(roles, "_sources", [select(User.id, User.last_name)])
    assert api.get(f"/v1/users/{user.id}", user=user, headers=known).status_code == 200
