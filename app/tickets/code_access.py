"""Who may what on discount codes and access codes by their ids. Who knows a code reads it by the code itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from app.events.access import TEAM, EventRole, of_readable_event
from app.jsonapi import Actor, ActorRule, Rule


class _Marketer(Rule):
    """The user who made a code."""

    name = "marketer"

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        column: ColumnElement[int] = model.marketer_id
        return false() if actor.is_anonymous else column == actor.id

    def allows(self, actor: Actor, row: Any) -> bool:
        return not actor.is_anonymous and row is not None and row.marketer_id == actor.id


class _ReadableCode(Rule):
    """Codes the actor keeps or made, and those that domains above know the actor has used."""

    name = "readable code"
    refusal = "Please verify your permission"

    def __init__(self) -> None:
        self._rules: list[Rule] = [code_keeper, _Marketer()]

    def show_to(self, rule: Rule) -> None:
        """Let whoever passes this rule about a code read it too."""
        self._rules.append(rule)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return or_(*(rule.rows(actor, model) for rule in self._rules))

    def allows(self, actor: Actor, row: Any) -> bool:
        return any(rule.allows(actor, row) for rule in self._rules)


class _ExistingCode(Rule):
    """Codes of events that the actor may read, and event codes, which belong to no event."""

    name = "code of readable event"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return or_(model.event_id.is_(None), of_readable_event.rows(actor, model))

    def allows(self, actor: Actor, row: Any) -> bool:
        return row.event is None or of_readable_event.allows(actor, row)


class _EventCode(Rule):
    """Discount codes that events point at; not those for tickets of one event."""

    name = "event code"
    refusal = "This discount code is for tickets of one event."

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.used_for == "event"
        return criterion

    def allows(self, actor: Actor, row: Any) -> bool:
        return row is not None and row.used_for == "event"


class _TicketCode(_EventCode):
    """Discount codes for tickets of one event."""

    name = "ticket code"
    refusal = "This discount code is for whole events."

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return ~super().rows(actor, model)

    def allows(self, actor: Actor, row: Any) -> bool:
        return not super().allows(actor, row)


# The team of a code's event; event codes belong to none and are kept by staff.
code_keeper = EventRole("coorganizer", TEAM, "Please verify your permission")
discount_code_maker = EventRole("coorganizer", TEAM, "You are not authorized")
access_code_maker = EventRole("coorganizer", TEAM, "Minimum Organizer access required")
reader_of_codes = EventRole("coorganizer", TEAM, "Event organizer access required")
lister_of_codes = ActorRule("admin", lambda actor: actor.is_staff, "You are not authorized")
event_code_reader = ActorRule(
    "admin", lambda actor: actor.is_staff, "You must be admin to view event discount code details"
)
readable_discount_code, readable_access_code = _ReadableCode(), _ReadableCode()
existing_code, event_code, ticket_code = _ExistingCode(), _EventCode(), _TicketCode()
