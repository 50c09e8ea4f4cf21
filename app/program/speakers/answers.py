"""What speakers answer to the event's forms, and which of it everybody reads."""

from __future__ import annotations

from app.events.access import coorganizer
from app.forms.checking import Answers, check_answers
from app.forms.fields import FIXED, snake_case
from app.forms.publishing import when_published_fields_change
from app.jsonapi import Actor, Given, Merged
from app.program.answers import ANSWERS, follow, keep
from app.program.models import Speaker

FORM = "speaker"
ASKED = frozenset({ANSWERS, *map(snake_case, FIXED[FORM])})


def check_first_answers(speaker: Speaker, given: Given) -> None:
    """Check what a new speaker answers, and keep of it what is asked; raises Invalid or SeveralFaults."""
    keep(speaker.event.id, FORM, given, _checked(speaker.event.id, Merged(given)))


def check_changed_answers(speaker: Speaker, changes: Given, *, actor: Actor) -> None:
    """Check the answers of a speaker as they will be, where some change; raises Invalid or SeveralFaults.

    The team features, corrects and places speakers whatever these lack: of it only answers to questions are checked.
    """
    if not changes.keys() & ASKED or (ANSWERS not in changes and coorganizer.allows(actor, speaker)):
        return
    kept = _checked(speaker.event_id, Merged(changes, speaker))
    if ANSWERS in changes:
        keep(speaker.event_id, FORM, changes, kept)


def _checked(event_id: int, value: Merged) -> Answers | None:
    """The answers to keep; whoever is entered without an address owes none."""
    unasked = ("email",) if value["is_email_overridden"] else ()
    return check_answers(event_id, FORM, value, value[ANSWERS], except_=unasked)


@when_published_fields_change
def _follow(event_id: int, form: str) -> None:
    """What everybody reads of the event's speakers follows the questions."""
    if form == FORM:
        follow(Speaker, event_id, form)
