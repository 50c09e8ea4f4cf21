"""Invitations to work on an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event, Role
from app.jsonapi.model import Created, Row, reference, utc
from app.users.models import User

STATUSES = ("pending", "accepted", "declined")
# The names of the roles that people are invited to.
INVITABLE = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "attendee", "registrar")


class RoleInvite(Row, Created):
    """That somebody is asked, by e-mail, to take a role on an event; and, once accepted, how they came to it.

    An address has one open or accepted invitation to an event. Only to own it may somebody be asked who has accepted
    another role, because an event is mostly handed over to one of its team. Hence two indexes: one of what is open or
    accepted for any other role, and one of what is open, and of the owner's.
    """

    __tablename__ = "role_invites"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"role_name IN {INVITABLE}", name="role_name"),
        Index(
            "uq_role_invites_member",
            "event_id",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("status IN ('pending', 'accepted') AND role_name <> 'owner'"),
        ),
        Index(
            "uq_role_invites_open",
            "event_id",
            func.lower(text("email")),
            unique=True,
            postgresql_where=text("status = 'pending' OR status = 'accepted' AND role_name = 'owner'"),
        ),
    )

    email: Mapped[str] = mapped_column(Text)
    role_name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="pending")
    # Only the hash of the mailed token is kept: until the invitation is declined or sent again, and of an accepted one
    # as long as it stands, so that the link may be followed twice.
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = utc()
    event_id: Mapped[int] = reference("events.id")
    role_id: Mapped[int] = reference("roles.id")
    # Who accepted, whatever their address is now.
    user_id: Mapped[int | None] = reference("users.id", ondelete="SET NULL")

    event: Mapped[Event] = relationship(backref=backref("role_invites", lazy="raise", passive_deletes=True))
    role: Mapped[Role] = relationship()
    user: Mapped[User | None] = relationship()
