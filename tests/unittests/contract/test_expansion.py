"""Tables in API pages: every line becomes requests that are made."""

from __future__ import annotations

import pytest

from tests.hooks.blueprint import PAGES, read
from tests.hooks.expansion import ExpansionError, expand

PAGE = """# Group FAQs

## FAQ Detail [/v1/faqs/{id}{?include}]

+ Parameters
    + id: 1 (string, required) - of the FAQ
    + include (string, optional)

+ Model (application/vnd.api+json)

        {"data": {}}

### Get FAQ [GET]

+ Response 200

    [FAQ Detail][]

### Delete FAQ [DELETE]

+ Response 200

"""


def routes(table: str) -> dict[str, list[tuple[str, str]]]:
    """Method and path of what the page documents with this table, by resource."""
    found: dict[str, list[tuple[str, str]]] = {}
    for each in read(expand(PAGE + table, PAGES), "page"):
        found.setdefault(each.resource, []).append((each.method, each.path))
    return found


def test_relationship_to_one_is_written_out() -> None:
    table = "<!-- relationships of faq at /v1/faqs/{id}\nevent: event; GET, PATCH\n-->\n"
    path = "/v1/faqs/1/relationships/event"
    assert routes(table)["FAQs > Relationship faq.event"] == [("GET", path), ("PATCH", path)]


def test_relationship_to_many_is_written_out_with_the_methods_that_are_named() -> None:
    table = "<!-- relationships of faq at /v1/faqs/{id}\ntags: ticket-tag[]; GET, DELETE\n-->\n"
    path = "/v1/faqs/1/relationships/tags"
    assert routes(table)["FAQs > Relationship faq.tags"] == [("GET", path), ("DELETE", path)]


def test_other_path_repeats_the_actions_that_are_named() -> None:
    table = "<!-- other paths of FAQ Detail\nof an Event: /v1/events/{id}/faq; GET\n-->\n"
    assert routes(table)["FAQs > FAQ Detail of an Event"] == [("GET", "/v1/events/1/faq")]


def test_other_path_refers_to_the_model_without_defining_it_again() -> None:
    page = expand(PAGE + "<!-- other paths of FAQ Detail\nof an Event: /v1/events/{id}/faq; GET\n-->\n", PAGES)
    assert page.count("+ Model") == 1
    assert page.count("[FAQ Detail][]") == 2


def test_other_path_of_a_collection_gets_the_parents_id() -> None:
    page = "# Group G\n\n## List [/v1/r]\n\n### List [GET]\n\n+ Response 200\n\n"
    table = "<!-- other paths of List\nof an Event: /v1/events/{id}/r; GET\n-->\n"
    assert [each.path for each in read(expand(page + table, PAGES), "page")] == ["/v1/r", "/v1/events/1/r"]


@pytest.mark.parametrize(
    "table",
    [
        "<!-- relationships of faq at /v1/faqs/{id}\nevent\n-->\n",
        "<!-- relationships of faq at /v1/faqs/{id}\nevent: event; DELETE\n-->\n",
        "<!-- other paths of Unknown\nof an Event: /v1/events/{id}/faq; GET\n-->\n",
        "<!-- other paths of FAQ Detail\nof an Event: /v1/events/{id}/faq; PATCH\n-->\n",
    ],
)
def test_table_that_cannot_be_written_out_is_refused(table: str) -> None:
    with pytest.raises(ExpansionError):
        expand(PAGE + table, PAGES)
