"""What must exist before the documented requests about notifications."""

from __future__ import annotations

from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.messages import NotificationFactory
from tests.unittests.factories.users import UserFactory


def ada_told() -> Any:
    """User 1 was told by notification 1 that her tickets were bought."""
    ada = UserFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    content = {
        "type": "ticket_purchased",
        "target_type": "Order",
        "target_id": 1,
        "target_action": "purchased",
        "actors": [{"id": 1, "name": "Ada Lovelace"}],
        "order": {"id": 1, "identifier": "4f1d7a9e-0c58-4b7e-9d3a-6b2f8c1e5a70"},
        "event": {"id": 1, "identifier": "a7c2e9d4", "name": "Aviators' Book Night"},
    }
    return NotificationFactory(user=ada, content=content)


ROWS = {
    "Notifications > Notification Collection": row(ada_told, actor="admin"),
    "Notifications > Notification Detail": row(ada_told, actor="first user"),
    "Notifications > Notification List": row(ada_told, actor="first user"),
    "Notifications > Relationship notification.user": row(ada_told, actor="first user"),
}
