"""Who may ask about a task."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false

from app.jsonapi import Actor, Rule


class _Starter(Rule):
    """Whoever started the task, and nobody else: what it made may be for their eyes only."""

    name = "starter"
    refusal = "Only who started a task may ask about it."

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return false() if actor.is_anonymous else model.starter_id == actor.id

    def allows(self, actor: Actor, row: Any) -> bool:
        return not actor.is_anonymous and row is not None and row.starter_id == actor.id


starter = _Starter()
