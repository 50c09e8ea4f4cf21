"""Invitations to work on an event: sent by organizers, answered once, until they expire.

Whoever holds the token that was mailed reads that mailbox, so nobody has to sign in to answer; the role goes to the
account with that address and to no other. Locks are taken in one order: the account, the event, the invitation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.events.access import forget_roles, organizer, owner
from app.events.invites.mails import send_role_invite, tell_invited
from app.events.invites.models import INVITABLE, RoleInvite
from app.events.models import Event, Role, UsersEventsRoles
from app.events.services import when_created
from app.events.team import give_role, hand_over, hold_event, when_role_ends
from app.extensions import db
from app.jobs import defer
from app.jsonapi import Actor, Given, require
from app.jsonapi.errors import ApiError, Conflict, Forbidden, NotFound, UnprocessableEntity, explains
from app.users.mailed_tokens import fingerprint, new_seed, secret_of
from app.users.models import User
from app.users.services import held_account
from app.users.tried_tokens import POINTER

STATUS = "/data/status"


# Sending


def check_new_invite(invite: RoleInvite, given: Given, *, actor: Actor) -> None:
    """Refuse an invitation that may not be sent, make room for it, and say when it expires."""
    role = given.setdefault("role_name", invite.role.name)
    if role != invite.role.name or role not in INVITABLE:
        raise UnprocessableEntity("Role id do not match role name", pointer="/data/attributes/role")
    hold_event(invite.event.id)
    forget_roles(actor)  # Asked anew now that they can no longer change.
    require(owner if role == "owner" else organizer, invite, actor=actor)
    _make_room(invite.event.id, given["email"], is_owner=role == "owner")
    given["expires_at"] = _end()


def _make_room(event_id: int, email: str, *, is_owner: bool) -> None:
    """Forget what was not answered in time, and whom else the event was offered to."""
    same = func.lower(RoleInvite.email) == func.lower(email)
    gone = same & (RoleInvite.expires_at <= func.now())
    if is_owner:
        gone |= (RoleInvite.role_name == "owner") & ~same
    db.session.execute(delete(RoleInvite).where(RoleInvite.event_id == event_id, RoleInvite.status == "pending", gone))


def _end() -> datetime:
    return datetime.now(UTC) + timedelta(hours=current_app.config["ROLE_INVITE_HOURS"])


@explains("uq_role_invites_member")
@explains("uq_role_invites_open")
def _already_invited(_: Any) -> ApiError:
    return Conflict("Role Invite has already been sent for this email.", pointer="/data")


def send_invite(invite: RoleInvite, *, actor: Actor) -> None:
    """Mail the invitation with a new token, and tell the account that has proven the address, if any."""
    seed = new_seed()
    invite.secret_hash = fingerprint(secret_of(seed))
    defer(send_role_invite, invite_id=invite.id, inviter_id=actor.id, seed=seed)
    defer(tell_invited, invite_id=invite.id, inviter_id=actor.id)


def send_again(invite: RoleInvite, *, actor: Actor) -> None:
    """Mail an open invitation anew, for as long as a new one; the token that was mailed before works no more."""
    held = _held(RoleInvite.id == invite.id)
    if held is None:
        raise _unknown()
    _require_pending(held)
    held.expires_at = _end()
    send_invite(held, actor=actor)


def check_withdrawal(invite: RoleInvite) -> None:
    """Refuse to take back an invitation that was accepted."""
    if invite.status == "accepted":
        raise Conflict("You cannot delete an accepted role invite.", pointer=STATUS)


def withdraw_offers(event_ids: Iterable[int]) -> None:
    """Take back what was not answered yet of whom these events were offered to; the events are held by the caller."""
    offered = RoleInvite.role_name == "owner", RoleInvite.status == "pending"
    db.session.execute(delete(RoleInvite).where(RoleInvite.event_id.in_(event_ids), *offered))


# Answering


def invite_by_token(token: str) -> RoleInvite:
    """The invitation this token was mailed with, while it can be answered or has been accepted by it.

    Raises NotFound, and Conflict when it has expired.
    """
    live = RoleInvite.secret_hash == fingerprint(token), Event.deleted_at.is_(None)
    found = select(RoleInvite).join(Event, Event.id == RoleInvite.event_id).where(*live)
    return _in_time(db.session.scalar(found))


def accept(token: str, *, actor: Actor) -> RoleInvite:
    """Give the role to the account with the address that was asked, which is verified by that.

    Accepting again changes nothing. Raises NotFound for unknown tokens and where there is no such account, Forbidden to
    those who are signed in as somebody else, Conflict for what has expired.
    """
    invite = invite_by_token(token)
    _check_reader(invite, actor)
    if invite.status == "accepted":
        return invite
    user = held_account(invite.email)
    if user is None:
        raise NotFound("User corresponding to role invite not Found", pointer=POINTER)
    invite = _held_by_token(token)
    if invite.status == "accepted":  # By another request, meanwhile.
        return invite
    if invite.role_name == "owner":
        hand_over(invite.event, user)
        _forget_other_owners(invite)
    else:
        give_role(user.id, invite.event_id, invite.role_name)
    user.is_verified = True
    invite.status, invite.user = "accepted", user
    db.session.flush()
    return invite


def decline(token: str, *, actor: Actor) -> None:
    """Answer no, for which no account is needed; raises as `accept`, and Conflict for what was accepted."""
    _check_reader(invite_by_token(token), actor)
    invite = _held_by_token(token)
    _require_pending(invite)
    invite.status, invite.secret_hash = "declined", None
    db.session.flush()


def _check_reader(invite: RoleInvite, actor: Actor) -> None:
    """Refuse whoever is signed in as somebody else than who is asked."""
    if actor.is_anonymous:
        return
    meant = actor.id == invite.user_id if invite.user_id else actor.user.email.lower() == invite.email.lower()
    if not meant:
        raise Forbidden("The invitation is for somebody else than you are signed in as.", pointer=POINTER)


def _held_by_token(token: str) -> RoleInvite:
    """The invitation of this token as it stands, now that nobody else answers it."""
    return _in_time(_held(RoleInvite.secret_hash == fingerprint(token)))


def _held(which: ColumnElement[bool]) -> RoleInvite | None:
    event_id = db.session.scalar(select(RoleInvite.event_id).where(which))
    if event_id is None:
        return None
    hold_event(event_id)
    invite = select(RoleInvite).where(which).with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(invite)


def _in_time(invite: RoleInvite | None) -> RoleInvite:
    if invite is None:
        raise _unknown()
    if invite.status == "pending" and invite.expires_at <= datetime.now(UTC):
        raise Conflict("Role Invite has expired.", pointer=STATUS)
    return invite


def _require_pending(invite: RoleInvite) -> None:
    if invite.status != "pending":
        raise Conflict(f"Role Invite is already {invite.status}.", pointer=STATUS)


def _unknown() -> NotFound:
    return NotFound("Role Invite Not Found", pointer=POINTER)


# What else invitations follow from


def _forget_other_owners(invite: RoleInvite) -> None:
    """An event has one owner: whoever owned it came to it by an invitation, and nobody else is asked to."""
    others = RoleInvite.event_id == invite.event_id, RoleInvite.role_name == "owner", RoleInvite.id != invite.id
    db.session.execute(delete(RoleInvite).where(*others))


@when_created
def _note_owner(event: Event) -> None:
    """Whoever makes an event has accepted to own it."""
    values = {
        "email": User.email,
        "role_name": Role.name,
        "status": literal("accepted"),
        "expires_at": func.now(),
        "event_id": UsersEventsRoles.event_id,
        "role_id": Role.id,
        "user_id": User.id,
    }
    held = UsersEventsRoles.user_id == User.id, UsersEventsRoles.role_id == Role.id
    owned = select(*values.values()).where(*held, UsersEventsRoles.event_id == event.id, UsersEventsRoles.is_owner)
    db.session.execute(insert(RoleInvite).from_select(list(values), owned))


@when_role_ends
def _forget_invite(held: UsersEventsRoles) -> None:
    """Whoever loses a role may be invited to it again, and does not come back by an old invitation."""
    address = select(func.lower(User.email)).where(User.id == held.user_id).scalar_subquery()
    theirs = or_(RoleInvite.user_id == held.user_id, func.lower(RoleInvite.email) == address)
    same = RoleInvite.event_id == held.event_id, RoleInvite.role_id == held.role_id
    db.session.execute(delete(RoleInvite).where(*same, theirs))
