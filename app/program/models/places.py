"""What sessions are sorted by: the room, the track, the type."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from app.events.models import Event
from app.jsonapi.model import Row, SoftDeleted, reference

LIGHT_FONT, DARK_FONT = "#ffffff", "#000000"


class Microlocation(Row, SoftDeleted):
    """A room of the event's venue, or online."""

    __tablename__ = "microlocations"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )

    name: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    floor: Mapped[int | None] = mapped_column(Integer)
    room: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    hidden_in_scheduler: Mapped[bool] = mapped_column(server_default="false")
    is_chat_enabled: Mapped[bool] = mapped_column(server_default="false")
    is_global_event_room: Mapped[bool] = mapped_column(server_default="false")
    # Several sessions may take place here at one time, if the event allows that at all.
    is_overlap_allowed: Mapped[bool] = mapped_column(server_default="false")
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("microlocations", lazy="raise", passive_deletes=True))

    @property
    def chat_room_name(self) -> str:
        """The name of the room's chat room."""
        return f"{self.name}-{self.id}"


class Track(Row, SoftDeleted):
    """A thread of sessions about one subject."""

    __tablename__ = "tracks"
    __table_args__ = (CheckConstraint("color ~ '^#([0-9a-fA-F]{3}){1,2}$'", name="color"),)

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    color: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("tracks", lazy="raise", passive_deletes=True))

    @property
    def font_color(self) -> str:
        """Black or white, whichever is read better on the track's colour (ITU-R BT.601 luma)."""
        digits = self.color.removeprefix("#")
        pairs = [digit * 2 for digit in digits] if len(digits) == 3 else [digits[i : i + 2] for i in (0, 2, 4)]
        red, green, blue = (int(pair, 16) for pair in pairs)
        return DARK_FONT if 0.299 * red + 0.587 * green + 0.114 * blue > 186 else LIGHT_FONT


class SessionType(Row, SoftDeleted):
    """What a session is, such as a talk or a workshop, and how long it usually takes."""

    __tablename__ = "session_types"
    __table_args__ = (CheckConstraint("length ~ '^[0-9]{1,2}:[0-5][0-9]$'", name="length"),)

    name: Mapped[str] = mapped_column(Text)
    length: Mapped[str] = mapped_column(Text)  # Hours and minutes, such as 00:30.
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    event_id: Mapped[int] = reference("events.id")

    event: Mapped[Event] = relationship(backref=backref("session_types", lazy="raise", passive_deletes=True))
