"""What teams are told when their event is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.events import tasks
from app.events.models import Event
from app.extensions import db
from app.jobs import jobs
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver, deliver
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.messages import MessageSettingFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.statements import statements_sent

__all__ = ["deliver"]


def ended(hours: float, *, team: tuple[str, ...] = ("owner",), **options: Any) -> Event:
    """An event that ended so many hours ago, with somebody in each of these roles."""
    now = datetime.now(UTC)
    times = {"starts_at": now - timedelta(hours=hours + 5), "ends_at": now - timedelta(hours=hours)}
    event: Event = EventFactoryBasic(**{"name": f"{hours} ago", **times, **options})
    for role in team:
        give_role(UserFactory(email=f"{role}{event.id}@example.com", first_name=None, last_name=None), event, role)
    return event


def morning() -> None:
    """The job as the clock calls it."""
    tasks.find_ended_events.func(timestamp=int(datetime.now(UTC).timestamp()) + 1)


def test_owner_and_organizers_hear_of_the_end_by_one_mail(api: ApiClient, deliver: Deliver) -> None:
    event = ended(1, team=("organizer", "owner", "coorganizer", "registrar"), name="Rock & <Roll>")
    for _ in range(2):
        morning()
        deliver()
    (mail,) = deliver()
    assert (mail["To"], mail["Bcc"]) == (f"owner{event.id}@example.com", f"organizer{event.id}@example.com")
    assert mail["Subject"] == "Rock & <Roll> is over"


def test_only_published_events_of_the_last_day_are_mailed(api: ApiClient, deliver: Deliver) -> None:
    wanted = [ended(hours) for hours in (0.1, 23.9)]
    for other in (
        {"hours": 24.1},
        {"hours": -1},
        {"hours": 1, "state": "draft"},
        {"hours": 1, "deleted_at": datetime.now(UTC)},
    ):
        ended(**other)  # type: ignore[arg-type]
    ended(1, team=())
    EventFactoryBasic(starts_at=None, ends_at=None)
    morning()
    assert [str(mail["To"]) for mail in deliver()] == [f"owner{event.id}@example.com" for event in wanted]


def test_event_that_goes_on_after_all_is_not_over(api: ApiClient, deliver: Deliver) -> None:
    event = ended(1)
    morning()
    event.ends_at = datetime.now(UTC) + timedelta(days=1)
    assert deliver() == []


def test_mail_that_is_switched_off_is_not_sent(api: ApiClient, deliver: Deliver) -> None:
    MessageSettingFactory(action="after_event").enabled = False
    ended(1)
    morning()
    assert deliver() == []


def test_events_are_found_by_a_constant_number_of_statements(api: ApiClient, deliver: Deliver) -> None:
    stamp = int(datetime.now(UTC).timestamp()) + 1
    counts = []
    for number in (1, 4):
        for _ in range(number):
            ended(1)
        db.session.commit()
        with statements_sent() as sent:
            tasks.tell_teams_of_ended_events.func(timestamp=stamp, after=0)
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert len(deliver()) == 5


def test_many_events_are_mailed_in_turns(api: ApiClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    for _ in range(4):
        ended(1)
    morning()
    assert len(deliver()) == 4


def test_end_of_events_is_looked_for_every_morning() -> None:
    periodic = {each.task.name: each.cron for each in jobs.periodic_registry.periodic_tasks.values()}
    names = ("events.tasks.find_ended_events", "program.speakers.tasks.find_speakers_of_ended_events")
    further = ("tickets.tasks.find_sales_that_end", "program.sessions.tasks.reject_left_over_sessions")
    assert {periodic[f"app.{name}"] for name in (*names, *further)} == {"30 5 * * *"}
