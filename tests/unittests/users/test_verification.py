"""Proving e-mail addresses by what is mailed there."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from app.edge import Service
from app.extensions import db
from app.jobs import jobs, run_waiting_jobs
from app.messages.models import SentMail
from app.users import mails
from app.users.models import MailedToken, User
from app.users.tokens import access_token
from tests.unittests.adapters.smtp import Mailbox, smtp_server
from tests.unittests.client import ApiClient, document
from tests.unittests.factories.users import AdminFactory, MailedTokenFactory, SuperAdminFactory, UserFactory
from tests.unittests.users.conftest import WAITING, Outbox, html_of, link_in


@pytest.fixture
def user(app: Service) -> User:
    return UserFactory(email="ada@example.com", is_verified=False)


def verify(api: ApiClient, token: object) -> Any:
    return api.plain("POST", "/v1/auth/verify-email", {"data": {"token": token}})


def resend(api: ApiClient, email: object) -> Any:
    return api.plain("POST", "/v1/auth/resend-verification-email", {"data": {"email": email}})


def sign_up(api: ApiClient, **attributes: Any) -> Any:
    given = {"email": "new@example.com", "password": "correct horse", **attributes}
    return api.post("/v1/users", document("user", **given))


def test_new_account_is_verified_by_the_mailed_link_once(api: ApiClient, outbox: Outbox) -> None:
    id_ = int(sign_up(api).json["data"]["id"])
    (mail,) = outbox()
    page, token = link_in(mail)
    assert (mail["To"], mail["Subject"], page) == ("new@example.com", "Confirm your e-mail address", "/verify")
    assert "once, for 3 days" in html_of(mail)
    response = verify(api, token)
    assert (response.status_code, response.json) == (200, {"message": "Email Verified"})
    assert db.session.get(User, id_).is_verified
    again = verify(api, token)
    assert (again.status_code, again.json) == (400, {"error": "Invalid Token"})


def test_mail_to_an_unproven_address_says_nothing_that_was_typed_in(api: ApiClient, outbox: Outbox) -> None:
    sign_up(api, first_name="<b>Visit casino.example</b>", last_name="now")
    (mail,) = outbox()
    assert "casino" not in mail.as_string()


@pytest.mark.parametrize("token", [None, "", "unknown", 5, [], "\x00", "x" * 10_000])
def test_unknown_token_is_400(api: ApiClient, token: object) -> None:
    response = verify(api, token)
    assert (response.status_code, response.json) == (400, {"error": "Invalid Token"})


def test_reset_token_verifies_nothing(api: ApiClient, user: User) -> None:
    MailedTokenFactory(user=user, purpose="reset", secret="the secret")
    assert verify(api, "the secret").status_code == 400


def test_another_link_can_be_asked_for_and_voids_the_first(api: ApiClient, user: User, outbox: Outbox) -> None:
    MailedTokenFactory(user=user, secret="the first")
    response = resend(api, "ADA@example.com")
    assert (response.status_code, response.json) == (200, {"message": "Verification email resent"})
    (mail,) = outbox()
    assert verify(api, "the first").status_code == 400
    assert verify(api, link_in(mail)[1]).status_code == 200
    assert user.is_verified


def test_asking_for_a_link_tells_nothing_about_accounts(api: ApiClient, user: User, outbox: Outbox) -> None:
    UserFactory(email="verified@example.com")
    answers = [resend(api, email) for email in ("ada@example.com", "verified@example.com", "nobody@example.com")]
    assert {(answer.status_code, answer.get_data()) for answer in answers} == {(200, answers[0].get_data())}
    assert [mail["To"] for mail in outbox()] == ["ada@example.com"]
    assert resend(api, None).status_code == 400


# Changing the address


def change_email(api: ApiClient, user: User, email: str, *, actor: User | None = None, fresh: bool = True) -> Any:
    headers = {"Authorization": f"JWT {access_token(actor or user, fresh=fresh)}"}
    return api.patch(f"/v1/users/{user.id}", document("user", user.id, email=email), headers=headers)


def test_new_address_is_not_verified_and_both_addresses_learn_of_it(api: ApiClient, outbox: Outbox) -> None:
    user = UserFactory(email="old@example.com", first_name="<i>Ada</i>")
    response = change_email(api, user, "new@example.com")
    assert response.json["data"]["attributes"].items() >= {"email": "new@example.com", "is-verified": False}.items()
    by_recipient = {mail["To"]: mail for mail in outbox()}
    assert set(by_recipient) == {"old@example.com", "new@example.com"}
    assert "new@example.com" in by_recipient["old@example.com"].as_string()
    assert "Hello &lt;i&gt;Ada&lt;/i&gt;" in html_of(by_recipient["old@example.com"])
    assert verify(api, link_in(by_recipient["new@example.com"])[1]).status_code == 200
    assert user.is_verified


def test_token_mailed_to_the_old_address_is_void(api: ApiClient) -> None:
    user = UserFactory(is_verified=False)
    MailedTokenFactory(user=user, secret="for the old")
    assert change_email(api, user, "new@example.com").status_code == 200
    assert verify(api, "for the old").status_code == 400
    assert not user.is_verified


def test_changing_the_address_needs_a_fresh_token(api: ApiClient, user: User) -> None:
    assert change_email(api, user, "new@example.com", fresh=False).status_code == 401
    same = change_email(api, user, "ada@example.com", fresh=False)
    assert same.status_code == 200


def test_taken_address_is_refused(api: ApiClient, user: User, outbox: Outbox) -> None:
    UserFactory(email="Taken@example.com")
    response = change_email(api, user, "taken@example.com")
    (error,) = response.json["errors"]
    assert (error["status"], error["source"]["pointer"]) == (409, "/data/attributes/email")
    assert outbox() == []


def test_own_address_may_change_its_case(api: ApiClient, user: User) -> None:
    assert change_email(api, user, "Ada@Example.com").json["data"]["attributes"]["email"] == "Ada@Example.com"


def test_admin_cannot_take_over_a_super_admin_by_changing_the_address(api: ApiClient) -> None:
    admin, above = AdminFactory(), SuperAdminFactory()
    assert change_email(api, above, "mine@example.com", actor=admin).status_code == 403
    assert change_email(api, above, "mine@example.com", actor=SuperAdminFactory()).status_code == 200


# The jobs


def test_job_repeated_after_a_crash_mails_the_same_link_under_the_same_message_id(
    api: ApiClient, tmp_path: Path, outbox: Outbox
) -> None:
    sign_up(api)
    ((_, name, arguments),) = db.session.execute(WAITING).all()
    (first,) = outbox()
    jobs.tasks[name].func(**arguments)
    assert not list((tmp_path / "mail").glob("*.eml"))
    db.session.execute(delete(SentMail))  # As if its transaction had not come to its end.
    jobs.tasks[name].func(**arguments)
    (path,) = (tmp_path / "mail").glob("*.eml")
    assert first["Message-ID"] in path.read_text()
    assert link_in(first)[1] in path.read_text().replace("=\n", "")
    assert len(db.session.scalars(select(MailedToken)).all()) == 1


def test_job_repeated_after_its_link_was_used_mails_nothing(api: ApiClient, tmp_path: Path, outbox: Outbox) -> None:
    sign_up(api)
    ((_, name, arguments),) = db.session.execute(WAITING).all()
    (mail,) = outbox()
    verify(api, link_in(mail)[1])
    jobs.tasks[name].func(**arguments)
    assert not list((tmp_path / "mail").glob("*.eml"))


def test_jobs_of_a_deleted_user_mail_nothing(api: ApiClient, user: User, outbox: Outbox) -> None:
    mails.request_welcome(user)
    mails.request_reset(user)
    mails.announce_new_password(user)
    mails.announce_new_address(user, "a@example.com", "b@example.com")
    api.delete(f"/v1/users/{user.id}", user=user)
    assert outbox() == []


def test_sign_up_mails_over_smtp_once_it_is_committed(committed_app: Service) -> None:
    mailbox = Mailbox()
    with smtp_server(mailbox) as port:
        committed_app.config.update(SMTP_HOST="127.0.0.1", SMTP_PORT=port)
        api = ApiClient(committed_app)
        assert sign_up(api, email="refused@example.com", password="short").status_code == 422
        assert sign_up(api).status_code == 201
        assert mailbox.messages == []
        run_waiting_jobs(committed_app)
    (message,) = mailbox.messages
    assert isinstance(message, EmailMessage)
    assert message["To"] == "new@example.com"
    left = db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"))
    assert left == 0
