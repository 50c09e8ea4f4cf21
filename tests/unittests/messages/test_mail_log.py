"""The log of mails: who was written what, without what works as a key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.adapters.mail import InvalidAddress
from app.extensions import db
from app.jobs import jobs
from app.messages import mail_log
from app.messages.mail_log import masked
from app.messages.models import LoggedMail
from app.messages.tasks import clear_mail_log
from tests.unittests.client import ApiClient
from tests.unittests.delivery import Deliver
from tests.unittests.factories.messages import LoggedMailFactory
from tests.unittests.factories.site import SettingFactory
from tests.unittests.factories.users import AdminFactory
from tests.unittests.messages.conftest import Post
from tests.unittests.statements import statements_sent


def logged() -> list[LoggedMail]:
    return list(db.session.scalars(select(LoggedMail).order_by(LoggedMail.id)))


def test_mail_is_logged_once_for_each_address_it_goes_to(post: Post, deliver: Deliver) -> None:
    copies = ("bob@example.com", "ADA@example.com", "eve@example.com", "bob@example.com")
    for _ in range(2):
        post(bcc=copies)
    assert len(deliver()) == 1
    assert sorted(row.recipient.lower() for row in logged()) == [
        "ada@example.com",
        "bob@example.com",
        "eve@example.com",
    ]
    assert {(row.action, row.subject) for row in logged()} == {("user_confirmation", "Confirm your e-mail address")}


def test_number_of_copies_costs_no_statements(post: Post, deliver: Deliver) -> None:
    counts = []
    for number in (1, 50):
        with statements_sent() as sent:
            post(f"to {number}", bcc=tuple(f"guest{each}@example.com" for each in range(number)))
        counts.append(len(sent))
    assert counts[0] >= counts[1]


def test_log_is_read_newest_first_and_holds_no_key(api: ApiClient, post: Post, deliver: Deliver) -> None:
    LoggedMailFactory(time="2031-01-01", subject="later")
    LoggedMailFactory(time="2001-01-01", subject="earlier")
    post()
    (mail,) = deliver()
    answer = api.get("/v1/mails", user=AdminFactory())
    shown = [each["attributes"] for each in answer.json["data"]]
    assert [each["subject"] for each in shown] == ["later", "Confirm your e-mail address", "earlier"]
    assert "the-secret" in str(mail.get_body(("html",)).get_content())
    assert "the-secret" not in answer.get_data(as_text=True)
    assert "/verify?token=…" in shown[1]["message"]
    found = api.get(
        "/v1/mails", user=AdminFactory(), query={"filter": [{"name": "action", "op": "eq", "val": "user_confirmation"}]}
    )
    assert found.json["meta"]["count"] == 1


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ('<a href="https://x.example/verify?token=abc-DEF_1.2">', '<a href="https://x.example/verify?token=…">'),
        (
            "https://x.example/e/1/cfs?invite=7&amp;token=abc&amp;page=2",
            "https://x.example/e/1/cfs?invite=7&amp;token=…&amp;page=2",
        ),
        ("https://x.example/?invite-token=abc&secret=def#top", "https://x.example/?invite-token=…&secret=…#top"),
        ('"https://x.example/files/abc.DEF-1_2"', '"https://x.example/files/…"'),
        ("A token=abc and a page?size=3 stay.", "A token=abc and a page?size=3 stay."),
    ],
)
def test_values_that_work_as_keys_are_masked(message: str, kept: str) -> None:
    assert masked(message) == kept


def test_mail_is_logged_while_mailing_is_switched_off_and_does_not_leave_later(post: Post, deliver: Deliver) -> None:
    SettingFactory(email_service="disable")
    post()
    assert (deliver(), len(logged())) == ([], 1)
    SettingFactory(email_service=None)
    post()
    assert (deliver(), len(logged())) == ([], 1)


def test_mail_to_nobody_is_refused_for_good(post: Post) -> None:
    SettingFactory(email_service="disable")
    with pytest.raises(InvalidAddress):
        post(to="nobody")


def test_log_is_forgotten_when_it_is_old(deliver: Deliver, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    for days in (179, 181, 182, 400):
        LoggedMailFactory(time=now - timedelta(days=days), subject=str(days))
    monkeypatch.setattr("app.messages.tasks.AT_ONCE", 2)
    monkeypatch.setattr(mail_log, "AT_ONCE", 2)
    clear_mail_log.func(timestamp=0)
    assert [row.subject for row in logged()] == ["179", "181"]
    deliver()  # It goes on by itself while there is more.
    assert [row.subject for row in logged()] == ["179"]
    assert "app.messages.tasks.clear_mail_log" in jobs.tasks
