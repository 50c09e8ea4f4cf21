"""The scripts names are written in, and what a font must draw to serve each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Script:
    """A script: its code points, and characters by which fonts are judged.

    Arabic samples hold presentation forms: letters are joined by replacing them with those, so a font with the bare
    letters alone would show every name in pieces.
    """

    name: str
    ranges: tuple[tuple[int, int], ...]
    sample: str

    def __contains__(self, code: int) -> bool:
        """Whether the code point belongs to the script."""
        return any(first <= code <= last for first, last in self.ranges)


SCRIPTS = (
    # Without the spaces: a space is drawn in the font of the word before it, so every font keeps its own.
    Script(
        "Latin", ((0x21, 0x7E), (0xA1, 0x24F), (0x1E00, 0x1EFF), (0x2010, 0x2027)), "AZaz09@éßøłőşĐœ\u2013\u2019“…ẽộ"
    ),
    Script("Greek", ((0x370, 0x3FF), (0x1F00, 0x1FFF)), "ΑΩαωάώϊΰ"),
    Script("Cyrillic", ((0x400, 0x52F),), "АЯаяёїљЎґә"),
    Script(
        "Arabic",
        ((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
        "ابتحدرسعلمهويپچگی\ufe8d\ufe91\ufe98\ufea2\ufeaa\ufeae\ufeb3\ufecc\ufee0\ufee2\ufeea\ufeee\ufeef\ufefb",
    ),
    Script("Hebrew", ((0x590, 0x5FF), (0xFB1D, 0xFB4F)), "אבגדהלםשת"),
    Script("Devanagari", ((0x900, 0x97F), (0xA8E0, 0xA8FF)), "अआकखगनमरलवशसहािीुेो्ंॐ"),
    Script("Bengali", ((0x980, 0x9FF),), "অআকখগনমরািীু্"),
    Script("Tamil", ((0xB80, 0xBFF),), "அஆகஙசரவாிீ்"),
    Script("Telugu", ((0xC00, 0xC7F),), "అఆకఖగనమరాిీ్"),
    Script("Thai", ((0xE00, 0xE7F),), "กขคงจะาิีเแ่้"),
    Script("Georgian", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF)), "აბგდჰ"),
    Script("Armenian", ((0x530, 0x58F),), "ԱԲաբև"),
    # Simplified, traditional and Japanese forms; one font draws them all where one has them.
    Script(
        "Han",
        ((0x2E80, 0x2FDF), (0x3001, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF)),
        "的一是王李张劉陈龙國国龍东東京华華語语沢広桜",
    ),
    Script("Kana", ((0x3008, 0x30FF), (0x31F0, 0x31FF)), "あいんをアイヴンー"),
    Script("Hangul", ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF)), "가한글김이박힣"),
)
