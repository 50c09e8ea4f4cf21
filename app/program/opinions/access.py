"""Who sees and changes ratings and favourites, which hang on an event or on a session.

What many rows of a page are asked about is learnt for all of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session as DatabaseSession

from app.events.access import TEAM, coorganizer, events_as, of_readable_event
from app.jsonapi import Actor, Rule, staff
from app.jsonapi.batched import Batched
from app.program.access import readable_session
from app.program.models import Feedback, Session, UserFavouriteSession
from app.users.access import itself, itself_or_staff
from app.users.models import User

OPINIONS = (Feedback, UserFavouriteSession)


def _events(model: Any) -> Batched[int | None]:
    def learn(session: DatabaseSession, ids: set[int]) -> Mapping[int, int]:
        found = select(model.id, Session.event_id).join(Session, Session.id == model.session_id)
        return {row[0]: row[1] for row in session.execute(found.where(model.id.in_(ids)))}

    return Batched[int | None](learn, None)


def _profiles(model: Any) -> Batched[bool]:
    def learn(session: DatabaseSession, ids: set[int]) -> Mapping[int, bool]:
        found = select(model.id, User.is_profile_public).join(User, User.id == model.user_id)
        return {row[0]: row[1] for row in session.execute(found.where(model.id.in_(ids)))}

    return Batched[bool](learn, False)


_event_of = {model: _events(model) for model in OPINIONS}
_is_profile_public = {model: _profiles(model) for model in OPINIONS}


class _OfReadableSession(Rule):
    """Rows of a session that the actor may read."""

    name = "of readable session"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        readable = and_(Session.deleted_at.is_(None), readable_session.rows(actor, Session))
        criterion: ColumnElement[bool] = model.session_id.in_(select(Session.id).where(readable))
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        session = row.session
        return session is not None and session.deleted_at is None and readable_session.allows(actor, session)


class _TeamOfSession(Rule):
    """Rows of a session whose event the actor co-organizes."""

    name = "team of the session"
    refusal = coorganizer.refusal

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        organized = and_(Session.deleted_at.is_(None), coorganizer.rows(actor, Session))
        criterion: ColumnElement[bool] = model.session_id.in_(select(Session.id).where(organized))
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        if row is None or (row.session_id is None and row.session is None):
            return False
        event_id = row.session.event_id if row.id is None else _event_of[type(row)].of(row)
        return actor.is_staff or event_id in events_as(actor, TEAM)


class _OfEvent(Rule):
    """Rows of an event itself, none of its sessions."""

    name = "of an event"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.event_id.is_not(None)
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.event_id is not None


class _PublicProfile(Rule):
    """Users whose profile is public, and what they say."""

    name = "public profile"
    refusal = "Access Forbidden"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.user_id.in_(select(User.id).where(User.is_profile_public))
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return _is_profile_public[type(row)].of(row)


class _PublicUser(Rule):
    """Users whose profile is public."""

    name = "public user"
    refusal = "Access Forbidden"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.is_profile_public
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return bool(row.is_profile_public)


team_of_session = _TeamOfSession()
public_profile = _PublicProfile()
# Ratings of sessions are reviews: for the team, and for who wrote them.
readable_feedback = of_readable_event | team_of_session | itself
updatable_feedback = (_OfEvent() & itself_or_staff) | (itself & team_of_session)
# Who is told who wrote it.
author_reader = itself | coorganizer | team_of_session | public_profile

readable_favourite = _OfReadableSession() | itself
# The marks of a session are public, not who made them.
marker_reader = itself | staff | public_profile
keeper_of_favourite = itself | team_of_session
# Who asks what somebody has marked.
knows_favourites_of = itself_or_staff | _PublicUser()
