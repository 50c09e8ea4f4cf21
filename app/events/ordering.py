"""The order in which an event shows its rows of one type: any number of them is moved in two statements.

Rows are locked by their ids before they are written, so that two who reorder at one time wait for each other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Integer, Select, cast, column, func, select, update

from app.extensions import db
from app.jsonapi.errors import Forbidden, UnprocessableEntity
from app.jsonapi.fields import LARGEST, SMALLEST
from app.jsonapi.lookup import id_of
from app.jsonapi.model import SoftDeleted

Places = dict[int, int]


@dataclass(frozen=True)
class Ordering:
    """The places of the rows of `model`, which requests list as `{<named>: id, <place>: whole number}`.

    `place` is the model's attribute too.
    """

    model: Any
    named: str
    place: str

    def give(self, event_id: int, body: Any) -> Places:
        """Give the event's rows the places that a request's body lists; how many have each.

        Raises UnprocessableEntity for a body of another shape, and Forbidden for rows that are not the event's.
        """
        places = self._read(body)
        held = self._lock(event_id, list(places))
        if len(held) < len(places):
            stranger = min(set(places) - set(held))
            raise Forbidden(f"{self.model.__name__} {stranger} does not belong to the event.", pointer="event_id")
        pairs = func.unnest(cast(list(places), ARRAY(BigInteger)), cast(list(places.values()), ARRAY(Integer)))
        columns = column("id", BigInteger), column("place", Integer)
        wanted = pairs.table_valued(*columns, name="wanted").render_derived()
        moved = update(self.model).where(self.model.id == wanted.c.id).values({self.place: wanted.c.place})
        db.session.execute(moved, execution_options={"synchronize_session": False})
        return dict(sorted(Counter(places.values()).items()))

    def reset(self, event_id: int) -> int:
        """Give all of the event's rows the first place; how many there are."""
        held = self._lock(event_id)
        moved = self.model.id == func.any(cast(held, ARRAY(BigInteger))), getattr(self.model, self.place) != 0
        everybody = update(self.model).where(*moved).values({self.place: 0})
        db.session.execute(everybody, execution_options={"synchronize_session": False})
        return len(held)

    def _read(self, body: Any) -> Places:
        if not isinstance(body, list):
            raise self._misshapen()
        places = [self._place(item) for item in body]
        if len({id_ for id_, _ in places}) < len(places):
            raise self._misshapen()
        return dict(places)

    def _place(self, item: Any) -> tuple[int, int]:
        id_, place = (item.get(self.named), item.get(self.place)) if isinstance(item, dict) else (None, None)
        number = id_of(id_)
        if number is None or type(place) is not int or not SMALLEST <= place <= LARGEST:
            raise self._misshapen()
        return number, place

    def _misshapen(self) -> UnprocessableEntity:
        item = f'{{"{self.named}": id, "{self.place}": whole number}}'
        return UnprocessableEntity(f"A list of {item}, with each {self.named} once, is expected.", pointer="/data")

    def _lock(self, event_id: int, ids: list[int] | None = None) -> list[int]:
        rows = self._rows(event_id)
        if ids is not None:
            rows = rows.where(self.model.id == func.any(cast(ids, ARRAY(BigInteger))))
        return list(db.session.scalars(rows.order_by(self.model.id).with_for_update(key_share=True)))

    def _rows(self, event_id: int) -> Select[tuple[int]]:
        rows = select(self.model.id).where(self.model.event_id == event_id)
        return rows.where(self.model.deleted_at.is_(None)) if issubclass(self.model, SoftDeleted) else rows
