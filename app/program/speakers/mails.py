"""The mails to speakers when their event is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app.adapters.mail import address, compose, message_id_of
from app.events.endings import day_of_end, has_just_ended
from app.events.models import Event
from app.extensions import db
from app.messages.mailing import send_once
from app.program.models import Speaker


def speakers_of_just_ended(moment: datetime, *, after: int, limit: int) -> list[int]:
    """The ids of speakers behind this one who gave an address of their own, of events that have just ended."""
    reachable = Speaker.deleted_at.is_(None), Speaker.email.is_not(None), Speaker.is_email_overridden.is_(False)
    found = select(Speaker.id).join(Event, Event.id == Speaker.event_id).where(has_just_ended(moment), *reachable)
    return list(db.session.scalars(found.where(Speaker.id > after).order_by(Speaker.id).limit(limit)))


def send_after_event_speaker(speaker_id: int) -> None:
    """Thank a speaker; again where their event ends on another day after all."""
    speaker = db.session.get(Speaker, speaker_id)
    if speaker is None or speaker.deleted_at is not None or not speaker.email:
        return
    event = speaker.event
    day = day_of_end(event)
    if day is None:
        return
    send_once(
        compose(
            "program/after_event_speaker.html",
            {"event": event, "name": speaker.name},
            to=address(speaker.email, speaker.name),
            message_id=message_id_of("after-event-speaker", event.identifier, speaker.id, day),
        )
    )
