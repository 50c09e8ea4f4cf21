"""Groups over HTTP, with those who run and those who follow them."""

from __future__ import annotations

from app.api import resource
from app.groups import inviting, services
from app.groups.access import founder, manager_of_group, of_live_group, owner_of_group
from app.groups.models import Group, UserFollowGroup, UsersGroupsRoles
from app.groups.schemas import GroupSchema, UserFollowGroupSchema, UsersGroupsRolesSchema
from app.jsonapi import (
    Access,
    Given,
    ResourceDetail,
    ResourceList,
    ResourceRelationship,
    anyone,
    logged_in,
    nobody,
    staff,
)
from app.limits.spending import spend_mail
from app.users.access import itself


class Groups:
    """Everybody may come across them; their owners and organizers change them."""

    model, schema = Group, GroupSchema
    access = Access(read=anyone, create=founder, update=manager_of_group, delete=manager_of_group)

    def before_update(self, row: Group, changes: Given) -> None:
        """Also by its relationship events are linked under these rules."""
        services.check_group_change(row, changes, actor=self.actor)  # type: ignore[attr-defined]

    def after_update(self, row: Group, changes: Given) -> None:
        if "events" in changes:
            services.link_events(row, changes["events"], actor=self.actor)  # type: ignore[attr-defined]


class GroupList(Groups, ResourceList):
    """All groups, or those that somebody owns."""

    def before_create(self, row: Group, given: Given) -> None:
        services.prepare_group(row, given, actor=self.actor)

    def after_create(self, row: Group, given: Given) -> None:
        services.settle_group(row, given, actor=self.actor)


class GroupDetail(Groups, ResourceDetail):
    """One group."""

    def before_delete(self, row: Group) -> None:
        services.release_events(row)


class GroupRelationship(Groups, ResourceRelationship):
    """The events of a group, and its people."""


class RolesInGroups:
    """Whoever runs a group sees who else does; its owner asks others, and takes roles back. Members may leave."""

    model, schema = UsersGroupsRoles, UsersGroupsRolesSchema
    access = Access(
        exists=of_live_group,
        read=manager_of_group,
        create=owner_of_group,
        update=nobody,
        delete=owner_of_group | itself,
        list=staff,
    )


class UsersGroupsRolesList(RolesInGroups, ResourceList):
    """Who holds a role in a group, or is asked to."""

    def before_create(self, row: UsersGroupsRoles, given: Given) -> None:
        inviting.prepare_invite(row, given)
        spend_mail(given["email"], by=self.actor)

    def after_create(self, row: UsersGroupsRoles, given: Given) -> None:
        inviting.send_invite(row, actor=self.actor)


class UsersGroupsRolesDetail(RolesInGroups, ResourceDetail):
    """One role in a group."""

    offers = ("GET", "DELETE")

    def before_delete(self, row: UsersGroupsRoles) -> None:
        inviting.check_removal(row)


class UsersGroupsRolesRelationship(RolesInGroups, ResourceRelationship):
    """Who holds it, in which group."""


class RolesOfGroup(UsersGroupsRolesList):
    """The same under the type's own name, by which clients of the original know it."""

    under = ("group", "roles")


class UserFollowGroups:
    """Who follows a group is for everybody with an account; what somebody follows, for them and staff."""

    model, schema = UserFollowGroup, UserFollowGroupSchema
    access = Access(exists=of_live_group, read=logged_in, create=logged_in, update=nobody, delete=itself, list=staff)


class UserFollowGroupList(UserFollowGroups, ResourceList):
    """Those who follow a group, or what a user follows."""

    def before_create(self, row: UserFollowGroup, given: Given) -> None:
        row.user = self.actor.user


class UserFollowGroupDetail(UserFollowGroups, ResourceDetail):
    """That one user follows one group."""

    offers = ("GET", "DELETE")


class UserFollowGroupRelationship(UserFollowGroups, ResourceRelationship):
    """Who follows, and which group."""


resource("groups", GroupList, GroupDetail, GroupRelationship)
resource(
    "users-groups-roles",
    UsersGroupsRolesList,
    UsersGroupsRolesDetail,
    UsersGroupsRolesRelationship,
    collection=("POST",),
    also=(("/groups/<group_id>/users-groups-roles", RolesOfGroup),),
)
resource(
    "user-follow-groups",
    UserFollowGroupList,
    UserFollowGroupDetail,
    UserFollowGroupRelationship,
    collection=("POST",),
)
