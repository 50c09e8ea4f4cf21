"""Which roles people hold anywhere: domains that hand out roles say where to look.

A page of users asks once for all of them. What was learnt is forgotten when the session writes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, event, select, union_all
from sqlalchemy.orm import Session, object_session

KNOWN = "roles held"

_sources: list[Select[Any]] = []


def count_roles(source: Select[Any]) -> None:
    """Let a SELECT of (user id, role name) count among the roles people hold, such as those on events."""
    _sources.append(source)


def roles_of(user: Any) -> frozenset[str]:
    """The names of the roles the user holds on any event or group."""
    session = object_session(user)
    if session is None or user.id is None:
        return frozenset()
    known: dict[int, frozenset[str]] = session.info.setdefault(KNOWN, {})
    if user.id not in known:
        loaded = {key[1][0] for key in session.identity_map.keys() if key[0] is type(user)}  # noqa: SIM118 (no mapping)
        known.update(_learn(session, (loaded | {user.id}) - known.keys()))
    return known[user.id]


def _learn(session: Session, ids: set[int]) -> dict[int, frozenset[str]]:
    held: dict[int, set[str]] = defaultdict(set)
    if _sources:
        pairs = union_all(*_sources).subquery()
        user_id, name = pairs.columns
        for id_, role in session.execute(select(user_id, name).where(user_id.in_(ids))):
            held[id_].add(role)
    return {id_: frozenset(held[id_]) for id_ in ids}


@event.listens_for(Session, "after_flush")
def _forget(session: Session, _: Any) -> None:
    session.info.pop(KNOWN, None)
