"""Jobs about speakers: those of events that are over are thanked, each mail by a job of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from app.jobs import defer, defer_many, job, periodic
from app.messages.mailing import MAILING
from app.program.speakers import mails

AT_ONCE = 500  # As many mails are put into the queue in one transaction.


@periodic("30 5 * * *")
@job()
def find_speakers_of_ended_events(timestamp: int) -> None:
    """Have the speakers of events that ended since yesterday thanked."""
    defer(thank_speakers, timestamp=timestamp, after=0)


@job()
def thank_speakers(timestamp: int, after: int) -> None:
    """Have some of these speakers thanked, and then those behind them."""
    found = mails.speakers_of_just_ended(datetime.fromtimestamp(timestamp, UTC), after=after, limit=AT_ONCE)
    defer_many(send_after_event_speaker, ({"speaker_id": id_} for id_ in found))
    if len(found) == AT_ONCE:
        defer(thank_speakers, timestamp=timestamp, after=found[-1])


@job(queue="mail", retry=MAILING)
def send_after_event_speaker(speaker_id: int) -> None:
    """Mail `after_event_speaker`."""
    mails.send_after_event_speaker(speaker_id)
