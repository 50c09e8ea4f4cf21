"""Whoever has accepted a role in a group holds it on the group's events, on every path, as long as all of it lasts."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.groups.models import UsersGroupsRoles
from app.jsonapi import json
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.events.invitations import answered, invite, invited
from tests.unittests.factories.events import UsersEventsRolesFactory, give_role
from tests.unittests.factories.groups import GroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.program import SessionFactory
from tests.unittests.factories.tickets import TicketFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.groups.gathering import group_with_event, ids_of, organizer_of, owned_event
from tests.unittests.statements import statements_sent


def sees(api: ApiClient, event: Any, session: Any, user: Any) -> list[bool]:
    """Whether the user sees a draft event and its session: in lists, details, nested, included, and by a filter."""
    named = {"filter": [{"name": "event.id", "op": "eq", "val": event.id}]}
    return [
        event.id in ids_of(api.get("/v1/events", user=user)),
        api.get(f"/v1/events/{event.identifier}", user=user).status_code == 200,
        api.get(f"/v1/events/{event.id}/sessions", user=user).status_code == 200,
        session.id in ids_of(api.get("/v1/sessions", query=named, user=user)),
        api.get(f"/v1/sessions/{session.id}/event", user=user).status_code == 200,
        bool(api.get(f"/v1/groups/{event.group_id}?include=events", user=user).json["included"]),
        api.get(f"/v1/events/{event.id}/orders", user=user).status_code == 200,
    ]


@pytest.fixture
def draft() -> tuple[Any, Any, Any]:
    """A group, a draft event in it, and a pending session of that."""
    group, event = group_with_event(state="draft", is_sessions_speakers_enabled=True)
    return group, event, SessionFactory(event=event, state="pending")


def test_member_of_the_group_sees_what_the_team_of_its_events_sees(api: ApiClient, draft: tuple[Any, Any, Any]) -> None:
    group, event, session = draft
    asked = UserFactory()
    UsersGroupsRolesFactory(group=group, user=asked)
    for user, seen in (
        (group.user, True),
        (organizer_of(group), True),
        (asked, False),
        (organizer_of(GroupFactory()), False),
        (UserFactory(), False),
    ):
        assert set(sees(api, event, session, user)) == {seen}


@pytest.mark.parametrize("end", ["role", "group", "link", "event"])
def test_role_on_events_ends_with_what_gives_it(api: ApiClient, draft: tuple[Any, Any, Any], end: str) -> None:
    group, event, session = draft
    organizer = organizer_of(group)
    assert all(sees(api, event, session, organizer))
    path = {
        "role": f"/v1/users-groups-roles/{db.session.query(UsersGroupsRoles).filter_by(user_id=organizer.id).one().id}",
        "group": f"/v1/groups/{group.id}",
        "link": f"/v1/groups/{group.id}/relationships/events",
        "event": f"/v1/events/{event.id}",
    }[end]
    body = {"data": [linkage("event", event)]} if end == "link" else None
    assert api.delete(path, body, user=group.user).status_code == 200
    assert api.get(f"/v1/events/{event.identifier}", user=organizer).status_code == 404
    assert event.id not in ids_of(api.get("/v1/events", user=organizer))
    assert api.get(f"/v1/sessions/{session.id}", user=organizer).status_code == 404
    flags = api.get(f"/v1/users/{organizer.id}", user=organizer).json["data"]["attributes"]
    assert flags["is-user-organizer"] is (end in ("link", "event"))


def test_role_in_the_group_is_the_same_role_on_its_events_and_no_higher_one(api: ApiClient) -> None:
    group, event = group_with_event()
    organizer, role = organizer_of(group), UsersEventsRolesFactory(event=event)
    sent = document("event", event.id, name="Renamed")
    assert api.patch(f"/v1/events/{event.id}", sent, user=organizer).status_code == 200
    assert api.get(f"/v1/users-events-roles/{role.id}", user=organizer).status_code == 200
    # Only an owner moves an event to another group: the group's is one.
    path = f"/v1/events/{event.id}/relationships/group"
    for user, status in ((organizer, 403), (group.user, 200)):
        assert api.patch(path, {"data": None}, user=user).status_code == status
    assert api.patch(f"/v1/events/{event.id}", sent, user=group.user).status_code == 403


@pytest.mark.parametrize("end", ["event", "group", "deletion", "move"])
def test_event_is_not_offered_any_more_by_who_owned_it_through_a_group(api: ApiClient, end: str) -> None:
    group, other = GroupFactory(), GroupFactory()
    event = owned_event(UserFactory(), group=group)
    accomplice, organizer = UserFactory(), UserFactory()
    for role, asked in (("owner", accomplice), ("organizer", organizer)):
        assert invite(api, event, role, asked.email, by=group.user).status_code == 201
    method, path, data = {
        "event": ("PATCH", f"/v1/events/{event.id}/relationships/group", None),
        "group": ("PATCH", f"/v1/groups/{group.id}/relationships/events", []),
        "deletion": ("DELETE", f"/v1/groups/{group.id}", None),
        "move": ("PATCH", f"/v1/groups/{other.id}/relationships/events", [linkage("event", event)]),
    }[end]
    body = None if method == "DELETE" else {"data": data}
    assert api.request(method, path, json_body=body, user=AdminFactory()).status_code == 200
    offered = api.get(f"/v1/events/{event.id}/role-invites", user=AdminFactory()).json["data"]
    assert [each["attributes"]["email"] for each in offered] == [organizer.email]


def test_event_leaves_its_group_with_a_new_owner(api: ApiClient, draft: tuple[Any, Any, Any]) -> None:
    group, event, session = draft
    event.is_announced = True
    organizer, new = organizer_of(group), UserFactory()
    invited("owner", event=event, email=new.email)
    assert all(sees(api, event, session, organizer))
    assert answered(api, "accept-invite").status_code == 200
    assert (event.group_id, event.is_announced) == (None, False)
    for user, status in ((organizer, 404), (group.user, 404), (new, 200)):
        assert api.get(f"/v1/events/{event.identifier}", user=user).status_code == status


def test_lists_of_a_user_hold_the_events_of_their_groups_once(api: ApiClient) -> None:
    group, event = group_with_event()
    organizer, other = organizer_of(group), owned_event(UserFactory())
    give_role(organizer, event, "organizer")
    give_role(organizer, event, "coorganizer")
    give_role(organizer, other, "coorganizer")
    for name, user, expected in (
        ("events", organizer, [event.id, other.id]),
        ("organizer-events", organizer, [event.id]),
        ("coorganizer-events", organizer, [event.id, other.id]),
        ("owner-events", organizer, []),
        ("owner-events", group.user, [event.id]),
    ):
        assert ids_of(api.get(f"/v1/users/{user.id}/{name}?sort=id", user=user)) == expected
        included = api.get(f"/v1/users/{user.id}?include={name}", user=user).json
        linked = included["data"]["relationships"][name]["data"]
        assert linked == [linkage("event", each) for each in expected]
    flags = api.get(
        f"/v1/users?sort=id&filter={json.dump([{'name': 'id', 'op': 'eq', 'val': group.user_id}]).decode()}",
        user=AdminFactory(),
    )
    assert flags.json["data"][0]["attributes"]["is-user-owner"] is True


def test_roles_are_learnt_by_one_statement_however_many_groups(api: ApiClient) -> None:
    user, counts = UserFactory(), []
    api.get("/v1/events", user=user)  # Notes when they were here.
    for number in (1, 6):
        for _ in range(number):
            group = GroupFactory()
            UsersGroupsRolesFactory(group=group, user=user, accepted=True)
            TicketFactory(event=owned_event(UserFactory(), group=group, state="draft"))
        with statements_sent() as sent:
            assert ids_of(api.get("/v1/events?include=tickets,group", user=user))
        counts.append(len(sent))
    assert counts[0] == counts[1]
