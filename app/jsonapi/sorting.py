"""`sort`: order by attributes, also of related rows, always ending with the id so that pages never overlap."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case

from app.jsonapi.aliases import alias
from app.jsonapi.permissions import Actor
from app.jsonapi.query import Order, sortable_column
from app.jsonapi.registry import Declared, target_of
from app.jsonapi.schema import column_of
from app.jsonapi.visibility import related


def ordered(
    statement: Select[Any], orders: tuple[Order, ...], declared: Declared, model: Any, actor: Actor
) -> Select[Any]:
    """The statement with its rows in this order."""
    keys: list[ColumnElement[Any]] = []
    joined: dict[tuple[str, ...], Any] = {(): model}
    for order in orders:
        statement, entity, owner = _joined(statement, order.path, declared, joined, actor)
        key = _key(owner, order.attribute, entity, actor)
        keys.append(key.desc() if order.descending else key.asc())
    return statement.order_by(*keys, model.id)


def _joined(
    statement: Select[Any], path: tuple[str, ...], declared: Declared, joined: dict[tuple[str, ...], Any], actor: Actor
) -> tuple[Select[Any], Any, Declared]:
    """The statement with the path's readable rows joined, each path once."""
    owner = declared
    for depth, step in enumerate(path, start=1):
        relation = owner.relations()[step]
        target = target_of(relation)
        assert target is not None
        if path[:depth] not in joined:
            inner = alias(target.model, -len(joined))  # Filters count upwards.
            link = getattr(joined[path[: depth - 1]], column_of(step, relation)).of_type(inner)
            statement = statement.outerjoin(link.and_(related(relation, target, inner, actor)))
            joined[path[:depth]] = inner
        owner = target
    return statement, joined[path], owner


def _key(declared: Declared, name: str, model: Any, actor: Actor) -> ColumnElement[Any]:
    """The sort key; null where the actor may not see the attribute, so that order tells nothing."""
    column: ColumnElement[Any] = getattr(model, sortable_column(declared, name, "sort"))
    rule = declared.schema._declared_fields[name].metadata.get("visible_to")
    return column if rule is None else case((rule.rows(actor, model), column), else_=None)
