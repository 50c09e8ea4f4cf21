"""Files of a copy: each of ours that it shows is copied under a name of its own, so that it outlives the source's."""

from __future__ import annotations

import secrets
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, Text, bindparam, cast, func, or_, select, update

from app.adapters.storage import InvalidKey, public_key, public_url
from app.events.models import Event
from app.extensions import db
from app.jobs import defer
from app.jsonapi import json
from app.transfer.files import order_missing_pictures
from app.transfer.plan import COPIED, Copied
from app.transfer.statement import rows_of
from app.transfer.tasks import copy_files

# The keys of the copies by those of the files. A file is copied once, however often an event shows it: else one request
# could fill the store.
Pairs = dict[str, str]


def give_files_of_their_own(event: Event) -> None:
    """Give the rows of a copied event addresses of their own for files of ours, and have the files copied by a job."""
    pairs: Pairs = {}
    for copied in COPIED:
        if copied.media:
            _renew(copied, event.id, pairs)
    if pairs:
        db.session.expire(event)
        defer(copy_files, event_id=event.id, pairs=list(pairs.items()))
    else:
        order_missing_pictures(event.id)


def _renew(copied: Copied, event_id: int, pairs: Pairs) -> None:
    """Write new addresses into a table's rows, in one statement, and note which files have to be copied."""
    table, names = copied.table, sorted(copied.media)
    columns = [table.c[name] for name in names]
    shown = select(table.c.id, *columns).where(
        rows_of(copied, event_id), or_(*(column.is_not(None) for column in columns))
    )
    before = db.session.execute(shown).all()
    after = [(id_, *(renewed(value, pairs) for value in values)) for id_, *values in before]
    changed = [new for old, new in zip(before, after, strict=True) if tuple(old) != new]
    if not changed:
        return
    ids, *values = (list(each) for each in zip(*changed, strict=True))
    new = func.unnest(_array(ids, BigInteger), *(_array(_written(each), Text) for each in values))
    row = new.table_valued("id", *names).render_derived("new")
    addresses = {column: cast(row.c[column.name], column.type) for column in columns}
    db.session.execute(update(table).where(table.c.id == row.c.id).values(addresses))


def _array(values: list[Any], type_: Any) -> BindParameter[Any]:
    return bindparam(None, values, type_=ARRAY(type_))


def _written(values: list[Any]) -> list[str | None]:
    """Values of a column as texts that the column reads."""
    return [value if value is None or isinstance(value, str) else json.dump(value).decode() for value in values]


def renewed(value: Any, pairs: Pairs) -> Any:
    """The value with a new address in place of each that is a file of ours; what else there is stays."""
    if isinstance(value, list):
        return [renewed(each, pairs) for each in value]
    if isinstance(value, dict):
        return {name: renewed(each, pairs) for name, each in value.items()}
    key = public_key(value) if isinstance(value, str) else None
    if key is None:
        return value
    target = pairs.get(key) or _beside(key)
    try:
        address = public_url(target)
    except InvalidKey:  # So long a key that a copy could have none: nothing of ours is kept under it.
        return value
    pairs[key] = target
    return address


def _beside(key: str) -> str:
    """A key nobody has beside this one, because where a file lies may say how it is served."""
    path = PurePosixPath(key)
    return str(path.with_name(f"{secrets.token_hex(16)}{path.suffix}"))
