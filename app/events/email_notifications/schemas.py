"""The wire form of what people want to hear by mail."""

from __future__ import annotations

from app.jsonapi import Bool, Int, Schema, Time, staff, to_one
from app.users.access import itself_or_staff


class EmailNotificationSchema(Schema):
    """What a user wants to hear of one event by mail."""

    class Meta:
        type_ = "email-notification"

    deleted_at = Time(allow_none=True, writable_by=staff)
    next_event = Bool(allow_none=True)
    new_paper = Bool(allow_none=True)
    session_accept_reject = Bool(allow_none=True)
    session_schedule = Bool(allow_none=True)
    after_ticket_purchase = Bool(allow_none=True)
    event_id = Int(dump_only=True)

    event = to_one("event", set_on="never")
    user = to_one("user", set_on="never", inverse="email-notifications", inverse_visible_to=itself_or_staff)
