"""Roles on the installation's panels, and the panels."""

from __future__ import annotations

import pytest

from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.users import (
    AdminFactory,
    CustomSystemRoleFactory,
    PanelPermissionFactory,
    UserFactory,
)


@pytest.mark.parametrize("actor", ["anonymous", "user", "admin"])
@pytest.mark.parametrize(
    ("method", "path", "anonymous", "user", "admin"),
    [
        ("GET", "/v1/custom-system-roles", 200, 200, 200),
        ("POST", "/v1/custom-system-roles", 401, 403, 201),
        ("GET", "/v1/custom-system-roles/{role}", 200, 200, 200),
        ("PATCH", "/v1/custom-system-roles/{role}", 401, 403, 200),
        ("DELETE", "/v1/custom-system-roles/{role}", 401, 403, 200),
        ("GET", "/v1/custom-system-roles/{role}/panel-permissions", 401, 403, 200),
        ("GET", "/v1/custom-system-roles/{role}/relationships/panel-permissions", 401, 403, 200),
        ("GET", "/v1/panel-permissions", 401, 403, 200),
        ("POST", "/v1/panel-permissions", 401, 403, 201),
        ("GET", "/v1/panel-permissions/{panel}", 401, 403, 200),
        ("PATCH", "/v1/panel-permissions/{panel}", 401, 403, 200),
        ("DELETE", "/v1/panel-permissions/{panel}", 401, 403, 200),
        ("GET", "/v1/panel-permissions/{panel}/custom-system-roles", 401, 403, 200),
        ("GET", "/v1/panel-permissions/{panel}/relationships/custom-system-roles", 401, 403, 200),
    ],
)  # fmt: skip
def test_admins_run_the_panels(
    api: ApiClient, actor: str, method: str, path: str, anonymous: int, user: int, admin: int
) -> None:
    role, panel = CustomSystemRoleFactory(), PanelPermissionFactory()
    document_ = (
        document("panel-permission", panel.id, panel_name="reports of sales", can_access=True)
        if "/panel-permissions" in path
        else document("custom-system-role", role.id, name="Auditor")
    )
    expected = {"anonymous": anonymous, "user": user, "admin": admin}[actor]
    person = {"anonymous": None, "user": UserFactory(), "admin": AdminFactory()}[actor]
    body = document_ if method in ("POST", "PATCH") else None
    response = api.request(method, path.format(role=role.id, panel=panel.id), json_body=body, user=person)
    assert response.status_code == expected


def test_panels_and_roles_are_linked_from_either_side(api: ApiClient) -> None:
    admin, role, other = AdminFactory(), CustomSystemRoleFactory(), CustomSystemRoleFactory()
    panel = PanelPermissionFactory()
    path = f"/v1/panel-permissions/{panel.id}"
    linked = {"custom-system-roles": [linkage("custom-system-role", role), linkage("custom-system-role", other)]}
    assert api.patch(path, document("panel-permission", panel.id, relationships=linked), user=admin).status_code == 200
    shown = api.get(f"{path}?include=custom-system-roles", user=admin).json["data"]["relationships"]
    assert [item["id"] for item in shown["custom-system-roles"]["data"]] == [str(role.id), str(other.id)]
    emptied = {"panel-permissions": []}
    changed = document("custom-system-role", role.id, relationships=emptied)
    assert api.patch(f"/v1/custom-system-roles/{role.id}", changed, user=admin).status_code == 200
    left = api.get(f"{path}/custom-system-roles", user=admin).json["data"]
    assert [item["id"] for item in left] == [str(other.id)]


def test_panels_of_a_role_are_shown_to_admins_alone(api: ApiClient) -> None:
    panel, role = PanelPermissionFactory(), CustomSystemRoleFactory()
    panel.custom_system_roles.append(role)
    path, query = f"/v1/custom-system-roles/{role.id}", {"include": "panel-permissions"}
    assert api.get(path, query=query).json["included"] == []
    assert len(api.get(path, query=query, user=AdminFactory()).json["included"]) == 1


def test_names_of_roles_are_unique(api: ApiClient) -> None:
    role = CustomSystemRoleFactory()
    (error,) = api.post(
        "/v1/custom-system-roles", document("custom-system-role", name=role.name), user=AdminFactory()
    ).json["errors"]
    assert (error["status"], error["source"]["pointer"]) == (409, "/data/attributes/name")
