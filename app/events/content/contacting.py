"""Writing to those who run an event."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Any

from marshmallow import ValidationError

from app.events.content.mail_tasks import send_copy_of_message, send_message_to_team
from app.events.content.mails import Message
from app.events.models import Event
from app.jobs import defer
from app.jsonapi import Actor
from app.jsonapi.errors import UnprocessableEntity
from app.jsonapi.fields import storable
from app.jsonapi.rich_text import without_tags

LONGEST_MESSAGE = 10_000
MEMBER = "email"  # The contract's name of the message.


def read_message(body: Any) -> str:
    """The message of a body `{"email": text}`, without HTML; raises UnprocessableEntity for none, or one too long."""
    text = body.get(MEMBER) if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise _refused(f"{MEMBER} is the text of the message.")
    if len(text) > LONGEST_MESSAGE:
        raise _refused(f"{MEMBER} has at most {LONGEST_MESSAGE} characters.")
    try:
        message = without_tags(storable(text))
    except ValidationError as error:
        raise _refused(f"{MEMBER} holds a character that cannot be stored.") from error
    if not message:
        raise _refused(f"{MEMBER} may not be empty.")
    return message


def _refused(detail: str) -> UnprocessableEntity:
    return UnprocessableEntity(detail, pointer=f"/data/{MEMBER}")


def contact_organizers(event: Event, text: str, *, actor: Actor) -> None:
    """Have the event's owner, organizers and co-organizers mailed what the actor writes, and the actor a copy."""
    assert actor.id is not None
    message = asdict(Message(event_id=event.id, sender_id=actor.id, text=text, occasion=secrets.token_hex(8)))
    defer(send_message_to_team, message=message)
    defer(send_copy_of_message, message=message)
