"""What the tests of accounts share."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text

from app.edge import Service
from app.extensions import db
from app.jobs import jobs

Outbox = Callable[[], list[EmailMessage]]

WAITING = text("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")


@pytest.fixture
def outbox(app: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """Runs the jobs that wait in the test's transaction, and gives the mails they sent, in their order."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    monkeypatch.setitem(app.config, "FRONTEND_URL", "https://www.example.com")

    def collect() -> list[EmailMessage]:
        messages = []
        for id_, name, arguments in db.session.execute(WAITING).all():
            jobs.tasks[name].func(**arguments)
            db.session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": id_})
            for path in (tmp_path / "mail").glob("*.eml"):
                messages.append(message_from_bytes(path.read_bytes(), policy=default))
                path.unlink()
        db.session.commit()
        return messages

    return collect


def html_of(mail: EmailMessage) -> str:
    """The HTML part of a mail."""
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def link_in(mail: EmailMessage) -> tuple[str, str]:
    """The page of the web client a mail leads to, and the token it says."""
    found = re.search(r'href="https://www\.example\.com(/[a-z-]+)\?token=([\w-]+)"', html_of(mail))
    assert found is not None
    return found[1], found[2]
