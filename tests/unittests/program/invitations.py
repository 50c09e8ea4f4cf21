"""Invitations to speak, and how they are answered."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from app.extensions import db
from app.program.models import Session, SpeakerInvite
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.program import SessionFactory, SpeakerInviteFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.program.calling import event_with_speakers

ANSWERS = ("accept", "reject")


def invite_document(session: Any, email: str = "grace@example.com", **attributes: Any) -> Any:
    """A document of a new invitation to this session."""
    relationships = {"session": linkage("session", session), "event": linkage("event", session.event)}
    return document("speaker-invite", relationships=relationships, email=email, **attributes)


def proposed(**values: Any) -> Any:
    """A session that its creator has proposed."""
    return SessionFactory(event=event_with_speakers(), creator=UserFactory(), state="pending", **values)


def invited(session: Any = None, **values: Any) -> tuple[SpeakerInvite, Any]:
    """An open invitation, and the account of who is asked."""
    user = UserFactory()
    return SpeakerInviteFactory(session=session or proposed(), email=user.email, **values), user


def answer(api: ApiClient, invite: SpeakerInvite, how: str, user: Any, method: str = "GET") -> TestResponse:
    """The answer to accepting or rejecting."""
    return api.plain(method, f"/v1/speaker-invites/{invite.id}/{how}-invite", user=user)


def speakers_of(session_id: int) -> list[int]:
    """The ids of the speakers of a session."""
    return [each.id for each in db.session.get_one(Session, session_id).speakers]
