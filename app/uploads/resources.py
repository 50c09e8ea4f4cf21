"""The sizes of pictures over HTTP: one record each, found under every id and under the collection's own path."""

from __future__ import annotations

from app.api import resource
from app.jsonapi import ResourceDetail
from app.site.resources import CHANGED_BY_STAFF, OnlyRowLayer
from app.uploads.models import EventImageSize, SpeakerImageSize
from app.uploads.schemas import EventImageSizeSchema, SpeakerImageSizeSchema


class EventImageSizeDetail(ResourceDetail):
    """The sizes of events' pictures; what was made before keeps the size it has."""

    model, schema, access, data_layer_class = EventImageSize, EventImageSizeSchema, CHANGED_BY_STAFF, OnlyRowLayer
    offers = ("GET", "PATCH")


class SpeakerImageSizeDetail(ResourceDetail):
    """The sizes of people's pictures; what was made before keeps the size it has."""

    model, schema, access, data_layer_class = SpeakerImageSize, SpeakerImageSizeSchema, CHANGED_BY_STAFF, OnlyRowLayer
    offers = ("GET", "PATCH")


resource(
    "event-image-sizes", None, EventImageSizeDetail, collection=(), also=(("/event-image-sizes", EventImageSizeDetail),)
)
resource(
    "speaker-image-sizes",
    None,
    SpeakerImageSizeDetail,
    collection=(),
    also=(("/speaker-image-sizes", SpeakerImageSizeDetail),),
)
