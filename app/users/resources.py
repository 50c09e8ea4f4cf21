"""Accounts over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from app.api import resource
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, anyone, staff
from app.jsonapi.permissions import refusal
from app.limits.spending import client_address, spend
from app.users import services
from app.users.access import itself, itself_or_staff, keeper
from app.users.models import CustomSystemRole, PanelPermission, User, UserEmail
from app.users.schemas import CustomSystemRoleSchema, PanelPermissionSchema, UserEmailSchema, UserSchema
from app.users.tokens import actor_of, require_fresh_token


class Users:
    """Everybody may be led to a user by another resource and then sees the public part."""

    model, schema = User, UserSchema
    access = Access(read=anyone, create=anyone, update=keeper, delete=keeper, list=staff)


class UserList(Users, ResourceList):
    """Everybody with an account; signing up makes one more."""

    def post(self, *args: Any, **kwargs: Any) -> Response:
        """Sign up."""
        spend("RATE_LIMIT_SIGN_UP", client_address())
        return super().post(*args, **kwargs)

    def before_create(self, row: User, given: Given) -> None:
        services.prepare_account(given, actor=self.actor)

    def after_create(self, row: User, given: Given) -> None:
        services.welcome(row)
        if self.actor.is_anonymous:
            # Whoever signs up is shown the account as its user.
            self.actor = actor_of(row)


class _OwnPath:
    """Gates the paths that start with the user: they are for the user and staff, whoever else there is."""

    def check_access(self, **kwargs: Any) -> None:
        """Refuse others before the row is looked for, so that they do not learn which users there are."""
        super().check_access(**kwargs)  # type: ignore[misc]
        actor, parent = self.actor, self.parent  # type: ignore[attr-defined]
        if parent is None and not actor.is_staff and kwargs["id"] != str(actor.id):
            raise refusal(actor, itself_or_staff if request.method in ("GET", "HEAD") else keeper)


class UserDetail(_OwnPath, Users, ResourceDetail):
    """One user; in full to the user and to staff."""

    def before_update(self, row: User, changes: Given) -> None:
        if "email" in changes:
            require_fresh_token()
            # The answer tells whether the address has an account, and makes mail go to it.
            spend("RATE_LIMIT_CHECK_EMAIL", f"user {self.actor.id}")
            spend("RATE_LIMIT_CHECK_EMAIL", client_address())
        services.check_account_change(row, changes, actor=self.actor)

    def before_delete(self, row: User) -> None:
        services.retire_account(row)


class UserRelationship(_OwnPath, Users, ResourceRelationship):
    """What belongs to a user."""


class UserEmails:
    """Further addresses are for their user and staff."""

    model, schema = UserEmail, UserEmailSchema
    access = Access(
        read=itself_or_staff,
        create=itself,
        update=itself_or_staff,
        delete=itself_or_staff,
        exists=anyone,
        list=staff,
    )


class UserEmailList(UserEmails, ResourceList):
    """The further addresses of a user."""

    def before_create(self, row: UserEmail, given: Given) -> None:
        spend("RATE_LIMIT_CHECK_EMAIL", f"user {self.actor.id}")
        services.check_further_address(row, given)


class UserEmailDetail(UserEmails, ResourceDetail):
    """One further address."""

    def before_update(self, row: UserEmail, changes: Given) -> None:
        if "email_address" in changes or "deleted_at" in changes:
            spend("RATE_LIMIT_CHECK_EMAIL", f"user {self.actor.id}")
            services.check_further_address(row, changes)


class UserEmailRelationship(UserEmails, ResourceRelationship):
    """Whose address it is."""


class AllUserEmails(UserEmails, ResourceList):
    """The further addresses of everybody."""


class UserOfAddress(UserDetail):
    """The user a further address belongs to, by the path clients of the original know."""

    under = ("user-email", "user")


class CustomSystemRoles:
    """Anybody may know which roles there are."""

    model, schema = CustomSystemRole, CustomSystemRoleSchema
    access = Access(read=anyone, create=staff, update=staff, delete=staff)


class CustomSystemRoleList(CustomSystemRoles, ResourceList):
    """The roles on the installation's panels."""


class CustomSystemRoleDetail(CustomSystemRoles, ResourceDetail):
    """One role."""


class CustomSystemRoleRelationship(CustomSystemRoles, ResourceRelationship):
    """Which panels a role opens."""


class PanelPermissions:
    """The admin screens are for staff."""

    model, schema = PanelPermission, PanelPermissionSchema
    access = Access(read=staff, create=staff, update=staff, delete=staff, exists=anyone, list=staff)


class PanelPermissionList(PanelPermissions, ResourceList):
    """The panels of the admin screens."""


class PanelPermissionDetail(PanelPermissions, ResourceDetail):
    """One panel."""


class PanelPermissionRelationship(PanelPermissions, ResourceRelationship):
    """Which roles open a panel."""


resource(
    "users",
    UserList,
    UserDetail,
    UserRelationship,
    also=(("/alternate-emails/<user_email_id>/user", UserOfAddress),),
)
resource(
    "user-emails",
    UserEmailList,
    UserEmailDetail,
    UserEmailRelationship,
    collection=("POST",),
    also=(("/admin/user-emails", AllUserEmails),),
)
resource("custom-system-roles", CustomSystemRoleList, CustomSystemRoleDetail, CustomSystemRoleRelationship)
resource("panel-permissions", PanelPermissionList, PanelPermissionDetail, PanelPermissionRelationship)
