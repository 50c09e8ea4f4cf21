"""Somebody is given several roles on an event at one time, each over a connection of its own, and hears of it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, create_engine, func, select, text
from sqlalchemy.exc import IntegrityError

from app.edge import Service
from app.events.email_notifications.models import EmailNotification
from app.extensions import db
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.users import UserFactory

ROLES = ("owner", "organizer", "coorganizer", "track_organizer", "moderator", "registrar")
GIVE = text(
    "INSERT INTO users_events_roles (user_id, event_id, role_id) SELECT :user, :event, id FROM roles WHERE name = :role"
)
# The trigger's work as who asks beforehand would do it: what others have not committed yet is not seen.
ASKING_BEFORE = """
    CREATE OR REPLACE FUNCTION keep_email_notifications() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT FROM email_notifications WHERE user_id = NEW.user_id AND event_id = NEW.event_id) THEN
            PERFORM pg_sleep(0.3);
            INSERT INTO email_notifications (user_id, event_id) VALUES (NEW.user_id, NEW.event_id);
        END IF;
    RETURN NULL; END $$
"""


def give_all(database_url: str) -> None:
    """Give a new user every role on a new event, all at one moment."""
    user, event = UserFactory().id, EventFactoryBasic().id
    db.session.commit()
    engine, start = create_engine(database_url, pool_size=len(ROLES)), Barrier(len(ROLES))

    def give(role: str) -> None:
        connection: Connection
        with engine.begin() as connection:
            start.wait()
            connection.execute(GIVE, {"user": user, "event": event, "role": role})

    try:
        with ThreadPoolExecutor(len(ROLES)) as pool:
            list(pool.map(give, ROLES))
    finally:
        engine.dispose()


def test_roles_given_at_once_make_one_row(committed_app: Service, database_url: str) -> None:
    for _ in range(5):
        give_all(database_url)
    assert db.session.scalar(select(func.count()).select_from(EmailNotification)) == 5


def test_who_asks_beforehand_is_refused_by_the_index(committed_app: Service, database_url: str) -> None:
    db.session.execute(text(ASKING_BEFORE))
    with pytest.raises(IntegrityError, match="uq_email_notifications_user_id_event_id"):
        give_all(database_url)
