"""What must exist before the documented requests about the programme."""

from __future__ import annotations

from typing import Any

from tests.hooks.events import book_night
from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic, in_days
from tests.unittests.factories.program import (
    FeedbackFactory,
    MicrolocationFactory,
    SessionFactory,
    SessionTypeFactory,
    SpeakerFactory,
    TrackFactory,
    UserFavouriteSessionFactory,
)
from tests.unittests.factories.users import UserFactory


def event_with_programme() -> Any:
    """Event 1 has a room, a track and a session type, each number 1; returns the event."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    MicrolocationFactory(event=event, name="Main Hall", floor=1, room="1.01", latitude=52.52, longitude=13.4)
    TrackFactory(event=event, name="Open Hardware", description="What can be touched.")
    SessionTypeFactory(event=event, name="Talk")
    return event


def rated_event() -> Any:
    """User 1 has given event 1 rating 1."""
    user = UserFactory(is_profile_public=True)
    return FeedbackFactory(event=event_with_programme(), session=None, user=user, comment="See you next year!")


def reviewed_session() -> Any:
    """Somebody of the team has given session 1 of event 1 rating 1."""
    session = SessionFactory(event=event_with_programme())
    return FeedbackFactory(session=session, user=UserFactory(), comment="A clear yes.")


def marked_session() -> Any:
    """User 1, whose profile is public, has marked session 1 of event 1."""
    session = SessionFactory(event=event_with_programme(), speakers=[])
    return UserFavouriteSessionFactory(session=session, user=UserFactory(is_profile_public=True))


def event_to_count() -> Any:
    """Event 1 has an accepted session with a speaker, and a draft."""
    event = event_with_programme()
    SessionFactory(event=event, speakers=[SpeakerFactory(event=event)])
    SessionFactory(event=event, state="draft")
    return event


def published_schedule() -> None:
    """Event 1 with session 1 in its schedule, which is published."""
    event = book_night(schedule_published_on=in_days(-1))
    SessionFactory(
        event=event,
        title="Night flight",
        state="confirmed",
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        microlocation=MicrolocationFactory(event=event, name="Hangar 4"),
        track=TrackFactory(event=event, name="Readings"),
        speakers=[SpeakerFactory(event=event, name="Beryl Markham")],
    )


def draft() -> None:
    """Event 1, which is not published."""
    book_night(state="draft")


ROWS = {
    "Feeds > Event Calendar > Get Calendar": row(published_schedule),
    "Feeds > Event Calendar > Get Calendar of a Draft": row(draft),
    "Feeds > My Schedule > Get My Schedule": row(published_schedule, actor="user"),
    "Feeds > My Schedule > Get Schedule of Nobody": row(published_schedule),
    "Feeds > Event xCal": row(published_schedule),
    "Feeds > Schedule XML": row(published_schedule),
    "Feeds > Export as iCalendar": row(published_schedule, actor="coorganizer"),
    "Feeds > Export as xCal": row(published_schedule, actor="coorganizer"),
    "Feeds > Export as Schedule XML": row(published_schedule, actor="coorganizer"),
    **{
        f"Events > Related Event of a {name}": row(event_with_programme, actor="owner")
        for name in ("Room", "Session Type", "Track")
    },
    **{
        f"Events > Relationship event.{name}": row(event_with_programme, actor="owner")
        for name in ("microlocations", "session-types", "tracks")
    },
    "Microlocations > Microlocation Collection": row(event_with_programme, actor="coorganizer"),
    "Microlocations > Microlocation Detail": row(event_with_programme, actor="coorganizer"),
    "Microlocations > Microlocation List": row(event_with_programme),
    "Microlocations > Relationship microlocation.event": row(event_with_programme, actor="user"),
    "Session Types > Session Type Collection": row(event_with_programme, actor="coorganizer"),
    "Session Types > Session Type Detail": row(event_with_programme, actor="coorganizer"),
    "Session Types > Session Type List": row(event_with_programme),
    "Session Types > Relationship session-type.event": row(event_with_programme, actor="user"),
    "Tracks > Track Collection": row(event_with_programme, actor="track organizer"),
    "Tracks > Track Detail": row(event_with_programme, actor="track organizer"),
    "Tracks > Track Collection of an Event": row(event_with_programme),
    "Tracks > Relationship track.event": row(event_with_programme, actor="user"),
    "Feedbacks > Feedback Collection": row(rated_event, actor="user"),
    "Feedbacks > Feedback Detail": row(rated_event, actor="first user"),
    "Feedbacks > Feedback List": row(rated_event, actor="first user"),
    "Feedbacks > Feedback List of an Event": row(rated_event, actor="user"),
    "Feedbacks > Feedback List of a Session": row(reviewed_session, actor="coorganizer"),
    **{f"Feedbacks > Relationship feedback.{name}": row(rated_event, actor="first user") for name in ("event", "user")},
    "Feedbacks > Relationship feedback.session": row(reviewed_session, actor="coorganizer"),
    "User Favourite Sessions > User Favourite Session Collection": row(marked_session, actor="user"),
    "User Favourite Sessions > User Favourite Session Collection > List User Favourite Sessions": row(
        marked_session, actor="admin"
    ),
    "User Favourite Sessions > User Favourite Session Detail": row(marked_session, actor="first user"),
    **{
        f"User Favourite Sessions > User Favourite Session Collection of {path}": row(
            marked_session, actor="first user"
        )
        for path in (
            "a User as favourite-sessions",
            "an Event as session-favourites",
            "a Session as favourites",
            "a Session by the type",
            "an Event by the type",
            "a User by the type",
        )
    },
    "User Favourite Sessions > User Favourite Session Detail of a Session as favourite": row(
        marked_session, actor="first user"
    ),
    **{
        f"User Favourite Sessions > Relationship user-favourite-session.{name}": row(marked_session, actor="first user")
        for name in ("session", "user")
    },
    "Event Statistics Generals > Event Statistics General Detail": row(event_to_count, actor="coorganizer"),
    "Event Statistics Generals > Event Statistics General Detail of an Event as general-statistics": row(
        event_to_count, actor="coorganizer"
    ),
    **{
        f"Events > Relationship event.{name}": row(rated_event, actor="owner")
        for name in ("feedbacks", "session-favourites", "general-statistics")
    },
    **{
        f"{group} > Relationship {name}.sessions": row(event_with_programme, actor="user")
        for group, name in (
            ("Microlocations", "microlocation"),
            ("Tracks", "track"),
            ("Session Types", "session-type"),
        )
    },
    "Events > Related Event of a Rating": row(rated_event, actor="owner"),
    "Users > Related User of a Rating": row(rated_event, actor="first user"),
    "Users > Related User of a Marked Session": row(marked_session, actor="first user"),
    "Users > Relationship user.favourite-sessions": row(marked_session, actor="first user"),
    "Users > Relationship user.feedbacks": row(rated_event, actor="first user"),
}
