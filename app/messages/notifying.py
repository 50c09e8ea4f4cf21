"""Telling users that something happened which concerns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import BigInteger, CursorResult, Text, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from app.extensions import db
from app.messages.models import Notification
from app.messages.switches import is_notified


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a notification is about: a row by type ("Order") and id, what became of it, and what else to tell of it.

    `facts` are JSON values that stand in the content under their names, such as `order` and `event`.
    """

    type: str
    id: int
    action: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def notify(
    user_ids: Iterable[int], *, type: str, occasion: str, target: Target, actors: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Tell each of these users once, in one statement, unless notifications of this type are switched off.

    `type` is one of the contract's, such as `ticket_purchased`. `occasion` names what happened: whoever was told of it
    under that type is not told again, so that jobs may be repeated. `actors` are those who did it, as {id, name}.
    """
    content = {
        "type": type,
        "target_type": target.type,
        "target_id": target.id,
        "target_action": target.action,
        "actors": list(actors),
        **target.facts,
    }
    told = sorted(set(user_ids))
    if not told:
        return
    each = func.unnest(literal(told, ARRAY(BigInteger))).column_valued("user_id")
    row = select(each, literal(content, JSONB), literal(f"{type} {occasion}", Text)).where(is_notified(type))
    statement = insert(Notification).from_select(["user_id", "content", "occasion"], row)
    db.session.execute(statement.on_conflict_do_nothing())


def mark_all_read(user_id: int) -> int:
    """Mark what the user was told as read, in one statement; how many notifications were not."""
    unread = update(Notification).where(Notification.user_id == user_id, Notification.is_read.is_(False))
    return cast("CursorResult[Any]", db.session.execute(unread.values(is_read=True))).rowcount
