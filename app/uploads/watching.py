"""Watching the rows whose pictures are made: whoever writes one, and however, does not have to think of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import object_session

from app.extensions import db
from app.jobs import defer
from app.uploads.images import Pictured, pictured
from app.uploads.sizes import Size
from app.uploads.tasks import make_images


def makes_images(model: Any, *, source: str, sizes: Mapping[str, Size], original: str | None = None) -> None:
    """Declare that rows of the model have pictures: of the address in `source`, one for each attribute and size.

    As `makes_images(Event, source="original_image_url", sizes={"icon_image_url": event_size("icon")})`. When the
    source changes, those of the attributes that are not written together with it become null at once, and a job of
    the same transaction fills them. `original` names the attribute, if any, in which the picture itself is found once
    it is kept in the store. Statements that write rows without loading them are not seen: `order_images` is for those.
    """
    kind = pictured[model.__tablename__] = Pictured(model, source, sizes, original)

    def clear(_: Any, __: Any, row: Any) -> None:
        if _is_changed(row, source):
            for name in kind.made:
                if not _is_changed(row, name):
                    setattr(row, name, None)

    def order(_: Any, __: Any, row: Any) -> None:
        if _is_changed(row, source) and getattr(row, source) and not all(getattr(row, name) for name in kind.made):
            session = object_session(row) or db.session
            defer(make_images, session=session, lock=_lock(model, row.id), table=model.__tablename__, row_id=row.id)

    event.listen(model, "before_update", clear)
    event.listen(model, "after_update", order)
    event.listen(model, "after_insert", order)


def order_images(model: Any, row_ids: Iterable[int]) -> None:
    """Have the pictures made that these rows lack."""
    for row_id in row_ids:
        defer(make_images, lock=_lock(model, row_id), table=model.__tablename__, row_id=row_id)


def _is_changed(row: Any, name: str) -> bool:
    return bool(inspect(row).attrs[name].history.has_changes())


def _lock(model: Any, row_id: int) -> str:
    """So that the jobs of one row run one after the other: the second finds what the first has made."""
    return f"images of {model.__tablename__} {row_id}"
