"""What people are told: notifications in the application, which mails have left, and which kinds are made at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Index, Text, UniqueConstraint, func, select, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from app.extensions import db
from app.jsonapi.batched import Batched
from app.jsonapi.model import Created, Row, reference, utc


class Notification(Row, Created):
    """That something happened which concerns a user; `occasion` names it, so that nobody is told twice."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "occasion"),
        Index("ix_notifications_created_at", "created_at"),
        Index("ix_notifications_unread", "user_id", postgresql_where=text("NOT is_read")),
    )

    content: Mapped[Any] = mapped_column(JSONB)
    is_read: Mapped[bool] = mapped_column(server_default="false")
    occasion: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = reference("users.id", index=False)

    # Users stand above messages and are known here by name alone.
    user: Mapped[Any] = relationship("User", back_populates="notifications")


class SentMail(db.Model):  # type: ignore[name-defined,misc]
    """That a mail has left, by its Message-ID; written in the transaction of the job that sends it."""

    __tablename__ = "sent_mails"

    message_id: Mapped[str] = mapped_column(Text, primary_key=True)
    sent_at: Mapped[datetime] = utc(server_default=func.now())


class MessageSetting(Row):
    """Whether mails of an action are sent, and its notifications made; an action without a row counts as on."""

    __tablename__ = "message_settings"

    action: Mapped[str] = mapped_column(Text, unique=True)
    enabled: Mapped[bool] = mapped_column(server_default="true")

    @property
    def latest(self) -> LatestMail:
        """The mail of this action that was logged last."""
        return _latest_mails.of(self)

    @property
    def recipient(self) -> str | None:
        """Who got it."""
        return self.latest.recipient

    @property
    def email_subject(self) -> str | None:
        """Its subject."""
        return self.latest.subject

    @property
    def email_message(self) -> str | None:
        """What it said."""
        return self.latest.message


class NotificationSetting(Row):
    """Whether notifications of a type are made; a type without a row counts as on."""

    __tablename__ = "notification_settings"

    type: Mapped[str] = mapped_column(Text, unique=True)
    enabled: Mapped[bool] = mapped_column(server_default="true")


class LoggedMail(Row):
    """That a mail was sent to an address, or would have been while mailing is switched off; without its secrets."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_time", "time"),
        Index("ix_mails_action_time", "action", "time"),
        Index("ix_mails_recipient", "recipient"),
    )

    recipient: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = utc(server_default=func.now())
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)


class LatestMail(NamedTuple):
    """What a mail said, and to whom; nothing where there was none."""

    recipient: str | None = None
    subject: str | None = None
    message: str | None = None


def _find_latest(session: Session, ids: set[int]) -> dict[int, LatestMail]:
    """The latest mail of each of these settings' actions, by one look into the index for each."""
    newest = LoggedMail.time.desc(), LoggedMail.id.desc()
    of_action = select(LoggedMail.recipient, LoggedMail.subject, LoggedMail.message)
    latest = of_action.where(LoggedMail.action == MessageSetting.action).order_by(*newest).limit(1).lateral()
    found = select(MessageSetting.id, *latest.c).join(latest, true()).where(MessageSetting.id.in_(ids))
    return {row[0]: LatestMail(*row[1:]) for row in session.execute(found)}


_latest_mails = Batched[LatestMail](_find_latest, LatestMail())
