"""How many frames a GIF has, counted without unpacking any, so that files of countless small ones are known early."""

from __future__ import annotations

_FRAME, _EXTENSION, _END = 0x2C, 0x21, 0x3B
_HEADER_BYTES, _FRAME_BYTES = 13, 10


def frames_of(data: bytes) -> int:
    """The number of frames of a GIF; 0 for everything else, and of a broken one as many as there are."""
    if not data.startswith((b"GIF87a", b"GIF89a")):
        return 0
    frames, position = 0, _HEADER_BYTES + _colours(data, 10)
    while position < len(data) and data[position] != _END:
        block = data[position]
        if block == _FRAME:
            frames += 1
            position = _behind_parts(data, position + _FRAME_BYTES + _colours(data, position + 9) + 1)
        else:
            position = _behind_parts(data, position + 2) if block == _EXTENSION else position + 1
    return frames


def _colours(data: bytes, at: int) -> int:
    """Bytes of the colour table that the flags at this place announce."""
    flags = data[at] if at < len(data) else 0
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0


def _behind_parts(data: bytes, position: int) -> int:
    """Where the parts end that each begin with their length, the last one with 0."""
    while position < len(data) and data[position]:
        position += data[position] + 1
    return position + 1
