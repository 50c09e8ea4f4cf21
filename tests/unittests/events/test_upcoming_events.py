"""Which events are shown as upcoming."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unittests.client import ApiClient
from tests.unittests.factories.content import SocialLinkFactory
from tests.unittests.factories.events import EventFactory, EventFactoryBasic, in_days
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory
from tests.unittests.ranks import role_of

IMAGES = {"original_image_url": "https://images.example/a.jpg", "logo_url": "https://images.example/b.png"}


def ready(**changes: Any) -> Any:
    """An event with everything that an upcoming one needs, as far as these changes leave it."""
    event = EventFactory(**(IMAGES | changes))
    TicketFactory(event=event)
    SocialLinkFactory(event=event, name="Twitter")
    return event


def upcoming(api: ApiClient, user: Any = None, **query: Any) -> list[str]:
    response = api.get("/v1/events/upcoming", user=user, query=query)
    assert response.status_code == 200
    return [row["id"] for row in response.json["data"]]


def test_upcoming_events_are_ordered_by_their_start(api: ApiClient) -> None:
    later, sooner = ready(starts_at=in_days(9), ends_at=in_days(10)), ready(starts_at=in_days(2), ends_at=in_days(3))
    assert upcoming(api) == [str(sooner.id), str(later.id)]
    assert upcoming(api, sort="-starts-at") == [str(later.id), str(sooner.id)]
    query = {"include": "event-topic,event-sub-topic,event-type", "cache": "true", "public": "true", "page[size]": "1"}
    assert upcoming(api, **query) == [str(sooner.id)]


@pytest.mark.parametrize(
    "lacking",
    [
        {"original_image_url": None},
        {"logo_url": None},
        {"event_type": None},
        {"event_topic": None, "event_sub_topic": None},
        {"event_sub_topic": None},
        {"is_demoted": True},
    ],
    ids=lambda lacking: ", ".join(lacking),
)
def test_event_that_is_not_ready_is_upcoming_only_when_promoted(api: ApiClient, lacking: Any) -> None:
    assert upcoming(api) == []
    ready(**lacking)
    promoted = ready(**lacking, is_promoted=True)
    assert upcoming(api) == [str(promoted.id)]


@pytest.mark.parametrize(
    "hiding",
    [
        {"state": "draft"},
        {"privacy": "private"},
        {"deleted_at": in_days(0)},
        {"starts_at": in_days(-1)},
        {"starts_at": in_days(-2), "ends_at": in_days(-1)},
        {"starts_at": None, "ends_at": None},
    ],
    ids=lambda hiding: ", ".join(hiding),
)
def test_hidden_or_past_event_is_not_upcoming_even_when_promoted_or_to_its_team(api: ApiClient, hiding: Any) -> None:
    event = ready(**hiding, is_promoted=True)
    for user in (None, role_of(event, "owner"), AdminFactory()):
        assert upcoming(api, user) == []


def test_promoted_event_needs_nothing_else(api: ApiClient) -> None:
    event = EventFactoryBasic(is_promoted=True)
    assert upcoming(api) == [str(event.id)]


def test_event_that_is_ready_is_found_on_twitter(api: ApiClient) -> None:
    lacking, elsewhere, left = (EventFactory(**IMAGES) for _ in range(3))
    for event in (lacking, elsewhere, left):
        TicketFactory(event=event)
    SocialLinkFactory(event=elsewhere, name="mastodon")
    SocialLinkFactory(event=left, deleted_at=in_days(-1))
    assert upcoming(api) == []
    SocialLinkFactory(event=lacking)
    SocialLinkFactory(event=lacking, name="TWITTER")
    assert upcoming(api) == [str(lacking.id)]
    lacking.is_demoted = True
    assert upcoming(api) == []
