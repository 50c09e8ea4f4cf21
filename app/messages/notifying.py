"""Telling users that something happened which concerns them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.messages.models import Notification


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
    """Tell each of these users once, in one statement.

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
    told = [{"user_id": id_, "content": content, "occasion": f"{type} {occasion}"} for id_ in sorted(set(user_ids))]
    if told:
        db.session.execute(insert(Notification).values(told).on_conflict_do_nothing())
