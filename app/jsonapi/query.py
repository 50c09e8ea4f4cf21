"""The query string, parsed and checked against the schema: page, sort, include, fields, filter.

Names may be dashed or underscored. What the schema does not know is refused with 400 and the
parameter's name; names the contract has and this service has not built yet are ignored in `include`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from werkzeug.datastructures import MultiDict

from app.jsonapi.errors import InvalidQuery
from app.jsonapi.names import dashed, same_type, underscored
from app.jsonapi.registry import Declared, Registry, target_of
from app.jsonapi.schema import column_of

DEFAULT_SIZE = 20
LARGEST_SIZE = 1000
DEEPEST_INCLUDE = 4

Tree = dict[str, "Tree"]


@dataclass(frozen=True)
class Page:
    """A page of a list: `size` rows, the `number`th from 1."""

    size: int = DEFAULT_SIZE
    number: int = 1

    @property
    def offset(self) -> int:
        """How many rows come before it."""
        return (self.number - 1) * self.size


@dataclass(frozen=True)
class Order:
    """One sort key: relationships followed, the attribute, and the direction."""

    path: tuple[str, ...]
    attribute: str
    descending: bool


@dataclass(frozen=True)
class Query:
    """Everything the query string asks for."""

    page: Page = Page()
    sort: tuple[Order, ...] = ()
    include: Tree = field(default_factory=dict)
    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    filters: tuple[Any, ...] = ()
    wants_trashed: bool = False


def parse(args: MultiDict[str, str], declared: Declared, registry: Registry) -> Query:
    """The query these arguments make for this resource; raises InvalidQuery."""
    return Query(
        page=_page(args),
        sort=tuple(_orders(args.get("sort", ""), declared)),
        include=_include(args.get("include", ""), declared, registry),
        fields=dict(_fieldsets(args, registry)),
        filters=tuple(_filters(args)),
        wants_trashed=args.get("get_trashed") == "true",
    )


def _page(args: MultiDict[str, str]) -> Page:
    size = _whole(args, "page[size]", DEFAULT_SIZE, least=0)
    number = _whole(args, "page[number]", 1, least=1)
    return Page(min(size or LARGEST_SIZE, LARGEST_SIZE), number)


def _whole(args: MultiDict[str, str], name: str, default: int, *, least: int) -> int:
    text = args.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise InvalidQuery(name, f"{name} has to be a whole number of at least {least}.")
    return int(text)


def _orders(text: str, declared: Declared) -> Iterable[Order]:
    for part in filter(None, text.split(",")):
        descending, name = part.startswith("-"), part.removeprefix("-")
        *path, attribute = [underscored(step) for step in name.split(".")]
        owner = declared
        for step in path:
            owner = _followed(owner, step, "sort", to_one=True)
        sortable_column(owner, attribute, "sort")
        yield Order(tuple(path), attribute, descending)


def _followed(declared: Declared, name: str, parameter: str, *, to_one: bool = False) -> Declared:
    relation = declared.relations().get(name)
    target = target_of(relation) if relation else None
    if relation is None or target is None:
        raise InvalidQuery(parameter, f"{declared.type} has no relationship {name}.")
    if to_one and relation.many:
        raise InvalidQuery(parameter, f"{name} of {declared.type} holds many rows and cannot be sorted by.")
    return target


def sortable_column(declared: Declared, name: str, parameter: str) -> str:
    """The model attribute behind an attribute that the database can compare; raises InvalidQuery."""
    schema_field = declared.schema._declared_fields.get(name)
    if schema_field is None or (name not in dict(declared.schema.attributes()) and name != "id"):
        raise InvalidQuery(parameter, f"{declared.type} has no attribute {name}.")
    column = column_of(name, schema_field)
    if schema_field.load_only or column not in declared.model.__mapper__.all_orm_descriptors:
        raise InvalidQuery(parameter, f"{name} of {declared.type} cannot be compared.")
    return column


def _include(text: str, declared: Declared, registry: Registry) -> Tree:
    tree: Tree = {}
    for path in filter(None, text.split(",")):
        steps = [underscored(step) for step in path.split(".")]
        if len(steps) > DEEPEST_INCLUDE:
            raise InvalidQuery("include", f"{path} is more than {DEEPEST_INCLUDE} relationships deep.")
        _grow(tree, steps, declared, registry)
    return tree


def _grow(tree: Tree, steps: list[str], declared: Declared, registry: Registry) -> None:
    for step in steps:
        relation = declared.schema.relations().get(step)
        if relation is None or relation.target is None:
            if f"{declared.type}.{dashed(step)}" in registry.pending:
                return
            raise InvalidQuery("include", f"{declared.type} has no relationship {step}.")
        tree = tree.setdefault(step, {})
        declared = relation.target


def _fieldsets(args: MultiDict[str, str], registry: Registry) -> Iterable[tuple[str, frozenset[str]]]:
    for key, text in args.items():
        match = re.fullmatch(r"fields\[([^\]]+)\]", key)
        if not match:
            continue
        declared = next((each for each in registry.by_type.values() if same_type(match[1], each.type)), None)
        if declared is None:
            # A fieldset of a type the answer cannot hold changes nothing.
            continue
        names = frozenset(underscored(name) for name in text.split(",") if name)
        for name in names - set(declared.schema._declared_fields):
            if f"{declared.type}.{dashed(name)}" not in registry.pending:
                raise InvalidQuery(key, f"{declared.type} has no field {name}.")
        yield declared.type, names


def _filters(args: MultiDict[str, str]) -> Iterable[Any]:
    for key, text in args.items():
        match = re.fullmatch(r"filter\[([^\]]+)\]", key)
        if match:
            yield {"name": match[1], "op": "eq", "val": text}
    text = args.get("filter", "")
    if not text:
        return
    try:
        filters = orjson.loads(text)
    except ValueError as error:
        raise InvalidQuery("filter", "filter is not valid JSON.") from error
    if not isinstance(filters, list):
        raise InvalidQuery("filter", "filter is a list of conditions.")
    yield from filters
