"""What somebody who works on an event wants to hear of it by mail.

A trigger makes the row when somebody is given their first role on an event (migration 0020).
"""

from __future__ import annotations

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Row, SoftDeleted, reference
from app.users.models import User


class EmailNotification(Row, SoftDeleted):
    """What a user wants to hear of one event by mail."""

    __tablename__ = "email_notifications"
    __table_args__ = (
        Index(
            "uq_email_notifications_user_id_event_id",
            "user_id",
            "event_id",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    next_event: Mapped[bool | None] = mapped_column(server_default="false")
    new_paper: Mapped[bool | None] = mapped_column(server_default="false")
    session_accept_reject: Mapped[bool | None] = mapped_column(server_default="false")
    session_schedule: Mapped[bool | None] = mapped_column(server_default="false")
    after_ticket_purchase: Mapped[bool | None] = mapped_column(server_default="true")
    user_id: Mapped[int] = reference("users.id")
    event_id: Mapped[int] = reference("events.id")

    user: Mapped[User] = relationship(backref=backref("email_notifications", lazy="raise", passive_deletes=True))
    event: Mapped[Event] = relationship()
