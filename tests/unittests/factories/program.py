"""Factories of the programme: rooms, tracks, sessions, speakers, calls and what people think of sessions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import factory
from sqlalchemy.dialects.postgresql import Range

from app.program.models import (
    Feedback,
    Microlocation,
    RoomBooking,
    Session,
    SessionType,
    Speaker,
    SpeakerBooking,
    SpeakerInvite,
    SpeakersCall,
    Track,
    UserFavouriteSession,
)
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.users import UserFactory


class MicrolocationFactory(RowFactory):
    """A room."""

    class Meta:
        model = Microlocation

    name = factory.Sequence(lambda number: f"Hall {number}")
    floor = 1
    event: Any = factory.SubFactory(EventFactoryBasic)


class TrackFactory(RowFactory):
    """A track."""

    class Meta:
        model = Track

    name = factory.Sequence(lambda number: f"Track {number}")
    color = "#1f7a8c"
    event: Any = factory.SubFactory(EventFactoryBasic)


class SessionTypeFactory(RowFactory):
    """Talks of half an hour."""

    class Meta:
        model = SessionType

    name = factory.Sequence(lambda number: f"Talk {number}")
    length = "00:30"
    event: Any = factory.SubFactory(EventFactoryBasic)


class SessionFactory(RowFactory):
    """An accepted session without a place in the schedule; give it `speakers`, a room and times."""

    class Meta:
        model = Session

    title = factory.Sequence(lambda number: f"Session {number}")
    language = "English"
    level = "Beginner"
    short_abstract = "What it is about."
    state = "accepted"
    event: Any = factory.SubFactory(EventFactoryBasic)


class SpeakerFactory(RowFactory):
    """A speaker without an account; give them `sessions`."""

    class Meta:
        model = Speaker

    name = factory.Sequence(lambda number: f"Speaker {number}")
    email = factory.Sequence(lambda number: f"speaker{number}@example.com")
    event: Any = factory.SubFactory(EventFactoryBasic)


class SpeakersCallFactory(RowFactory):
    """A call that is open now, to everybody."""

    class Meta:
        model = SpeakersCall

    announcement = "Tell us what you know."
    starts_at = factory.LazyFunction(lambda: in_days(-1))
    ends_at = factory.LazyFunction(lambda: in_days(7))
    event: Any = factory.SubFactory(EventFactoryBasic)


class SpeakerInviteFactory(RowFactory):
    """A pending invitation to a session of its own."""

    class Meta:
        model = SpeakerInvite

    email = factory.Sequence(lambda number: f"invited{number}@example.com")
    expires_at = factory.LazyFunction(lambda: in_days(7))
    session: Any = factory.SubFactory(SessionFactory)
    event: Any = factory.LazyAttribute(lambda invite: invite.session.event)


class FeedbackFactory(RowFactory):
    """A rating of a session of its own."""

    class Meta:
        model = Feedback

    rating = Decimal(4)
    comment = "Well told"
    user: Any = factory.SubFactory(UserFactory)
    session: Any = factory.SubFactory(SessionFactory)


class UserFavouriteSessionFactory(RowFactory):
    """A session of its own that somebody has marked."""

    class Meta:
        model = UserFavouriteSession

    user: Any = factory.SubFactory(UserFactory)
    session: Any = factory.SubFactory(SessionFactory)


def _scheduled_session() -> Session:
    """A session with a room, a speaker and times within its event."""
    event = EventFactoryBasic()
    times = {"starts_at": event.starts_at, "ends_at": event.ends_at}
    speakers, room = [SpeakerFactory(event=event)], MicrolocationFactory(event=event)
    made: Session = SessionFactory(event=event, speakers=speakers, microlocation=room, **times)
    return made


def _span(session: Session) -> Range[datetime]:
    return Range(session.starts_at, session.ends_at)


class RoomBookingFactory(RowFactory):
    """The booking of a scheduled session of its own, which the database makes with the session."""

    class Meta:
        model = RoomBooking
        sqlalchemy_get_or_create = ("session_id",)

    class Params:
        session: Any = factory.LazyFunction(_scheduled_session)

    session_id: Any = factory.LazyAttribute(lambda booking: booking.session.id)
    microlocation_id: Any = factory.LazyAttribute(lambda booking: booking.session.microlocation_id)
    during: Any = factory.LazyAttribute(lambda booking: _span(booking.session))


class SpeakerBookingFactory(RowFactory):
    """The booking of a scheduled session of its own, which the database makes with the session."""

    class Meta:
        model = SpeakerBooking
        sqlalchemy_get_or_create = ("session_id", "speaker_id")

    class Params:
        session: Any = factory.LazyFunction(_scheduled_session)

    session_id: Any = factory.LazyAttribute(lambda booking: booking.session.id)
    speaker_id: Any = factory.LazyAttribute(lambda booking: booking.session.speakers[0].id)
    during: Any = factory.LazyAttribute(lambda booking: _span(booking.session))
