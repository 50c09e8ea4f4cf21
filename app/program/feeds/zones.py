"""What clocks of a zone do in a year, as iCalendar's VTIMEZONE tells it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.program.feeds.components import Component, Property

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def vtimezone(zone: ZoneInfo, years: Iterable[int]) -> Component:
    """The zone's offsets throughout these years of UTC, each change of clocks in them as an observance of its own."""
    observances = tuple(observance for year in sorted(years) for observance in _observances(zone.key, year))
    return Component("vtimezone", (Property("tzid", "text", (zone.key,)),), observances)


@lru_cache(maxsize=512)
def _observances(key: str, year: int) -> tuple[Component, ...]:
    """How the year begins, and every change of clocks in it."""
    zone = ZoneInfo(key)
    begin, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    found = [_observance(begin, begin, zone)]
    before = begin
    while before < end:
        after = min(before + _DAY, end)
        if _clock(before, zone) != _clock(after, zone):
            change = _change(before, after, zone)
            if change < end:
                found.append(_observance(change - _SECOND, change, zone))
        before = after
    return tuple(found)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second between the two at which clocks change."""
    old = _clock(before, zone)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        before, after = (middle, after) if _clock(middle, zone) == old else (before, middle)
    return after


def _clock(moment: datetime, zone: ZoneInfo) -> tuple[timedelta | None, bool, str | None]:
    there = moment.astimezone(zone)
    return there.utcoffset(), bool(there.dst()), there.tzname()


def _observance(before: datetime, since: datetime, zone: ZoneInfo) -> Component:
    """What holds since a moment; its beginning is told by the clock that was right before."""
    old, _, _ = _clock(before, zone)
    new, is_daylight, name = _clock(since, zone)
    assert old is not None
    assert new is not None
    properties = (
        Property("dtstart", "date-time", ((since + old).replace(tzinfo=None),)),
        Property("tzoffsetfrom", "utc-offset", (old,)),
        Property("tzoffsetto", "utc-offset", (new,)),
        Property("tzname", "text", (name or zone.key,)),
    )
    return Component("daylight" if is_daylight else "standard", properties)
