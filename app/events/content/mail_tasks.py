"""Jobs of an event's page: messages to those who run it, each mail by a job of its own."""

from __future__ import annotations

from typing import Any

from app.events.content import mails
from app.events.content.mails import Message
from app.jobs import job
from app.messages.mailing import MAILING


@job(queue="mail", retry=MAILING)
def send_message_to_team(message: dict[str, Any]) -> None:
    """Mail `contact_organizers` to those who run the event."""
    mails.send_to_team(Message(**message))


@job(queue="mail", retry=MAILING)
def send_copy_of_message(message: dict[str, Any]) -> None:
    """Mail the sender a copy."""
    mails.send_copy(Message(**message))
