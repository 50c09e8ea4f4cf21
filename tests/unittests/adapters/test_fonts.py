"""Reading fonts, and choosing among them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from app.adapters.pdf.choosing import LAST_RESORT, SYSTEM_FOLDERS, bold_of, choose, find_faces
from app.adapters.pdf.scripts import SCRIPTS, Script
from app.adapters.pdf.sfnt import FontFace, read_faces

EVERYTHING = frozenset(char for script in SCRIPTS for char in script.sample)
SCRIPT = {script.name: script for script in SCRIPTS}
SANS = FontFace(
    Path("/fonts/Sans.ttf"),
    0,
    "Some Sans",
    400,
    is_italic=False,
    is_condensed=False,
    is_monospaced=False,
    is_variable=False,
    drawn=EVERYTHING,
)


def drawing(*scripts: str) -> frozenset[str]:
    return frozenset(char for name in scripts for char in SCRIPT[name].sample)


def chosen_for(script: str, *faces: FontFace) -> list[FontFace]:
    return choose(faces)[SCRIPT[script]]


@pytest.mark.parametrize(
    "path", sorted({face.path for face in find_faces(SYSTEM_FOLDERS)})[::7], ids=lambda path: path.name
)
def test_font_files_are_read_as_the_pdf_library_reads_them(path: Path) -> None:
    for face in read_faces(path, EVERYTHING):
        try:
            font = TTFont("compared", str(path), subfontIndex=face.index, shapable=False)
        except TTFError:
            continue
        assert face.drawn == {char for char in EVERYTHING if font.face.charToGlyph.get(ord(char))}


def test_font_of_the_pdf_library_is_found_without_any_other() -> None:
    faces = find_faces([])
    assert {face.path.parent for face in faces} == {LAST_RESORT}
    (vera,) = (face for face in faces if face.path.name == "Vera.ttf")
    assert (vera.family, vera.weight, vera.is_italic) == ("Bitstream Vera Sans", 400, False)
    bold = bold_of(vera, faces)
    assert bold is not None
    assert bold.path.name == "VeraBd.ttf"
    assert choose(faces)[SCRIPT["Latin"]][0] == vera
    assert choose(faces)[SCRIPT["Han"]] == []


@pytest.mark.parametrize(
    "data", [b"", b"not a font", b"\x00\x01\x00\x00\xff\xff", b"OTTO" + bytes(100), b"ttcf" + b"\xff" * 40]
)
def test_file_that_is_no_truetype_font_is_passed_over(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "bad.ttf"
    path.write_bytes(data)
    assert read_faces(path, EVERYTHING) == []


@pytest.mark.parametrize("length", [20, 300, 5000])
def test_font_cut_short_is_passed_over_without_error(tmp_path: Path, length: int) -> None:
    path = tmp_path / "cut.ttf"
    path.write_bytes((LAST_RESORT / "Vera.ttf").read_bytes()[:length])
    assert read_faces(path, EVERYTHING) == []


@pytest.mark.parametrize(
    "worse",
    [
        replace(SANS, is_italic=True),
        replace(SANS, weight=700),
        replace(SANS, weight=100),
        replace(SANS, is_condensed=True),
        replace(SANS, is_monospaced=True),
        replace(SANS, is_variable=True),
        replace(SANS, family="Some Serif"),
        replace(SANS, path=LAST_RESORT / "Sans.ttf"),
        replace(SANS, family="Noto Sans", is_italic=True),
    ],
    ids=lambda face: (
        f"{face.family}-{face.weight}-{face.is_italic:d}{face.is_condensed:d}{face.is_monospaced:d}{face.is_variable:d}"
    ),
)
def test_upright_regular_sans_serif_is_chosen(worse: FontFace) -> None:
    assert chosen_for("Latin", worse, SANS) == [SANS]


def test_familiar_family_is_chosen_among_equals() -> None:
    noto = replace(SANS, family="Noto Sans Thai", path=Path("/fonts/z.ttf"))
    assert chosen_for("Thai", SANS, noto) == [noto]


def test_font_in_use_already_serves_further_scripts() -> None:
    latin = replace(SANS, family="Noto Sans", drawn=drawing("Latin", "Greek"))
    greek = replace(SANS, family="A Greek", path=Path("/fonts/g.ttf"), drawn=drawing("Greek"))
    assert chosen_for("Greek", greek, latin) == [latin]


def test_second_font_draws_what_the_first_lacks() -> None:
    simplified = replace(SANS, drawn=drawing("Han") - {"國", "龍"})
    traditional = replace(SANS, family="Old", path=Path("/fonts/o.ttf"), drawn=frozenset("國龍的一"))
    assert chosen_for("Han", traditional, simplified) == [simplified, traditional]


def test_font_with_a_few_characters_of_a_script_does_not_serve_it() -> None:
    assert chosen_for("Han", replace(SANS, drawn=frozenset("一"))) == []


def test_arabic_needs_the_joined_forms() -> None:
    bare = replace(SANS, family="Noto Sans Bare", drawn=frozenset(c for c in SCRIPT["Arabic"].sample if c < "\ufb50"))
    joined = replace(SANS, family="Joined", path=Path("/fonts/j.ttf"), drawn=drawing("Arabic"))
    assert chosen_for("Arabic", bare, joined) == [joined]


def test_order_of_files_does_not_matter() -> None:
    faces = [replace(SANS, path=Path(f"/fonts/{n}.ttf"), family=f"F{n % 3}", index=n % 2) for n in range(8)]
    assert choose(faces) == choose(faces[::-1])


def test_bold_is_of_the_same_family_upright_and_nearest_to_700() -> None:
    bold = replace(SANS, weight=700, path=Path("/fonts/b.ttf"))
    faces = [
        SANS,
        replace(bold, weight=900),
        replace(bold, is_italic=True),
        replace(bold, is_condensed=True),
        replace(bold, family="Other"),
        bold,
    ]
    assert bold_of(SANS, faces) == bold
    assert bold_of(SANS, [SANS]) is None


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_samples_belong_to_their_script_alone(script: Script) -> None:
    for char in script.sample:
        assert [other.name for other in SCRIPTS if ord(char) in other] == [script.name]
