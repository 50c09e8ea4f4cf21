"""Which roles people hold anywhere: domains that hand out roles say where to look."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, select, union_all
from sqlalchemy.orm import Session

from app.jsonapi.batched import Batched

_sources: list[Select[Any]] = []


def count_roles(source: Select[Any]) -> None:
    """Let a SELECT of (user id, role name) count among the roles people hold, such as those on events."""
    _sources.append(source)


def roles_of(user: Any) -> frozenset[str]:
    """The names of the roles the user holds on any event or group; one query for a page of users."""
    return _held.of(user)


def _learn(session: Session, ids: set[int]) -> dict[int, frozenset[str]]:
    held: dict[int, set[str]] = defaultdict(set)
    if _sources:
        user_id, name = union_all(*_sources).subquery().columns
        for id_, role in session.execute(select(user_id, name).where(user_id.in_(ids))):
            held[id_].add(role)
    return {id_: frozenset(roles) for id_, roles in held.items()}


_held = Batched[frozenset[str]](_learn, frozenset())
