"""Users, their further e-mail addresses, and the tokens that are mailed to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import db
from app.jsonapi.model import Created, Row, SoftDeleted, reference, utc
from app.messages.models import Notification
from app.uploads.sizes import PERSON_SIZES
from app.uploads.watching import makes_images
from app.users.roles import roles_of


class User(Row, SoftDeleted, Created):
    """Somebody with an account."""

    __tablename__ = "users"
    __table_args__ = (
        # Addresses are unique without regard to case, among accounts that exist.
        Index("uq_users_email", func.lower(text("email")), unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_users_name", "last_name", "first_name"),
    )

    email: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    # Raised by sign-outs, password changes and blocks: tokens that carry an older number are void.
    token_version: Mapped[int] = mapped_column(Integer, server_default="0")
    first_name: Mapped[str | None] = mapped_column(Text)
    last_name: Mapped[str | None] = mapped_column(Text)
    public_name: Mapped[str | None] = mapped_column(Text)
    is_profile_public: Mapped[bool] = mapped_column(server_default="false")
    avatar_url: Mapped[str | None] = mapped_column(Text)
    original_image_url: Mapped[str | None] = mapped_column(Text)
    thumbnail_image_url: Mapped[str | None] = mapped_column(Text)
    small_image_url: Mapped[str | None] = mapped_column(Text)
    icon_image_url: Mapped[str | None] = mapped_column(Text)
    was_registered_with_order: Mapped[bool] = mapped_column(server_default="false")
    facebook_url: Mapped[str | None] = mapped_column(Text)
    twitter_url: Mapped[str | None] = mapped_column(Text)
    instagram_url: Mapped[str | None] = mapped_column(Text)
    google_plus_url: Mapped[str | None] = mapped_column(Text)
    facebook_id: Mapped[int | None]
    is_super_admin: Mapped[bool] = mapped_column(server_default="false")
    is_admin: Mapped[bool] = mapped_column(server_default="false")
    is_sales_admin: Mapped[bool] = mapped_column(server_default="false")
    is_marketer: Mapped[bool] = mapped_column(server_default="false")
    is_verified: Mapped[bool] = mapped_column(server_default="false")
    is_blocked: Mapped[bool] = mapped_column(server_default="false")
    is_rocket_chat_registered: Mapped[bool] = mapped_column(server_default="false")
    last_accessed_at: Mapped[datetime | None] = utc()
    details: Mapped[str | None] = mapped_column(Text)
    language_prefrence: Mapped[str | None] = mapped_column(Text)  # The contract spells it so.
    contact: Mapped[str | None] = mapped_column(Text)
    billing_contact_name: Mapped[str | None] = mapped_column(Text)
    billing_phone: Mapped[str | None] = mapped_column(Text)
    billing_state: Mapped[str | None] = mapped_column(Text)
    billing_country: Mapped[str | None] = mapped_column(Text)
    billing_tax_info: Mapped[str | None] = mapped_column(Text)
    company: Mapped[str | None] = mapped_column(Text)
    billing_address: Mapped[str | None] = mapped_column(Text)
    billing_city: Mapped[str | None] = mapped_column(Text)
    billing_zip_code: Mapped[str | None] = mapped_column(Text)
    billing_additional_info: Mapped[str | None] = mapped_column(Text)

    notifications: Mapped[list[Notification]] = relationship(back_populates="user", lazy="raise", passive_deletes=True)

    @property
    def is_staff(self) -> bool:
        """Whether the user is an admin of the installation."""
        return self.is_admin or self.is_super_admin

    @property
    def full_name(self) -> str:
        """First and last name, or an empty text."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def is_user_owner(self) -> bool:
        """Whether the user owns any event or group."""
        return "owner" in roles_of(self)

    @property
    def is_user_organizer(self) -> bool:
        """Whether the user is organizer of any event or group."""
        return "organizer" in roles_of(self)

    @property
    def is_user_coorganizer(self) -> bool:
        """Whether the user is co-organizer of any event."""
        return "coorganizer" in roles_of(self)

    @property
    def is_user_track_organizer(self) -> bool:
        """Whether the user looks after the tracks of any event."""
        return "track_organizer" in roles_of(self)

    @property
    def is_user_moderator(self) -> bool:
        """Whether the user moderates any event."""
        return "moderator" in roles_of(self)

    @property
    def is_user_registrar(self) -> bool:
        """Whether the user is registrar of any event."""
        return "registrar" in roles_of(self)


class UserEmail(Row, SoftDeleted):
    """A further e-mail address of a user."""

    __tablename__ = "user_emails"
    __table_args__ = (
        Index(
            "uq_user_emails_email_address",
            func.lower(text("email_address")),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    email_address: Mapped[str] = mapped_column(Text)
    type: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[int] = reference("users.id")

    user: Mapped[User] = relationship(backref=db.backref("alternate_emails", lazy="raise", passive_deletes=True))


class MailedToken(db.Model):  # type: ignore[name-defined,misc]
    """A secret that was mailed to prove a mailbox; only its hash is kept, and it works once."""

    __tablename__ = "mailed_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = reference("users.id")
    purpose: Mapped[str] = mapped_column(Text)  # "verify" or "reset"
    email: Mapped[str] = mapped_column(Text)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime] = utc(index=True)
    used_at: Mapped[datetime | None] = utc()

    user: Mapped[User] = relationship()


class CustomSystemRole(Row):
    """A role on the installation's panels, such as Sales Admin."""

    __tablename__ = "custom_system_roles"

    name: Mapped[str] = mapped_column(Text, unique=True)


class PanelPermission(Row):
    """A panel of the admin screens and which system roles may open it."""

    __tablename__ = "panel_permissions"

    panel_name: Mapped[str] = mapped_column(Text, unique=True)
    can_access: Mapped[bool] = mapped_column(server_default="false")

    custom_system_roles: Mapped[list[CustomSystemRole]] = relationship(
        secondary="custom_system_roles_panels", backref="panel_permissions", passive_deletes=True
    )


custom_system_roles_panels = Table(
    "custom_system_roles_panels",
    db.metadata,
    Column("panel_permission_id", ForeignKey("panel_permissions.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "custom_system_role_id",
        ForeignKey("custom_system_roles.id", ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
)


makes_images(User, source="avatar_url", sizes=PERSON_SIZES, original="original_image_url")
