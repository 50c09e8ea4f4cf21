"""A copy equals its source in everything that is copied, and has nothing of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, select

from app.api import registry
from app.events.models import Event, UsersEventsRoles
from app.extensions import db
from app.jsonapi import Time
from app.jsonapi.names import dashed
from app.jsonapi.registry import Declared
from app.tickets.models import DiscountCode, DiscountCodeUses, Ticket, TicketStock
from app.transfer.plan import COPIED, LEFT_OUT, Copied
from app.transfer.statement import references, rows_of
from tests.unittests.client import ApiClient
from tests.unittests.factories.users import UserFactory
from tests.unittests.transfer.samples import BEGIN, whole_event

PLAN = {copied.table: copied for copied in COPIED}
# What is told of a copy in its own words: names, secrets, and what is made of them.
OWN = {"identifier", "hash", "created-at", "chat-room-name"}
# What an event alone has that its copy has not.
OF_ONE_EVENT = {
    "state", "schedule-published-on", "is-featured", "is-promoted", "is-demoted", "is-announced", "is-stripe-linked",
    "ical-url", "xcal-url", "pentabarf-url",
    *(f"{status}-order-{figure}" for status in ("completed", "placed", "pending") for figure in ("sales", "tickets")),
}  # fmt: skip
Numbers = dict[tuple[str, str], int]


@pytest.fixture
def owner(app: Any) -> Any:
    """Who owns the event, and then its copy."""
    return UserFactory()


@pytest.fixture
def source(owner: Any) -> Any:
    """An event with every kind of content."""
    return whole_event(owner)


def copy_of(api: ApiClient, event: Any, user: Any, body: Any = None) -> Event:
    """The event's copy, made over HTTP."""
    answer = api.plain("POST", f"/v1/events/{event.identifier}/copy", body if body is not None else {}, user=user)
    assert answer.status_code == 200, answer.text
    assert answer.json == {"id": answer.json["id"], "identifier": answer.json["identifier"], "copied": True}
    made = db.session.get_one(Event, answer.json["id"])
    assert made.identifier == answer.json["identifier"]
    return made


def copied_types() -> Iterator[tuple[Declared, Copied]]:
    """Every registered type whose rows are copied."""
    for declared in registry.by_type.values():
        table = getattr(declared.model, "__table__", None)
        if table in PLAN and declared.detail is not None:
            yield declared, PLAN[table]


def numbers_of(event: Event) -> Numbers:
    """Of each row of the event, by its type and id, which one of its kind it is."""
    return {
        (declared.type, str(id_)): number
        for declared, copied in copied_types()
        for number, id_ in enumerate(db.session.scalars(live(copied.table.c.id, copied, event.id)))
    }


def live(column: Any, copied: Copied, event_id: int) -> Any:
    """Selects a column of the rows of an event that are not deleted."""
    found = select(column).where(rows_of(copied, event_id)).order_by(copied.table.c.id)
    return found.where(copied.table.c.deleted_at.is_(None)) if "deleted_at" in copied.table.c else found


def documents(api: ApiClient, event: Event, user: Any) -> dict[tuple[str, int], Any]:
    """What the API tells of every row of the event, in words that are the same for equal events."""
    numbers = numbers_of(event)
    found = {}
    for (type_, id_), number in numbers.items():
        declared = registry.by_type[type_]
        linked = [name for name, relation in declared.relations().items() if is_copied(relation.target)]
        query = {"include": ",".join(map(dashed, linked))} if linked else {}
        answer = api.get(f"/v1/{declared.path}/{id_}", user=user, query=query)
        assert answer.status_code == 200, answer.text
        found[type_, number] = told(declared, answer.json["data"], event, numbers)
    return found


def differences(one: Any, other: Any) -> dict[str, Any]:
    """The members of two documents that are not the same."""
    members = {
        name: (mine.get(name), theirs.get(name))
        for mine, theirs in zip(one, other, strict=True)
        for name in mine | theirs
    }
    return {name: pair for name, pair in members.items() if pair[0] != pair[1]}


def is_copied(declared: Any) -> bool:
    """Whether this is a type whose rows are copied."""
    return declared is not None and getattr(declared.model, "__table__", None) in PLAN


def told(declared: Declared, data: Any, event: Event, numbers: Numbers) -> Any:
    """Attributes, times as distances from the event's beginning, and links, by the numbers of the rows."""
    ignored = OWN | (OF_ONE_EVENT if declared.type == "event" else set())
    times = {dashed(name) for name, field in declared.schema._declared_fields.items() if isinstance(field, Time)}
    attributes = {
        name: datetime.fromisoformat(value) - event.starts_at if name in times and value else value
        for name, value in data["attributes"].items()
        if name not in ignored
    }
    if declared.type == "custom-form":  # Translations stand in their question, with their ids.
        attributes["translations"] = [each | {"id": None} for each in attributes["translations"] or ()]
    relationships = {name: each["data"] for name, each in data.get("relationships", {}).items() if "data" in each}
    return attributes, {name: counted(linkage, numbers) for name, linkage in relationships.items()}


def counted(linkage: Any, numbers: Numbers) -> Any:
    """Linkage by the numbers of the rows; of what belongs to no event, by its ids."""
    if isinstance(linkage, list):
        return sorted(map(str, (counted(each, numbers) for each in linkage)))
    return numbers.get((linkage["type"], linkage["id"]), linkage["id"]) if linkage else None


def everything() -> dict[str, list[Any]]:
    """All rows of all tables that belong to events."""
    names = {copied.table.name for copied in COPIED} | set(LEFT_OUT)
    tables = [table for table in db.metadata.sorted_tables if table.name in names]
    return {table.name: [tuple(row) for row in db.session.execute(select(table))] for table in tables}


@pytest.mark.parametrize("body", [{}, {"starts-at": "2028-10-29T09:30:00+02:00"}])
def test_copy_equals_its_source_by_api_in_every_copied_kind(api: ApiClient, source: Any, owner: Any, body: Any) -> None:
    empty = [table.name for table, copied in PLAN.items() if not rows_in(table, copied, source.id)]
    assert empty == [], "the sample has none of these"
    before = documents(api, source, owner)
    copy = copy_of(api, source, owner, body)
    after = documents(api, copy, owner)
    assert copy.starts_at == (datetime.fromisoformat(body["starts-at"]) if body else BEGIN)
    assert after.keys() == before.keys()
    assert {key: differences(after[key], document) for key, document in before.items()} == {key: {} for key in before}
    assert len(before) > 20


def rows_in(table: Table, copied: Copied, event_id: int) -> int:
    """How many rows of the table belong to the event; of a table of links, how many there are at all."""
    criterion = rows_of(copied, event_id) if "id" in table.c else True
    return db.session.scalar(select(func.count()).select_from(table).where(criterion)) or 0


def test_copy_is_a_draft_of_the_one_who_copies_and_has_no_privileges(api: ApiClient, source: Any, owner: Any) -> None:
    coorganizer = source_member(source, "coorganizer")
    copy = copy_of(api, source, coorganizer, {"name": "Again"})
    assert (copy.name, copy.state, copy.deleted_at) == ("Again", "draft", None)
    assert copy.identifier != source.identifier
    assert copy.created_at > source.created_at
    off = ("is_featured", "is_promoted", "is_demoted", "is_announced", "is_stripe_linked")
    assert [getattr(copy, name) for name in off] == [False] * len(off)
    assert (copy.schedule_published_on, copy.discount_code_id) == (None, None)
    roles = select(UsersEventsRoles).where(UsersEventsRoles.event_id == copy.id)
    assert [(each.user_id, each.role.name) for each in db.session.scalars(roles)] == [(coorganizer.id, "owner")]
    assert api.get(f"/v1/events/{copy.identifier}", user=owner).status_code == 404
    assert api.get(f"/v1/events/{copy.identifier}").status_code == 404


def source_member(event: Event, role: str) -> Any:
    """Who holds this role on the event."""
    held = db.session.scalars(select(UsersEventsRoles).where(UsersEventsRoles.event_id == event.id))
    return next(each.user for each in held if each.role.name == role)


def test_nothing_else_is_copied_and_the_source_stays_as_it_was(api: ApiClient, source: Any, owner: Any) -> None:
    before = everything()
    copy = copy_of(api, source, owner)
    after = everything()
    assert {name for name, rows in after.items() if not set(map(repr, before[name])) <= set(map(repr, rows))} == set()
    made = {name: len(rows) - len(before[name]) for name, rows in after.items() if name in LEFT_OUT}
    # The owner, how they came to be it and what they want to hear by mail; and what triggers make of two tickets and two codes.
    assert {name: number for name, number in made.items() if number} == {
        "users_events_roles": 1,
        "role_invites": 1,
        "email_notifications": 1,
        "ticket_stocks": 2,
        "discount_code_uses": 2,
    }
    for relation in ("orders", "attendees", "access-codes", "sessions", "speakers", "speaker-invites", "feedbacks"):
        answer = api.get(f"/v1/events/{copy.id}/{relation}", user=owner)
        assert (answer.status_code, answer.json["data"]) == (200, []), relation
    assert api.get(f"/v1/events/{copy.id}/stripe-authorization", user=owner).status_code == 404


def test_no_row_of_a_copy_refers_to_a_row_of_its_source(api: ApiClient, source: Any, owner: Any) -> None:
    copy = copy_of(api, source, owner)
    for table, copied in PLAN.items():
        for column, target, _ in references(copied):
            theirs = select(target.c.id).where(rows_of(PLAN[target], source.id))
            if "id" in table.c:
                wrong = select(column).where(rows_of(copied, copy.id), column.in_(theirs))
            else:  # A link of the copy leads to it on both sides.
                other, its_target = other_side(copied, column)
                mine = select(its_target.c.id).where(rows_of(PLAN[its_target], copy.id))
                wrong = select(column).where(column.in_(theirs), other.in_(mine))
            assert db.session.scalars(wrong).all() == [], f"{table.name}.{column.name}"


def other_side(copied: Copied, column: Any) -> tuple[Any, Any]:
    """The other column of a table of links, and the table it leads to."""
    return next((each.column, each.target) for each in references(copied) if each.column is not column)


def test_stock_and_uses_of_a_copy_are_fresh(api: ApiClient, source: Any, owner: Any) -> None:
    copy = copy_of(api, source, owner)
    stocks = select(TicketStock.capacity, TicketStock.taken).join(Ticket).where(Ticket.event_id == copy.id)
    assert sorted(map(tuple, db.session.execute(stocks))) == [(10, 0), (20, 0)]
    uses = select(DiscountCodeUses.capacity, DiscountCodeUses.used).join(DiscountCode)
    assert [tuple(row) for row in db.session.execute(uses.where(DiscountCode.event_id == copy.id))] == [(50, 0)] * 2


def test_what_opened_the_source_does_not_open_the_copy(api: ApiClient, source: Any, owner: Any) -> None:
    copy = copy_of(api, source, owner)
    hashes = [
        api.get(f"/v1/events/{each.id}/speakers-call", user=owner).json["data"]["attributes"]["hash"]
        for each in (source, copy)
    ]
    assert hashes[0] == "secret"
    assert hashes[1] not in (None, "secret")
    codes = db.session.scalars(select(DiscountCode).where(DiscountCode.event_id == copy.id)).all()
    assert {code.marketer_id for code in codes} == {owner.id}


def test_address_of_the_events_own_page_becomes_the_copys(api: ApiClient, source: Any, owner: Any, app: Any) -> None:
    frontend, old = app.config["FRONTEND_URL"], source.identifier
    addresses = {
        f"{frontend}/e/{old}?code=A": "{frontend}/e/{new}?code=A",
        f"{frontend}/e/{old}": "{frontend}/e/{new}",
        f"{frontend}/e/{old}0/x": f"{frontend}/e/{old}0/x",
        f"https://elsewhere.example.com/e/{old}": f"https://elsewhere.example.com/e/{old}",
        "https://elsewhere.example.com": "https://elsewhere.example.com",
    }
    for address, expected in addresses.items():
        source.ticket_url = address
        copy = copy_of(api, source, owner)
        assert copy.ticket_url == expected.format(frontend=frontend, new=copy.identifier)


def test_copy_of_a_copy_is_a_copy_too(api: ApiClient, source: Any, owner: Any) -> None:
    again = copy_of(api, copy_of(api, source, owner), owner)
    assert documents(api, again, owner) == documents(api, source, owner)


@pytest.mark.parametrize("distance", [timedelta(days=-400), timedelta(hours=3), timedelta(0)])
def test_every_time_moves_by_the_same_distance(api: ApiClient, source: Any, owner: Any, distance: timedelta) -> None:
    begin = source.starts_at + distance
    before = sorted(
        db.session.scalars(
            select(Ticket.sales_ends_at).where(Ticket.event_id == source.id, Ticket.deleted_at.is_(None))
        )
    )
    copy = copy_of(api, source, owner, {"data": {"attributes": {"starts_at": begin.isoformat()}}})
    after = sorted(db.session.scalars(select(Ticket.sales_ends_at).where(Ticket.event_id == copy.id)))
    assert (copy.starts_at, copy.ends_at) == (begin, source.ends_at + distance)
    assert after == [time + distance for time in before]
