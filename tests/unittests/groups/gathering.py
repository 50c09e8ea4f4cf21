"""Groups with events and people, and what is asked of them."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from app.groups.models import Group
from tests.unittests.client import document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.groups import GroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.users import UserFactory


def owned_event(user: Any, **values: Any) -> Any:
    """An event of this user's."""
    event = EventFactoryBasic(**values)
    give_role(user, event, "owner")
    return event


def group_with_event(**values: Any) -> tuple[Group, Any]:
    """A group, and an event of somebody else's in it."""
    group = GroupFactory()
    return group, owned_event(UserFactory(), group=group, **values)


def organizer_of(group: Any) -> Any:
    """A user who has accepted to organize the group."""
    user = UserFactory()
    UsersGroupsRolesFactory(group=group, user=user, accepted=True)
    return user


def events_document(group: Any, *events: Any) -> Any:
    """A document that gives a group, or a new one, these events."""
    relationships = {"events": [linkage("event", each) for each in events]}
    return document("group", getattr(group, "id", None), relationships=relationships, name="Book circle")


def refusal_of(response: TestResponse) -> tuple[object, str]:
    """Status and detail of the first error."""
    error = response.json["errors"][0]  # type: ignore[index]
    return error["status"], error["detail"]


def ids_of(response: TestResponse) -> list[int]:
    """The ids of the rows of a list."""
    assert response.status_code == 200, response.json
    return [int(each["id"]) for each in response.json["data"]]  # type: ignore[index]
