"""Rooms, tracks and session types, by which sessions are sorted: when one of them goes, its sessions stay.

Whoever writes sessions holds a session before its room, track or type. So those who delete one of
these, or let a trigger book the sessions of a room anew, hold the sessions first too.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from app.extensions import db
from app.program.models import Microlocation, Session, SessionType, Track

Sorting = Microlocation | Track | SessionType
_COLUMNS = {
    Microlocation: Session.microlocation_id,
    Track: Session.track_id,
    SessionType: Session.session_type_id,
}


def hold_sessions(row: Sorting) -> None:
    """Hold the sessions in this room or track, or of this type, until the transaction ends."""
    held = select(Session.id).where(_within(row)).order_by(Session.id)
    db.session.execute(held.with_for_update(key_share=True))


def release_sessions(row: Sorting) -> None:
    """Leave the sessions of a row that is deleted without it; rooms are freed by a trigger."""
    column = _COLUMNS[type(row)]
    db.session.execute(update(Session).where(_within(row)).values({column.key: None}))


def _within(row: Sorting) -> ColumnElement[bool]:
    criterion: ColumnElement[bool] = _COLUMNS[type(row)] == row.id
    return criterion
