"""Answering invitations to speak: by the invitation's id, signed in as who was asked, or by the token of the mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.jsonapi import current_actor, endpoint, json, logged_in
from app.jsonapi.routing import refuse_head
from app.program.invites import inviting
from app.program.models import SpeakerInvite
from app.users.tried_tokens import tried_token

blueprint = Blueprint("speaker_invites", __name__)

# Clients of the contract answer by GET; both take POST too.
ANSWERS = ("GET", "POST")


@endpoint(blueprint, "/v1/speaker-invites/<invite_id>/accept-invite", access=logged_in, methods=ANSWERS)
def accept_speaker_invite(invite_id: str) -> Response:
    """Join the speakers of the session."""
    return _accepted(_asked(invite_id))


@endpoint(blueprint, "/v1/speaker-invites/<invite_id>/reject-invite", access=logged_in, methods=ANSWERS)
def reject_speaker_invite(invite_id: str) -> Response:
    """Decline."""
    return _rejected(_asked(invite_id))


@endpoint(blueprint, "/v1/speaker-invites/accept-invite", access=logged_in, methods=("POST",))
def accept_speaker_invite_by_token() -> Response:
    """Join the speakers of the session as whoever is signed in: `{"data": {"token"}}`."""
    return _accepted(_mailed())


@endpoint(blueprint, "/v1/speaker-invites/reject-invite", access=logged_in, methods=("POST",))
def reject_speaker_invite_by_token() -> Response:
    """Decline: `{"data": {"token"}}`."""
    return _rejected(_mailed())


def _asked(invite_id: str) -> SpeakerInvite:
    refuse_head()
    return inviting.asked_of(invite_id, actor=current_actor())


def _mailed() -> SpeakerInvite:
    return inviting.invite_by_token(tried_token(), actor=current_actor())


def _accepted(invite: SpeakerInvite) -> Response:
    """What was joined, and as whom: `{"email", "event", "event_identifier", "session", "speaker", "name"}`."""
    actor = current_actor()
    speaker = inviting.accept(invite, actor=actor)
    answer: dict[str, Any] = {
        "email": invite.email,
        "event": invite.event_id,
        "event_identifier": invite.event.identifier,
        "session": invite.session_id,
        "speaker": speaker.id,
        "name": actor.user.full_name or None,
    }
    return json.answer(answer)


def _rejected(invite: SpeakerInvite) -> Response:
    inviting.reject(invite)
    return json.answer({"success": True, "message": "Speaker Invite rejected"})
