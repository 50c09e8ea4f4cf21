"""Facts about rows that other tables hold: asked for one row, learnt for all rows of its type in the session.

An attribute that is computed from other tables would cost a query per row of a list. Here the
first row that is asked about learns the fact for the whole page in one query. What was learnt is
forgotten when the session writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, object_session

Fact = TypeVar("Fact")
KNOWN = "batched facts"


class Batched(Generic[Fact]):
    """One kind of fact; `learn` makes it for a set of ids, `absent` stands for rows it says nothing of."""

    def __init__(self, learn: Callable[[Session, set[int]], Mapping[int, Fact]], absent: Fact) -> None:
        self._learn, self._absent = learn, absent

    def of(self, row: Any) -> Fact:
        """The fact about this row; `absent` for one that is not stored."""
        session = object_session(row)
        if session is None or row.id is None:
            return self._absent
        known: dict[int, Fact] = session.info.setdefault(KNOWN, {}).setdefault(self, {})
        if row.id not in known:
            loaded = {key[1][0] for key in list(session.identity_map.keys()) if key[0] is type(row)}
            wanted = (loaded | {row.id}) - known.keys()
            learnt = self._learn(session, wanted)
            known.update({id_: learnt.get(id_, self._absent) for id_ in wanted})
        return known[row.id]


@event.listens_for(Session, "after_flush")
def _forget(session: Session, _: Any) -> None:
    session.info.pop(KNOWN, None)
