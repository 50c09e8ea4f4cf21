"""Pictures are read within bounds and written anew: nothing of what came is left but the pixels."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from app.uploads.gif import frames_of
from app.uploads.jpeg import scans_of
from app.uploads.kinds import kind_of
from app.uploads.pictures import LONGEST_SIDE, Box, NoPicture, PictureTooLarge, as_jpeg, rewritten, scaled
from tests.unittests.factories.uploads import picture

SECRET = b"47.110882 N"


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def zipped(*names: str, stored: dict[str, bytes] | None = None) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (stored or {}).items():
            archive.writestr(name, data)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def photo(turned: int = 6) -> bytes:
    """A JPEG as a phone makes it: lying on its side, with the place it was taken at and a word behind its end."""
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010E] = SECRET.decode()
    return picture("JPEG", exif=exif, comment=SECRET) + b"<script>alert(1)</script>" + SECRET


def animation(frames: int = 3, size: tuple[int, int] = (20, 10)) -> bytes:
    out = BytesIO()
    first, *others = (Image.new("L", size, number * 7 % 256) for number in range(frames))
    first.save(out, "GIF", save_all=True, append_images=others, duration=120, loop=0, comment=SECRET)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A few bytes whose header promises very many pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


def test_kind_is_told_by_content_from_a_closed_list() -> None:
    odp = b"application/vnd.oasis.opendocument.presentation"
    samples = {
        picture(): "png", picture("JPEG"): "jpg", picture("GIF"): "gif", picture("WEBP"): "webp",
        b"%PDF-1.7": "pdf", b"ID3\x04": "mp3", b"\xff\xfb\x90\x00": "mp3", b"OggS\x00": "ogg",
        b"RIFF\x00\x00\x00\x00WAVEfmt ": "wav", b"\x00\x00\x00\x18ftypmp42": "mp4",
        b"\x1a\x45\xdf\xa3\x93B\x82\x88webmB": "webm",
        zipped("[Content_Types].xml", "word/document.xml"): "docx",
        zipped("[Content_Types].xml", "ppt/presentation.xml"): "pptx",
        zipped("[Content_Types].xml", "xl/workbook.xml"): "xlsx",
        zipped("content.xml", stored={"mimetype": odp}): "odp",
        # What runs something when it is opened, what is not known, and what only looks like something known.
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>": None, b"<!DOCTYPE html><script>": None,
        b"<?xml version='1.0'?><svg/>": None, b"plain text": None, b"": None, b"MZ\x90": None, b"\x7fELF": None,
        b"#!/bin/sh": None, b"%!PS": None, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": None, b"RIFF\x00\x00\x00\x00AVI ": None,
        b"\x00\x00\x00\x18ftypheic": None, zipped("evil.exe"): None, zipped("word/document.xml"): None,
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"): None,
        zipped("[Content_Types].xml", "xl/workbook.xml", "xl/VBAPROJECT.BIN"): None,
        zipped("x", stored={"mimetype": b"text/html"}): None, b"PK\x03\x04" + b"\x00" * 100: None, b"PK\x05\x06": None,
    }  # fmt: skip
    assert {data[:40]: kind_of(data) for data in samples if kind_of(data) != samples[data]} == {}


def test_metadata_and_whatever_follows_the_picture_are_gone_and_the_picture_is_upright() -> None:
    for data in (photo(), animation(), picture("PNG") + SECRET, picture("WEBP", exif=b"Exif\x00\x00" + SECRET)):
        assert SECRET in data
        written, kind = rewritten(data)
        assert SECRET not in written
        assert b"<script" not in written
        assert kind_of(written) == kind == kind_of(data)
        assert not opened(written).getexif()
    assert (opened(photo()).size, opened(rewritten(photo())[0]).size) == ((60, 40), (40, 60))


def test_every_mode_of_every_kind_can_be_written_and_scaled() -> None:
    boxes = {"fits": Box(30, 30), "fills": Box(30, 30, keeps_aspect=False), "own": Box(None, 0), "low": Box(None, 10)}
    modes = [("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")]
    modes += [("JPEG", mode) for mode in ("L", "RGB", "CMYK")] + [("WEBP", "RGB"), ("WEBP", "RGBA"), ("GIF", "P")]
    for kind, mode in modes:
        data = picture(kind, mode=mode)
        assert opened(rewritten(data)[0]).size == (60, 40), mode
        assert opened(as_jpeg(data)).format == "JPEG"
        made = scaled(data, boxes)
        sizes = {name: opened(content).size for name, (content, _) in made.items()}
        assert sizes == {"fits": (30, 20), "fills": (30, 30), "own": (60, 40), "low": (15, 10)}
        assert {kind for _, kind in made.values()} == {"png" if mode in ("LA", "RGBA") else "jpg"}, mode


def test_animation_stays_one_and_its_sizes_do_not_move() -> None:
    written = opened(rewritten(animation())[0])
    assert (written.n_frames, written.info["duration"], written.info["loop"]) == (3, 120, 0)  # type: ignore[attr-defined]
    assert getattr(opened(scaled(animation(), {"a": Box(10, 10)})["a"][0]), "n_frames", 1) == 1


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_pictures_that_would_not_fit_in_memory_are_refused_before_they_are_unpacked() -> None:
    for data in (png_claiming(7000, 7000), png_claiming(12000, 12000), png_claiming(2**31 - 1, 2**31 - 1)):
        with pytest.raises(PictureTooLarge):
            rewritten(data)
        with pytest.raises(PictureTooLarge):
            scaled(data, {"a": Box(10, 10)})
    endless = animation(1, (1, 1))[:-1] + animation(2, (1, 1))[-30:-1] * 1500 + b";"
    assert frames_of(animation(7)) == 7
    assert frames_of(endless) > 1000
    for data in (endless, animation(3, (4000, 4000))):
        with pytest.raises(PictureTooLarge):
            rewritten(data)


def test_animation_that_grows_after_its_first_frame_is_refused_before_it_is_unpacked() -> None:
    small, large = (picture("GIF", size=size, mode="P") for size in ((1, 1), (7000, 7000)))
    with pytest.raises(PictureTooLarge):
        rewritten(small[:-1] + large[large.index(b",\x00\x00\x00\x00") :])


def test_picture_that_is_drawn_over_and_over_is_refused_before_it_is_unpacked() -> None:
    data = picture("JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    assert (scans_of(picture("JPEG")), scans_of(data), scans_of(picture())) == (1, data.count(b"\xff\xda"), 0)
    # What stands in the metadata of a picture, or behind its end, is none of its own.
    assert scans_of(picture("JPEG", comment=b"\xff\xda" * 100) + last * 100) == 1
    assert scans_of(b"\xff\xd8\xff\xda") == 1
    for read in (rewritten, as_jpeg, lambda data: scaled(data, {"a": Box(10, 10)})):
        assert read(data[:-2] + last * 20 + data[-2:])
        with pytest.raises(PictureTooLarge):
            read(data[:-2] + last * 100 + data[-2:])


def test_long_picture_that_fills_a_room_open_at_one_end_stays_within_memory() -> None:
    tall, wide = picture(size=(1, 100_000)), picture(size=(100_000, 1))
    for data, box, size in (
        (tall, Box(50, None, keeps_aspect=False), (50, LONGEST_SIDE)),
        (wide, Box(0, 50, keeps_aspect=False), (LONGEST_SIDE, 50)),
    ):
        assert opened(scaled(data, {"filled": box})["filled"][0]).size == size


def test_what_is_no_whole_picture_is_refused() -> None:
    whole = [picture(kind, (300, 300)) for kind in ("PNG", "JPEG", "WEBP", "GIF")]
    broken = [data[: len(data) // 2] for data in whole] + [data[:20] for data in whole]
    broken += [b"", b"<svg/>", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", png_claiming(0, 5)]
    for data in broken:
        for read in (rewritten, as_jpeg, lambda data: scaled(data, {"a": Box(10, 10)})):
            with pytest.raises(NoPicture):
                read(data)
