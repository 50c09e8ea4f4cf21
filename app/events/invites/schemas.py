"""The wire form of invitations to work on an event."""

from __future__ import annotations

from app.events.access import coorganizer
from app.events.invites.models import INVITABLE, STATUSES
from app.jsonapi import Choice, Email, Schema, Time, to_one
from app.users.schemas import mailable


class RoleInviteSchema(Schema):
    """That somebody is asked, by e-mail, to take a role on an event; the token they were mailed is no part of it."""

    class Meta:
        type_ = "role-invite"

    email = Email(required=True, validate=mailable)
    created_at = Time(dump_only=True)
    role_name = Choice(*INVITABLE)
    status = Choice(*STATUSES, dump_only=True)

    event = to_one("event", required=True, inverse="role-invites", inverse_visible_to=coorganizer)
    role = to_one("role", required=True)
