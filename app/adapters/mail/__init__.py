"""Mail: composing it from templates and handing it to the SMTP server."""

from app.adapters.mail.addresses import InvalidAddress, address
from app.adapters.mail.composing import compose
from app.adapters.mail.delivery import Delivery, configured_delivery
from app.adapters.mail.message import Attachment, Mail, message_id_of
from app.adapters.mail.sending import MailDelayed, MailRefused, send

__all__ = [
    "Attachment",
    "Delivery",
    "InvalidAddress",
    "Mail",
    "MailDelayed",
    "MailRefused",
    "address",
    "compose",
    "configured_delivery",
    "message_id_of",
    "send",
]
