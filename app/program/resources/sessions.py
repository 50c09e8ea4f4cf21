"""Sessions over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import ColumnElement

from app.api import resource
from app.events.access import of_listed_event
from app.events.resources import event_maker
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, to_many
from app.program.access import (
    changer_of_session,
    editor_of_session,
    insider_of_session,
    knows_sessions_of,
    readable_session,
)
from app.program.models import Session
from app.program.schemas import SessionSchema
from app.program.sessions import rules
from app.program.sessions.telling import tell_of_change, tell_of_new_session
from app.program.speakers.rules import require_unlocked
from app.users.schemas import UserSchema


class Sessions:
    """Accepted and confirmed sessions are for everybody; the others for their people, and those who work on the event.

    Like tickets, a session of a private event is read by whoever was told of it; only the list of all sessions, which
    nobody had to be told of, is without them.
    """

    model, schema = Session, SessionSchema
    access = Access(read=readable_session, create=event_maker, update=changer_of_session, delete=editor_of_session)

    def before_update(self, row: Session, changes: Given) -> None:
        """Also what a session is linked with changes under its rules."""
        rules.check_session_change(row, changes, actor=self.actor)  # type: ignore[attr-defined]

    def after_update(self, row: Session, changes: Given) -> None:
        tell_of_change(row, changes, actor=self.actor)  # type: ignore[attr-defined]


class SessionList(Sessions, ResourceList):
    """The sessions the reader may come across."""

    def narrow(self, view_kwargs: Any) -> Sequence[ColumnElement[bool]]:
        return () if self.parent else ((of_listed_event | insider_of_session).rows(self.actor, Session),)

    def before_create(self, row: Session, given: Given) -> None:
        rules.prepare_session(row, given, actor=self.actor, hash=request.args.get("hash"))

    def after_create(self, row: Session, given: Given) -> None:
        tell_of_new_session(row)


class SessionDetail(Sessions, ResourceDetail):
    """One session."""

    def before_delete(self, row: Session) -> None:
        require_unlocked(row, actor=self.actor)


class SessionRelationship(Sessions, ResourceRelationship):
    """Where a session belongs, and who speaks in it."""


UserSchema.declare("sessions", to_many("session", visible_to=knows_sessions_of, only=insider_of_session))

resource("sessions", SessionList, SessionDetail, SessionRelationship)
