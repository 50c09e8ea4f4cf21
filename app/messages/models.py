"""Notifications: what the service has told users inside the application."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.jsonapi.model import Created, Row, reference


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
