"""What is done about events by the clock."""

from __future__ import annotations

from datetime import UTC, datetime

from app.events import endings
from app.jobs import defer, defer_many, job, periodic
from app.messages.mailing import MAILING

AT_ONCE = 500  # As many mails are put into the queue in one transaction.


@periodic("30 5 * * *")
@job()
def find_ended_events(timestamp: int) -> None:
    """Have the teams of events that ended since yesterday told."""
    defer(tell_teams_of_ended_events, timestamp=timestamp, after=0)


@job()
def tell_teams_of_ended_events(timestamp: int, after: int) -> None:
    """Have the teams of some of these events told, and then those of the events behind them."""
    ended = endings.just_ended(datetime.fromtimestamp(timestamp, UTC), after=after, limit=AT_ONCE)
    defer_many(send_after_event, ({"event_id": id_} for id_ in ended))
    if len(ended) == AT_ONCE:
        defer(tell_teams_of_ended_events, timestamp=timestamp, after=ended[-1])


@job(queue="mail", retry=MAILING)
def send_after_event(event_id: int) -> None:
    """Mail `after_event`."""
    endings.send_after_event(event_id)
