"""The mail by which administrators try whether mail leaves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.edge import Service
from app.extensions import db
from app.messages.models import LoggedMail
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver
from tests.unittests.factories.users import AdminFactory, UserFactory

PATH = "/v1/test-mail"


def test_admins_try_whether_mail_leaves(api: ApiClient, deliver: Deliver) -> None:
    for user, status in ((None, 401), (UserFactory(), 403), (AdminFactory(), 200)):
        answer = api.post(PATH, {"recipient": " ada@example.com "}, user=user)
        assert answer.status_code == status
    assert answer.json.keys() == {"message"}
    (mail,) = deliver()
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Mail from this event service arrives")
    assert [row.action for row in db.session.scalars(select(LoggedMail))] == ["test_mail"]
    api.plain("POST", PATH, {"recipient": "ada@example.com"}, user=AdminFactory())
    assert len(deliver()) == 2


@pytest.mark.parametrize(
    "body", [{}, {"recipient": None}, {"recipient": ""}, {"recipient": 7}, {"recipient": "x"}, [], "x"]
)
def test_mail_without_a_recipient_is_refused(api: ApiClient, deliver: Deliver, body: Any) -> None:
    refused = api.post(PATH, body, user=AdminFactory())
    (error,) = refused.json["errors"]
    assert (error["status"], error["source"]) == (422, {"pointer": "/recipient", "source": "recipient"})
    assert deliver() == []


def test_trying_is_limited(api: ApiClient, app: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "RATE_LIMIT_MAIL", "2 per minute")
    admin = AdminFactory()
    answers = [api.post(PATH, {"recipient": "ada@example.com"}, user=admin).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
