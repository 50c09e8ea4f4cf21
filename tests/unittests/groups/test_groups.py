"""Groups: who makes, changes and deletes them, what they are made of, and which events they show."""

from __future__ import annotations

from typing import Any

import pytest

from app.extensions import db
from app.groups.models import Group, UsersGroupsRoles
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic, give_role
from tests.unittests.factories.groups import GroupFactory, UserFollowGroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.groups.gathering import (
    events_document,
    group_with_event,
    ids_of,
    organizer_of,
    owned_event,
    refusal_of,
)
from tests.unittests.statements import statements_sent

MANAGERS_ONLY = (403, "Group owner or organizer access required")
NOT_YOURS = (403, "Event owner access required")

# Making


def test_whoever_makes_a_group_owns_it(api: ApiClient) -> None:
    user = UserFactory()
    sent = document("group", name="Book circle", about="<p onclick='x()'>Read</p>", social_links={"web": "https://a.b"})
    sent["data"]["attributes"] |= {"follower-count": 7, "is-promoted": True, "thumbnail-image-url": "https://a.b/c.png"}
    sent["data"]["relationships"] = {"user": {"data": linkage("user", UserFactory())}}
    made = api.post("/v1/groups", sent, user=user)
    assert made.status_code == 201, made.json
    shown = made.json["data"]["attributes"]
    assert (shown["about"], shown["follower-count"], shown["is-promoted"]) == ("<p>Read</p>", 0, False)
    assert (shown["social-links"], shown["thumbnail-image-url"]) == ({"web": "https://a.b"}, None)
    group = db.session.get_one(Group, int(made.json["data"]["id"]))
    assert group.user_id == user.id
    (held,) = db.session.query(UsersGroupsRoles)
    assert (held.user_id, held.role.name, held.accepted, held.email) == (user.id, "owner", True, user.email)
    assert api.get(f"/v1/users/{user.id}", user=user).json["data"]["attributes"]["is-user-owner"] is True
    mine = f"/v1/users/{user.id}/groups"
    assert ids_of(api.get(mine, user=user)) == [group.id]
    assert [api.get(mine, user=other).status_code for other in (None, UserFactory())] == [401, 403]


def test_only_who_has_proven_an_address_makes_groups(api: ApiClient) -> None:
    sent = document("group", name="Book circle")
    assert refusal_of(api.post("/v1/groups", sent, user=UserFactory(is_verified=False))) == (403, "Access Forbidden")
    assert api.post("/v1/groups", sent).status_code == 401


@pytest.mark.parametrize(
    ("attributes", "fault"),
    [
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": 7}, "name"),
        ({"social_links": "x"}, "social-links"),
        ({"social_links": {"n": 2**70}}, "social-links"),
        ({"logo_url": "javascript:alert(1)"}, "logo-url"),
        ({"banner_url": "file:///etc/passwd"}, "banner-url"),
        ({"about": 3}, "about"),
        ({"deleted_at": "soon"}, "deleted-at"),
    ],
)
def test_unsound_group_is_refused_where_the_fault_is(api: ApiClient, attributes: dict[str, Any], fault: str) -> None:
    group = GroupFactory()
    for answer in (
        api.post("/v1/groups", document("group", **({"name": "A"} | attributes)), user=group.user),
        api.patch(f"/v1/groups/{group.id}", document("group", group.id, **attributes), user=group.user),
    ):
        error = answer.json["errors"][0]
        assert (error["status"], error["source"]["pointer"]) == ("422", f"/data/attributes/{fault}")


# Changing and deleting


def test_owner_organizers_and_staff_change_a_group_and_others_do_not(api: ApiClient) -> None:
    group, event = group_with_event()
    asked = UserFactory()
    UsersGroupsRolesFactory(group=group, user=asked)
    elsewhere = organizer_of(GroupFactory())
    follower = UserFollowGroupFactory(group=group).user
    event_organizer = UserFactory()
    give_role(event_organizer, event, "organizer")
    for number, user in enumerate((group.user, organizer_of(group), AdminFactory())):
        sent = document("group", group.id, name=f"Circle {number}", is_promoted=True)
        changed = api.patch(f"/v1/groups/{group.id}", sent, user=user).json["data"]["attributes"]
        assert (changed["name"], changed["is-promoted"]) == (f"Circle {number}", user.is_admin)
    for user in (asked, elsewhere, follower, event_organizer, UserFactory()):
        assert refusal_of(api.patch(f"/v1/groups/{group.id}", document("group", group.id), user=user)) == MANAGERS_ONLY
        assert refusal_of(api.delete(f"/v1/groups/{group.id}", user=user)) == MANAGERS_ONLY
    assert api.delete(f"/v1/groups/{group.id}").status_code == 401


def test_deleted_group_leaves_its_events_without_one_and_comes_back_by_staff(api: ApiClient) -> None:
    group, event = group_with_event(is_announced=True)
    follow = UserFollowGroupFactory(group=group)
    assert api.delete(f"/v1/groups/{group.id}", user=group.user).status_code == 200
    db.session.refresh(event)
    assert (event.group_id, event.is_announced, event.deleted_at) == (None, False, None)
    assert api.get(f"/v1/events/{event.id}/group").status_code == 404
    shown = api.get(f"/v1/events/{event.id}?include=group").json
    assert shown["data"]["relationships"]["group"]["data"] is None
    assert ids_of(api.get("/v1/groups")) == []
    assert ids_of(api.get(f"/v1/users/{follow.user_id}/followed-groups", user=follow.user)) == []
    for path in (f"/v1/groups/{group.id}", f"/v1/user-follow-groups/{follow.id}"):
        assert api.get(path, user=follow.user).status_code == 404
    assert ids_of(api.get("/v1/groups?get_trashed=true&include=user,events,followers", user=AdminFactory())) == [
        group.id
    ]
    back = document("group", group.id, deleted_at=None)
    for user, status in ((group.user, 404), (AdminFactory(), 200)):
        assert api.patch(f"/v1/groups/{group.id}?get_trashed=true", back, user=user).status_code == status
    assert ids_of(api.get("/v1/groups")) == [group.id]


def test_group_is_deleted_by_delete_alone_and_for_good_by_staff(api: ApiClient) -> None:
    group, event = group_with_event()
    UserFollowGroupFactory(group=group)
    sent = document("group", group.id, deleted_at="2020-01-01T00:00:00Z")
    assert api.patch(f"/v1/groups/{group.id}", sent, user=AdminFactory()).status_code == 200
    assert api.get(f"/v1/groups/{group.id}").status_code == 200
    assert api.delete(f"/v1/groups/{group.id}?permanent=true", user=group.user).status_code == 403
    assert api.delete(f"/v1/groups/{group.id}?permanent=true", user=AdminFactory()).status_code == 200
    db.session.refresh(event)
    assert event.group_id is None
    assert db.session.query(UsersGroupsRoles).count() == 0


def test_account_that_owns_a_group_is_not_deleted(api: ApiClient) -> None:
    group = GroupFactory()
    refused = api.delete(f"/v1/users/{group.user_id}", user=group.user)
    assert refusal_of(refused) == (403, "Users associated with groups cannot be deleted")


# Events


def test_group_takes_events_of_who_brings_them_alone(api: ApiClient) -> None:
    user, other = UserFactory(), EventFactoryBasic()
    give_role(user, other, "organizer")
    mine, hidden = owned_event(user), EventFactoryBasic(state="draft")
    assert refusal_of(api.post("/v1/groups", events_document(None, mine, other), user=user)) == NOT_YOURS
    assert api.post("/v1/groups", events_document(None, hidden), user=user).status_code == 404
    assert db.session.query(Group).count() == 0
    made = api.post("/v1/groups", events_document(None, mine), user=user)
    assert made.status_code == 201
    group = db.session.query(Group).one()
    path = f"/v1/groups/{group.id}/relationships/events"
    assert mine.group_id == group.id
    for answer in (
        api.patch(f"/v1/groups/{group.id}", events_document(group, mine, other), user=user),
        api.patch(path, {"data": [linkage("event", other)]}, user=user),
        api.post(path, {"data": [linkage("event", other)]}, user=user),
    ):
        assert refusal_of(answer) == NOT_YOURS
    db.session.refresh(other)
    assert (other.group_id, mine.group_id) == (None, group.id)


def test_organizer_who_sends_every_event_back_changes_nothing(api: ApiClient) -> None:
    group, event = group_with_event(is_announced=True)
    organizer = organizer_of(group)
    added = owned_event(organizer)
    sent = events_document(group, event, added)
    assert api.patch(f"/v1/groups/{group.id}", sent, user=organizer).status_code == 200
    db.session.refresh(event)
    assert (event.group_id, added.group_id, event.is_announced) == (group.id, group.id, True)
    path = f"/v1/groups/{group.id}/relationships/events"
    left = api.delete(path, {"data": [linkage("event", event)]}, user=organizer)
    assert left.json["data"] == [linkage("event", added)]
    db.session.refresh(event)
    assert (event.group_id, event.is_announced) == (None, False)


def test_deleted_event_stays_where_nobody_saw_it(api: ApiClient) -> None:
    group, event = group_with_event(deleted_at="2020-01-01T00:00:00Z")
    assert api.patch(f"/v1/groups/{group.id}", events_document(group), user=group.user).status_code == 200
    db.session.refresh(event)
    assert event.group_id == group.id


def test_event_joins_a_group_by_its_owner_who_runs_the_group(api: ApiClient) -> None:
    user, group, foreign = UserFactory(), GroupFactory(), GroupFactory()
    UsersGroupsRolesFactory(group=group, user=user, accepted=True)
    event = owned_event(user, is_announced=True)
    coorganizer = UserFactory()
    give_role(coorganizer, event, "coorganizer")
    path = f"/v1/events/{event.identifier}/relationships/group"

    def put(into: Any, who: Any) -> Any:
        return api.patch(path, {"data": into and linkage("group", into)}, user=who)

    assert refusal_of(put(foreign, user)) == MANAGERS_ONLY
    assert refusal_of(put(group, coorganizer)) == NOT_YOURS
    assert put(GroupFactory(deleted_at="2020-01-01T00:00:00Z"), user).status_code == 404
    sent = document("event", event.id, relationships={"group": linkage("group", group)}, name=event.name)
    assert api.patch(f"/v1/events/{event.identifier}", sent, user=user).status_code == 200
    db.session.refresh(event)
    assert (event.group_id, event.is_announced) == (group.id, False)
    event.is_announced = True
    # Clients send the group back with every change.
    assert api.patch(f"/v1/events/{event.identifier}", sent, user=coorganizer).status_code == 200
    assert refusal_of(put(None, coorganizer)) == NOT_YOURS
    db.session.refresh(event)
    assert (event.group_id, event.is_announced) == (group.id, True)
    assert put(None, user).status_code == 200
    db.session.refresh(event)
    assert (event.group_id, event.is_announced) == (None, False)


def test_new_event_is_made_in_a_group_by_who_runs_it(api: ApiClient) -> None:
    group = GroupFactory()
    sent = document("event", name="New", timezone="UTC", relationships={"group": linkage("group", group)})
    assert refusal_of(api.post("/v1/events", sent, user=UserFactory())) == MANAGERS_ONLY
    made = api.post("/v1/events", sent, user=group.user)
    assert made.status_code == 201, made.json
    assert ids_of(api.get(f"/v1/groups/{group.id}/events", user=group.user)) == [int(made.json["data"]["id"])]


def test_group_shows_the_events_its_reader_may_see(api: ApiClient) -> None:
    group, shown = group_with_event()
    draft = owned_event(UserFactory(), state="draft", group=group)
    private = owned_event(UserFactory(), privacy="private", group=group)
    owned_event(UserFactory(), deleted_at="2020-01-01T00:00:00Z", group=group)
    team = UserFactory()
    give_role(team, draft, "coorganizer")
    for user, seen in (
        (None, {shown}),
        (UserFactory(), {shown}),
        (team, {shown, draft}),
        (group.user, {shown, draft, private}),
        (AdminFactory(), {shown, draft, private}),
    ):
        ids = {each.id for each in seen}
        assert set(ids_of(api.get(f"/v1/groups/{group.id}/events", user=user))) == ids
        linked = api.get(f"/v1/groups/{group.id}/relationships/events", user=user).json["data"]
        included = api.get(f"/v1/groups/{group.id}?include=events", user=user).json["included"]
        assert {int(each["id"]) for each in linked} == {int(each["id"]) for each in included} == ids
        found = [{"name": "events", "op": "any", "val": {"name": "id", "op": "eq", "val": draft.id}}]
        assert bool(ids_of(api.get("/v1/groups", query={"filter": found}, user=user))) == (draft in seen)


def test_front_page_and_event_page_find_what_they_ask_for(api: ApiClient) -> None:
    group, event = group_with_event()
    group.is_promoted = True
    GroupFactory()
    follow = UserFollowGroupFactory(group=group)
    promoted = [{"name": "is-promoted", "op": "eq", "val": True}]
    assert ids_of(api.get("/v1/groups", query={"filter": promoted, "sort": "name"})) == [group.id]
    path = f"/v1/events/{event.identifier}?include=group,group.followers,group.followers.user"
    assert [each["type"] for each in api.get(path).json["included"]] == ["group"]
    included = api.get(path, user=follow.user).json["included"]
    assert {each["type"] for each in included} == {"group", "user-follow-group", "user"}


def test_many_events_and_readers_cost_no_more_statements(api: ApiClient) -> None:
    counts = []
    for number in (1, 8):
        group = GroupFactory()
        events = [owned_event(group.user) for _ in range(number)]
        for _ in range(number):
            UserFollowGroupFactory(group=group)
        sent = events_document(group, *events)
        with statements_sent() as sent_by_write:
            assert api.patch(f"/v1/groups/{group.id}", sent, user=group.user).status_code == 200
        with statements_sent() as sent_by_read:
            api.get(f"/v1/groups/{group.id}?include=events,followers.user,roles,follower", user=group.user)
        counts.append((len(sent_by_write), len(sent_by_read)))
    assert counts[0] == counts[1]
