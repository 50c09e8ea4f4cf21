"""The rules of forms: which questions there may be, what is written with them, and what every event asks at first."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from app.events.models import Event
from app.events.services import furnishes
from app.extensions import db
from app.forms.fields import fixed_field, label_of, snake_case
from app.forms.models import CustomForm, CustomFormTranslate
from app.jsonapi import Given, Merged
from app.jsonapi.errors import Conflict, NotFound

# What every event asks those who attend; clients add the rest.
FIRST_QUESTIONS = {"email": "email", "firstname": "text", "lastname": "text"}
EMAIL_STAYS = "The e-mail form of attendees stays."
# What makes a question another one.
IDENTITY = frozenset({"field_identifier", "form", "form_id"})


@furnishes
def ask_first_questions(event: Event) -> None:
    """Give a new event the questions that every event has."""
    shared = {"event_id": event.id, "form": "attendee", "is_required": True, "is_included": True, "is_fixed": True}
    rows = [
        {**shared, "field_identifier": field, "type": type_, "name": label_of(field), "position": position}
        for position, (field, type_) in enumerate(FIRST_QUESTIONS.items(), start=1)
    ]
    db.session.execute(insert(CustomForm), rows)


def check_new_form(form: CustomForm, given: Given) -> None:
    """Refuse a question that the form has already, and fill in what follows from which field it is."""
    given.update(_what_follows(Merged(given)))
    _check_free(form.event.id, Merged(given))


def check_form_change(form: CustomForm, changes: Given) -> None:
    """The same for a question that is changed; the e-mail form of attendees stays what it is."""
    if is_email_of_attendees(form) and changes.keys() & (IDENTITY | {"is_fixed"}):
        raise Conflict(EMAIL_STAYS, pointer="/data")
    changes.update(_what_follows(Merged(changes, form)))
    for name in [name for name, value in changes.items() if getattr(form, name) == value]:
        del changes[name]
    if changes.keys() & IDENTITY:
        _check_free(form.event_id, Merged(changes, form), other_than=form.id)


def check_form_deletion(form: CustomForm) -> None:
    """Refuse to delete the question without which nobody gets a ticket."""
    if is_email_of_attendees(form):
        raise Conflict(EMAIL_STAYS, pointer="/data")


def is_email_of_attendees(form: CustomForm) -> bool:
    """Whether this asks all attendees for their address; sets of a ticket's own come and go with it."""
    return form.is_fixed and form.form == "attendee" and form.field_identifier == "email" and not form.form_id


def _what_follows(value: Merged) -> Given:
    """A fixed field, spelled as forms do, has its label; what is none is the organizer's own question."""
    field = fixed_field(value["form"], value["field_identifier"])
    named = {"field_identifier": field, "name": label_of(field)} if field is not None else {}
    return {**named, "is_complex": field is None, "form_id": value["form_id"] or None}


def _check_free(event_id: int, value: Merged, *, other_than: int | None = None) -> None:
    """Two questions of one form cannot keep their answers in the same place.

    No index sees that two spellings are one place, so who asks waits for others. The lock is of that alone: whoever
    writes a session holds questions and then the event, and must not meet those who hold the event and want questions.
    """
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"questions of event {event_id}", 0))))
    siblings = select(CustomForm.field_identifier).where(
        CustomForm.event_id == event_id,
        CustomForm.form == value["form"],
        CustomForm.form_id.is_not_distinct_from(value["form_id"] or None),
        CustomForm.id.is_distinct_from(other_than),
    )
    if snake_case(value["field_identifier"]) in map(snake_case, db.session.scalars(siblings)):
        detail = f"The form asks for {value['field_identifier']} already."
        raise Conflict(detail, pointer="/data/attributes/field-identifier")


def write_translations(form: CustomForm, given: list[Given]) -> None:
    """Write translations with their question: known ones by id, deleted where that is asked, new ones without an id.

    Raises NotFound for an id that is no translation of this question.
    """
    own = select(CustomFormTranslate).where(CustomFormTranslate.custom_form_id == form.id)
    known = {each.id: each for each in db.session.scalars(own)}
    for each in given:
        if each["id"] is not None and each["id"] not in known:
            raise NotFound(f"CustomFormTranslate: {each['id']} not found", parameter="translations")
        if not each["is_deleted"]:
            row = known.get(each["id"]) or CustomFormTranslate(custom_form_id=form.id, form_id=form.form_id)
            row.name, row.language_code = each["name"], each["language_code"]
            db.session.add(row)
        elif each["id"] is not None:
            db.session.delete(known[each["id"]])
    db.session.flush()
    db.session.refresh(form)
