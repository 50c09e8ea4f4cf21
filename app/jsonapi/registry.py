"""What is served: each resource type with its schema, model, access and classes, and the routes they make.

A domain declares a resource with one line, `resource("faqs", FaqList, FaqDetail, FaqRelationship)`.
Routes are derived from the schemas' relationships when the app is made, because a relationship
of one domain leads to a resource of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipProperty

from app.jsonapi.fields import Relation, to_many, to_one
from app.jsonapi.names import dashed, underscored
from app.jsonapi.permissions import Access
from app.jsonapi.schema import Schema, column_of

PREFIX = "/v1"


@dataclass(frozen=True, eq=False)
class Declared:
    """One resource type as its domain declares it."""

    path: str
    list: Any
    detail: Any
    relationship: Any
    collection: tuple[str, ...]
    also: tuple[tuple[str, Any], ...]
    aliases: tuple[str, ...] = ()

    @property
    def schema(self) -> type[Schema]:
        """The wire form."""
        schema: type[Schema] = (self.detail or self.list).schema
        return schema

    @property
    def model(self) -> Any:
        """The table's class."""
        return (self.detail or self.list).model

    @property
    def access(self) -> Access:
        """Who may do what."""
        access: Access = (self.detail or self.list).access
        return access

    @property
    def type(self) -> str:
        """The resource type."""
        return self.schema.type_()

    def relations(self) -> dict[str, Relation]:
        """The relationships that lead somewhere, by underscored name."""
        return {name: relation for name, relation in self.schema.relations().items() if target_of(relation)}

    def property_of(self, name: str) -> RelationshipProperty[Any]:
        """The ORM relationship behind a relationship of the schema."""
        relation = self.schema.relations()[name]
        found: RelationshipProperty[Any] = inspect(self.model).relationships[column_of(name, relation)]
        return found


@dataclass(frozen=True)
class Parent:
    """Where a nested route hangs: the relationship of the parent that is followed."""

    declared: Declared
    relation: str

    @property
    def parameter(self) -> str:
        """The name of the parent's id in the route."""
        return underscored(self.declared.type) + "_id"


@dataclass(frozen=True)
class Route:
    """One route: its path, the class that serves it, and the methods it takes."""

    path: str
    view: Any
    methods: tuple[str, ...]
    declared: Declared
    parent: Parent | None = None
    relationship: str | None = None

    @property
    def endpoint(self) -> str:
        """A name for Flask, unique per route."""
        return self.path.strip("/").replace("/", "_").replace("<", "").replace(">", "").replace(".", "_")


def target_of(relation: Relation) -> Declared | None:
    """The resource a relationship leads to; None while that resource is not built."""
    return getattr(relation, "target", None)


@dataclass
class Registry:
    """The resources of one API. `pending` holds "type.relationship" names that are not built yet."""

    pending: frozenset[str] = frozenset()
    by_type: dict[str, Declared] = field(default_factory=dict)
    _bound: bool = False

    def resource(
        self,
        path: str,
        list: Any,
        detail: Any = None,
        relationship: Any = None,
        *,
        collection: tuple[str, ...] = ("GET", "POST"),
        also: tuple[tuple[str, Any], ...] = (),
        aliases: tuple[str, ...] = (),
    ) -> None:
        """Declare a resource; `collection` names the methods its own path takes, `also` further (path, class) pairs.

        Under `aliases` everything is served once more, for clients that know the resource by another path. Raises
        TypeError for a class that does not say who may use it.
        """
        for view in (list, detail, relationship, *(extra for _, extra in also)):
            if view is not None and not isinstance(getattr(view, "access", None), Access):
                raise TypeError(f"{view.__name__} states no access.")
        declared = Declared(path, list, detail, relationship, collection, also, aliases)
        for view in (list, detail, relationship, *(extra for _, extra in also)):
            if view is not None:
                view.declared = getattr(view, "serves", None) or declared
        self.by_type[declared.type] = declared

    def bind(self) -> None:
        """Connect relationships with the resources they lead to, and give those their inverses."""
        if self._bound:
            return
        self._bound = True
        for declared in tuple(self.by_type.values()):
            for name, relation in declared.schema.relations().items():
                self._declare_inverse(declared, name, relation)
        for declared in self.by_type.values():
            for relation in declared.schema.relations().values():
                relation.target = self.by_type.get(relation.type)

    def _declare_inverse(self, declared: Declared, name: str, relation: Relation) -> None:
        owner = self.by_type.get(relation.type)
        if owner is None or relation.inverse is None:
            return
        make = to_one if relation.inverse_one else to_many
        inverse = make(declared.type, set_on="never", visible_to=relation.inverse_visible_to)
        owner.schema.declare(underscored(relation.inverse), inverse)

    def routes(self) -> Iterator[Route]:
        """Every route of every resource."""
        for declared in self.by_type.values():
            for path in (declared.path, *declared.aliases):
                yield from _own_routes(declared, path)
                for name, relation in declared.relations().items():
                    yield from _relation_routes(declared, path, name, relation)
            for further, view in declared.also:
                parent = view.under and Parent(self.by_type[view.under[0]], view.under[1])
                yield Route(PREFIX + further, view, view.offers, view.serves or declared, parent)


def _own_routes(declared: Declared, path: str) -> Iterator[Route]:
    base = f"{PREFIX}/{path}"
    if declared.list is not None and declared.collection:
        yield Route(base, declared.list, declared.collection, declared)
    if declared.detail is not None:
        yield Route(f"{base}/<id>", declared.detail, declared.detail.offers, declared)


def _relation_routes(declared: Declared, path: str, name: str, relation: Relation) -> Iterator[Route]:
    parent = Parent(declared, name)
    target = target_of(relation)
    base = f"{PREFIX}/{path}/<{parent.parameter}>"
    view = None if target is None else target.list if relation.many else target.detail
    if target is not None and view is not None:
        methods = view.nested if relation.many else view.offers
        yield Route(f"{base}/{dashed(name)}", view, methods, target, parent)
    if declared.relationship is not None:
        # A row of the relationship's own URL is named `id`, as in the detail route.
        own = f"{PREFIX}/{path}/<id>/relationships/{relation.self_name or dashed(name)}"
        yield Route(own, declared.relationship, _relationship_methods(relation), declared, relationship=name)


def _relationship_methods(relation: Relation) -> tuple[str, ...]:
    if relation.set_on != "write":
        return ("GET",)
    return ("GET", "POST", "PATCH", "DELETE") if relation.many else ("GET", "PATCH")
