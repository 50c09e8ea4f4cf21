"""The files of copied events."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from sqlalchemy import or_, select

from app.adapters.storage import FileMissing, storage
from app.extensions import db
from app.transfer.plan import COPIED
from app.transfer.statement import rows_of
from app.uploads.images import pictured
from app.uploads.watching import order_images

log = logging.getLogger("app.transfer")


def copy_each(pairs: Iterable[tuple[str, str]]) -> None:
    """Copy each file from its first key to its second, unless that was done before.

    A file that is gone by now is left out: its address in the copy then leads nowhere, as it does in the source.
    """
    store = storage()
    for source, target in pairs:
        try:
            if not store.exists(target):
                store.copy(source, target)
        except FileMissing:
            log.warning("The file %s of a copied event is missing.", source)


def order_missing_pictures(event_id: int) -> None:
    """Have those pictures of a copied event made that its source did not have yet."""
    for copied in COPIED:
        kind = pictured.get(copied.table.name)
        if kind is not None:
            columns = copied.table.c
            is_lacking = or_(*(columns[name].is_(None) for name in kind.made))
            lacking = select(columns.id).where(rows_of(copied, event_id), columns[kind.source].is_not(None), is_lacking)
            order_images(kind.model, db.session.scalars(lacking).all())
