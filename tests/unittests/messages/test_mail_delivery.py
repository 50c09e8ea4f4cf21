"""How mail leaves: as administrators say, else as the environment does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.adapters.mail import Delivery, MailDelayed, address
from app.edge import Service
from app.messages.delivering import delivery
from tests.unittests.adapters.smtp import ACCOUNT, HOST, Mailbox, accept_account, server_certificate, smtp_server
from tests.unittests.client import ApiClient, document
from tests.unittests.delivery import Deliver
from tests.unittests.factories.site import SettingFactory
from tests.unittests.factories.users import AdminFactory
from tests.unittests.messages.conftest import Post

ENVIRONMENT = Delivery(sender=address("no-reply@localhost", "Open Event"))
SMTP = {"email_service": "smtp", "smtp_host": "mail.example.com"}
SENDGRID = Delivery(
    sender=ENVIRONMENT.sender,
    host="smtp.sendgrid.net",
    port=587,
    username="apikey",
    password="key",
    encryption="starttls",
)


@pytest.mark.parametrize(
    ("settings", "way"),
    [
        ({}, ENVIRONMENT),
        ({"email_service": "pigeon"}, ENVIRONMENT),
        ({"email_service": "smtp"}, ENVIRONMENT),
        ({"email_service": "sendgrid"}, ENVIRONMENT),
        ({"email_service": " Disable"}, None),
        ({"email_service": "sendgrid", "sendgrid_key": "key", "smtp_host": "elsewhere"}, SENDGRID),
        (SMTP, Delivery(sender=ENVIRONMENT.sender, host="mail.example.com", port=25)),
        (
            SMTP | {"smtp_encryption": "SSL", "smtp_username": "me", "smtp_password": "hush"},
            Delivery(
                sender=ENVIRONMENT.sender,
                host="mail.example.com",
                port=465,
                username="me",
                password="hush",
                encryption="tls",
            ),
        ),
        (
            SMTP | {"smtp_encryption": "tls", "smtp_port": 2525},
            Delivery(sender=ENVIRONMENT.sender, host="mail.example.com", port=2525, encryption="starttls"),
        ),
        (
            SMTP | {"smtp_encryption": "whatever"},
            Delivery(sender=ENVIRONMENT.sender, host="mail.example.com", port=587, encryption="starttls"),
        ),
        ({"email_from": "team@example.com"}, Delivery(sender=address("team@example.com", "Open Event"))),
        ({"email_from_name": "Our Events"}, Delivery(sender=address("no-reply@localhost", "Our Events"))),
        ({"email_from": "a@b@c", "email_from_name": "Our Events"}, ENVIRONMENT),
    ],
)
def test_settings_say_how_mail_leaves(app: Service, settings: dict[str, Any], way: Delivery | None) -> None:
    SettingFactory(**settings)
    assert delivery() == way


def test_password_of_a_server_is_not_told_by_its_description() -> None:
    assert "hush" not in repr(Delivery(sender=ENVIRONMENT.sender, password="hush"))


@pytest.fixture
def encrypted_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Mailbox, int]]:
    """A server that takes mail after STARTTLS and the right password only."""
    context, certificate = server_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    box = Mailbox()
    login: dict[str, Any] = {"authenticator": accept_account, "auth_required": True}
    with smtp_server(box, tls_context=context, require_starttls=True, **login) as port:
        yield box, port


def test_mail_goes_over_the_server_an_administrator_has_entered_at_once(
    api: ApiClient, post: Post, deliver: Deliver, encrypted_server: tuple[Mailbox, int]
) -> None:
    mailbox, port = encrypted_server
    post("before")
    assert (len(deliver()), mailbox.messages) == (1, [])
    account = {"smtp_username": ACCOUNT.login.decode(), "smtp_password": ACCOUNT.password.decode()}
    entered = {"email_service": "smtp", "smtp_host": HOST, "smtp_port": port, "smtp_encryption": "tls"}
    sender = {"email_from": "team@example.com", "email_from_name": "Our Events"}
    changed = api.patch("/v1/settings", document("setting", 1, **account, **entered, **sender), user=AdminFactory())
    assert changed.status_code == 200
    post("after")
    (message,) = mailbox.messages
    assert (message["From"], message["To"]) == ("Our Events <team@example.com>", "ada@example.com")
    assert mailbox.taken[0].mail_from == "team@example.com"
    SettingFactory(smtp_password="wrong")
    with pytest.raises(MailDelayed):
        post("not any more")


@pytest.mark.parametrize("host", ["x" * 300, "exa..mple", "nöt a host", "[::", "a\nb"])
def test_host_that_is_none_delays_mail(post: Post, host: str) -> None:
    SettingFactory(email_service="smtp", smtp_host=host, smtp_port=1)
    with pytest.raises(MailDelayed):
        post()


def test_sender_is_an_address(api: ApiClient) -> None:
    refused = api.patch("/v1/settings", document("setting", 1, email_from="nobody"), user=AdminFactory())
    assert refused.json["errors"][0]["source"] == {"pointer": "/data/attributes/email-from"}
