"""In which sizes pictures are made, as admins have set them."""

from __future__ import annotations

from collections.abc import Callable

from app.extensions import db
from app.site.models import ONLY_ROW
from app.uploads.models import EventImageSize, SpeakerImageSize
from app.uploads.pictures import LONGEST_SIDE, QUALITY, Box

Size = Callable[[], Box]


def event_size(name: str) -> Size:
    """The size "full", "thumbnail" or "icon" of events, sponsors, exhibitors and placeholders."""

    def box() -> Box:
        sizes = db.session.get_one(EventImageSize, ONLY_ROW)
        width, height = getattr(sizes, f"{name}_width"), getattr(sizes, f"{name}_height")
        return _box(width, height, getattr(sizes, f"{name}_aspect"), getattr(sizes, f"{name}_quality"))

    return box


def person_size(name: str) -> Size:
    """The size "small", "thumbnail" or "icon" of speakers and users."""

    def box() -> Box:
        sizes = db.session.get_one(SpeakerImageSize, ONLY_ROW)
        side = getattr(sizes, f"{name}_size_width_height")
        return _box(side, side, True, getattr(sizes, f"{name}_size_quality"))

    return box


def _box(width: int | None, height: int | None, keeps_aspect: bool, quality: int | None) -> Box:
    return Box(_side(width), _side(height), keeps_aspect, quality or QUALITY)


def _side(pixels: int | None) -> int | None:
    return min(pixels, LONGEST_SIDE) if pixels else None


# The attributes that most rows have for the sizes of their picture.
EVENT_SIZES: dict[str, Size] = {
    "large_image_url": event_size("full"),
    "thumbnail_image_url": event_size("thumbnail"),
    "icon_image_url": event_size("icon"),
}
PERSON_SIZES: dict[str, Size] = {f"{name}_image_url": person_size(name) for name in ("thumbnail", "small", "icon")}
