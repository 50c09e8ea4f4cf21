"""Groups, the roles people hold in them, and who follows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.held import add_role_source
from app.events.models import Event, Role
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.uploads.sizes import event_size
from app.uploads.watching import makes_images
from app.users.models import User


class Group(Row, SoftDeleted, Created):
    """What gathers events of people who belong together, for others to follow."""

    __tablename__ = "groups"
    __table_args__ = (
        CheckConstraint("follower_count >= 0", name="follower_count"),
        Index("ix_groups_promoted", "id", postgresql_where=text("is_promoted AND deleted_at IS NULL")),
    )

    name: Mapped[str] = mapped_column(Text)
    about: Mapped[str | None] = mapped_column(Text)
    social_links: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    logo_url: Mapped[str | None] = mapped_column(Text)
    banner_url: Mapped[str | None] = mapped_column(Text)
    thumbnail_image_url: Mapped[str | None] = mapped_column(Text)
    is_promoted: Mapped[bool] = mapped_column(server_default="false")
    # Kept by a trigger on those who follow, so that showing it never costs a query.
    follower_count: Mapped[int] = mapped_column(Integer, server_default="0")
    user_id: Mapped[int] = reference("users.id")

    user: Mapped[User] = relationship(backref=backref("groups", lazy="raise", passive_deletes=True))
    # Events are linked by statements of their own (app/groups/services.py), whose number does not grow with theirs.
    events: Mapped[list[Event]] = relationship(
        primaryjoin=lambda: (Event.group_id == Group.id) & Event.deleted_at.is_(None),
        viewonly=True,
        order_by=Event.id,
    )


Event.group = relationship(Group)
makes_images(Group, source="banner_url", sizes={"thumbnail_image_url": event_size("thumbnail")})


class UsersGroupsRoles(Row):
    """That somebody is asked by e-mail to hold a role in a group, and holds it once they have accepted."""

    __tablename__ = "users_groups_roles"
    __table_args__ = (
        Index("uq_users_groups_roles_email", "group_id", func.lower(text("email")), "role_id", unique=True),
        CheckConstraint("NOT accepted OR user_id IS NOT NULL", name="accepted_by_user"),
    )

    email: Mapped[str] = mapped_column(Text)
    accepted: Mapped[bool] = mapped_column(server_default="false")
    # What of the mailed token is kept, and until when it works.
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime | None] = utc()
    group_id: Mapped[int] = reference("groups.id", index=False)
    user_id: Mapped[int | None] = reference("users.id")
    role_id: Mapped[int] = reference("roles.id")

    group: Mapped[Group] = relationship(backref=backref("roles", lazy="raise", passive_deletes=True))
    user: Mapped[User | None] = relationship()
    role: Mapped[Role] = relationship()


class UserFollowGroup(Row, Created):
    """That a user follows a group."""

    __tablename__ = "user_follow_groups"
    __table_args__ = (UniqueConstraint("user_id", "group_id"),)

    user_id: Mapped[int] = reference("users.id", index=False)
    group_id: Mapped[int] = reference("groups.id")

    user: Mapped[User] = relationship(backref=backref("followed_groups", lazy="raise", passive_deletes=True))
    group: Mapped[Group] = relationship(backref=backref("followers", lazy="raise", passive_deletes=True))


def roles_in_groups() -> Any:
    """A SELECT of `user_id`, `group_id` and `name` for every role that somebody has accepted in a group that exists."""
    return (
        select(UsersGroupsRoles.user_id, UsersGroupsRoles.group_id, Role.name)
        .join(Role, Role.id == UsersGroupsRoles.role_id)
        .join(Group, Group.id == UsersGroupsRoles.group_id)
        .where(UsersGroupsRoles.accepted, Group.deleted_at.is_(None))
    )


# Whoever holds a role in a group holds it on each of the group's events. The id is coerced so that it is not taken for
# the events' own where a relationship is followed.
add_role_source(
    roles_in_groups()
    .with_only_columns(
        UsersGroupsRoles.user_id,
        type_coerce(Event.id, BigInteger).label("event_id"),
        Role.name,
        maintain_column_froms=True,
    )
    .join(Event, Event.group_id == Group.id)
    .where(Event.deleted_at.is_(None))
)
