"""The door every mail leaves by: unless its kind is switched off, once, whatever is repeated, and logged.

A mail's Message-ID follows from what it is about. It is noted in the transaction of the job that sends the mail, so
that only a crash between the mail server's acceptance and our commit sends it again, under the same Message-ID.
"""

from __future__ import annotations

import hashlib

from sqlalchemy.dialects.postgresql import insert

from app.adapters.mail import InvalidAddress, Mail, MailRefused, send
from app.extensions import db
from app.jobs import BackOff
from app.messages.delivering import delivery
from app.messages.mail_log import log_mail
from app.messages.models import SentMail
from app.messages.switches import is_mailed

# A mail server that is away is asked for about a day; an address that does not exist stays so.
MAILING = BackOff(attempts=36, permanent=(MailRefused, InvalidAddress))


def send_once(mail: Mail) -> None:
    """Send and log a mail unless it has left before; a second job that sends it waits here for the first.

    Of an action that is switched off nothing is sent or noted. While the settings send no mail at all, it is logged
    as if it had left, and does not leave later.
    """
    if not is_mailed(mail.action) or not _is_first(mail):
        return
    log_mail(mail)
    way = delivery()
    if way is not None:
        send(mail, way)


def _is_first(mail: Mail) -> bool:
    note = insert(SentMail).values(message_id=mail.message_id).on_conflict_do_nothing()
    return db.session.scalar(note.returning(SentMail.message_id)) is not None


def fingerprint_of(email: str) -> str:
    """Tells addresses apart without showing them to everybody who sees the Message-ID."""
    return hashlib.sha256(email.encode()).hexdigest()[:16]
