"""Which of the machine's fonts draw which script."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import reportlab

from app.adapters.pdf.scripts import SCRIPTS, Script
from app.adapters.pdf.sfnt import FontFace, read_faces

SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
    Path.home() / "Library/Fonts",
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
)
# Comes with the library; Western European letters only, so everything else is better where it draws them.
LAST_RESORT = Path(reportlab.__file__).parent / "fonts"
# Where fonts draw a script equally well, families whose names begin so are taken first: made for many languages.
PREFERRED = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial", "Arial Unicode MS")
# More would cost memory for characters hardly anybody uses.
FONTS_FOR_ONE_SCRIPT = 2

Choice = dict[Script, list[FontFace]]


def find_faces(folders: Iterable[Path]) -> list[FontFace]:
    """Every embeddable face below the folders and the last resort, with the sample characters each draws."""
    wanted = {char for script in SCRIPTS for char in script.sample}
    return [face for path in _files([*folders, LAST_RESORT]) for face in read_faces(path, wanted)]


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        for parent, _, names in os.walk(folder):
            yield from (Path(parent, name) for name in sorted(names) if name.lower().endswith((".ttf", ".ttc", ".otf")))


def choose(faces: Sequence[FontFace]) -> Choice:
    """For each script the regular faces to draw it with, best first; none where no font draws any of it."""
    choice: Choice = {}
    for script in SCRIPTS:
        chosen = {face for already in choice.values() for face in already}
        choice[script] = _for_script(script, faces, chosen)
    return choice


def _for_script(script: Script, faces: Sequence[FontFace], chosen: set[FontFace]) -> list[FontFace]:
    """The face that draws most of the sample, at least half of it, then another for what it leaves out."""
    missing = set(script.sample)
    picked: list[FontFace] = []
    while missing and len(picked) < FONTS_FOR_ONE_SCRIPT:
        least = 1 if picked else len(missing) // 2
        useful = [face for face in faces if len(face.drawn & missing) >= least]
        if not useful:
            break
        best = min(useful, key=lambda face: (-len(face.drawn & missing), face not in chosen, _flaws(face)))
        picked.append(best)
        missing -= best.drawn
    return picked


def _flaws(face: FontFace) -> tuple[int, int, str, str, int]:
    """Sorts upright regular sans-serif faces of familiar families first; the rest makes the order certain."""
    flaws = (
        4 * (LAST_RESORT in face.path.parents)
        + 2 * (face.is_italic + face.is_monospaced + face.is_condensed)
        + 2 * (abs(face.weight - 400) > 50)
        + ("Serif" in face.family or "Mono" in face.family)
        + face.is_variable
    )
    rank = (place for place, name in enumerate(PREFERRED) if face.family.startswith(name))
    return flaws, next(rank, len(PREFERRED)), face.family, str(face.path), face.index


def bold_of(regular: FontFace, faces: Sequence[FontFace]) -> FontFace | None:
    """The bold face of the same family, if there is one."""
    same = [face for face in faces if face.family == regular.family and face.weight >= 600]
    upright = [face for face in same if not face.is_italic and face.is_condensed == regular.is_condensed]
    return min(upright, key=lambda face: (abs(face.weight - 700), str(face.path), face.index), default=None)
