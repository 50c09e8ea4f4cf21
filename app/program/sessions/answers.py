"""What sessions answer to the event's forms, and which of it everybody reads."""

from __future__ import annotations

from app.events.access import coorganizer
from app.forms.checking import check_answers
from app.forms.publishing import when_published_fields_change
from app.jsonapi import Actor, Given, Merged
from app.program.answers import ANSWERS, follow, keep
from app.program.models import Session

FORM = "session"


def check_first_answers(session: Session, given: Given) -> None:
    """Check what a new session answers, a draft too, and keep of it what is asked; raises Invalid or SeveralFaults."""
    keep(session.event.id, FORM, given, check_answers(session.event.id, FORM, given, given.get(ANSWERS)))


def check_changed_answers(session: Session, changes: Given, *, actor: Actor) -> None:
    """Check the answers of a session as they will be; raises Invalid or SeveralFaults.

    The team schedules and decides about sessions whatever they lack: of it only changed answers are checked.
    """
    if not changes or (ANSWERS not in changes and coorganizer.allows(actor, session)):
        return
    merged = Merged(changes, session)
    kept = check_answers(session.event_id, FORM, merged, merged[ANSWERS])
    if ANSWERS in changes:
        keep(session.event_id, FORM, changes, kept)


@when_published_fields_change
def _follow(event_id: int, form: str) -> None:
    """What everybody reads of the event's sessions follows the questions; the sessions count as unchanged."""
    if form == FORM:
        follow(Session, event_id, form, last_modified_at=Session.last_modified_at)
