"""The list of routes is what the service serves, and every one of them says who may."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.edge import Service
from app.jsonapi import Registry, ResourceList
from app.jsonapi.permissions import Access
from app.runtime.routes import listing
from tests.unittests.jsonapi.library import Book, BookSchema

ROOT = Path(__file__).parents[3]


def test_list_of_routes_is_up_to_date(service: Service) -> None:
    assert (ROOT / "docs/api/routes.txt").read_text() == listing(service), "run `make docs`"


def test_every_view_says_who_may(service: Service) -> None:
    silent = []
    for rule in service.url_map.iter_rules():
        view = service.view_functions[rule.endpoint]
        access = getattr(getattr(view, "view_class", None), "access", None)
        if not isinstance(access, Access) and not hasattr(view, "gate"):
            silent.append(rule.rule)
    assert silent == []


def test_class_without_access_cannot_be_routed() -> None:
    class Silent(ResourceList):
        """Says nothing about who may."""

        model, schema = Book, BookSchema

    with pytest.raises(TypeError, match="Silent states no access"):
        Registry().resource("books", Silent)
