"""Jobs that make the files of an order and tell people of it, each mail by a job of its own."""

from __future__ import annotations

from app.jobs import defer, job
from app.messages.mailing import MAILING
from app.orders import mails, notices, papers


@job()
def write_papers(order_id: int, again: str | None = None) -> None:
    """Make the tickets and the summary that are missing, then have them mailed.

    `again` is when somebody asked for mails that had left before: the team is not told once more.
    """
    order = papers.write_papers(order_id)
    if order is None:
        return
    for attendee_id in mails.attendees_to_mail(order):
        defer(send_attendee_tickets, order_id=order_id, attendee_id=attendee_id, again=again)
    defer(send_summary, order_id=order_id, again=again)
    if again is None:
        defer(send_organizer_notice, order_id=order_id)
        defer(announce_purchase, order_id=order_id)


@job(queue="mail", retry=MAILING)
def send_attendee_tickets(order_id: int, attendee_id: int, again: str | None) -> None:
    """Mail an attendee all tickets of the order that are for their address."""
    mails.send_attendee_tickets(order_id, attendee_id, again)


@job(queue="mail", retry=MAILING)
def send_summary(order_id: int, again: str | None) -> None:
    """Mail the buyer what was bought."""
    mails.send_summary(order_id, again)


@job(queue="mail", retry=MAILING)
def send_organizer_notice(order_id: int) -> None:
    """Tell the event's team that tickets were bought."""
    mails.send_organizer_notice(order_id)


@job(queue="mail", retry=MAILING)
def send_cancellation(order_id: int, attendee_id: int | None, moment: str) -> None:
    """Tell the buyer (without an attendee) or an attendee that the order was cancelled at that moment."""
    mails.send_cancellation(order_id, attendee_id, moment)


@job(queue="mail", retry=MAILING)
def send_expiry(order_id: int, moment: str) -> None:
    """Tell the buyer that the time to complete the order is over since that moment."""
    mails.send_expiry(order_id, moment)


@job()
def announce_purchase(order_id: int) -> None:
    """Notify buyer, attendees and organizers that tickets were bought."""
    notices.announce_purchase(order_id)


@job()
def announce_cancellation(order_id: int, moment: str) -> None:
    """Notify buyer and organizers that the order was cancelled at that moment."""
    notices.announce_cancellation(order_id, moment)
