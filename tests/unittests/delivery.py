"""Jobs of the test's own transaction, and the mails they send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text

from app.edge import Service
from app.extensions import db
from app.jobs import jobs

Deliver = Callable[[], list[EmailMessage]]

WAITING = text("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1")


@pytest.fixture
def deliver(app: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deliver]:
    """Runs the jobs that wait in the test's transaction, and those they defer; gives the mails they sent."""
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    monkeypatch.setitem(app.config, "FRONTEND_URL", "https://www.example.com")
    app.extensions.pop("storage", None)

    def run() -> list[EmailMessage]:
        while job := db.session.execute(WAITING).first():
            jobs.tasks[job.task_name].func(**job.args)
            db.session.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": job.id})
        db.session.commit()
        return mails_in(tmp_path)

    yield run
    app.extensions.pop("storage", None)


def mails_in(data_dir: Path) -> list[EmailMessage]:
    """The mails that were written there, sorted by their recipients."""
    paths = (data_dir / "mail").glob("*.eml")
    return sorted((message_from_bytes(path.read_bytes(), policy=default) for path in paths), key=lambda m: str(m["To"]))
