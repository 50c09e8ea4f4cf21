"""Loads what `include` asks for: one SELECT per include path, whatever the number of rows.

Related rows are loaded here instead of through ORM collections, so that the reader's criterion is
part of each query and nothing is loaded that may not be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, select
from sqlalchemy.orm import RelationshipDirection

from app.extensions import db
from app.jsonapi.aliases import alias
from app.jsonapi.fields import Relation
from app.jsonapi.permissions import Actor
from app.jsonapi.query import Tree
from app.jsonapi.registry import Declared, target_of
from app.jsonapi.visibility import listed, related
from app.jsonapi.written import written

Key = tuple[str, int]
Linkage = dict[str, list[int]]


# The fingerprint of the plan that all rows of a type are written by for the reader; None where that is not sure.
SurePlan = Callable[[Declared], str | None]


@dataclass
class Loaded:
    """What was loaded besides the primary rows, as rows or as written before, and who is linked with whom."""

    rows: dict[Key, tuple[Declared, Any]] = field(default_factory=dict)
    links: dict[Key, Linkage] = field(default_factory=lambda: defaultdict(dict))


def load_included(
    rows: Sequence[Any], declared: Declared, tree: Tree, actor: Actor, sure: SurePlan = lambda _: None
) -> Loaded:
    """Load the relationships in `tree` for these rows, at every depth."""
    loaded = Loaded()
    _load(rows, declared, tree, actor, loaded, sure)
    return loaded


def _load(rows: Sequence[Any], declared: Declared, tree: Tree, actor: Actor, loaded: Loaded, sure: SurePlan) -> None:
    for name, deeper in tree.items():
        relation = declared.schema.relations()[name]
        target = target_of(relation)
        assert target is not None
        owners = _that_show(rows, relation, actor)
        fingerprint = sure(target) if actor.is_anonymous and not deeper else None
        if fingerprint and _load_kept(owners, declared, name, target, fingerprint, loaded):
            continue
        linked = _linked(owners, declared, name, target, actor)
        _link(loaded, owners, declared, name, {id_: [row.id for row in found] for id_, found in linked.items()})
        found = {row.id: row for related in linked.values() for row in related}
        for id_, row in found.items():
            _add(loaded, target, id_, row)
        if deeper:
            _load(list(found.values()), target, deeper, actor, loaded, sure)


def _link(loaded: Loaded, owners: Sequence[Any], declared: Declared, name: str, ids: dict[int, list[int]]) -> None:
    type_, links = declared.type, loaded.links
    for owner in owners:
        links[type_, owner.id][name] = ids.get(owner.id, [])


def _add(loaded: Loaded, target: Declared, id_: int, row: Any) -> None:
    """Note a row; it takes the place of what was written of it before, which has no linkage."""
    known = loaded.rows.get((target.type, id_))
    if known is None or isinstance(known[1], bytes):
        loaded.rows[target.type, id_] = (target, row)


def _load_kept(
    owners: Sequence[Any], declared: Declared, name: str, target: Declared, fingerprint: str, loaded: Loaded
) -> bool:
    """Take related objects as they were written before, by their versions; False where one is not kept."""
    known_objects = written()
    key, _ = _statement_for_anonymous(declared, name, target)
    if key and not all(known_objects.has_any(fingerprint, id_) for id_ in _wanted(owners, key)[1]):
        return False
    links = _linked_versions(owners, declared, name, target)
    kept = {id_: known_objects.get((fingerprint, id_, version)) for _, id_, version in links}
    if None in kept.values():
        return False
    _link(loaded, owners, declared, name, _grouped((owner, id_) for owner, id_, _ in links))
    type_, rows = target.type, loaded.rows
    for id_, known in kept.items():
        rows.setdefault((type_, id_), (target, known))
    return True


def _linked_versions(
    owners: Sequence[Any], declared: Declared, name: str, target: Declared
) -> list[tuple[int, int, int]]:
    """Owner's id, related row's id and version, as far as readers without an account may read the row."""
    key, statement = _versions_for_anonymous(declared, name, target)
    wanted, ids = _wanted(owners, key)
    found = db.session.connection().execute(statement, {"ids": ids}).all() if ids else []
    if key is None:
        return [(owner, id_, version) for owner, id_, version in found]
    versions: dict[int, int] = dict(found)
    return [(owner, id_, versions[id_]) for owner, id_ in wanted.items() if id_ in versions]


@lru_cache(maxsize=1024)
def _versions_for_anonymous(declared: Declared, name: str, target: Declared) -> tuple[str | None, Select[Any]]:
    """What selects ids and versions of the related rows, with the owners' ids where no key names them."""
    key, statement = _statement_for_anonymous(declared, name, target)
    columns = [target.model.id, target.model.version]
    owners = [] if key else [alias(declared.model).id]
    return key, statement.with_only_columns(*owners, *columns, maintain_column_froms=True)


def _wanted(owners: Sequence[Any], key: str | None) -> tuple[dict[int, Any], list[int]]:
    """What is asked for by owner's id, the foreign key of that name or the owner itself, and each of it once."""
    wanted = {row.id: getattr(row, key) if key else row.id for row in owners}
    return wanted, list({id_ for id_ in wanted.values() if id_ is not None})


def _that_show(rows: Sequence[Any], relation: Relation, actor: Actor) -> list[Any]:
    rule = relation.metadata.get("visible_to")
    return [row for row in rows if rule is None or rule.allows(actor, row)]


def _linked(
    owners: Sequence[Any], declared: Declared, name: str, target: Declared, actor: Actor
) -> dict[int, list[Any]]:
    """The readable related rows by owner's id."""
    if not owners:
        return {}
    if actor.is_anonymous:
        key, statement = _statement_for_anonymous(declared, name, target)
    else:
        key, statement = _statement(declared, name, target, actor)
    wanted, ids = _wanted(owners, key)
    if key is None:
        return _grouped(tuple(pair) for pair in db.session.execute(statement, {"ids": ids}))
    found = {row.id: row for row in db.session.scalars(statement, {"ids": ids})}
    return {owner: [found[id_]] for owner, id_ in wanted.items() if id_ in found}


def _statement(declared: Declared, name: str, target: Declared, actor: Actor) -> tuple[str | None, Select[Any]]:
    """What selects the related rows that this actor may read, for `ids`.

    Where the owners point at the rows by a foreign key, that key is named, `ids` are the rows' and no
    join is needed; otherwise `ids` are the owners', whose ids are selected beside the rows.
    """
    property_, model = declared.property_of(name), target.model
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    shown = related(declared.schema.relations()[name], target, model, actor)
    by_id = property_.remote_side == {property_.mapper.local_table.c.id}
    if property_.direction is RelationshipDirection.MANYTOONE and by_id and len(property_.local_columns) == 1:
        key = property_.parent.get_property_by_column(next(iter(property_.local_columns))).key
        return key, select(model).where(model.id.in_(ids), shown)
    if property_.uselist:
        shown = and_(shown, listed(target, model, actor))
    owner = alias(declared.model)
    link = getattr(owner, property_.key).of_type(model)
    return None, select(owner.id, model).join(link).where(owner.id.in_(ids), shown).order_by(model.id)


@lru_cache(maxsize=1024)
def _statement_for_anonymous(declared: Declared, name: str, target: Declared) -> tuple[str | None, Select[Any]]:
    """The same for readers without an account, who are all alike: made once."""
    return _statement(declared, name, target, Actor())


def _grouped(pairs: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for owner, row in pairs:
        groups[owner].append(row)
    return groups
