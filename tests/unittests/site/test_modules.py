"""Modules: one record, read by everybody, changed by admins."""

from __future__ import annotations

import pytest

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.site import ModuleFactory
from tests.unittests.factories.users import AdminFactory, SuperAdminFactory, UserFactory

PATHS = ("/v1/modules", "/v1/modules/1", "/v1/modules/77")


@pytest.mark.parametrize("path", PATHS)
def test_the_one_record_is_at_every_address_and_off_at_first(api: ApiClient, path: str) -> None:
    data = api.get(path).json["data"]
    assert (data["type"], data["id"]) == ("module", "1")
    assert data["attributes"] == {"ticket-include": False, "payment-include": False, "donation-include": False}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("make", "status"), [(lambda: None, 401), (UserFactory, 403), (AdminFactory, 200), (SuperAdminFactory, 200)]
)
def test_admins_switch_modules(api: ApiClient, path: str, make: type, status: int) -> None:
    response = api.patch(path, document("module", 1, payment_include=True), user=make())
    assert response.status_code == status
    assert api.get("/v1/modules").json["data"]["attributes"]["payment-include"] is (status == 200)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_modules_are_neither_made_nor_deleted(api: ApiClient, path: str, method: str) -> None:
    response = api.request(method, path, user=SuperAdminFactory(), json_body=document("module", ticket_include=True))
    assert response.status_code == 405


def test_switching_one_module_leaves_the_others(api: ApiClient) -> None:
    ModuleFactory()
    response = api.patch("/v1/modules/1", document("module", 1, donation_include=False), user=AdminFactory())
    expected = {"ticket-include": True, "payment-include": True, "donation-include": False}
    assert response.json["data"]["attributes"] == expected
