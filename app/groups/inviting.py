"""Invitations to run a group: sent to an address by the group's owner, accepted once by whose address it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app.events.access import forget_roles
from app.extensions import db
from app.groups.access import forget_group_roles
from app.groups.mails import send_group_role
from app.groups.models import Group, UsersGroupsRoles
from app.jobs import defer
from app.jsonapi import Actor, Given
from app.jsonapi.errors import ApiError, Conflict, Forbidden, NotFound, explains
from app.users.mailed_tokens import fingerprint, new_seed, secret_of
from app.users.services import account_of, held_account
from app.users.tried_tokens import POINTER

ROLE = "/data/relationships/role"


# Sending


def prepare_invite(invite: UsersGroupsRoles, given: Given) -> None:
    """Refuse an invitation to another role than organizer, and link it with the account of the address, if any."""
    if invite.role.name != "organizer":
        raise Forbidden("Only organizer role is allowed.", pointer=ROLE)
    invite.user = account_of(given["email"])


@explains("uq_users_groups_roles_email")
def _already_invited(_: Any) -> ApiError:
    return Conflict("Role Invite has already been sent for this email.", pointer="/data")


def send_invite(invite: UsersGroupsRoles, *, actor: Actor) -> None:
    """Mail the invitation with a token of its own; one that was mailed before works no more."""
    seed = new_seed()
    invite.secret_hash = fingerprint(secret_of(seed))
    invite.expires_at = datetime.now(UTC) + timedelta(hours=current_app.config["GROUP_INVITE_HOURS"])
    defer(send_group_role, invite_id=invite.id, inviter_id=actor.id, seed=seed)


def check_open(invite: UsersGroupsRoles) -> None:
    """Refuse to send an invitation again that was accepted."""
    if invite.accepted:
        raise Conflict("Role Invite is already accepted.", pointer="/data")


def check_removal(invite: UsersGroupsRoles) -> None:
    """Refuse to leave a group without its owner."""
    if invite.role.name == "owner":
        detail = "You cannot remove the owner of the group."
        raise Forbidden(detail, source={"pointer": ROLE, "source": "Role"})


# Accepting


def accept(token: str, *, actor: Actor) -> UsersGroupsRoles:
    """Let the actor hold the role they were asked to; that the token reached them proves their address.

    Raises NotFound for a token that is unknown or expired and where its address has no account, Conflict once it was
    accepted, Forbidden to everybody else.
    """
    invite = _mailed_with(token)
    if invite is None:
        raise NotFound("Role Invite Not Found", source=_source("users_groups_role"))
    if invite.accepted:
        raise Conflict("Role Invite is already accepted.", source=_source("users_groups_role"))
    invitee = held_account(invite.email)
    if invitee is None:
        raise NotFound("User corresponding to role invite not Found", source=_source("user"))
    if invitee.id != actor.id:
        raise Forbidden("current user is not invitee", source=_source("user"))
    invite.user, invite.accepted, invitee.is_verified = invitee, True, True
    db.session.flush()
    forget_group_roles(actor)
    forget_roles(actor)
    return invite


def _source(name: str) -> dict[str, str]:
    return {"pointer": POINTER, "source": name}


def _mailed_with(token: str) -> UsersGroupsRoles | None:
    """The invitation with this token, held until the transaction ends, unless it has expired."""
    sent = select(UsersGroupsRoles).join(Group).where(UsersGroupsRoles.secret_hash == fingerprint(token))
    live = sent.where(
        Group.deleted_at.is_(None), UsersGroupsRoles.accepted | (UsersGroupsRoles.expires_at > func.now())
    )
    held = live.with_for_update(of=UsersGroupsRoles).execution_options(populate_existing=True)
    return db.session.scalar(held)
