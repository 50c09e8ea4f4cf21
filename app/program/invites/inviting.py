"""Invitations to speak in a session: sent by its people, answered once, until they expire.

The invitee answers signed in under the address that was asked, once they have proven it, or signed in as anybody with
the token that was mailed there: whoever holds it reads that mailbox.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.jobs import defer
from app.jsonapi import Actor, Given
from app.jsonapi.errors import ApiError, Conflict, Forbidden, NotFound, UnprocessableEntity, explains
from app.jsonapi.lookup import id_of
from app.program.access import speaker_itself
from app.program.invites.access import existing_invite
from app.program.invites.tasks import send_speaker_invite, tell_invitee
from app.program.models import Session, Speaker, SpeakerInvite, sessions_speakers
from app.program.speakers.rules import require_unlocked
from app.users.access import proven_address
from app.users.mailed_tokens import fingerprint, new_seed, secret_of
from app.users.models import User
from app.users.tried_tokens import POINTER

STATUS = "/data/status"


# Sending


def check_new_invite(invite: SpeakerInvite, given: Given, *, actor: Actor) -> None:
    """Refuse an invitation that may not be sent, and say when it expires."""
    session = invite.session
    if invite.event.id != session.event_id:
        detail = f"Session {session.id} belongs to a different Event"
        raise UnprocessableEntity(detail, pointer="/data/relationships/session")
    if given.pop("status", "pending") != "pending":
        raise Forbidden("Speaker Invite can not created with accepted status.", pointer="/data/attributes/status")
    require_unlocked(session, actor=actor)
    if _speaks(given["email"], session):
        raise Forbidden("Invitee is already a speaker.", pointer="/data")
    _drop_expired(given["email"], session)
    given["expires_at"] = datetime.now(UTC) + timedelta(days=current_app.config["SPEAKER_INVITE_DAYS"])


def _speaks(email: str, session: Session) -> bool:
    """Whether the session has a speaker with this address, by themselves or by their account."""
    account = select(User.id).where(func.lower(User.email) == func.lower(email), User.deleted_at.is_(None))
    they = or_(func.lower(Speaker.email) == func.lower(email), Speaker.user_id.in_(account))
    links = sessions_speakers.c.session_id == session.id, sessions_speakers.c.speaker_id == Speaker.id
    return bool(db.session.scalar(select(exists().where(*links, Speaker.deleted_at.is_(None), they))))


def _drop_expired(email: str, session: Session) -> None:
    """Make room for another invitation of somebody who did not answer in time."""
    expired = SpeakerInvite.status == "pending", SpeakerInvite.expires_at <= func.now()
    same = SpeakerInvite.session_id == session.id, func.lower(SpeakerInvite.email) == func.lower(email)
    db.session.execute(delete(SpeakerInvite).where(*same, *expired))


@explains("uq_speaker_invites_email")
def _already_invited(diagnosis: Any) -> ApiError:
    return Conflict("Speaker Invite has already been sent for this email.", pointer="/data")


def send_invite(invite: SpeakerInvite, *, actor: Actor) -> None:
    """Mail the invitation with a token of its own, and tell the account that has proven the address, if any."""
    seed = new_seed()
    invite.secret_hash = fingerprint(secret_of(seed))
    defer(send_speaker_invite, invite_id=invite.id, inviter_id=actor.id, seed=seed)
    defer(tell_invitee, invite_id=invite.id, inviter_id=actor.id)


def check_withdrawal(invite: SpeakerInvite) -> None:
    """Refuse to take back an invitation that was accepted."""
    if invite.status == "accepted":
        raise Conflict("You cannot delete an accepted speaker invite.", pointer=STATUS)


# Answering


def asked_of(invite_id: str, *, actor: Actor) -> SpeakerInvite:
    """The open invitation with this id, held until the transaction ends, for whoever has proven its address.

    Raises NotFound, Forbidden to others, and Conflict once it was answered or has expired.
    """
    number = id_of(invite_id)
    invite = _held(SpeakerInvite.id == number, actor) if number is not None else None
    if invite is None:
        raise NotFound(f"SpeakerInvite: {invite_id} not found", parameter="id")
    if actor.user.email.lower() != invite.email.lower():
        raise Forbidden("Invitee access is required.")
    if invite.status != "pending":
        raise Conflict(f"Speaker Invite is already {invite.status}.", pointer=STATUS)
    if invite.expires_at <= datetime.now(UTC):
        raise Conflict("Speaker Invite has expired.", pointer=STATUS)
    if proven_address(actor) is None:
        raise Forbidden("Please verify your Email")
    return invite


def invite_by_token(token: str, *, actor: Actor) -> SpeakerInvite:
    """The open invitation this token was mailed with, held until the transaction ends; raises NotFound."""
    open_ = SpeakerInvite.status == "pending", SpeakerInvite.expires_at > func.now()
    invite = _held(SpeakerInvite.secret_hash == fingerprint(token), actor, *open_)
    if invite is None:
        raise NotFound("Speaker Invite Not Found", pointer=POINTER)
    return invite


def _held(which: ColumnElement[bool], actor: Actor, *also: ColumnElement[bool]) -> SpeakerInvite | None:
    """The invitation with its session locked before it, as by whoever changes or deletes the session."""
    found = select(SpeakerInvite.session_id).where(which, existing_invite.rows(actor, SpeakerInvite))
    session_id = db.session.scalar(found)
    db.session.scalar(select(Session.id).where(Session.id == session_id).with_for_update(key_share=True))
    if session_id is None:
        return None
    invite = select(SpeakerInvite).where(which, *also).with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(invite)


def accept(invite: SpeakerInvite, *, actor: Actor) -> Speaker:
    """Let the actor join the speakers of the session; raises NotFound without a speaker profile in the event.

    The database refuses speakers who are elsewhere at that time.
    """
    require_unlocked(invite.session, actor=actor)
    speaker = _profile(invite, actor)
    if speaker is None:
        raise NotFound("Speaker corresponding to speaker invite not Found", pointer="/data")
    if speaker.email is not None and speaker.email.lower() == proven_address(actor):
        speaker.user_id = actor.id
    _close(invite, "accepted")
    link = {"session_id": invite.session_id, "speaker_id": speaker.id}
    db.session.execute(insert(sessions_speakers).values(link).on_conflict_do_nothing())
    return speaker


def _profile(invite: SpeakerInvite, actor: Actor) -> Speaker | None:
    """The actor as a speaker of the event, under the address that was asked before any other."""
    own = Speaker.event_id == invite.event_id, Speaker.deleted_at.is_(None), speaker_itself.rows(actor, Speaker)
    asked_first = (func.lower(Speaker.email) == invite.email.lower()).desc().nulls_last()
    return db.session.scalar(select(Speaker).where(*own).order_by(asked_first, Speaker.id).limit(1))


def reject(invite: SpeakerInvite) -> None:
    """Answer no; that takes no speaker profile."""
    _close(invite, "rejected")


def _close(invite: SpeakerInvite, status: str) -> None:
    invite.status, invite.secret_hash = status, None
    db.session.flush()
