"""Calls for speakers: when an event takes proposals, and from whom.

A call is announced from the moment it is made, open between its two dates, and closed afterwards. A private one is for
those who know its hash, which stands in the link the organizers hand out.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from sqlalchemy import select

from app.events.access import coorganizer
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor
from app.jsonapi.errors import Forbidden
from app.program.models import SpeakersCall


def call_of(event_id: int) -> SpeakersCall | None:
    """The event's call, unless there is none."""
    live = SpeakersCall.event_id == event_id, SpeakersCall.deleted_at.is_(None)
    return db.session.scalar(select(SpeakersCall).where(*live))


def require_open_call(event: Event, *, actor: Actor, hash: str | None) -> None:
    """Raise Forbidden unless the event takes proposals of this actor now; `hash` is what they know of a private call.

    The event's co-organizers and those above them propose at any time.
    """
    if coorganizer.allows(actor, event):
        return
    reason = _closed_because(call_of(event.id), hash)
    if reason is not None:
        raise Forbidden(reason, pointer="/data/relationships/event")


def _closed_because(call: SpeakersCall | None, hash: str | None) -> str | None:
    """Why proposals are refused; None while the call is open to whoever knows this hash."""
    now = datetime.now(UTC)
    if call is None:
        return "This event has no call for speakers."
    if call.privacy == "private" and not knows(call, hash):
        return "The call for speakers is private: it takes proposals by its own link only."
    if now < call.starts_at:
        return f"The call for speakers opens at {call.starts_at:%Y-%m-%d %H:%M} UTC."
    if now >= call.ends_at:
        return f"The call for speakers has closed at {call.ends_at:%Y-%m-%d %H:%M} UTC."
    return None


def knows(call: SpeakersCall, hash: str | None) -> bool:
    """Whether this is the call's hash; the comparison takes the same time for every guess."""
    if not call.hash or not hash:
        return False
    return hmac.compare_digest(call.hash.encode(), hash.encode(errors="surrogatepass"))
