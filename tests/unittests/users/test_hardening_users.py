"""What accounts withstand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.edge import Service
from app.extensions import db
from app.jsonapi import Actor
from app.orders.models import Order
from app.users.access import itself
from app.users.models import MailedToken
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.orders import OrderFactory
from tests.unittests.factories.users import AdminFactory, MailedTokenFactory, UserFactory


def test_when_a_user_was_last_seen_is_never_shown_as_it_was_before(api: ApiClient) -> None:
    admin, user = AdminFactory(), UserFactory(last_accessed_at=datetime(2026, 1, 1, tzinfo=UTC))
    path = f"/v1/users/{user.id}?fields[user]=last-accessed-at"
    first = api.get(path, user=admin)
    user.last_accessed_at = datetime(2026, 2, 1, tzinfo=UTC)
    second = api.get(path, user=admin)
    assert second.json["data"]["attributes"]["last-accessed-at"] == "2026-02-01T00:00:00Z"
    assert first.headers["ETag"] != second.headers["ETag"]


def test_a_time_of_deletion_sent_along_does_not_hide_a_change_of_address(api: ApiClient) -> None:
    user = UserFactory()
    token: MailedToken = MailedTokenFactory(user=user, purpose="reset")
    body = document("user", user.id, deleted_at="2026-01-01T00:00:00Z", email="new@example.com")
    response = api.patch(f"/v1/users/{user.id}", body, user=AdminFactory())
    assert response.status_code == 200
    assert (user.email, user.is_verified, user.deleted_at) == ("new@example.com", False, None)
    assert token.used_at is not None


def test_rows_of_nobody_do_not_belong_to_those_without_an_account(api: ApiClient) -> None:
    OrderFactory(user=None)
    assert db.session.query(Order).where(itself.rows(Actor(), Order)).count() == 0


@pytest.mark.parametrize(("address", "spelled"), [("simon@example.com", "sİmon"), ("alphaσ@example.com", "ALPHAΣ")])
def test_an_account_has_one_limit_however_its_address_is_spelled(
    committed_app: Service, monkeypatch: pytest.MonkeyPatch, address: str, spelled: str
) -> None:
    monkeypatch.setitem(committed_app.config, "RATE_LIMIT_SIGN_IN_ACCOUNT", "1 per hour")
    UserFactory(email=address)
    api = ApiClient(committed_app)
    emails = [address, f"{spelled}@example.com"]
    statuses = [
        api.plain("POST", "/auth/session", {"email": email, "password": "guess"}).status_code for email in emails
    ]
    assert statuses == [401, 429]
