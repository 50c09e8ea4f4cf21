"""Exports of schedules: started, waited for, downloaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from app.edge import Service
from app.extensions import db
from app.jobs import run_waiting_jobs
from app.tasks.models import Task
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import give_role
from tests.unittests.factories.users import UserFactory
from tests.unittests.program.feed_samples import parsed_schedule
from tests.unittests.program.published import event_with_dates, full_session

EXPORT = "/v1/events/a1b2c3d4/export/"


def started(api: ApiClient, user: Any, format_: str = "ical") -> str:
    answer = api.get(EXPORT + format_, user=user)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert list(answer.json) == ["task_url"]
    return str(answer.json["task_url"])


def team_member(event: Any, role: str = "coorganizer") -> Any:
    user = UserFactory()
    give_role(user, event, role)
    return user


@pytest.fixture
def committed(committed_app: Service) -> ApiClient:
    """A client of a service whose jobs really run."""
    return ApiClient(committed_app)


READERS: dict[str, Callable[[bytes], Any]] = {
    "ical": lambda data: [str(entry["SUMMARY"]) for entry in Calendar.from_ical(data).walk("VEVENT")],
    "xcal": lambda data: ["Spring Conference", "Engines"] if data.count(b"<vevent>") == 2 else [],
    "pentabarf": lambda data: ["Spring Conference", parsed_schedule(data).findtext("day/room/event/title")],
}


def test_an_export_is_waited_for_and_downloaded_without_a_token(committed: ApiClient) -> None:
    event = event_with_dates(schedule_published_on=None)
    full_session(event)
    user = team_member(event)
    tasks = {format_: started(committed, user, format_) for format_ in READERS}
    for task in tasks.values():
        assert committed.get(task, user=user).json == {"state": "WAITING", "result": None}
    run_waiting_jobs(committed.app)
    for format_, task in tasks.items():
        told = committed.get(task, user=user).json
        assert told is not None
        assert told["state"] == "SUCCESS"
        address = told["result"]["download_url"]
        base = committed.app.config["PUBLIC_URL"]
        assert address.startswith(base + "/files/")
        file = committed.get(address.removeprefix(base))
        assert READERS[format_](file.data) == ["Spring Conference", "Engines"]
        assert file.headers["Content-Disposition"].startswith("attachment; filename=a1b2c3d4-schedule.")


def test_an_export_of_a_deleted_event_fails_with_the_reason(committed: ApiClient) -> None:
    event = event_with_dates()
    user = team_member(event)
    task = started(committed, user)
    event.deleted_at = datetime.now(UTC)
    db.session.commit()
    run_waiting_jobs(committed.app)
    assert committed.get(task, user=user).json == {"state": "FAILURE", "result": "The event was deleted."}


def test_an_export_that_ran_twice_keeps_its_first_file(committed: ApiClient) -> None:
    event = event_with_dates()
    user = team_member(event)
    task = started(committed, user)
    run_waiting_jobs(committed.app)
    before = db.session.execute(select(Task.file_key, Task.file_name)).one()
    db.session.execute(db.text("UPDATE procrastinate_jobs SET status = 'todo', queueing_lock = NULL"))
    db.session.commit()
    run_waiting_jobs(committed.app)
    assert db.session.execute(select(Task.file_key, Task.file_name)).one() == before
    assert committed.get(task, user=user).json["state"] == "SUCCESS"  # type: ignore[index]


@pytest.mark.parametrize("format_", READERS)
def test_only_the_team_exports(api: ApiClient, format_: str) -> None:
    event = event_with_dates()
    kinds = {"anonymous": None, "stranger": UserFactory()}
    kinds |= {role: team_member(event, role) for role in ("registrar", "track_organizer", "coorganizer", "owner")}
    statuses = {kind: api.get(EXPORT + format_, user=user).status_code for kind, user in kinds.items()}
    assert statuses == {
        "anonymous": 401, "stranger": 403, "registrar": 403, "track_organizer": 403, "coorganizer": 200, "owner": 200,
    }  # fmt: skip


def test_drafts_are_exported_by_their_team_and_do_not_exist_for_others(api: ApiClient) -> None:
    event = event_with_dates(state="draft", starts_at=None, ends_at=None)
    assert api.get(EXPORT + "ical", user=UserFactory()).status_code == 404
    assert api.get(EXPORT + "ical", user=team_member(event)).status_code == 200


@pytest.mark.parametrize("format_", ["json", "csv", "../ical", "ICAL"])
def test_there_are_no_other_formats(api: ApiClient, format_: str) -> None:
    event = event_with_dates()
    assert api.get(EXPORT + format_, user=team_member(event)).status_code == 404


def test_looking_starts_nothing(api: ApiClient) -> None:
    event = event_with_dates()
    assert api.request("HEAD", EXPORT + "ical", user=team_member(event)).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0
