"""What can be done with groups beside their resources."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response

from app.api import registry
from app.events.content.contacting import read_message
from app.events.resources import EventDetail
from app.groups import announcing, inviting
from app.groups.access import owner_of_group
from app.groups.mails import send_to_organizers
from app.groups.models import Group, UsersGroupsRoles
from app.jobs import defer
from app.jsonapi import current_actor, endpoint, json, logged_in, require
from app.jsonapi.lookup import find
from app.jsonapi.routing import refuse_head
from app.limits.spending import spend, spend_mail
from app.users.tried_tokens import tried_token

blueprint = Blueprint("groups", __name__)


def _group_of_url(group_id: str) -> Group:
    group: Group = find(registry.by_type["group"], group_id, current_actor(), parameter="group_id")
    return group


# Clients of the contract announce by GET; POST is taken too.
@endpoint(blueprint, "/v1/groups/<group_id>/events/<event_id>/announce", access=logged_in, methods=("GET", "POST"))
def announce_event(group_id: str, event_id: str) -> Response:
    """Have the followers of a group told of one of its events, by id or identifier."""
    refuse_head()
    actor, group = current_actor(), _group_of_url(group_id)
    event = find(EventDetail.declared, event_id, actor, parameter="event_id")
    # An event that leaves a group and comes back may be announced anew.
    spend("RATE_LIMIT_MAIL", f"user {actor.id}")
    announcing.announce(group, event, actor=actor)
    return json.answer({"success": True, "message": "Event announced successfully"})


@endpoint(blueprint, "/v1/groups/<group_id>/contact-organizer", access=logged_in, methods=("POST",))
def contact_group_organizer(group_id: str) -> Response:
    """Send those who run a group a message: `{"email": text}`, in which tags say nothing."""
    group, actor = _group_of_url(group_id), current_actor()
    message = read_message(json.body())
    spend("RATE_LIMIT_CONTACT", f"user {actor.id}")
    key = secrets.token_hex(8)
    defer(send_to_organizers, group_id=group.id, sender_id=actor.id, message=message, key=key)
    return json.answer({"success": True})


@endpoint(blueprint, "/v1/group-role-invites/<users_groups_role_id>/resend-invite", access=logged_in, methods=("POST",))
def resend_group_role_invite(users_groups_role_id: str) -> Response:
    """Mail an invitation again, with a token that replaces the first."""
    actor = current_actor()
    invite: UsersGroupsRoles = find(registry.by_type["users-groups-role"], users_groups_role_id, actor, lock=True)
    require(owner_of_group, invite, actor=actor)
    inviting.check_open(invite)
    spend_mail(invite.email, by=actor)
    inviting.send_invite(invite, actor=actor)
    return json.answer({"success": True, "message": "Invite resent successfully"})


@endpoint(blueprint, "/v1/users-groups-roles/accept-invite", access=logged_in, methods=("POST",))
def accept_group_role_invite() -> Response:
    """Accept a role in a group: `{"data": {"token"}}`; answers `{"email", "group", "name", "role"}`."""
    actor = current_actor()
    invite = inviting.accept(tried_token(), actor=actor)
    name = actor.user.full_name or None
    return json.answer({"email": invite.email, "group": invite.group_id, "name": name, "role": invite.role.name})
