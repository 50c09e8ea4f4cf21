"""What people were told: notifications inside the application, and which mails have left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.jsonapi.model import Created, Row, reference, utc


class Notification(Row, Created):
    """That something happened which concerns a user; `occasion` names it, so that nobody is told twice."""

    __tablename__ = "notifications"
    __table_args__ = (UniqueConstraint("user_id", "occasion"), Index("ix_notifications_created_at", "created_at"))

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
