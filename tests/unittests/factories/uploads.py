"""Factories of what pictures are made in, and pictures themselves."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image

from app.adapters.storage import keep_public, new_key
from app.uploads.models import EventImageSize, SpeakerImageSize
from tests.unittests.factories.site import OnlyRowFactory


class EventImageSizeFactory(OnlyRowFactory):
    """The sizes of events' pictures."""

    class Meta:
        model = EventImageSize

    type = "event-image"


class SpeakerImageSizeFactory(OnlyRowFactory):
    """The sizes of people's pictures."""

    class Meta:
        model = SpeakerImageSize

    type = "speaker-image"


def picture(
    kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", color: Any = None, **options: Any
) -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, size, color or 0).save(out, kind, **options)
    return out.getvalue()


def stored_picture(*, key: str | None = None, **options: Any) -> str:
    """The address of a picture in the store."""
    return keep_public(key or new_key("uploads/images", "png"), picture(**options))
