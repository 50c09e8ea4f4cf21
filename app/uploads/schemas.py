"""The wire form of the sizes in which pictures are made."""

from __future__ import annotations

from app.jsonapi import Bool, Int, Schema, Str


def _pixels() -> Int:
    return Int(allow_none=True, least=0)


def _quality() -> Int:
    return Int(allow_none=True, least=0, most=100)


class EventImageSizeSchema(Schema):
    """In which sizes the pictures of events are made."""

    class Meta:
        type_ = "event-image-size"

    type = Str(allow_none=True)
    full_width = _pixels()
    full_height = _pixels()
    full_aspect = Bool()
    full_quality = _quality()
    icon_width = _pixels()
    icon_height = _pixels()
    icon_aspect = Bool()
    icon_quality = _quality()
    thumbnail_width = _pixels()
    thumbnail_height = _pixels()
    thumbnail_aspect = Bool()
    thumbnail_quality = _quality()
    logo_width = _pixels()
    logo_height = _pixels()


class SpeakerImageSizeSchema(Schema):
    """In which sizes the pictures of speakers and users are made."""

    class Meta:
        type_ = "speaker-image-size"

    type = Str(allow_none=True)
    small_size_width_height = _pixels()
    small_size_quality = _quality()
    thumbnail_size_width_height = _pixels()
    thumbnail_size_quality = _quality()
    icon_size_width_height = _pixels()
    icon_size_quality = _quality()
