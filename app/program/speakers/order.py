"""The order of an event's speakers: any number of them in two statements.

Rows are locked by their ids before they are written, so that two who reorder at one time wait for each other.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Integer, cast, column, func, select, update

from app.extensions import db
from app.jsonapi.errors import Forbidden, UnprocessableEntity
from app.jsonapi.fields import LARGEST, SMALLEST
from app.jsonapi.lookup import LONGEST_ID
from app.program.models import Speaker

SHAPE = 'A list of {"speaker": id, "order": whole number}, with each speaker once, is expected.'


def read_places(body: Any) -> dict[int, int]:
    """The order of each speaker by id, of a body `[{"speaker", "order"}, …]`; raises UnprocessableEntity."""
    if not isinstance(body, list):
        raise UnprocessableEntity(SHAPE, pointer="/data")
    places = [_place(item) for item in body]
    if len({speaker_id for speaker_id, _ in places}) < len(places):
        raise UnprocessableEntity(SHAPE, pointer="/data")
    return dict(places)


def _place(item: Any) -> tuple[int, int]:
    speaker_id, order = (item.get("speaker"), item.get("order")) if isinstance(item, dict) else (None, None)
    text = str(speaker_id)
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_ID and not isinstance(speaker_id, bool)
    if not is_number or type(order) is not int or not SMALLEST <= order <= LARGEST:
        raise UnprocessableEntity(SHAPE, pointer="/data")
    return int(text), order


def set_order(event_id: int, places: dict[int, int]) -> dict[int, int]:
    """Give speakers of the event, by id, their places; how many have each. Raises Forbidden for others."""
    held = _lock(event_id, list(places))
    if len(held) < len(places):
        stranger = min(set(places) - set(held))
        raise Forbidden(f"Speaker {stranger} does not belong to the event.", pointer="event_id")
    pairs = func.unnest(cast(list(places), ARRAY(BigInteger)), cast(list(places.values()), ARRAY(Integer)))
    columns = column("id", BigInteger), column("place", Integer)
    wanted = pairs.table_valued(*columns, name="wanted").render_derived()
    moved = update(Speaker).where(Speaker.id == wanted.c.id).values(order=wanted.c.place)
    db.session.execute(moved, execution_options={"synchronize_session": False})
    return dict(sorted(Counter(places.values()).items()))


def reset_order(event_id: int) -> int:
    """Give all speakers of the event the first place; how many there are."""
    held = _lock(event_id)
    everybody = update(Speaker).where(Speaker.id == func.any(cast(held, ARRAY(BigInteger))), Speaker.order != 0)
    db.session.execute(everybody.values(order=0), execution_options={"synchronize_session": False})
    return len(held)


def _lock(event_id: int, ids: list[int] | None = None) -> list[int]:
    speakers = _speakers(event_id)
    if ids is not None:
        speakers = speakers.where(Speaker.id == func.any(cast(ids, ARRAY(BigInteger))))
    return list(db.session.scalars(speakers.order_by(Speaker.id).with_for_update(key_share=True)))


def _speakers(event_id: int) -> Any:
    return select(Speaker.id).where(Speaker.event_id == event_id, Speaker.deleted_at.is_(None))
