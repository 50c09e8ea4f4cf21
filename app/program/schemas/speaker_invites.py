"""The wire form of invitations to speak."""

from __future__ import annotations

from app.jsonapi import Choice, Email, Schema, logged_in, to_one
from app.program.access import editor_of_session
from app.users.schemas import mailable


class SpeakerInviteSchema(Schema):
    """That somebody is asked, by e-mail, to join the speakers of a session."""

    class Meta:
        type_ = "speaker-invite"

    email = Email(required=True, validate=mailable)
    status = Choice("pending", "accepted", "rejected")

    session = to_one("session", required=True, inverse="speaker-invites", inverse_visible_to=editor_of_session)
    event = to_one("event", required=True, inverse="speaker-invites", inverse_visible_to=logged_in)
