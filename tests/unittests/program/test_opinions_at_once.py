"""Many rate and mark one session at one time, each from a connection of their own, and everybody counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from app.edge import Service
from app.extensions import db
from app.program.models import Session
from tests.unittests.factories.program import SessionFactory
from tests.unittests.factories.users import UserFactory

PEOPLE = 16
Write = Callable[[Connection, int], object]
# The trigger's work without its lock: what others have not committed yet is not counted.
UNLOCKED = """
    CREATE OR REPLACE FUNCTION count_ratings() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE sessions SET (average_rating, rating_count) = (
            SELECT avg(rating), count(*) FROM feedbacks WHERE session_id = sessions.id)
        WHERE id IN (OLD.session_id, NEW.session_id);
    RETURN NULL; END $$
"""


@pytest.fixture
def engine(committed_app: Service, database_url: str) -> Iterator[Engine]:
    """A connection for everybody."""
    made = create_engine(database_url, pool_size=PEOPLE)
    yield made
    made.dispose()


@pytest.fixture
def session(committed_app: Service) -> Session:
    """The session that everybody has an opinion of."""
    made: Session = SessionFactory()
    db.session.commit()
    return made


@pytest.fixture
def people(committed_app: Service) -> list[int]:
    """The ids of those who have an opinion."""
    made = [UserFactory().id for _ in range(PEOPLE)]
    db.session.commit()
    return made


def everybody(engine: Engine, people: list[int], write: Write) -> None:
    """Let each write in a transaction of their own, all of which are open at one moment."""
    start = Barrier(len(people))

    def do(user_id: int) -> None:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            start.wait()
            write(connection, user_id)

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(do, people))
    db.session.rollback()


def rate(session_id: int) -> Write:
    """Everybody gives another rating."""
    sql = text("INSERT INTO feedbacks (rating, user_id, session_id) VALUES (1 + :user % 5, :user, :session)")
    return lambda connection, user: connection.execute(sql, {"user": user, "session": session_id})


def rated(session: Session) -> tuple[Decimal | None, int]:
    """What the ratings amount to, counted anew."""
    counted = text("SELECT round(avg(rating), 2), count(*) FROM feedbacks WHERE session_id = :session")
    average, number = db.session.execute(counted, {"session": session.id}).one()
    return average, number


def test_without_the_lock_ratings_of_others_are_not_counted(
    engine: Engine, session: Session, people: list[int]
) -> None:
    with engine.begin() as connection:
        connection.execute(text(UNLOCKED))
    everybody(engine, people, rate(session.id))
    assert rated(session)[1] == PEOPLE
    assert (session.average_rating, session.rating_count) != rated(session)


def test_everybody_who_rates_at_one_time_counts(engine: Engine, session: Session, people: list[int]) -> None:
    everybody(engine, people, rate(session.id))
    assert session.rating_count == PEOPLE
    assert (session.average_rating, session.rating_count) == rated(session)
    change = text("UPDATE feedbacks SET rating = 5 WHERE user_id = :user")
    everybody(engine, people, lambda connection, user: connection.execute(change, {"user": user}))
    assert (session.average_rating, session.rating_count) == (5, PEOPLE)
    delete = text("DELETE FROM feedbacks WHERE user_id = :user")
    everybody(engine, people, lambda connection, user: connection.execute(delete, {"user": user}))
    assert (session.average_rating, session.rating_count) == (None, 0)


def test_everybody_who_marks_at_one_time_counts(engine: Engine, session: Session, people: list[int]) -> None:
    mark = text("INSERT INTO user_favourite_sessions (user_id, session_id) VALUES (:user, :session)")
    id_ = session.id
    everybody(engine, people, lambda connection, user: connection.execute(mark, {"user": user, "session": id_}))
    assert session.favourite_count == PEOPLE
    take_back = text("DELETE FROM user_favourite_sessions WHERE user_id = :user")
    everybody(engine, people, lambda connection, user: connection.execute(take_back, {"user": user}))
    assert session.favourite_count == 0
