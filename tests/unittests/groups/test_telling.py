"""What groups have mailed: events to their followers, and messages to those who run them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from app.extensions import db
from app.groups import mails
from tests.unittests.client import ApiClient, document, linkage
from tests.unittests.factories.events import in_days
from tests.unittests.factories.groups import GroupFactory, UserFollowGroupFactory, UsersGroupsRolesFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.groups.gathering import group_with_event, organizer_of, owned_event, refusal_of
from tests.unittests.statements import statements_sent

CROWD = """
    WITH crowd AS (
        INSERT INTO users (email, password_hash)
        SELECT 'follower' || :group || '.' || number || '@example.com', '!' FROM generate_series(1, :number) number
        RETURNING id
    ) INSERT INTO user_follow_groups (user_id, group_id) SELECT id, :group FROM crowd
"""
ANNOUNCED = {"success": True, "message": "Event announced successfully"}


def announce(api: ApiClient, group: Any, event: Any, user: Any, method: str = "GET") -> Any:
    """The answer to announcing an event."""
    return api.plain(method, f"/v1/groups/{group.id}/events/{event.identifier}/announce", user=user)


def contact(api: ApiClient, group: Any, body: Any, user: Any) -> Any:
    """The answer to writing to those who run a group."""
    return api.plain("POST", f"/v1/groups/{group.id}/contact-organizer", body, user=user)


def waiting() -> dict[str, int]:
    """How many jobs wait, by their function."""
    names = db.session.scalars(text("SELECT task_name FROM procrastinate_jobs"))
    return dict(Counter(name.rpartition(".")[2] for name in names))


# Announcing


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_follower_is_mailed_once_by_a_mail_of_their_own(api: ApiClient, deliver: Any, method: str) -> None:
    group, event = group_with_event()
    event.name, event.location_name = "<b>Night</b> flight", "Hangar 4"
    followers = [UserFollowGroupFactory(group=group).user for _ in range(3)]
    UserFollowGroupFactory(group=group, user=UserFactory(deleted_at=in_days(-1)))
    UserFollowGroupFactory(group=group, user=UserFactory(is_blocked=True))
    gone = UserFollowGroupFactory(group=group)
    UserFollowGroupFactory()
    assert announce(api, group, event, group.user, method).json == ANNOUNCED
    assert event.is_announced is True
    db.session.delete(gone)
    sent = deliver()
    assert [mail["To"].addresses[0].addr_spec for mail in sent] == sorted(each.email for each in followers)
    assert all(mail["Bcc"] is None for mail in sent)
    assert "Hangar 4" in sent[0].get_body(("plain",)).get_content()
    assert f"https://www.example.com/e/{event.identifier}" in sent[0].get_body(("plain",)).get_content()
    assert "&lt;b&gt;Night" in sent[0].get_body(("html",)).get_content()
    # A job that runs again sends nothing again.
    mails.announce_to_followers(group.id, event.id, event.version, 0)
    assert len(deliver()) == 3
    assert refusal_of(announce(api, group, event, group.user)) == (403, "Event has already been announced")


def test_many_followers_are_found_in_goes_and_cost_the_request_nothing(api: ApiClient) -> None:
    counts = []
    for number in (1, mails.AT_ONCE + 1):
        group, event = group_with_event()
        db.session.execute(text(CROWD), {"group": group.id, "number": number})
        with statements_sent() as sent:
            assert announce(api, group, event, group.user).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert waiting() == {"announce_to_followers": 2}
    mails.announce_to_followers(group.id, event.id, event.version, 0)
    assert waiting() == {"announce_to_followers": 3, "send_announcement": mails.AT_ONCE}
    rest = db.session.scalar(text("SELECT args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1"))
    mails.announce_to_followers(**rest)
    assert waiting() == {"announce_to_followers": 3, "send_announcement": mails.AT_ONCE + 1}


@pytest.mark.parametrize("change", [{"state": "draft"}, {"deleted_at": in_days(-1)}, {"group": None}])
def test_event_that_was_taken_back_is_told_to_nobody_else(api: ApiClient, deliver: Any, change: Any) -> None:
    group, event = group_with_event()
    UserFollowGroupFactory(group=group)
    announce(api, group, event, group.user)
    for name, value in change.items():
        setattr(event, name, value)
    assert deliver() == []


def test_event_that_joins_another_group_is_announced_to_that_too(api: ApiClient, deliver: Any) -> None:
    group, event = group_with_event()
    follower = UserFollowGroupFactory(group=group).user
    announce(api, group, event, group.user)
    assert len(deliver()) == 1
    other = GroupFactory(user=group.user)
    UserFollowGroupFactory(group=other, user=follower)
    sent = document("event", event.id, name=event.name, relationships={"group": linkage("group", other)})
    assert api.patch(f"/v1/events/{event.id}", sent, user=group.user).status_code == 200
    assert announce(api, other, event, group.user).json == ANNOUNCED
    assert len(deliver()) == 2


def test_announcement_is_refused_with_what_stands_against_it(api: ApiClient, deliver: Any) -> None:
    group, event = group_with_event()
    UserFollowGroupFactory(group=group)
    elsewhere = owned_event(group.user)
    over = owned_event(group.user, group=group, starts_at=in_days(-2), ends_at=in_days(-1))
    draft = owned_event(group.user, group=group, state="draft")
    upcoming = (403, "Only upcoming and published events can be announced")
    not_owner = (403, "Group owner access required")
    for of, user, refused in (
        (elsewhere, group.user, (403, "Event does not belong to the group")),
        (event, organizer_of(group), not_owner),
        (event, AdminFactory(), not_owner),
        (event, UserFactory(), not_owner),
        (over, group.user, upcoming),
        (draft, group.user, upcoming),
    ):
        assert refusal_of(announce(api, group, of, user)) == refused
    assert announce(api, group, draft, UserFactory()).status_code == 404
    assert announce(api, group, event, None).status_code == 401
    assert announce(api, group, event, group.user, "HEAD").status_code == 405
    assert event.is_announced is False
    for path in ("/v1/groups/0/events/1/announce", f"/v1/groups/{group.id}/events/{'9' * 30}/announce"):
        assert api.plain("GET", path, user=group.user).status_code == 404
    assert deliver() == []


# Writing to those who run it


def test_message_goes_to_the_owner_and_blindly_to_organizers(api: ApiClient, deliver: Any) -> None:
    group, sender = GroupFactory(name="Book circle"), UserFactory(first_name="Ada", last_name="<i>Byron</i>")
    organizers = [organizer_of(group), organizer_of(group)]
    UsersGroupsRolesFactory(group=group)
    words = "Hello <script>alert(1)</script><b>there</b>,\nis 1 < 2 & free?"
    assert contact(api, group, {"email": words}, sender).json == {"success": True}
    (mail,) = deliver()
    assert mail["To"].addresses[0].addr_spec == group.user.email
    assert {each.addr_spec for each in mail["Bcc"].addresses} == {each.email for each in organizers}
    assert mail["Reply-To"].addresses[0].addr_spec == sender.email
    html = mail.get_body(("html",)).get_content()
    assert "Hello there,<br>is 1 &lt; 2 &amp; free?" in html
    assert "<script" not in html
    assert "&lt;i&gt;Byron" in html


def test_message_that_says_nothing_or_too_much_is_refused(api: ApiClient, deliver: Any) -> None:
    group, sender = GroupFactory(), UserFactory()
    for body in (
        {},
        [],
        None,
        {"email": None},
        {"email": 7},
        {"email": " <b></b> "},
        {"email": "a\x00"},
        {"email": "a" * 20_001},
    ):
        answer = contact(api, group, body, sender)
        assert answer.status_code in (400, 422), body
    assert contact(api, group, {"email": "Hello"}, None).status_code == 401
    assert contact(api, GroupFactory(deleted_at=in_days(-1)), {"email": "Hello"}, sender).status_code == 404
    assert deliver() == []


def test_event_that_comes_and_goes_is_announced_within_limits(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_MAIL", "2 per hour")
    group = GroupFactory()
    event = owned_event(group.user, group=group)
    path, statuses = f"/v1/groups/{group.id}/relationships/events", []
    for _ in range(3):
        for linked in ([], [linkage("event", event)]):
            assert api.patch(path, {"data": linked}, user=group.user).status_code == 200
        statuses.append(announce(api, group, event, group.user).status_code)
    assert statuses == [200, 200, 429]


def test_messages_of_one_person_are_limited(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(api.app.config, "RATE_LIMIT_CONTACT", "2 per hour")
    group, sender = GroupFactory(), UserFactory()
    statuses = [contact(api, group, {"email": "Hello"}, sender).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
