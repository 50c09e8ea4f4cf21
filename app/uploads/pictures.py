"""Pictures in the computer's sense: read within bounds, turned upright, scaled, and written anew without metadata."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from app.uploads.gif import frames_of
from app.uploads.jpeg import scans_of
from app.uploads.kinds import PICTURES, kind_of

FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP"}
# Pixels of all frames together: at four bytes each what one picture takes in memory, twice while it is scaled.
MOST_PIXELS = 40_000_000
MOST_FRAMES = 1000
# Cameras and editors write about ten; each takes as long as a picture of one.
MOST_SCANS = 50
# A longer side than this would take memory that nobody's screen is worth.
LONGEST_SIDE = 4096
QUALITY = 85
# How many pictures this process has in memory at a time; others wait.
_at_work = BoundedSemaphore(2)


class NoPicture(ValueError):
    """The data is no picture, or a broken one."""


class PictureTooLarge(NoPicture):
    """The picture has more pixels than are worked on, however few bytes it has."""


@dataclass(frozen=True)
class Box:
    """The room a picture is made for, in pixels; a side that is None or 0 is as long as it wants to be.

    With `keeps_aspect` all of the picture is shown, as large as fits; without it the room is filled, and what
    stands over is cut off: a side that may be as long as it wants to be ends at LONGEST_SIDE there, because the
    picture is enlarged to the other one. Pictures are never made larger than they are, but to fill a room.
    """

    width: int | None
    height: int | None
    keeps_aspect: bool = True
    quality: int = QUALITY


def rewritten(data: bytes) -> tuple[bytes, str]:
    """The same picture, written anew, and its extension: of the data that came nothing but the pixels is left.

    Animated GIFs stay animated; of other animations the first frame is kept. Raises NoPicture.
    """
    if frames_of(data) > MOST_FRAMES:
        raise PictureTooLarge("too many frames")
    with _opened(data) as (picture, kind):
        if kind == "gif":
            return _animation(picture), kind
        return _written(_upright(picture), kind), kind


def as_jpeg(data: bytes) -> bytes:
    """The picture as JPEG, on white where it is transparent; raises NoPicture."""
    with _opened(data) as (picture, _):
        return _written(_flat(_upright(picture)), "jpg")


def plain_picture(size: tuple[int, int]) -> bytes:
    """A picture of nothing, as JPEG: a gradient of blues."""
    gradient = Image.linear_gradient("L").resize(size)
    return _written(ImageOps.colorize(gradient, "#1f3a5f", "#7fa6c9"), "jpg")


def scaled(data: bytes, boxes: dict[str, Box]) -> dict[str, tuple[bytes, str]]:
    """The picture in each of these rooms, with its extension: PNG where something is transparent, else JPEG.

    Raises NoPicture.
    """
    with _opened(data) as (picture, _):
        upright = _plain(_upright(picture))
        kind = "png" if upright.mode == "RGBA" else "jpg"
        return {
            name: (_written(_fitted(upright, box), kind, box.quality or QUALITY), kind) for name, box in boxes.items()
        }


@contextmanager
def _opened(data: bytes) -> Iterator[tuple[Image.Image, str]]:
    """The picture of this data, as soon as there is room to work on it."""
    kind = kind_of(data)
    if kind not in PICTURES:
        raise NoPicture("not a picture of a known kind")
    if scans_of(data) > MOST_SCANS:
        raise PictureTooLarge("too many scans")
    with _at_work:
        try:
            with Image.open(BytesIO(data), formats=[FORMATS[kind]]) as picture:
                if picture.width * picture.height > MOST_PIXELS:  # By the header, before any pixel is unpacked.
                    raise PictureTooLarge("too many pixels")
                picture.load()
                yield picture, kind
        except NoPicture:
            raise
        except Image.DecompressionBombError as error:
            raise PictureTooLarge("too many pixels") from error
        except Exception as error:  # The library's readers raise whatever a broken file makes them run into.
            raise NoPicture("a broken picture") from error


def _upright(picture: Image.Image) -> Image.Image:
    """The picture as its camera was held, without anything but pixels and what makes some of them transparent."""
    try:
        turned = ImageOps.exif_transpose(picture)
    except Exception:  # Unreadable metadata say nothing, and do not spoil the picture.
        turned = picture
    return _bare(turned)


def _bare(picture: Image.Image) -> Image.Image:
    bare = picture.copy()
    bare.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    return bare


def _plain(picture: Image.Image) -> Image.Image:
    """In colours of eight bits each, as scaling needs it."""
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    transparent = picture.has_transparency_data
    return picture.convert("RGBA" if transparent else "RGB")


def _flat(picture: Image.Image) -> Image.Image:
    plain = _plain(picture)
    if plain.mode == "RGB":
        return plain
    ground = Image.new("RGB", plain.size, "white")
    ground.paste(plain, mask=plain.getchannel("A"))
    return ground


def _fitted(picture: Image.Image, box: Box) -> Image.Image:
    if not box.keeps_aspect:
        room = box.width or min(picture.width, LONGEST_SIDE), box.height or min(picture.height, LONGEST_SIDE)
        return ImageOps.fit(picture, room, Image.Resampling.LANCZOS)
    fitted = picture.copy()
    fitted.thumbnail((box.width or picture.width, box.height or picture.height), Image.Resampling.LANCZOS)
    return fitted


def _written(picture: Image.Image, kind: str, quality: int = QUALITY) -> bytes:
    options: dict[str, Any] = {"png": {}, "webp": {"method": 2, "quality": quality}, "jpg": {"quality": quality}}[kind]
    if kind != "png":
        picture = _plain(picture)
    out = BytesIO()
    picture.save(out, FORMATS[kind], **options)
    return out.getvalue()


def _animation(picture: Image.Image) -> bytes:
    """All frames of a GIF, each as long as before; the file may hold comments and more, which stay behind."""
    if picture.width * picture.height * getattr(picture, "n_frames", 1) > MOST_PIXELS:
        raise PictureTooLarge("too many pixels in all frames")
    frames, durations, pixels = [], [], 0
    for frame in ImageSequence.Iterator(picture):
        pixels += frame.width * frame.height  # Any frame may be larger than those before, and makes all after it so.
        if pixels > MOST_PIXELS:
            raise PictureTooLarge("too many pixels in all frames")
        durations.append(frame.info.get("duration", 100))
        frames.append(_bare(frame))
    options: dict[str, Any] = {"loop": picture.info["loop"]} if "loop" in picture.info else {}
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:], "duration": durations}
    out = BytesIO()
    frames[0].save(out, "GIF", **options)
    return out.getvalue()
