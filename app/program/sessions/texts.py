"""What a session's speakers are told when its state changes, and the placeholders that stand for the session in it."""

from __future__ import annotations

import re
from html import escape

from app.adapters.templates import frontend
from app.jsonapi.rich_text import clean
from app.program.models import STATES, Session

RECIPIENT = "Speaker"
_NEWS = {
    "draft": "has been saved as a draft. It is not handed in yet.",
    "pending": "has been received. The organizers are going to decide about it.",
    "accepted": "has been accepted by the organizers.",
    "confirmed": "has been confirmed by the organizers.",
    "rejected": "has been rejected by the organizers.",
    "canceled": "has been canceled by the organizers.",
    "withdrawn": "has been withdrawn.",
}
SUBJECTS = {state: f"Your session {{session_name}} of {{event_name}}: {state}" for state in STATES}
MESSAGES = {
    state: (
        f"Hello,<br/><br/>your session <b>{{session_name}}</b> of <b>{{event_name}}</b> {_NEWS[state]}<br/><br/>"
        'You find the session at <a href="{session_link}">{session_link}</a>'
        ' and the event at <a href="{event_link}">{event_link}</a>.'
    )
    for state in STATES
}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def subject_of(session: Session, state: str, written: str | None) -> str:
    """The subject about this state, or the one somebody has written, with its placeholders filled in."""
    return _filled(SUBJECTS[state] if written is None else written, _values(session, state))


def message_of(session: Session, state: str, written: str | None) -> str:
    """The message likewise: HTML that does no harm, whatever was written and however the session is named."""
    values = {name: escape(value) for name, value in _values(session, state).items()}
    return clean(_filled(MESSAGES[state] if written is None else written, values), links=True)


def _values(session: Session, state: str) -> dict[str, str]:
    event = session.event
    return {
        "session_name": session.title,
        "session_state": state,
        "session_link": frontend(f"/e/{event.identifier}/session/{session.id}"),
        "event_name": event.name,
        "event_link": frontend(f"/e/{event.identifier}"),
    }


def _filled(text: str, values: dict[str, str]) -> str:
    """The text with what it names by `{session_name}` and the like; other braces stay."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)
