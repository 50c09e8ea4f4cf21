"""The rules of sessions: proposed, decided, scheduled, locked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from app.events.access import coorganizer
from app.events.belonging import check_linked
from app.extensions import db
from app.jsonapi import Actor, Given, leave_deleting
from app.jsonapi.errors import Forbidden, UnprocessableEntity
from app.program.calls import require_open_call
from app.program.models import Session
from app.program.sessions.answers import check_changed_answers, check_first_answers
from app.program.sessions.states import check_move
from app.program.sessions.telling import is_mailed, spread
from app.program.speakers.rules import check_attaching, require_unlocked

LINKED = ("track", "session_type", "microlocation", "speakers")
# In these a session may be proposed.
PROPOSED = ("draft", "pending")


def prepare_session(session: Session, given: Given, *, actor: Actor, hash: str | None) -> None:
    """Check a proposal, and fill in what follows from the rest; `hash` is what the actor knows of a private call."""
    event = session.event
    if not event.is_sessions_speakers_enabled:
        raise Forbidden("Sessions are disabled for this Event")
    require_open_call(event, actor=actor, hash=hash)
    check_linked(event.id, given, LINKED)
    check_attaching(session, given.get("speakers", ()), actor=actor)
    _check_start(given.get("starts_at"))
    for name in ("deleted_at", "send_email"):
        given.pop(name, None)
    if given.get("state") not in PROPOSED and not coorganizer.allows(actor, session):
        given.pop("state", None)
    given.setdefault("state", "draft")
    check_first_answers(session, given)
    given["creator_id"] = actor.id
    if given["state"] != "draft":
        given["submitted_at"] = datetime.now(UTC)


def check_session_change(session: Session, changes: Given, *, actor: Actor) -> None:
    """Refuse a change that the actor may not make, or that would leave a session that may not be."""
    require_unlocked(session, actor=actor)
    leave_deleting(changes)
    check_linked(session.event_id, changes, LINKED)
    if "speakers" in changes:
        former = set(session.speakers)
        check_attaching(session, [each for each in changes["speakers"] if each not in former], actor=actor)
    if "state" in changes:
        check_move(session, changes["state"], actor=actor)
        if session.state == "draft":
            changes["submitted_at"] = datetime.now(UTC)
    check_changed_answers(session, changes, actor=actor)
    if is_mailed(changes):
        changes["is_mail_sent"] = True
    if changes.keys() - {"send_email"}:
        changes["last_modified_at"] = datetime.now(UTC)


def _check_start(starts_at: datetime | None) -> None:
    if starts_at is not None and starts_at <= datetime.now(UTC):
        raise UnprocessableEntity("starts-at should be in the future", pointer="/data/attributes/starts-at")


def notify_of_state(
    session: Session, *, actor: Actor, subject: str | None, message: str | None, further: Sequence[str]
) -> None:
    """Mail speakers and team the state the session is in, in these words where some are given."""
    spread(session, actor=actor, subject=subject, message=message, further=further, notifying=False)
    session.is_mail_sent = True
    db.session.flush()
