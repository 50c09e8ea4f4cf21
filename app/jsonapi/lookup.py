"""Finds the row a URL or a linkage means, for an actor, or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, false, or_, select
from sqlalchemy.orm import RelationshipDirection, load_only, with_parent

from app.extensions import db, reading
from app.jsonapi.errors import NotFound
from app.jsonapi.permissions import Actor, refusal
from app.jsonapi.registry import Declared, Parent
from app.jsonapi.visibility import existing, listed

LONGEST_ID = 18  # Digits that a 64-bit column surely holds.


@lru_cache(maxsize=256)
def type_name(type_: str) -> str:
    """A resource type as messages name it, such as DiscountCode."""
    return "".join(part.capitalize() for part in type_.replace("_", "-").split("-"))


def missing(declared: Declared, reference: object, parameter: str) -> NotFound:
    """The answer where there is no such row for the actor."""
    named = " ".join(filter(None, (f"{type_name(declared.type)}:", str(reference))))
    return NotFound(f"{named} not found", parameter=parameter)


def is_number(reference: object) -> bool:
    """Whether a reference is a row's number rather than its slug."""
    text = str(reference)
    return text.isascii() and text.isdigit()


def id_of(reference: object) -> int | None:
    """The id that a reference, as people send it, writes; None where no row can have it."""
    text = str(reference)
    return int(text) if is_number(text) and len(text) <= LONGEST_ID else None


def means_nothing(model: Any, reference: object) -> bool:
    """Whether no row can have this id or slug, so that the database need not be asked."""
    text = str(reference)
    return len(text) > LONGEST_ID if is_number(text) else model.slug_attribute is None or "\x00" in text


def matches(model: Any, reference: object) -> ColumnElement[bool]:
    """The criterion for the row with this id or, where the model has one, this slug."""
    if means_nothing(model, reference):
        return false()
    text = str(reference)
    by_number = is_number(text)
    criterion: ColumnElement[bool] = (
        model.id == int(text) if by_number else getattr(model, model.slug_attribute) == text
    )
    return criterion


def find(
    declared: Declared,
    reference: object,
    actor: Actor,
    *,
    parameter: str = "id",
    trashed: bool = False,
    lock: bool = False,
    linked: bool = False,
) -> Any:
    """The row this reference means; raises NotFound, Unauthorized or Forbidden.

    With `lock` the row is held until the transaction ends, and read anew. `linked` references come
    from linkage, which names rows that the actor was told of by their number.
    """
    criteria = meant(declared, reference, actor, trashed=trashed, linked=linked)
    return _only(select(declared.model).where(*criteria), declared, reference, actor, parameter, lock)


def find_linked(declared: Declared, references: Sequence[object], actor: Actor, *, parameter: str) -> list[Any]:
    """The rows these references of linkage mean, in their order, by one statement; raises like `find`."""
    model, slug = declared.model, declared.model.slug_attribute
    wanted = or_(false(), *(matches(model, each) for each in references))
    found = (
        db.session.scalars(select(model).where(wanted, existing(declared, model, actor))).all() if references else []
    )
    rows = {row.id: row for row in found} | ({getattr(row, slug): row for row in found} if slug else {})
    named = (None if means_nothing(model, each) else int(str(each)) if is_number(each) else each for each in references)
    linked = [rows.get(each) for each in named]
    for reference, row in zip(references, linked, strict=True):
        if row is None:
            raise missing(declared, reference, parameter)
        _check_readable(declared, row, actor)
    return linked


def meant(
    declared: Declared, reference: object, actor: Actor, *, trashed: bool = False, linked: bool = False
) -> list[ColumnElement[bool]]:
    """The criteria for the row this reference means to this actor."""
    model = declared.model
    criteria = [matches(model, reference), existing(declared, model, actor, trashed=trashed)]
    if is_number(reference) and not linked:
        criteria.append(listed(declared, model, actor))
    return criteria


def find_version(declared: Declared, reference: object, actor: Actor) -> tuple[int, int]:
    """The id and version of the row this reference means, without reading the row; raises NotFound."""
    if means_nothing(declared.model, reference):
        raise missing(declared, reference, "id")
    text, numbered = str(reference), is_number(reference)
    anonymous = actor.is_anonymous
    statement = _version_for_anonymous(declared, numbered) if anonymous else _version(declared, numbered, actor)
    wanted = {"reference": int(text) if numbered else text}
    with reading() as connection:
        found = connection.execute(statement, wanted).first()
    if found is None:
        raise missing(declared, reference, "id")
    return found[0], found[1]


def _version(declared: Declared, numbered: bool, actor: Actor) -> Select[Any]:
    """What selects id and version of the row with this `reference`, a number or a slug."""
    model = declared.model
    wanted: BindParameter[Any] = bindparam("reference")
    if numbered:
        criteria = [model.id == wanted, listed(declared, model, actor)]
    else:
        criteria = [getattr(model, model.slug_attribute) == wanted]
    return select(model.id, model.version).where(*criteria, existing(declared, model, actor))


@lru_cache(maxsize=256)
def _version_for_anonymous(declared: Declared, numbered: bool) -> Select[Any]:
    """The same for readers without an account, who are all alike: made once."""
    return _version(declared, numbered, Actor())


def find_related(
    parent: Parent, owner: Any, declared: Declared, actor: Actor, *, trashed: bool = False, lock: bool = False
) -> Any:
    """The row a to-one relationship of `owner` leads to; raises like `find`."""
    statement = select(declared.model).where(
        belongs(parent, owner, actor), existing(declared, declared.model, actor, trashed=trashed)
    )
    return _only(statement, declared, "", actor, parent.parameter, lock)


def belongs(parent: Parent, owner: Any, actor: Actor) -> ColumnElement[bool]:
    """The criterion for rows that hang under `owner` by the parent's relationship, for this actor."""
    followed = parent.declared.property_of(parent.relation)
    if followed.direction is RelationshipDirection.MANYTOONE:
        columns = (followed.parent.get_property_by_column(column).key for column in followed.local_columns)
        if any(getattr(owner, column) is None for column in columns):
            return false()
    criterion: ColumnElement[bool] = with_parent(owner, getattr(parent.declared.model, followed.key))
    only = parent.declared.schema.relations()[parent.relation].only
    return criterion if only is None else and_(criterion, only.rows(actor, followed.mapper.class_))


def _only(statement: Any, declared: Declared, reference: object, actor: Actor, parameter: str, lock: bool) -> Any:
    if lock:
        # Held against other writes, not against rows that are made meanwhile and refer to it.
        locked = statement.with_for_update(of=declared.model, key_share=True)
        statement = locked.execution_options(populate_existing=True)
    row = db.session.scalars(statement).first()
    if row is None:
        raise missing(declared, reference, parameter)
    _check_readable(declared, row, actor)
    return row


def _check_readable(declared: Declared, row: Any, actor: Actor) -> None:
    """Refuse a row the actor may know of and not read."""
    access = declared.access
    if access.exists is not None and not access.read.allows(actor, row):
        raise refusal(actor, access.read)


def owner_of(parent: Parent, reference: object, actor: Actor, *, trashed: bool = False) -> Any:
    """The parent row of a nested URL, once the actor may follow the relationship from it."""
    rule = parent.declared.schema.relations()[parent.relation].metadata.get("visible_to")
    criteria = meant(parent.declared, reference, actor, trashed=trashed)
    statement = select(parent.declared.model).where(*criteria)
    if rule is None and _is_told_by_id(parent):
        statement = statement.options(load_only(parent.declared.model.id))
    owner = _only(statement, parent.declared, reference, actor, parent.parameter, lock=False)
    if rule is not None and not rule.allows(actor, owner):
        raise refusal(actor, rule)
    return owner


def _is_told_by_id(parent: Parent) -> bool:
    """Whether the parent's id alone says what hangs under it, and no rule has to look at the parent."""
    followed = parent.declared.property_of(parent.relation)
    return followed.direction is not RelationshipDirection.MANYTOONE and parent.declared.access.exists is None
