"""The sizes in which pictures are made: one record for those of events, one for those of people."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.jsonapi.model import Row
from app.site.models import ONLY_ROW


class EventImageSize(Row):
    """In which sizes the pictures of events are made: exactly one row, with id 1."""

    __tablename__ = "event_image_sizes"
    __table_args__ = (CheckConstraint(f"id = {ONLY_ROW}", name="only_row"),)

    type: Mapped[str | None] = mapped_column(Text)
    full_width: Mapped[int | None]
    full_height: Mapped[int | None]
    full_aspect: Mapped[bool] = mapped_column(server_default="false")
    full_quality: Mapped[int | None]
    icon_width: Mapped[int | None]
    icon_height: Mapped[int | None]
    icon_aspect: Mapped[bool] = mapped_column(server_default="false")
    icon_quality: Mapped[int | None]
    thumbnail_width: Mapped[int | None]
    thumbnail_height: Mapped[int | None]
    thumbnail_aspect: Mapped[bool] = mapped_column(server_default="false")
    thumbnail_quality: Mapped[int | None]
    logo_width: Mapped[int | None]
    logo_height: Mapped[int | None]


class SpeakerImageSize(Row):
    """In which sizes the pictures of speakers and users are made: exactly one row, with id 1."""

    __tablename__ = "speaker_image_sizes"
    __table_args__ = (CheckConstraint(f"id = {ONLY_ROW}", name="only_row"),)

    type: Mapped[str | None] = mapped_column(Text)
    small_size_width_height: Mapped[int | None]
    small_size_quality: Mapped[int | None]
    thumbnail_size_width_height: Mapped[int | None]
    thumbnail_size_quality: Mapped[int | None]
    icon_size_width_height: Mapped[int | None]
    icon_size_quality: Mapped[int | None]
