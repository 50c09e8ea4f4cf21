"""What was answered to requests with an idempotency key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.jsonapi.model import utc


class IdempotencyRecord(db.Model):  # type: ignore[name-defined,misc]
    """A request that is done once: written with its effect, in the same transaction."""

    __tablename__ = "idempotency_records"

    scope: Mapped[str] = mapped_column(Text, primary_key=True)  # Whose key it is: a user's id, or "anonymous".
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None]  # Null until it is answered; others see that only between the steps of a request.
    headers: Mapped[list[list[str]] | None] = mapped_column(JSONB(none_as_null=True))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  # Encrypted; null also where it is too large to be kept.
    # An unanswered request may be taken over from then on. Says, too, which attempt the record belongs to.
    running_until: Mapped[datetime] = utc()
    created_at: Mapped[datetime] = utc(server_default=func.now(), index=True)
