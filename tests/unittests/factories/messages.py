"""Factories of what people are told."""

from __future__ import annotations

from typing import Any

import factory

from app.messages.models import Notification
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
