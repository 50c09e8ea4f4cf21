"""Counts of limited acts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import db
from app.jsonapi.model import utc


class RateCount(db.Model):  # type: ignore[name-defined,misc]
    """How often a limited act was done in a window of time; shared by all web processes."""

    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime] = utc(index=True)
