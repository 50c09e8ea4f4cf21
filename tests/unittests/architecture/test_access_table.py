"""Who may: the table in access.csv, compared with what the server does for each kind of person.

One row per route and method: the lowest kind that may, and in `also` further kinds, `own` for
the user a row belongs to and `attendee` for the one with an attendee's address. `who` answers are any but 401, 403 and 404.
Run this file as a module with `--write` to add rows for new routes as the server answers them;
read them before you keep them.
"""

from __future__ import annotations

import contextlib
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.api import registry
from app.edge import Service
from app.extensions import db
from tests.unittests.architecture.world import KINDS, OWNERS, World, at_least, build, named
from tests.unittests.client import ApiClient, document
from tests.unittests.databases import rolled_back

TABLE = Path(__file__).with_name("access.csv")
REFUSED = {401, 403, 404}
# Signed by a token of their own kind instead of an access token; their own tests say who may.
OTHER_TOKENS = {("POST", "/v1/auth/token/refresh")}


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    method: str
    path: str
    lowest: str
    also: str

    def allowed(self) -> frozenset[str]:
        """The kinds that may."""
        return named(self.lowest, self.also)


def table() -> list[Line]:
    """The rows of access.csv."""
    with TABLE.open(newline="") as file:
        return [Line(row["method"], row["path"], row["lowest"], row["also"]) for row in csv.DictReader(file)]


def routed(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method and route of the service but the library's own."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint != "static" and (method, rule.rule) not in OTHER_TOKENS:
                yield method, rule


@pytest.fixture(scope="module")
def world(service: Service) -> Iterator[World]:
    """The world, gone when the module's tests are over."""
    with rolled_back(service):
        yield build()


def address(app: Flask, rule: Rule, world: World) -> str:
    """The route with its variables filled in."""
    values = {name: variable(app, rule, name, world) for name in rule.arguments}
    _, built = rule.build(values)  # type: ignore[misc]
    return str(built)


def variable(app: Flask, rule: Rule, name: str, world: World) -> object:
    """What stands for one variable of a route."""
    view = getattr(app.view_functions[rule.endpoint], "view_class", None)
    if view is not None and name == "id":
        return world.id_in_url(view.route.declared.type, view.route.relationship)
    if view is not None and view.route.parent is not None and name == view.route.parent.parameter:
        return world.rows[view.route.parent.declared.type].id
    if name in world.values:
        return world.values[name]
    before = re.search(rf"([a-z-]+)/<[a-z:]*{name}>", rule.rule)
    named = name.removesuffix("_id").replace("_", "-")
    types = (type_ for type_, each in registry.by_type.items() if before and each.path == before[1])
    return world.rows[named if named in world.rows else next(types)].id


def body(app: Flask, method: str, rule: Rule, world: World) -> Any:
    """A sound body for a resource's route; an empty object for plain ones."""
    view = getattr(app.view_functions[rule.endpoint], "view_class", None)
    if method not in ("POST", "PATCH", "DELETE"):
        return None
    if view is None:
        return {}
    declared, relationship = view.route.declared, view.route.relationship
    if relationship is not None:
        return {"data": [] if declared.schema.relations()[relationship].many else None}
    if method == "DELETE":
        return None
    return world.bodies[declared.type]() if method == "POST" else document(declared.type)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    db.session.commit()  # So that no savepoint of the session is older than ours.
    attempt = db.engines[None].begin_nested()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        db.session.rollback()
        attempt.rollback()
        db.session.expire_all()


def answers(app: Service, method: str, rule: Rule, world: World) -> dict[str, int]:
    """The status each kind of person gets; what a request changes is undone."""
    plain = not hasattr(app.view_functions[rule.endpoint], "view_class")
    path, sent, api = address(app, rule, world), body(app, method, rule, world), ApiClient(app)
    statuses = {}
    for kind in (*KINDS, *OWNERS):
        with undone():
            content_type = "application/json" if plain else "application/vnd.api+json"
            answer = api.request(method, path, headers=world.headers[kind], json_body=sent, content_type=content_type)
            statuses[kind] = answer.status_code
    return statuses


def let_through(statuses: dict[str, int]) -> set[str]:
    """The kinds whose answers are no refusals."""
    return {kind for kind, status in statuses.items() if status not in REFUSED}


def test_every_route_has_a_row_and_every_row_a_route(service: Service) -> None:
    routes = [(method, rule.rule) for method, rule in routed(service)]
    rows = [(line.method, line.path) for line in table()]
    assert sorted(rows) == sorted(set(rows))
    assert set(rows) == set(routes)


@pytest.mark.parametrize("line", table(), ids=lambda line: f"{line.method} {line.path}")
def test_server_lets_those_through_whom_the_table_names(service: Service, world: World, line: Line) -> None:
    rule = next(rule for method, rule in routed(service) if (method, rule.rule) == (line.method, line.path))
    statuses = answers(service, line.method, rule, world)
    assert all(status < 500 for status in statuses.values()), statuses
    allowed = line.allowed()
    if "user" in allowed:
        allowed |= set(OWNERS)
    assert let_through(statuses) == allowed, statuses


def observed(through: set[str]) -> tuple[str, str]:
    """Of a row that lets these kinds through: the lowest, and the others."""
    lowest = next((kind for kind in KINDS if at_least(kind) <= through), "nobody")
    covered = at_least(lowest) if lowest != "nobody" else frozenset()
    further = through - covered - (set(OWNERS) if "user" in covered else set())
    return lowest, "; ".join(kind for kind in (*KINDS, *OWNERS) if kind in further)


def write(app: Service) -> None:
    """Add the rows that are missing, as the server answers now, and drop those without a route."""
    known = {(line.method, line.path): line for line in table()}
    with rolled_back(app):
        world = build()
        lines = []
        for method, rule in routed(app):
            line = known.get((method, rule.rule))
            if line is None:
                line = Line(method, rule.rule, *observed(let_through(answers(app, method, rule, world))))
            lines.append(line)
    with TABLE.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["method", "path", "lowest", "also"])
        rows.writerows(
            [each.method, each.path, each.lowest, each.also]
            for each in sorted(lines, key=lambda each: (each.path, each.method))
        )


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write(create_app())
