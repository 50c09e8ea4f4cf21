"""What attendees answer to the event's forms: when they are entered and changed, and when their order moves on.

Which questions are insisted on when, and why, is told in docs/decisions/0008.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from app.events.models import Event
from app.extensions import db
from app.forms.checking import Answering, check_answers, check_many, on_further, on_none
from app.forms.fields import FIXED, snake_case
from app.jsonapi import Given, Merged
from app.jsonapi.errors import Invalid
from app.orders.models import Attendee, Order
from app.site.models import Setting
from app.tickets.models import Ticket

FORM = "attendee"
COMPLEX = "complex_field_values"
ASKED = frozenset({COMPLEX, *map(snake_case, FIXED[FORM])})


def check_first_answers(attendee: Attendee, given: Given) -> None:
    """Check what a new attendee answers; what is missing may follow. Raises Invalid or SeveralFaults."""
    if given.get(COMPLEX) is None:
        return
    if not attendee.event.is_ticket_form_enabled:
        given[COMPLEX] = None
        return
    _check_number(given[COMPLEX])
    form_id, answers = attendee.ticket.form_id, given[COMPLEX]
    given[COMPLEX] = check_answers(attendee.event.id, FORM, given, answers, form_id=form_id, insist=on_none)


def check_changed_answers(attendee: Attendee, given: Given) -> None:
    """Check the answers of an attendee as they will be, where some are given, for everything that is required.

    Raises Invalid or SeveralFaults.
    """
    if not attendee.event.is_ticket_form_enabled:
        given.update({COMPLEX: None} if COMPLEX in given else {})
        return
    if not given.keys() & ASKED:
        return
    _check_number(given.get(COMPLEX))
    merged = Merged(given, attendee)
    kept = check_answers(attendee.event_id, FORM, merged, merged[COMPLEX], form_id=attendee.ticket.form_id)
    given.update({COMPLEX: kept} if COMPLEX in given else {})


def _check_number(answers: Any) -> None:
    """Refuse more answers to questions of the organizer's own than the installation allows."""
    if isinstance(answers, dict):
        most = db.session.scalars(select(Setting.max_complex_custom_fields)).one()
        if len(answers) > most:
            raise Invalid.attribute(COMPLEX, f"At most {most} custom fields are possible.")


def check_answers_of_order(order: Order) -> None:
    """Refuse to let an order move on whose attendees lack required answers; raises SeveralFaults."""
    if order.event.is_ticket_form_enabled:
        theirs = (Attendee.order_id == order.id, Attendee.deleted_at.is_(None))
        check_many(order.event_id, FORM, lambda: _answering(theirs))


def check_further_answers(event: Event, attendee_ids: Sequence[int]) -> None:
    """Refuse attendees to be ordered for who lack what this event asks beyond the first questions of every event."""
    if event.is_ticket_form_enabled:
        check_many(event.id, FORM, lambda: _answering((Attendee.id.in_(attendee_ids),)), insist=on_further)


def _answering(criteria: Iterable[Any]) -> list[Answering]:
    """The attendees that meet these criteria, with what they answer; one statement."""
    rows = db.session.execute(
        select(Attendee.__table__, Ticket.form_id).join(Ticket, Ticket.id == Attendee.ticket_id).where(*criteria)
    )
    return [Answering(row.id, row.form_id, dict(row._mapping), row.complex_field_values) for row in rows]
