"""Mail that leaves once, whatever is repeated.

A mail's Message-ID follows from what it is about. It is noted in the transaction of the job that sends the mail, so
that only a crash between the mail server's acceptance and our commit sends it again, under the same Message-ID.
"""

from __future__ import annotations

import hashlib

from sqlalchemy.dialects.postgresql import insert

from app.adapters.mail import InvalidAddress, Mail, MailRefused, send
from app.extensions import db
from app.jobs import BackOff
from app.messages.models import SentMail

# A mail server that is away is asked for about a day; an address that does not exist stays so.
MAILING = BackOff(attempts=36, permanent=(MailRefused, InvalidAddress))


def send_once(mail: Mail) -> None:
    """Send a mail unless it has left before; a second job that sends it waits here for the first."""
    note = insert(SentMail).values(message_id=mail.message_id).on_conflict_do_nothing()
    if db.session.scalar(note.returning(SentMail.message_id)) is not None:
        send(mail)


def fingerprint_of(email: str) -> str:
    """Tells addresses apart without showing them to everybody who sees the Message-ID."""
    return hashlib.sha256(email.encode()).hexdigest()[:16]
