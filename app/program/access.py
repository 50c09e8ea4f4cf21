"""Who sees and changes which sessions and speakers.

A session's people are its creator and its speakers, by their account or by an address they have
proven. Everybody sees what is accepted or confirmed, of an event they may read.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from app.events.access import (
    ORGANIZER,
    TEAM,
    EventRole,
    coorganizer,
    events_as,
    member,
    of_readable_event,
    track_organizer,
)
from app.extensions import db
from app.jsonapi import Actor, ActorRule, Rule
from app.program.models import PUBLIC_STATES, Session, Speaker, SpeakerInvite, sessions_speakers
from app.users.access import itself_or_staff, proven_address


def _is_actor(actor: Actor, model: Any) -> ColumnElement[bool]:
    """The criterion for live speakers who are the actor."""
    address = proven_address(actor)
    by_address = func.lower(model.email) == address if address else false()
    return and_(or_(model.user_id == actor.id, by_address), model.deleted_at.is_(None))


def _sessions_spoken_in(actor: Actor) -> Select[int]:
    links = select(sessions_speakers.c.session_id).join(Speaker, Speaker.id == sessions_speakers.c.speaker_id)
    return links.where(_is_actor(actor, Speaker))


def _invitations(actor: Actor) -> Select[int]:
    pending = and_(SpeakerInvite.status == "pending", SpeakerInvite.expires_at > func.now())
    return select(SpeakerInvite.session_id).where(
        pending, func.lower(SpeakerInvite.email) == (proven_address(actor) or "")
    )


class _PublicSession(Rule):
    """Sessions that are accepted or confirmed."""

    name = "public session"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        public: ColumnElement[bool] = model.state.in_(PUBLIC_STATES)
        return public

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.state in PUBLIC_STATES


class _SessionPeople(Rule):
    """The creator of a session and its speakers; which those are costs one query per request."""

    name = "session's people"
    refusal = "Speaker access is required."

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        if actor.is_anonymous:
            return false()
        return or_(model.creator_id == actor.id, model.id.in_(_sessions_spoken_in(actor)))

    def allows(self, actor: Actor, row: Any) -> bool:
        def learn() -> frozenset[int]:
            return frozenset(db.session.scalars(_sessions_spoken_in(actor)))

        if actor.is_anonymous or row is None:
            return False
        return row.creator_id == actor.id or row.id in actor.remember("sessions spoken in", learn)


class _InvitedToSession(Rule):
    """Sessions that the actor is asked to speak in and has not answered about."""

    name = "invited to session"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return false() if proven_address(actor) is None else model.id.in_(_invitations(actor))

    def allows(self, actor: Actor, row: Any) -> bool:
        def learn() -> frozenset[int]:
            return frozenset(db.session.scalars(_invitations(actor)))

        return proven_address(actor) is not None and row.id in actor.remember("sessions invited to", learn)


class _SpeakerItself(Rule):
    """The speaker, by their account or by an address they have proven."""

    name = "speaker itself"
    refusal = "Speaker access is required."

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return false() if actor.is_anonymous else _is_actor(actor, model)

    def allows(self, actor: Actor, row: Any) -> bool:
        if actor.is_anonymous or row is None:
            return False
        address = proven_address(actor)
        return row.user_id == actor.id or (address is not None and (row.email or "").lower() == address)


class _SpeaksInSession(Rule):
    """Speakers with a live session that passes another rule."""

    def __init__(self, session: Rule) -> None:
        self.session = session
        self.name = f"with {session.name}"

    def admits(self, actor: Actor) -> bool:
        return self.session.admits(actor)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        seen = and_(Session.deleted_at.is_(None), self.session.rows(actor, Session))
        links = select(sessions_speakers.c.speaker_id).join(Session, Session.id == sessions_speakers.c.session_id)
        criterion: ColumnElement[bool] = model.id.in_(links.where(seen))
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        found = select(Speaker.id).where(Speaker.id == row.id, self.rows(actor, Speaker))
        return db.session.scalar(found) is not None


public_session = _PublicSession()
session_people = _SessionPeople()
invited_to_session = _InvitedToSession()
# Sessions of drafts are hidden with them, also from their people.
readable_session = of_readable_event & (public_session | member | session_people | invited_to_session)
editor_of_session = session_people | coorganizer
# Whoever looks after the tracks of an event also sees to the sessions in them, and deletes none.
changer_of_session = editor_of_session | track_organizer
# Who reads what a session says to organizers, and all answers to their questions.
insider_of_session = session_people | member
# Who asks for the sessions of a user; a team then sees those of its own events.
knows_sessions_of = itself_or_staff | ActorRule(
    "on a team", lambda actor: bool(events_as(actor, TEAM)), "Co-organizer access is required."
)

speaker_itself = _SpeakerItself()
# Who sees a speaker's address and phone number, and who changes the speaker.
keeper_of_speaker = coorganizer | speaker_itself
readable_speaker = of_readable_event & (
    _SpeaksInSession(public_session) | member | speaker_itself | _SpeaksInSession(session_people)
)
# Who decides about sessions, and schedules locked ones.
decider = EventRole("organizer", ORGANIZER, "Organizer access is required.")
