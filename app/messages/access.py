"""Who may what on messages: whoever they are for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from app.jsonapi.permissions import Actor, Rule, staff


class _Recipient(Rule):
    """The user a message is for."""

    name = "recipient"
    refusal = "Access Forbidden"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        column: ColumnElement[int] = model.user_id
        return column == actor.id

    def allows(self, actor: Actor, row: Any) -> bool:
        return not actor.is_anonymous and row is not None and row.user_id == actor.id


recipient = _Recipient()
recipient_or_staff = recipient | staff
