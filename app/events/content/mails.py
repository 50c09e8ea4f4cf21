"""The mails that carry a message to those who run an event, without anybody's address being told but the writer's.

The owner is written to, organizers and co-organizers get the same mail unseen, and whoever answers it answers the
writer. The writer gets a copy at the address they have proven: nobody has the service write to one that is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address

from app.adapters.mail import compose, message_id_of
from app.events.models import Event
from app.events.reaching import mailboxes, team_of
from app.extensions import db
from app.messages.mailing import send_once
from app.users.models import User


@dataclass(frozen=True, kw_only=True)
class Message:
    """What somebody writes to those who run an event; `occasion` tells it from others of theirs."""

    event_id: int
    sender_id: int
    text: str
    occasion: str


def send_to_team(message: Message) -> None:
    """Mail the team; a sender who belongs to it gets this mail as the others do."""
    found = _people(message)
    if found is None:
        return
    event, sender, team = found
    if team:
        (reply_to,) = mailboxes([sender]) or (None,)
        _send(message, event, sender, to=team[0], bcc=tuple(team[1:]), reply_to=reply_to, is_copy=False)


def send_copy(message: Message) -> None:
    """Mail the sender what was written, unless they got it as one of the team, or have not proven their address."""
    found = _people(message)
    if found is None:
        return
    event, sender, team = found
    told = {mailbox.addr_spec.lower() for mailbox in team}
    for mailbox in mailboxes([sender] if sender.is_verified else []):
        if mailbox.addr_spec.lower() not in told:
            _send(message, event, sender, to=mailbox, is_copy=True)


def _people(message: Message) -> tuple[Event, User, list[Address]] | None:
    """The event, who writes and the addresses of its team, the owner's first; None where one of the two is gone."""
    event, sender = db.session.get(Event, message.event_id), db.session.get(User, message.sender_id)
    if event is None or sender is None or event.deleted_at is not None or sender.deleted_at is not None:
        return None
    return event, sender, mailboxes(team_of(event.id))


def _send(
    message: Message,
    event: Event,
    sender: User,
    *,
    to: Address,
    is_copy: bool,
    bcc: tuple[Address, ...] = (),
    reply_to: Address | None = None,
) -> None:
    context = {
        "event": event,
        "sender": sender.full_name or "Somebody",
        "email": sender.email,
        "lines": message.text.splitlines(),
        "is_copy": is_copy,
    }
    identity = (event.id, message.occasion, "copy" if is_copy else "team")
    send_once(
        compose(
            "events/contact_organizers.html",
            context,
            to=to,
            bcc=bcc,
            reply_to=reply_to,
            message_id=message_id_of("contact-organizers", *identity),
        )
    )
