"""Factories of groups, of the roles people hold in them, and of those who follow them."""

from __future__ import annotations

from typing import Any

import factory

from app.groups.models import Group, UserFollowGroup, UsersGroupsRoles
from app.groups.services import give_owner
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import RoleFactory, in_days
from tests.unittests.factories.users import UserFactory


class GroupFactory(RowFactory):
    """A group without events, with its owner."""

    class Meta:
        model = Group

    name = factory.Sequence(lambda number: f"Group {number}")
    user: Any = factory.SubFactory(UserFactory)

    @factory.post_generation
    def owner(group: Any, create: bool, wanted: Any, **_: Any) -> None:
        """Whose group it is holds the owner's role, unless `owner=False` says that this is given later."""
        if wanted is not False:
            give_owner(group)


class UsersGroupsRolesFactory(RowFactory):
    """That somebody is asked to organize a group; give it a `user` and `accepted` for one who does."""

    class Meta:
        model = UsersGroupsRoles

    email = factory.LazyAttributeSequence(
        lambda made, number: made.user.email if made.user else f"asked{number}@example.com"
    )
    expires_at = factory.LazyFunction(lambda: in_days(7))
    user: Any = None
    role: Any = factory.SubFactory(RoleFactory, name="organizer")
    group: Any = factory.SubFactory(GroupFactory)


class UserFollowGroupFactory(RowFactory):
    """That somebody follows a group of its own."""

    class Meta:
        model = UserFollowGroup

    user: Any = factory.SubFactory(UserFactory)
    group: Any = factory.SubFactory(GroupFactory)
