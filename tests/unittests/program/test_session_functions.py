"""Plain endpoints about sessions: states, texts, days and languages of the schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from app.program.models import STATES
from app.program.sessions.states import DECIDER, SPEAKER
from tests.unittests.client import ApiClient
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import SessionFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.ranks import role_of

# As the contract has them; a draft is its author's to hand in.
CONTRACT = yaml.safe_load("""
organizer:
  accepted: [canceled, confirmed, pending, rejected, withdrawn]
  canceled: [accepted, confirmed, pending, rejected, withdrawn]
  confirmed: [accepted, canceled, pending, rejected, withdrawn]
  draft: []
  pending: [accepted, confirmed, rejected, withdrawn]
  rejected: [accepted, confirmed, pending, withdrawn]
  withdrawn: [accepted, canceled, pending, rejected, withdrawn]
speaker:
  accepted: [withdrawn]
  canceled: [withdrawn]
  confirmed: [withdrawn]
  draft: [pending]
  pending: [withdrawn]
  rejected: [withdrawn]
  withdrawn: []
""")


def test_states_are_those_of_the_contract_with_every_state_as_a_key(api: ApiClient) -> None:
    answer = api.plain("GET", "/v1/sessions/states").json
    assert set(answer) == {"organizer", "speaker"}
    for who, moves in (("organizer", DECIDER), ("speaker", SPEAKER)):
        assert set(answer[who]) == set(moves) == set(STATES)
        assert {state: sorted(targets) for state, targets in answer[who].items()} == CONTRACT[who]
        assert all(value is True for targets in answer[who].values() for value in targets.values())


def test_mails_have_a_text_for_every_state(api: ApiClient) -> None:
    answer = api.plain("GET", "/v1/sessions/mails").json
    assert set(answer) == {"recipient", *STATES}
    for state in STATES:
        assert "{session_name}" in answer[state]["subject"]
        assert "<br/>" in answer[state]["message"]


@pytest.mark.parametrize(
    ("zone", "moments", "days"),
    [
        # The evening of one day in UTC is the next one in the east, and the day before in the west.
        ("Asia/Tokyo", ["2030-03-30T14:59Z", "2030-03-30T15:00Z"], ["2030-03-30", "2030-03-31"]),
        # Clocks go forward at 01:00 UTC on 2030-03-31, and back at 01:00 UTC on 2030-10-27.
        ("Europe/Berlin", ["2030-03-30T22:59Z", "2030-03-30T23:00Z", "2030-03-31T22:00Z"], ["2030-03-30", "2030-03-31", "2030-04-01"]),
        ("Europe/Berlin", ["2030-10-26T22:00Z", "2030-10-27T22:59Z", "2030-10-27T23:00Z"], ["2030-10-27", "2030-10-28"]),
        ("America/New_York", ["2030-03-10T04:59Z", "2030-03-11T03:59Z", "2030-03-11T04:00Z"], ["2030-03-09", "2030-03-10", "2030-03-11"]),
    ],
)  # fmt: skip
def test_days_of_the_schedule_are_those_of_the_events_clock(
    api: ApiClient, zone: str, moments: list[str], days: list[str]
) -> None:
    span = {"starts_at": datetime(2030, 3, 1, tzinfo=UTC), "ends_at": datetime(2030, 11, 1, tzinfo=UTC)}
    event = EventFactoryBasic(timezone=zone, **span)
    for moment in reversed(moments):
        SessionFactory(event=event, starts_at=datetime.fromisoformat(moment))
    for name in (event.id, event.identifier):
        assert api.plain("GET", f"/v1/events/{name}/sessions/dates").json == days


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("America/New_York", "0001-01-01T00:00Z", "0001-01-01"),
        ("Asia/Tokyo", "9999-12-31T22:00Z", "9999-12-31"),
    ],
)
def test_day_that_the_events_clock_cannot_show_is_told_by_universal_time(
    api: ApiClient, zone: str, moment: str, day: str
) -> None:
    event = EventFactoryBasic(timezone=zone, starts_at=None, ends_at=None)
    SessionFactory(event=event, starts_at=datetime.fromisoformat(moment))
    assert api.plain("GET", f"/v1/events/{event.id}/sessions/dates").json == [day]


def hidden_and_shown() -> Any:
    """An event with sessions everybody sees, each in a language of its own, and others nobody is told of."""
    event = EventFactoryBasic()
    for state in STATES:
        SessionFactory(event=event, state=state, language=f"Language of {state}", starts_at=event.starts_at)
    SessionFactory(event=event, language=None)
    SessionFactory(event=event, language="")
    SessionFactory(event=event, language="Gone", deleted_at=event.starts_at)
    SessionFactory(language="Elsewhere")
    return event


def test_languages_are_those_of_accepted_and_confirmed_sessions(api: ApiClient) -> None:
    event = hidden_and_shown()
    for user in (None, role_of(event, "owner")):
        answer = api.plain("GET", f"/v1/events/{event.identifier}/sessions/languages", user=user)
        assert answer.json == ["Language of accepted", "Language of confirmed"]


@pytest.mark.parametrize("what", ["dates", "languages"])
def test_draft_tells_its_days_and_languages_to_its_team_alone(api: ApiClient, what: str) -> None:
    event = EventFactoryBasic(state="draft")
    SessionFactory(event=event, starts_at=event.starts_at)
    path = f"/v1/events/{event.identifier}/sessions/{what}"
    for user in (None, UserFactory()):
        assert api.plain("GET", path, user=user).status_code == 404
    assert len(api.plain("GET", path, user=role_of(event, "registrar")).json) == 1
    assert api.plain("GET", f"/v1/events/nothing/sessions/{what}").status_code == 404
