"""What follows from an invitation to work on an event, as jobs: the mail with its token, and a notification."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app

from app.adapters.mail import address, compose, message_id_of
from app.events.invites.models import RoleInvite
from app.events.reaching import accounts_of, name_of
from app.extensions import db
from app.jobs import job
from app.messages.mailing import MAILING, send_once
from app.messages.notifying import Target, notify
from app.users.mailed_tokens import fingerprint, secret_of


@job(retry=MAILING)
def send_role_invite(invite_id: int, inviter_id: int, seed: str) -> None:
    """Mail `event_role`, unless the invitation was answered, taken back or sent again meanwhile."""
    secret, invite = secret_of(seed), _open(invite_id)
    if invite is None or invite.secret_hash != fingerprint(secret):
        return
    context = {
        "event": invite.event,
        "role": invite.role.title_name or invite.role.name,
        "inviter": name_of(inviter_id),
        "secret": secret,
        "hours": current_app.config["ROLE_INVITE_HOURS"],
    }
    message_id = message_id_of("role-invite", fingerprint(secret).hex()[:24])
    send_once(compose("events/event_role.html", context, to=address(invite.email), message_id=message_id))


@job()
def tell_invited(invite_id: int, inviter_id: int) -> None:
    """Notify the account that has proven the address, if there is one; once, however often the mail is sent."""
    invite = _open(invite_id)
    if invite is None:
        return
    event = invite.event
    facts = {
        "event": {"id": event.id, "identifier": event.identifier, "name": event.name},
        "role": invite.role_name,
    }
    target = Target(type="RoleInvite", id=invite.id, action="invited", facts=facts)
    actors = [{"id": inviter_id, "name": name_of(inviter_id)}]
    notify(accounts_of(invite.email), type="event_role", occasion=str(invite.id), target=target, actors=actors)


def _open(invite_id: int) -> RoleInvite | None:
    """The invitation, while it can be answered."""
    invite = db.session.get(RoleInvite, invite_id)
    is_open = invite is not None and invite.status == "pending" and invite.expires_at > datetime.now(UTC)
    return invite if is_open else None
