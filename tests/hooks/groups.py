"""What must exist before the documented requests about groups."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.groups.services import give_owner
from app.users.mailed_tokens import fingerprint
from app.users.models import User
from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic, RoleFactory, give_role
from tests.unittests.factories.groups import GroupFactory, UserFollowGroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.users import UserFactory


def group() -> Any:
    """Group 1 of user 1, with event 1, which user 1 owns too."""
    user = UserFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace")
    made = GroupFactory(user=user, name="Analytical Engineers", about="<p>We weave numbers.</p>")
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit", group=made)
    give_role(user, event, "owner")
    return made


def group_alone() -> Any:
    """Group 1 of user 1, without events."""
    return GroupFactory(user=UserFactory(email="ada@example.com", first_name="Ada", last_name="Lovelace"))


def follow() -> Any:
    """User 1 follows group 1 of user 2 by follow 1."""
    user = UserFactory(email="grace@example.com", first_name="Grace", last_name="Hopper")
    return UserFollowGroupFactory(group=group(), user=user)


def followed_by_owner() -> Any:
    """User 1, who owns group 1, follows it by follow 1."""
    made = group()
    return UserFollowGroupFactory(group=made, user=made.user)


def organizing(**values: Any) -> Any:
    """User 1 organizes group 1 of user 2 by role 1."""
    user = UserFactory(email="grace@example.com", first_name="Grace", last_name="Hopper")
    made = GroupFactory(name="Analytical Engineers", owner=False)
    held = UsersGroupsRolesFactory(**{"group": made, "user": user, "accepted": True} | values)
    give_owner(made)
    return held


def volunteering() -> Any:
    """The same in a role of the installation's own, role 8."""
    return organizing(role=RoleFactory(name="volunteer"))


def asked() -> Any:
    """User 1 is asked by role 1 to organize group 1 of user 2."""
    return organizing(accepted=False)


def to_be_accepted() -> dict[str, str]:
    """The same, by a mail whose token the page's stands for."""
    organizing(accepted=False, secret_hash=fingerprint("s3cret"))
    return {"<invite token>": "s3cret"}


def second_user() -> User:
    """User 2, who owns the group."""
    return db.session.get_one(User, 2)


ROWS = {
    "Groups > Group Collection": row(group, actor="first user"),
    "Groups > Group Detail": row(group, actor="first user"),
    "Groups > Group Owner": row(group_alone, actor="first user"),
    "Groups > Announcement": row(group, actor="first user"),
    "Groups > Message to Organizers": row(group, actor="user"),
    "Groups > Group Collection of a User": row(group, actor="first user"),
    "Groups > Group Detail of an Event": row(group, actor="first user"),
    "Groups > Joined Group": row(organizing, actor="first user"),
    "Groups > Joined Group of a Follower": row(followed_by_owner, actor="first user"),
    **{
        f"Groups > Relationship group.{name}": row(followed_by_owner, actor="first user")
        for name in ("events", "user", "follower", "followers", "roles")
    },
    "Users Groups Roles > Users Groups Role Collection": row(group, actor="first user"),
    "Users Groups Roles > Users Groups Role Detail": row(organizing, actor="first user"),
    "Users Groups Roles > Users Groups Role List": row(organizing, actor="first user"),
    "Users Groups Roles > Users Groups Role List of a Group as roles": row(organizing, actor="first user"),
    "Users Groups Roles > Group Role Invite": row(asked, actor=second_user),
    "Users Groups Roles > Group Role Acceptance": row(to_be_accepted, actor="first user"),
    **{
        f"Users Groups Roles > Relationship users-groups-role.{name}": row(organizing, actor="first user")
        for name in ("group", "user", "role")
    },
    "User Follow Groups > User Follow Group Collection": row(group, actor="first user"),
    "User Follow Groups > User Follow Group Detail": row(follow, actor="first user"),
    "User Follow Groups > User Follow Group List": row(follow, actor="first user"),
    "User Follow Groups > User Follow Group Detail of a Group as follower": row(follow, actor="first user"),
    "User Follow Groups > User Follow Group List of a Group as followers": row(follow, actor="first user"),
    **{
        f"User Follow Groups > Relationship user-follow-group.{name}": row(follow, actor="first user")
        for name in ("group", "user")
    },
    "Events > Relationship event.group": row(group, actor="first user"),
    "Events > Event Collection of a Group": row(group, actor="first user"),
    "Roles > Held Role in a Group": row(volunteering, actor="admin"),
    "Users > Related User of a Users Groups Role": row(organizing, actor="first user"),
    "Users > Related User of a User Follow Group": row(follow, actor="first user"),
    "Users > Relationship user.groups": row(group, actor="first user"),
    "Users > Relationship user.followed-groups": row(follow, actor="first user"),
}
