"""What must exist before the documented requests about the programme."""

from __future__ import annotations

from tests.hooks.events import book_night
from tests.hooks.rows import row
from tests.unittests.factories.events import in_days
from tests.unittests.factories.program import MicrolocationFactory, SessionFactory, SpeakerFactory, TrackFactory


def published_schedule() -> None:
    """Event 1 with session 1 in its schedule, which is published."""
    event = book_night(schedule_published_on=in_days(-1))
    SessionFactory(
        event=event,
        title="Night flight",
        state="confirmed",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        microlocation=MicrolocationFactory(event=event, name="Hangar 4"),
        track=TrackFactory(event=event, name="Readings"),
        speakers=[SpeakerFactory(event=event, name="Beryl Markham")],
    )


def draft() -> None:
    """Event 1, which is not published."""
    book_night(state="draft")


ROWS = {
    "Feeds > Event Calendar > Get Calendar": row(published_schedule),
    "Feeds > Event Calendar > Get Calendar of a Draft": row(draft),
    "Feeds > My Schedule > Get My Schedule": row(published_schedule, actor="user"),
    "Feeds > My Schedule > Get Schedule of Nobody": row(published_schedule),
    "Feeds > Event xCal": row(published_schedule),
    "Feeds > Schedule XML": row(published_schedule),
    "Feeds > Export as iCalendar": row(published_schedule, actor="coorganizer"),
    "Feeds > Export as xCal": row(published_schedule, actor="coorganizer"),
    "Feeds > Export as Schedule XML": row(published_schedule, actor="coorganizer"),
}
