"""Uses of codes: what is left of them, and that nobody uses a code more often than it allows."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.edge import Service
from app.extensions import db
from app.tickets import uses
from tests.unittests.factories.tickets import (
    AccessCodeFactory,
    AccessCodeUsesFactory,
    DiscountCodeTicketFactory,
    DiscountCodeUsesFactory,
)

BUYERS, USES = 10, 4
KINDS = [DiscountCodeTicketFactory, AccessCodeFactory]
both_kinds = pytest.mark.parametrize("factory", KINDS)


@both_kinds
def test_uses_are_taken_all_or_none(app: Service, factory: Any) -> None:
    code = factory(tickets_number=5)
    assert uses.take(code, 4)
    assert not uses.take(code, 2)
    assert uses.left(code) == 1
    assert uses.take(code, 1)
    assert not uses.take(code, 1)


@both_kinds
def test_as_many_uses_are_taken_as_are_left(app: Service, factory: Any) -> None:
    code = factory(tickets_number=5)
    assert [uses.take_up_to(code, 3) for _ in range(3)] == [3, 2, 0]
    assert uses.left(code) == 0


@both_kinds
def test_code_without_a_number_is_never_used_up(app: Service, factory: Any) -> None:
    code = factory(tickets_number=None)
    assert uses.take(code, 1000)
    assert uses.take_up_to(code, 1000) == 1000
    assert uses.left(code) is None
    assert uses.used_of(code) == 2000


@both_kinds
def test_uses_given_back_can_be_taken_again(app: Service, factory: Any) -> None:
    code = factory(tickets_number=2)
    assert uses.take(code, 2)
    uses.give_back(code, 1)
    assert uses.left(code) == 1


@both_kinds
@pytest.mark.parametrize("number", [0, -1])
def test_nobody_takes_or_gives_back_less_than_one_use(app: Service, factory: Any, number: int) -> None:
    code = factory(tickets_number=2)
    for change in (uses.take, uses.take_up_to, uses.give_back):
        with pytest.raises(ValueError, match="at least one"):
            change(code, number)
    assert uses.left(code) == 2


@both_kinds
def test_selling_does_not_change_the_version_of_a_code(app: Service, factory: Any) -> None:
    code = factory(tickets_number=2)
    before = code.version
    uses.take(code, 2)
    db.session.refresh(code)
    assert code.version == before


@both_kinds
def test_uses_follow_the_number_of_the_code(app: Service, factory: Any) -> None:
    code = factory(tickets_number=2)
    for number in (7, None, 3):
        code.tickets_number = number
        db.session.flush()
        assert uses.left(code) == number


@pytest.mark.parametrize(
    ("factory", "uses_factory", "table"),
    [
        (DiscountCodeTicketFactory, DiscountCodeUsesFactory, "discount"),
        (AccessCodeFactory, AccessCodeUsesFactory, "access"),
    ],
)
def test_database_refuses_more_uses_than_there_are_and_fewer_than_none(
    app: Service, factory: Any, uses_factory: Any, table: str
) -> None:
    code = factory(tickets_number=3)
    assert uses_factory(code=code).capacity == 3
    statement = text(f"UPDATE {table}_code_uses SET used = :number WHERE {table}_code_id = :id")
    for number in (-1, 4):
        with db.session.begin_nested() as savepoint:
            with pytest.raises(IntegrityError, match="not_overused"):
                db.session.execute(statement, {"number": number, "id": code.id})
            savepoint.rollback()


# Many buyers at once, each with a connection of their own


def all_at_once(app: Service, model: Any, code_id: int, take: Any) -> list[Any]:
    """What each buyer gets who takes uses of the code at the same moment."""
    start = Barrier(BUYERS)

    def buy(_: int) -> Any:
        with app.app_context():
            start.wait(timeout=30)
            code = db.session.get(model, code_id)
            had = take(code)
            db.session.commit()
            return had

    with ThreadPoolExecutor(BUYERS) as pool:
        return list(pool.map(buy, range(BUYERS)))


def look_before_taking(code: Any, number: int) -> bool:
    """What the guard replaces: see what is left, and let the buyer through when that is enough."""
    left = uses.left(code)
    time.sleep(0.2)
    return left is None or number <= left


def last_uses(factory: Any) -> Any:
    """A code that has fewer uses left than buyers want."""
    code = factory(tickets_number=USES)
    db.session.commit()
    return code


@both_kinds
def test_without_the_guard_more_buyers_use_a_code_than_it_allows(
    committed_app: Service, factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = last_uses(factory)
    monkeypatch.setattr(uses, "take", look_before_taking)
    answers = all_at_once(committed_app, type(code), code.id, lambda each: uses.take(each, 1))
    assert sum(answers) > USES


@both_kinds
def test_last_uses_of_a_code_are_had_once(committed_app: Service, factory: Any) -> None:
    code = last_uses(factory)
    answers = all_at_once(committed_app, type(code), code.id, lambda each: uses.take(each, 1))
    assert sum(answers) == USES
    assert uses.left(code) == 0


@both_kinds
def test_last_uses_are_shared_out_to_the_last_one(committed_app: Service, factory: Any) -> None:
    code = last_uses(factory)
    answers = all_at_once(committed_app, type(code), code.id, lambda each: uses.take_up_to(each, 3))
    assert sorted(answers, reverse=True)[:3] == [3, 1, 0]
    assert sum(answers) == USES
    assert uses.left(code) == 0


def test_each_code_has_uses_of_its_own(app: Service) -> None:
    discount, access = DiscountCodeTicketFactory(tickets_number=3), AccessCodeFactory(tickets_number=3)
    other = DiscountCodeTicketFactory(tickets_number=3, event=discount.event)
    assert uses.take(discount, 2)
    assert (uses.left(discount), uses.left(other), uses.left(access)) == (1, 3, 3)
