"""Factories of what people are told."""

from __future__ import annotations

from typing import Any

import factory

from app.messages.models import LoggedMail, MessageSetting, Notification, NotificationSetting, SentMail
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.users import UserFactory


class NotificationFactory(RowFactory):
    """That a user's tickets were bought, unread."""

    class Meta:
        model = Notification

    content: Any = factory.LazyFunction(
        lambda: {
            "type": "ticket_purchased",
            "target_type": "Order",
            "target_id": 1,
            "target_action": "purchased",
            "actors": [{"id": 1, "name": "Ada Lovelace"}],
        }
    )
    occasion = factory.Sequence(lambda number: f"occasion {number}")
    user: Any = factory.SubFactory(UserFactory)


class MessageSettingFactory(RowFactory):
    """Mails of an action, sent; those every installation has are found, others made."""

    class Meta:
        model = MessageSetting
        sqlalchemy_get_or_create = ("action",)

    action = factory.Sequence(lambda number: f"action_{number}")
    enabled = True


class NotificationSettingFactory(RowFactory):
    """Notifications of a type, made; those every installation has are found, others made."""

    class Meta:
        model = NotificationSetting
        sqlalchemy_get_or_create = ("type",)

    type = factory.Sequence(lambda number: f"type_{number}")
    enabled = True


class LoggedMailFactory(RowFactory):
    """That somebody was mailed their ticket."""

    class Meta:
        model = LoggedMail

    recipient = factory.Sequence(lambda number: f"reader{number}@example.com")
    action = "ticket_purchased_attendee"
    subject = "Your ticket"
    message = "<p>Here it is.</p>"


class SentMailFactory(RowFactory):
    """A mail that has left."""

    class Meta:
        model = SentMail

    message_id = factory.Sequence(lambda number: f"<mail-{number}@localhost>")
