"""Makes the chosen fonts known to the PDF library, each for the scripts it was chosen for.

Within a `font-family` list the library draws every character with the first family that has it. Families are
therefore told to forget characters of scripts another font was chosen for; then the list alone gives each name the
right font, letter by letter, and templates need not say anything about scripts.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from xhtml2pdf.default import DEFAULT_FONT

from app.adapters.pdf.choosing import SYSTEM_FOLDERS, Choice, bold_of, choose, find_faces
from app.adapters.pdf.sfnt import FontFace

logger = logging.getLogger(__name__)

_loading = threading.Lock()


@dataclass(frozen=True)
class Fonts:
    """Fonts ready for use: their `font-family` list, and the code points they draw between them."""

    families: str
    drawn: frozenset[int]


def ready_fonts(font_dirs: str) -> Fonts:
    """The fonts that draw all scripts this machine has fonts for.

    `font_dirs` are folders beside the system's, separated by colons. The first call of a process reads the fonts,
    which takes up to a second; the library's registry is global, so one process uses one set of folders.
    """
    with _loading:
        return _load(font_dirs)


@cache
def _load(font_dirs: str) -> Fonts:
    folders = [Path(folder).expanduser() for folder in font_dirs.split(":") if folder]
    faces = find_faces([*folders, *SYSTEM_FOLDERS])
    choice, fonts = _choose_embeddable(faces)
    regular = list(fonts)
    bold = {face: _bold(face, faces) for face in regular}
    for face in regular:
        _forget_scripts_of_others(face, [fonts[face], bold[face]], choice, fonts)
    families = [_register(number, fonts[face], bold[face]) for number, face in enumerate(regular)]
    names = [name for family in families for name in family[:1]] + [name for family in families for name in family[1:]]
    _report(choice)
    return Fonts(", ".join(names), frozenset().union(*(font.face.charToGlyph for font in fonts.values())))


def _choose_embeddable(faces: list[FontFace]) -> tuple[Choice, dict[FontFace, TTFont]]:
    """Choose, and choose anew without those that turn out to be broken or not to allow embedding."""
    while True:
        choice = choose(faces)
        wanted = dict.fromkeys(face for picked in choice.values() for face in picked)
        fonts = {face: _open(face) for face in wanted}
        if all(fonts.values()):
            return choice, {face: font for face, font in fonts.items() if font}
        faces = [face for face in faces if fonts.get(face, True)]


def _open(face: FontFace) -> TTFont | None:
    name = f"{face.path.stem}-{face.index}-{crc32(bytes(face.path)):x}"
    try:
        return TTFont(name, str(face.path), subfontIndex=face.index, shapable=False)
    except (TTFError, OSError) as error:
        logger.info("font %s is not used: %s", face.path, error)
        return None


def _bold(face: FontFace, faces: Sequence[FontFace]) -> TTFont | None:
    found = bold_of(face, faces)
    return _open(found) if found else None


def _forget_scripts_of_others(
    face: FontFace, own: Sequence[TTFont | None], choice: Choice, fonts: dict[FontFace, TTFont]
) -> None:
    """Take from a face's fonts the characters of a script that a font chosen before it for that script draws."""
    others: set[int] = set()
    for script, picked in choice.items():
        before = picked[: picked.index(face)] if face in picked else picked
        others.update(code for other in before for code in fonts[other].face.charToGlyph if code in script)
    for font in filter(None, own):
        font.face.charToGlyph = {code: glyph for code, glyph in font.face.charToGlyph.items() if code not in others}


def _register(number: int, regular: TTFont, bold: TTFont | None) -> list[str]:
    """Name a family `text-<n>`; where it has a bold face, `text-<n>-plain` draws what that face lacks."""
    family = f"text-{number}"
    _name_family(family, regular, bold or regular)
    if bold is None:
        return [family]
    _name_family(f"{family}-plain", regular, regular)
    return [family, f"{family}-plain"]


def _name_family(family: str, regular: TTFont, bold: TTFont) -> None:
    for font in (regular, bold):
        pdfmetrics.registerFont(font)
    for is_italic in (0, 1):
        addMapping(family, 0, is_italic, regular.fontName)
        addMapping(family, 1, is_italic, bold.fontName)
    DEFAULT_FONT[family] = family


def _report(choice: Choice) -> None:
    for script, picked in choice.items():
        logger.debug("%s is drawn with %s", script.name, ", ".join(face.family for face in picked) or "no font")
    lacking = [script.name for script, picked in choice.items() if not picked]
    if lacking:
        logger.warning("PDFs: no font of this machine draws %s; see FONT_DIRS", ", ".join(lacking))
