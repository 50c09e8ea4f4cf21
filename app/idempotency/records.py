"""The records of requests that are done once: taking one, finding it, answering it, forgetting it.

Times are the database's, which all web processes share.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.idempotency.models import IdempotencyRecord as Record

KEPT = timedelta(hours=24)
# Longer than any request takes: what it asks of others ends after seconds, a statement after half a minute.
RUNNING = timedelta(minutes=2)


@dataclass(frozen=True)
class Claim:
    """A request that is to be done once: whose it is, its key, and a hash of what it asks for."""

    scope: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True)
class Attempt:
    """A claim whose record is this request's to answer, as long as `until` stands in it."""

    claim: Claim
    until: datetime


def lock(claim: Claim) -> bool:
    """Keep others with the same key away until the transaction ends; False when somebody does that already."""
    number = func.hashtextextended(f"idempotency {claim.scope} {claim.key}", 0)
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(number))))


def take(claim: Claim) -> Attempt | None:
    """Write the record, unanswered; None when there is one that stands in the way.

    A record that is too old counts as none. One that was left unanswered goes over to a repetition of the
    same request; it keeps its age then.
    """
    now = func.clock_timestamp()
    too_old = Record.created_at <= now - KEPT
    same = Record.fingerprint == claim.fingerprint
    abandoned = and_(Record.status.is_(None), Record.running_until <= now, same)
    fresh: dict[str, Any] = {"fingerprint": claim.fingerprint, "running_until": now + RUNNING}
    emptied = {"status": None, "headers": None, "body": None}
    statement = (
        insert(Record)
        .values(scope=claim.scope, key=claim.key, created_at=now, **fresh)
        .on_conflict_do_update(
            index_elements=[Record.scope, Record.key],
            set_={**fresh, **emptied, "created_at": case((too_old, now), else_=Record.created_at)},
            where=or_(too_old, abandoned),
        )
        .returning(Record.running_until)
    )
    until = db.session.scalar(statement)
    return Attempt(claim, until) if until is not None else None


def find(claim: Claim) -> Record:
    """The record that stood in the way of `take`."""
    return db.session.scalars(select(Record).where(_key_of(claim)).execution_options(populate_existing=True)).one()


def answer(attempt: Attempt, status: int, headers: list[list[str]], body: bytes | None) -> bool:
    """Write the answer into the record; False when the request was meanwhile taken over by a repetition."""
    return _write(attempt, status=status, headers=headers, body=body)


def release(attempt: Attempt) -> bool:
    """Leave the record to the next repetition of the request, as if this one had died long ago."""
    return _write(attempt, running_until=func.clock_timestamp())


def _write(attempt: Attempt, **values: Any) -> bool:
    mine = and_(_key_of(attempt.claim), Record.running_until == attempt.until, Record.status.is_(None))
    statement = update(Record).where(mine).values(**values).returning(Record.key)
    return db.session.scalar(statement, execution_options={"synchronize_session": False}) is not None


def _key_of(claim: Claim) -> Any:
    return and_(Record.scope == claim.scope, Record.key == claim.key)


def forget_old_records() -> None:
    """Remove the records of requests that were made too long ago."""
    db.session.execute(delete(Record).where(Record.created_at <= func.clock_timestamp() - KEPT))
