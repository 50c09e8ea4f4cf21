"""The rules of what is uploaded, and of pictures that requests name."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

from app.adapters.fetching import NotFetched
from app.adapters.storage import FileMissing, keep_public, new_key
from app.adapters.storage.keys import KEPT_HERE, MEDIA
from app.jsonapi.errors import ApiError, ContentTooLarge, UnprocessableEntity
from app.site.services import settings
from app.uploads.images import forget, picture_at
from app.uploads.kinds import PICTURES, kind_of
from app.uploads.pictures import NoPicture, PictureTooLarge, rewritten

# A request that waits for somebody else's server does not wait long.
PATIENCE_SECONDS = 5.0
IMAGES, FILES = "uploads/images", "uploads/files"
KINDS = "PNG, JPEG, GIF, WebP, PDF, OpenDocument, Office (docx, xlsx, pptx), MP3, MP4, Ogg, WAV and WebM"
_DATA_URI = re.compile(r"data:[^,;]*(?:;[^,;]*)*;base64,", re.IGNORECASE | re.ASCII)
_KIB = 1024


def data_of_uri(uri: str) -> bytes:
    """What a `data:…;base64,…` address holds; the type it claims does not count."""
    head = _DATA_URI.match(uri[:256])
    if head is None:
        raise _refused("Not a data URI: data:image/png;base64,… is expected.", "/data")
    try:
        return base64.b64decode(uri[head.end() :].strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refused("Not valid Base64.", "/data") from error


def keep_uploaded_image(data: bytes, *, here: bool, pointer: str = "/data") -> str:
    """Keep an uploaded picture, written anew, so that nothing of what came is ever served; its address.

    `here` keeps it on this machine also where there is a bucket.
    """
    _check_size(data, settings().image_size, pointer)
    try:
        picture, kind = rewritten(data)
    except PictureTooLarge as error:
        raise _refused("The image has too many pixels.", pointer) from error
    except NoPicture as error:
        raise _refused("Not an image, or a broken one: PNG, JPEG, GIF and WebP are taken.", pointer) from error
    return keep_public(new_key(_folder(IMAGES, here=here), kind), picture)


def keep_uploaded_file(data: bytes, *, here: bool, pointer: str = "/file") -> str:
    """Keep an uploaded file of a kind on the closed list, told by its content; its address."""
    kind = kind_of(data)
    if kind in PICTURES:
        return keep_uploaded_image(data, here=here, pointer=pointer)
    _check_size(data, settings().slide_size, pointer)
    if kind is None:
        raise _refused(f"Files of this kind are not taken: only {KINDS} are.", pointer)
    return keep_public(new_key(_folder(FILES, here=here), kind), data)


def keep_uploaded_files(files: Iterable[bytes], *, here: bool) -> list[str]:
    """Keep all of the files, or none where one of them is refused; their addresses."""
    kept: list[str] = []
    try:
        for number, data in enumerate(files):
            kept.append(keep_uploaded_file(data, here=here, pointer=f"/files/{number}"))
    except ApiError:
        forget(kept)
        raise
    return kept


def named_picture(url: str, attribute: str) -> bytes:
    """The picture at an address that a request names in this attribute; raises UnprocessableEntity without one.

    What is given back has not been looked at.
    """
    try:
        return picture_at(url, seconds=PATIENCE_SECONDS)
    except (NotFetched, FileMissing) as error:
        raise unusable("Invalid Image URL", attribute) from error


def unusable(detail: str, attribute: str) -> UnprocessableEntity:
    """Says that no picture is found at the address in this attribute."""
    dashed = attribute.replace("_", "-")
    return UnprocessableEntity(
        detail, source={"pointer": f"/data/attributes/{dashed}", "source": f"attributes/{dashed}"}
    )


def _check_size(data: bytes, most: int, pointer: str) -> None:
    if not data:
        raise _refused("The file is empty.", pointer)
    if len(data) > most * _KIB:
        raise ContentTooLarge(f"The file is larger than {most} KB.", pointer=pointer)


def _refused(detail: str, pointer: str) -> UnprocessableEntity:
    return UnprocessableEntity(detail, pointer=pointer)


def _folder(name: str, *, here: bool) -> str:
    return f"{KEPT_HERE.removeprefix(MEDIA)}{name}" if here else name
