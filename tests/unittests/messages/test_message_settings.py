"""Kinds of mail and notification: switched on and off by administrators."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.edge import Service
from app.extensions import db
from app.messages.models import LoggedMail, MessageSetting, Notification, SentMail
from app.messages.notifying import Target, notify
from app.messages.switches import is_mailed
from tests.unittests.client import ApiClient, document
from tests.unittests.delivery import Deliver
from tests.unittests.factories.messages import (
    LoggedMailFactory,
    MessageSettingFactory,
    NotificationSettingFactory,
)
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.messages.conftest import Post
from tests.unittests.statements import statements_sent

SESSION = Target(type="Session", id=7, action="created")
LISTS = ("/v1/message-settings", "/v1/notification-settings", "/v1/mails")


def switch_off(api: ApiClient, row: Any, type_: str) -> None:
    path = f"/v1/{type_}s/{row.id}"
    answer = api.patch(path, document(type_, row.id, enabled=False), user=AdminFactory())
    assert (answer.status_code, answer.json["data"]["attributes"]["enabled"]) == (200, False)


def told(type_: str) -> int:
    """How many users hear of another session under this type."""
    user = UserFactory()
    notify([user.id], type=type_, occasion="a", target=SESSION)
    return db.session.scalar(select(func.count()).where(Notification.user_id == user.id)) or 0


@pytest.mark.parametrize("path", LISTS)
def test_kinds_of_messages_are_for_staff(api: ApiClient, path: str) -> None:
    setting, notified, mail = MessageSettingFactory(), NotificationSettingFactory(), LoggedMailFactory()
    row = {"message": setting, "notific": notified}.get(path[4:11], mail)
    for user, status in ((None, 401), (UserFactory(), 403), (AdminFactory(), 200)):
        assert api.get(path, user=user).status_code == status
        assert api.get(f"{path}/{row.id}", user=user).status_code == status
    for method in ("POST", "DELETE"):
        body = document(path[4:-1], enabled=False)
        target = path if method == "POST" else f"{path}/{row.id}"
        assert api.request(method, target, user=AdminFactory(), json_body=body).status_code == 405


def test_every_installation_has_the_kinds_in_their_order(api: ApiClient) -> None:
    admin = AdminFactory()
    listed = api.get("/v1/message-settings", user=admin, query={"page[size]": "0"}).json["data"]
    actions = [each["attributes"]["action"] for each in listed]
    assert (len(actions), actions[0], actions[32], actions[-1]) == (
        37, "user_registration", "announce_event", "refund_failed",
    )  # fmt: skip
    types = api.get("/v1/notification-settings", user=admin).json["data"]
    assert [each["attributes"]["enabled"] for each in types] == [True] * 10


def test_setting_tells_the_latest_mail_of_its_action(api: ApiClient) -> None:
    setting = MessageSettingFactory(action="announce_event")
    quiet = MessageSettingFactory(action="event_role")
    for day, name in ((2, "late"), (1, "early")):
        LoggedMailFactory(
            action="announce_event", recipient=f"{name}@example.com", subject=name, time=f"2030-01-0{day}"
        )
    path, admin = f"/v1/message-settings/{setting.id}", AdminFactory()
    first = api.get(path, user=admin)
    shown = first.json["data"]["attributes"]
    assert (shown["recipient"], shown["email-subject"]) == ("late@example.com", "late")
    assert shown["email-message"] == "<p>Here it is.</p>"
    LoggedMailFactory(action="announce_event", recipient="last@example.com", time="2030-01-03")
    again = api.get(path, user=admin, headers={"If-None-Match": first.headers["ETag"]})
    assert again.json["data"]["attributes"]["recipient"] == "last@example.com"
    empty = api.get(f"/v1/message-settings/{quiet.id}", user=admin).json["data"]["attributes"]
    assert (empty["recipient"], empty["email-subject"], empty["email-message"]) == (None, None, None)


def test_list_of_settings_costs_the_same_whatever_was_mailed(api: ApiClient) -> None:
    admin = AdminFactory()

    def cost() -> int:
        with statements_sent() as sent:
            assert api.get("/v1/message-settings", user=admin, query={"page[size]": "0"}).status_code == 200
        return len(sent)

    before = cost()
    for action in ("test_mail", "new_session", "group_role"):
        LoggedMailFactory(action=action)
    assert cost() == before


def test_only_whether_a_kind_is_on_can_be_changed(api: ApiClient) -> None:
    setting, admin = MessageSettingFactory(action="new_session"), AdminFactory()
    path = f"/v1/message-settings/{setting.id}"
    body = document("message-setting", setting.id, action="forged", enabled=False, recipient="x@example.com")
    shown = api.patch(path, body, user=admin).json["data"]["attributes"]
    assert (shown["action"], shown["enabled"], shown["recipient"]) == ("new_session", False, None)
    for value in (None, "perhaps", 7):
        refused = api.patch(path, document("message-setting", setting.id, enabled=value), user=admin)
        assert (refused.status_code, refused.json["errors"][0]["source"]) == (
            422, {"pointer": "/data/attributes/enabled"},
        )  # fmt: skip


def test_mail_that_is_switched_off_neither_leaves_nor_is_logged(api: ApiClient, post: Post, deliver: Deliver) -> None:
    switch_off(api, MessageSettingFactory(action="user_confirmation"), "message-setting")
    post("off")
    assert (deliver(), db.session.scalars(select(LoggedMail)).all()) == ([], [])
    assert db.session.scalars(select(SentMail)).all() == []
    MessageSettingFactory(action="user_confirmation").enabled = True
    post("off")
    assert len(deliver()) == 1


def test_action_without_a_setting_gets_one_that_is_on(api: ApiClient, post: Post, deliver: Deliver) -> None:
    db.session.execute(text("DELETE FROM message_settings"))
    post()
    assert len(deliver()) == 1
    assert [(row.action, row.enabled) for row in db.session.scalars(select(MessageSetting))] == [
        ("user_confirmation", True)
    ]
    assert is_mailed("user_confirmation")


def test_notifications_are_switched_off_alone_or_with_the_mails_of_their_name(api: ApiClient) -> None:
    assert [told(kind) for kind in ("new_session", "ticket_purchased", "never heard of")] == [1, 1, 1]
    switch_off(api, NotificationSettingFactory(type="new_session"), "notification-setting")
    assert [told(kind) for kind in ("new_session", "ticket_purchased", "never heard of")] == [0, 1, 1]
    assert is_mailed("new_session")
    switch_off(api, MessageSettingFactory(action="ticket_purchased"), "message-setting")
    assert [told(kind) for kind in ("new_session", "ticket_purchased", "never heard of")] == [0, 0, 1]


def test_first_mails_of_an_action_at_once_make_one_setting(committed_app: Service) -> None:
    start = Barrier(6)

    def ask(_: int) -> bool:
        with committed_app.app_context():
            db.session.execute(text("SELECT 1"))
            start.wait()
            enabled = is_mailed("never_heard_of")
            db.session.commit()
            return enabled

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [True] * 6
    found = select(MessageSetting.enabled).where(MessageSetting.action == "never_heard_of")
    assert db.session.scalars(found).all() == [True]
