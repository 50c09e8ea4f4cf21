"""How mail leaves: from whom, and over which server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any

from app.adapters.mail.addresses import mailbox


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """The sender, and the server that takes the mail; without a host it is written to a folder.

    `encryption` is "none", "starttls" or "tls"; without a username nobody signs in.
    """

    sender: Address
    host: str | None = None
    port: int = 25
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    encryption: str = "none"


def configured_delivery(config: Mapping[str, Any]) -> Delivery:
    """As the environment says."""
    return Delivery(
        sender=mailbox(config["MAIL_FROM"]),
        host=config["SMTP_HOST"],
        port=config["SMTP_PORT"],
        username=config["SMTP_USERNAME"],
        password=config["SMTP_PASSWORD"],
        encryption=config["SMTP_ENCRYPTION"],
    )
