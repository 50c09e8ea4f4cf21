"""What is done about messages by the clock."""

from __future__ import annotations

from app.jobs import defer, job, periodic
from app.messages.mail_log import AT_ONCE, forget_old_mails


@periodic("20 4 * * *")
@job(queueing_lock="clear_mail_log")
def clear_mail_log(timestamp: int) -> None:
    """Forget old mails; daily, and again at once while there are more than one go takes."""
    if forget_old_mails() == AT_ONCE:
        defer(clear_mail_log, timestamp=timestamp)
