"""The numbers of an event's programme, for its team."""

from __future__ import annotations

from typing import Any

from app.program.models import STATES
from tests.unittests.client import ApiClient
from tests.unittests.factories.content import SponsorFactory
from tests.unittests.factories.events import EventFactoryBasic, give_role, in_days
from tests.unittests.factories.program import SessionFactory, SpeakerFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent


def programme() -> Any:
    """An event with a session of each state, the n-th state n times, and speakers in some of them."""
    event = EventFactoryBasic()
    for number, state in enumerate(STATES, start=1):
        for _ in range(number):
            SessionFactory(event=event, state=state)
    twice = SpeakerFactory(event=event)
    for state in ("accepted", "accepted", "rejected", "draft"):
        SessionFactory(event=event, state=state, speakers=[twice])
    SessionFactory(event=event, speakers=[SpeakerFactory(event=event)], deleted_at=in_days(-1))
    SpeakerFactory(event=event, deleted_at=in_days(-1))
    SessionFactory(state="accepted", speakers=[SpeakerFactory()])
    for of in (event, event, EventFactoryBasic()):
        SponsorFactory(event=of)
    SponsorFactory(event=event, deleted_at=in_days(-1))
    return event


def test_sessions_and_speakers_are_counted_by_state_and_sponsors_too(api: ApiClient) -> None:
    event = programme()
    for reference in (event.id, event.identifier):
        shown = api.get(f"/v1/events/{reference}/general-statistics", user=role_of(event, "coorganizer"))
        assert shown.json["data"]["type"] == "event-statistics-general"
        assert shown.json["data"]["attributes"] == {
            "identifier": event.identifier,
            "sessions-draft": 2,
            "sessions-pending": 2,
            "sessions-accepted": 5,
            "sessions-confirmed": 4,
            "sessions-rejected": 6,
            "sessions-canceled": 6,
            "sessions-withdrawn": 7,
            "sessions-submitted": 30,
            "sessions": 32,
            "sponsors": 2,
            "speakers": {
                "total": 2,
                "accepted": 1,
                "confirmed": 0,
                "pending": 0,
                "rejected": 1,
                "withdrawn": 0,
                "canceled": 0,
            },
            "speaker-without-session": 1,
        }


def test_numbers_of_an_event_without_programme_are_zero(api: ApiClient) -> None:
    event = EventFactoryBasic()
    shown = api.get(f"/v1/events/{event.id}/general-statistics", user=AdminFactory()).json["data"]["attributes"]
    assert {value for name, value in shown.items() if name not in ("identifier", "speakers")} == {0}
    assert set(shown["speakers"].values()) == {0}


def test_numbers_are_for_the_team_alone(api: ApiClient) -> None:
    event = EventFactoryBasic()
    path = f"/v1/events/{event.id}/general-statistics"
    assert api.get(path).status_code == 401
    assert api.get(path, user=UserFactory()).status_code == 403
    assert api.get(path, user=role_of(event, "moderator")).status_code == 403
    shown = api.get(f"/v1/events/{event.id}?include=general-statistics", user=UserFactory()).json
    assert shown["included"] == []
    assert api.get(path, user=role_of(event, "owner")).status_code == 200


def test_dashboard_of_many_events_costs_as_many_statements_as_of_one(api: ApiClient) -> None:
    counts = []
    for number in (1, 12):
        user = UserFactory()
        for _ in range(number):
            event = EventFactoryBasic()
            give_role(user, event, "owner")
            SessionFactory(event=event, speakers=[SpeakerFactory(event=event)])
        with statements_sent() as sent:
            listed = api.get(f"/v1/users/{user.id}/events?include=general-statistics", user=user)
        assert [each["attributes"]["sessions"] for each in listed.json["included"]] == [1] * number
        counts.append(len(sent))
    assert counts[0] == counts[1]
