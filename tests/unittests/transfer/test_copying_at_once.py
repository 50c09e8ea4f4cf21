"""Copies with real transactions: at one time, beside writers, interrupted, and of a thousand rows."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, func, insert, select, text

from app.adapters.storage import public_url
from app.edge import Service
from app.events.content.models import Sponsor
from app.extensions import db
from app.tickets.models import DiscountCode, Ticket, discount_codes_tickets
from app.transfer.plan import COPIED, LEFT_OUT
from app.users.tokens import access_token
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.users import UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent
from tests.unittests.transfer.samples import whole_event

SECONDS = 2


@pytest.fixture
def api(committed_app: Service) -> ApiClient:
    """A client of the service on a database of the test's own."""
    return ApiClient(committed_app)


def copied(api: ApiClient, event_id: int, user: Any) -> Any:
    """The answer to a copy."""
    return api.plain("POST", f"/v1/events/{event_id}/copy", {}, user=user)


def counts() -> dict[str, int]:
    """How many rows there are of everything that belongs to events."""
    tables = [
        table
        for table in db.metadata.sorted_tables
        if table.name in {each.table.name for each in COPIED} | set(LEFT_OUT)
    ]
    return {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def with_rows(number: int) -> Any:
    """An event with so many tickets, codes that each cover one of them, and sponsors with files of ours."""
    event = EventFactoryBasic()
    times = {"sales_starts_at": in_days(1), "sales_ends_at": in_days(2)}
    tickets = db.session.scalars(
        insert(Ticket).returning(Ticket.id),
        [
            {"event_id": event.id, "name": f"Ticket {each}", "type": "paid", "price": 9, **times}
            for each in range(number)
        ],
    ).all()
    codes = db.session.scalars(
        insert(DiscountCode).returning(DiscountCode.id),
        [
            {"event_id": event.id, "code": f"C{each}", "value": 1, "type": "percent", "used_for": "ticket"}
            for each in range(number)
        ],
    ).all()
    links = [{"discount_code_id": code, "ticket_id": ticket} for code, ticket in zip(codes, tickets, strict=True)]
    db.session.execute(insert(discount_codes_tickets), links)
    logos = [
        {"event_id": event.id, "name": f"S{each}", "logo_url": public_url(f"media/logos/{each}.png")}
        for each in range(number)
    ]
    db.session.execute(insert(Sponsor), logos)
    return event


def test_thousand_rows_take_as_many_statements_as_ten_and_less_than_two_seconds(api: ApiClient) -> None:
    sent, seconds = [], []
    for number in (3, 334):
        event = with_rows(number)
        owner = role_of(event, "owner")
        db.session.commit()
        with statements_sent() as statements:
            begin = time.perf_counter()
            answer = copied(api, event.id, owner)
            seconds.append(time.perf_counter() - begin)
        assert answer.status_code == 200, answer.text
        sent.append(len(statements))
        rows = select(func.count()).where(Ticket.event_id == answer.json["id"])
        assert db.session.scalar(rows) == number
    assert sent[0] == sent[1] < 30
    assert seconds[1] < SECONDS


def test_two_copies_at_once_are_both_whole(api: ApiClient) -> None:
    owner = UserFactory()
    event_id = whole_event(owner).id
    before = counts()
    start = Barrier(2)

    def copy(_: int) -> int:
        with api.app.app_context():
            start.wait()
            return int(api.app.test_client().post(f"/v1/events/{event_id}/copy", headers=signed).json["id"])

    with ThreadPoolExecutor(2) as pool, api.app.test_request_context():
        signed = {"Authorization": f"JWT {access_token(owner)}"}
        ids = list(pool.map(copy, range(2)))
    db.session.rollback()
    assert len(set(ids)) == 2
    sums = {name: number - before[name] for name, number in counts().items()}
    copied(api, event_id, owner)
    third = {name: number - before[name] - sums[name] for name, number in counts().items()}
    assert sums == {name: 2 * number for name, number in third.items()}


def test_ticket_that_is_being_added_neither_waits_nor_comes_in_half(api: ApiClient, database_url: str) -> None:
    event = with_rows(2)
    owner, event_id = role_of(event, "owner"), event.id
    db.session.commit()
    engine = create_engine(database_url)
    values = {
        "event_id": event_id,
        "name": "Late",
        "type": "free",
        "sales_starts_at": in_days(1),
        "sales_ends_at": in_days(2),
    }
    with engine.connect() as writer, writer.begin():
        ticket = writer.scalar(insert(Ticket).returning(Ticket.id), values)
        code = writer.scalar(text("SELECT id FROM discount_codes WHERE code = 'C0'"))
        writer.execute(insert(discount_codes_tickets), {"discount_code_id": code, "ticket_id": ticket})
        without = copied(api, event_id, owner).json["id"]
    engine.dispose()
    whole = copied(api, event_id, owner).json["id"]
    links = (
        select(func.count())
        .select_from(discount_codes_tickets)
        .join(Ticket, Ticket.id == discount_codes_tickets.c.ticket_id)
    )
    assert [db.session.scalar(links.where(Ticket.event_id == each)) for each in (without, whole)] == [2, 3]


FAIL = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$"
FAILING = "CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION fail()"


def test_copy_that_fails_midway_leaves_nothing(api: ApiClient) -> None:
    event = with_rows(2)
    owner, event_id = role_of(event, "owner"), event.id
    db.session.execute(text(FAIL))
    before = counts()
    for table in ("events", "discount_codes_tickets", "users_events_roles", "procrastinate_jobs"):
        db.session.execute(text(FAILING.format(table=table)))
        assert copied(api, event_id, owner).status_code == 500
        assert counts() == before, table
        assert db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0
        db.session.execute(text(f"DROP TRIGGER fail ON {table}"))
    assert copied(api, event_id, owner).status_code == 200
