"""Factories of accounts."""

from __future__ import annotations

from typing import Any

import factory

from app.users.models import CustomSystemRole, PanelPermission, User, UserEmail
from tests.unittests.factories.base import RowFactory


class UserFactory(RowFactory):
    """A verified user; `password` is kept only as its hash when the account code makes it."""

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"user{number}@example.com")
    password_hash = "!"  # No password matches; sign-in tests set a real hash.
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
