"""The plan as SQL: one statement that copies an event with all its rows.

One statement sees one state of the database: what others write meanwhile is in the copy as a whole or not at all,
without a lock that anybody would wait for. Foreign keys are checked when it ends, so that the order of tables is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Interval,
    ScalarSelect,
    Select,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
)

from app.events.models import Event
from app.transfer.plan import COPIED, IDENTIFIER, Copied

SOURCE = bindparam("source_id", type_=BigInteger)
STARTS_AT = bindparam("starts_at", type_=DateTime(timezone=True))
FRONTEND = bindparam("frontend", type_=Text)

# As in any new row.
_FRESH = frozenset({"version", "created_at", "deleted_at"})
_events: Table = Event.__table__  # type: ignore[assignment]
_source_event = _events.alias("source")


class Reference(NamedTuple):
    """A column of a copied table that refers to a copied row; `needed` where a row cannot be copied without."""

    column: Column[Any]
    target: Table
    needed: bool


Maps = dict[Table, CTE]
Led = list[tuple[Reference, FromClause]]


@cache
def copying() -> Select[Any]:
    """Copies the event `source_id` and selects the number of the copy, nothing where there is no such event.

    Its further parameters are `copier_id`, `identifier`, `name` and `starts_at` (null: as the source), and `frontend`,
    the address of the web client.
    """
    maps: Maps = {}
    for copied in COPIED:
        if "id" in copied.table.c:
            maps[copied.table] = _map(copied, maps)
    written = [_written(copied, maps) for copied in COPIED]
    return select(maps[_events].c.copy_id).add_cte(*written)


def is_time(column: Column[Any]) -> bool:
    """Whether a column holds times that move with the event."""
    return isinstance(column.type, DateTime | Date) and column.name not in _FRESH


def references(copied: Copied) -> list[Reference]:
    """How a table's rows refer to copied rows."""
    tables = {each.table for each in COPIED}
    return [
        Reference(column, key.column.table, needed=not column.nullable or column.name == copied.of)
        for column in copied.table.c
        for key in column.foreign_keys
        if key.column.table in tables and column.name not in copied.values
    ]


def rows_of(copied: Copied, event_id: int) -> ColumnElement[bool]:
    """The criterion for the rows of a table, but for one of mere links, that belong to this event."""
    if copied.table is _events:
        return _events.c.id == event_id
    assert copied.of is not None
    column: Column[int] = copied.table.c[copied.of]
    (target,) = (each.target for each in references(copied) if each.column is column)
    if target is _events:
        return column == event_id
    (above,) = (each for each in COPIED if each.table is target)
    return column.in_(select(target.c.id).where(rows_of(above, event_id)))


def _map(copied: Copied, maps: Maps) -> CTE:
    """The rows to copy, in their order, each with the number that its copy gets."""
    table, needed = copied.table, [each for each in references(copied) if each.needed]
    rows = select(table.c.id).select_from(_joined(table, _led(needed, maps, "needed")))
    if table is _events:
        rows = rows.where(table.c.id == SOURCE)
    if "deleted_at" in table.c:
        rows = rows.where(table.c.deleted_at.is_(None))
    if copied.only is not None:
        rows = rows.where(copied.only)
    ordered = rows.order_by(table.c.id).subquery(f"{table.name}_ordered")
    number = func.nextval(func.pg_get_serial_sequence(table.name, "id"), type_=BigInteger)
    return select(ordered.c.id.label("source_id"), number.label("copy_id")).cte(f"{table.name}_map")


def _led(related: list[Reference], maps: Maps, use: str) -> Led:
    """For each reference to copied rows the map of those, under a name that no other use of it has."""
    return [(each, maps[each.target].alias(f"{each.column.table.name}_{each.column.name}_{use}")) for each in related]


def _joined(start: FromClause, led: Led) -> FromClause:
    for (column, _, needed), target in led:
        start = start.join(target, column == target.c.source_id, isouter=not needed)
    return start


def _written(copied: Copied, maps: Maps) -> CTE:
    """What writes the copies of a table's rows."""
    table, led = copied.table, _led(references(copied), maps, "led")
    own = maps.get(table)
    start: FromClause = table if own is None else table.join(own, table.c.id == own.c.source_id)
    values = dict(_values(copied, led, own))
    rows = select(*(value.label(name) for name, value in values.items())).select_from(_joined(start, led))
    return insert(table).from_select(list(values), rows).cte(f"{table.name}_copied")


def _values(copied: Copied, led: Led, own: CTE | None) -> Iterator[tuple[str, ColumnElement[Any]]]:
    """Column by column, what a copy has."""
    leading = {reference.column.name: target.c.copy_id for reference, target in led}
    for column in copied.table.c:
        if column.name == "id" and own is not None:
            yield "id", own.c.copy_id
        elif column.name in copied.values:
            yield column.name, copied.values[column.name]
        elif column.name in leading:
            yield column.name, leading[column.name]
        elif column.name not in _FRESH:
            yield column.name, _value(copied, column)


def _value(copied: Copied, column: Column[Any]) -> ColumnElement[Any]:
    if column.foreign_keys and column.name not in copied.kept:
        return null()
    if is_time(column):
        return column + _distance()
    return _of_copy(column) if column.name in copied.links else column


def _source(column: str) -> ScalarSelect[Any]:
    """A value of the event that is copied."""
    return select(_source_event.c[column]).where(_source_event.c.id == SOURCE).scalar_subquery()


def _distance() -> ColumnElement[timedelta]:
    """How far times move: as far as the beginning does."""
    return func.coalesce(STARTS_AT - _source("starts_at"), literal(timedelta(0), Interval))


def _of_copy(column: Column[Any]) -> ColumnElement[str]:
    """The address itself; the copy's where it is one of the event's own pages in the web client."""
    named = func.concat("/", _source("identifier"), "(?=[/?#]|$)")
    moved = func.regexp_replace(column, named, func.concat("/", IDENTIFIER), "g")
    return case((func.starts_with(column, func.concat(cast(FRONTEND, Text), "/")), moved), else_=column)
