"""Reading: one SQL statement per answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson

from bench.raw.connections import pool
from bench.raw.documents import VERSION, WRITERS, Answer, Row, Writer, dump

Environ = dict[str, Any]

PUBLISHED = "event.state = 'published' AND event.deleted_at IS NULL"
LISTED = f"{PUBLISHED} AND event.privacy = 'public'"


@dataclass(frozen=True)
class Join:
    """How an event's relationship is read in the event's own statement."""

    type: str
    is_many: bool
    sql: str


JOINS = {
    "event-type": Join(
        "event-type", False, "LEFT JOIN event_types AS event_type ON event_type.id = event.event_type_id"
    ),
    "event-topic": Join(
        "event-topic", False, "LEFT JOIN event_topics AS event_topic ON event_topic.id = event.event_topic_id"
    ),
    "event-sub-topic": Join(
        "event-sub-topic",
        False,
        "LEFT JOIN event_sub_topics AS event_sub_topic ON event_sub_topic.id = event.event_sub_topic_id",
    ),
    "social-links": Join(
        "social-link",
        True,
        "LEFT JOIN social_links AS social_link ON social_link.event_id = event.id AND social_link.deleted_at IS NULL",
    ),
    "event-copyright": Join(
        "event-copyright",
        False,
        "LEFT JOIN event_copyrights AS event_copyright "
        "ON event_copyright.event_id = event.id AND event_copyright.deleted_at IS NULL",
    ),
    "group": Join(
        "group",
        False,
        'LEFT JOIN groups AS "group" ON "group".id = event.group_id AND "group".deleted_at IS NULL',
    ),
    "speakers-call": Join(
        "speakers-call",
        False,
        "LEFT JOIN speakers_calls AS speakers_call "
        "ON speakers_call.event_id = event.id AND speakers_call.deleted_at IS NULL",
    ),
    "tax": Join("tax", False, "LEFT JOIN taxes AS tax ON tax.event_id = event.id AND tax.deleted_at IS NULL"),
    "custom-forms": Join(
        "custom-form", True, "LEFT JOIN custom_forms AS custom_form ON custom_form.event_id = event.id"
    ),
    "organizers": Join(
        "user",
        True,
        "LEFT JOIN (users_events_roles AS held JOIN roles AS role "
        "ON role.id = held.role_id AND role.name = 'organizer') "
        'ON held.event_id = event.id LEFT JOIN users AS "user" ON "user".id = held.user_id',
    ),
    "tickets": Join(
        "ticket",
        True,
        "LEFT JOIN tickets AS ticket "
        "ON ticket.event_id = event.id AND ticket.deleted_at IS NULL AND NOT ticket.is_hidden",
    ),
    "owner": Join(
        "user",
        False,
        "LEFT JOIN (users_events_roles AS held JOIN roles AS role ON role.id = held.role_id AND role.name = 'owner') "
        'ON held.event_id = event.id LEFT JOIN users AS "user" ON "user".id = held.user_id',
    ),
}


def arguments(environ: Environ) -> dict[str, str]:
    """The query string's values."""
    return dict(parse_qsl(environ["QUERY_STRING"]))


def page(environ: Environ, type_: str, criterion: str, values: Sequence[Any] = (), order: str = "id") -> Answer:
    """A page of a type's rows with their count on all pages."""
    writer, asked = WRITERS[type_], arguments(environ)
    size, place = int(asked.get("page[size]", 20)), int(asked.get("page[number]", 1))
    source = f"FROM {writer.shape.table} AS {writer.alias} WHERE {criterion}"
    statement = (
        f"SELECT (SELECT count(*) {source}), {writer.columns} {source} "
        f"ORDER BY {writer.alias}.{order} LIMIT %s OFFSET %s"
    )
    with pool.connection() as connection:
        rows = connection.execute(statement, (*values, *values, size, (place - 1) * size)).fetchall()
    count = rows[0][0] if rows else 0
    data = [writer.object(row[1:]) for row in rows]
    links = page_links(environ["PATH_INFO"], asked, place, -(-count // size))
    return "200 OK", dump({"data": data, "meta": {"count": count}, "links": links, "jsonapi": VERSION})


def page_links(path: str, asked: dict[str, str], place: int, last: int) -> dict[str, str]:
    """Links to this page and its neighbours."""
    places = {"self": place, "first": 1, "last": max(1, last)}
    if place > 1:
        places["prev"] = min(place - 1, last)
    if place < last:
        places["next"] = place + 1
    kept = [(name, value) for name, value in asked.items() if name != "page[number]"]
    return {name: f"{path}?{urlencode([*kept, ('page[number]', value)])}" for name, value in places.items()}


def single(type_: str, criterion: str, values: Sequence[Any] = ()) -> Answer:
    """One row."""
    writer = WRITERS[type_]
    statement = f"SELECT {writer.columns} FROM {writer.shape.table} AS {writer.alias} WHERE {criterion}"
    with pool.connection() as connection:
        row = connection.execute(statement, values).fetchone()
    return ("200 OK", dump({"data": writer.object(row), "jsonapi": VERSION})) if row else ("404 Not Found", b"{}")


def event_types(environ: Environ) -> Answer:
    """The kinds of event."""
    return page(environ, "event-type", "event_type.deleted_at IS NULL")


def events(environ: Environ) -> Answer:
    """Published events, by name where that is asked for."""
    wanted = arguments(environ).get("filter")
    if wanted is None:
        return page(environ, "event", LISTED)
    return page(environ, "event", f"{LISTED} AND event.name ILIKE %s", (orjson.loads(wanted)[0]["val"],))


def event(environ: Environ, identifier: str) -> Answer:
    """One published event, with what it includes."""
    include = arguments(environ).get("include")
    criterion = f"event.identifier = %s AND {PUBLISHED}"
    if include is None:
        return single("event", criterion, (identifier,))
    return including(include.split(","), criterion, (identifier,))


def including(names: Sequence[str], criterion: str, values: Sequence[Any]) -> Answer:
    """One event with related rows by one statement with joins; several lists, which would multiply, by one each."""
    names = [name for name in names if name in JOINS]  # The service passes over what it does not have yet.
    lists = [name for name in names if JOINS[name].is_many]
    apart = lists if len(lists) > 1 else []
    own, found = _joined([name for name in names if name not in apart], criterion, values)
    for name in apart:
        found |= _joined([name], criterion, values)[1]
    linkage: dict[str, Any] = {}
    included: dict[tuple[str, str], dict[str, Any]] = {}
    for name in names:
        items = [WRITERS[JOINS[name].type].object(row) for row in found[name]]
        refs = [{"type": item["type"], "id": item["id"]} for item in items]
        linkage[name] = refs if JOINS[name].is_many else (refs[0] if refs else None)
        included |= {(item["type"], item["id"]): item for item in items}
    data = WRITERS["event"].object(own, linkage)
    return "200 OK", dump({"data": data, "included": list(included.values()), "jsonapi": VERSION})


def _joined(names: Sequence[str], criterion: str, values: Sequence[Any]) -> tuple[Row, dict[str, list[Row]]]:
    """The event's row and those joined to it, by the names of what they are to it."""
    writers = [WRITERS[type_] for type_ in ("event", *(JOINS[name].type for name in names))]
    columns = ", ".join(writer.columns for writer in writers)
    joins = " ".join(JOINS[name].sql for name in names)
    order = ", ".join(f"{writer.alias}.id" for writer in writers)
    statement = f"SELECT {columns} FROM events AS event {joins} WHERE {criterion} ORDER BY {order}"
    with pool.connection() as connection:
        rows = connection.execute(statement, values).fetchall()
    own, *others = [_distinct(slices) for slices in zip(*(sliced(row, writers) for row in rows), strict=True)]
    return own[0], dict(zip(names, others, strict=True))


def sliced(row: Row, writers: Sequence[Writer]) -> Iterator[Row]:
    """The parts of a joined row, one for each writer."""
    start = 0
    for writer in writers:
        yield row[start : start + writer.width]
        start += writer.width


def _distinct(rows: Iterable[Row]) -> list[Row]:
    return list({row[0]: row for row in rows if row[0] is not None}.values())


def settings(environ: Environ) -> Answer:
    """The one record of settings."""
    return single("setting", "setting.id = 1")
