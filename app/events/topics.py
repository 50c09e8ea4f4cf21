"""The pictures of topics, which are kept by this service."""

from __future__ import annotations

from app.adapters.storage import keep_public, public_url, storage
from app.jsonapi import Given
from app.uploads.images import keep_picture
from app.uploads.pictures import NoPicture, as_jpeg, plain_picture
from app.uploads.receiving import named_picture, unusable

SOURCE = "system_image_url"
FOLDER = "event_topics/system_image"
DEFAULT_KEY = "media/event_topics/default.jpg"
DEFAULT_SIZE = (1300, 500)


def keep_topic_picture(given: Given) -> None:
    """Keep the picture at the given address as a JPEG of ours, or name the default one; raises UnprocessableEntity."""
    url = given.get(SOURCE)
    given[SOURCE] = _kept(url) if url else _default()


def _kept(url: str) -> str:
    data = named_picture(url, SOURCE)
    try:
        return keep_picture(as_jpeg(data), "jpg", FOLDER)
    except NoPicture as error:
        raise unusable("Image is absent at URL", SOURCE) from error


def _default() -> str:
    """The address of the picture of topics without one, which is drawn when it is first needed."""
    if not storage().exists(DEFAULT_KEY):
        keep_public(DEFAULT_KEY, plain_picture(DEFAULT_SIZE))
    return public_url(DEFAULT_KEY)
