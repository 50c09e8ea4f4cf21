"""A real SMTP server on loopback that keeps what it takes and refuses what it is told to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
ACCOUNT = LoginPassword(b"mailer", b"secret")


@dataclass
class Mailbox:
    """What arrived, and the answers to give instead of taking a mail: by recipient, or after the content."""

    taken: list[Envelope] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    final_answer: str = "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        """The mails that arrived, parsed."""
        # As text, because headers of mails to international addresses are UTF-8 on the wire.
        contents = [bytes(envelope.original_content or b"").decode() for envelope in self.taken]
        return [message_from_string(content, policy=default) for content in contents]

    async def handle_RCPT(  # noqa: N802 (the server's name for it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse the content."""
        if self.final_answer.startswith("250"):
            self.taken.append(envelope)
        return self.final_answer


@contextmanager
def smtp_server(mailbox: Mailbox, *, implicit_tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    """Serve the mailbox on a free port, which is given."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    options = {"enable_SMTPUTF8": True} | options
    controller = Controller(mailbox, HOST, port, ssl_context=implicit_tls, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def accept_account(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    """Sign in the one account there is."""
    return AuthResult(success=given == ACCOUNT, handled=False)


def server_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's side of TLS for the loopback address, and the file by which clients may trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(pem))
    key_path = folder / "key.pem"
    key_path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return context, path
