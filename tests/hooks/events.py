"""What the documented requests about events, their classification and their teams need."""

from __future__ import annotations

from typing import Any

from app.events.models import EventSubTopic, EventTopic, EventType
from app.extensions import db
from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic, in_days


def book_night(**attributes: Any) -> Any:
    """Event 1, classified by the first type, topic and sub-topic that every installation has."""
    values = {
        "name": "Aviators' Book Night",
        "description": "<p>Readings by people who fly.</p>",
        "location_name": "Airport Tempelhof, Berlin",
        "searchable_location_name": "Berlin",
        "latitude": 52.473,
        "longitude": 13.402,
        "original_image_url": "https://example.com/hangar.jpg",
        "logo_url": "https://example.com/logo.png",
        "owner_name": "Friends of the Hangar",
        "has_owner_info": True,
        "payment_country": "DE",
        "payment_currency": "EUR",
        "can_pay_onsite": True,
        "onsite_details": "Cash or card at the entrance.",
        "ends_at": in_days(30.25),
        "event_type": db.session.get_one(EventType, 1),
        "event_topic": db.session.get_one(EventTopic, 1),
        "event_sub_topic": db.session.get_one(EventSubTopic, 1),
    }
    return EventFactoryBasic(**{**values, **attributes})


ROWS = {
}
