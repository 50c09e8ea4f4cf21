"""Ordering: the rows the service writes for an order, in one transaction and in as few statements as that takes."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from bench.raw.connections import pool
from bench.raw.documents import Answer, Row
from bench.raw.reads import PUBLISHED, Environ
from bench.raw.writes import bearer, body_of, insert, only

# What an order needs to know of tickets: their prices and event, and that both may be sold to this buyer.
_SOLD = f"""
    JOIN events AS event ON event.id = ticket.event_id
    JOIN users AS buyer ON buyer.id = %s AND buyer.token_version = %s AND NOT buyer.is_blocked AND buyer.is_verified
    LEFT JOIN LATERAL (
        SELECT min(held.user_id)::text AS id FROM users_events_roles AS held JOIN roles ON roles.id = held.role_id
        WHERE held.event_id = event.id AND roles.name = 'owner'
    ) AS owner ON true
    CROSS JOIN settings
    WHERE ticket.deleted_at IS NULL AND NOT ticket.is_hidden AND {PUBLISHED}
      AND now() BETWEEN ticket.sales_starts_at AND ticket.sales_ends_at"""
_FACTS = """ticket.id, coalesce(ticket.price, 0), event.id, event.payment_currency,
            coalesce(owner.id, 'E' || event.id), settings.order_expiry_time"""
OF_ATTENDEE = f"""
    SELECT {_FACTS} FROM attendees AS attendee JOIN tickets AS ticket ON ticket.id = attendee.ticket_id {_SOLD}
      AND attendee.id = %s AND attendee.order_id IS NULL AND attendee.created_by_id = buyer.id
    FOR UPDATE OF attendee FOR KEY SHARE OF ticket
"""
OF_TICKETS = f"""
    SELECT {_FACTS} FROM tickets AS ticket {_SOLD} AND ticket.id = ANY(%s) ORDER BY ticket.id FOR KEY SHARE OF ticket
"""
TAKE = "UPDATE ticket_stocks SET taken = taken + %s WHERE ticket_id = %s AND capacity - taken >= %s"
NUMBER = """
    INSERT INTO invoice_series (name, last_number) VALUES (%s, 1)
    ON CONFLICT (name) DO UPDATE SET last_number = invoice_series.last_number + 1 RETURNING last_number
"""
LINES = """
    INSERT INTO order_lines (order_id, ticket_id, quantity, price)
    SELECT %s, * FROM unnest(%s::bigint[], %s::int[], %s::numeric[]) RETURNING id
"""
SEATS = """
    INSERT INTO attendees (identifier, event_id, ticket_id, order_id, order_line_id, created_by_id,
                           is_discount_applied, is_access_code_applied)
    SELECT identifier, %s, ticket_id, %s, line_id, %s, false, false
    FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS seat (identifier, ticket_id, line_id)
"""
ATTACH = "UPDATE attendees SET order_id = %s, order_line_id = %s, is_discount_applied = false WHERE id = %s"
DEFER = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', %s, %s)"
COMPLETE = "app.orders.order_tasks.complete_free_order"
PAYMENT_LONGER = timedelta(minutes=30)


@dataclass(frozen=True)
class Sold:
    """So many of one ticket, with what is known of it and its event."""

    quantity: int
    ticket_id: int
    price: Decimal
    event_id: int
    currency: str
    series: str
    minutes: int


def place(environ: Environ) -> Answer:
    """Order for one attendee: by a free ticket with the job that completes the order, else up to the payment-url."""
    data = body_of(environ)["data"]
    attendee_id = data["relationships"]["attendees"]["data"][0]["id"]
    user_id, version = bearer(environ)
    with pool.connection() as connection, connection.transaction():
        sold = [Sold(1, *only(connection, OF_ATTENDEE, (user_id, version, attendee_id)))]
        order_id, answer = _order(connection, sold, user_id, "pending", data["attributes"]["payment-mode"])
        (line_id,) = _lines(connection, order_id, sold)
        connection.execute(ATTACH, (order_id, line_id, attendee_id))
        if not sold[0].price:
            connection.execute(DEFER, (COMPLETE, Jsonb({"order_id": order_id})))
    return answer


def hold(environ: Environ) -> Answer:
    """Hold so many of each ticket for blank attendees."""
    wanted = {item["id"]: item["quantity"] for item in body_of(environ)["tickets"]}
    user_id, version = bearer(environ)
    with pool.connection() as connection, connection.transaction():
        rows = connection.execute(OF_TICKETS, (user_id, version, list(wanted))).fetchall()
        sold = [Sold(wanted[row[0]], *row) for row in rows]
        order_id, (_, body) = _order(connection, sold, user_id, "initializing", "free")
        lines = _lines(connection, order_id, sold)
        seats = [(line.ticket_id, id_) for line, id_ in zip(sold, lines, strict=True) for _ in range(line.quantity)]
        ticket_ids, line_ids = zip(*seats, strict=True)
        values = (sold[0].event_id, order_id, user_id, _identifiers(len(seats)), list(ticket_ids), list(line_ids))
        connection.execute(SEATS, values)
    return "200 OK", body


def _order(connection: Connection[Any], sold: list[Sold], user_id: int, status: str, mode: str) -> tuple[int, Answer]:
    """Take the seats and write the order; raises LookupError when something cannot be had."""
    for line in sold:
        if connection.execute(TAKE, (line.quantity, line.ticket_id, line.quantity)).rowcount != 1:
            raise LookupError(TAKE)
    first, now = sold[0], datetime.now(UTC)
    (last,) = only(connection, NUMBER, (first.series,))
    amount = sum((line.price * line.quantity for line in sold), Decimal(0))
    until = None if status == "pending" and not amount else now + timedelta(minutes=first.minutes)
    if until is not None and status == "pending":
        until += PAYMENT_LONGER
    columns = (
        "identifier, invoice_number, currency, amount, status, payment_mode, payment_url, created_at, expires_at, "
        "event_id, user_id"
    )
    url = "stripe://payment" if mode == "stripe" else None
    values = (str(uuid.uuid4()), f"O-{first.series}-{last:05d}", first.currency, amount, status, mode, url, now)
    return insert(connection, "order", columns, (*values, until, first.event_id, user_id))


def _lines(connection: Connection[Any], order_id: int, sold: list[Sold]) -> Iterable[int]:
    columns = zip(*((line.ticket_id, line.quantity, line.price) for line in sold), strict=True)
    rows: list[Row] = connection.execute(LINES, (order_id, *map(list, columns))).fetchall()
    return [row[0] for row in rows]


def _identifiers(number: int) -> list[str]:
    """Six hex digits each, all different."""
    found: set[str] = set()
    while len(found) < number:
        found.add(secrets.token_hex(3))
    return list(found)
