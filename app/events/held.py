"""Which roles people hold on which events, whatever gives them: domains above say where else to look."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Subquery, select, union

_sources: list[Any] = []


def add_role_source(source: Any) -> None:
    """Let a SELECT of `user_id`, `event_id` and `name` give roles on events, beside those held directly."""
    _sources.append(source)


@cache
def held_roles() -> Subquery:
    """Each role somebody holds on an event, once; asked for only when every source is known."""
    return union(*_sources).subquery("held_roles")


@cache
def working() -> Subquery:
    """Who works on which event, whatever the role: once per pair, also for those who hold several roles."""
    held = held_roles().c
    return select(held.user_id, held.event_id).distinct().subquery("working")
