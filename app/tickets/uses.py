"""How often codes can still be used: the one definition, and the only place that changes it.

Each attendee whom a code covers is one use, of discount codes and access codes alike. A use is taken
when an order is placed and given back when the order ends or the attendee is removed. Changes
are conditional updates of the code's row of uses, so that parallel buyers queue up on that row, and a
check in the database makes it impossible to use a code too often. Who takes seats and uses takes the
seats first, then the discount code, then the access code, so that two buyers never wait for each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select, update

from app.extensions import db
from app.tickets.models import AccessCode, AccessCodeUses, DiscountCode, DiscountCodeUses

Code = DiscountCode | AccessCode


def left(code: Code) -> int | None:
    """How many uses are left of the code; None where they are unlimited."""
    uses, is_this = _uses_of(code)
    found: int | None = db.session.scalar(select(uses.capacity - uses.used).where(is_this))
    return found


def take(code: Code, number: int) -> bool:
    """Take that many uses, all or none; whether it worked."""
    _check(number)
    uses, is_this = _uses_of(code)
    enough = (uses.capacity.is_(None)) | (number <= uses.capacity - uses.used)
    statement = (
        update(uses)
        .where(is_this, enough)
        .values(used=uses.used + number)
        .returning(uses.used)
        .execution_options(synchronize_session=False)
    )
    return db.session.execute(statement).first() is not None


def take_up_to(code: Code, number: int) -> int:
    """Take as many of the wanted uses as are left; returns how many that were.

    The row is locked before it is read, so that of parallel buyers each sees what the one before left.
    """
    _check(number)
    uses, is_this = _uses_of(code)
    had = case((uses.capacity.is_(None), number), else_=func.least(number, uses.capacity - uses.used))
    key = uses.__mapper__.primary_key[0]
    found = select(key.label("id"), uses.used.label("used"), had.label("had")).where(is_this)
    before = found.with_for_update().cte("before")
    statement = (
        update(uses)
        .where(key == before.c.id)
        .values(used=before.c.used + before.c.had)
        .returning(before.c.had)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(statement) or 0


def give_back(code: Code, number: int) -> None:
    """Give uses back; the caller makes sure that each was held and is given back once."""
    _check(number)
    uses, is_this = _uses_of(code)
    db.session.execute(
        update(uses).where(is_this).values(used=uses.used - number).execution_options(synchronize_session=False)
    )


def used_of(code: Code) -> int:
    """How many uses are taken, read under a lock that holds off sales until the transaction ends."""
    uses, is_this = _uses_of(code)
    return db.session.scalar(select(uses.used).where(is_this).with_for_update()) or 0


def _uses_of(code: Code) -> tuple[Any, Any]:
    """The table of uses of this kind of code, and the criterion for this code's row."""
    if isinstance(code, DiscountCode):
        return DiscountCodeUses, DiscountCodeUses.discount_code_id == code.id
    return AccessCodeUses, AccessCodeUses.access_code_id == code.id


def _check(number: int) -> None:
    if number < 1:
        raise ValueError("at least one use is taken or given back")
