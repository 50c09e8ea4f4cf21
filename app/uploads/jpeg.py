"""How many scans a JPEG has, counted without unpacking any, because each one goes over all pixels anew."""

from __future__ import annotations

import re

# Within what is packed the first byte is followed by 0; fillers and marks that count restarts have no content.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_SCAN, _END = b"\xff\xda", b"\xff\xd9"


def scans_of(data: bytes) -> int:
    """The number of scans of a JPEG; 0 for everything else, and of a broken one as many as there are."""
    if not data.startswith(b"\xff\xd8"):
        return 0
    scans, position = 0, 2
    while (marker := _MARKER.search(data, position)) and marker[0] != _END:
        scans += marker[0] == _SCAN
        length = int.from_bytes(data[marker.end() : marker.end() + 2])
        position = marker.end() + max(length, 2)
    return scans
