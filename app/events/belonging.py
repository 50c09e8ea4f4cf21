"""What is linked belongs to one event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.jsonapi import Given
from app.jsonapi.errors import UnprocessableEntity
from app.jsonapi.names import dashed


def check_same_event(relationship: str, event_id: int | None, rows: Sequence[Any]) -> None:
    """Refuse rows of other events; the error points at this relationship."""
    for row in rows:
        if row.event_id != event_id:
            raise UnprocessableEntity(
                f"{type(row).__name__} {row.id} belongs to a different Event",
                pointer=f"/data/relationships/{relationship}",
            )


def check_linked(event_id: int, given: Given, relationships: Iterable[str]) -> None:
    """Refuse rows of other events among what is given under these names."""
    for name in relationships:
        value: Any = given.get(name)
        check_same_event(dashed(name), event_id, value if isinstance(value, list) else [value] if value else [])
