"""Many people move sessions at one time, each from a connection of their own, and nobody is put into two places."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.edge import Service
from app.events.models import Event
from app.extensions import db
from app.runtime.processes import wait_until
from tests.unittests.client import ApiClient
from tests.unittests.databases import execute
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.program import MicrolocationFactory, SessionFactory, SpeakerFactory
from tests.unittests.factories.users import AdminFactory
from tests.unittests.program.hours import hour

MOVERS = 12
OVERLAPS_IN_ROOMS = """
    SELECT count(*) FROM sessions a JOIN sessions b ON a.id < b.id AND a.microlocation_id = b.microlocation_id
    AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
    JOIN microlocations room ON room.id = a.microlocation_id JOIN events host ON host.id = a.event_id
    WHERE NOT (room.is_overlap_allowed AND host.is_overlap_allowed)
"""
OVERLAPS_OF_SPEAKERS = """
    SELECT count(*) FROM sessions a JOIN sessions_speakers x ON x.session_id = a.id
    JOIN sessions_speakers y ON y.speaker_id = x.speaker_id JOIN sessions b ON b.id = y.session_id AND a.id < b.id
    JOIN speakers who ON who.id = x.speaker_id AND who.deleted_at IS NULL
    WHERE a.starts_at IS NOT NULL AND b.starts_at IS NOT NULL AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)
"""
OUTSIDE = """
    SELECT count(*) FROM sessions JOIN events ON events.id = event_id
    WHERE sessions.starts_at < events.starts_at OR sessions.ends_at > events.ends_at
"""


@pytest.fixture
def engine(committed_app: Service, database_url: str) -> Iterator[Engine]:
    """A connection for everybody."""
    made = create_engine(database_url, pool_size=MOVERS)
    yield made
    made.dispose()


@pytest.fixture
def event(committed_app: Service) -> Event:
    """An event whose sessions want the same."""
    made: Event = EventFactoryBasic()
    return made


def all_at_once(engine: Engine, writes: list[Callable[[Connection], object]]) -> Counter[str]:
    """Do every write in a transaction of its own, begun at one moment; how many ended how, by the SQL state."""
    start = Barrier(len(writes))

    def do(write: Callable[[Connection], object]) -> str:
        try:
            with engine.begin() as connection:
                start.wait()
                write(connection)
        except DBAPIError as error:
            state: str = error.orig.sqlstate  # type: ignore[union-attr]
            return state
        return "done"

    with ThreadPoolExecutor(len(writes)) as pool:
        return Counter(pool.map(do, writes))


def counted(statement: str) -> int:
    """What a statement counts, as it is now for everybody."""
    db.session.rollback()
    return int(db.session.scalar(text(statement)) or 0)


def moved(session: int, starts_at: datetime, ends_at: datetime, room: int) -> Callable[[Connection], object]:
    """A write that puts a session somewhere."""
    values = {"session": session, "starts_at": starts_at, "ends_at": ends_at, "room": room}
    move = (
        "UPDATE sessions SET starts_at = :starts_at, ends_at = :ends_at, microlocation_id = :room WHERE id = :session"
    )
    return lambda connection: connection.execute(text(move), values)


def looking_first(move: Callable[[Connection], object], room: int) -> Callable[[Connection], object]:
    """What the guard replaces: look whether the room is free, and move when it is."""

    def write(connection: Connection) -> None:
        taken = "SELECT count(*) FROM sessions WHERE microlocation_id = :room AND starts_at IS NOT NULL"
        if not connection.scalar(text(taken), {"room": room}):
            time.sleep(0.2)
            move(connection)

    return write


@pytest.mark.parametrize("guarded", [False, True])
def test_of_many_who_want_a_room_one_gets_it(engine: Engine, database_url: str, event: Event, guarded: bool) -> None:
    room = MicrolocationFactory(event=event)
    sessions = [SessionFactory(event=event) for _ in range(MOVERS)]
    db.session.commit()
    moves = [moved(each.id, hour(event, 1), hour(event, 2), room.id) for each in sessions]
    if guarded:
        assert all_at_once(engine, moves) == {"done": 1, "23P01": MOVERS - 1}
        assert counted(OVERLAPS_IN_ROOMS) == 0
        return
    execute(database_url, "ALTER TABLE room_bookings DROP CONSTRAINT room_bookings_overlap")
    all_at_once(engine, [looking_first(move, room.id) for move in moves])
    assert counted(OVERLAPS_IN_ROOMS) > 0


@pytest.mark.parametrize("guarded", [False, True])
def test_of_many_sessions_that_want_a_speaker_one_gets_them(
    engine: Engine, database_url: str, event: Event, guarded: bool
) -> None:
    speaker = SpeakerFactory(event=event)
    sessions = [
        SessionFactory(event=event, starts_at=hour(event, 1), ends_at=hour(event, 2 + number))
        for number in range(MOVERS)
    ]
    db.session.commit()
    if not guarded:
        execute(database_url, "ALTER TABLE speaker_bookings DROP CONSTRAINT speaker_bookings_overlap")
    join = text("INSERT INTO sessions_speakers (session_id, speaker_id) VALUES (:session, :speaker)")
    values = [{"session": each.id, "speaker": speaker.id} for each in sessions]
    ended = all_at_once(engine, [lambda connection, each=each: connection.execute(join, each) for each in values])
    assert ended == ({"done": 1, "23P01": MOVERS - 1} if guarded else {"done": MOVERS})
    assert (counted(OVERLAPS_OF_SPEAKERS) == 0) is guarded


class Crowd:
    """People who change what they like of a small event, whatever others are changing at that time."""

    def __init__(self, event: Event, seed: int) -> None:
        self.chance, self.event = random.Random(seed), event
        event.is_overlap_allowed = True
        rooms = [MicrolocationFactory(event=event, is_overlap_allowed=number == 0) for number in range(3)]
        speakers = [SpeakerFactory(event=event) for _ in range(4)]
        sessions = [SessionFactory(event=event, speakers=self.chance.sample(speakers, 2)) for _ in range(8)]
        db.session.commit()
        self.rooms, self.speakers, self.sessions = ([each.id for each in rows] for rows in (rooms, speakers, sessions))

    def some_write(self) -> Callable[[Connection], object]:
        """Mostly a session that is moved; anything else that bookings depend on."""
        chance, event = self.chance, self.event
        room, speaker, session = (chance.choice(each) for each in (self.rooms, self.speakers, self.sessions))
        if chance.random() < 0.6:
            start = chance.randrange(0, 8)
            return moved(session, hour(event, start), hour(event, start + chance.randrange(1, 4)), room)
        gone = chance.choice([datetime.now(UTC), None])
        ends, pair = hour(event, chance.randrange(6, 12)), {"a": session, "b": speaker}
        others: list[tuple[str, dict[str, object]]] = [
            ("UPDATE speakers SET deleted_at = :at WHERE id = :id", {"at": gone, "id": speaker}),
            ("UPDATE microlocations SET is_overlap_allowed = NOT is_overlap_allowed WHERE id = :id", {"id": room}),
            ("UPDATE events SET is_overlap_allowed = NOT is_overlap_allowed WHERE id = :id", {"id": event.id}),
            ("UPDATE events SET ends_at = :at WHERE id = :id", {"at": ends, "id": event.id}),
            ("DELETE FROM sessions_speakers WHERE session_id = :a AND speaker_id = :b", pair),
            ("INSERT INTO sessions_speakers VALUES (:a, :b) ON CONFLICT DO NOTHING", pair),
        ]
        statement, values = chance.choice(others)
        return lambda connection: connection.execute(text(statement), values)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_moved_changed_and_shortened_at_once_nothing_overlaps_and_nobody_waits_for_ever(
    engine: Engine, event: Event, seed: int
) -> None:
    crowd, ended = Crowd(event, seed), Counter[str]()
    for _ in range(12):
        db.session.rollback()
        ended += all_at_once(engine, [crowd.some_write() for _ in range(MOVERS)])
        assert (counted(OVERLAPS_IN_ROOMS), counted(OVERLAPS_OF_SPEAKERS), counted(OUTSIDE)) == (0, 0, 0)
    # Refused for a taken room or speaker, or for a time outside the event: never for a deadlock.
    assert set(ended) <= {"done", "23P01", "23514"}
    assert ended["done"] > MOVERS


def test_speaker_whom_somebody_else_takes_out_meanwhile_is_a_conflict(
    committed_app: Service, engine: Engine, event: Event
) -> None:
    speaker = SpeakerFactory(event=event, sessions=[SessionFactory(event=event)])
    user = AdminFactory()
    session_id, path = speaker.sessions[0].id, f"/v1/speakers/{speaker.id}/relationships/sessions"
    db.session.commit()

    def leave() -> tuple[int, str]:
        with committed_app.app_context():
            api = ApiClient(committed_app)
            answer = api.delete(path, {"data": [{"type": "session", "id": str(session_id)}]}, user=user)
            return answer.status_code, answer.json["errors"][0]["detail"]

    with ThreadPoolExecutor(1) as pool, engine.connect() as other:
        other.execute(text("DELETE FROM sessions_speakers"))
        leaving = pool.submit(leave)
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        assert wait_until(lambda: counted(waiting) == 1, 20.0)
        other.commit()
        assert leaving.result() == (409, "The data was changed by another request at the same time. Try again.")
