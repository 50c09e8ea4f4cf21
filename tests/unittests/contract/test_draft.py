"""Drafted pages document every route of their resource, and filling keeps examples that are still true."""

from __future__ import annotations

import json
import re

import pytest

from app.jsonapi.registry import Registry
from tests.hooks.blueprint import PAGES, read
from tests.hooks.capture import LIST_ITEMS, has_members, layout, same_shape, shown
from tests.hooks.draft import Draft, title, with_article
from tests.hooks.expansion import expand
from tests.unittests.jsonapi.library import make_registry

EXAMPLES = {"attributes": {"name": "Concert"}, "relationships": {}}


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The tests' own small API: every kind of relationship and of nested path."""
    registry = make_registry()
    registry.bind()
    return registry


def test_drafts_document_every_route_once(registry: Registry) -> None:
    routes = list(registry.routes())
    drafted = [
        transaction.route
        for declared in registry.by_type.values()
        for transaction in read(expand(Draft(declared, routes, EXAMPLES).text(), PAGES), declared.type)
    ]
    served = [(method, re.sub(r"<[^>]*>", "{}", route.path)) for route in routes for method in route.methods]
    assert sorted(drafted) == sorted(served)


def test_drafted_transactions_have_names_of_their_own(registry: Registry) -> None:
    routes = list(registry.routes())
    for declared in registry.by_type.values():
        names = [each.name for each in read(expand(Draft(declared, routes, EXAMPLES).text(), PAGES), declared.type)]
        assert sorted(set(names)) == sorted(names)


def test_reading_is_drafted_without_a_token_where_it_is_public(registry: Registry) -> None:
    draft = Draft(registry.by_type["book"], list(registry.routes()), EXAMPLES, is_public=True)
    signed = {each.method for each in read(draft.text(), "page") if each.request.headers}
    assert signed == {"POST", "PATCH", "DELETE"}


def test_names_are_written_for_people() -> None:
    assert [title("discount-code"), title("faqs")] == ["Discount Code", "FAQs"]
    assert [with_article("Event"), with_article("User")] == ["an Event", "a User"]


def test_json_is_laid_out_on_one_line_where_it_fits() -> None:
    assert layout({"links": {"self": "/v1/faqs/1"}}) == '{"links": {"self": "/v1/faqs/1"}}'
    long = {"links": {"self": "x" * 80, "related": "y" * 80}, "data": []}
    assert json.loads(layout(long)) == long
    assert '\n    "data": []\n' in layout(long)


def test_example_with_the_same_members_is_kept() -> None:
    assert same_shape('{"data": [{"id": "1"}]}', '{"data": [{"id": "7"}, {"id": "8"}]}')


def test_example_with_other_members_is_replaced() -> None:
    assert not same_shape('{"data": {"id": "1"}}', '{"data": {"id": "1", "type": "faq"}}')
    assert not same_shape('{"data": []}', '{"data": [{"id": "1"}]}')
    assert not same_shape("", "{}")


def test_answer_may_have_more_members_than_the_model_it_is_shown_by() -> None:
    assert has_members('{"data": {"id": "1", "email": "a@b.c"}}', '{"data": {"id": "7"}}')
    assert not has_members('{"data": {"id": "1"}}', '{"data": {"id": "7", "email": "a@b.c"}}')
    assert not has_members('{"data": {"event": null}}', '{"data": {"event": {"id": "1"}}}')


def test_tokens_are_not_shown() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eSI6NDJ9.dGhlIHJlYWwgc2lnbmF0dXJl"
    assert token not in shown(json.dumps({"access_token": token}))


def test_long_lists_are_shown_by_their_first_items() -> None:
    items = [{"type": "faq", "id": str(number)} for number in range(5)]
    assert json.loads(shown(json.dumps({"data": items})))["data"] == items[:LIST_ITEMS]
