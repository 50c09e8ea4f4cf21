"""Notifications: what users were told, for themselves and for staff."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.messages.models import Notification
from app.messages.notifying import Target, notify
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.messages import NotificationFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.statements import statements_sent

ORDER = Target(type="Order", id=7, action="purchased", facts={"order": {"id": 7}})


def ids(response: Any) -> list[int]:
    """The ids of a list's primary data, in their order."""
    return [int(each["id"]) for each in response.json["data"]]


def test_users_read_what_they_were_told_newest_first(api: ApiClient) -> None:
    user = UserFactory()
    NotificationFactory()
    db.session.add_all(
        Notification(user_id=user.id, content={}, occasion=str(day), created_at=f"2030-01-0{day}T00:00:00Z")
        for day in (2, 1, 3)
    )
    listed = api.get(f"/v1/users/{user.id}/notifications", user=user)
    assert [each["attributes"]["created-at"][:10] for each in listed.json["data"]] == [
        "2030-01-03", "2030-01-02", "2030-01-01",
    ]  # fmt: skip


def test_content_is_shown_as_it_was_told(api: ApiClient) -> None:
    user = UserFactory()
    notify([user.id], type="ticket_purchased", occasion="a", target=ORDER, actors=[{"id": 1, "name": "Ada"}])
    (shown,) = api.get(f"/v1/users/{user.id}/notifications", user=user).json["data"]
    assert shown["attributes"]["is-read"] is False
    assert shown["attributes"]["content"] == {
        "type": "ticket_purchased",
        "target_type": "Order",
        "target_id": 7,
        "target_action": "purchased",
        "actors": [{"id": 1, "name": "Ada"}],
        "order": {"id": 7},
    }


def test_notifications_are_for_their_user_and_staff(api: ApiClient) -> None:
    notification = NotificationFactory()
    owner = notification.user
    detail, listed = f"/v1/notifications/{notification.id}", f"/v1/users/{owner.id}/notifications"
    for user, status in ((None, 401), (UserFactory(), 403), (owner, 200), (AdminFactory(), 200)):
        assert api.get(detail, user=user).status_code == status
        assert api.get(listed, user=user).status_code == status
        assert api.patch(detail, document("notification", is_read=True), user=user).status_code == status


def test_list_of_everybodys_is_for_staff(api: ApiClient) -> None:
    mine, other = NotificationFactory(), NotificationFactory()
    assert api.get("/v1/notifications", user=mine.user).status_code == 403
    listed = api.get("/v1/notifications", user=AdminFactory(), query={"include": "user"})
    assert set(ids(listed)) == {mine.id, other.id}
    assert {each["type"] for each in listed.json["included"]} == {"user"}


def test_others_do_not_come_to_notifications_through_their_user(api: ApiClient) -> None:
    notification = NotificationFactory()
    stranger = UserFactory()
    path = f"/v1/users/{notification.user.id}"
    for attempt in (path, f"{path}/relationships/notifications"):
        assert api.get(attempt, user=stranger).status_code == 403
    own = api.get(path, user=notification.user, query={"include": "notifications"})
    assert [each["id"] for each in own.json["included"]] == [str(notification.id)]


def test_only_whether_it_was_read_can_be_changed(api: ApiClient) -> None:
    notification, other = NotificationFactory(), UserFactory()
    body = document("notification", is_read=True, content={"type": "forged"}, created_at="2000-01-01T00:00:00Z")
    body["data"]["relationships"] = {"user": {"data": {"type": "user", "id": str(other.id)}}}
    changed = api.patch(f"/v1/notifications/{notification.id}", body, user=notification.user)
    assert changed.status_code == 200
    shown = changed.json["data"]["attributes"]
    assert (shown["is-read"], shown["content"]["type"]) == (True, "ticket_purchased")
    assert not shown["created-at"].startswith("2000")
    assert db.session.get(Notification, notification.id).user_id == notification.user_id != other.id


@pytest.mark.parametrize("value", [None, "perhaps", 7])
def test_whether_it_was_read_is_yes_or_no(api: ApiClient, value: Any) -> None:
    notification = NotificationFactory()
    body = document("notification", is_read=value)
    refused = api.patch(f"/v1/notifications/{notification.id}", body, user=notification.user)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/is-read"}


def test_clients_make_no_notifications(api: ApiClient) -> None:
    assert api.post("/v1/notifications", document("notification"), user=AdminFactory()).status_code == 405


def test_deleted_notification_is_gone_for_good(api: ApiClient) -> None:
    notification = NotificationFactory()
    assert api.delete(f"/v1/notifications/{notification.id}", user=notification.user).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 0


def test_unread_notifications_are_found_by_a_filter(api: ApiClient) -> None:
    user = UserFactory()
    unread = NotificationFactory(user=user)
    NotificationFactory(user=user, is_read=True)
    criterion = {"filter": [{"name": "is-read", "op": "eq", "val": False}]}
    assert ids(api.get(f"/v1/users/{user.id}/notifications", user=user, query=criterion)) == [unread.id]


def test_any_number_of_users_is_told_by_one_statement(api: ApiClient) -> None:
    users = [UserFactory().id for _ in range(5)]
    with statements_sent() as sent:
        notify([*users, *users], type="ticket_purchased", occasion="a", target=ORDER)
    assert len(sent) == 1
    assert db.session.scalar(select(func.count()).select_from(Notification)) == 5


def test_nobody_is_told_twice_of_one_occasion(api: ApiClient) -> None:
    first, second = UserFactory().id, UserFactory().id
    notify([first], type="ticket_purchased", occasion="a", target=ORDER)
    notify([first, second], type="ticket_purchased", occasion="a", target=ORDER)
    notify([first], type="ticket_cancelled", occasion="a", target=ORDER)
    notify([first], type="ticket_purchased", occasion="b", target=ORDER)
    notify([], type="ticket_purchased", occasion="c", target=ORDER)
    told = db.session.execute(select(Notification.user_id, Notification.occasion))
    assert sorted(tuple(row) for row in told) == [
        (first, "ticket_cancelled a"), (first, "ticket_purchased a"), (first, "ticket_purchased b"),
        (second, "ticket_purchased a"),
    ]  # fmt: skip


def test_unread_notifications_are_counted_without_being_read(api: ApiClient) -> None:
    user = UserFactory()
    for number in range(3):
        NotificationFactory(user=user, is_read=number == 0)
    NotificationFactory()
    query = {"filter": [{"name": "is-read", "op": "eq", "val": False}], "page[size]": "1"}
    assert api.get(f"/v1/users/{user.id}/notifications", user=user, query=query).json["meta"]["count"] == 2


def test_user_marks_everything_as_read_at_once(api: ApiClient) -> None:
    user, other = UserFactory(), NotificationFactory()
    mine = [NotificationFactory(user=user, is_read=number == 0) for number in range(3)]
    path = f"/v1/users/{user.id}/notifications/read"
    for actor, status in ((None, 401), (other.user, 403), (AdminFactory(), 403)):
        assert api.plain("POST", path, user=actor).status_code == status
    with statements_sent() as sent:
        assert api.plain("POST", path, user=user).json == {"count": 2}
    assert len([statement for statement in sent if "notifications" in statement]) == 1
    assert api.plain("POST", path, user=user).json == {"count": 0}
    assert [db.session.get_one(Notification, row.id).is_read for row in (*mine, other)] == [True] * 3 + [False]
    giant = api.plain("POST", f"/v1/users/{10**30}/notifications/read", user=user)
    assert giant.status_code == 403


def test_change_of_is_read_shows_in_the_entity_tag(api: ApiClient) -> None:
    notification = NotificationFactory()
    path, user = f"/v1/notifications/{notification.id}", notification.user
    tag = api.get(path, user=user).headers["ETag"]
    api.plain("POST", f"/v1/users/{user.id}/notifications/read", user=user)
    fresh = api.get(path, user=user, headers={"If-None-Match": tag})
    assert fresh.json["data"]["attributes"]["is-read"] is True
