"""What users may do before they have verified their address."""

from __future__ import annotations

import pytest

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.site import UserPermissionFactory
from tests.unittests.factories.users import AdminFactory, UserFactory


def test_everybody_reads_the_permissions_every_installation_has(api: ApiClient) -> None:
    data = api.get("/v1/user-permissions").json["data"]
    assert {row["attributes"]["name"]: row["attributes"]["unverified-user"] for row in data} == {
        "create_event": False,
        "publish_event": False,
    }


@pytest.mark.parametrize(
    ("make", "made", "written"), [(lambda: None, 401, 401), (UserFactory, 403, 403), (AdminFactory, 201, 200)]
)
def test_permissions_are_written_by_admins(api: ApiClient, make: type, made: int, written: int) -> None:
    user, row = make(), UserPermissionFactory()
    path = f"/v1/user-permissions/{row.id}"
    assert api.get(path, user=user).status_code == 200
    body = document("user-permission", name="sing", unverified_user=True)
    assert api.post("/v1/user-permissions", body, user=user).status_code == made
    change = document("user-permission", row.id, unverified_user=True)
    assert api.patch(path, change, user=user).status_code == written
    assert api.delete(path, user=user).status_code == written


def test_name_of_a_deleted_permission_is_free_again(api: ApiClient) -> None:
    admin, row = AdminFactory(), UserPermissionFactory(name="sing")
    again = document("user-permission", name="sing")
    assert api.post("/v1/user-permissions", again, user=admin).status_code == 409
    assert api.delete(f"/v1/user-permissions/{row.id}", user=admin).status_code == 200
    assert api.post("/v1/user-permissions", again, user=admin).status_code == 201


def test_deleted_permission_is_restored_by_admins_who_ask_for_it(api: ApiClient) -> None:
    admin, row = AdminFactory(), UserPermissionFactory(name="sing")
    path = f"/v1/user-permissions/{row.id}"
    api.delete(path, user=admin)
    restored = document("user-permission", row.id, deleted_at=None)
    assert api.patch(path, restored, user=admin).status_code == 404
    assert api.patch(path, restored, user=admin, query={"get_trashed": "true"}).status_code == 200
    assert api.get(path).status_code == 200


def test_permission_is_not_renamed_to_one_that_is_there(api: ApiClient) -> None:
    row = UserPermissionFactory(name="sing")
    change = document("user-permission", row.id, name="create_event")
    refused = api.patch(f"/v1/user-permissions/{row.id}", change, user=AdminFactory())
    assert (refused.status_code, refused.json["errors"][0]["source"]) == (409, {"pointer": "/data/attributes/name"})
