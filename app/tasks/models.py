"""Work that was started, and what came of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, Text, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.jsonapi.model import reference, utc


class Task(db.Model):  # type: ignore[name-defined,misc]
    """What one user has started; done when it has a file or a reason why there is none."""

    __tablename__ = "tasks"
    __table_args__ = (CheckConstraint("file_key IS NULL OR failure IS NULL", name="one_outcome"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    starter_id: Mapped[int] = reference("users.id")
    job_id: Mapped[int] = mapped_column(BigInteger)
    file_key: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    # Removed with their files after a while.
    created_at: Mapped[datetime] = utc(server_default=func.now(), index=True)
