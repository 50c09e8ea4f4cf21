"""What teams are told when the sale of tickets ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.events.models import Event
from app.tickets import tasks
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver, deliver
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import UserFactory

__all__ = ["deliver"]

# The morning on which the job runs.
TODAY = datetime.now(UTC).replace(hour=5, minute=30, second=0, microsecond=0)
MIDNIGHT = TODAY.replace(hour=0, minute=0)
SUBJECTS = {-1: "has ended", 1: "ends tomorrow", 7: "ends in a week"}


def event_of(name: str, **options: Any) -> Event:
    """An event that goes on for long, with an owner and an organizer."""
    times = {"starts_at": TODAY - timedelta(days=30), "ends_at": TODAY + timedelta(days=60)}
    event: Event = EventFactoryBasic(**{"name": name, "timezone": "UTC", **times, **options})
    give_role(
        UserFactory(email=f"organizer{event.id}@example.com", first_name=None, last_name=None), event, "organizer"
    )
    give_role(UserFactory(email=f"owner{event.id}@example.com", first_name=None, last_name=None), event, "owner")
    return event


def sold_until(event: Event, moment: datetime, name: str = "Seat", **options: Any) -> None:
    times = {"sales_starts_at": TODAY - timedelta(days=40), "sales_ends_at": moment}
    TicketFactory(event=event, name=name, **times, **options)


def morning() -> None:
    """The job as the clock calls it."""
    tasks.find_sales_that_end.func(timestamp=int(TODAY.timestamp()))


@pytest.mark.parametrize("days", SUBJECTS)
def test_team_hears_of_all_tickets_of_a_day_by_one_mail(api: ApiClient, deliver: Deliver, days: int) -> None:
    event, day = event_of("Rock"), MIDNIGHT + timedelta(days=days)
    sold_until(event, day, "<i>First</i>")
    sold_until(event, day + timedelta(hours=23, minutes=59), "Last")
    sold_until(event, day - timedelta(seconds=1), "Before")
    sold_until(event, day + timedelta(days=1), "After")
    sold_until(event, day, "Withdrawn", deleted_at=TODAY)
    for _ in range(2):
        morning()
        deliver()
    (mail,) = deliver()
    assert mail["Subject"] == f"Ticket sale for Rock {SUBJECTS[days]}"
    assert (mail["To"], mail["Bcc"]) == (f"owner{event.id}@example.com", f"organizer{event.id}@example.com")
    page = mail.get_body(("html",)).get_content()
    assert [name in page for name in ("&lt;i&gt;First", "Last", "Before", "After", "Withdrawn")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_drafts_and_events_that_are_over_are_not_mailed(api: ApiClient, deliver: Deliver) -> None:
    over = {"ends_at": datetime.now(UTC) - timedelta(minutes=1)}
    for options in ({"state": "draft"}, over, {"deleted_at": TODAY}):
        sold_until(event_of("Quiet", **options), MIDNIGHT + timedelta(days=1))
    forever = event_of("Forever", starts_at=None, ends_at=None)
    sold_until(forever, MIDNIGHT + timedelta(days=1))
    morning()
    assert [str(mail["To"]) for mail in deliver()] == [f"owner{forever.id}@example.com"]


def test_many_events_are_mailed_in_turns(api: ApiClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    for number in range(5):
        for days in (1, 7):
            sold_until(event_of(f"{number} {days}"), MIDNIGHT + timedelta(days=days))
    morning()
    assert len(deliver()) == 10
