"""Factories of events and what classifies them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import factory
from sqlalchemy import select

from app.events.email_notifications.models import EmailNotification
from app.events.models import (
    Event,
    EventLocation,
    EventSubTopic,
    EventTopic,
    EventType,
    Role,
    UserFavouriteEvent,
    UsersEventsRoles,
)
from app.extensions import db
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.users import UserFactory


def in_days(days: float) -> datetime:
    """A moment that many days from now."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


class EventTypeFactory(RowFactory):
    """A kind of event."""

    class Meta:
        model = EventType

    name = factory.Sequence(lambda number: f"Type {number}")
    slug = factory.Sequence(lambda number: f"type-{number}")


class EventTopicFactory(RowFactory):
    """A topic."""

    class Meta:
        model = EventTopic

    name = factory.Sequence(lambda number: f"Topic {number}")
    slug = factory.Sequence(lambda number: f"topic-{number}")


class EventSubTopicFactory(RowFactory):
    """A sub-topic of a topic of its own."""

    class Meta:
        model = EventSubTopic

    name = factory.Sequence(lambda number: f"Sub-topic {number}")
    slug = factory.Sequence(lambda number: f"sub-topic-{number}")
    event_topic: Any = factory.SubFactory(EventTopicFactory)


class EventLocationFactory(RowFactory):
    """A named place."""

    class Meta:
        model = EventLocation

    name = factory.Sequence(lambda number: f"Place {number}")
    slug = factory.Sequence(lambda number: f"place-{number}")


class EventFactoryBasic(RowFactory):
    """A published event with nothing related."""

    class Meta:
        model = Event

    identifier = factory.LazyFunction(lambda: f"a{secrets.token_hex(4)[1:]}")
    name = factory.Sequence(lambda number: f"Conference {number}")
    state = "published"
    privacy = "public"
    timezone = "Europe/Berlin"
    starts_at = factory.LazyFunction(lambda: in_days(30))
    ends_at = factory.LazyFunction(lambda: in_days(32))


class EventFactory(EventFactoryBasic):
    """A published event with its type, topic and sub-topic."""

    event_type: Any = factory.SubFactory(EventTypeFactory)
    event_topic: Any = factory.SubFactory(EventTopicFactory)
    event_sub_topic: Any = factory.SubFactory(EventSubTopicFactory, event_topic=factory.SelfAttribute("..event_topic"))


class RoleFactory(RowFactory):
    """A role by name; the roles every installation has are found, others made."""

    class Meta:
        model = Role
        sqlalchemy_get_or_create = ("name",)

    name = "organizer"


class UsersEventsRolesFactory(RowFactory):
    """That a user holds a role on an event."""

    class Meta:
        model = UsersEventsRoles

    event: Any = factory.SubFactory(EventFactoryBasic)
    user: Any = factory.SubFactory(UserFactory)
    role: Any = factory.SubFactory(RoleFactory)


class UserFavouriteEventFactory(RowFactory):
    """That somebody has marked an event of its own."""

    class Meta:
        model = UserFavouriteEvent

    user: Any = factory.SubFactory(UserFactory)
    event: Any = factory.SubFactory(EventFactoryBasic)


def give_role(user: Any, event: Any, name: str) -> UsersEventsRoles:
    """Let the user hold this role on the event."""
    role = db.session.scalars(select(Role).where(Role.name == name)).one()
    held: UsersEventsRoles = UsersEventsRolesFactory(user=user, event=event, role=role)
    return held


class EmailNotificationFactory(RowFactory):
    """What a user wants to hear of one event, who works on no event."""

    class Meta:
        model = EmailNotification

    user: Any = factory.SubFactory(UserFactory)
    event: Any = factory.SubFactory(EventFactoryBasic)
