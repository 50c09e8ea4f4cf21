"""What writes sessions, rooms, speakers or events cannot make a schedule that nobody could attend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import IntegrityError

from app.edge import Service
from app.events.models import Event
from app.extensions import db
from app.program.models import SCHEDULED_STATES, Microlocation, RoomBooking, Session, Speaker, SpeakerBooking
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import MicrolocationFactory, SessionFactory, SpeakerFactory
from tests.unittests.program.hours import Slot, hour, times

pytestmark = pytest.mark.usefixtures("app")
ROOM, SPEAKER, OUTSIDE = "room_bookings_overlap", "speaker_bookings_overlap", "sessions_within_event"
SCHEDULED, OTHERS = ("pending", "accepted", "confirmed"), ("draft", "rejected", "canceled", "withdrawn")


@pytest.fixture
def event(app: Service) -> Event:
    """An event of two days."""
    made: Event = EventFactoryBasic()
    return made


@pytest.fixture
def room(event: Event) -> Microlocation:
    """A room of the event."""
    made: Microlocation = MicrolocationFactory(event=event)
    return made


@pytest.fixture
def speaker(event: Event) -> Speaker:
    """A speaker of the event."""
    made: Speaker = SpeakerFactory(event=event)
    return made


def refused_by(write: Callable[[], Any]) -> str | None:
    """The constraint under which the database refuses what this writes; None when it takes it."""
    try:
        with db.session.begin_nested():
            write()
            db.session.flush()
    except IntegrityError as error:
        name: str = error.orig.diag.constraint_name  # type: ignore[union-attr]
        return name
    return None


def changed(row: Any, **values: Any) -> Callable[[], None]:
    """A write that gives the row these values."""

    def write() -> None:
        for name, value in values.items():
            setattr(row, name, value)

    return write


def bookings(model: Any) -> int:
    """How many bookings there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [((1, 2), (1, 2), True), ((1, 3), (2, 4), True), ((1, 4), (2, 3), True), ((1, 2), (2, 3), False)],
    ids=["the same", "crossing", "within", "touching"],
)
def test_room_and_speaker_take_one_session_at_a_time(
    slot: Slot, event: Event, room: Microlocation, speaker: Speaker, first: Any, second: Any, refused: bool
) -> None:
    slot(event, *first, microlocation=room)
    slot(event, *first, speakers=[speaker])
    in_room = refused_by(lambda: slot(event, *second, microlocation=room))
    with_speaker = refused_by(lambda: slot(event, *second, speakers=[speaker]))
    assert (in_room, with_speaker) == ((ROOM, SPEAKER) if refused else (None, None))


def test_other_rooms_other_speakers_and_sessions_without_either_stand_beside_each_other(
    slot: Slot, event: Event, room: Microlocation, speaker: Speaker
) -> None:
    slot(event, 1, 2, microlocation=room, speakers=[speaker])
    other = {"microlocation": MicrolocationFactory(event=event), "speakers": [SpeakerFactory(event=event)]}
    assert refused_by(lambda: slot(event, 1, 2, **other)) is None
    assert refused_by(lambda: slot(event, 1, 2)) is None


@pytest.mark.parametrize("state", SCHEDULED + OTHERS)
def test_only_sessions_that_may_take_place_take_room_and_speaker(
    slot: Slot, event: Event, room: Microlocation, speaker: Speaker, state: str
) -> None:
    slot(event, 1, 2, microlocation=room, speakers=[speaker], state=state)
    other = slot(event, 5, 6, microlocation=room)
    counts = state in SCHEDULED
    assert refused_by(changed(other, **times(event, 1, 2))) == (ROOM if counts else None)


@pytest.mark.parametrize(
    "back", [{"state": "accepted"}, {"deleted_at": None, "state": "accepted"}], ids=["decided", "restored"]
)
def test_session_that_comes_back_finds_its_room_taken(
    slot: Slot, event: Event, room: Microlocation, back: dict[str, Any]
) -> None:
    gone = datetime.now(UTC) if "deleted_at" in back else None
    session = slot(event, 1, 2, microlocation=room, state="rejected", deleted_at=gone)
    slot(event, 1, 2, microlocation=room)
    assert refused_by(changed(session, **back)) == ROOM


def test_session_that_moves_goes_or_loses_a_time_leaves_its_room_and_speakers_free(
    slot: Slot, event: Event, room: Microlocation, speaker: Speaker
) -> None:
    for leave in (
        {"starts_at": hour(event, 8), "ends_at": hour(event, 9)},
        {"microlocation": None, "speakers": []},
        {"deleted_at": datetime.now(UTC)},
        {"ends_at": None},
        {"state": "withdrawn"},
    ):
        with db.session.begin_nested() as savepoint:
            session = slot(event, 1, 2, microlocation=room, speakers=[speaker])
            assert refused_by(changed(session, **leave)) is None
            assert refused_by(lambda: slot(event, 1, 2, microlocation=room, speakers=[speaker])) is None, leave
            savepoint.rollback()


def test_speaker_who_joins_is_not_elsewhere_and_who_leaves_is_free(slot: Slot, event: Event, speaker: Speaker) -> None:
    first, second = slot(event, 1, 3, speakers=[speaker]), slot(event, 2, 4)
    assert refused_by(lambda: second.speakers.append(speaker)) == SPEAKER
    assert refused_by(changed(first, speakers=[])) is None
    assert refused_by(lambda: second.speakers.append(speaker)) is None


def test_deleted_speaker_is_nowhere_and_is_not_restored_into_two_places(
    slot: Slot, event: Event, speaker: Speaker
) -> None:
    slot(event, 1, 2, speakers=[speaker])
    assert refused_by(changed(speaker, deleted_at=datetime.now(UTC))) is None
    assert refused_by(lambda: slot(event, 1, 2, speakers=[speaker])) is None
    assert refused_by(changed(speaker, deleted_at=None)) == SPEAKER


@pytest.mark.parametrize("by_event", [True, False])
@pytest.mark.parametrize("by_room", [True, False])
def test_sessions_overlap_only_where_event_and_room_both_allow_it(slot: Slot, by_event: bool, by_room: bool) -> None:
    event = EventFactoryBasic(is_overlap_allowed=by_event)
    room = MicrolocationFactory(event=event, is_overlap_allowed=by_room)
    slot(event, 1, 2, microlocation=room)
    allowed = by_event and by_room
    assert refused_by(lambda: slot(event, 1, 2, microlocation=room)) == (None if allowed else ROOM)


@pytest.mark.parametrize("forbidden_by", ["event", "room"])
def test_overlaps_are_not_forbidden_while_there_are_any(slot: Slot, forbidden_by: str) -> None:
    event = EventFactoryBasic(is_overlap_allowed=True)
    room = MicrolocationFactory(event=event, is_overlap_allowed=True)
    slot(event, 1, 2, microlocation=room)
    second = slot(event, 1, 2, microlocation=room)
    row = {"event": event, "room": room}[forbidden_by]
    assert refused_by(changed(row, is_overlap_allowed=False)) == ROOM
    second.starts_at, second.ends_at = hour(event, 3), hour(event, 4)
    db.session.flush()
    assert bookings(RoomBooking) == 0
    assert refused_by(changed(row, is_overlap_allowed=False)) is None
    assert bookings(RoomBooking) == 2


@pytest.mark.parametrize(
    "outside",
    [(-1, 1), (47, 49), (50, 51)],
    ids=["begins before", "ends after", "is after"],
)
def test_session_lies_within_its_event(slot: Slot, event: Event, outside: Any) -> None:
    assert refused_by(lambda: slot(event, *outside)) == OUTSIDE
    session = slot(event, 1, 2)
    assert refused_by(changed(session, **times(event, *outside))) == OUTSIDE
    assert refused_by(lambda: SessionFactory(event=event, starts_at=hour(event, outside[1] - 3))) == (
        OUTSIDE if outside[1] - 3 < 0 else None
    )


def test_event_does_not_leave_its_sessions_outside(slot: Slot, event: Event) -> None:
    session = slot(event, 40, 44)
    slot(event, 46, 47, state="rejected")
    assert refused_by(changed(event, ends_at=hour(event, 43))) == OUTSIDE
    assert refused_by(changed(event, starts_at=hour(event, 41))) == OUTSIDE
    assert refused_by(changed(event, ends_at=hour(event, 45))) is None
    session.starts_at = session.ends_at = None
    db.session.flush()
    assert refused_by(changed(event, ends_at=hour(event, 1))) is None


def test_event_without_dates_takes_any_time(slot: Slot) -> None:
    event = EventFactoryBasic(state="draft", starts_at=None, ends_at=None)
    now = datetime.now(UTC)
    assert refused_by(lambda: SessionFactory(event=event, starts_at=now, ends_at=now + timedelta(hours=1))) is None


def test_bookings_go_with_room_and_session(slot: Slot, event: Event, room: Microlocation, speaker: Speaker) -> None:
    session = slot(event, 1, 2, microlocation=room, speakers=[speaker])
    assert (bookings(RoomBooking), bookings(SpeakerBooking)) == (1, 1)
    db.session.execute(delete(Microlocation).where(Microlocation.id == room.id))
    assert (bookings(RoomBooking), bookings(SpeakerBooking)) == (0, 1)
    db.session.execute(delete(Session).where(Session.id == session.id))
    assert bookings(SpeakerBooking) == 0


def test_states_that_take_place_are_the_same_in_the_models_and_in_the_database(app: Service) -> None:
    source = db.session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'book_room'"))
    assert f"sessions.state IN {SCHEDULED_STATES!r}" in str(source)
