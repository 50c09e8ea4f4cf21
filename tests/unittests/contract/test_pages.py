"""The pages against the service: every route is documented, every page is served, every transaction has its row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from app.jsonapi.registry import Registry
from tests.hooks.blueprint import Message, documented, models, texts
from tests.hooks.rows import all_rows, key_of, orphans
from tests.hooks.stage import DOCUMENTED_TOKEN

# (method, path) of routes without a page, and names of transactions that cannot be run. May only shrink.
KNOWN_EXCEPTIONS: frozenset[tuple[str, str] | str] = frozenset()

DOCUMENTED_PREFIXES = ("/v1/", "/auth/")
BARE_METHODS = {"HEAD", "OPTIONS"}
JSON_API = "application/vnd.api+json"


def routes_of(app: Flask) -> set[tuple[str, str]]:
    """Method and path of every route the pages have to describe, the names of its variables left out."""
    return {
        (method, re.sub(r"<[^>]*>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(DOCUMENTED_PREFIXES)
        for method in (rule.methods or set()) - BARE_METHODS
    }


def examples() -> Iterator[tuple[str, Message]]:
    """Every example of the pages with where it stands; of several Models, each once."""
    pages = texts()
    for transaction in documented():
        yield f"{transaction.name}, request", transaction.request
        yield f"{transaction.name}, answer", transaction.response
    for title, message in models(pages).items():
        yield f"Model of {title}", message


def resource_objects(document: Any) -> Iterator[dict[str, Any]]:
    """The resource objects of a JSON:API document; linkage, which has no attributes, among them."""
    data = document.get("data")
    yield from data if isinstance(data, list) else [data] if data else []
    yield from document.get("included", [])


def test_every_route_is_documented(app: Flask) -> None:
    missing = routes_of(app) - {each.route for each in documented()} - KNOWN_EXCEPTIONS
    assert not missing, sorted(missing)


def test_every_documented_path_is_served(app: Flask) -> None:
    unknown = {each.route for each in documented()} - routes_of(app)
    assert not unknown, sorted(unknown)


def test_exceptions_are_still_needed(app: Flask) -> None:
    described = {each.route for each in documented()} | {name for name, row in all_rows().items() if not row.skip}
    assert not KNOWN_EXCEPTIONS & described


def test_every_transaction_has_its_hook_row() -> None:
    rows = all_rows()
    missing = [each.name for each in documented() if key_of(each.name, rows) is None]
    assert not missing


def test_no_hook_row_is_orphaned() -> None:
    assert not orphans(documented(), all_rows())


def test_no_transaction_is_skipped_but_the_known_ones() -> None:
    skipped = {name for name, row in all_rows().items() if row.skip}
    assert skipped <= KNOWN_EXCEPTIONS


def test_names_of_transactions_are_unique() -> None:
    names = [each.name for each in documented()]
    assert sorted(set(names)) == sorted(names)


def test_requests_that_show_a_token_have_an_actor() -> None:
    rows = all_rows()
    signed = [each.name for each in documented() if DOCUMENTED_TOKEN in each.request.headers.values()]
    assert [name for name in signed if rows[key_of(name, rows) or name].actor is None] == []


def test_json_examples_parse() -> None:
    broken = []
    for where, message in examples():
        if message.body and "json" in message.media_type:
            try:
                json.loads(message.body)
            except ValueError as error:
                broken.append(f"{where}: {error}")
    assert not broken


def test_models_that_answers_refer_to_are_defined() -> None:
    defined = models(texts())
    missing = [each.name for each in documented() if each.response.model and each.response.model not in defined]
    assert not missing


def test_json_api_examples_are_documents_of_declared_resources(app: Flask) -> None:
    registry: Registry = app.extensions["jsonapi"]
    faults = []
    for where, message in examples():
        if message.body and message.media_type == JSON_API:
            faults += [f"{where}: {fault}" for fault in faults_of(json.loads(message.body), registry)]
    assert not faults, "\n".join(faults)


def faults_of(document: Any, registry: Registry) -> Iterator[str]:
    """What keeps this from being a JSON:API document of the service."""
    if not isinstance(document, dict) or not {"data", "errors", "meta"} & set(document):
        yield "has neither data nor errors nor meta"
        return
    for item in resource_objects(document):
        declared = registry.by_type.get(item.get("type", ""))
        if declared is None:
            yield f"has the undeclared type {item.get('type')}"
            continue
        if not isinstance(item.get("id", ""), str):
            yield "has an id that is no text"
        schema = declared.schema
        known = {name.replace("_", "-") for name in schema._declared_fields}
        unknown = {*item.get("attributes", {}), *item.get("relationships", {})} - known
        if unknown:
            yield f"has members {declared.type} does not declare: {sorted(unknown)}"


def test_fault_of_an_example_is_told(app: Flask) -> None:
    registry: Registry = app.extensions["jsonapi"]
    document = {
        "data": [{"type": "event-type", "id": "1", "attributes": {"no-such": 1}}, {"type": "nothing", "id": "2"}]
    }
    assert list(faults_of(document, registry)) == [
        "has members event-type does not declare: ['no-such']",
        "has the undeclared type nothing",
    ]
    assert list(faults_of({}, registry)) == ["has neither data nor errors nor meta"]
