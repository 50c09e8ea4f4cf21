"""Following groups: once each, seen by everybody with an account, ended by whoever follows."""

from __future__ import annotations

from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.groups import GroupFactory, UserFollowGroupFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.groups.gathering import ids_of, refusal_of


def test_whoever_follows_is_counted_and_counted_once(api: ApiClient) -> None:
    group, user = GroupFactory(), UserFactory()
    sent = document("user-follow-group", relationships={"group": linkage("group", group)})
    sent["data"]["relationships"]["user"] = {"data": linkage("user", UserFactory())}
    made = api.post("/v1/user-follow-groups", sent, user=user)
    assert made.status_code == 201, made.json
    refused = api.post("/v1/user-follow-groups", sent, user=user)
    assert refusal_of(refused) == (409, "Group already followed")
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/relationships/group"}
    shown = api.get(f"/v1/groups/{group.id}?include=follower", user=user).json
    own = {"type": "user-follow-group", "id": made.json["data"]["id"]}
    assert shown["data"]["relationships"]["follower"]["data"] == own
    assert shown["data"]["attributes"]["follower-count"] == 1
    path = f"/v1/user-follow-groups/{own['id']}"
    for other in (group.user, AdminFactory(), UserFactory()):
        assert refusal_of(api.delete(path, user=other)) == (403, "Access Forbidden")
        shown = api.get(f"/v1/groups/{group.id}?include=follower", user=other).json
        assert shown["data"]["relationships"]["follower"]["data"] is None
    assert api.delete(path, user=user).status_code == 200
    assert api.get(f"/v1/groups/{group.id}").json["data"]["attributes"]["follower-count"] == 0


def test_following_needs_an_account_and_a_group(api: ApiClient) -> None:
    gone, user = GroupFactory(deleted_at="2020-01-01T00:00:00Z"), UserFactory()
    of_gone = document("user-follow-group", relationships={"group": linkage("group", gone)})
    assert api.post("/v1/user-follow-groups", of_gone).status_code == 401
    assert api.post("/v1/user-follow-groups", of_gone, user=user).status_code == 404
    needed = (422, "A valid relationship with group resource is required")
    assert refusal_of(api.post("/v1/user-follow-groups", document("user-follow-group"), user=user)) == needed


def test_followers_are_for_those_with_an_account_and_without_addresses(api: ApiClient) -> None:
    follow, user = UserFollowGroupFactory(), UserFactory()
    path = f"/v1/groups/{follow.group_id}/followers"
    assert api.get(path).status_code == 401
    assert ids_of(api.get(path, user=user)) == [follow.id]
    (shown,) = api.get(f"{path}?include=user", user=user).json["included"]
    assert "email" not in shown["attributes"]
    named = [{"name": "user", "op": "has", "val": {"name": "email", "op": "eq", "val": follow.user.email}}]
    assert ids_of(api.get(path, query={"filter": named}, user=user)) == []
    # Whoever may not ask who follows, does not learn it by including or filtering either.
    assert api.get(f"/v1/groups/{follow.group_id}?include=followers.user").json["included"] == []
    of_user = [{"name": "followers", "op": "any", "val": {"name": "id", "op": "eq", "val": follow.id}}]
    assert ids_of(api.get("/v1/groups", query={"filter": of_user})) == []
    assert ids_of(api.get("/v1/groups", query={"filter": of_user}, user=user)) == [follow.group_id]


def test_what_somebody_follows_is_for_them_and_staff(api: ApiClient) -> None:
    follow = UserFollowGroupFactory()
    path = f"/v1/users/{follow.user_id}/followed-groups?include=group,user"
    for user in (follow.user, AdminFactory()):
        answer = api.get(path, user=user)
        assert ids_of(answer) == [follow.id]
        assert {each["type"] for each in answer.json["included"]} == {"group", "user"}
    refused = api.get(path, user=UserFactory())
    assert refusal_of(refused) == (403, "Access Forbidden")
    assert refused.json["errors"][0]["source"] == {"parameter": "user_id"}
    assert api.get(path).status_code == 401
