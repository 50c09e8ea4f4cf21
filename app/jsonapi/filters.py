"""The filter language: conditions on attributes and relationships, turned into a SQL criterion.

A condition is `{"name", "op", "val"}` (or `"field"` in place of `"val"`, to compare two
attributes), `{"and": […]}`, `{"or": […]}` or `{"not": …}`. Operators are a closed list. Values are
read by the schema's field. Rows behind a relationship count only where the actor may read them,
and an attribute that only some may see matches only on rows where this actor sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import current_app
from marshmallow import ValidationError, fields
from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from app.jsonapi.aliases import alias
from app.jsonapi.errors import InvalidQuery
from app.jsonapi.fields import Json, Number, Relation
from app.jsonapi.lookup import id_of
from app.jsonapi.names import dashed, underscored
from app.jsonapi.permissions import Actor
from app.jsonapi.query import sortable_column
from app.jsonapi.registry import Declared, target_of
from app.jsonapi.schema import column_of
from app.jsonapi.visibility import listed, related

DEEPEST = 10
MOST_CONDITIONS = 100
MOST_VALUES = 1000

Column = Any
COMPARISONS: dict[str, Callable[[Column, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column != value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
}
TEXTUAL: dict[str, Callable[[Column, str], ColumnElement[bool]]] = {
    "like": lambda column, value: column.like(value),
    "ilike": lambda column, value: column.ilike(value),
    "startswith": lambda column, value: column.startswith(value, autoescape=True),
    "endswith": lambda column, value: column.endswith(value, autoescape=True),
    "contains": lambda column, value: column.contains(value, autoescape=True),
}
NULL_TESTS = {"eq": True, "is_": True, "ne": False, "isnot": False}
SYNONYMS = {"notilike": ("not", "ilike"), "notlike": ("not", "like"), "in": ("", "in_"), "is": ("", "is_")}


class Filter:
    """Turns one request's filters into a criterion; counts conditions so that none grows without bound."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.conditions = self.aliases = 0

    def all_of(self, conditions: Any, declared: Declared, model: Any, depth: int = 0) -> ColumnElement[bool]:
        """The criterion for rows of `model` that meet every condition."""
        return and_(true(), *self._each(conditions, declared, model, depth))

    def _each(self, conditions: Any, declared: Declared, model: Any, depth: int) -> Iterable[ColumnElement[bool]]:
        if not isinstance(conditions, list | tuple):
            raise _refused("conditions are a list")
        return [self._condition(condition, declared, model, depth) for condition in conditions]

    def _condition(self, condition: Any, declared: Declared, model: Any, depth: int) -> ColumnElement[bool]:
        self.conditions += 1
        if depth > DEEPEST or self.conditions > MOST_CONDITIONS:
            raise _refused("it is too large")
        if not isinstance(condition, dict):
            raise _refused("a condition is an object")
        if "and" in condition:
            return self.all_of(condition["and"], declared, model, depth + 1)
        if "or" in condition:
            alternatives = self._each(condition["or"], declared, model, depth + 1)
            return or_(false(), *alternatives) if alternatives else true()
        if "not" in condition:
            return not_(self._condition(condition["not"], declared, model, depth + 1))
        return self._comparison(condition, declared, model, depth)

    def _comparison(self, condition: dict[str, Any], declared: Declared, model: Any, depth: int) -> ColumnElement[bool]:
        name, op = condition.get("name"), condition.get("op", "eq")
        if not isinstance(name, str) or not isinstance(op, str):
            raise _refused("a condition needs a name and an op")
        prefix, op = SYNONYMS.get(op, ("", op))
        if prefix:
            return not_(self._comparison(condition | {"op": op}, declared, model, depth))
        first, _, rest = underscored(name).replace(".", "__").partition("__")
        relation = declared.relations().get(first)
        if relation is not None:
            return self._related(first, relation, rest, condition | {"op": op}, declared, model, depth)
        if f"{declared.type}.{dashed(first)}" in current_app.extensions["jsonapi"].pending:
            # Of what is not built yet no row has any.
            return true() if condition.get("val") is None and NULL_TESTS.get(op) else false()
        if rest:
            raise _refused(f"{declared.type} has no relationship {first}")
        return self._attribute(first, op, condition, declared, model)

    def _related(
        self,
        name: str,
        relation: Relation,
        rest: str,
        condition: dict[str, Any],
        declared: Declared,
        model: Any,
        depth: int,
    ) -> ColumnElement[bool]:
        target, op = target_of(relation), condition["op"]
        assert target is not None
        self.aliases += 1
        inner = alias(target.model, self.aliases)
        criterion: ColumnElement[bool] = related(relation, target, inner, self.actor)
        if relation.many:
            criterion = and_(criterion, listed(target, inner, self.actor))
        absent = False
        if rest:
            # `event__name` compares the attribute of the related row; has and any say nothing more here.
            plain = condition | {"name": rest, "op": "eq" if op in ("has", "any") else op}
            criterion = and_(criterion, self._condition(plain, target, inner, depth + 1))
        elif op in ("has", "any"):
            conditions = condition.get("val")
            conditions = conditions if isinstance(conditions, list) else [conditions]
            criterion = and_(criterion, self.all_of(conditions, target, inner, depth + 1))
        elif op in NULL_TESTS and condition.get("val") is None and "field" not in condition:
            absent = NULL_TESTS[op]
        else:
            raise _refused(f"{op} cannot be asked of the relationship {name}")
        found = self._exists(name, relation, criterion, inner, declared, model)
        return not_(found) if absent else found

    def _exists(
        self, name: str, relation: Relation, criterion: ColumnElement[bool], inner: Any, declared: Declared, model: Any
    ) -> ColumnElement[bool]:
        attribute = getattr(model, column_of(name, relation)).of_type(inner)
        found: ColumnElement[bool] = (
            attribute.any(criterion) if relation_is_list(declared, name) else attribute.has(criterion)
        )
        return self._where_seen(relation, found, model)

    def _where_seen(self, field: Any, criterion: ColumnElement[bool], model: Any) -> ColumnElement[bool]:
        rule = field.metadata.get("visible_to")
        # A rule that is neither true nor false, as for a row of nobody, would let `not` tell what is hidden.
        return criterion if rule is None else and_(rule.rows(self.actor, model).is_(true()), criterion)

    def _attribute(
        self, name: str, op: str, condition: dict[str, Any], declared: Declared, model: Any
    ) -> ColumnElement[bool]:
        column = getattr(model, sortable_column(declared, name, "filter"))
        field = declared.schema._declared_fields[name]
        if "field" in condition:
            other = underscored(str(condition["field"]))
            value = getattr(model, sortable_column(declared, other, "filter"))
            if op not in COMPARISONS or _kind(name, field) != _kind(other, declared.schema._declared_fields[other]):
                raise _refused(f"{name} and {other} cannot be compared by {op}")
            compared = self._where_seen(declared.schema._declared_fields[other], COMPARISONS[op](column, value), model)
            return self._where_seen(field, compared, model)
        return self._where_seen(field, compare(name, field, column, op, condition.get("val")), model)


def relation_is_list(declared: Declared, name: str) -> bool:
    """Whether the ORM holds a list there, which may differ from the wire where a filter leaves one row."""
    return bool(declared.property_of(name).uselist)


def compare(name: str, field: fields.Field, column: Column, op: str, value: Any) -> ColumnElement[bool]:
    """The criterion for one attribute; raises InvalidQuery for an operator or value that does not fit."""
    if value is None:
        if op not in NULL_TESTS:
            raise _refused(f"{op} needs a value to compare {name} with")
        test: ColumnElement[bool] = column.is_(None) if NULL_TESTS[op] else column.is_not(None)
        return test
    if op in TEXTUAL:
        if _kind(name, field) != "text" or not isinstance(value, str):
            raise _refused(f"{op} compares texts, which {name} is not")
        return TEXTUAL[op](column, _read(name, fields.String(), value))
    if op in ("in_", "notin_", "between"):
        return _among(name, field, column, op, value)
    op = {"is_": "eq", "isnot": "ne"}.get(op, op)
    if op not in COMPARISONS or isinstance(field, Json):
        raise _refused(f"{op} cannot be asked of {name}")
    return COMPARISONS[op](column, _read(name, field, value))


def _among(name: str, field: fields.Field, column: Column, op: str, values: Any) -> ColumnElement[bool]:
    if not isinstance(values, list) or len(values) > MOST_VALUES or isinstance(field, Json):
        raise _refused(f"{op} compares {name} with a list of at most {MOST_VALUES} values")
    read = [_read(name, field, value) for value in values]
    if op != "between":
        criterion: ColumnElement[bool] = column.in_(read) if op == "in_" else column.not_in(read)
        return criterion
    if len(read) != 2:
        raise _refused("between needs two values")
    within: ColumnElement[bool] = column.between(*read)
    return within


def _kind(name: str, field: fields.Field) -> str:
    if name == "id":  # A text on the wire alone.
        return "number"
    for kind, classes in (
        ("number", (fields.Integer, fields.Decimal, Number, fields.Float)),
        ("time", (fields.DateTime,)),
        ("boolean", (fields.Boolean,)),
        ("json", (Json,)),
    ):
        if isinstance(field, classes):
            return kind
    return "text"


def _read(name: str, field: fields.Field, value: Any) -> Any:
    try:
        if name == "id":
            number = id_of(value)
            return -1 if number is None else number
        if isinstance(value, dict | list) or "\x00" in str(value) or "\\ud" in ascii(value):
            raise ValidationError("")
        if _kind(name, field) == "text":
            return value if isinstance(value, str) else str(value)
        read = field._deserialize(value, name, {})
        return _bounded(read)
    except (ValidationError, ValueError, OverflowError) as error:
        raise _refused(f"{value!r} cannot be compared with {name}") from error


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**62:
        raise ValueError
    return value


def _refused(reason: str) -> InvalidQuery:
    return InvalidQuery("filter", f"The filter cannot be applied: {reason}.")
