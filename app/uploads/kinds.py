"""What a file is, told by its content alone: neither its name nor the type its sender claims counts."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile

# The extensions of pictures, which are always written anew, and of what is kept as it came.
PICTURES = ("png", "jpg", "gif", "webp")

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"OggS\x00", "ogg"),
    (b"ID3", "mp3"),
)
# Within a container that has other contents too, what follows its first bytes.
_RIFF = {b"WEBP": "webp", b"WAVE": "wav"}
_MPEG_LAYER_3 = re.compile(rb"\xff[\xf2\xf3\xfa\xfb][\x10-\xef]")
_MP4_BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4A ", b"dash")
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
# An OpenDocument file begins with its type, stored as it is under this name.
_TYPE_NAME, _TYPE_AT = b"mimetype", 30
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
# A directory longer than any office program writes would take long to read.
_LONGEST_DIRECTORY = 2**20
_DIRECTORY_END = b"PK\x05\x06"


def kind_of(data: bytes) -> str | None:
    """The extension that goes with the content; None for everything that is not on the closed list.

    SVG, HTML, scripts and office documents with macros are not: whoever opens one runs what is in it.
    """
    for beginning, kind in _BEGINNINGS:
        if data.startswith(beginning):
            return kind
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return "mp4" if data[8:12] in _MP4_BRANDS else None
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in data[:64] else None
    if data.startswith(b"PK\x03\x04"):
        return _open_document(data) or _office(data)
    return "mp3" if _MPEG_LAYER_3.match(data) else None


def _open_document(data: bytes) -> str | None:
    name_ends = _TYPE_AT + len(_TYPE_NAME)
    if data[_TYPE_AT:name_ends] != _TYPE_NAME:
        return None
    size = int.from_bytes(data[18:22], "little")
    extra = int.from_bytes(data[28:30], "little")
    return _OPEN_DOCUMENT.get(data[name_ends + extra : name_ends + extra + size])


def _office(data: bytes) -> str | None:
    end = data.rfind(_DIRECTORY_END)
    if end < 0 or int.from_bytes(data[end + 12 : end + 16], "little") > _LONGEST_DIRECTORY:
        return None
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if "[Content_Types].xml" not in names or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for name, kind in _OFFICE.items() if name in names), None)
