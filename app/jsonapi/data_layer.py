"""Reads and writes rows for resources: the base of every data layer.

A resource whose creation is more than a row (a charge) gives a subclass that overrides
`create_object`. The layer flushes; the transaction is committed at the edge of the request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, bindparam, func, select

from app.extensions import db, reading
from app.jsonapi.errors import Forbidden
from app.jsonapi.fields import Relation
from app.jsonapi.filters import Filter
from app.jsonapi.library import BaseDataLayer
from app.jsonapi.lookup import belongs, find, find_linked, find_related, owner_of
from app.jsonapi.model import SoftDeleted
from app.jsonapi.negotiation import check_if_match
from app.jsonapi.permissions import Actor, refusal
from app.jsonapi.query import Order, Query
from app.jsonapi.registry import Declared, target_of
from app.jsonapi.schema import Merged, column_of
from app.jsonapi.serializer import Plan, sure_plan
from app.jsonapi.sorting import ordered
from app.jsonapi.visibility import listed, readable

Given = dict[str, Any]
EVERYTHING = Query()


class DataLayer(BaseDataLayer):  # type: ignore[misc]
    """The rows of one resource, for one request."""

    def __init__(self, resource: Any) -> None:
        super().__init__({"resource": resource})
        self.declared, self.actor = resource.declared, resource.actor
        self.model, self.schema, self.access = resource.model, resource.schema, resource.access
        self._criteria: list[ColumnElement[bool]] | None = None

    # Reading

    def trashed(self, query: Query) -> bool:
        """Whether deleted rows are asked for by someone who may see them."""
        return query.wants_trashed and self.actor.is_staff

    def get_object(self, view_kwargs: Mapping[str, Any], query: Query = EVERYTHING, *, lock: bool = False) -> Any:
        """The row the URL means; raises NotFound, Unauthorized or Forbidden."""
        parent, trashed = self.resource.parent, self.trashed(query)
        if parent is None:
            return find(self.declared, self.reference(view_kwargs), self.actor, trashed=trashed, lock=lock)
        owner = owner_of(parent, view_kwargs[parent.parameter], self.actor, trashed=trashed)
        return find_related(parent, owner, self.declared, self.actor, trashed=trashed, lock=lock)

    def reference(self, view_kwargs: Mapping[str, Any]) -> object:
        """The id or slug of the row the URL means."""
        return view_kwargs["id"]

    def sure_plan(self, query: Query) -> Plan | None:
        """The plan all rows of the answer are written by, where versions alone tell whether it has changed."""
        if query.include or self.trashed(query) or self.access.exists is not None:
            return None
        return sure_plan(self.declared, self.actor, query.fields)

    def criteria(self, query: Query, view_kwargs: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        """What the rows of the asked list have in common, filters included; found once, as it may load a parent."""
        if self._criteria is None:
            self._criteria = self._found_criteria(query, view_kwargs)
        return self._criteria

    def _found_criteria(self, query: Query, view_kwargs: Mapping[str, Any]) -> list[ColumnElement[bool]]:
        trashed = self.trashed(query)
        found = _listed_rows(self.declared, self.actor, trashed=trashed)
        parent = self.resource.parent
        if parent is not None:
            owner = owner_of(parent, view_kwargs[parent.parameter], self.actor, trashed=trashed)
            found.append(belongs(parent, owner, self.actor))
        found.extend(self.resource.narrow(view_kwargs))
        if query.filters:
            found.append(Filter(self.actor).all_of(query.filters, self.declared, self.model))
        return found

    def count(self, criteria: Sequence[ColumnElement[bool]]) -> int:
        """How many rows the list has on all its pages."""
        return db.session.scalar(select(func.count()).select_from(self.model).where(*criteria)) or 0

    def get_collection(self, query: Query, criteria: Sequence[ColumnElement[bool]]) -> Sequence[Any]:  # type: ignore[override]
        """The rows of the asked page."""
        statement = self.page(select(self.model), query, criteria)
        return db.session.scalars(statement).all()

    def versions(self, query: Query, view_kwargs: Mapping[str, Any]) -> tuple[list[tuple[int, int]], int]:
        """Ids and versions of the rows of the asked page, without reading the rows, and the count on all pages."""
        page = {"size": query.page.size, "offset": query.page.offset}
        with reading() as connection:
            found = connection.execute(self._versions(query, view_kwargs), page).all()
        if found:
            return [(id_, version) for id_, version, _ in found], found[0][2]
        # Where there is no row there is none to read the count from.
        return [], self.count(self.criteria(query, view_kwargs)) if query.page.number > 1 else 0

    def _versions(self, query: Query, view_kwargs: Mapping[str, Any]) -> Select[Any]:
        orders = query.sort or self.resource.default_sort
        special = query.filters or self.resource.parent is not None or self.resource.narrow(view_kwargs)
        if self.actor.is_anonymous and not special:
            return _versions_for_anonymous(self.declared, orders)
        return _versions(self.declared, self.criteria(query, view_kwargs), orders, self.actor)

    def page(self, statement: Any, query: Query, criteria: Sequence[ColumnElement[bool]]) -> Any:
        """The statement restricted to the asked page, in its order."""
        orders = query.sort or self.resource.default_sort
        statement = ordered(statement.where(*criteria), orders, self.declared, self.model, self.actor)
        return statement.limit(query.page.size).offset(query.page.offset)

    # Writing

    def create_object(self, data: Given, view_kwargs: Mapping[str, Any]) -> Any:
        """Make the row the document describes; raises what the resource's rules refuse."""
        # Rows of the session point at the new one before it is complete, so nothing is flushed by chance meanwhile.
        with db.session.no_autoflush:
            row, given = self.checked(data)
            for name, value in given.items():
                setattr(row, name, value)
            db.session.add(row)
        db.session.flush()
        self.resource.after_create(row, given)
        db.session.flush()
        return row

    def checked(self, data: Given) -> tuple[Any, Given]:
        """The new row with its relationships, and the values it may be given; raises what the rules refuse."""
        row, given = self.model(), self.resolved(data)
        relationships = self.model.__mapper__.relationships
        linked = [name for name in given if name in relationships]
        for name in linked:
            setattr(row, name, given[name])
        self.check_create(row)
        self.drop_unwritable(given, row)
        for name in set(linked) - given.keys():
            setattr(row, name, [] if relationships[name].uselist else None)
        self.schema.instance().check(Merged(given))
        self.resource.before_create(row, given)
        return row, given

    def check_create(self, row: Any) -> None:
        """Refuse actors who may not make this row."""
        if self.access.create.allows(self.actor, row):
            return
        if self.access.conceal is not None and not self.actor.is_anonymous:
            raise self.access.conceal(row)
        raise refusal(self.actor, self.access.create)

    def update_object(self, row: Any, data: Given, view_kwargs: Mapping[str, Any]) -> bool:
        """Change the row as the document says; what it does not name stays. True if anything changed."""
        self.check_write(row, self.access.update)
        return self.change(row, self.resolved(data))

    def change(self, row: Any, given: Given) -> bool:
        """Give the row these values as far as the actor may and they differ, through the resource's rules."""
        self.drop_unwritable(given, row)
        changes = {name: value for name, value in given.items() if not _same(getattr(row, name), value)}
        if changes:
            self.schema.instance().check(Merged(changes, row))
        self.resource.before_update(row, changes)
        for name, value in changes.items():
            setattr(row, name, value)
        db.session.flush()
        self.resource.after_update(row, changes)
        db.session.flush()
        return bool(changes)

    def check_write(self, row: Any, rule: Any) -> None:
        """Refuse actors who may not write this row, and versions that are out of date."""
        if not rule.allows(self.actor, row):
            raise refusal(self.actor, rule)
        check_if_match(row.version)

    def delete_object(self, row: Any, view_kwargs: Mapping[str, Any]) -> None:
        """Delete the row: softly where the type allows, for good where staff ask for that."""
        self.check_write(row, self.access.delete)
        permanent = request.args.get("permanent") == "true"
        if permanent and not self.actor.is_staff:
            raise Forbidden("Only admins delete for good.", parameter="permanent")
        self.resource.before_delete(row)
        if isinstance(row, SoftDeleted) and not permanent:
            row.deleted_at = datetime.now(UTC)
        else:
            db.session.delete(row)
        db.session.flush()
        self.resource.after_delete(row)
        db.session.flush()

    # From linkage to rows

    def resolved(self, data: Given) -> Given:
        """The given values by model attribute, with linkage replaced by the rows it means."""
        relations = self.schema.relations()
        by_column = {column_of(name, relation): (name, relation) for name, relation in relations.items()}
        return {key: self.linked(*by_column[key], value) if key in by_column else value for key, value in data.items()}

    def linked(self, name: str, relation: Relation, value: Any) -> Any:
        """The row or rows this linkage means; raises NotFound naming the relationship."""
        target = target_of(relation)
        if target is None or value is None:
            return [] if relation.many else None
        if not relation.many:
            return find(target, value, self.actor, parameter=f"{name}_id", linked=True)
        return find_linked(target, value, self.actor, parameter=f"{name}_id")

    def drop_unwritable(self, given: Given, row: Any) -> None:
        """Ignore attributes that this actor may not write on this row."""
        for name, schema_field in self.schema._declared_fields.items():
            rule = schema_field.metadata.get("writable_by")
            column = column_of(name, schema_field)
            if column in given and rule is not None and not rule.allows(self.actor, row):
                del given[column]


def leave_deleting(given: Given) -> None:
    """Leave it to DELETE to delete; by `deleted-at` a row is only restored."""
    if given.get("deleted_at") is not None:
        del given["deleted_at"]


def _same(stored: Any, value: Any) -> bool:
    if isinstance(stored, list) and isinstance(value, list) and all(hasattr(item, "id") for item in stored + value):
        return {item.id for item in stored} == {item.id for item in value}
    return bool(stored == value)


def _listed_rows(declared: Declared, actor: Actor, *, trashed: bool = False) -> list[ColumnElement[bool]]:
    """What the rows this actor finds in lists have in common."""
    return [readable(declared, declared.model, actor, trashed=trashed), listed(declared, declared.model, actor)]


def _versions(
    declared: Declared, criteria: Sequence[ColumnElement[bool]], orders: tuple[Order, ...], actor: Actor
) -> Select[Any]:
    """What selects id, version and the count on all pages for the rows of a page, given by `size` and `offset`."""
    model = declared.model
    count = select(func.count()).select_from(model).where(*criteria).correlate(None).scalar_subquery()
    rows = select(model.id, model.version, count).where(*criteria)
    return ordered(rows, orders, declared, model, actor).limit(bindparam("size")).offset(bindparam("offset"))


@lru_cache(maxsize=256)
def _versions_for_anonymous(declared: Declared, orders: tuple[Order, ...]) -> Select[Any]:
    """The same for a whole collection and readers without an account, who are all alike: made once."""
    return _versions(declared, _listed_rows(declared, Actor()), orders, Actor())
