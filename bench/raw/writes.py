"""Writing: the same changes of rows as the service makes, in one transaction each."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
from argon2 import PasswordHasher
from psycopg import Connection

from bench.raw.connections import pool
from bench.raw.documents import VERSION, WRITERS, Answer, Row, dump
from bench.raw.reads import PUBLISHED, Environ

KEY = os.environ["SECRET_KEY"]
CREATED = "201 Created"
WINDOWS = (("SIGN_IN", 60), ("SIGN_IN", 3600), ("ACCOUNT", 60), ("ACCOUNT", 3600))
COUNT = """
    INSERT INTO rate_counts AS known (key, count, expires_at)
    SELECT key, 1, clock_timestamp() + seconds * interval '1 second'
    FROM unnest(%s::text[], %s::int[]) AS hit (key, seconds)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN known.expires_at <= clock_timestamp() THEN 1 ELSE known.count + 1 END,
        expires_at = CASE WHEN known.expires_at <= clock_timestamp() THEN excluded.expires_at ELSE known.expires_at END
"""
SELLABLE = f"""
    SELECT ticket.id, event.id, event.identifier, event.payment_currency
    FROM tickets AS ticket JOIN events AS event ON event.id = ticket.event_id
    JOIN ticket_stocks AS stock ON stock.ticket_id = ticket.id
    JOIN users AS buyer ON buyer.id = %s AND buyer.token_version = %s AND NOT buyer.is_blocked
    WHERE ticket.deleted_at IS NULL AND NOT ticket.is_hidden AND stock.capacity > stock.taken AND {PUBLISHED}
"""


def body_of(environ: Environ) -> Any:
    """The request's body."""
    return orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))


def sign_in(environ: Environ) -> Answer:
    """Count the attempt, compare the password, and make both tokens."""
    given = body_of(environ)
    email = given["username"]
    keys = [f"raw/{name}/{email if name == 'ACCOUNT' else environ['REMOTE_ADDR']}/{end}" for name, end in WINDOWS]
    with pool.connection() as connection:
        connection.execute(COUNT, (keys, [end for _, end in WINDOWS]))
        row = connection.execute(
            "SELECT id, password_hash, token_version FROM users WHERE lower(email) = lower(%s) AND deleted_at IS NULL",
            (email,),
        ).fetchone()
    assert row is not None
    PasswordHasher().verify(row[1], given["password"])
    tokens = {f"{kind}_token": token(kind, row[0], row[2]) for kind in ("access", "refresh")}
    return "200 OK", dump(tokens)


def token(kind: str, user_id: int, version: int) -> str:
    """A token with the claims the service's have."""
    now = datetime.now(UTC)
    claims = {"iat": now, "exp": now + timedelta(hours=24), "jti": str(uuid.uuid4()), "csrf": str(uuid.uuid4())}
    return jwt.encode({**claims, "type": kind, "fresh": True, "identity": user_id, "ver": version}, KEY, "HS256")


def bearer(environ: Environ) -> tuple[int, int]:
    """The user's id and token version, out of the request's token."""
    claims = jwt.decode(environ["HTTP_AUTHORIZATION"].partition(" ")[2], KEY, ["HS256"])
    return claims["identity"], claims["ver"]


def attendee(environ: Environ) -> Answer:
    """Make an attendee without an order."""
    data = body_of(environ)["data"]
    linked, given = data["relationships"], data["attributes"]
    user_id, version = bearer(environ)
    with pool.connection() as connection, connection.transaction():
        wanted = (user_id, version, linked["ticket"]["data"]["id"], linked["event"]["data"]["id"])
        row = only(connection, f"{SELLABLE} AND ticket.id = %s AND event.id = %s", wanted)
        columns = "identifier, firstname, lastname, email, event_id, ticket_id, created_by_id"
        names = (uuid.uuid4().hex[:6], given["firstname"], given["lastname"], given["email"])
        return insert(connection, "attendee", columns, (*names, row[1], row[0], user_id))[1]


def only(connection: Connection[Any], statement: str, values: Sequence[Any]) -> Row:
    """The one row the statement gives; raises LookupError without one."""
    row: Row | None = connection.execute(statement, values).fetchone()
    if row is None:
        raise LookupError(statement)
    return row


def insert(connection: Connection[Any], type_: str, columns: str, values: Sequence[Any]) -> tuple[int, Answer]:
    """Insert a row; its id, and the answer that shows it."""
    writer = WRITERS[type_]
    marks = ", ".join(["%s"] * len(values))
    into = f"INSERT INTO {writer.shape.table} AS {writer.alias} ({columns}) VALUES ({marks})"
    row = only(connection, f"{into} RETURNING {writer.columns}", values)
    return row[0], (CREATED, dump({"data": writer.object(row), "jsonapi": VERSION}))
