"""The rules of speakers: who becomes one, under which address, and in which sessions.

An address is the speaker's own. Only organizers enter speakers under addresses of others, or without one, and an
account is linked with an address only where it has proven it, or where it made the speaker itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select

from app.events.access import coorganizer, event_id_of, organizer
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Actor, Given, leave_deleting
from app.jsonapi.errors import ApiError, Forbidden, NotFound, UnprocessableEntity, explains
from app.program.access import decider, speaker_itself
from app.program.calls import require_open_call
from app.program.invites.access import is_invited
from app.program.models import Session, Speaker
from app.program.speakers.answers import check_changed_answers, check_first_answers
from app.users.models import User

TO_SPEAKERS, TO_SESSIONS = "/data/relationships/speakers", "/data/relationships/sessions"


def check_new_speaker(speaker: Speaker, given: Given, *, actor: Actor, hash: str | None) -> None:
    """Refuse a speaker the actor may not enter, and say under which address and account they are kept.

    `hash` is what the actor knows of a private call. Raises Forbidden, NotFound or UnprocessableEntity.
    """
    given.pop("deleted_at", None)
    if not speaker.event.is_sessions_speakers_enabled:
        raise Forbidden("Speakers are disabled for this Event")
    _check_call(speaker.event, actor=actor, hash=hash)
    _settle_address(speaker, given, actor=actor)
    check_first_answers(speaker, given)
    for session in given.get("sessions", ()):
        _check_joining(session, speaker, actor=actor)


def _check_call(event: Event, *, actor: Actor, hash: str | None) -> None:
    """Those who are asked to speak need a speaker to accept with, also when the call has closed."""
    if not is_invited(event.id, actor=actor):
        require_open_call(event, actor=actor, hash=hash)


def check_speaker_change(speaker: Speaker, changes: Given, *, actor: Actor) -> None:
    """Refuse changes the actor may not make, and keep address and account in step."""
    leave_deleting(changes)
    if {"email", "is_email_overridden"} & set(changes):
        _change_address(speaker, changes, actor=actor)
    if "sessions" in changes:
        _change_sessions(speaker, changes, actor=actor)
    check_changed_answers(speaker, changes, actor=actor)


def check_deletion(speaker: Speaker, *, actor: Actor) -> None:
    """Refuse to take a speaker out of a locked session by deleting them."""
    for session in speaker.sessions:
        if session.deleted_at is None:
            require_unlocked(session, actor=actor)


# Addresses


def _settle_address(speaker: Speaker, given: Given, *, actor: Actor) -> None:
    """The address of a new speaker, and the account behind it."""
    if given.get("is_email_overridden"):
        _check_overrider(speaker, actor=actor)
        given |= {"email": None, "user": None}
        return
    if not given.get("email") or not organizer.allows(actor, speaker):
        given["email"] = actor.user.email
    given["user"] = _account_of(given["email"], actor=actor)


def _change_address(speaker: Speaker, changes: Given, *, actor: Actor) -> None:
    if "is_email_overridden" in changes:
        _check_overrider(speaker, actor=actor)
    if changes.get("is_email_overridden", speaker.is_email_overridden):
        changes |= {"email": None, "user": None}
        return
    if not organizer.allows(actor, speaker):
        if not speaker_itself.allows(actor, speaker):
            del changes["email"]  # Nobody but organizers gives others an address.
            return
        changes["email"] = actor.user.email
    changes["email"] = changes.get("email") or actor.user.email
    changes["user"] = _account_of(changes["email"], actor=actor)


def _check_overrider(speaker: Speaker, *, actor: Actor) -> None:
    if not organizer.allows(actor, speaker):
        pointer = "/data/attributes/is_email_overridden"
        raise Forbidden("Organizer access required to override email", pointer=pointer)


def _account_of(email: str, *, actor: Actor) -> User | None:
    """The actor, under their own address; else the account that has proven the address."""
    if email.lower() == actor.user.email.lower():
        user: User = actor.user
        return user
    proven = User.is_verified, User.deleted_at.is_(None), func.lower(User.email) == func.lower(email)
    return db.session.scalar(select(User).where(*proven))


@explains("uq_speakers_email")
def _address_is_taken(diagnosis: Any) -> ApiError:
    return Forbidden("Speaker with this Email ID already exists")


# Sessions


def check_attaching(
    session: Session, speakers: Collection[Speaker], *, actor: Actor, pointer: str = TO_SPEAKERS
) -> None:
    """Refuse to let these speakers, who were not in the session before, join it; raises for the first who may not.

    They belong to the session's event (UnprocessableEntity). Who is not of the event's team brings themselves alone
    (Forbidden): others are invited, and join by accepting. That the actor may change the session is for the caller
    to see to.
    """
    for speaker in speakers:
        if event_id_of(speaker) != event_id_of(session):
            raise UnprocessableEntity(f"Speaker {speaker.id or ''} belongs to a different Event", pointer=pointer)
    if coorganizer.allows(actor, session):
        return
    if not all(speaker.id is None or speaker_itself.allows(actor, speaker) for speaker in speakers):
        raise Forbidden("Other speakers join a session by accepting an invitation to it.", pointer=pointer)


def require_unlocked(session: Session, *, actor: Actor) -> None:
    """Raise Forbidden where the session is locked, unless the actor is one of those who lock sessions."""
    if session.is_locked and not decider.allows(actor, session):
        raise Forbidden("Locked sessions cannot be edited", pointer="/data/attributes/is-locked")


def _check_joining(session: Session, speaker: Speaker, *, actor: Actor) -> None:
    check_attaching(session, [speaker], actor=actor, pointer=TO_SESSIONS)
    if session.creator_id != actor.id and not coorganizer.allows(actor, session):
        raise NotFound(f"Session: {session.id} not found", parameter="session_id")
    require_unlocked(session, actor=actor)


def _change_sessions(speaker: Speaker, changes: Given, *, actor: Actor) -> None:
    """Check who joins and leaves; sessions that are deleted are seen by nobody and stay linked."""
    held, wanted = set(speaker.sessions), set(changes["sessions"])
    deleted = {session for session in held if session.deleted_at is not None}
    for session in _in_order(wanted - held):
        _check_joining(session, speaker, actor=actor)
    for session in _in_order(held - wanted - deleted):
        require_unlocked(session, actor=actor)
    changes["sessions"] = _in_order(wanted | deleted)


def _in_order(sessions: set[Session]) -> Sequence[Session]:
    return sorted(sessions, key=lambda session: session.id)
