"""Who sees which tickets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Actor, Rule


class _VisibleTicket(Rule):
    """Tickets of events one may read; hidden ones only for the event's team and for those who hold one."""

    name = "visible ticket"

    def __init__(self) -> None:
        self._holders: list[Rule] = []

    def admits(self, actor: Actor) -> bool:
        return True

    def show_hidden_to(self, rule: Rule) -> None:
        """Let whoever passes this rule see a hidden ticket too: domains above know who holds one."""
        self._holders.append(rule)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        shown = or_(model.is_hidden.is_(False), *(rule.rows(actor, model) for rule in self._entitled(actor)))
        return and_(of_readable_event.rows(actor, model), shown)

    def allows(self, actor: Actor, row: Any) -> bool:
        if not of_readable_event.allows(actor, row):
            return False
        return not row.is_hidden or any(rule.allows(actor, row) for rule in self._entitled(actor))

    def _entitled(self, actor: Actor) -> list[Rule]:
        return [] if actor.is_anonymous else [coorganizer, *self._holders]


visible_ticket = _VisibleTicket()
