"""What must exist before the documented requests about notifications, their kinds, and the log of mails."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from app.extensions import db
from app.messages.models import MessageSetting, NotificationSetting
from tests.hooks.rows import row
from tests.unittests.factories.messages import LoggedMailFactory, NotificationFactory
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


def mail_logged() -> Any:
    """Mail 1, about a new session."""
    page = '<h1>New session for Aviators\' Book Night</h1>\n<p><a href="https://www.example.com/events/a7c2e9d4">See it</a></p>'
    subject = "New session for Aviators' Book Night: Night flights"
    return LoggedMailFactory(recipient="ada@example.com", action="new_session", subject=subject, message=page)


def one_message_setting() -> Any:
    """The setting of new sessions alone, so that the page's list is short, and a mail of that action."""
    db.session.execute(delete(MessageSetting).where(MessageSetting.action != "new_session"))
    mail_logged()


def one_notification_setting() -> Any:
    """The first setting alone, so that the page's list is short."""
    db.session.execute(delete(NotificationSetting).where(NotificationSetting.id > 1))


ROWS = {
    "Test Mail > Test Mail": row(actor="admin"),
    "Notifications > Notification Collection": row(ada_told, actor="admin"),
    "Notifications > Notification Detail": row(ada_told, actor="first user"),
    "Notifications > Notification List": row(ada_told, actor="first user"),
    "Notifications > Notifications Read": row(ada_told, actor="first user"),
    "Message Settings > Message Setting Collection": row(one_message_setting, actor="admin"),
    "Message Settings > Message Setting Detail": row(one_message_setting, actor="admin"),
    "Notification Settings > Notification Setting Collection": row(one_notification_setting, actor="admin"),
    "Notification Settings > Notification Setting Detail": row(one_notification_setting, actor="admin"),
    "Mails > Mail Collection": row(mail_logged, actor="admin"),
    "Mails > Mail Detail": row(mail_logged, actor="admin"),
    "Notifications > Relationship notification.user": row(ada_told, actor="first user"),
}
