"""What people want to hear by mail, over HTTP: made by the service, changed and removed by themselves."""

from __future__ import annotations

from typing import Any

from app.api import resource
from app.events.email_notifications.models import EmailNotification
from app.events.email_notifications.schemas import EmailNotificationSchema
from app.jsonapi import (
    Access,
    ResourceDetail,
    ResourceList,
    ResourceRelationship,
    Restorable,
    anyone,
    nobody,
    staff,
)
from app.jsonapi.errors import ApiError, Conflict, explains
from app.users.access import itself_or_staff


class EmailNotifications(Restorable):
    """Each is of one user, for one event."""

    model, schema = EmailNotification, EmailNotificationSchema
    access = Access(
        read=itself_or_staff,
        create=nobody,
        update=itself_or_staff,
        delete=itself_or_staff,
        exists=anyone,
        list=staff,
    )


class EmailNotificationList(EmailNotifications, ResourceList):
    """What a user wants to hear of each of their events."""


class EmailNotificationDetail(EmailNotifications, ResourceDetail):
    """What a user wants to hear of one event."""


class EmailNotificationRelationship(EmailNotifications, ResourceRelationship):
    """Of which user and event it is."""


@explains("uq_email_notifications_user_id_event_id")
def _already_there(diagnosis: Any) -> ApiError:
    """The one that is to be restored has a successor."""
    return Conflict("Email Notification already exists for this event", pointer="/data/attributes/deleted-at")


resource(
    "email-notifications",
    EmailNotificationList,
    EmailNotificationDetail,
    EmailNotificationRelationship,
    collection=("GET",),
)
