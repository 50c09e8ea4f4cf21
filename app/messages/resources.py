"""Notifications over HTTP, made by the service for their users; for staff, the kinds there are and the log of mails."""

from __future__ import annotations

from typing import ClassVar

from app.api import resource
from app.jsonapi import Access, ResourceDetail, ResourceList, ResourceRelationship, anyone, nobody, staff
from app.jsonapi.query import Order
from app.messages.access import recipient_or_staff
from app.messages.models import LoggedMail, MessageSetting, Notification, NotificationSetting
from app.messages.schemas import LoggedMailSchema, MessageSettingSchema, NotificationSchema, NotificationSettingSchema

SWITCHED_BY_STAFF = Access(read=staff, create=nobody, update=staff, delete=nobody, exists=anyone, list=staff)


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


class MessageSettings:
    """The kinds of mail there are."""

    model, schema, access = MessageSetting, MessageSettingSchema, SWITCHED_BY_STAFF


class MessageSettingList(MessageSettings, ResourceList):
    """Every kind of mail, and whether it is sent."""


class MessageSettingDetail(MessageSettings, ResourceDetail):
    """One kind of mail, switched on and off."""

    offers = ("GET", "PATCH")


class NotificationSettings:
    """The kinds of notification there are."""

    model, schema, access = NotificationSetting, NotificationSettingSchema, SWITCHED_BY_STAFF


class NotificationSettingList(NotificationSettings, ResourceList):
    """Every kind of notification, and whether it is made."""


class NotificationSettingDetail(NotificationSettings, ResourceDetail):
    """One kind of notification, switched on and off."""

    offers = ("GET", "PATCH")


class Mails:
    """The log is read by staff, and changed by nobody."""

    model, schema = LoggedMail, LoggedMailSchema
    access = Access(read=staff, create=nobody, update=nobody, delete=nobody, exists=anyone, list=staff)


class MailList(Mails, ResourceList):
    """The mails of the past, the newest first."""

    default_sort: ClassVar[tuple[Order, ...]] = (Order((), "time", True),)


class MailDetail(Mails, ResourceDetail):
    """One mail."""

    offers = ("GET",)


resource("notifications", NotificationList, NotificationDetail, NotificationRelationship, collection=("GET",))
resource("message-settings", MessageSettingList, MessageSettingDetail, collection=("GET",))
resource("notification-settings", NotificationSettingList, NotificationSettingDetail, collection=("GET",))
resource("mails", MailList, MailDetail, collection=("GET",))
