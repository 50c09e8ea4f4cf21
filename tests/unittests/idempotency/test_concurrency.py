"""The same request many times at once: each over a connection of its own."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from app import edge
from app.edge import Service
from app.events.models import Event
from app.extensions import db
from app.idempotency.models import IdempotencyRecord
from app.users.tokens import access_token
from tests.unittests.client import JSON_API
from tests.unittests.factories.users import UserFactory
from tests.unittests.idempotency.conftest import Charges, number_of
from tests.unittests.idempotency.test_replays import EVENT, KEY

CLIENTS = 8


def send_all_at_once(app: Service) -> list[Any]:
    """One new event, asked for by everybody at the same moment; their answers."""
    token = access_token(UserFactory())
    db.session.commit()
    start = Barrier(CLIENTS)

    def send(_: int) -> Any:
        start.wait()
        headers = {"Authorization": f"JWT {token}", "Content-Type": JSON_API, **KEY}
        return app.test_client().post("/v1/events", json=EVENT, headers=headers)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(send, range(CLIENTS)))


def test_without_the_guard_several_rows_are_made(committed_app: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge, "is_to_be_done_once", lambda: False)
    send_all_at_once(committed_app)
    assert number_of(Event) == CLIENTS


def test_one_row_is_made_and_losers_get_the_replay_or_are_told_to_wait(committed_app: Service) -> None:
    answers = send_all_at_once(committed_app)
    assert (number_of(Event), number_of(IdempotencyRecord)) == (1, 1)
    made = [each for each in answers if each.status_code == 201]
    assert len({each.data for each in made}) == 1
    assert sum("Idempotent-Replayed" not in each.headers for each in made) == 1
    assert Counter(each.status_code for each in answers) == Counter({201: len(made), 409: CLIENTS - len(made)})


def test_of_many_who_take_over_from_the_dead_one_does_it(charges: Charges) -> None:
    charges.send()
    db.session.query(IdempotencyRecord).update({"status": None, "running_until": IdempotencyRecord.created_at})
    db.session.commit()
    start = Barrier(CLIENTS)

    def send(_: int) -> Any:
        start.wait()
        return charges.send()

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(send, range(CLIENTS)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert sum(each.status_code == 201 and "Idempotent-Replayed" not in each.headers for each in answers) == 1
    assert charges.marks() == ["intent", "outcome"] * 2
