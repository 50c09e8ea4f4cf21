"""Which rows have pictures made of an address they name, and how they are made."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from app.adapters.fetching import AddressRefused, ContentRefused, fetch
from app.adapters.fetching.fetch import SECONDS
from app.adapters.storage import FileMissing, keep_public, new_key, public_key, storage
from app.extensions import db
from app.site.services import settings
from app.uploads.pictures import NoPicture, rewritten, scaled
from app.uploads.sizes import Size

log = logging.getLogger("app.uploads")

# What no repetition mends: the address is refused, or there is no picture.
HOPELESS = (AddressRefused, ContentRefused, FileMissing, NoPicture)


@dataclass(frozen=True)
class Pictured:
    """Of rows of `model`: the attribute that names a picture, and the attributes its sizes are found in.

    With `original`, the picture itself is kept in the store too, and both that attribute and the source then name
    what is kept.
    """

    model: Any
    source: str
    sizes: Mapping[str, Size]
    original: str | None = None

    @property
    def made(self) -> tuple[str, ...]:
        """The attributes that are filled with what is made."""
        return (*self.sizes, *([self.original] if self.original else []))


pictured: dict[str, Pictured] = {}  # By table.


def make(table: str, row_id: int) -> None:
    """Make what is missing of a row's pictures, and keep it if the row still names the same picture by then.

    Raises Unreachable where another attempt may succeed. What cannot be shown at all has no pictures.
    """
    kind = pictured[table]
    row = db.session.get(kind.model, row_id)
    if row is None or not getattr(row, kind.source) or all(getattr(row, name) for name in kind.made):
        return
    source = getattr(row, kind.source)
    try:
        values = _made(kind, source, f"{table}/{row_id}")
    except HOPELESS as error:
        log.info("no pictures of %s %s: %r", table, row_id, error)
        return
    same = (kind.model.id == row_id, getattr(kind.model, kind.source) == source)
    kept = db.session.scalars(update(kind.model).where(*same).values(values).returning(kind.model.id)).all()
    if not kept:
        forget(set(values.values()) - {source})


def _made(kind: Pictured, source: str, folder: str) -> dict[str, str]:
    """The addresses of what was made of the picture, by the row's attributes."""
    data = picture_at(source)
    values = keep_sizes(data, kind.sizes, folder)
    if kind.original is not None:
        # What was uploaded here was written anew and kept then.
        original = source if public_key(source) else keep_picture(*rewritten(data), f"{folder}/original")
        values |= {kind.original: original, kind.source: original}
    return values


def picture_at(url: str, *, seconds: float = SECONDS) -> bytes:
    """What is found at the address, read from the store where that is its place; raises FileMissing and NotFetched."""
    key = public_key(url)
    return storage().get(key) if key else fetch(url, limit=settings().image_size * 1024, seconds=seconds)


def keep_sizes(data: bytes, sizes: Mapping[str, Size], folder: str) -> dict[str, str]:
    """Make the picture in these sizes and keep them below the folder; their addresses by name. Raises NoPicture."""
    made = scaled(data, {name: size() for name, size in sizes.items()})
    return {
        name: keep_picture(*picture, f"{folder}/{name.removesuffix('_image_url')}") for name, picture in made.items()
    }


def keep_picture(data: bytes, kind: str, folder: str) -> str:
    """Keep a picture that was written by this service in the folder of public files, under a new name; its address."""
    return keep_public(new_key(folder, kind), data)


def forget(urls: Iterable[str]) -> None:
    """Remove pictures that nothing names."""
    for url in urls:
        key = public_key(url)
        if key is not None:
            storage().delete(key)
