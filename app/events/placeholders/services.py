"""The rules of the pictures of sub-topics."""

from __future__ import annotations

from typing import Any

from app.events.placeholders.models import CustomPlaceholder
from app.jsonapi import Given
from app.jsonapi.errors import Conflict, explains
from app.uploads.images import keep_picture, keep_sizes
from app.uploads.pictures import NoPicture, rewritten
from app.uploads.receiving import named_picture, unusable
from app.uploads.sizes import EVENT_SIZES

SOURCE = "original_image_url"
FOLDER = CustomPlaceholder.__tablename__


def keep_new_picture(given: Given) -> None:
    """Where a picture is given, keep it and all its sizes at once; raises UnprocessableEntity."""
    if SOURCE not in given:
        return
    data = named_picture(given[SOURCE], SOURCE)
    try:
        given |= keep_sizes(data, EVENT_SIZES, FOLDER)
        given[SOURCE] = keep_picture(*rewritten(data), f"{FOLDER}/original")
    except NoPicture as error:
        raise unusable("Image is absent at URL", SOURCE) from error


@explains("uq_custom_placeholders_event_sub_topic_id")
def _sub_topic_has_one(_: Any) -> Conflict:
    return Conflict("This sub-topic has a placeholder already.", pointer="/data/relationships/event-sub-topic")
