"""Mail: how it is addressed and written, and what happens when servers take, refuse or delay it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import TemplateRuntimeError, UndefinedError

from app.adapters.mail import (
    Attachment,
    InvalidAddress,
    Mail,
    MailDelayed,
    MailRefused,
    address,
    compose,
    message_id_of,
    send,
)
from tests.unittests.adapters.smtp import ACCOUNT, HOST, Mailbox, accept_account, server_certificate, smtp_server

MAIL = Mail(
    to="buyer@example.org",
    subject="Your tickets",
    html="<p>Here they are.</p>",
    text="Here they are.\n",
    message_id="<order.1@api.example.com>",
    action="ticket_purchased",
)

pytestmark = pytest.mark.usefixtures("plain_app")


@pytest.fixture
def mailbox(plain_app: Flask) -> Iterator[Mailbox]:
    """What a plain SMTP server of the app received."""
    box = Mailbox()
    with smtp_server(box) as port:
        plain_app.config.update(SMTP_HOST=HOST, SMTP_PORT=port)
        yield box


def written(folder: Path) -> list[EmailMessage]:
    """The mails in the folder for machines without a mail server."""
    return [message_from_bytes(path.read_bytes(), policy=default) for path in sorted((folder / "mail").iterdir())]


def test_mail_arrives_with_both_parts_and_its_attachment(mailbox: Mailbox) -> None:
    ticket = Attachment("Größe ticket.pdf", "application/pdf", b"%PDF-1.4 \x00\xff")
    send(replace(MAIL, reply_to="team@example.net", attachments=(ticket,)))
    (message,) = mailbox.messages
    assert message["From"] == "Open Event <events@example.com>"
    assert (message["To"], message["Reply-To"]) == ("buyer@example.org", "team@example.net")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None
    (plain, page) = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert page is not None
    assert plain.get_content().replace("\r\n", "\n") == "Here they are.\n"
    assert "<p>Here they are.</p>" in page.get_content()
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("Größe ticket.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1.4 \x00\xff"


def test_mail_sent_again_has_the_same_message_id(mailbox: Mailbox) -> None:
    for _ in range(2):
        send(replace(MAIL, message_id=message_id_of("attendee-ticket", 12)))
    assert [message["Message-ID"] for message in mailbox.messages] == ["<attendee-ticket.12@api.example.com>"] * 2


def test_message_ids_differ_by_key_and_hold_nothing_that_could_end_them() -> None:
    keys: list[tuple[str | int, ...]] = [("a", 1), ("a", 2), ("a>\r\nBcc: b", 1), ("a" * 300, 1), ("ä b", 1)]
    found = [message_id_of(*key) for key in keys]
    assert len(set(found)) == len(keys)
    for one in found:
        assert one.isascii()
        assert not set("\r\n >") & set(one[:-1])
        assert len(one) < 200


def test_mail_to_a_plain_address_is_ascii_on_the_wire(mailbox: Mailbox) -> None:
    to = address("a@müller.example", "Zoë 王")
    send(replace(MAIL, to=to, subject="Größe", text="Grüße " * 300, html="<p>王</p>"))
    assert bytes(mailbox.taken[0].original_content or b"").isascii()
    assert max(len(line) for line in bytes(mailbox.taken[0].original_content or b"").splitlines()) < 999


def test_blind_copies_arrive_and_are_not_named(mailbox: Mailbox) -> None:
    send(replace(MAIL, bcc=("one@example.net", "two@example.net", "one@example.net")))
    assert mailbox.taken[0].rcpt_tos == ["buyer@example.org", "one@example.net", "two@example.net"]
    assert b"example.net" not in bytes(mailbox.taken[0].original_content or b"")


def test_address_in_several_cases_gets_one_mail(mailbox: Mailbox) -> None:
    send(replace(MAIL, bcc=("Buyer@Example.ORG", "one@example.net", "ONE@example.net")))
    assert [envelope.rcpt_tos for envelope in mailbox.taken] == [["buyer@example.org", "one@example.net"]]


def test_names_and_addresses_of_all_the_world_arrive_unharmed(mailbox: Mailbox) -> None:
    to = address("zoë@müller.example", 'Zoë, "Zo" <z@x> 王')
    send(replace(MAIL, to=to, subject="Größe 東京 ✓" * 20, text="Grüße, 王\n"))
    (message,) = mailbox.messages
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "Grüße, 王\n"
    (recipient,) = message["To"].addresses
    assert recipient.display_name == 'Zoë, "Zo" <z@x> 王'
    assert recipient.addr_spec == "zoë@xn--mller-kva.example"
    assert message["Subject"] == "Größe 東京 ✓" * 20


@pytest.mark.parametrize(
    "name",
    [
        f"thief@example.net, {'X' * 60}",
        f"thief@example.net, {'X' * 150}",
        "X" * 90 + " " + "Y" * 90,
        '<link rel=stylesheet href="http://example.net"> <img src=file:///etc/passwd>',
        "A: thief@example.net; " + "é" * 40,
        '"' * 20 + "thief@example.net," + "\\" * 20,
    ],
)
def test_long_name_adds_no_recipient_and_ends_no_header(mailbox: Mailbox, name: str) -> None:
    send(replace(MAIL, to=address("a@example.org", name)))
    (message,) = mailbox.messages
    assert [each.addr_spec for each in message["To"].addresses] == ["a@example.org"]
    assert message["Subject"] == MAIL.subject
    raw = str(message_from_bytes(bytes(mailbox.taken[0].original_content or b""), policy=compat32)["To"])
    assert [found for _, found in getaddresses([raw])] == ["a@example.org"]


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x00", "\x85", "\u2028"])
def test_line_breaks_in_values_add_no_header(mailbox: Mailbox, break_: str) -> None:
    injected = f"Hello{break_}Bcc: thief@example.net{break_}{break_}text"
    ticket = Attachment(injected, "text/plain", b"x")
    send(replace(MAIL, to=address("a@example.org", injected), subject=injected, attachments=(ticket,)))
    (message,) = mailbox.messages
    assert message["Bcc"] is None
    assert mailbox.taken[0].rcpt_tos == ["a@example.org"]
    assert message["Subject"] in {"Hello Bcc: thief@example.net text", injected}


@pytest.mark.parametrize(
    "word",
    [
        "=?utf-8?q?=0d=0aBcc:_thief@example.net=0d=0a=0d=0atext?=",
        "=?utf-8?b?DQpCY2M6IHRoaWVmQGV4YW1wbGUubmV0?=",
        "Hello =?utf-8?q?=0aBcc:_thief@example.net?= and =?utf-8?q?=0d=0a=0d=0atext?=",
        "==?utf-8?q?=0d=0aBcc:_thief@example.net?=",
        "=(?utf-8?q?=0d=0aBcc:_thief@example.net?= " + "x" * 60,
    ],
)
def test_encoded_words_that_people_write_are_not_decoded(mailbox: Mailbox, word: str) -> None:
    ticket = Attachment(word, "text/plain", b"x")
    person = address("a@example.org", word)
    send(replace(MAIL, to=person, reply_to=person, subject=word, attachments=(ticket,)))
    (message,) = mailbox.messages
    assert message["Bcc"] is None
    assert b"\nBcc:" not in bytes(mailbox.taken[0].original_content or b"")
    assert [each.addr_spec for each in message["Reply-To"].addresses] == ["a@example.org"]
    assert message["Subject"] == word.replace("=?", "= ?")
    assert [part.get_content().strip() for part in message.iter_attachments()] == ["x"]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a b@example.org",
        "a@b@c",
        "a@example.org, thief@example.net",
        "a@example.org\r\nBcc: thief@example.net",
        "=?utf-8?q?=0d=0aBcc=3a_thief?=@example.org",
        "a@=?utf-8?q?=0d=0aBcc=3a_thief?=.example.org",
        "a@example.org＞，＜thief＠example.net",
        "<a@example.org>",
        '"a b"@example.org',
        "a@exa..mple",
        "a@" + "x" * 300,
    ],
)
def test_what_is_no_address_is_refused_before_any_server_is_asked(email: str) -> None:
    with pytest.raises(InvalidAddress):
        address(email)
    with pytest.raises(InvalidAddress):
        send(replace(MAIL, to=email))


def test_without_a_server_mail_is_written_to_a_file_once_however_often_sent(plain_app: Flask) -> None:
    folder = Path(plain_app.config["DATA_DIR"])
    mail = replace(MAIL, message_id=message_id_of("../../up", "a/b"), bcc=("zoë@example.net",))
    send(mail)
    send(mail)
    (message,) = written(folder)
    assert message["Message-ID"] == mail.message_id
    assert message["Bcc"] == "zoë@example.net"
    assert {path.parent for path in folder.rglob("*.eml")} == {folder / "mail"}


@pytest.mark.parametrize(
    ("answer", "error"), [("450 try later", MailDelayed), ("550 no such user", MailRefused), ("421 busy", MailDelayed)]
)
def test_refusals_of_the_recipient_are_final_only_when_the_server_says_so(
    mailbox: Mailbox, answer: str, error: type[Exception]
) -> None:
    mailbox.answers["buyer@example.org"] = answer
    with pytest.raises(error, match=r"order\.1"):
        send(MAIL)
    with pytest.raises(error):
        send(replace(MAIL, bcc=("fine@example.net",)))


def test_refused_blind_copy_does_not_keep_the_mail_from_its_reader(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.answers["gone@example.net"] = "550 no such user"
    send(replace(MAIL, bcc=("gone@example.net",)))
    assert len(mailbox.taken) == 1
    assert "order.1" in caplog.text


def test_international_blind_copy_does_not_keep_the_mail_from_others_where_the_server_takes_none(
    plain_app: Flask,
) -> None:
    box = Mailbox()
    with smtp_server(box, enable_SMTPUTF8=False) as port:
        plain_app.config.update(SMTP_HOST=HOST, SMTP_PORT=port)
        send(replace(MAIL, bcc=("zoë@example.net", "one@example.net")))
        with pytest.raises(MailRefused):
            send(replace(MAIL, to="zoë@example.net"))
    assert [envelope.rcpt_tos for envelope in box.taken] == [["buyer@example.org", "one@example.net"]]


@pytest.mark.parametrize(("answer", "error"), [("451 disk full", MailDelayed), ("554 looks like spam", MailRefused)])
def test_refusals_of_the_content_are_final_only_when_the_server_says_so(
    mailbox: Mailbox, answer: str, error: type[Exception]
) -> None:
    mailbox.final_answer = answer
    with pytest.raises(error):
        send(MAIL)


def test_unreachable_server_delays_mail(plain_app: Flask) -> None:
    with smtp_server(Mailbox()) as port:
        plain_app.config.update(SMTP_HOST=HOST, SMTP_PORT=port)
    with pytest.raises(MailDelayed):
        send(MAIL)


def test_mail_goes_encrypted_to_a_trusted_server_with_a_password(
    plain_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = server_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    box = Mailbox()
    login: dict[str, Any] = {"authenticator": accept_account, "auth_required": True}
    config = {"SMTP_HOST": HOST, "SMTP_USERNAME": ACCOUNT.login.decode(), "SMTP_PASSWORD": ACCOUNT.password.decode()}
    with smtp_server(box, tls_context=context, require_starttls=True, **login) as port:
        plain_app.config.update(config, SMTP_PORT=port, SMTP_ENCRYPTION="starttls")
        send(MAIL)
        plain_app.config.update(SMTP_PASSWORD="wrong")
        with pytest.raises(MailDelayed):
            send(MAIL)
    with smtp_server(box, implicit_tls=context) as port:
        plain_app.config.update(SMTP_PORT=port, SMTP_ENCRYPTION="tls", SMTP_USERNAME=None)
        send(MAIL)
    assert len(box.taken) == 2


def test_server_with_an_unknown_certificate_gets_nothing(plain_app: Flask, tmp_path: Path) -> None:
    context, _ = server_certificate(tmp_path)
    box = Mailbox()
    with smtp_server(box, tls_context=context) as port:
        plain_app.config.update(SMTP_HOST=HOST, SMTP_PORT=port, SMTP_ENCRYPTION="starttls")
        with pytest.raises(MailDelayed):
            send(MAIL)
    assert box.taken == []


PAID = """{% extends "mail/base.html" %}
{% block subject %}Tickets of
  {{ event }}{% endblock %}
{% block content %}<h1>Hello {{ name }}</h1><p>Your order <b>is</b>   paid.</p>
<ul><li>One</li><li>Two <a href="{{ frontend('/orders/x') }}">see</a></li></ul>
<table><tr><th>Seat</th><td>12</td></tr></table>{% endblock %}"""


def test_template_gives_subject_page_and_text(templates: dict[str, str]) -> None:
    templates["mail/orders/paid.html"] = PAID
    mail = compose(
        "orders/paid.html",
        {"event": "Rock & <Roll>", "name": "<script>alert(1)</script> O'Neil"},
        to="a@example.org",
        message_id="<1@x>",
    )
    assert (mail.action, mail.subject) == ("paid", "Tickets of Rock & <Roll>")
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "Rock &amp; &lt;Roll&gt;" in mail.html
    assert mail.text.startswith(
        "Hello <script>alert(1)</script> O'Neil\n\nYour order is paid.\n\n- One\n- Two see (https://www.example.com/orders/x)"
        "\n\nSeat 12\n\nYou receive"
    )


def test_value_a_template_names_must_be_there(templates: dict[str, str]) -> None:
    templates["mail/orders/paid.html"] = PAID
    with pytest.raises(UndefinedError, match="name"):
        compose("orders/paid.html", {"event": "E"}, to="a@example.org", message_id="<1@x>")


def test_template_without_subject_is_refused(templates: dict[str, str]) -> None:
    templates["mail/bare.html"] = '{% extends "mail/base.html" %}{% block content %}x{% endblock %}'
    with pytest.raises(TemplateRuntimeError, match="subject"):
        compose("bare.html", {}, to="a@example.org", message_id="<1@x>")
