"""What people want to hear of their events by mail."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.events.email_notifications.models import EmailNotification
from app.extensions import db
from tests.unittests.client import ApiClient, document
from tests.unittests.events.conftest import People
from tests.unittests.factories.events import EmailNotificationFactory, EventFactory, EventFactoryBasic, give_role
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.statements import statements_sent


def test_first_role_on_an_event_brings_the_defaults(api: ApiClient) -> None:
    user, event = UserFactory(), EventFactory()
    give_role(user, event, "organizer")
    give_role(user, event, "registrar")
    (listed,) = api.get(f"/v1/users/{user.id}/email-notifications", user=user).json["data"]
    assert listed["attributes"] == {
        "deleted-at": None,
        "next-event": False,
        "new-paper": False,
        "session-accept-reject": False,
        "session-schedule": False,
        "after-ticket-purchase": True,
        "event-id": event.id,
    }


def test_who_creates_an_event_has_a_row_for_it(api: ApiClient) -> None:
    admin = AdminFactory()
    new = document(
        "event", name="New", timezone="UTC", starts_at="2040-01-01T09:00:00Z", ends_at="2040-01-02T09:00:00Z"
    )
    event_id = int(api.post("/v1/events", new, user=admin).json["data"]["id"])
    (listed,) = api.get(f"/v1/users/{admin.id}/email-notifications", user=admin).json["data"]
    assert listed["attributes"]["event-id"] == event_id


def test_rows_are_for_their_user_and_staff(api: ApiClient) -> None:
    row = EmailNotificationFactory()
    detail, listed = f"/v1/email-notifications/{row.id}", f"/v1/users/{row.user.id}/email-notifications"
    for user, status in ((None, 401), (UserFactory(), 403), (row.user, 200), (AdminFactory(), 200)):
        change = document("email-notification", row.id, next_event=True)
        answers = [api.get(detail, user=user), api.get(listed, user=user), api.patch(detail, change, user=user)]
        assert [answer.status_code for answer in answers] == [status] * 3
    for user, status in ((None, 401), (row.user, 403), (AdminFactory(), 200)):
        assert api.get("/v1/email-notifications", user=user).status_code == status
    assert api.post("/v1/email-notifications", document("email-notification"), user=row.user).status_code == 405
    for user, status in ((None, 401), (UserFactory(), 403), (row.user, 200), (row.user, 404)):
        assert api.delete(detail, user=user).status_code == status
    assert db.session.get_one(EmailNotification, row.id).deleted_at is not None


def test_user_changes_wishes_and_nothing_else(api: ApiClient) -> None:
    row, other = EmailNotificationFactory(), EventFactory()
    body = document(
        "email-notification",
        row.id,
        relationships={"event": {"type": "event", "id": str(other.id)}, "user": {"type": "user", "id": "1"}},
        new_paper=True,
        session_schedule=None,
        event_id=other.id,
        deleted_at="2030-01-01T00:00:00Z",
    )
    path = f"/v1/email-notifications/{row.id}"
    shown = api.patch(path, body, user=row.user).json["data"]["attributes"]
    assert (shown["new-paper"], shown["session-schedule"], shown["after-ticket-purchase"]) == (True, None, True)
    assert (shown["event-id"], shown["deleted-at"]) == (row.event_id, None)
    for value in ("perhaps", 7, []):
        refused = api.patch(path, document("email-notification", row.id, new_paper=value), user=row.user)
        assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/new-paper"}


def test_deleted_row_makes_room_and_is_restored_where_there_is_room(api: ApiClient) -> None:
    user, event, admin = UserFactory(), EventFactory(), AdminFactory()
    give_role(user, event, "organizer")
    (first,) = db.session.scalars(select(EmailNotification)).all()
    path, restored = f"/v1/email-notifications/{first.id}", document("email-notification", first.id, deleted_at=None)
    trash = {"get_trashed": "true"}
    assert api.delete(path, user=user).status_code == 200
    assert api.patch(path, restored, user=user, query=trash).status_code == 404
    give_role(user, event, "registrar")
    taken = api.patch(path, restored, user=admin, query=trash)
    assert (taken.status_code, taken.json["errors"][0]["source"]) == (409, {"pointer": "/data/attributes/deleted-at"})
    db.session.query(EmailNotification).filter(EmailNotification.id != first.id).delete()
    assert api.patch(path, restored, user=admin, query=trash).status_code == 200
    assert api.get(path, user=user).status_code == 200


def test_database_holds_one_row_for_each_user_and_event(api: ApiClient) -> None:
    row = EmailNotificationFactory()
    with pytest.raises(IntegrityError, match="uq_email_notifications_user_id_event_id"):
        EmailNotificationFactory(user=row.user, event=row.event)


def test_event_is_shown_only_while_it_may_be_read(api: ApiClient, someone: People) -> None:
    row = EmailNotificationFactory(event=EventFactoryBasic(state="draft"))
    for path in (f"/v1/email-notifications/{row.id}/event", f"/v1/events/{row.event.id}"):
        assert api.get(path, user=row.user).status_code == 404
    listed = api.get(f"/v1/users/{row.user.id}/email-notifications", user=row.user, query={"include": "event"})
    assert (listed.json["included"], listed.json["meta"]["count"]) == ([], 1)


def test_list_costs_the_same_for_any_number_of_events(api: ApiClient) -> None:
    def cost(events: int) -> int:
        user = UserFactory()
        for _ in range(events):
            EmailNotificationFactory(user=user, event=EventFactory())
        query = {"include": "event"}
        with statements_sent() as sent:
            listed = api.get(f"/v1/users/{user.id}/email-notifications", user=user, query=query)
        assert len(listed.json["included"]) == events
        return len(sent)

    assert cost(4) == cost(1)
