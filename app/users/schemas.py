"""The wire form of accounts.

Of other people everybody may see the public part, where another resource leads to them; the rest
is for the user and for staff.
"""

from __future__ import annotations

from marshmallow import ValidationError

from app.adapters.mail import InvalidAddress, address
from app.jsonapi import Bool, Choice, Email, Int, Schema, Str, Time, Url, staff, super_admin, to_many, to_one
from app.jsonapi.rich_text import RichText
from app.users.access import email_reader, itself_or_staff, new_account

ADDRESS_TYPES = ("home", "work", "business", "office", "other")


def mailable(email: str) -> None:
    """Refuse addresses that are well-formed and that mail would nevertheless never be sent to."""
    try:
        address(email)
    except InvalidAddress as error:
        raise ValidationError("Not a valid email address.") from error


def _private_text() -> Str:
    return Str(allow_none=True, visible_to=itself_or_staff)


def _private_url() -> Url:
    return Url(allow_none=True, visible_to=itself_or_staff)


def _image_url() -> Url:
    """Made by the service of what was uploaded."""
    return Url(dump_only=True)


def _computed() -> Bool:
    """A role held anywhere: it changes without the user's row."""
    return Bool(dump_only=True, visible_to=itself_or_staff, metadata={"volatile": True})


class UserSchema(Schema):
    """Somebody with an account."""

    class Meta:
        type_ = "user"

    deleted_at = Time(allow_none=True, visible_to=itself_or_staff, writable_by=staff)
    email = Email(required=True, validate=mailable, visible_to=email_reader)
    # Null comes from clients that send every attribute of a user; sign-up refuses it.
    password = Str(required=True, allow_none=True, load_only=True, writable_by=new_account)

    avatar_url = Url(allow_none=True)
    first_name = Str(allow_none=True)
    last_name = Str(allow_none=True)
    public_name = Str(allow_none=True)
    is_profile_public = Bool()
    original_image_url = _image_url()
    thumbnail_image_url = _image_url()
    small_image_url = _image_url()
    icon_image_url = _image_url()

    was_registered_with_order = Bool(visible_to=itself_or_staff)
    facebook_url = _private_url()
    twitter_url = _private_url()
    instagram_url = _private_url()
    google_plus_url = _private_url()
    facebook_id = Int(dump_only=True, visible_to=itself_or_staff)
    details = RichText(allow_none=True, visible_to=itself_or_staff)
    language_prefrence = _private_text()
    contact = _private_text()
    company = _private_text()
    billing_contact_name = _private_text()
    billing_phone = _private_text()
    billing_state = _private_text()
    billing_country = _private_text()
    billing_tax_info = _private_text()
    billing_address = _private_text()
    billing_city = _private_text()
    billing_zip_code = _private_text()
    billing_additional_info = _private_text()

    is_super_admin = Bool(visible_to=itself_or_staff, writable_by=super_admin)
    is_admin = Bool(visible_to=itself_or_staff, writable_by=staff)
    is_sales_admin = Bool(visible_to=itself_or_staff, writable_by=staff)
    is_marketer = Bool(visible_to=itself_or_staff, writable_by=staff)
    is_blocked = Bool(visible_to=itself_or_staff, writable_by=staff)
    # Who may not verify accounts is told so instead of being ignored: app/users/services.py.
    is_verified = Bool(visible_to=itself_or_staff)
    is_rocket_chat_registered = Bool(dump_only=True, visible_to=itself_or_staff)
    is_user_owner = _computed()
    is_user_organizer = _computed()
    is_user_coorganizer = _computed()
    is_user_track_organizer = _computed()
    is_user_moderator = _computed()
    is_user_registrar = _computed()
    # Noted without making the user another version.
    last_accessed_at = Time(dump_only=True, visible_to=itself_or_staff, metadata={"volatile": True})
    created_at = Time(dump_only=True, visible_to=itself_or_staff)

    notifications = to_many("notification", visible_to=itself_or_staff)


class UserEmailSchema(Schema):
    """A further e-mail address of a user."""

    class Meta:
        type_ = "user-email"

    deleted_at = Time(allow_none=True, writable_by=staff)
    email_address = Email(required=True, validate=mailable)
    type = Choice(*ADDRESS_TYPES, allow_none=True)
    user_id = Int(dump_only=True)

    user = to_one("user", required=True, inverse="alternate-emails", inverse_visible_to=itself_or_staff)


class CustomSystemRoleSchema(Schema):
    """A role on the installation's panels."""

    class Meta:
        type_ = "custom-system-role"

    name = Str(required=True)

    panel_permissions = to_many("panel-permission", set_on="write", visible_to=staff)


class PanelPermissionSchema(Schema):
    """A panel of the admin screens and which system roles may open it."""

    class Meta:
        type_ = "panel-permission"

    panel_name = Str(required=True)
    can_access = Bool()

    custom_system_roles = to_many("custom-system-role", set_on="write")
