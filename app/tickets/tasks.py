"""What is done about tickets by the clock: those who sell them hear when that ends, each event by a job of its own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from app.jobs import defer, defer_many, job, periodic
from app.messages.mailing import MAILING
from app.tickets import sales_ends

AT_ONCE = 500  # As many mails are put into the queue in one transaction.


@periodic("30 5 * * *")
@job()
def find_sales_that_end(timestamp: int) -> None:
    """Have the teams told of sales that ended yesterday, end tomorrow, or in a week."""
    today = datetime.fromtimestamp(timestamp, UTC).date()
    for template, days in sales_ends.DAYS_AHEAD.items():
        defer(tell_of_sales_end, template=template, day=(today + timedelta(days=days)).isoformat(), after=0)


@job()
def tell_of_sales_end(template: str, day: str, after: int) -> None:
    """Have the teams of some of the events told whose sales end that day, and then those of the events behind them."""
    found = sales_ends.events_whose_sales_end(date.fromisoformat(day), after=after, limit=AT_ONCE)
    defer_many(send_sales_end, ({"template": template, "event_id": id_, "day": day} for id_ in found))
    if len(found) == AT_ONCE:
        defer(tell_of_sales_end, template=template, day=day, after=found[-1])


@job(queue="mail", retry=MAILING)
def send_sales_end(template: str, event_id: int, day: str) -> None:
    """Mail `ticket_sales_end`, `ticket_sales_end_tomorrow` or `ticket_sales_end_next_week`."""
    sales_ends.send_sales_end(template, event_id, date.fromisoformat(day))
