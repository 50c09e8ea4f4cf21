"""The pictures of sub-topics."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import EventSubTopic
from app.jsonapi.model import Row, reference
from app.uploads.sizes import EVENT_SIZES
from app.uploads.watching import makes_images


class CustomPlaceholder(Row):
    """A picture that clients show for events on a sub-topic which have none of their own."""

    __tablename__ = "custom_placeholders"

    name: Mapped[str] = mapped_column(Text)
    original_image_url: Mapped[str] = mapped_column(Text)
    thumbnail_image_url: Mapped[str | None] = mapped_column(Text)
    large_image_url: Mapped[str | None] = mapped_column(Text)
    icon_image_url: Mapped[str | None] = mapped_column(Text)
    copyright: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str | None] = mapped_column(Text)
    event_sub_topic_id: Mapped[int | None] = reference("event_sub_topics.id", index=False, unique=True)

    event_sub_topic: Mapped[EventSubTopic | None] = relationship(
        # Only read: writing by it would take the sub-topic from another placeholder without a word.
        backref=backref("custom_placeholder", uselist=False, viewonly=True, lazy="raise")
    )


makes_images(CustomPlaceholder, source="original_image_url", sizes=EVENT_SIZES)
