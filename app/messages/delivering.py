"""How mail leaves: as the settings record says, and where it says nothing, as the environment does."""

from __future__ import annotations

import logging
from dataclasses import replace
from email.headerregistry import Address

from flask import current_app

from app.adapters.mail import Delivery, InvalidAddress, address, configured_delivery
from app.site.models import Setting
from app.site.services import settings

SENDGRID_HOST, SENDGRID_USER = "smtp.sendgrid.net", "apikey"
# What administrators call the ways to encrypt; of other words the safer meaning is taken.
ENCRYPTIONS = {"": "none", "none": "none", "ssl": "tls"}
PORTS = {"none": 25, "starttls": 587, "tls": 465}

logger = logging.getLogger(__name__)


def delivery() -> Delivery | None:
    """The sender and the server of mail that leaves now; None while mailing is switched off."""
    chosen = settings()
    service = (chosen.email_service or "").strip().lower()
    if service == "disable":
        return None
    configured = configured_delivery(current_app.config)
    configured = replace(configured, sender=_sender(chosen, configured.sender))
    if service == "smtp" and chosen.smtp_host:
        return _own_server(chosen, configured)
    if service == "sendgrid" and chosen.sendgrid_key:
        return _sendgrid(chosen.sendgrid_key, configured)
    return configured


def _own_server(chosen: Setting, configured: Delivery) -> Delivery:
    encryption = ENCRYPTIONS.get((chosen.smtp_encryption or "").strip().lower(), "starttls")
    return replace(
        configured,
        host=chosen.smtp_host,
        port=chosen.smtp_port or PORTS[encryption],
        username=chosen.smtp_username,
        password=chosen.smtp_password,
        encryption=encryption,
    )


def _sendgrid(key: str, configured: Delivery) -> Delivery:
    """By its SMTP relay, which takes the key as a password."""
    return replace(
        configured,
        host=SENDGRID_HOST,
        port=PORTS["starttls"],
        username=SENDGRID_USER,
        password=key,
        encryption="starttls",
    )


def _sender(chosen: Setting, configured: Address) -> Address:
    """Address and name, each from the settings where it is given there."""
    name = chosen.email_from_name or configured.display_name
    try:
        return address(chosen.email_from or configured.addr_spec, name)
    except InvalidAddress:
        logger.warning("the settings' email-from is no address that mail can come from")
        return configured
