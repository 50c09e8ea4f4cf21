"""Which rows an actor sees: the one criterion that every path to the data uses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, inspect

from app.jsonapi.fields import Relation
from app.jsonapi.model import SoftDeleted
from app.jsonapi.permissions import Actor
from app.jsonapi.registry import Declared


def existing(declared: Declared, model: Any, actor: Actor, *, trashed: bool = False) -> ColumnElement[bool]:
    """The criterion for rows this actor may know of; `model` is the model or an alias of it."""
    return and_(*_live(model, trashed=trashed), declared.access.hidden().rows(actor, model))


def readable(declared: Declared, model: Any, actor: Actor, *, trashed: bool = False) -> ColumnElement[bool]:
    """The criterion for rows this actor may read."""
    access = declared.access
    rules = [access.read] if access.exists is None else [access.exists, access.read]
    return and_(*_live(model, trashed=trashed), *(rule.rows(actor, model) for rule in rules))


def related(
    relation: Relation, declared: Declared, model: Any, actor: Actor, *, trashed: bool = False
) -> ColumnElement[bool]:
    """The criterion for readable rows that this relationship may lead the actor to."""
    shown = readable(declared, model, actor, trashed=trashed)
    return shown if relation.only is None else and_(shown, relation.only.rows(actor, model))


def listed(declared: Declared, model: Any, actor: Actor) -> ColumnElement[bool]:
    """The criterion for rows this actor comes across without having been told of them."""
    return declared.access.listed.rows(actor, model)


def _live(model: Any, *, trashed: bool) -> list[ColumnElement[bool]]:
    if trashed or not issubclass(inspect(model).mapper.class_, SoftDeleted):
        return []
    return [model.deleted_at.is_(None)]
