"""The formats there are, by the names exports have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.program.feeds import ical, pentabarf, xcal
from app.program.feeds.content import Feed


@dataclass(frozen=True)
class Format:
    """How a feed is written, and what it is then; files of it end in `ending`."""

    name: str
    ending: str
    media_type: str
    write: Callable[[Feed], bytes]


ICAL = Format("ical", "ics", ical.MEDIA_TYPE, ical.write_ical)
XCAL = Format("xcal", "xcs", xcal.MEDIA_TYPE, xcal.write_xcal)
PENTABARF = Format("pentabarf", "xml", pentabarf.MEDIA_TYPE, pentabarf.write_pentabarf)
FORMATS = {format_.name: format_ for format_ in (ICAL, XCAL, PENTABARF)}
