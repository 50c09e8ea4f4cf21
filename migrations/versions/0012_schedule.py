"""Sessions book their room and speakers, stay within their event, and know their ratings and favourites"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"


def _takes_place(session: str = "") -> str:
    """Whether a session takes its room and speakers; the states are SCHEDULED_STATES of the models."""
    return f"{session}state IN ('pending', 'accepted', 'confirmed') AND {session}deleted_at IS NULL"


# Locks are taken in one order, whoever writes: the session's row, its event's, the rooms', the speakers'. Each is
# held before what depends on it is read, and read in a statement of its own, which sees what others have committed.
KEEP_WITHIN_EVENT = f"""
CREATE FUNCTION keep_session_within_event(this sessions) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    host events;
BEGIN
    SELECT * INTO host FROM events WHERE id = this.event_id FOR SHARE;
    IF {_takes_place("this.")}
        AND (LEAST(this.starts_at, this.ends_at) < host.starts_at
            OR GREATEST(this.starts_at, this.ends_at) > host.ends_at)
    THEN
        RAISE EXCEPTION 'the session is not within its event'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_within_event', DETAIL = this.id;
    END IF;
END $$
"""
# A room is held by everything its bookings depend on: sessions that come and go, its own flag, and its event's.
BOOK_ROOM = f"""
CREATE FUNCTION book_room(booked bigint, room_id bigint, former_room_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM microlocations WHERE id IN (room_id, former_room_id) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM room_bookings WHERE session_id = booked;
    INSERT INTO room_bookings (session_id, microlocation_id, during)
        SELECT sessions.id, microlocation_id, tstzrange(sessions.starts_at, sessions.ends_at)
        FROM sessions JOIN microlocations ON microlocations.id = microlocation_id
        JOIN events ON events.id = sessions.event_id
        WHERE sessions.id = booked AND {_takes_place("sessions.")}
        AND sessions.starts_at IS NOT NULL AND sessions.ends_at IS NOT NULL
        AND NOT (events.is_overlap_allowed AND microlocations.is_overlap_allowed);
END $$
"""
BOOK_SPEAKERS = f"""
CREATE FUNCTION book_speakers(booked bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM speakers WHERE id IN (SELECT speaker_id FROM sessions_speakers WHERE session_id = booked)
        ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM speaker_bookings WHERE session_id = booked;
    INSERT INTO speaker_bookings (session_id, speaker_id, during)
        SELECT sessions.id, speakers.id, tstzrange(starts_at, ends_at)
        FROM sessions JOIN sessions_speakers ON session_id = sessions.id JOIN speakers ON speakers.id = speaker_id
        WHERE sessions.id = booked AND {_takes_place("sessions.")}
        AND starts_at IS NOT NULL AND ends_at IS NOT NULL AND speakers.deleted_at IS NULL
        ORDER BY speakers.id;
END $$
"""
FUNCTIONS = {
    "book_new_session": """
        PERFORM keep_session_within_event(NEW), book_room(NEW.id, NEW.microlocation_id, NULL),
            book_speakers(NEW.id);""",
    "book_changed_session": """
        PERFORM keep_session_within_event(NEW), book_room(NEW.id, NEW.microlocation_id, OLD.microlocation_id),
            book_speakers(NEW.id);""",
    # A speaker who joins or leaves: the session is held first, as by whoever moves it.
    "book_joining_speaker": """
        PERFORM FROM sessions WHERE id = NEW.session_id FOR NO KEY UPDATE;
        PERFORM book_speakers(NEW.session_id);""",
    "free_leaving_speaker": """
        PERFORM FROM sessions WHERE id = OLD.session_id FOR NO KEY UPDATE;
        DELETE FROM speaker_bookings WHERE session_id = OLD.session_id AND speaker_id = OLD.speaker_id;""",
    "book_speaker_again": f"""
        DELETE FROM speaker_bookings WHERE speaker_id = NEW.id;
        INSERT INTO speaker_bookings (session_id, speaker_id, during)
            SELECT id, NEW.id, tstzrange(starts_at, ends_at) FROM sessions
            WHERE NEW.deleted_at IS NULL AND {_takes_place()}
            AND starts_at IS NOT NULL AND ends_at IS NOT NULL
            AND id IN (SELECT session_id FROM sessions_speakers WHERE speaker_id = NEW.id) ORDER BY 1;""",
    "book_room_again": """
        PERFORM book_room(id, NEW.id, NULL) FROM sessions WHERE microlocation_id = NEW.id ORDER BY id;""",
    "book_rooms_again": """
        PERFORM FROM microlocations WHERE event_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
        PERFORM book_room(sessions.id, microlocation_id, NULL)
            FROM sessions JOIN microlocations ON microlocations.id = microlocation_id
            WHERE microlocations.event_id = NEW.id AND is_overlap_allowed ORDER BY sessions.id;""",
    "keep_sessions_within_event": f"""
        SELECT min(id) INTO outside FROM sessions WHERE event_id = NEW.id AND {_takes_place()} AND (
            LEAST(starts_at, ends_at) < NEW.starts_at OR GREATEST(starts_at, ends_at) > NEW.ends_at);
        IF outside IS NOT NULL THEN
            RAISE EXCEPTION 'a session would not be within its event'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_within_event', DETAIL = outside;
        END IF;""",
    # The session is held before its ratings are read, so that two who rate at one time both count.
    "count_ratings": """
        PERFORM FROM sessions WHERE id IN (OLD.session_id, NEW.session_id) ORDER BY id FOR NO KEY UPDATE;
        UPDATE sessions SET (average_rating, rating_count) = (
            SELECT avg(rating), count(*) FROM feedbacks WHERE session_id = sessions.id)
        WHERE id IN (OLD.session_id, NEW.session_id);""",
    "count_favourites": """
        UPDATE sessions SET favourite_count = favourite_count + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END
        WHERE id IN (OLD.session_id, NEW.session_id);""",
}
FUNCTION = (
    "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ DECLARE outside bigint; BEGIN {body} RETURN NULL; END $$"
)
SCHEDULING = ("starts_at", "ends_at", "state", "microlocation_id", "deleted_at")


def _changed(*columns: str) -> str:
    """The events and the condition of a trigger for rows in which one of these columns is another than before."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"UPDATE OF {', '.join(columns)} ON {{table}} FOR EACH ROW WHEN (ROW({old}) IS DISTINCT FROM ROW({new}))"


TRIGGERS = {
    "book_new_session": ("sessions", "INSERT ON {table} FOR EACH ROW"),
    "book_changed_session": ("sessions", _changed(*SCHEDULING)),
    "book_joining_speaker": ("sessions_speakers", "INSERT ON {table} FOR EACH ROW"),
    "free_leaving_speaker": ("sessions_speakers", "DELETE ON {table} FOR EACH ROW"),
    "book_speaker_again": ("speakers", _changed("deleted_at")),
    "book_room_again": ("microlocations", _changed("is_overlap_allowed")),
    "book_rooms_again": ("events", _changed("is_overlap_allowed")),
    "keep_sessions_within_event": ("events", _changed("starts_at", "ends_at")),
    "count_ratings": ("feedbacks", "INSERT OR DELETE OR UPDATE OF rating, session_id ON {table} FOR EACH ROW"),
    "count_favourites": ("user_favourite_sessions", "INSERT OR DELETE ON {table} FOR EACH ROW"),
}


def upgrade() -> None:
    connection = op.get_bind()
    for function in (KEEP_WITHIN_EVENT, BOOK_ROOM, BOOK_SPEAKERS):
        connection.exec_driver_sql(function)
    for name, body in FUNCTIONS.items():
        connection.exec_driver_sql(FUNCTION.format(name=name, body=body))
    for name, (table, when) in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} AFTER {when.format(table=table)} EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name, (table, _) in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    for function in ("keep_session_within_event", "book_room", "book_speakers"):
        op.execute(f"DROP FUNCTION {function}")
