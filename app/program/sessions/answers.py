"""What sessions answer to the event's forms, and which of it everybody reads."""

from __future__ import annotations

from sqlalchemy import update

from app.events.access import coorganizer
from app.extensions import db
from app.forms.checking import Answers, check_answers
from app.forms.publishing import public_keys, public_part, public_share, when_published_fields_change
from app.jsonapi import Actor, Given, Merged
from app.program.models import Session

FORM = "session"
ANSWERS, PUBLIC = "complex_field_values", "public_field_values"


def check_first_answers(session: Session, given: Given) -> None:
    """Check what a new session answers, a draft too, and keep of it what is asked; raises Invalid or SeveralFaults."""
    _keep(session.event.id, given, check_answers(session.event.id, FORM, given, given.get(ANSWERS)))


def check_changed_answers(session: Session, changes: Given, *, actor: Actor) -> None:
    """Check the answers of a session as they will be; raises Invalid or SeveralFaults.

    The team schedules and decides about sessions whatever they lack: of it only changed answers are checked.
    """
    if not changes or (ANSWERS not in changes and coorganizer.allows(actor, session)):
        return
    merged = Merged(changes, session)
    kept = check_answers(session.event_id, FORM, merged, merged[ANSWERS])
    if ANSWERS in changes:
        _keep(session.event_id, changes, kept)


def _keep(event_id: int, given: Given, kept: Answers | None) -> None:
    given[ANSWERS], given[PUBLIC] = kept, public_part(event_id, FORM, kept)


@when_published_fields_change
def _follow(event_id: int, form: str) -> None:
    """What everybody reads of the event's sessions follows the questions; the sessions count as unchanged."""
    if form == FORM:
        shown = {PUBLIC: public_share(Session.complex_field_values, public_keys(event_id, form))}
        unchanged = {"last_modified_at": Session.last_modified_at}
        db.session.execute(update(Session).where(Session.event_id == event_id).values(shown | unchanged))
