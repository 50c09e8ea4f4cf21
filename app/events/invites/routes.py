"""Invitations to work on an event: sent again by the team, answered by whoever holds the token of the mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from app.api import registry
from app.events.access import coorganizer
from app.events.invites import inviting
from app.events.invites.models import RoleInvite
from app.jsonapi import anyone, current_actor, endpoint, json
from app.jsonapi.lookup import find
from app.limits.spending import spend_mail
from app.users.tried_tokens import tried_token

blueprint = Blueprint("role_invites", __name__)


def invite_of_url(id: str) -> RoleInvite:
    """The invitation with this id; raises NotFound, Unauthorized and Forbidden."""
    invite: RoleInvite = find(registry.by_type["role-invite"], id, current_actor())
    return invite


@endpoint(blueprint, "/v1/role-invites/<id>/resend-invite", access=coorganizer, methods=("POST",), load=invite_of_url)
def resend_role_invite(invite: RoleInvite) -> Response:
    """Mail it again, with a token of its own and as much time as at first."""
    actor = current_actor()
    spend_mail(invite.email, by=actor)
    inviting.send_again(invite, actor=actor)
    return json.answer({"success": True, "message": "Invite resent successfully"})


@endpoint(blueprint, "/v1/role_invites/user", access=anyone, methods=("POST",))
def invited_address() -> Response:
    """Whom the token of `{"data": {"token"}}` was mailed to: `{"email"}`."""
    return json.answer({"email": inviting.invite_by_token(tried_token()).email})


@endpoint(blueprint, "/v1/role_invites/accept-invite", access=anyone, methods=("POST",))
def accept_role_invite() -> Response:
    """Take the role, by `{"data": {"token"}}`: `{"email", "event", "event_identifier", "name", "role"}`."""
    invite = inviting.accept(tried_token(), actor=current_actor())
    answer: dict[str, Any] = {
        "email": invite.email,
        "event": invite.event_id,
        "event_identifier": invite.event.identifier,
        "name": (invite.user.full_name or None) if invite.user is not None else None,
        "role": invite.role_name,
    }
    return json.answer(answer)


@endpoint(blueprint, "/v1/role_invites/decline-invite", access=anyone, methods=("POST",))
def decline_role_invite() -> Response:
    """Do not take it: `{"data": {"token"}}`."""
    inviting.decline(tried_token(), actor=current_actor())
    return json.answer({"success": True, "message": "Role Invite declined"})
