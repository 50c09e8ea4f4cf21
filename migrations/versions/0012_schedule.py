"""Sessions book their room and speakers, stay within their event, and know their ratings and favourites"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"

# The states in which a session takes its room and speakers: SCHEDULED_STATES of the models.
SCHEDULED = "state IN ('pending', 'accepted', 'confirmed') AND deleted_at IS NULL"

# Locks are taken in one order, whoever writes: the session's row, its event's, the rooms', the speakers'. Each is
# held before what depends on it is read, and read in a statement of its own, which sees what others have committed.
BOOK_SESSION = f"""
CREATE FUNCTION book_session(booked bigint, former_room bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    this sessions;
    host events;
    shared boolean;
BEGIN
    SELECT * INTO this FROM sessions WHERE id = booked;
    SELECT * INTO host FROM events WHERE id = this.event_id FOR SHARE;
    PERFORM FROM microlocations WHERE id IN (this.microlocation_id, former_room) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM speakers WHERE id IN (SELECT speaker_id FROM sessions_speakers WHERE session_id = booked)
        ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM room_bookings WHERE session_id = booked;
    DELETE FROM speaker_bookings WHERE session_id = booked;
    IF NOT EXISTS (SELECT FROM sessions WHERE id = booked AND {SCHEDULED}) THEN
        RETURN;
    END IF;
    IF LEAST(this.starts_at, this.ends_at) < host.starts_at OR GREATEST(this.starts_at, this.ends_at) > host.ends_at
    THEN
        RAISE EXCEPTION 'the session is not within its event'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_within_event', DETAIL = booked;
    END IF;
    IF this.starts_at IS NULL OR this.ends_at IS NULL THEN
        RETURN;
    END IF;
    SELECT host.is_overlap_allowed AND is_overlap_allowed INTO shared
        FROM microlocations WHERE id = this.microlocation_id;
    IF NOT shared THEN
        INSERT INTO room_bookings (session_id, microlocation_id, during)
            VALUES (booked, this.microlocation_id, tstzrange(this.starts_at, this.ends_at));
    END IF;
    INSERT INTO speaker_bookings (session_id, speaker_id, during)
        SELECT booked, id, tstzrange(this.starts_at, this.ends_at) FROM speakers
        WHERE deleted_at IS NULL AND id IN (SELECT speaker_id FROM sessions_speakers WHERE session_id = booked)
        ORDER BY id;
END $$
"""
FUNCTIONS = {
    "book_new_session": "PERFORM book_session(NEW.id, NULL);",
    "book_changed_session": "PERFORM book_session(NEW.id, OLD.microlocation_id);",
    # A speaker who joins or leaves: the session is held first, as by whoever moves it.
    "book_joining_speaker": """
        PERFORM FROM sessions WHERE id = NEW.session_id FOR NO KEY UPDATE;
        PERFORM book_session(NEW.session_id, NULL);""",
    "free_leaving_speaker": """
        PERFORM FROM sessions WHERE id = OLD.session_id FOR NO KEY UPDATE;
        DELETE FROM speaker_bookings WHERE session_id = OLD.session_id AND speaker_id = OLD.speaker_id;""",
    "book_speaker_again": f"""
        DELETE FROM speaker_bookings WHERE speaker_id = NEW.id;
        INSERT INTO speaker_bookings (session_id, speaker_id, during)
            SELECT id, NEW.id, tstzrange(starts_at, ends_at) FROM sessions WHERE NEW.deleted_at IS NULL AND {SCHEDULED}
            AND starts_at IS NOT NULL AND ends_at IS NOT NULL
            AND id IN (SELECT session_id FROM sessions_speakers WHERE speaker_id = NEW.id) ORDER BY id;""",
    "book_room_again": """
        PERFORM book_session(id, NULL) FROM sessions WHERE microlocation_id = NEW.id ORDER BY id;""",
    "book_rooms_again": """
        PERFORM FROM microlocations WHERE event_id = NEW.id ORDER BY id FOR NO KEY UPDATE;
        PERFORM book_session(sessions.id, NULL)
            FROM sessions JOIN microlocations ON microlocations.id = microlocation_id
            WHERE microlocations.event_id = NEW.id AND is_overlap_allowed ORDER BY sessions.id;""",
    "keep_sessions_within_event": f"""
        SELECT min(id) INTO outside FROM sessions WHERE event_id = NEW.id AND {SCHEDULED} AND (
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
    connection.exec_driver_sql(BOOK_SESSION)
    for name, body in FUNCTIONS.items():
        connection.exec_driver_sql(FUNCTION.format(name=name, body=body))
    for name, (table, when) in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} AFTER {when.format(table=table)} EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name, (table, _) in TRIGGERS.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    op.execute("DROP FUNCTION book_session(bigint, bigint)")
