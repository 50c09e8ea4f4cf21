"""What a mail is, and what it looks like on the wire."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

from flask import current_app

from app.adapters.headers import one_line
from app.adapters.mail.addresses import address

# Not every server takes eight-bit text.
_SEVEN_BIT = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail to one person.

    Recipients are made by `address(email, name)`; a plain string is taken as an e-mail address without a name.
    `message_id` comes from `message_id_of`, so that a mail sent twice after a crash is recognized as the same.
    `action` names the kind of mail, such as `ticket_purchased`.
    """

    to: Address | str
    subject: str
    html: str
    text: str
    message_id: str
    action: str
    bcc: tuple[Address | str, ...] = ()
    reply_to: Address | str | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Each address the mail goes to, once in whatever case it is written, first the one it is written to."""
        found: dict[str, Address] = {}
        for one in map(_address, (self.to, *self.bcc)):
            found.setdefault(one.addr_spec.lower(), one)
        return tuple(found.values())


def message_id_of(*key: str | int) -> str:
    """The Message-ID of what the key names: `message_id_of("attendee-ticket", 12)` is the same whenever it is asked."""
    name = ".".join(quote(str(part), safe="") for part in key)
    if len(name) > 120:
        name = hashlib.sha256(name.encode()).hexdigest()
    host = urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
    return f"<{name}@{host.replace(':', '-')}>"


def build(mail: Mail, sender: Address) -> EmailMessage:
    """The message as RFC 5322 wants it, without the blind copies; raises InvalidAddress."""
    message = EmailMessage(policy=_SEVEN_BIT)
    message["From"] = sender
    message["To"] = _address(mail.to)
    if mail.reply_to is not None:
        message["Reply-To"] = _address(mail.reply_to)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = one_line(mail.message_id)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    for attachment in mail.attachments:
        _attach(message, attachment)
    return message


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    main, _, sub = attachment.content_type.partition("/")
    filename = one_line(attachment.filename)
    message.add_attachment(attachment.content, maintype=main, subtype=sub or "octet-stream", filename=filename)


def _address(given: Address | str) -> Address:
    return address(given) if isinstance(given, str) else given
