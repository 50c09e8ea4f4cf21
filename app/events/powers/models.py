"""What there is on an event, and which role is said to be good for what."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.events.models import Role
from app.jsonapi.model import Row, reference

SERVICES = ("track", "session", "speaker", "sponsor", "microlocation")


class Service(Row):
    """A part of an event that roles are about."""

    __tablename__ = "services"
    __table_args__ = (CheckConstraint(f"name IN {SERVICES}", name="name"),)

    name: Mapped[str] = mapped_column(Text, server_default="track")


class EventRolePermissions(Row):
    """What a role is said to be good for on one service."""

    __tablename__ = "event_role_permissions"
    __table_args__ = (UniqueConstraint("role_id", "service_id"),)

    can_create: Mapped[bool] = mapped_column(server_default="false")
    can_read: Mapped[bool] = mapped_column(server_default="false")
    can_update: Mapped[bool] = mapped_column(server_default="false")
    can_delete: Mapped[bool] = mapped_column(server_default="false")
    role_id: Mapped[int] = reference("roles.id", index=False)
    service_id: Mapped[int] = reference("services.id")

    role: Mapped[Role] = relationship()
    service: Mapped[Service] = relationship()
