"""Notifications over HTTP: made by the service, read and removed by those they are for."""

from __future__ import annotations

from typing import ClassVar

from app.api import resource
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship, anyone, nobody, staff
from app.jsonapi.query import Order
from app.messages.access import recipient_or_staff
from app.messages.models import Notification
from app.messages.schemas import NotificationSchema


class Notifications:
    """Each is for one user."""

    model, schema = Notification, NotificationSchema
    access = Access(
        read=recipient_or_staff,
        create=nobody,
        update=recipient_or_staff,
        delete=recipient_or_staff,
        exists=anyone,
        list=staff,
    )


class NotificationList(Notifications, ResourceList):
    """What a user was told, the newest first."""

    default_sort: ClassVar[tuple[Order, ...]] = (Order((), "created_at", True),)


class NotificationDetail(Notifications, ResourceDetail):
    """One notification."""


class NotificationRelationship(Notifications, ResourceRelationship):
    """Whom a notification is for."""


resource("notifications", NotificationList, NotificationDetail, NotificationRelationship, collection=("GET",))
