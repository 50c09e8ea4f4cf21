"""Reads from a TrueType file what choosing fonts needs: its family, its style, and which characters it draws.

The layout is the OpenType specification's (https://learn.microsoft.com/typography/opentype/spec/). Reading a few
small tables takes a tenth of a millisecond; loading each font of a machine for real would take seconds.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_TRUETYPE = {b"\x00\x01\x00\x00", b"true"}
_FAMILY_NAME = 1
_UNICODE_MAPS = {(3, 10), (0, 4), (0, 6), (3, 1), (0, 3)}

Tables = dict[str, tuple[int, int]]


@dataclass(frozen=True)
class FontFace:
    """One face of a font file: `index` counts the faces of a collection, `weight` is 400 for regular, 700 for bold."""

    path: Path
    index: int
    family: str
    weight: int
    is_italic: bool
    is_condensed: bool
    is_monospaced: bool
    is_variable: bool
    drawn: frozenset[str]


def read_faces(path: Path, wanted: Iterable[str]) -> list[FontFace]:
    """The faces of a file that can be embedded, each with those of the wanted characters it draws.

    Empty for anything that is no font with TrueType outlines.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return [face for index, offset in _offsets(data) if (face := _face(path, data, index, offset, wanted))]
    except (OSError, ValueError, struct.error, IndexError):
        return []


def _offsets(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Where the fonts of a collection begin, or the only font of a plain file."""
    if data[:4] == b"ttcf":
        (count,) = struct.unpack_from(">L", data, 8)
        yield from enumerate(struct.unpack_from(f">{count}L", data, 12))
    else:
        yield 0, 0


def _face(path: Path, data: mmap.mmap, index: int, offset: int, wanted: Iterable[str]) -> FontFace | None:
    tables = _tables(data, offset)
    if data[offset : offset + 4] not in _TRUETYPE or not {"glyf", "cmap", "name", "OS/2", "post"} <= tables.keys():
        return None
    style = tables["OS/2"][0]
    weight, width = struct.unpack_from(">HH", data, style + 4)
    (selection,) = struct.unpack_from(">H", data, style + 62)
    (fixed_pitch,) = struct.unpack_from(">L", data, tables["post"][0] + 12)
    return FontFace(
        path,
        index,
        _family(data, tables["name"][0]),
        weight,
        is_italic=bool(selection & 1),
        is_condensed=width != 5,
        is_monospaced=bool(fixed_pitch),
        is_variable="fvar" in tables,
        drawn=_drawn(data, tables["cmap"][0], wanted),
    )


def _tables(data: mmap.mmap, offset: int) -> Tables:
    (count,) = struct.unpack_from(">H", data, offset + 4)
    records = (struct.unpack_from(">4sLLL", data, offset + 12 + 16 * n) for n in range(count))
    return {tag.decode("latin-1").strip(): (start, length) for tag, _, start, length in records}


def _family(data: mmap.mmap, start: int) -> str:
    """The English family name that bold and regular faces share."""
    count, strings = struct.unpack_from(">HH", data, start + 2)
    for n in range(count):
        platform, _, language, name, length, offset = struct.unpack_from(">6H", data, start + 6 + 12 * n)
        if (platform, language, name) == (3, 0x409, _FAMILY_NAME):
            begin = start + strings + offset
            return data[begin : begin + length].decode("utf-16-be")
    return ""


def _drawn(data: mmap.mmap, start: int, wanted: Iterable[str]) -> frozenset[str]:
    """The wanted characters for which some Unicode map of the font names a glyph."""
    (count,) = struct.unpack_from(">H", data, start + 2)
    found: set[str] = set()
    for n in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", data, start + 4 + 8 * n)
        if (platform, encoding) in _UNICODE_MAPS:
            found.update(char for char in wanted if _has_glyph(data, start + offset, ord(char)))
    return frozenset(found)


def _has_glyph(data: mmap.mmap, table: int, code: int) -> bool:
    (kind,) = struct.unpack_from(">H", data, table)
    if kind == 4:
        return _in_segments(data, table, code)
    return kind == 12 and _in_groups(data, table, code)


def _in_segments(data: mmap.mmap, table: int, code: int) -> bool:
    """Format 4: segments of 16-bit codes sorted by their last code, then first codes, deltas and glyph offsets."""
    if code > 0xFFFF:
        return False
    size = struct.unpack_from(">H", data, table + 6)[0]
    ends = struct.unpack_from(f">{size // 2}H", data, table + 14)
    segment = bisect_left(ends, code)
    place = table + 16 + size + 2 * segment
    (first,) = struct.unpack_from(">H", data, place)
    (delta,) = struct.unpack_from(">H", data, place + size)
    (offset,) = struct.unpack_from(">H", data, place + 2 * size)
    if code < first:
        return False
    if offset == 0:
        return bool((code + delta) & 0xFFFF)
    (glyph,) = struct.unpack_from(">H", data, place + 2 * size + offset + 2 * (code - first))
    return bool(glyph)


def _in_groups(data: mmap.mmap, table: int, code: int) -> bool:
    """Format 12: sorted groups of first code, last code and first glyph, 32 bits each."""
    low, high = 0, struct.unpack_from(">L", data, table + 12)[0]
    while low < high:
        middle = (low + high) // 2
        first, last, glyph = struct.unpack_from(">3L", data, table + 16 + 12 * middle)
        if first <= code <= last:
            return bool(glyph + code - first)
        low, high = (low, middle) if code < first else (middle + 1, high)
    return False
