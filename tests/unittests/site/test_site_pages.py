"""The installation's own pages."""

from __future__ import annotations

import pytest

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.site import PageFactory
from tests.unittests.factories.users import AdminFactory, UserFactory


def test_footer_gets_its_pages_in_order_without_a_token(api: ApiClient) -> None:
    for index, name in ((2, "terms"), (1, "about"), (3, "imprint")):
        PageFactory(name=name, index=index)
    response = api.get("/v1/pages", query={"cache": "true", "public": "true"})
    assert [page["attributes"]["name"] for page in response.json["data"]] == ["about", "terms", "imprint"]
    assert response.json["meta"]["count"] == 3


def test_pages_are_found_by_place(api: ApiClient) -> None:
    PageFactory(name="about", place="footer")
    PageFactory(name="help", place="event")
    response = api.get("/v1/pages", query={"filter": [{"name": "place", "op": "eq", "val": "event"}]})
    assert [page["attributes"]["name"] for page in response.json["data"]] == ["help"]


@pytest.mark.parametrize(
    ("make", "made", "written"), [(lambda: None, 401, 401), (UserFactory, 403, 403), (AdminFactory, 201, 200)]
)
def test_pages_are_written_by_admins(api: ApiClient, make: type, made: int, written: int) -> None:
    user, page = make(), PageFactory()
    assert api.post("/v1/pages", document("page", name="new", url="/new"), user=user).status_code == made
    assert api.patch(f"/v1/pages/{page.id}", document("page", page.id, title="Anew"), user=user).status_code == written
    assert api.delete(f"/v1/pages/{page.id}", user=user).status_code == written


@pytest.mark.parametrize("missing", ["name", "url"])
def test_page_without_name_or_url_is_refused(api: ApiClient, missing: str) -> None:
    attributes = {"name": "new", "url": "/new"}
    del attributes[missing]
    (error,) = api.post("/v1/pages", document("page", **attributes), user=AdminFactory()).json["errors"]
    assert (error["status"], error["source"]["pointer"]) == ("422", f"/data/attributes/{missing}")


def test_page_stands_in_the_footer_or_on_events(api: ApiClient) -> None:
    page = document("page", name="new", url="/new", place="header")
    assert api.post("/v1/pages", page, user=AdminFactory()).status_code == 422


def test_patch_of_one_attribute_leaves_all_others(api: ApiClient) -> None:
    page = PageFactory(title="About", index=4)
    before = api.get(f"/v1/pages/{page.id}").json["data"]["attributes"]
    response = api.patch(f"/v1/pages/{page.id}", document("page", page.id, title=None), user=AdminFactory())
    assert response.json["data"]["attributes"] == before | {"title": None}


def test_deleted_page_is_gone(api: ApiClient) -> None:
    path, admin = f"/v1/pages/{PageFactory().id}", AdminFactory()
    assert api.delete(path, user=admin).status_code == 200
    assert api.get(path, user=admin, query={"get_trashed": "true"}).status_code == 404
