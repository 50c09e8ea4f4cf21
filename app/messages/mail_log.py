"""The log of mails: who was written what, without the secrets that were mailed to prove a mailbox."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import Text, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.adapters.mail import Mail
from app.extensions import db
from app.messages.models import LoggedMail

AT_ONCE = 5000  # As many rows are forgotten in one transaction of the job.
MASK = "…"
# In HTML the second parameter of an address stands behind `&amp;`. Addresses of stored files are secrets as a whole.
_SECRETS = re.compile(r"""((?:[?&;][\w-]*(?:token|secret|hash|signature)=)|/files/)[^\s"'<>&#]+""", re.IGNORECASE)


def masked(message: str) -> str:
    """The message with what works as a key in its links replaced, so that readers of the log cannot use them."""
    return _SECRETS.sub(rf"\1{MASK}", message)


def log_mail(mail: Mail) -> None:
    """Note the mail once for each address it goes to, in one statement; raises InvalidAddress."""
    addresses = [one.addr_spec for one in mail.recipients]
    each = func.unnest(literal(addresses, ARRAY(Text))).column_valued("recipient")
    row = select(each, *(literal(text) for text in (mail.action, mail.subject, masked(mail.html))))
    db.session.execute(insert(LoggedMail).from_select(["recipient", "action", "subject", "message"], row))


def forget_old_mails() -> int:
    """Remove what was logged longer ago than the configuration keeps it; whoever is told `AT_ONCE` asks again."""
    oldest = datetime.now(UTC) - timedelta(days=current_app.config["MAIL_LOG_DAYS"])
    old = select(LoggedMail.id).where(LoggedMail.time < oldest).order_by(LoggedMail.time).limit(AT_ONCE)
    forgotten = delete(LoggedMail).where(LoggedMail.id.in_(old.scalar_subquery())).returning(LoggedMail.id)
    return len(db.session.scalars(forgotten).all())
