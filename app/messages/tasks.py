"""What is done about messages by the clock, and the mail by which administrators try their settings."""

from __future__ import annotations

from app.adapters.mail import address, compose, message_id_of
from app.jobs import defer, job, periodic
from app.messages.mail_log import AT_ONCE, forget_old_mails
from app.messages.mailing import MAILING, send_once


@periodic("20 4 * * *")
@job(queueing_lock="clear_mail_log")
def clear_mail_log(timestamp: int) -> None:
    """Forget old mails; daily, and again at once while there are more than one go takes."""
    if forget_old_mails() == AT_ONCE:
        defer(clear_mail_log, timestamp=timestamp)


@job(queue="mail", retry=MAILING)
def send_test_mail(recipient: str, key: str) -> None:
    """Mail `test_mail` to this address; `key` tells one trial from another."""
    send_once(compose("messages/test_mail.html", {}, to=address(recipient), message_id=message_id_of("test-mail", key)))
