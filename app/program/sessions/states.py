"""The states of sessions: who may change which into which, and what becomes of those nobody decided about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func, select, update

from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor
from app.jsonapi.errors import Conflict
from app.program.access import decider
from app.program.models import Session

Moves = Mapping[str, tuple[str, ...]]

# Organizers and owners decide about what was handed in.
DECIDER: Moves = {
    "draft": (),
    "pending": ("accepted", "confirmed", "rejected", "withdrawn"),
    "accepted": ("canceled", "confirmed", "pending", "rejected", "withdrawn"),
    "confirmed": ("accepted", "canceled", "pending", "rejected", "withdrawn"),
    "rejected": ("accepted", "confirmed", "pending", "withdrawn"),
    "canceled": ("accepted", "confirmed", "pending", "rejected", "withdrawn"),
    "withdrawn": ("accepted", "canceled", "pending", "rejected", "withdrawn"),
}
# Everybody else who may edit a session hands it in, or takes it back; co-organizers too.
SPEAKER: Moves = {
    "draft": ("pending",),
    "pending": ("withdrawn",),
    "accepted": ("withdrawn",),
    "confirmed": ("withdrawn",),
    "rejected": ("withdrawn",),
    "canceled": ("withdrawn",),
    "withdrawn": (),
}
AT_ONCE = 500  # As many sessions are rejected in one transaction of the job.


def check_move(session: Session, to: str, *, actor: Actor) -> None:
    """Raise Conflict, naming both states and those that are possible, unless the actor may change the state to that."""
    allowed = (DECIDER if decider.allows(actor, session) else SPEAKER)[session.state]
    if to not in allowed:
        possible = f"Possible from there: {', '.join(allowed)}." if allowed else "Nothing is possible from there."
        raise Conflict(
            f'You cannot change a session state from "{session.state}" to "{to}". {possible}',
            source={"pointer": "/data/attributes/state", "from": session.state, "to": to, "allowed": list(allowed)},
        )


def reject_left_over() -> int:
    """Reject sessions that are still pending after their event's end, without telling anybody; how many were.

    Whoever is told `AT_ONCE` asks again. Sessions that somebody holds are left to the next time.
    """
    left_over = (
        select(Session.id)
        .join(Event, Event.id == Session.event_id)
        .where(Session.state == "pending", Session.deleted_at.is_(None), Event.ends_at < func.now())
    )
    chosen = left_over.order_by(Session.id).limit(AT_ONCE).with_for_update(of=Session, skip_locked=True)
    ids = db.session.scalars(chosen).all()
    if ids:
        rejected = {"state": "rejected", "last_modified_at": datetime.now(UTC)}
        db.session.execute(update(Session).where(Session.id.in_(ids)).values(rejected))
    return len(ids)
