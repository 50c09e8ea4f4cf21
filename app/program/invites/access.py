"""Who sees invitations to speak, who sends them, and who is meant by one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, select

from app.events.access import of_readable_event
from app.extensions import db
from app.jsonapi import Actor, Rule
from app.program.access import editor_of_session
from app.program.models import Session, SpeakerInvite
from app.users.access import proven_address


class _Invitee(Rule):
    """Whoever has proven that the address is theirs."""

    name = "invitee"
    refusal = "Speaker or Invitee access is required."

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        address = proven_address(actor)
        return false() if address is None else func.lower(model.email) == address

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and row.email.lower() == proven_address(actor)


class _OfSession(Rule):
    """Invitations to a session that passes another rule."""

    def __init__(self, session: Rule) -> None:
        self.session = session
        self.name, self.refusal = f"of {session.name}", session.refusal

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.session_id.in_(
            select(Session.id).where(self.session.rows(actor, Session))
        )
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and self.session.allows(actor, row.session)


class _OfLiveSession(Rule):
    """Invitations to sessions that are not deleted."""

    name = "of live session"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.session_id.in_(select(Session.id).where(Session.deleted_at.is_(None)))
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.session is not None and row.session.deleted_at is None


invitee = _Invitee()
inviter = _OfSession(editor_of_session)
reader_of_invite = invitee | inviter
existing_invite = of_readable_event & _OfLiveSession()


def is_invited(event_id: int, *, actor: Actor) -> bool:
    """Whether the actor is asked to speak in a session of this event and has not answered."""
    pending = SpeakerInvite.status == "pending", SpeakerInvite.expires_at > func.now()
    asked = SpeakerInvite.event_id == event_id, invitee.rows(actor, SpeakerInvite), *pending
    return bool(db.session.scalar(select(exists().where(*asked))))
