"""Web processes are killed while two hundred clients want fifty seats, and who is not answered asks again."""

from __future__ import annotations

import os
import random
import signal
from itertools import count
from typing import Any

import psutil
import pytest

from tests.unittests.orders.rush.market import Market, keyed, without
from tests.unittests.orders.rush.test_last_seats import check_sold, identifiers, new_ticket, orders_of, wishes

# After so many answers. With the server dies everything that is under way; it is started again as by a supervisor.
WORKER_DIES_AFTER, SERVER_DIES_AFTER = (5, 30, 120), 70


class Killer:
    """Kills a process of the server at certain counts of answers."""

    def __init__(self, market: Market) -> None:
        self._market, self._answers = market, count(1)
        self.kills = 0

    def __call__(self, _: Any) -> None:
        number = next(self._answers)
        if number == SERVER_DIES_AFTER:
            self._kill(self._market.process.pid)
        elif number in WORKER_DIES_AFTER and (workers := self._workers()):
            self._kill(random.choice(workers))

    def _workers(self) -> list[int]:
        try:
            return [each.pid for each in psutil.Process(self._market.process.pid).children()]
        except psutil.NoSuchProcess:  # It has given up, as it does when the same worker dies twice in a row.
            return []

    def _kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.kills += 1


def test_killed_processes_lose_no_seat_and_sell_none_twice(market: Market) -> None:
    ticket_id, killer = new_ticket(market), Killer(market)
    answered = market.rush([keyed(each) for each in wishes(market, ticket_id)], noted=killer)
    assert killer.kills >= 2
    check_sold(market, ticket_id, answered)


@pytest.mark.parametrize(
    ("send", "made"), [(lambda request: request, 2), (keyed, 1)], ids=["without a key", "with a key"]
)
def test_order_that_was_made_and_not_answered_is_made_again_only_without_a_key(
    unguarded: Market, send: Any, made: int
) -> None:
    ticket_id = new_ticket(unguarded)
    (answer,) = unguarded.rush([without("answer")(send(wishes(unguarded, ticket_id)[0]))])
    orders = orders_of(unguarded, ticket_id)
    assert (answer.status, len(orders)) == (200, made)
    assert identifiers([answer]) == {orders[-1]}
