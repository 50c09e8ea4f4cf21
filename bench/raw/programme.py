"""Reading schedules: one SQL statement per answer, also with what belongs to each session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bench.raw.connections import pool
from bench.raw.documents import VERSION, WRITERS, Answer, Row, Writer, dump
from bench.raw.reads import PUBLISHED, Environ, Join, arguments, page_links, sliced

CRITERION = (
    "session.deleted_at IS NULL AND session.state IN ('accepted', 'confirmed') "
    f"AND session.event_id = (SELECT id FROM events AS event WHERE event.identifier = %s AND {PUBLISHED})"
)
JOINS = {
    name: Join(
        name, False, f"LEFT JOIN {table} AS {alias} ON {alias}.id = session.{alias}_id AND {alias}.deleted_at IS NULL"
    )
    for name, table, alias in (
        ("track", "tracks", "track"),
        ("microlocation", "microlocations", "microlocation"),
        ("session-type", "session_types", "session_type"),
    )
} | {
    "speakers": Join(
        "speaker",
        True,
        "LEFT JOIN (sessions_speakers AS link JOIN speakers AS speaker ON speaker.id = link.speaker_id "
        "AND speaker.deleted_at IS NULL) ON link.session_id = session.id",
    ),
}


def sessions(environ: Environ, identifier: str) -> Answer:
    """The public sessions of an event, all of them, with what they include."""
    asked = arguments(environ)
    fields = asked.get("fields[session]")
    writer = _narrowed(tuple(fields.split(","))) if fields else WRITERS["session"]
    names = asked["include"].split(",") if "include" in asked else []
    writers = [writer, *(WRITERS[JOINS[name].type] for name in names)]
    order = ", ".join([*(["session.starts_at"] if "sort" in asked else []), "session.id"])
    order += ", speaker.id" if "speakers" in names else ""
    statement = (
        f"SELECT {', '.join(each.columns for each in writers)} FROM sessions AS session "
        f"{' '.join(JOINS[name].sql for name in names)} WHERE {CRITERION} ORDER BY {order}"
    )
    with pool.connection() as connection:
        rows = connection.execute(statement, (identifier,)).fetchall()
    document = _document([list(sliced(row, writers)) for row in rows], names, writers)
    links = page_links(environ["PATH_INFO"], asked, 1, 1)
    count = {"count": len(document["data"])}
    return "200 OK", dump(document | {"meta": count, "links": links, "jsonapi": VERSION})


@lru_cache
def _narrowed(fields: tuple[str, ...]) -> Writer:
    """The writer of sessions with these fields only."""
    shape = WRITERS["session"].shape
    return Writer(
        replace(
            shape,
            attributes=[pair for pair in shape.attributes if pair[0] in fields],
            relationships=[pair for pair in shape.relationships if pair[0] in fields],
        )
    )


def _document(rows: list[list[Row]], names: Sequence[str], writers: Sequence[Writer]) -> dict[str, Any]:
    """The sessions in their order with linkage, and each related row once, type after type."""
    own = {slices[0][0]: slices[0] for slices in rows}
    linked: dict[str, dict[int, list[int]]] = {name: {id_: [] for id_ in own} for name in names}
    related: dict[str, dict[int, Row]] = {name: {} for name in names}
    for first, *others in rows:
        for name, other in zip(names, others, strict=True):
            if other[0] is not None and other[0] not in linked[name][first[0]]:
                linked[name][first[0]].append(other[0])
                related[name][other[0]] = other
    data = [
        writers[0].object(row, {name: _linkage(JOINS[name], linked[name][id_]) for name in names})
        for id_, row in own.items()
    ]
    if not names:
        return {"data": data}
    included = [
        writer.object(row) for name, writer in zip(names, writers[1:], strict=True) for row in related[name].values()
    ]
    return {"data": data, "included": included}


def _linkage(join: Join, ids: Sequence[int]) -> Any:
    refs = [{"type": join.type, "id": str(id_)} for id_ in ids]
    return refs if join.is_many else (refs[0] if refs else None)
