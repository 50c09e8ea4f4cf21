"""Drafts API pages and keeps their examples true.

    python -m tests.hooks.draft new faq --setup FaqFactory --actor coorganizer
    python -m tests.hooks.draft fill events/faq

`new` writes a page from the resource's routes, schema and a row made by the setup, and the hook rows that
go with it, for an author to edit. `fill` runs what the page documents and writes the answers into it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app import DOMAINS
from app.extensions import db
from app.jsonapi.fields import Relation
from app.jsonapi.names import dashed, plural
from app.jsonapi.registry import Declared, Registry, Route
from app.jsonapi.resource import ResourceList
from app.jsonapi.schema import column_of
from tests.hooks.blueprint import PAGES, documented
from tests.hooks.capture import fill, layout, studio
from tests.hooks.rows import Row, row
from tests.hooks.stage import DOCUMENTED_TOKEN, Stage

TABLES = Path(__file__).parent
ACRONYMS = {"faq": "FAQ", "faqs": "FAQs"}
JSON_API = "application/vnd.api+json"


def main(arguments: list[str]) -> int:
    """The command line; the exit status is 1 when something did not come out as documented."""
    parser = argparse.ArgumentParser(prog="python -m tests.hooks.draft", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="draft the page and the hook rows of a resource")
    new.add_argument("type")
    new.add_argument("--setup", required=True, help="factory or function of the domain that makes row 1")
    new.add_argument("--actor", default="owner", help="who may do everything with it; a name of actors.CAST")
    new.add_argument("--public", action="store_true", help="whether anonymous clients may read it")
    commands.add_parser("fill", help="write the answers of the service into pages").add_argument("pages", nargs="*")
    options = parser.parse_args(arguments)
    with studio() as stage:
        if options.command == "new":
            pages = [draft(stage, options)]
        else:
            pages = [PAGES / f"{name}.apib" for name in options.pages] or sorted(PAGES.glob("*/*.apib"))
        faults = [fault for page in pages for fault in fill(page, stage)]
    print(*faults, sep="\n")
    return 1 if faults else 0


def draft(stage: Stage, options: argparse.Namespace) -> Path:
    """Write the page and the rows of a resource; raises FileExistsError rather than touch a page."""
    registry: Registry = stage.app.extensions["jsonapi"]
    declared = registry.by_type[options.type]
    domain = domain_of(declared)
    page: Path = PAGES / declared.model.__module__.split(".")[1] / f"{options.type}.apib"
    page.parent.mkdir(parents=True, exist_ok=True)
    examples = examples_of(stage, declared, domain, options.setup)
    with page.open("x") as file:
        file.write(Draft(declared, list(registry.routes()), examples, is_public=options.public).text())
    stage.rows = {**stage.rows, **add_rows(domain, page, options.setup, options.actor)}
    return page


def domain_of(declared: Declared) -> str:
    """The name of the domain whose setups and rows a resource has; a nested domain has its own."""
    module = declared.model.__module__
    home = max((each for each in DOMAINS if module.startswith(f"app.{each}.")), key=len)
    return home.rpartition(".")[2]


def examples_of(stage: Stage, declared: Declared, domain: str, setup: str) -> dict[str, Any]:
    """Attributes and linkage of the row the setup makes, as a client would write them."""
    stage.reset()
    with stage.app.test_request_context():
        made = find_setup(domain, setup)()
        stored = made if isinstance(made, declared.model) else db.session.get(declared.model, 1)
        db.session.commit()
        attributes = {
            dashed(name): field.serialize(column_of(name, field), stored)
            for name, field in declared.schema.attributes()
            if not field.dump_only and name != "deleted_at"
        }
        linkage = {
            dashed(name): {"data": _linkage(relation, getattr(stored, column_of(name, relation)))}
            for name, relation in declared.schema.relations().items()
            if relation.set_on != "never" and getattr(stored, column_of(name, relation))
        }
    return {"attributes": _worth_showing(declared, attributes), "relationships": linkage}


def find_setup(domain: str, name: str) -> Any:
    """The function of the domain's hook table, or else the factory of that name."""
    for module in (f"tests.hooks.{domain}", f"tests.unittests.factories.{domain}"):
        if find_spec(module) and hasattr(import_module(module), name):
            return getattr(import_module(module), name)
    raise LookupError(f"Neither the hook table nor the factories of {domain} have {name}.")


def _linkage(relation: Relation, related: Any) -> Any:
    if relation.many:
        return [{"type": relation.type, "id": str(each.id)} for each in related]
    return {"type": relation.type, "id": str(related.id)}


def _worth_showing(declared: Declared, attributes: dict[str, Any]) -> dict[str, Any]:
    """What is required or has a value; booleans and numbers that are as they would be anyway are left out."""
    kept = {}
    for name, field in declared.schema.attributes():
        value = attributes.get(dashed(name))
        if field.required or (isinstance(value, str | list | dict) and value):
            kept[dashed(name)] = json.loads(json.dumps(value, default=str).replace("+00:00", "Z"))
    return kept


def add_rows(domain: str, page: Path, setup: str, actor: str) -> dict[str, Row]:
    """Print the rows the page needs, for the author to put into the domain's table; returns them."""
    source = str(page.relative_to(PAGES))
    resources = dict.fromkeys(each.resource for each in documented() if each.source == source)
    print(f"# Rows for ROWS in tests/hooks/{domain}.py (from tests.unittests.factories.{domain} import {setup})")
    for resource in resources:
        print(f'    "{resource}": row({setup}, actor="{actor}"),')
    return dict.fromkeys(resources, row(find_setup(domain, setup), actor=actor))


def title(words: str) -> str:
    """A dashed name as people write it: `discount-code` is “Discount Code”."""
    return " ".join(ACRONYMS.get(word, word.capitalize()) for word in words.split("-"))


def with_article(noun: str) -> str:
    """“an Event”, “a FAQ”."""
    return ("an " if noun[0] in "AEIO" else "a ") + noun


class Draft:
    """The text of a page: collection, detail, further paths, relationships."""

    def __init__(
        self, declared: Declared, routes: list[Route], examples: dict[str, Any], *, is_public: bool = False
    ) -> None:
        self.declared, self.examples, self.is_public = declared, examples, is_public
        self.noun = title(declared.type)
        self.nouns = title(plural(declared.type))
        self.routes = [route for route in routes if route.declared is declared]

    def text(self) -> str:
        """The whole page."""
        doc = (self.declared.list or self.declared.detail).__doc__ or f"{self.nouns}."
        parts = [f"# Group {self.nouns}\n\n{doc.strip()}\n"]
        parts += [self._primary(route) for route in self._primaries()]
        parts += self._other_paths()
        parts += self._relationships()
        return "\n".join(parts)

    def _primaries(self) -> list[Route]:
        """The routes written out: those without a parent, and the first list where none of them lists."""
        own = [route for route in self.routes if route.parent is None and route.relationship is None]
        nested = [route for route in self.routes if route.parent]
        for is_list in (True, False):
            if not any(self._is_list(route) == is_list and "GET" in route.methods for route in own):
                own += [route for route in nested if self._is_list(route) == is_list][:1]
        return own

    @staticmethod
    def _is_list(route: Route) -> bool:
        return issubclass(route.view, ResourceList)

    def _title(self, route: Route) -> str:
        if route.parent:
            return f"{self.noun} {'List' if self._is_list(route) else 'Detail'}"
        return f"{self.noun} {'Collection' if self._is_list(route) else 'Detail'}"

    def _primary(self, route: Route) -> str:
        query = "{?sort,filter,include}" if self._is_list(route) and "GET" in route.methods else ""
        lines = [f"## {self._title(route)} [{_template(route.path)}{query}]", ""]
        parameters = self._parameters(route, bool(query))
        lines += ["+ Parameters", *parameters, ""] if parameters else []
        if "GET" in route.methods:
            lines += [f"+ Model ({JSON_API})", "", "        {}", ""]
        lines += [line for method in route.methods for line in self._action(route, method)]
        return "\n".join(lines)

    def _parameters(self, route: Route, listed: bool) -> list[str]:
        owner = title(route.parent.declared.type) if route.parent else self.noun
        found = [f"    + id: 1 (string, required) - of the {owner}"] if "<" in route.path else []
        if listed:
            found += [
                "    + sort (string, optional) - attributes to sort by, such as `-id`",
                "    + filter (string, optional) - conditions as a JSON list",
                "    + include (string, optional) - related objects to bring along",
            ]
        return found

    def _action(self, route: Route, method: str) -> Iterator[str]:
        listed = self._is_list(route)
        verb = {"GET": "List" if listed else "Get", "POST": "Create", "PATCH": "Update", "DELETE": "Delete"}[method]
        yield f"### {verb} {self.nouns if listed and method == 'GET' else self.noun} [{method}]"
        yield ""
        if method != "GET" or not self.is_public:
            yield from self._request(method)
        if method in ("GET", "PATCH") and "GET" in route.methods:
            yield from ("+ Response 200", "", f"    [{self._title(route)}][]", "")
        else:
            yield from (f"+ Response {201 if method == 'POST' else 200} ({JSON_API})", "", "        {}", "")

    def _request(self, method: str) -> Iterator[str]:
        """A signed request, with a document where one is sent."""
        writes = method in ("POST", "PATCH")
        yield f"+ Request ({JSON_API})" if writes else "+ Request"
        yield from ("    + Headers", "", f"            Authorization: {DOCUMENTED_TOKEN}", "")
        if writes:
            body = layout(self._body(method), 12).splitlines()
            yield from ("    + Body", "", *(" " * 12 + line for line in body), "")

    def _body(self, method: str) -> dict[str, Any]:
        """A document as a client sends it: everything to create, the first text to change."""
        data: dict[str, Any] = {"type": self.declared.type}
        attributes, relationships = self.examples["attributes"], self.examples["relationships"]
        if method == "PATCH":
            return {"data": {**data, "id": "1", "attributes": dict(list(attributes.items())[:1])}}
        data["attributes"] = attributes
        return {"data": {**data, "relationships": relationships} if relationships else data}

    def _other_paths(self) -> Iterator[str]:
        written = self._primaries()
        for primary in written:
            others = [
                route
                for route in self.routes
                if route.parent and route not in written and self._is_list(route) == self._is_list(primary)
            ]
            if others and "GET" in primary.methods:
                lines = [self._other_path(route) for route in others]
                yield "\n".join([f"<!-- other paths of {self._title(primary)}", *lines, "-->", ""])

    def _other_path(self, route: Route) -> str:
        assert route.parent is not None
        relation = dashed(route.parent.relation)
        what = f"of {with_article(title(route.parent.declared.type))}"
        if relation not in (self.declared.type, plural(self.declared.type)):
            what += f" as {relation}"
        return f"{what}: {_template(route.path)}; {', '.join(route.methods)}"

    def _relationships(self) -> Iterator[str]:
        lines = []
        for route in self.routes:
            if route.relationship:
                relation = self.declared.schema.relations()[route.relationship]
                many = "[]" if relation.many else ""
                lines.append(f"{route.path.rpartition('/')[2]}: {relation.type}{many}; {', '.join(route.methods)}")
        if lines:
            at = f"/v1/{self.declared.path}/{{id}}"
            yield "\n".join([f"<!-- relationships of {self.declared.type} at {at}", *lines, "-->", ""])


def _template(path: str) -> str:
    """A route's path as a URI template; every id in it is called `id`."""
    head, _, rest = path.partition("<")
    return f"{head}{{id}}{rest.partition('>')[2]}" if rest else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
