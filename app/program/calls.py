"""Calls for speakers: when an event takes proposals, and from whom.

A call is announced from the moment it is made, open between its two dates, and closed afterwards. A private one is for
those who know its hash, which stands in the link the organizers hand out.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.events.access import coorganizer
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor, Given, Rule, leave_deleting
from app.jsonapi.errors import ApiError, Conflict, Forbidden, explains
from app.program.models import SpeakersCall

SECOND = "Speakers Call already exists for this event"
_HASH = "hash of a call"  # The fact about an actor that says which one they have named.


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


class _KnowsHash(Rule):
    """Whoever names the hash of the call that is read; no list and no filter can be asked by it."""

    name = "knows the hash"

    def admits(self, actor: Actor) -> bool:
        return _told(actor) is not None

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and knows(row, _told(actor))


def tell_hash(actor: Actor, hash: str | None) -> None:
    """Note that the actor names this hash with the request."""
    actor.forget(_HASH)
    actor.remember(_HASH, lambda: hash)


def _told(actor: Actor) -> str | None:
    return actor.remember(_HASH, lambda: None)


reader_of_hash = coorganizer | _KnowsHash()


def check_new_call(call: SpeakersCall, given: Given) -> None:
    """Refuse a second call of an event, and dates after its start."""
    given.pop("deleted_at", None)
    if call_of(call.event.id) is not None:
        raise Conflict(SECOND, pointer="/data/relationships/event")
    _check_dates(call.event, given)


def check_call_change(call: SpeakersCall, changes: Given) -> None:
    """Refuse dates that a new call could not have."""
    leave_deleting(changes)
    _check_dates(call.event, changes)


def _check_dates(event: Event, given: Given) -> None:
    for name in ("starts_at", "ends_at"):
        if name in given and event.starts_at is not None and given[name] > event.starts_at:
            pointer = f"/data/attributes/{name.replace('_', '-')}"
            raise Forbidden("Speakers Call date can't be after the event start date", pointer=pointer)


@explains("uq_speakers_calls_event_id")
def _second_call(diagnosis: Any) -> ApiError:
    return Conflict(SECOND, pointer="/data/relationships/event")
