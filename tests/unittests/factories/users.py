"""Factories of accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory

from app.users.mailed_tokens import fingerprint
from app.users.models import CustomSystemRole, MailedToken, PanelPermission, User, UserEmail
from app.users.passwords import hash_password
from tests.unittests.factories.base import RowFactory


class UserFactory(RowFactory):
    """A verified user; nobody can sign in as one made without a `password`."""

    class Meta:
        model = User

    class Params:
        password = None

    email = factory.Sequence(lambda number: f"user{number}@example.com")
    password_hash = factory.LazyAttribute(lambda made: hash_password(made.password) if made.password else "!")
    first_name = "Ada"
    last_name = factory.Sequence(lambda number: f"Lovelace {number}")
    is_verified = True


class AdminFactory(UserFactory):
    """An admin of the installation."""

    is_admin = True


class SuperAdminFactory(UserFactory):
    """A super admin."""

    is_admin = True
    is_super_admin = True


class UserEmailFactory(RowFactory):
    """A further address of a user."""

    class Meta:
        model = UserEmail

    email_address = factory.Sequence(lambda number: f"other{number}@example.com")
    type = "work"
    user: Any = factory.SubFactory(UserFactory)


class MailedTokenFactory(RowFactory):
    """A token that was mailed to a user; `secret` is what the mail said."""

    class Meta:
        model = MailedToken

    class Params:
        secret = factory.Sequence(lambda number: f"secret {number}")

    user: Any = factory.SubFactory(UserFactory)
    purpose = "verify"
    email = factory.LazyAttribute(lambda made: made.user.email)
    secret_hash = factory.LazyAttribute(lambda made: fingerprint(made.secret))
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(hours=1))


class CustomSystemRoleFactory(RowFactory):
    """A system role."""

    class Meta:
        model = CustomSystemRole

    name = factory.Sequence(lambda number: f"System Role {number}")


class PanelPermissionFactory(RowFactory):
    """A panel of the admin screens."""

    class Meta:
        model = PanelPermission

    panel_name = factory.Sequence(lambda number: f"panel-{number}")
    can_access = True
