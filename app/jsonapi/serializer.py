"""Writes resource objects fast: a plan is compiled once per schema, field set and standing of the reader.

A plan knows the attributes' names and where they lie in a row, and holds the relationships' links
as one template in which only the row's reference is filled in. The reader's standing is the list
of yes and no answers to the schema's own visibility rules, asked per row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from marshmallow import fields

from app.jsonapi.fields import Relation
from app.jsonapi.includes import Linkage, Loaded
from app.jsonapi.json import dump
from app.jsonapi.names import dashed
from app.jsonapi.negotiation import digest
from app.jsonapi.permissions import Actor, ActorRule, Rule
from app.jsonapi.registry import PREFIX, Declared, target_of
from app.jsonapi.schema import column_of
from app.jsonapi.written import Key, written

HOLE = "\x01"  # Where a row's reference goes; no link holds this character.

Standing = tuple[bool, ...]


@dataclass(frozen=True)
class Plan:
    """How rows of one type are written for one field set and standing."""

    type: str
    names: tuple[str, ...]
    read: Callable[[Any], tuple[Any, ...]]
    links: tuple[tuple[str, str], ...]
    template: str
    self_link: str
    is_volatile: bool
    fingerprint: str  # Of what this plan shows; part of entity tags.

    def write(self, row: Any, reference: str, linkage: Linkage, targets: dict[str, Relation]) -> bytes:
        """The resource object of this row as JSON."""
        attributes = dump(dict(zip(self.names, self.read(row), strict=True)))
        relationships = self._relationships(reference, linkage, targets)
        return b'{"type":"%b","id":"%d","attributes":%b,"relationships":%b,"links":{"self":"%b"}}' % (
            self.type.encode(),
            row.id,
            attributes,
            relationships,
            self.self_link.replace(HOLE, reference).encode(),
        )

    def _relationships(self, reference: str, linkage: Linkage, targets: dict[str, Relation]) -> bytes:
        if not linkage:
            return self.template.replace(HOLE, reference).encode()
        first, *others = _pieces(self.links, tuple(linkage))
        written_out = [first[1]]
        for name, piece in others:
            written_out += (_data(targets[name], linkage[name]), piece)
        return "".join(written_out).replace(HOLE, reference).encode()


@lru_cache(maxsize=1024)
def _pieces(links: tuple[tuple[str, str], ...], linked: tuple[str, ...]) -> list[tuple[str, str]]:
    """The constant text of relationships: what stands before all linkage, then what follows that of each name."""
    pieces, text = [""], "{"
    order = [""]
    for place, (name, addresses) in enumerate(links):
        text += f'{"," if place else ""}"{dashed(name)}":{{"links":{addresses}'
        if name in linked:
            pieces[-1], text = pieces[-1] + text + ',"data":', ""
            order.append(name)
            pieces.append("")
        text += "}"
    pieces[-1] += text + "}"
    return list(zip(order, pieces, strict=True))


def _data(relation: Relation, ids: list[int]) -> str:
    items = [f'{{"type":"{relation.type}","id":"{id_}"}}' for id_ in ids]
    if relation.many:
        return "[" + ",".join(items) + "]"
    return items[0] if items else "null"


@lru_cache(maxsize=256)
def _rules(declared: Declared) -> tuple[Rule, ...]:
    """The distinct rules by which a schema's fields are shown, in a fixed order."""
    found: dict[Rule, None] = {}
    for schema_field in declared.schema._declared_fields.values():
        rule = _rule_of(schema_field)
        if rule is not None:
            found[rule] = None
    return tuple(found)


def _sure_standing(declared: Declared, actor: Actor) -> tuple[bool | None, ...]:
    """The answers to the schema's rules that are the same for every row; None where a row has to be looked at."""
    return tuple(
        rule.test(actor) if isinstance(rule, ActorRule) else None if rule.admits(actor) else False
        for rule in _rules(declared)
    )


def sure_plan(declared: Declared, actor: Actor, fieldsets: dict[str, frozenset[str]]) -> Plan | None:
    """The plan that every row of this type is written by for this actor, where that is sure without looking at rows.

    None also where what is shown may change without the row's version.
    """
    standing = tuple(answer for answer in _sure_standing(declared, actor) if answer is not None)
    if len(standing) < len(_rules(declared)):
        return None
    plan = plan_for(declared, fieldsets.get(declared.type), standing)
    return None if plan.is_volatile else plan


@lru_cache(maxsize=4096)
def plan_for(declared: Declared, chosen: frozenset[str] | None, standing: Standing) -> Plan:
    """The plan for these fields and this standing; compiled on first use."""
    shown = {
        name: schema_field
        for name, schema_field in declared.schema._declared_fields.items()
        if _is_shown(name, schema_field, declared, chosen, standing)
    }
    attributes = {name: each for name, each in shown.items() if not isinstance(each, Relation)}
    columns = {name: _column(name, each, declared, standing) for name, each in attributes.items()}
    stored = {name: key for name, key in columns.items() if key in declared.model.__mapper__.column_attrs}
    computed = {name: key for name, key in columns.items() if name not in stored}
    links = tuple((name, _links(declared, name, each)) for name, each in shown.items() if isinstance(each, Relation))
    names = tuple(dashed(name) for name in (*stored, *computed))
    return Plan(
        type=declared.type,
        names=names,
        read=_reader(list(stored.values()), list(computed.values())),
        links=links,
        template="{" + ",".join(f'"{dashed(name)}":{{"links":{each}}}' for name, each in links) + "}",
        self_link=f"{PREFIX}/{declared.path}/{HOLE}",
        is_volatile=any(each.metadata.get("volatile") for each in attributes.values()),
        fingerprint=digest(declared.type, names, links, tuple(columns.values())),
    )


def _is_shown(
    name: str, schema_field: fields.Field, declared: Declared, chosen: frozenset[str] | None, standing: Standing
) -> bool:
    if name == "id" or schema_field.load_only or (chosen is not None and name not in chosen):
        return False
    if isinstance(schema_field, Relation) and target_of(schema_field) is None:
        return False
    return "otherwise" in schema_field.metadata or _is_seen(schema_field, declared, standing)


def _rule_of(schema_field: fields.Field) -> Rule | None:
    """Who is shown a field; None for everybody."""
    if isinstance(schema_field, Relation) and schema_field.announced:
        return None
    rule: Rule | None = schema_field.metadata.get("visible_to")
    return rule


def _is_seen(schema_field: fields.Field, declared: Declared, standing: Standing) -> bool:
    rule = _rule_of(schema_field)
    return rule is None or standing[_rules(declared).index(rule)]


def _column(name: str, schema_field: fields.Field, declared: Declared, standing: Standing) -> str:
    """The model's attribute that is shown: the field's own, or what those see who may not see that."""
    seen = _is_seen(schema_field, declared, standing)
    return column_of(name, schema_field) if seen else str(schema_field.metadata["otherwise"])


def _links(declared: Declared, name: str, relation: Relation) -> str:
    base = f"{PREFIX}/{declared.path}/{HOLE}"
    own = f"{base}/relationships/{relation.self_name or dashed(name)}"
    links = {"self": own} if declared.relationship is not None else {}
    target = target_of(relation)
    if target is not None and (target.list if relation.many else target.detail) is not None:
        links["related"] = f"{base}/{dashed(name)}"
    return orjson.dumps(links).decode().replace("\\u0001", HOLE)


def _reader(stored: list[str], computed: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Reads attributes of a row: columns straight from its dictionary, then those that are computed."""
    pick = itemgetter(*stored) if len(stored) > 1 else lambda values: tuple(values[key] for key in stored)

    def read(row: Any) -> tuple[Any, ...]:
        try:
            values: tuple[Any, ...] = pick(row.__dict__)
        except KeyError:  # Expired by a write in this request: the attributes load themselves.
            values = tuple(getattr(row, key) for key in stored)
        return values + tuple(getattr(row, key) for key in computed) if computed else values

    return read


@lru_cache(maxsize=256)
def _slug_attribute(model: Any) -> str:
    return model.slug_attribute or "id"


class Writer:
    """Writes the rows of one answer.

    Only what is `stored` is kept, or taken from what was written before: after a write a row in
    memory can differ from its version, by what the database rounds and by what was changed beside it.
    """

    def __init__(
        self,
        actor: Actor,
        fieldsets: dict[str, frozenset[str]],
        loaded: Loaded | None = None,
        *,
        stored: bool = True,
    ) -> None:
        self.actor, self.fieldsets, self.loaded, self.stored = actor, fieldsets, loaded, stored
        self._sure: dict[Declared, tuple[bool | None, ...]] = {}

    def plan(self, declared: Declared, row: Any) -> Plan:
        """The plan this row is written by."""
        sure = self._sure.get(declared)
        if sure is None:
            sure = self._sure[declared] = _sure_standing(declared, self.actor)
        standing = tuple(
            rule.allows(self.actor, row) if answer is None else answer
            for rule, answer in zip(_rules(declared), sure, strict=True)
        )
        return plan_for(declared, self.fieldsets.get(declared.type), standing)

    def reference(self, declared: Declared, row: Any) -> str:
        """What stands for the row in its addresses, behind the path of its type."""
        return str(getattr(row, _slug_attribute(declared.model)))

    def object(self, declared: Declared, row: Any) -> bytes:
        """One resource object."""
        linkage = self.loaded.links.get((declared.type, row.id), {}) if self.loaded else {}
        plan, reference = self.plan(declared, row), self.reference(declared, row)
        if linkage:
            return plan.write(row, reference, linkage, declared.schema.relations())
        if plan.is_volatile or not self.stored or row.version is None:  # Rows that are computed have no version.
            return plan.write(row, reference, {}, {})
        return self._kept((plan.fingerprint, row.id, row.version), lambda: plan.write(row, reference, {}, {}))

    @staticmethod
    def _kept(key: Key, write: Callable[[], bytes]) -> bytes:
        """What was written before, or is written and kept now."""
        known = written().get(key)
        if known is None:
            known = write()
            written().keep(key, known)
        return known

    def included(self, declared: Declared, rows: Sequence[Any]) -> bytes | None:
        """The `included` array without the primary rows; None when nothing was asked for."""
        if self.loaded is None:
            return None
        primary = {(declared.type, row.id) for row in rows}
        others = [pair for key, pair in self.loaded.rows.items() if key not in primary]
        return b"[" + b",".join(self._either(target, row) for target, row in others) + b"]"

    def _either(self, declared: Declared, row: Any) -> bytes:
        """The object of a row, or what was written of it before."""
        return row if isinstance(row, bytes) else self.object(declared, row)
