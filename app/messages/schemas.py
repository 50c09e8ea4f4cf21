"""The wire form of notifications, of what administrators switch on and off, and of the log of mails."""

from __future__ import annotations

from app.jsonapi import Bool, Json, Schema, Str, Time, to_one


class NotificationSchema(Schema):
    """That something happened which concerns a user."""

    class Meta:
        type_ = "notification"

    content = Json(dump_only=True)
    is_read = Bool()
    created_at = Time(dump_only=True)

    user = to_one("user", set_on="never")


def _of_latest_mail() -> Str:
    """What the log says of the action's latest mail: it changes without the setting's row."""
    return Str(dump_only=True, metadata={"volatile": True})


class MessageSettingSchema(Schema):
    """Whether mails of an action are sent, and the latest of them."""

    class Meta:
        type_ = "message-setting"

    action = Str(dump_only=True)
    enabled = Bool()
    recipient = _of_latest_mail()
    email_subject = _of_latest_mail()
    email_message = _of_latest_mail()


class NotificationSettingSchema(Schema):
    """Whether notifications of a type are made."""

    class Meta:
        type_ = "notification-setting"

    type = Str(dump_only=True)
    enabled = Bool()


class LoggedMailSchema(Schema):
    """A mail that was sent to an address."""

    class Meta:
        type_ = "mail"

    recipient = Str(dump_only=True)
    time = Time(dump_only=True)
    action = Str(dump_only=True)
    subject = Str(dump_only=True)
    message = Str(dump_only=True)
