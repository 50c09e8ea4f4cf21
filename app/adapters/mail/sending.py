"""Handing mail to the SMTP server, or to a folder where there is none."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from pathlib import Path
from urllib.parse import quote

from flask import current_app

from app.adapters.atomic import write_atomically
from app.adapters.mail.delivery import Delivery, configured_delivery
from app.adapters.mail.message import Mail, build

TIMEOUT_SECONDS = 15.0

logger = logging.getLogger(__name__)


class MailDelayed(Exception):
    """The mail could not be handed over now; the same mail can be sent later."""


class MailRefused(Exception):
    """The mail server will never take this mail: no such recipient, or a content it does not accept."""


def send(mail: Mail, delivery: Delivery | None = None) -> None:
    """Hand a mail over, as the environment says or the given way; returns once the server is responsible for it.

    Without a server it is written to `DATA_DIR/mail/`, named by its Message-ID. Raises MailDelayed when trying
    again may help, MailRefused or InvalidAddress when it will not.
    """
    config = current_app.config
    delivery = delivery or configured_delivery(config)
    message = build(mail, delivery.sender)
    if delivery.host:
        _send_by_smtp(message, mail, delivery, delivery.host)
    else:
        _write(message, mail, Path(config["DATA_DIR"]) / "mail")


def _write(message: EmailMessage, mail: Mail, folder: Path) -> None:
    blind = mail.recipients[1:]
    if blind:
        message["Bcc"] = blind
    is_ascii = all(recipient.addr_spec.isascii() for recipient in mail.recipients)
    data = message.as_bytes(policy=SMTP if is_ascii else SMTPUTF8)
    write_atomically(folder / f"{quote(mail.message_id.strip('<>'), safe='@')}.eml", data)


def _send_by_smtp(message: EmailMessage, mail: Mail, delivery: Delivery, host: str) -> None:
    try:
        with _connection(delivery, host) as connection:
            _hand_over(connection, message, delivery.sender.addr_spec, mail)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:  # The last is what a host that is none gives.
        raise MailDelayed(f"{mail.message_id}: {error}") from error


def _hand_over(connection: smtplib.SMTP, message: EmailMessage, sender: str, mail: Mail) -> None:
    try:
        recipients = _reachable(connection, mail)
        refused = connection.send_message(message, sender, recipients)
    except smtplib.SMTPRecipientsRefused as error:
        raise _failure(min(code for code, _ in error.recipients.values()), mail) from error
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        raise _failure(error.smtp_code, mail) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefused(f"{mail.message_id}: {error}") from error
    if refused:
        _judge(refused, recipients[0], mail)


def _reachable(connection: smtplib.SMTP, mail: Mail) -> list[str]:
    """The addresses of the mail, without blind copies to international ones of which the server knows nothing."""
    first, *blind = (recipient.addr_spec for recipient in mail.recipients)
    connection.ehlo_or_helo_if_needed()
    if connection.has_extn("smtputf8"):
        return [first, *blind]
    plain = [address for address in blind if address.isascii()]
    if len(plain) < len(blind):
        logger.warning("mail %s cannot reach %d of its recipients", mail.message_id, len(blind) - len(plain))
    return [first, *plain]


def _judge(refused: dict[str, tuple[int, bytes]], first: str, mail: Mail) -> None:
    """Blind copies may get the mail twice rather than the person it is written to never."""
    logger.warning("mail %s was not taken for %d of its recipients", mail.message_id, len(refused))
    if first in refused:
        raise _failure(refused[first][0], mail)


def _failure(code: int, mail: Mail) -> Exception:
    """Answers from 500 on are final by RFC 5321, those below are for the moment."""
    kind = MailRefused if code >= 500 else MailDelayed
    return kind(f"{mail.message_id}: the mail server answered {code}")


@contextmanager
def _connection(delivery: Delivery, host: str) -> Iterator[smtplib.SMTP]:
    """A connection that is encrypted and signed in as the delivery says."""
    connection = _open(host, delivery.port, delivery.encryption)
    try:
        if delivery.encryption == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if delivery.username:
            connection.login(delivery.username, delivery.password or "")
        yield connection
    finally:
        _close(connection)


def _close(connection: smtplib.SMTP) -> None:
    """A server that is rude at the farewell has taken the mail nevertheless."""
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


def _open(host: str, port: int, encryption: str) -> smtplib.SMTP:
    if encryption == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
