"""Loads what `include` asks for: one SELECT per include path, whatever the number of rows.

Related rows are loaded here instead of through ORM collections, so that the reader's criterion is
part of each query and nothing is loaded that may not be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import RelationshipDirection, RelationshipProperty

from app.extensions import db
from app.jsonapi.aliases import alias
from app.jsonapi.fields import Relation
from app.jsonapi.permissions import Actor
from app.jsonapi.query import Tree
from app.jsonapi.registry import Declared, target_of
from app.jsonapi.visibility import listed, readable

Key = tuple[str, int]
Linkage = dict[str, list[int]]


@dataclass
class Loaded:
    """What was loaded besides the primary rows: the rows, and who is linked with whom."""

    rows: dict[Key, tuple[Declared, Any]] = field(default_factory=dict)
    links: dict[Key, Linkage] = field(default_factory=lambda: defaultdict(dict))


def load_included(rows: Sequence[Any], declared: Declared, tree: Tree, actor: Actor) -> Loaded:
    """Load the relationships in `tree` for these rows, at every depth."""
    loaded = Loaded()
    _load(rows, declared, tree, actor, loaded)
    return loaded


def _load(rows: Sequence[Any], declared: Declared, tree: Tree, actor: Actor, loaded: Loaded) -> None:
    for name, deeper in tree.items():
        relation = declared.schema.relations()[name]
        target = target_of(relation)
        assert target is not None
        owners = _that_show(rows, relation, actor)
        linked = _linked(owners, declared, name, target, actor)
        for owner in owners:
            loaded.links[declared.type, owner.id][name] = [row.id for row in linked.get(owner.id, ())]
        found = {row.id: row for related in linked.values() for row in related}
        for id_, row in found.items():
            loaded.rows.setdefault((target.type, id_), (target, row))
        if deeper:
            _load(list(found.values()), target, deeper, actor, loaded)


def _that_show(rows: Sequence[Any], relation: Relation, actor: Actor) -> list[Any]:
    rule = relation.metadata.get("visible_to")
    return [row for row in rows if rule is None or rule.allows(actor, row)]


def _linked(
    owners: Sequence[Any], declared: Declared, name: str, target: Declared, actor: Actor
) -> dict[int, list[Any]]:
    """The readable related rows by owner's id."""
    if not owners:
        return {}
    property_ = declared.property_of(name)
    by_id = property_.remote_side == {property_.mapper.local_table.c.id}
    if property_.direction is RelationshipDirection.MANYTOONE and by_id and len(property_.local_columns) == 1:
        return _referenced(owners, property_, target, actor)
    owner = alias(declared.model)
    shown = readable(target, target.model, actor)
    if property_.uselist:
        shown = and_(shown, listed(target, target.model, actor))
    statement = (
        select(owner.id, target.model)
        .join(getattr(owner, property_.key).of_type(target.model))
        .where(owner.id.in_([row.id for row in owners]), shown)
        .order_by(target.model.id)
    )
    return _grouped(tuple(pair) for pair in db.session.execute(statement))


def _referenced(
    owners: Sequence[Any], property_: RelationshipProperty[Any], target: Declared, actor: Actor
) -> dict[int, list[Any]]:
    """Rows that the owners point at by a foreign key: no join needed."""
    key = property_.parent.get_property_by_column(next(iter(property_.local_columns))).key
    wanted = {row.id: getattr(row, key) for row in owners}
    statement = select(target.model).where(
        target.model.id.in_({id_ for id_ in wanted.values() if id_ is not None}), readable(target, target.model, actor)
    )
    found = {row.id: row for row in db.session.scalars(statement)}
    return {owner: [found[id_]] for owner, id_ in wanted.items() if id_ in found}


def _grouped(pairs: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for owner, row in pairs:
        groups[owner].append(row)
    return groups
