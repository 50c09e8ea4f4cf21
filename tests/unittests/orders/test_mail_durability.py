"""What leaves when a worker dies, and that nothing leaves of an order that never was."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select, text

from app.edge import Service
from app.extensions import db
from app.jobs import run_waiting_jobs
from app.messages.models import SentMail
from app.orders.models import Order
from tests.unittests.adapters.smtp import HOST, Mailbox, smtp_server
from tests.unittests.client import ApiClient
from tests.unittests.orders.conftest import StartWorker, mails_in
from tests.unittests.orders.steps import Sale

MAILS = 3  # To the buyer, the attendee and the team.


class Assassin(Mailbox):
    """A mail server that kills the worker once, at the chosen moment of the first mail."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment, self.victim = moment, None

    victim: subprocess.Popen[bytes] | None

    def strike(self, moment: str) -> None:
        """Kill the worker if this is the moment."""
        if moment == self.moment and self.victim is not None:
            self.victim.send_signal(signal.SIGKILL)
            self.victim.wait()
            self.victim = None

    async def handle_MAIL(  # noqa: N802 (the server's name for it)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """The worker has begun to send: nothing is accepted yet."""
        self.strike("before")
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The mail is accepted, and the worker does not live to hear of it."""
        answer = await super().handle_DATA(server, session, envelope)
        self.strike("after")
        return answer


def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for what another process does; fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def jobs_left() -> int:
    """How many jobs are not done, as other transactions see them."""
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'")) or 0


@pytest.fixture
def sale(committed_app: Service) -> Sale:
    """An event on a database where commits are real."""
    sale = Sale(ApiClient(committed_app))
    db.session.commit()
    return sale


def place(sale: Sale) -> None:
    """An order for one attendee."""
    assert sale.order(sale.attendee()).status_code == 201


def message_ids(mailbox: Mailbox) -> list[str]:
    return sorted(str(message["Message-ID"]).strip() for message in mailbox.messages)


def test_mail_leaves_once_when_the_worker_is_killed_before_it_was_accepted(
    sale: Sale, start_worker: StartWorker
) -> None:
    place(sale)
    mailbox = Assassin("before")
    with smtp_server(mailbox) as port:
        settings = {"SMTP_HOST": HOST, "SMTP_PORT": str(port)}
        mailbox.victim = start_worker(**settings)
        until(lambda: mailbox.victim is None)
        start_worker(**settings)
        until(lambda: jobs_left() == 0)
    ids = message_ids(mailbox)
    assert len(ids) == len(set(ids)) == MAILS


def test_mail_leaves_again_under_its_message_id_when_its_acceptance_was_not_noted(
    sale: Sale, start_worker: StartWorker
) -> None:
    place(sale)
    mailbox = Assassin("after")
    with smtp_server(mailbox) as port:
        settings = {"SMTP_HOST": HOST, "SMTP_PORT": str(port)}
        mailbox.victim = start_worker(**settings)
        until(lambda: mailbox.victim is None)
        first = message_ids(mailbox)
        start_worker(**settings)
        until(lambda: jobs_left() == 0)
    ids = message_ids(mailbox)
    assert len(set(ids)) == MAILS
    assert len(first) >= 1
    assert {ids.count(message_id) for message_id in first} == {2}
    # What was on its way when the worker died may arrive after `first` was looked at.
    assert {ids.count(message_id) for message_id in ids} <= {1, 2}


def test_order_that_is_rolled_back_sends_nothing(sale: Sale, committed_app: Service, tmp_path: Path) -> None:
    committed_app.config["DATA_DIR"] = tmp_path
    # The order is made, and then its answer cannot be written.
    assert sale.order(sale.attendee(), query={"include": "nonsense"}).status_code == 400
    assert sale.order(sale.attendee(), sale.attendee(id=None), "999999").status_code == 404
    db.session.commit()
    assert (jobs_left(), sale.taken(), db.session.scalars(select(Order)).all()) == (0, 0, [])
    run_waiting_jobs(committed_app)
    assert mails_in(tmp_path) == []


def test_order_is_completed_and_mailed_by_the_worker(sale: Sale, committed_app: Service, tmp_path: Path) -> None:
    committed_app.config["DATA_DIR"] = tmp_path
    place(sale)
    db.session.commit()
    run_waiting_jobs(committed_app)
    db.session.expire_all()
    order = db.session.scalars(select(Order)).one()
    assert (order.status, jobs_left()) == ("completed", 0)
    sent = set(db.session.scalars(select(SentMail.message_id)))
    assert {str(mail["Message-ID"]).strip() for mail in mails_in(tmp_path)} == sent
    assert len(sent) == MAILS


def test_mail_server_that_is_away_delays_mails_and_loses_none(
    sale: Sale, committed_app: Service, tmp_path: Path
) -> None:
    place(sale)
    db.session.commit()
    committed_app.config.update(DATA_DIR=tmp_path, SMTP_HOST=HOST, SMTP_PORT=1)
    run_waiting_jobs(committed_app)
    assert jobs_left() == MAILS
    committed_app.config["SMTP_HOST"] = None
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'"))
    run_waiting_jobs(committed_app)
    assert len(mails_in(tmp_path)) == MAILS


def test_address_that_is_refused_keeps_no_other_mail_back(sale: Sale, committed_app: Service, tmp_path: Path) -> None:
    mailbox = Mailbox(answers={"nobody@example.com": "550 no such user"})
    with smtp_server(mailbox) as port:
        committed_app.config.update(DATA_DIR=tmp_path, SMTP_HOST=HOST, SMTP_PORT=port)
        assert sale.order(sale.attendee(email="nobody@example.com")).status_code == 201
        db.session.commit()
        run_waiting_jobs(committed_app)
    assert len(mailbox.taken) == MAILS - 1
    assert jobs_left() == 1  # It has failed for good.
