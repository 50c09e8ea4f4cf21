"""What every table has: an id, a version that changes with each write, and, for some, a soft delete.

The version is raised by a trigger on each table (`raise_version` in the migrations), so that it is
right whichever way a row is written; entity tags are made from it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, FetchedValue, ForeignKey, Identity, Sequence, func
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from app.extensions import db

# Every write of any row takes the next number, so that no version is ever used twice.
VERSIONS = Sequence("row_versions", metadata=db.metadata)


class Row(db.Model):  # type: ignore[name-defined,misc]
    """The base of every table the API shows."""

    __abstract__ = True
    # The server's new version comes back with each UPDATE instead of by a query of its own.
    __mapper_args__ = {"eager_defaults": True}

    # The attribute that may stand for the id in URLs, such as an event's identifier.
    slug_attribute: str | None = None

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(
        BigInteger, server_default=VERSIONS.next_value(), server_onupdate=FetchedValue(), nullable=False, sort_order=90
    )


class SoftDeleted:
    """Rows that are marked instead of removed; they are invisible until staff restore them."""

    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), sort_order=91)


class Created:
    """Rows that know when they were made."""

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), nullable=False, sort_order=92
    )


def reference(target: str, *, ondelete: str = "CASCADE", index: bool = True, **options: Any) -> MappedColumn[Any]:
    """A foreign-key column with its index; `target` is "table.column"."""
    return mapped_column(BigInteger, ForeignKey(target, ondelete=ondelete), index=index, **options)


def utc(**options: Any) -> MappedColumn[Any]:
    """A column of aware times."""
    return mapped_column(DateTime(timezone=True), **options)
