"""What follows from an invitation to speak, as jobs: the mail with its token, and a notification."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app

from app.adapters.mail import address, compose, message_id_of
from app.events.reaching import accounts_of, name_of
from app.extensions import db
from app.jobs import job
from app.messages.mailing import MAILING, send_once
from app.messages.notifying import Target, notify
from app.program.models import SpeakerInvite
from app.users.mailed_tokens import fingerprint, secret_of


@job(retry=MAILING)
def send_speaker_invite(invite_id: int, inviter_id: int, seed: str) -> None:
    """Mail `speaker_invite`, unless the invitation was answered or taken back meanwhile."""
    secret, invite = secret_of(seed), _open(invite_id)
    if invite is None or invite.secret_hash != fingerprint(secret):
        return
    context = {
        "event": invite.event,
        "session": invite.session,
        "inviter": name_of(inviter_id),
        "invite_id": invite.id,
        "secret": secret,
        "days": current_app.config["SPEAKER_INVITE_DAYS"],
    }
    message_id = message_id_of("speaker-invite", fingerprint(secret).hex()[:24])
    send_once(compose("program/speaker_invite.html", context, to=address(invite.email), message_id=message_id))


@job()
def tell_invitee(invite_id: int, inviter_id: int) -> None:
    """Notify the account that has proven the address, if there is one."""
    invite = _open(invite_id)
    if invite is None:
        return
    event, session = invite.event, invite.session
    facts = {
        "event": {"id": event.id, "identifier": event.identifier, "name": event.name},
        "session": {"id": session.id, "title": session.title},
    }
    target = Target(type="SpeakerInvite", id=invite.id, action="invited", facts=facts)
    actors = [{"id": inviter_id, "name": name_of(inviter_id)}]
    notify(accounts_of(invite.email), type="speaker_invite", occasion=str(invite.id), target=target, actors=actors)


def _open(invite_id: int) -> SpeakerInvite | None:
    """The invitation, while it can be answered."""
    invite = db.session.get(SpeakerInvite, invite_id)
    is_open = invite is not None and invite.status == "pending" and invite.expires_at > datetime.now(UTC)
    return invite if is_open else None
