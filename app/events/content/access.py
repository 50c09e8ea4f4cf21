"""Who sees which exhibitors."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement

from app.events.access import coorganizer, of_readable_event
from app.jsonapi import Actor, Rule


class _AcceptedExhibitor(Rule):
    """Exhibitors that the event has accepted."""

    name = "accepted exhibitor"

    def admits(self, actor: Actor) -> bool:
        return True

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        accepted: ColumnElement[bool] = model.status == "accepted"
        return accepted

    def allows(self, actor: Actor, row: Any) -> bool:
        return bool(row.status == "accepted")


readable_exhibitor = of_readable_event & (_AcceptedExhibitor() | coorganizer)
