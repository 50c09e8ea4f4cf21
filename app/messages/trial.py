"""The mail by which administrators try their settings."""

from __future__ import annotations

from app.adapters.mail import address, compose, message_id_of
from app.jobs import job
from app.messages.mailing import MAILING, send_once


@job(queue="mail", retry=MAILING)
def send_test_mail(recipient: str, key: str) -> None:
    """Mail `test_mail` to this address; `key` tells one trial from another."""
    send_once(compose("messages/test_mail.html", {}, to=address(recipient), message_id=message_id_of("test-mail", key)))
